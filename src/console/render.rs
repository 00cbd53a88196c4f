//! From the broker's answers to the JSON of the scripting API, in the shapes of
//! `console-api.md`. Money is integer cents, times are milliseconds, ids are texts.

use super::words;
use crate::core::ids::{OrderId, WorkerId};
use crate::core::time::Span;
use crate::scenario::{Scenario, fields::Choice, link};
use crate::wire::page::{
    BreakerState, BurstReport, DeadLetterPage, LaneView, Latencies, OrderView, Percentiles,
    RedriveReport, ReplayReport, Service, ServiceView, Snapshot, Submitted, TimelineEntry,
    TimelineEvent, TraceRecord, WorkerView,
};
use crate::wire::twin::{JitterRow, TwinAnswer};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use std::fmt::Display;

/// Whether the page has terminated a consumer.
pub type Killed<'a> = &'a dyn Fn(WorkerId) -> bool;

/// A submitted order's answer: `{status: 202, orderId, acceptMs}` or `{status: 429, retryAfterMs}`.
pub fn submitted(submitted: &Submitted) -> String {
    text(&match submitted {
        Submitted::Accepted { order, accept_ms } => {
            json!({ "status": 202, "orderId": order.to_string(), "acceptMs": accept_ms })
        }
        Submitted::Full { retry_after_ms } => {
            json!({ "status": 429, "retryAfterMs": retry_after_ms })
        }
    })
}

/// An order with its timeline.
pub fn order(order: &OrderView) -> String {
    text(&json!({
        "orderId": order.order.to_string(),
        "customer": order.customer,
        "sequence": order.sequence,
        "status": words::status(order.status),
        "amountCents": order.amount_cents,
        "attempts": order.attempts,
        "timeline": order.timeline.iter().map(timeline_entry).collect::<Vec<_>>(),
    }))
}

/// A status that was reached, or `attempt` or `call` with how it ended as the detail.
fn timeline_entry(entry: &TimelineEntry) -> Value {
    let (event, detail) = match entry.event {
        TimelineEvent::Reached(status) => (words::status(status), None),
        TimelineEvent::Attempt(outcome) => ("attempt", Some(words::outcome(outcome))),
        TimelineEvent::Call(call) => ("call", Some(words::outcome(call.outcome))),
    };
    let mut value = json!({ "atMs": entry.at_ms, "event": event });
    if let Some(worker) = entry.worker {
        value["worker"] = worker.to_string().into();
    }
    if let Some(detail) = detail {
        value["detail"] = detail.into();
    }
    if let TimelineEvent::Call(call) = entry.event {
        value["service"] = words::service(call.service).into();
        value["attempt"] = call.attempt.into();
        value["call"] = call.call.into();
        value["waitedMs"] = call.waited_ms.into();
        value["tookMs"] = call.took_ms.into();
        value["breaker"] = words::breaker(call.breaker).into();
    }
    value
}

/// What became of a burst.
pub fn burst(report: &BurstReport) -> String {
    text(&json!({
        "accepted": report.accepted,
        "rejected": report.rejected,
        "elapsedMs": report.elapsed_ms,
    }))
}

/// The consumers' records, oldest first.
pub fn trace(records: &[TraceRecord]) -> String {
    // There may be a quarter of a million, so they are written without a `Value` in between.
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Record<'a> {
        #[serde(serialize_with = "shown")]
        order_id: OrderId,
        customer: &'a str,
        sequence: u32,
        attempt: u16,
        #[serde(serialize_with = "shown")]
        worker: WorkerId,
        started_ms: f64,
        finished_ms: f64,
        outcome: &'static str,
    }
    let records = records.iter().map(|record| Record {
        order_id: record.order,
        customer: &record.customer,
        sequence: record.sequence,
        attempt: record.attempt,
        worker: record.worker,
        started_ms: record.started_ms,
        finished_ms: record.finished_ms,
        outcome: words::outcome(record.outcome),
    });
    text(&records.collect::<Vec<_>>())
}

fn shown<S: Serializer>(id: &impl Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}

/// What became of a redrive.
pub fn redriven(report: &RedriveReport) -> String {
    text(&json!({ "redriven": report.redriven, "skipped": report.skipped }))
}

/// A page of dead letters. `lastError` is null when no consumer ever reported on the order;
/// `redriven` says that it died again.
pub fn dead_letters(page: &DeadLetterPage) -> String {
    let items = page.items.iter().map(|letter| {
        json!({
            "orderId": letter.order.to_string(),
            "customer": letter.customer,
            "reason": letter.reason.name(),
            "attempts": letter.attempts,
            "lastError": letter.last_outcome.map(words::outcome),
            "redriven": letter.redriven > 0,
            "timesRedriven": letter.redriven,
            "amountCents": letter.amount_cents,
            "sku": letter.sku,
            "pieces": letter.pieces,
            "deadMs": letter.dead_ms,
        })
    });
    let groups = page.groups.iter().map(|group| {
        json!({
            "reason": group.reason.name(),
            "lastError": group.last_outcome.map(words::outcome),
            "count": group.count,
        })
    });
    text(&json!({
        "total": page.total,
        "items": items.collect::<Vec<_>>(),
        "groups": groups.collect::<Vec<_>>(),
    }))
}

/// The consumers as the broker knows them, oldest first; `killed` says that the page terminated
/// one, whether the broker has noticed or not.
pub fn workers(workers: &[WorkerView], killed: Killed) -> String {
    text(&worker_list(workers, killed))
}

/// A run of the twin: `{hash, events, atRest, snapshot, wallMs}`. Hashes are 16 hexadecimal digits.
pub fn twin(answer: &TwinAnswer) -> String {
    text(&json!({
        "hash": hash(answer.run.hash),
        "events": answer.run.events,
        "atRest": answer.run.at_rest,
        "snapshot": snapshot_value(&answer.run.snapshot, &|_| false),
        "wallMs": answer.wall_ms,
    }))
}

/// A replay of the recorded run, and whether it was the same life.
pub fn replay(report: &ReplayReport) -> String {
    text(&json!({
        "same": report.is_same(),
        "entries": report.entries,
        "full": report.full,
        "hash": hash(report.pulse),
        "replayedHash": hash(report.replayed_pulse),
        "stateHash": report.state.map(hash),
        "replayedStateHash": hash(report.replayed_state),
        "virtualMs": report.virtual_ms,
        "wallMs": report.wall_ms,
    }))
}

/// Waits, in milliseconds.
pub fn waits(waits: &[Span]) -> String {
    text(&waits.iter().map(|wait| wait.as_millis_f64()).collect::<Vec<_>>())
}

/// The rows of the experiment on jitter: `[{strategy, clients, calls, completionMs}]`.
pub fn jitter(rows: &[JitterRow]) -> String {
    let row = |row: &JitterRow| {
        json!({
            "strategy": row.strategy.name(),
            "clients": row.clients,
            "calls": row.calls,
            "completionMs": row.completion_ms,
        })
    };
    text(&rows.iter().map(row).collect::<Vec<_>>())
}

/// JavaScript's numbers cannot carry 64 bits.
fn hash(hash: u64) -> String {
    format!("{hash:016x}")
}

fn worker_list(workers: &[WorkerView], killed: Killed) -> Value {
    let worker = |worker: &WorkerView| {
        json!({
            "id": worker.id.to_string(),
            "state": words::worker_state(worker.state),
            "killed": killed(worker.id),
            "processed": worker.processed,
            "inFlight": worker.in_flight,
            "busyFraction": worker.busy_fraction,
            "lanes": worker.lanes,
            "slowFactor": worker.slow_factor,
            "silentMs": worker.silent_ms,
        })
    };
    let mut oldest_first: Vec<_> = workers.iter().collect();
    oldest_first.sort_by_key(|worker| worker.id);
    oldest_first.into_iter().map(worker).collect()
}

/// The whole state.
pub fn snapshot(snapshot: &Snapshot, killed: Killed) -> String {
    text(&snapshot_value(snapshot, killed))
}

fn snapshot_value(snapshot: &Snapshot, killed: Killed) -> Value {
    let Snapshot { counts, ledger, lanes, rates, .. } = snapshot;
    let mut value = json!({
        "atMs": snapshot.at_ms,
        "run": snapshot.run,
        "ordering": snapshot.ordering.map(Choice::name),
        "switching": snapshot.switching,
        "accepted": counts.accepted,
        "rejected": counts.rejected,
        "ready": counts.ready,
        "delayed": counts.delayed,
        "parked": counts.parked,
        "inFlight": counts.in_flight,
        "degraded": counts.degraded,
        "completed": counts.completed,
        "deadLettered": counts.dead_lettered,
        "redriven": counts.redriven,
        "cancelled": counts.cancelled,
        "declined": counts.declined,
        "conserved": counts.conserved(),
        "deliveries": counts.deliveries,
        "redeliveries": counts.redeliveries,
        "duplicatesSuppressed": counts.duplicates_suppressed,
        "orderViolations": counts.order_violations,
        "staleAcks": counts.stale_acks,
        "leasesExpired": counts.leases_expired,
        "ledger": {
            "expectedCents": ledger.expected_cents,
            "actualCents": ledger.actual_cents,
            "doubleCharges": ledger.double_charges,
            "refunds": ledger.refunds,
            "stockExpected": ledger.stock_expected,
            "stockActual": ledger.stock_actual,
        },
        "lanes": {
            "keys": lanes.keys,
            "waiting": lanes.waiting,
            "locked": lanes.locked,
            "deepest": lanes.deepest.iter().map(lane).collect::<Vec<_>>(),
        },
        "workers": worker_list(&snapshot.workers, killed),
        "latencyMs": latencies(&snapshot.latency),
        "latencyRecentMs": latencies(&snapshot.latency_recent),
        "rates": {
            "arrivalPerSecond": rates.arrival_per_second,
            "completionPerSecond": rates.completion_per_second,
        },
        "services": snapshot.services.iter().map(service).collect::<Vec<_>>(),
        "breaker": { "state": words::breaker(payment_breaker(snapshot)) },
        "memoryBytes": snapshot.memory_bytes,
        "outcomes": hash(snapshot.outcomes),
        "recording": {
            "entries": snapshot.recording.entries,
            "bytes": snapshot.recording.bytes,
            "full": snapshot.recording.full,
        },
    });
    if let Some(redrive) = snapshot.redrive {
        value["redrive"] = json!({
            "total": redrive.total,
            "redriven": redrive.redriven,
            "skipped": redrive.skipped,
            "ratePerSecond": redrive.rate_per_second,
            "waitingForRoom": redrive.waiting_for_room,
        });
    }
    if let Some(burst) = snapshot.burst {
        value["burst"] = json!({ "sent": burst.sent, "total": burst.total });
    }
    value
}

/// A service's calls, and its clients' breakers and budgets.
fn service(view: &ServiceView) -> Value {
    let clients = view.clients.iter().map(|client| {
        json!({
            "worker": client.worker.to_string(),
            "breaker": words::breaker(client.breaker),
            "tokens": client.tokens,
        })
    });
    let tally = &view.tally;
    json!({
        "service": words::service(view.service),
        "calls": tally.calls,
        "retries": tally.retries,
        "failed": tally.failed,
        "throttled": tally.throttled,
        "declined": tally.declined,
        "timedOut": tally.timed_out,
        "conflicts": tally.conflicts,
        "heldBack": tally.held_back,
        "out": view.out,
        "clients": clients.collect::<Vec<_>>(),
    })
}

/// The payment's breaker, of all consumers': the one that lets the least through.
fn payment_breaker(snapshot: &Snapshot) -> BreakerState {
    let severity = |state: BreakerState| match state {
        BreakerState::ForcedOpen => 5,
        BreakerState::Open => 4,
        BreakerState::HalfOpen => 3,
        BreakerState::Closed => 2,
        BreakerState::MetricsOnly => 1,
        BreakerState::Disabled => 0,
    };
    let payment = snapshot.services.iter().find(|view| view.service == Service::Payment);
    let states = payment.into_iter().flat_map(|view| &view.clients).map(|client| client.breaker);
    states.max_by_key(|state| severity(*state)).unwrap_or_default()
}

fn lane(lane: &LaneView) -> Value {
    let mut value = json!({
        "key": lane.key,
        "depth": lane.depth,
        "inFlight": lane.in_flight,
        "blocked": lane.blocked,
    });
    if let Some(worker) = lane.worker {
        value["worker"] = worker.to_string().into();
    }
    value
}

fn latencies(latencies: &Latencies) -> Value {
    json!({
        "accept": percentiles(&latencies.accept),
        "wait": percentiles(&latencies.wait),
        "service": percentiles(&latencies.service),
        "total": percentiles(&latencies.total),
    })
}

fn percentiles(percentiles: &Percentiles) -> Value {
    let Percentiles { p50, p95, p99, max, count } = percentiles;
    json!({ "p50": p50, "p95": p95, "p99": p99, "max": max, "count": count })
}

/// The page's address with the scenario in its fragment. `page` is any address of the page.
///
/// ```
/// use convoy_lab::{console::render, scenario::Scenario};
/// let link = render::share_url("https://lab.example/sub/#/shop", &Scenario::default());
/// assert!(link.starts_with("https://lab.example/sub/#/room?s=c1"));
/// ```
pub fn share_url(page: &str, scenario: &Scenario) -> String {
    let base = page.split_once('#').map_or(page, |(base, _)| base);
    format!("{base}#/room?s={}", link::encode(scenario))
}

/// Anything that is plain data, such as a text or a number.
///
/// # Panics
/// Never for what this module passes: it has only text keys.
pub fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("plain data with text keys")
}

#[cfg(test)]
mod tests;
