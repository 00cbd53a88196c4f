//! The scripting API's arguments: what is taken, and what is refused and how it is named.

use convoy_lab::console::{Call, FUNCTIONS, parse, render};
use convoy_lab::core::ids::{OrderId, WorkerId};
use convoy_lab::core::refusal::Code;
use convoy_lab::scenario::{Burst, Deal, Naming};
use convoy_lab::wire::page::{DeadLetterQuery, DeadReason, Line, NewOrder, Redrive, TraceQuery};
use proptest::prelude::*;
use serde_json::{Value, json};

fn refused(function: &str, arguments: Value, message: &str) {
    match parse(function, &arguments.to_string()) {
        Ok(call) => panic!("{function}{arguments} gave {call:?}"),
        Err(refusal) => assert_eq!(refusal.to_string(), message, "{function}{arguments}"),
    }
}

fn taken(function: &str, arguments: Value, expected: Call) {
    assert_eq!(parse(function, &arguments.to_string()), Ok(expected), "{function}{arguments}");
}

/// A good order with one field replaced, or left out by null.
fn order_with(field: &str, value: Value) -> Value {
    let mut order = json!({"customer": "ana", "lines": [{"sku": "laptop", "quantity": 1}]});
    order[field] = value;
    json!([order])
}

fn line_with(field: &str, value: Value) -> Value {
    let mut line = json!({"sku": "mouse", "quantity": 2});
    line[field] = value;
    order_with("lines", json!([{"sku": "laptop", "quantity": 1}, line]))
}

#[test]
fn a_good_order_is_taken() {
    let laptop = || Line { sku: "laptop".into(), quantity: 1 };
    let order = NewOrder { customer: "ana".into(), lines: vec![laptop()], idempotency_key: None };
    taken("submit", order_with("idempotencyKey", Value::Null), Call::Submit(order.clone()));
    let keyed = NewOrder { idempotency_key: Some("k1".into()), ..order.clone() };
    taken("submit", order_with("idempotencyKey", json!("k1")), Call::Submit(keyed));
    let name = "ñ".repeat(64);
    let named = NewOrder { customer: name.clone(), ..order.clone() };
    taken("submit", order_with("customer", json!(name)), Call::Submit(named));
    let two =
        NewOrder { lines: vec![laptop(), Line { sku: "mouse".into(), quantity: 1000 }], ..order };
    taken("submit", line_with("quantity", json!(1000)), Call::Submit(two));
}

#[test]
fn a_bad_order_is_refused_by_the_field() {
    const MISSING: &str = "is missing; give it a value";
    for arguments in [json!([]), json!([null])] {
        refused("submit", arguments, &format!("order: {MISSING}"));
    }
    refused("submit", json!([3]), "order: must be an object");
    refused("submit", json!([{}]), &format!("customer: {MISSING}"));
    refused("submit", json!([{"customer": "ana"}]), &format!("lines: {MISSING}"));
    for (value, message) in [
        (Value::Null, "customer: must be text"),
        (json!(3), "customer: must be text"),
        (json!(["ana"]), "customer: must be text"),
        (json!(""), "customer: is empty; give it a value"),
        (json!("  "), "customer: is empty; give it a value"),
        (json!("a\nb"), "customer: must be text without control characters"),
        (json!("x".repeat(65)), "customer: is too long; at most 64 are allowed"),
        (json!("x".repeat(1_000_000)), "customer: is too long; at most 64 are allowed"),
        (json!("\0".repeat(1_000_000)), "customer: is too long; at most 64 are allowed"),
    ] {
        refused("submit", order_with("customer", value), message);
    }
    for (value, message) in [
        (json!({}), "lines: must be a list"),
        (json!([]), "lines: is empty; give it a value"),
        (json!([7]), "lines[0]: must be an object"),
        (json!([{"quantity": 1}]), "lines[0].sku: is missing; give it a value"),
        (json!([{"sku": "mouse"}]), "lines[0].quantity: is missing; give it a value"),
        (json!(vec![1; 51]), "lines: is too long; at most 50 are allowed"),
    ] {
        refused("submit", order_with("lines", value), message);
    }
    for (field, value, message) in [
        ("sku", json!("unicorn"), "lines[1].sku: there is no “unicorn”"),
        ("sku", json!("Laptop"), "lines[1].sku: there is no “Laptop”"),
        ("sku", json!(""), "lines[1].sku: is empty; give it a value"),
        ("sku", json!(1), "lines[1].sku: must be text"),
        ("sku", json!("x".repeat(1_000_000)), "lines[1].sku: is too long; at most 64 are allowed"),
        ("quantity", json!(0), "lines[1].quantity: must be from 1 to 1000"),
        ("quantity", json!(-1), "lines[1].quantity: must be from 1 to 1000"),
        ("quantity", json!(1001), "lines[1].quantity: must be from 1 to 1000"),
        ("quantity", json!(1e300), "lines[1].quantity: must be from 1 to 1000"),
        ("quantity", json!(1.5), "lines[1].quantity: must be a whole number"),
        ("quantity", json!("2"), "lines[1].quantity: must be a number"),
        ("price", json!(1), "lines[1].price: there is no such field; leave it out"),
    ] {
        refused("submit", line_with(field, value), message);
    }
    for (field, value, message) in [
        ("cusomer", json!("ana"), "cusomer: there is no such field; leave it out"),
        ("idempotencyKey", json!(""), "idempotencyKey: is empty; give it a value"),
        ("idempotencyKey", json!(1), "idempotencyKey: must be text"),
        (
            "idempotencyKey",
            json!("x".repeat(129)),
            "idempotencyKey: is too long; at most 128 are allowed",
        ),
    ] {
        refused("submit", order_with(field, value), message);
    }
}

#[test]
fn what_does_not_exist_is_not_found() {
    for (function, arguments, field) in [
        ("submit", line_with("sku", json!("unicorn")), "lines[1].sku"),
        ("order", json!(["nonsense"]), "orderId"),
        ("trace", json!([{"orderId": "o0"}]), "orderId"),
        ("kill", json!(["w0"]), "id"),
        ("pause", json!([""]), "id"),
        ("deadLetters", json!([{"after": "7"}]), "after"),
        ("redrive", json!([{"ids": ["x"]}]), "ids[0]"),
        ("editDeadLetter", json!(["x", {"lines": []}]), "orderId"),
        ("load", json!([]), "function"),
    ] {
        let refusal = parse(function, &arguments.to_string()).expect_err(function);
        assert_eq!((refusal.code, refusal.field.as_str()), (Code::NotFound, field));
    }
}

#[test]
fn a_burst_falls_back_to_plain_values() {
    let burst = Burst {
        orders: 10,
        customers: 3,
        amount_cents: None,
        naming: Naming::Customer,
        deal: Deal::Drawn,
        skew: 0.0,
        seed: None,
        rate_per_second: None,
    };
    taken("burst", json!([{"orders": 10, "customers": 3}]), Call::Burst(burst.clone()));
    taken(
        "burst",
        json!([{"orders": 10, "customers": 3, "skew": 1.5, "seed": 7, "ratePerSecond": 100,
            "naming": "user", "deal": "round"}]),
        Call::Burst(Burst {
            naming: Naming::User,
            deal: Deal::Round,
            skew: 1.5,
            seed: Some(7),
            rate_per_second: Some(100.0),
            ..burst
        }),
    );
    refused("burst", json!([]), "burst: is missing; give it a value");
    refused("burst", json!([[]]), "burst: must be an object");
    refused("burst", json!([{"customers": 3}]), "orders: is missing; give it a value");
    refused("burst", json!([{"orders": 3}]), "customers: is missing; give it a value");
    for (field, value, message) in [
        ("orders", json!(0), "orders: must be from 1 to 10000000"),
        ("orders", json!(1.5), "orders: must be a whole number"),
        ("orders", json!("10"), "orders: must be a number"),
        ("customers", json!(1_000_001), "customers: must be from 1 to 1000000"),
        ("skew", json!(-1), "skew: must be from 0 to 3"),
        ("seed", json!(-1), "seed: must be from 0 to 9007199254740991"),
        ("ratePerSecond", json!(0), "ratePerSecond: must be from 1 to 10000000"),
        ("naming", json!("users"), "naming: must be one of customer, user"),
        ("rate", json!(1), "rate: there is no such field; leave it out"),
    ] {
        let mut burst = json!({"orders": 10, "customers": 3});
        burst[field] = value;
        refused("burst", json!([burst]), message);
    }
}

#[test]
fn the_other_functions_take_what_they_should() {
    let trace = TraceQuery { limit: 1_000, ..TraceQuery::default() };
    let letters = DeadLetterQuery { limit: 100, ..DeadLetterQuery::default() };
    let order = OrderId { slot: 0, generation: 0 };
    for (function, arguments, call) in [
        ("config", json!([]), Call::Config),
        ("configure", json!([{"workers": 3}]), Call::Configure(json!({"workers": 3}))),
        ("reset", json!([]), Call::Reset { seed: None }),
        ("reset", json!([null]), Call::Reset { seed: None }),
        ("reset", json!([{"seed": 7}]), Call::Reset { seed: Some(7) }),
        ("order", json!(["o1"]), Call::Order(order)),
        ("idle", json!([]), Call::Idle { timeout_ms: 600_000 }),
        ("idle", json!([{"timeoutMs": 5}]), Call::Idle { timeout_ms: 5 }),
        ("snapshot", json!([]), Call::Snapshot),
        ("trace", json!([]), Call::Trace(trace.clone())),
        (
            "trace",
            json!([{"limit": 5, "customer": "ana", "orderId": "o1"}]),
            Call::Trace(TraceQuery { limit: 5, customer: Some("ana".into()), order: Some(order) }),
        ),
        (
            "redrive",
            json!([{"ids": ["o1"], "ratePerSecond": 5}]),
            Call::Redrive { which: Redrive::Orders(vec![order]), rate_per_second: Some(5.0) },
        ),
        (
            "redrive",
            json!([{"all": true}]),
            Call::Redrive {
                which: Redrive::Matching(DeadLetterQuery::default()),
                rate_per_second: None,
            },
        ),
        ("stopRedrive", json!([]), Call::StopRedrive),
        ("workers", json!([]), Call::Workers),
        ("scale", json!([32]), Call::Scale(32)),
        ("kill", json!(["w2"]), Call::Kill(WorkerId(2))),
        ("kill", json!(["w2", 0, ["w2"]]), Call::Kill(WorkerId(2))),
        ("pause", json!(["w2"]), Call::Pause(WorkerId(2))),
        ("resume", json!(["w2"]), Call::Resume(WorkerId(2))),
        ("slow", json!(["w2", 0.01]), Call::Slow { worker: WorkerId(2), factor: 0.01 }),
        ("deadLetters", json!([]), Call::DeadLetters(letters.clone())),
        (
            "deadLetters",
            json!([{"limit": 1, "query": "", "reason": "maxlen", "after": "o1"}]),
            Call::DeadLetters(DeadLetterQuery {
                limit: 1,
                reason: Some(DeadReason::MaxLength),
                after: Some(order),
                ..letters
            }),
        ),
        ("link", json!([]), Call::Link),
        ("murmur2", json!(["21"]), Call::Murmur2("21".into())),
        ("murmur2", json!([""]), Call::Murmur2(String::new())),
        ("partition", json!(["a", 6]), Call::Partition { key: "a".into(), partitions: 6 }),
    ] {
        taken(function, arguments, call);
    }
}

#[test]
fn the_other_functions_refuse_what_they_should() {
    const LIMIT: &str = "limit: must be from 1 to 262144";
    for (function, arguments, message) in [
        ("configure", json!([]), "patch: is missing; give it a value"),
        ("reset", json!([7]), "options: must be an object"),
        ("reset", json!([{"sead": 7}]), "sead: there is no such field; leave it out"),
        ("reset", json!([{"seed": 0.5}]), "seed: must be a whole number"),
        ("order", json!([]), "orderId: is missing; give it a value"),
        ("order", json!([1]), "orderId: must be text"),
        ("idle", json!([{"timeoutMs": 0}]), "timeoutMs: must be from 1 to 86400000"),
        ("idle", json!([{"timeout": 5}]), "timeout: there is no such field; leave it out"),
        ("trace", json!([{"limit": 0}]), LIMIT),
        ("trace", json!([{"limit": 262_145}]), LIMIT),
        ("trace", json!([{"customer": 5}]), "customer: must be text"),
        ("scale", json!([]), "n: is missing; give it a value"),
        ("scale", json!([0]), "n: must be from 1 to 32"),
        ("scale", json!([10_000]), "n: must be from 1 to 32"),
        ("scale", json!([2.5]), "n: must be a whole number"),
        ("scale", json!(["3"]), "n: must be a number"),
        ("scale", json!([[]]), "n: must be a number"),
        ("kill", json!([]), "id: is missing; give it a value"),
        ("kill", json!([1]), "id: must be text"),
        ("kill", json!(["worker-1"]), "id: there is no “worker-1”"),
        ("kill", json!(["x".repeat(1_000_000)]), "id: is too long; at most 64 are allowed"),
        ("slow", json!(["w1"]), "factor: is missing; give it a value"),
        ("slow", json!(["w1", 0]), "factor: must be from 0.01 to 1000"),
        ("slow", json!(["w1", 1001]), "factor: must be from 0.01 to 1000"),
        ("deadLetters", json!([{"limit": 10_001}]), "limit: must be from 1 to 10000"),
        (
            "deadLetters",
            json!([{"reason": "expired"}]),
            "reason: must be one of delivery_limit, maxlen, retries_exhausted, circuit_open, \
                 budget_exhausted",
        ),
        ("redrive", json!([]), "ids: is missing; give it a value"),
        ("redrive", json!([{"all": false}]), "ids: is missing; give it a value"),
        ("redrive", json!([{"ids": []}]), "ids: is empty; give it a value"),
        ("redrive", json!([{"ids": [7]}]), "ids[0]: must be text"),
        ("redrive", json!([{"all": true, "id": "o1"}]), "id: there is no such field; leave it out"),
        (
            "redrive",
            json!([{"ids": ["o1"], "all": true}]),
            "ids: must be alone, without a query; leave the other out",
        ),
        (
            "redrive",
            json!([{"ids": vec!["o1"; 100_001]}]),
            "ids: is too long; at most 100000 are allowed",
        ),
        (
            "redrive",
            json!([{"all": true, "ratePerSecond": 0}]),
            "ratePerSecond: must be from 0.001 to 1000000",
        ),
        ("editDeadLetter", json!(["o1"]), "order: is missing; give it a value"),
        (
            "editDeadLetter",
            json!(["o1", {"lines": [{"sku": "mouse", "quantity": 0}]}]),
            "lines[0].quantity: must be from 1 to 1000",
        ),
        ("murmur2", json!([7]), "key: must be text"),
        ("murmur2", json!(["x".repeat(1_000_000)]), "key: is too long; at most 10000 are allowed"),
        ("partition", json!(["a"]), "n: is missing; give it a value"),
        ("partition", json!(["a", 0]), "n: must be from 1 to 1000000"),
    ] {
        refused(function, arguments, message);
    }
}

#[test]
fn arguments_that_are_no_list_or_too_long_are_refused() {
    let long = format!("[\"{}\"]", "x".repeat(16_000_000));
    for (arguments, message) in [
        ("", "arguments: must be plain data that JSON can carry"),
        ("{}", "arguments: must be plain data that JSON can carry"),
        ("[\"\\ud800\"]", "arguments: must be plain data that JSON can carry"),
        (long.as_str(), "arguments: is too long; at most 16000000 are allowed"),
    ] {
        let refusal = parse("order", arguments).expect_err("bad arguments");
        assert_eq!(refusal.to_string(), message);
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,80}".prop_map(Value::from),
        "(w|o)[0-9.]{0,6}".prop_map(Value::from),
    ];
    let name = prop_oneof![
        proptest::sample::select(vec![
            "customer",
            "lines",
            "sku",
            "quantity",
            "limit",
            "seed",
            "orders",
            "customers",
            "orderId",
            "reason",
            "query",
            "after",
            "timeoutMs",
            "policy",
            "backoff",
            "baseMs",
            "attempts",
            "clients",
        ])
        .prop_map(str::to_owned),
        ".{0,8}",
    ];
    leaf.prop_recursive(3, 24, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((name.clone(), inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    /// Whatever comes: a call or a refusal with a field, never a panic.
    #[test]
    fn any_arguments_are_answered(
        function in proptest::sample::select(FUNCTIONS),
        arguments in proptest::collection::vec(any_json(), 0..3),
    ) {
        if let Err(refusal) = parse(function, &Value::from(arguments).to_string()) {
            prop_assert!(!refusal.field.is_empty());
        }
    }

    #[test]
    fn any_text_is_answered(function in ".{0,10}", arguments in ".{0,60}") {
        let _ = parse(&function, &arguments);
    }
}

/// A good policy for `backoff` with one field replaced.
fn policy_with(field: &str, value: Value) -> Value {
    let mut policy = json!({"attempts": 6, "backoff": "exponential", "baseMs": 100});
    policy[field] = value;
    json!([{ "policy": policy }])
}

fn waits(options: Value) -> Vec<f64> {
    match parse("backoff", &json!([options]).to_string()) {
        Ok(Call::Backoff { policy, seed }) => {
            serde_json::from_str(&render::waits(&policy.waits(seed))).expect("a list of numbers")
        }
        other => panic!("{options} gave {other:?}"),
    }
}

#[test]
fn backoff_gives_the_waits_of_presets_and_of_policies() {
    for (options, expected) in [
        (json!({"policy": "async-retry"}), vec![1_000.0, 2_000.0, 4_000.0]),
        (json!({"policy": "polly"}), vec![2_000.0; 3]),
        (json!({"policy": "polly", "attempts": 2}), vec![2_000.0]),
        (json!({"policy": "sidekiq", "attempts": 1}), vec![]),
        (
            json!({"policy": {"backoff": "linear", "baseMs": 1000}, "attempts": 6}),
            vec![1_000.0, 2_000.0, 3_000.0, 4_000.0, 5_000.0],
        ),
        (
            json!({"policy": {"backoff": "exponential", "baseMs": 1000, "factor": 2,
                "capMs": 5000, "jitter": "none", "timeoutMs": 0}, "attempts": 5, "seed": 9}),
            vec![1_000.0, 2_000.0, 4_000.0, 5_000.0],
        ),
        (json!({"policy": {"backoff": "none", "attempts": 3}}), vec![0.0, 0.0]),
        (json!({"policy": {"backoff": "fixed", "baseMs": 0.5, "attempts": 2}}), vec![0.5]),
    ] {
        assert_eq!(waits(options.clone()), expected, "{options}");
    }
    assert_eq!(waits(json!({"policy": "sidekiq"})).len(), 25);
    let seeded = |seed: u32| waits(json!({"policy": "grpc", "attempts": 1000, "seed": seed}));
    assert_eq!(seeded(3).len(), 999);
    assert_eq!(seeded(3), seeded(3));
    assert_ne!(seeded(3), seeded(4));
    assert!(seeded(3).iter().all(|wait| (0.0..=1_000.0).contains(wait)));
}

#[test]
fn bad_policies_are_refused_by_the_field() {
    const MISSING: &str = "is missing; give it a value";
    const NUMBER: &str = "must be a number";
    for (field, value, message) in [
        ("attempts", json!(0), "policy.attempts: must be from 1 to 1000".to_owned()),
        ("attempts", json!(1001), "policy.attempts: must be from 1 to 1000".into()),
        ("attempts", json!(2.5), "policy.attempts: must be a whole number".into()),
        (
            "backoff",
            json!("cubic"),
            "policy.backoff: must be one of none, fixed, linear, exponential, sidekiq".into(),
        ),
        ("baseMs", json!(-1), "policy.baseMs: must be from 0 to 86400000".into()),
        // What the page makes of NaN and the infinities.
        ("baseMs", json!([]), format!("policy.baseMs: {NUMBER}")),
        ("factor", Value::Null, format!("policy.factor: {NUMBER}")),
        ("factor", json!(0.99), "policy.factor: must be from 1 to 1000".into()),
        ("capMs", json!(99), "policy.capMs: must be from 100 to 2592000000".into()),
        ("capMs", json!(-1), "policy.capMs: must be from 0 to 2592000000".into()),
        (
            "jitter",
            json!("some"),
            "policy.jitter: must be one of none, full, equal, decorrelated, randomized".into(),
        ),
        ("timeoutMs", json!(-1), "policy.timeoutMs: must be from 0 to 600000".into()),
        ("base", json!(1), "policy.base: there is no such field; leave it out".into()),
    ] {
        refused("backoff", policy_with(field, value), &message);
    }
    for (options, message) in [
        (json!([]), format!("options: {MISSING}")),
        (json!([{}]), format!("policy: {MISSING}")),
        (json!([{"policy": 7}]), "policy: must be an object".into()),
        (json!([{"policy": {}}]), format!("policy.backoff: {MISSING}")),
        (json!([{"policy": {"backoff": "fixed"}}]), format!("policy.attempts: {MISSING}")),
        (
            json!([{"policy": {"backoff": "fixed"}, "attempts": 2}]),
            format!("policy.baseMs: {MISSING}"),
        ),
        (json!([{"policy": "polly", "attempts": 0}]), "attempts: must be from 1 to 1000".into()),
        (json!([{"policy": "polly", "attempts": 1001}]), "attempts: must be from 1 to 1000".into()),
        (
            json!([{"policy": "polly", "seed": -1}]),
            "seed: must be from 0 to 9007199254740991".into(),
        ),
        (
            json!([{"policy": "polly", "tries": 2}]),
            "tries: there is no such field; leave it out".into(),
        ),
        (
            json!([{"policy": "Polly"}]),
            "policy: must be one of async-retry, polly, resilience4j, grpc, aws-sdk, sidekiq"
                .into(),
        ),
    ] {
        refused("backoff", options, &message);
    }
}

#[test]
fn the_jitter_experiment_is_the_published_one_unless_told() {
    let experiment = |clients: &[u16], runs, seed| Call::JitterExperiment {
        clients: clients.to_vec(),
        runs,
        seed,
    };
    let published: Vec<u16> = (1..=19).map(|ten| ten * 10).collect();
    taken("jitterExperiment", json!([]), experiment(&published, 100, 1));
    taken("jitterExperiment", json!([{"clients": 7}]), experiment(&[7], 100, 1));
    taken(
        "jitterExperiment",
        json!([{"clients": [1, 500], "runs": 1000, "seed": 3}]),
        experiment(&[1, 500], 1_000, 3),
    );
    for (options, message) in [
        (json!([{"clients": []}]), "clients: is empty; give it a value"),
        (json!([{"clients": [10, 501]}]), "clients[1]: must be from 1 to 500"),
        (json!([{"clients": 0}]), "clients: must be from 1 to 500"),
        (json!([{"clients": "10"}]), "clients: must be a number"),
        (json!([{"clients": vec![1; 101]}]), "clients: is too long; at most 100 are allowed"),
        (json!([{"runs": 0}]), "runs: must be from 1 to 1000"),
        (json!([{"base": 5}]), "base: there is no such field; leave it out"),
    ] {
        refused("jitterExperiment", options, message);
    }
}
