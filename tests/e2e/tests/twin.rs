//! The deterministic twin and the replay: the same run natively, in the browser, and again.

use convoy_e2e::{Result, run};
use convoy_lab::{core::rng::Rng, scenario::Scenario, sim::twin};
use serde_json::{Value, json};

/// Seeds whose runs are compared.
const SEEDS: u64 = 100;

/// A scenario that differs from seed to seed, as a patch: small, so that a hundred take seconds.
fn patch(seed: u64) -> Value {
    let mut rng = Rng::new(seed);
    let orderings = ["single", "competing", "partitions", "sessions"];
    json!({
        "ordering": orderings[rng.below(4) as usize],
        "workers": 1 + rng.below(8),
        "prefetch": 1 + rng.below(64),
        "serviceTimeMs": rng.unit() * 20.0,
        "serviceSpread": rng.unit(),
        "idempotency": rng.chance(0.5),
        "gateway": {
            "transientRate": rng.unit() * 0.3,
            "permanentRate": rng.unit() * 0.1,
            "latencyMs": rng.unit() * 5.0,
        },
        "burst": { "orders": 200, "customers": 1 + rng.below(50), "skew": rng.unit() * 1.5 },
    })
}

#[test]
fn the_twin_gives_the_same_hash_natively_and_in_the_browser() -> Result {
    run(async |lab| {
        let page = lab.open("").await?;
        let patches: Vec<Value> = (0..SEEDS).map(patch).collect();
        let script = format!(
            "(async () => {{
                const runs = [];
                for (const [seed, scenario] of {}.entries())
                    runs.push(await convoy.simulate({{scenario, seed, untilMs: 86400000}}));
                return runs.map((run) => [run.hash, run.events, run.atRest, run.snapshot.outcomes]);
            }})()",
            Value::from(patches.clone())
        );
        let found = page.convoy(&script).await??;
        for (seed, patch) in (0..SEEDS).zip(&patches) {
            let scenario = Scenario { seed, ..Scenario::default() };
            let scenario = scenario.patched(&patch.to_string()).expect("a good patch");
            let run = twin::run(&scenario, 86_400_000);
            let outcomes = format!("{:016x}", run.snapshot.outcomes);
            let native = json!([format!("{:016x}", run.hash), run.events, run.at_rest, outcomes]);
            assert_eq!(found[seed as usize], native, "seed {seed}: {patch}");
        }
        page.check_console().await
    })
}

#[test]
fn a_live_run_ends_like_its_twin_and_its_tape_gives_it_again() -> Result {
    run(async |lab| {
        let page = lab.open("").await?;
        let gateway = json!({ "transientRate": 0.2, "permanentRate": 0.1 });
        let start = json!({ "workers": 3, "serviceTimeMs": 0.1, "gateway": gateway,
            "burst": { "orders": 5_000, "customers": 100 } });
        page.begin(start).await?;
        page.convoy("convoy.config().then((config) => convoy.burst(config.burst))").await??;
        let live = page.idle().await?;
        let refused = page.call("simulate", json!({ "seed": 1 })).await;
        assert!(refused.is_err(), "a run needs an end");
        let twin = page.call("simulate", json!({ "untilMs": 600_000 })).await?;
        let twin = &twin["snapshot"];
        for figure in ["accepted", "completed", "declined", "deadLettered", "outcomes", "ledger"] {
            assert_eq!(live.0[figure], twin[figure], "{figure}");
        }
        let replay = page.convoy("convoy.replayRun()").await??;
        assert_eq!((&replay["same"], &replay["full"]), (&json!(true), &json!(false)), "{replay}");
        assert!(replay["entries"].as_u64() > Some(10), "{replay}");
        // A kill in the middle is on the tape too.
        page.begin(json!({ "workers": 3, "serviceTimeMs": 0.5, "leaseMs": 500 })).await?;
        page.convoy(
            "(async () => {
                const burst = convoy.burst({orders: 5000, customers: 100});
                while ((await convoy.snapshot()).completed < 500);
                await convoy.kill((await convoy.workers())[0].id);
                await burst;
                await convoy.idle();
            })()",
        )
        .await??;
        let replay = page.convoy("convoy.replayRun()").await??;
        assert_eq!(replay["same"], json!(true), "{replay}");
        page.check_console().await
    })
}

#[test]
fn the_view_runs_both_and_says_that_they_agree() -> Result {
    run(async |lab| {
        let page = lab.open("#/twin").await?;
        page.begin(json!({ "burst": { "orders": 500 }, "serviceTimeMs": 1 })).await?;
        page.wait_until("the lab is up", "!document.querySelector('#twin-both').disabled").await?;
        page.click("button", "Reset and run both").await?;
        page.wait_until("the twin is done", "document.querySelector('[data-twin=hash]') !== null")
            .await?;
        let rows = page
            .evaluate("[...document.querySelectorAll('#twin-compare tbody:first-of-type tr')].map((row) =>
                 [row.cells[1].textContent, row.cells[2].textContent, row.className])")
            .await??;
        let rows = rows.as_array().expect("a list of rows");
        assert_eq!(rows.len(), 7);
        for row in rows {
            assert_eq!((&row[0], &row[2]), (&row[1], &json!("")), "{row}");
        }
        page.click("button", "Replay and compare").await?;
        page.wait_until(
            "the replay is the same",
            "document.querySelector('.replay-verdict')?.dataset.same === 'true'",
        )
        .await?;
        page.check_console().await
    })
}
