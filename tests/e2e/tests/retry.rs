//! The retry lab: policies explored with the keyboard, and the experiment on jitter, which gives
//! natively what it gives in the browser.

use convoy_e2e::{PHONE, Result, Visit, run};
use convoy_lab::{scenario::policies, sim::jitter};
use serde_json::{Value, json};

#[test]
fn backoff_and_the_experiment_are_the_same_natively_and_in_the_browser() -> Result {
    run(async |lab| {
        let page = lab.open("#/retry").await?;
        for preset in policies::PRESETS {
            let options = json!({ "policy": preset.id, "seed": 42 });
            let found = page.call("backoff", options).await?;
            let waits = preset.retry.waits(42);
            let native: Vec<f64> = waits.iter().map(|wait| wait.as_millis_f64()).collect();
            let found: Vec<f64> = serde_json::from_value(found)?;
            assert_eq!(found, native, "{}", preset.id);
        }
        let refused = page.call("backoff", json!({ "policy": { "backoff": "fixed" } })).await;
        assert!(refused.is_err(), "how many attempts?");
        let not_a_number = "convoy.backoff({policy: {backoff: 'fixed', baseMs: NaN}, attempts: 2})";
        let refusal = page.convoy(not_a_number).await?.expect_err("NaN is no time");
        assert_eq!(refusal.message, "policy.baseMs: must be a number");

        let options = json!({ "clients": [1, 40], "runs": 10, "seed": 3 });
        let found = page.call("jitterExperiment", options).await?;
        let native: Vec<Value> = [1, 40]
            .into_iter()
            .flat_map(|clients| jitter::rows(clients, 10, 3))
            .map(|row| {
                json!({ "strategy": row.strategy.name(), "clients": row.clients,
                    "calls": row.calls, "completionMs": row.completion_ms })
            })
            .collect();
        // JavaScript writes whole numbers without a point.
        let plain = |text: String| text.replace(".0,", ",").replace(".0}", "}");
        assert_eq!(plain(found.to_string()), plain(Value::from(native).to_string()));
        page.check_console().await
    })
}

#[test]
fn the_experiment_runs_while_the_page_stays_at_hand() -> Result {
    run(async |lab| {
        let page = lab.open("#/retry").await?;
        page.wait_until("the lab is up", "await convoy.ready.then(() => true)").await?;
        page.fill("textbox", "Runs each", "2").await?;
        page.forget_long_tasks().await?;
        page.click("button", "Run the experiment").await?;
        let over = "document.querySelector('#experiment-csv') !== null";
        page.wait_until("the experiment is over", over).await?;
        let slow: Vec<f64> =
            page.long_tasks().await?.into_iter().filter(|task| *task > 200.0).collect();
        assert!(slow.is_empty(), "the page stood still for {slow:?} ms");
        let verdict =
            page.evaluate("document.querySelector('#experiment-verdict').innerText").await??;
        assert!(verdict.as_str().is_some_and(|it| it.starts_with("With 190 clients")), "{verdict}");
        let csv = page
            .evaluate(
                "fetch(document.querySelector('#experiment-csv').href).then((it) => it.text())",
            )
            .await??;
        let lines: Vec<&str> = csv.as_str().unwrap_or_default().lines().collect();
        assert_eq!(lines.len(), 1 + 4 * 19);
        assert_eq!(lines[0], "strategy,clients,calls,completionMs");
        assert!(lines[1].starts_with("none,10,"), "{}", lines[1]);

        // The keyboard reads the chart's values, and the table has them too.
        page.evaluate("document.querySelector('#jitter-calls').focus()").await??;
        page.press("\u{E010}").await?;
        let read = "document.querySelector('.experiment-chart .moment').innerText";
        assert_eq!(page.evaluate(read).await??, json!("Clients: 190"));
        page.evaluate("document.querySelector('#jitter-calls-table summary').click()").await??;
        let rows = "document.querySelectorAll('#jitter-calls-table tbody tr').length === 19";
        page.wait_until("the table is there", rows).await?;
        page.check_console().await
    })
}

#[test]
fn a_narrow_page_has_no_second_scroll_bar() -> Result {
    run(async |lab| {
        let narrow = convoy_e2e::Viewport { width: 360, ..PHONE };
        for tag in ["en-US", "es-ES"] {
            let visit = Visit::to("#/retry").viewport(narrow).dark().language(tag);
            let page = lab.open(visit).await?;
            let up = "document.querySelectorAll('#waits tbody tr').length === 3";
            page.wait_until("the waits are there", up).await?;
            let over = "document.documentElement.scrollWidth - innerWidth";
            assert_eq!(page.evaluate(over).await??, json!(0), "{tag}");
            page.screenshot_whole(&format!("retry-narrow-{tag}")).await?;
            page.check_console().await?;
        }
        Ok(())
    })
}
