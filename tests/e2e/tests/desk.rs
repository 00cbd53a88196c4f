//! The dead-letter desk, and what the policies around the payment do about a bad gateway.

use convoy_e2e::{Page, Result, run};
use serde_json::{Value, json};

/// Orders of a run that is looked into at its end.
const ORDERS: u64 = 400;

/// Begins anew with these settings, sends a burst and waits for rest.
async fn lived(page: &Page<'_>, settings: Value) -> Result<Value> {
    page.call("reset", json!({ "seed": 7 })).await?;
    page.call("configure", settings).await?;
    page.call("burst", json!({ "orders": ORDERS, "customers": 40 })).await?;
    page.call("idle", json!({ "timeoutMs": 240_000 })).await
}

fn count(of: &Value, path: &str) -> u64 {
    of.pointer(path).and_then(Value::as_u64).unwrap_or_else(|| panic!("no {path} in {of}"))
}

#[test]
fn a_hundred_thousand_dead_letters_are_searched_and_redriven_with_nothing_lost() -> Result {
    run(async |lab| {
        let page = lab.open("#/dead").await?;
        let settings = json!({ "gateway": { "transientRate": 1 }, "maxDeliveries": 1,
            "serviceTimeMs": 0, "prefetch": 4096 });
        page.call("configure", settings).await?;
        page.call("burst", json!({ "orders": 100_000, "customers": 1_000 })).await?;
        let dead = page.call("idle", json!({ "timeoutMs": 240_000 })).await?;
        assert_eq!(count(&dead, "/deadLettered"), 100_000);
        let rows = "document.querySelectorAll('#dead-letters tbody input').length";
        page.wait_until("the list is there", &format!("{rows} > 10")).await?;
        let shown = page.evaluate(rows).await??;
        assert!(shown.as_u64().is_some_and(|rows| rows < 150), "{shown} rows in the page");

        let found = page.call("deadLetters", json!({ "customer": "customer-7", "limit": 1 }));
        let found = found.await?;
        let of_one = count(&found, "/total");
        assert!((1..100_000).contains(&of_one), "{found}");
        assert_eq!(found["items"][0]["redriven"], json!(false));

        // With the gateway as it is they die again, and are marked.
        let again = json!({ "customer": "customer-7", "ratePerSecond": 100_000 });
        let report = page.call("redrive", again).await?;
        assert_eq!(count(&report, "/redriven"), of_one);
        page.call("idle", json!({ "timeoutMs": 240_000 })).await?;
        let marked = page.call("deadLetters", json!({ "redriven": true, "limit": 1 })).await?;
        assert_eq!(count(&marked, "/total"), of_one);

        page.call("configure", json!({ "gateway": { "transientRate": 0 } })).await?;
        page.fill("textbox", "At most", "200").await?;
        page.click("button", "Redrive all that match (100,000)").await?;
        page.wait_until("some are back", "(await convoy.snapshot()).redriven > 300").await?;
        page.click("button", "Stop").await?;
        page.wait_until("it has stopped", "!(await convoy.snapshot()).redrive").await?;
        page.call("redrive", json!({ "all": true })).await?;
        let end = page.call("idle", json!({ "timeoutMs": 240_000 })).await?;
        assert_eq!(count(&end, "/completed"), 100_000);
        assert_eq!((count(&end, "/deadLettered"), end["conserved"].as_bool()), (0, Some(true)));
        assert_eq!(count(&end, "/ledger/doubleCharges"), 0);
        assert_eq!(end["ledger"]["actualCents"], end["ledger"]["expectedCents"]);
        page.check_console().await
    })
}

#[test]
fn a_budget_keeps_the_calls_of_an_outage_below_a_fifth_more_than_the_orders() -> Result {
    run(async |lab| {
        let page = lab.open("#/retry").await?;
        let settings = |budget: &str| {
            json!({ "serviceTimeMs": 0, "workers": 2, "gateway": { "transientRate": 1 },
                "retry": { "wait": "consumer", "attempts": 4, "baseMs": 1, "capMs": 10 },
                "budget": { "kind": budget } })
        };
        let without = lived(&page, settings("none")).await?;
        assert_eq!(count(&without, "/services/0/calls"), 4 * ORDERS);
        let with = lived(&page, settings("grpc")).await?;
        let calls = count(&with, "/services/0/calls");
        assert!(calls >= ORDERS && calls * 10 < ORDERS * 12, "{calls} calls");
        let spent = json!({ "reason": "budget_exhausted", "limit": 1 });
        assert!(count(&page.call("deadLetters", spent).await?, "/total") > ORDERS / 2);
        page.check_console().await
    })
}

#[test]
fn who_charges_without_a_key_charges_twice_and_with_one_never() -> Result {
    run(async |lab| {
        let page = lab.open("#/retry").await?;
        // A third of the calls are answered after the client has given up on them.
        let settings = |idempotency: bool| {
            json!({ "serviceTimeMs": 0, "idempotency": idempotency,
                "gateway": { "latencyMs": 1, "slowRate": 0.33, "slowMs": 50 },
                "retry": { "wait": "consumer", "attempts": 10, "baseMs": 1, "capMs": 2,
                    "timeoutMs": 20 } })
        };
        let without = lived(&page, settings(false)).await?;
        assert!(count(&without, "/ledger/doubleCharges") > 0, "{without}");
        let with = lived(&page, settings(true)).await?;
        assert_eq!(count(&with, "/ledger/doubleCharges"), 0);
        assert!(count(&with, "/duplicatesSuppressed") > 0, "{with}");
        assert_eq!(with["ledger"]["actualCents"], with["ledger"]["expectedCents"]);
        page.check_console().await
    })
}

#[test]
fn an_open_breaker_stops_the_retries() -> Result {
    run(async |lab| {
        let page = lab.open("#/retry").await?;
        let settings = json!({ "serviceTimeMs": 0, "workers": 2,
            "gateway": { "transientRate": 1 },
            "retry": { "wait": "consumer", "attempts": 5, "baseMs": 1, "capMs": 2 },
            "breaker": { "mode": "auto", "windowCalls": 10, "minimumCalls": 10,
                "openMs": 3_600_000 } });
        let end = lived(&page, settings).await?;
        // Each of the two clients sees ten failures, and makes no other call.
        assert_eq!(count(&end, "/services/0/calls"), 20);
        assert_eq!(end["breaker"]["state"], json!("OPEN"));
        let open = json!({ "reason": "circuit_open", "limit": 1 });
        assert!(count(&page.call("deadLetters", open).await?, "/total") > ORDERS * 9 / 10);
        page.check_console().await
    })
}

#[test]
fn consumers_race_for_the_stock() -> Result {
    run(async |lab| {
        let page = lab.open("#/retry").await?;
        let settings = json!({ "serviceTimeMs": 0, "workers": 4, "prefetch": 4,
            "stock": { "called": true, "rows": 1, "failure": { "latencyMs": 3 },
                "retry": { "attempts": 100, "baseMs": 2, "capMs": 50 } } });
        let end = lived(&page, settings).await?;
        let services = end["services"].as_array().cloned().unwrap_or_default();
        let stock = services.iter().find(|view| view["service"] == "stock");
        let stock = stock.expect("the stock is called");
        assert!(count(stock, "/conflicts") > 10, "{stock}");
        assert_eq!(count(stock, "/calls") - count(stock, "/conflicts"), ORDERS);
        assert_eq!(count(&end, "/completed"), ORDERS);
        assert_eq!(end["ledger"]["stockActual"], end["ledger"]["stockExpected"]);
        page.check_console().await
    })
}

#[test]
fn bad_policies_are_refused_by_name() -> Result {
    run(async |lab| {
        let page = lab.open("#/retry").await?;
        page.wait_until("the lab is up", "await convoy.ready.then(() => true)").await?;
        let before = page.convoy("convoy.config()").await??;
        for (patch, message) in [
            ("{retry: {attempts: 0}}", "retry.attempts: must be from 1 to 100"),
            ("{retry: {baseMs: -1}}", "retry.baseMs: must be from 0 to 86400000"),
            ("{retry: {factor: 0.5}}", "retry.factor: must be from 1 to 1000"),
            ("{retry: {capMs: 10}}", "retry.capMs: must be from 1000 to 2592000000"),
            ("{retry: {baseMs: NaN}}", "retry.baseMs: must be a number"),
            ("{retry: {attempts: 100, layers: 4}}", "retry.layers: must be from 1 to 1"),
            ("{breaker: {failureRate: 0}}", "breaker.failureRate: must be from 0.01 to 1"),
            ("{budget: {tokens: 0}}", "budget.tokens: must be from 1 to 100000"),
            ("{stock: {retry: {capMs: 1}}}", "stock.retry.capMs: must be from 5 to 2592000000"),
        ] {
            let refusal = page.convoy(&format!("convoy.configure({patch})")).await?;
            assert_eq!(refusal.expect_err(patch).message, message);
        }
        assert_eq!(page.convoy("convoy.config()").await??, before);
        page.check_console().await
    })
}
