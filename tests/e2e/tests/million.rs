//! A million orders: the page stays fluent, and every order ends.

use convoy_e2e::{Result, run};
use serde_json::json;

#[test]
fn a_million_orders_in_sessions() -> Result {
    const ORDERS: u64 = 1_000_000;
    run(async |lab| {
        let page = lab.open("#/room").await?;
        page.begin(json!({ "ordering": "sessions", "workers": 4, "serviceTimeMs": 0 })).await?;
        page.wait_until("the four are up", "(await convoy.workers()).length === 4").await?;
        page.forget_long_tasks().await?;
        let started = page.convoy("performance.now()").await??.as_f64();
        let burst = page.burst(ORDERS, 1_000).await?;
        let end = page.idle().await?;
        let ended = page.convoy("performance.now()").await??.as_f64();
        end.check_nothing_lost(ORDERS)?;
        assert_eq!(end.count("completed"), ORDERS);
        assert_eq!(end.count("orderViolations"), 0);

        // How fast depends on the machine and its other work: told, not judged.
        let tasks = page.long_tasks().await?;
        let seconds = (ended.unwrap_or_default() - started.unwrap_or_default()) / 1_000.0;
        eprintln!(
            "a million orders: {:.0} orders/s; accepted in {:.0} ms; broker {} MB; {} main-thread \
             tasks over 50 ms, the longest {:.0} ms",
            ORDERS as f64 / seconds,
            burst["elapsedMs"].as_f64().unwrap_or_default(),
            end.count("memoryBytes") / 1_000_000,
            tasks.len(),
            tasks.iter().copied().fold(0.0, f64::max),
        );
        let shown = "[...document.querySelectorAll('[data-figure=completed] dd')]
            .some((figure) => figure.textContent === '1,000,000')";
        page.wait_until("the status bar says so", shown).await?;
        page.check_console().await
    })
}
