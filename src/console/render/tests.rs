//! The shapes that the contract promises.

use super::*;
use crate::wire::page::{
    BurstProgress, Counts, DeadGroup, DeadLetter, DeadReason, LanesView, LedgerView, Outcome,
    Rates, Status, WorkerState,
};

const ORDER: OrderId = OrderId { slot: 6, generation: 0 };

fn check(rendered: &str, expected: Value) {
    let value: Value = serde_json::from_str(rendered).expect("JSON");
    assert_eq!(value, expected);
}

#[test]
fn answers_to_orders_and_bursts() {
    check(
        &submitted(&Submitted::Accepted { order: ORDER, accept_ms: 0.5 }),
        json!({"status": 202, "orderId": "o7", "acceptMs": 0.5}),
    );
    check(
        &submitted(&Submitted::Full { retry_after_ms: 250.0 }),
        json!({"status": 429, "retryAfterMs": 250.0}),
    );
    check(
        &burst(&BurstReport { accepted: 9, rejected: 1, elapsed_ms: 2.5 }),
        json!({"accepted": 9, "rejected": 1, "elapsedMs": 2.5}),
    );
}

#[test]
fn an_order_with_its_timeline() {
    let entry = |event, worker| TimelineEntry { at_ms: 1.5, event, worker };
    let view = OrderView {
        order: ORDER,
        customer: "ana".into(),
        sequence: 3,
        status: Status::StockReserved,
        amount_cents: 122_500,
        attempts: 2,
        timeline: vec![
            entry(TimelineEvent::Reached(Status::Accepted), None),
            entry(TimelineEvent::Attempt(Outcome::GatewayFailed), Some(WorkerId(2))),
        ],
    };
    check(
        &order(&view),
        json!({
            "orderId": "o7", "customer": "ana", "sequence": 3, "status": "stockReserved",
            "amountCents": 122_500, "attempts": 2,
            "timeline": [
                {"atMs": 1.5, "event": "accepted"},
                {"atMs": 1.5, "event": "attempt", "worker": "w2", "detail": "gatewayFailed"},
            ],
        }),
    );
}

#[test]
fn records_and_dead_letters() {
    let record = TraceRecord {
        order: ORDER,
        customer: "ana".into(),
        sequence: 0,
        attempt: 1,
        worker: WorkerId(1),
        started_ms: 1.0,
        finished_ms: 2.0,
        outcome: Outcome::Declined,
    };
    check(
        &trace(&[record]),
        json!([{
            "orderId": "o7", "customer": "ana", "sequence": 0, "attempt": 1, "worker": "w1",
            "startedMs": 1.0, "finishedMs": 2.0, "outcome": "declined",
        }]),
    );
    let letter = |reason, last_outcome| DeadLetter {
        order: ORDER,
        customer: "ana".into(),
        reason,
        attempts: 1,
        last_outcome,
        amount_cents: 2_500,
        pieces: 1,
        sku: "mouse".into(),
        redriven: 2,
        dead_ms: 8.5,
    };
    let items = vec![
        letter(DeadReason::DeliveryLimit, Some(Outcome::GatewayFailed)),
        letter(DeadReason::MaxLength, None),
    ];
    let reason = DeadReason::MaxLength;
    let groups = vec![DeadGroup { reason, last_outcome: None, count: 8 }];
    let item = |reason, error| {
        json!({
            "orderId": "o7", "customer": "ana", "reason": reason, "attempts": 1,
            "lastError": error, "redriven": true, "timesRedriven": 2, "amountCents": 2500,
            "sku": "mouse", "pieces": 1, "deadMs": 8.5,
        })
    };
    check(
        &dead_letters(&DeadLetterPage { total: 9, items, groups }),
        json!({
            "total": 9,
            "groups": [{ "reason": "maxlen", "lastError": null, "count": 8 }],
            "items": [item("delivery_limit", Some("gatewayFailed")), item("maxlen", None)],
        }),
    );
}

#[test]
fn a_snapshot_has_the_contracts_shape() {
    let worker = WorkerView {
        id: WorkerId(1),
        state: WorkerState::Busy,
        processed: 5,
        in_flight: 1,
        busy_fraction: 0.5,
        lanes: 1,
        slow_factor: 1.0,
        silent_ms: 3.0,
    };
    let lane = LaneView {
        index: 0,
        key: "ana".into(),
        depth: 2,
        in_flight: 1,
        worker: Some(WorkerId(1)),
        blocked: false,
    };
    let state = Snapshot {
        at_ms: 10.0,
        counts: Counts { accepted: 8, ready: 2, in_flight: 1, completed: 5, ..Counts::default() },
        ledger: LedgerView { expected_cents: 500, ..LedgerView::default() },
        lanes: LanesView { keys: 3, deepest: vec![lane], ..LanesView::default() },
        workers: vec![worker],
        rates: Rates { arrival_per_second: 4.0, completion_per_second: 2.0 },
        burst: Some(BurstProgress { sent: 8, total: 9 }),
        ..Snapshot::default()
    };
    let value: Value =
        serde_json::from_str(&snapshot(&state, &|id| id == WorkerId(1))).expect("JSON");
    let zero = json!({"p50": 0.0, "p95": 0.0, "p99": 0.0, "max": 0.0, "count": 0});
    for (path, expected) in [
        ("/atMs", json!(10.0)),
        ("/accepted", json!(8)),
        ("/inFlight", json!(1)),
        ("/deadLettered", json!(0)),
        ("/duplicatesSuppressed", json!(0)),
        ("/orderViolations", json!(0)),
        ("/conserved", json!(true)),
        ("/ordering", Value::Null),
        ("/ledger/expectedCents", json!(500)),
        ("/ledger/doubleCharges", json!(0)),
        ("/lanes/keys", json!(3)),
        (
            "/lanes/deepest/0",
            json!({"key": "ana", "depth": 2, "inFlight": 1, "blocked": false, "worker": "w1"}),
        ),
        (
            "/workers/0",
            json!({
                "id": "w1", "state": "busy", "killed": true, "processed": 5, "inFlight": 1,
                "busyFraction": 0.5, "lanes": 1, "slowFactor": 1.0, "silentMs": 3.0,
            }),
        ),
        ("/latencyMs/total", zero.clone()),
        ("/latencyRecentMs/accept", zero),
        ("/rates/arrivalPerSecond", json!(4.0)),
        ("/burst", json!({"sent": 8, "total": 9})),
        ("/breaker/state", json!("CLOSED")),
        ("/memoryBytes", json!(0)),
    ] {
        assert_eq!(value.pointer(path), Some(&expected), "{path}");
    }
    assert_eq!(value.get("cache"), None);
}

#[test]
fn workers_come_oldest_first() {
    let worker = |id| WorkerView {
        id: WorkerId(id),
        state: WorkerState::Idle,
        processed: 0,
        in_flight: 0,
        busy_fraction: 0.0,
        lanes: 0,
        slow_factor: 1.0,
        silent_ms: 0.0,
    };
    let rendered = workers(&[worker(10), worker(2), worker(9)], &|_| false);
    let value: Value = serde_json::from_str(&rendered).expect("JSON");
    let ids = [0, 1, 2].map(|index| value[index]["id"].clone());
    assert_eq!(ids, [json!("w2"), json!("w9"), json!("w10")]);
}
