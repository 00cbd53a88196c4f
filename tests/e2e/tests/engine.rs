//! The engine's promises, with real workers: orderings, kills, switches, pauses.

use convoy_e2e::{Page, Result, Snapshot, run};
use serde_json::{Value, json};

const ORDERS: u64 = 100_000;
const CUSTOMERS: u64 = 1_000;

#[test]
fn every_ordering_keeps_what_it_promises() -> Result {
    run(async |lab| {
        let page = lab.open("").await?;
        for round in 1..=2 {
            for ordering in ["single", "competing", "partitions", "sessions"] {
                let overtakes = ordering == "competing";
                // Only where service times differ can a later order be faster.
                let service = if overtakes { 0.1 } else { 0.0 };
                let start = json!({ "ordering": ordering, "workers": 4, "serviceTimeMs": service });
                page.begin(start).await?;
                let burst = page.burst(ORDERS, CUSTOMERS).await?;
                assert_eq!((&burst["accepted"], &burst["rejected"]), (&json!(ORDERS), &json!(0)));
                let end = page.idle().await?;
                report(&format!("{ordering}, round {round}"), &end);
                end.check_nothing_lost(ORDERS)?;
                assert!(end.count("deliveries") >= ORDERS, "{}", end.0);
                assert_eq!(end.count("orderViolations") > 0, overtakes, "{ordering}: {}", end.0);
                // The consumers' own records say the same as the auditor.
                let trace = read_trace(&page).await?;
                assert!(trace["records"].as_u64() >= Some(20_000), "{ordering}: {trace}");
                assert_eq!(trace["absurd"], 0, "{ordering}: {trace}");
                assert_eq!(trace["overtaken"].as_u64() > Some(0), overtakes, "{ordering}: {trace}");
                if !overtakes {
                    assert_eq!(trace["backwards"], 0, "{ordering}: {trace}");
                }
            }
        }
        page.check_console().await
    })
}

#[test]
fn three_kills_lose_nothing_and_mix_up_nobody() -> Result {
    run(async |lab| {
        let page = lab.open("").await?;
        let start = json!({ "ordering": "sessions", "workers": 4, "serviceTimeMs": 0.2,
            "leaseMs": 1_000 });
        page.begin(start).await?;
        let killed = page
            .convoy(&format!(
                "(async () => {{
                    const burst = convoy.burst({{orders: {ORDERS}, customers: {CUSTOMERS}}});
                    const killed = [];
                    for (const share of [0.1, 0.4, 0.7]) {{
                        while ((await convoy.snapshot()).completed < share * {ORDERS});
                        const workers = await convoy.workers();
                        const victim = workers.find((w) => w.state === 'busy' && !w.killed);
                        await convoy.kill(victim.id);
                        killed.push(victim.id);
                    }}
                    await burst;
                    return killed;
                }})()"
            ))
            .await??;
        let end = page.idle().await?;
        report("three kills", &end);
        end.check_nothing_lost(ORDERS)?;
        assert_eq!(end.count("completed"), ORDERS);
        assert_eq!(end.count("orderViolations"), 0, "{}", end.0);
        assert!(end.count("redeliveries") > 0, "{}", end.0);
        assert!(end.count("deliveries") > ORDERS, "{}", end.0);
        let trace = read_trace(&page).await?;
        assert_eq!((&trace["overtaken"], &trace["absurd"]), (&json!(0), &json!(0)), "{trace}");

        let dead = "(await convoy.workers()).filter((w) => w.state === 'dead').map((w) => w.id)";
        let same = format!("JSON.stringify(({dead}).sort()) === '{}'", sorted(&killed));
        page.wait_until("the broker has noticed all three", &same).await?;
        let workers = page.convoy("convoy.scale(4)").await??;
        let workers = workers.as_array().expect("scale gives the workers");
        let alive = workers.iter().filter(|worker| worker["state"] != "dead").count();
        assert_eq!(alive, 4, "{workers:?}");

        // And the new ones work.
        let processed = "(await convoy.workers()).filter((w) => w.processed > 0).length";
        page.burst(10_000, CUSTOMERS).await?;
        page.idle().await?.check_nothing_lost(ORDERS + 10_000)?;
        let all_four = format!("{processed} >= 4");
        page.wait_until("the new workers have done their part", &all_four).await?;
        page.check_console().await
    })
}

#[test]
fn a_worker_that_dies_after_charging_charges_twice_only_without_idempotency() -> Result {
    run(async |lab| {
        let page = lab.open("").await?;
        for idempotency in [true, false] {
            let start = json!({ "workers": 2, "serviceTimeMs": 1_000, "serviceSpread": 0,
                "leaseMs": 500, "idempotency": idempotency });
            page.begin(start).await?;
            let order = page
                .convoy(
                    "(async () => {
                        const lines = [{sku: 'laptop', quantity: 1}];
                        const {orderId} = await convoy.submit({customer: 'ana', lines});
                        for (;;) {
                            const {timeline} = await convoy.order(orderId);
                            const paid = timeline.find(({event}) => event === 'paid');
                            const begun = timeline.find(({worker}) => worker);
                            if (!paid) continue;
                            await convoy.kill(paid.worker ?? begun.worker);
                            return orderId;
                        }
                    })()",
                )
                .await??;
            let end = page.idle().await?;
            assert_eq!(end.count("completed"), 1, "{}", end.0);
            assert_eq!(end.count("redeliveries"), 1, "{}", end.0);
            if idempotency {
                end.check_nothing_lost(1)?;
                assert_eq!(end.count("duplicatesSuppressed"), 1, "{}", end.0);
            } else {
                assert_eq!(end.count("duplicatesSuppressed"), 0, "{}", end.0);
                assert_eq!(end.count("ledger.doubleCharges"), 1, "{}", end.0);
                let twice = 2 * end.count("ledger.expectedCents");
                assert_eq!(end.count("ledger.actualCents"), twice, "{}", end.0);
            }
            let order = page.convoy(&format!("convoy.order({order})")).await??;
            assert_eq!(order["attempts"], 2, "{order}");
            check_timeline(&order, &["accepted", "processing", "paid", "completed"]);
        }
        page.check_console().await
    })
}

#[test]
fn orderings_are_switched_while_orders_run() -> Result {
    run(async |lab| {
        let page = lab.open("").await?;
        for (orderings, overtakes) in [
            (vec!["single", "partitions", "sessions", "single", "sessions"], false),
            (vec!["competing", "partitions", "competing", "sessions"], true),
        ] {
            page.begin(json!({ "ordering": orderings[0], "serviceTimeMs": 0.1 })).await?;
            let script = format!(
                "(async () => {{
                    const burst = convoy.burst({{orders: 40_000, customers: 200}});
                    const seen = [];
                    for (const ordering of {orderings:?}) {{
                        await convoy.configure({{ordering}});
                        for (;;) {{
                            const now = await convoy.snapshot();
                            const before = seen.at(-1)?.completed ?? 0;
                            if (now.ordering !== ordering || now.switching) continue;
                            if (now.completed < before + 1000) continue;
                            seen.push({{ordering, completed: now.completed, left: now.ready}});
                            break;
                        }}
                    }}
                    await burst;
                    return seen;
                }})()"
            );
            let seen = page.convoy(&script).await??;
            let end = page.idle().await?;
            report(&format!("switched: {seen}"), &end);
            end.check_nothing_lost(40_000)?;
            assert_eq!(end.count("completed"), 40_000);
            assert_eq!(end.count("orderViolations") > 0, overtakes, "{}", end.0);
            let last = seen.as_array().and_then(|seen| seen.last()).expect("there were switches");
            assert!(last["left"].as_u64() > Some(0), "too fast to be a test: {seen}");
        }
        page.check_console().await
    })
}

#[test]
fn workers_pause_resume_and_slow_down() -> Result {
    run(async |lab| {
        let page = lab.open("").await?;
        let start = json!({ "ordering": "competing", "workers": 2, "serviceTimeMs": 1,
            "prefetch": 4 });
        page.begin(start).await?;
        let ids = page.convoy("(await convoy.workers()).map((w) => w.id)").await??;
        let (first, second) = (ids[0].clone(), ids[1].clone());
        let state_is = |id: &Value, state: &str| {
            format!("(await convoy.workers()).find((w) => w.id === {id}).state === '{state}'")
        };

        // One pauses: the other does it all.
        page.convoy(&format!("convoy.pause({first})")).await??;
        page.wait_until("the first pauses", &state_is(&first, "paused")).await?;
        page.burst(200, 50).await?;
        let end = page.idle().await?;
        assert_eq!((processed(&end, &first), processed(&end, &second)), (0, 200), "{}", end.0);

        // Both pause: nothing happens, and waiting for the end takes too long.
        page.convoy(&format!("convoy.pause({second})")).await??;
        page.wait_until("the second pauses", &state_is(&second, "paused")).await?;
        page.burst(200, 50).await?;
        let refusal = page.convoy("convoy.idle({timeoutMs: 300})").await?.unwrap_err();
        assert_eq!(refusal.code, "timeout", "{refusal}");
        let waiting = page.snapshot().await?;
        assert_eq!((waiting.count("ready"), waiting.count("completed")), (200, 200));

        // Both go on, the first twenty times as slow.
        page.convoy(&format!("convoy.slow({first}, 20)")).await??;
        for id in [&first, &second] {
            page.convoy(&format!("convoy.resume({id})")).await??;
        }
        let end = page.idle().await?;
        end.check_nothing_lost(400)?;
        let (slow, fast) = (processed(&end, &first), processed(&end, &second) - 200);
        assert!(slow > 0 && slow * 3 < fast, "{slow} and {fast}: {}", end.0);

        // Fewer, then more: who is left does the work, and a new one gets a new name.
        let one = page.convoy("convoy.scale(1)").await??;
        page.wait_until("one is left", "(await convoy.workers()).length === 1").await?;
        page.convoy("convoy.scale(3)").await??;
        page.wait_until("three are there", "(await convoy.workers()).length === 3").await?;
        assert_eq!(one[0]["id"], first);
        let now = page.convoy("(await convoy.workers()).map((w) => w.id)").await??;
        assert!(!now.as_array().expect("a list").contains(&second), "{now}: {second} is gone");
        assert_eq!(page.convoy("(await convoy.config()).workers").await??, 3);
        page.check_console().await
    })
}

/// What the consumers' own records say, read in the page: how many there are; how often an order
/// of a customer began before the previous one had ended, or came after a later one; and how
/// many make no sense by themselves.
async fn read_trace(page: &Page<'_>) -> Result<Value> {
    let script = "(async () => {
        const records = await convoy.trace({limit: 262144});
        const last = new Map();
        let overtaken = 0, backwards = 0, absurd = 0;
        for (const record of records) {
            const {customer, sequence, attempt, startedMs, finishedMs} = record;
            if (!(startedMs >= 0 && finishedMs >= startedMs && attempt >= 1)) absurd += 1;
            const before = last.get(customer);
            if (before && sequence < before.sequence) backwards += 1;
            // A microsecond for what is lost in writing it as milliseconds.
            if (before && startedMs < before.finishedMs - 0.001) overtaken += 1;
            last.set(customer, record);
        }
        return {records: records.length, overtaken, backwards, absurd};
    })()";
    Ok(page.convoy(script).await??)
}

/// Times ascend, and these events are among its events in this order, first and last included.
fn check_timeline(order: &Value, events: &[&str]) {
    let timeline = order["timeline"].as_array().expect("an order has a timeline");
    let times: Vec<f64> = timeline.iter().filter_map(|entry| entry["atMs"].as_f64()).collect();
    assert_eq!(times.len(), timeline.len(), "{order}");
    assert!(times.is_sorted(), "{order}");
    let found: Vec<&str> = timeline.iter().filter_map(|entry| entry["event"].as_str()).collect();
    let mut rest = found.iter();
    assert!(events.iter().all(|event| rest.any(|seen| seen == event)), "{found:?}");
    assert_eq!((found.first(), found.last()), (events.first(), events.last()), "{found:?}");
}

fn processed(snapshot: &Snapshot, id: &Value) -> u64 {
    let workers = snapshot.0["workers"].as_array().expect("a snapshot has workers");
    let worker = workers.iter().find(|worker| worker["id"] == *id);
    worker.and_then(|worker| worker["processed"].as_u64()).expect("the worker is there")
}

fn sorted(ids: &Value) -> Value {
    let mut ids = ids.as_array().cloned().unwrap_or_default();
    ids.sort_by_key(ToString::to_string);
    Value::Array(ids)
}

fn report(what: &str, end: &Snapshot) {
    let at = end.0["atMs"].as_f64().unwrap_or_default();
    let count = |path| end.count(path);
    eprintln!(
        "{what}: {at:.0} ms, {} deliveries, {} again, {} violations, {} dead, {} cancelled",
        count("deliveries"),
        count("redeliveries"),
        count("orderViolations"),
        count("deadLettered"),
        count("cancelled"),
    );
}
