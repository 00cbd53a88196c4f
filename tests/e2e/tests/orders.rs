//! Single orders and full queues: what is answered, what becomes of each, and why.

use convoy_e2e::{Page, Result, run};
use serde_json::{Value, json};

#[test]
fn an_order_tells_its_story_and_is_made_once() -> Result {
    run(async |lab| {
        let page = lab.open("").await?;
        page.begin(json!({ "serviceTimeMs": 40, "serviceSpread": 0 })).await?;
        let stock = page.snapshot().await?.count("ledger.stockActual");
        let order = json!({
            "customer": "ana",
            "lines": [{ "sku": "laptop", "quantity": 1 }, { "sku": "mouse", "quantity": 2 }],
            "idempotencyKey": "a-click",
        });
        let first = page.call("submit", order.clone()).await?;
        assert_eq!(first["status"], 202, "{first}");
        let again = page.call("submit", order.clone()).await?;
        assert_eq!(again["orderId"], first["orderId"], "the same click is the same order");
        let mut other = order.clone();
        other["lines"][1]["quantity"] = json!(3);
        let refusal = page.convoy(&format!("convoy.submit({other})")).await?.unwrap_err();
        assert_eq!(refusal.code, "conflict", "{refusal}");
        assert!(refusal.message.contains("idempotencyKey"), "{refusal}");

        let end = page.idle().await?;
        end.check_nothing_lost(1)?;
        assert_eq!(end.count("ledger.actualCents"), 125_000, "1200 + 2 × 25: {}", end.0);
        assert_eq!(end.count("ledger.stockActual"), stock - 3, "{}", end.0);
        let again = page.call("submit", order).await?;
        assert_eq!(again["orderId"], first["orderId"], "also when it is over");

        let told = page.call("order", first["orderId"].clone()).await?;
        assert_eq!(told["customer"], "ana", "{told}");
        assert_eq!(told["status"], "completed", "{told}");
        assert_eq!(told["attempts"], 1, "{told}");
        let timeline = told["timeline"].as_array().expect("an order has a timeline");
        let events: Vec<&str> = timeline.iter().filter_map(|e| e["event"].as_str()).collect();
        let expected = ["accepted", "processing", "paid", "stockReserved", "shipped", "completed"];
        assert_eq!(events, expected, "{told}");
        let times: Vec<f64> = timeline.iter().filter_map(|e| e["atMs"].as_f64()).collect();
        assert!(times.len() == events.len() && times.is_sorted(), "{told}");
        let took = times[5] - times[1];
        assert!(took >= 39.9, "the service time is 40 ms, not {took}: {told}");
        let trace = page.call("trace", json!({ "limit": 10, "customer": "ana" })).await?;
        assert_eq!(trace.as_array().map(Vec::len), Some(1), "{trace}");
        assert_eq!(trace[0]["orderId"], first["orderId"], "{trace}");
        assert_eq!(trace[0]["worker"], timeline[1]["worker"], "{trace} and {told}");
        let nobody = page.call("trace", json!({ "limit": 10, "customer": "nobody" })).await?;
        assert_eq!(nobody, json!([]));
        page.check_console().await
    })
}

#[test]
fn a_full_queue_does_what_its_policy_says() -> Result {
    run(async |lab| {
        let page = lab.open("").await?;
        for (policy, accepted, rejected, cancelled, dead) in [
            ("reject", 100, 60, 0, 0),
            ("dropOldest", 160, 0, 60, 0),
            ("deadLetterOldest", 160, 0, 0, 60),
        ] {
            let start = json!({ "workers": 1, "queueLimit": 100, "overflow": policy });
            page.begin(start).await?;
            // With its only worker paused, the queue is exactly full.
            let worker = page.convoy("(await convoy.workers()).at(-1).id").await??;
            page.convoy(&format!("convoy.pause({worker})")).await??;
            let paused = "(await convoy.workers()).at(-1).state === 'paused'";
            page.wait_until("the worker pauses", paused).await?;
            let burst = page.burst(160, 20).await?;
            assert_eq!(burst["accepted"], accepted, "{policy}: {burst}");
            assert_eq!(burst["rejected"], rejected, "{policy}: {burst}");
            let full = page.snapshot().await?;
            assert_eq!(full.count("ready"), 100, "{policy}: {}", full.0);
            assert_eq!(full.count("cancelled"), cancelled, "{policy}: {}", full.0);
            assert_eq!(full.count("deadLettered"), dead, "{policy}: {}", full.0);

            let lines = json!([{ "sku": "keyboard", "quantity": 1 }]);
            let one_more = json!({ "customer": "ana", "lines": lines });
            let answer = page.call("submit", one_more).await?;
            let more = if policy == "reject" {
                assert_eq!(answer["status"], 429, "{answer}");
                assert!(answer["retryAfterMs"].as_f64() > Some(0.0), "{answer}");
                assert_eq!(page.snapshot().await?.count("rejected"), rejected + 1);
                0
            } else {
                assert_eq!(answer["status"], 202, "{answer}");
                1
            };
            page.convoy(&format!("convoy.resume({worker})")).await??;
            let end = page.idle().await?;
            end.check_nothing_lost(accepted + more)?;
            assert_eq!(end.count("completed"), 100, "{policy}: {}", end.0);
            assert_eq!(end.count("orderViolations"), 0, "{policy}: {}", end.0);
            let letters = if dead == 0 { 0 } else { dead + more };
            check_dead_letters(&page, letters, "maxlen", 0).await?;
        }
        page.check_console().await
    })
}

#[test]
fn a_failing_gateway_is_tried_again_until_it_is_enough() -> Result {
    const ORDERS: u64 = 500;
    run(async |lab| {
        let page = lab.open("").await?;
        for ordering in ["sessions", "partitions", "single", "competing"] {
            // The third attempt is the last one allowed, and the first that works.
            let start = json!({ "ordering": ordering, "serviceTimeMs": 0, "maxDeliveries": 3,
                "gateway": { "failFirst": 2 } });
            page.begin(start).await?;
            page.burst(ORDERS, 50).await?;
            let end = page.idle().await?;
            end.check_nothing_lost(ORDERS)?;
            assert_eq!(end.count("completed"), ORDERS, "{ordering}: {}", end.0);
            assert_eq!(end.count("redeliveries"), 2 * ORDERS, "{ordering}: {}", end.0);
            assert_eq!(end.count("deliveries"), 3 * ORDERS, "{ordering}: {}", end.0);
            if ordering != "competing" {
                assert_eq!(end.count("orderViolations"), 0, "{ordering}: {}", end.0);
            }
        }

        let always = json!({ "serviceTimeMs": 0, "maxDeliveries": 3,
            "gateway": { "transientRate": 1 } });
        page.begin(always).await?;
        page.burst(ORDERS, 50).await?;
        let end = page.idle().await?;
        end.check_nothing_lost(ORDERS)?;
        assert_eq!(end.count("deadLettered"), ORDERS, "{}", end.0);
        assert_eq!(end.count("ledger.actualCents"), 0, "{}", end.0);
        check_dead_letters(&page, ORDERS, "delivery_limit", 3).await?;

        page.begin(json!({ "serviceTimeMs": 0, "gateway": { "permanentRate": 1 } })).await?;
        page.burst(ORDERS, 50).await?;
        let end = page.idle().await?;
        end.check_nothing_lost(ORDERS)?;
        assert_eq!(end.count("cancelled"), ORDERS, "{}", end.0);
        assert_eq!(end.count("declined"), ORDERS, "{}", end.0);
        assert_eq!(end.count("redeliveries"), 0, "a card declined is not tried again: {}", end.0);
        assert_eq!(page.call("order", json!("o1")).await?["status"], "declined");

        // A share of each: the outcome is the seed's, so twice the same.
        let mut ends = Vec::new();
        for _ in 0..2 {
            let start = json!({ "serviceTimeMs": 0, "maxDeliveries": 2,
                "gateway": { "transientRate": 0.2, "permanentRate": 0.1 } });
            page.begin(start).await?;
            page.burst(5_000, 50).await?;
            let end = page.idle().await?;
            end.check_nothing_lost(5_000)?;
            let counts = ["completed", "deadLettered", "declined", "redeliveries"];
            ends.push(counts.map(|count| end.count(count)));
        }
        assert_eq!(ends[0], ends[1]);
        assert!((100..300).contains(&ends[0][1]), "about 0.9 × 0.2² of 5,000 are dead: {ends:?}");
        assert!((400..600).contains(&ends[0][2]), "about 0.1 of 5,000 are declined: {ends:?}");
        page.check_console().await
    })
}

#[test]
fn dead_letters_are_looked_through_by_key_word_and_reason() -> Result {
    run(async |lab| {
        let page = lab.open("#/dead").await?;
        // Two customers: one order each fails once too often, the others do not fit.
        page.begin(json!({
            "serviceTimeMs": 0, "maxDeliveries": 1, "gateway": { "failFirst": 1 },
        }))
        .await?;
        page.burst(2, 2).await?;
        page.idle().await?;
        page.call(
            "configure",
            json!({ "queueLimit": 1, "overflow": "deadLetterOldest", "gateway": { "failFirst": 0 } }),
        )
        .await?;
        let full = "(async () => {
            for (const {id} of await convoy.workers()) await convoy.pause(id);
            const lines = [{sku: 'mouse', quantity: 1}];
            for (let i = 0; i < 61; i++) await convoy.submit({customer: `c${i}`, lines});
            return true;
        })()";
        page.convoy(full).await??;
        wait_for_letters(&page, "62 found, oldest first.").await?;
        // The arrow keys, and End, go through all of them.
        page.evaluate("document.querySelector('#dead-row-0 input').focus()").await??;
        for (key, row) in [("\u{E015}", 1), ("\u{E010}", 61), ("\u{E013}", 60), ("\u{E011}", 0)] {
            page.press(key).await?;
            let there = format!("document.activeElement.closest('tr')?.id === 'dead-row-{row}'");
            page.wait_until("the focus follows", &there).await?;
        }
        page.choose("Reason", "Delivered too often").await?;
        wait_for_letters(&page, "2 found, oldest first.").await?;
        page.choose("Reason", "Queue overflow").await?;
        wait_for_letters(&page, "60 found, oldest first.").await?;
        page.fill("searchbox", "Search order or customer", "c17").await?;
        wait_for_letters(&page, "1 found, oldest first.").await?;
        page.fill("searchbox", "Search order or customer", "nobody").await?;
        wait_for_letters(&page, "None found; try another word or all reasons.").await?;
        page.check_console().await
    })
}

async fn wait_for_letters(page: &Page<'_>, said: &str) -> Result {
    let status = "document.querySelector('.desk-list [role=status]').innerText";
    page.wait_until(said, &format!("{status} === '{said}'")).await
}

/// There are so many dead letters, all for this reason, and they can be read page by page.
async fn check_dead_letters(page: &Page<'_>, total: u64, reason: &str, attempts: u64) -> Result {
    let mut after = Value::Null;
    let mut seen = Vec::new();
    loop {
        let asked = json!({ "limit": 40, "after": after, "reason": reason });
        let letters = page.call("deadLetters", asked).await?;
        let items = letters["items"].as_array().expect("a page has items");
        for letter in items {
            assert_eq!(letter["reason"], reason, "{letter}");
            assert_eq!(letter["attempts"], attempts, "{letter}");
            let error = if attempts > 0 { json!("gatewayFailed") } else { Value::Null };
            assert_eq!(letter["lastError"], error, "{letter}");
            seen.push(letter["orderId"].to_string());
        }
        match items.last() {
            Some(last) => after = last["orderId"].clone(),
            None => break,
        }
        assert!(seen.len() as u64 <= total, "more than {total}: {letters}");
    }
    let distinct: std::collections::BTreeSet<&String> = seen.iter().collect();
    assert_eq!((seen.len() as u64, distinct.len() as u64), (total, total));
    let all = page.call("deadLetters", json!({ "limit": 1 })).await?;
    assert_eq!(all["total"], total, "{all}");
    Ok(())
}
