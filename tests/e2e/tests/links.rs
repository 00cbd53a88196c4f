//! Addresses: share links, good and bad, and fragments that survive a reload.

use convoy_e2e::{Page, Result, Visit, run};
use serde_json::{Value, json};

#[test]
fn a_link_restores_the_whole_scenario() -> Result {
    let (mut fragment, mut scenario) = (String::new(), Value::Null);
    run(async |lab| {
        let page = lab.open(Visit::to("#/shop").sub_path()).await?;
        scenario = page.call("configure", unusual()).await?;
        let link = page.call("link", Value::Null).await?;
        let link = link.as_str().unwrap_or_default().to_owned();
        let (document, after) = link.split_once('#').expect("a link has a fragment");
        assert!(document.ends_with("/some/sub/path/"), "{link}");
        assert!(link.len() < 2_000, "{link}");
        fragment = format!("#{after}");
        page.check_console().await
    })?;

    // Another browser, which has never seen the page.
    run(async |lab| {
        let visits = [Visit::to(&fragment), Visit::to(&fragment).sub_path()];
        for visit in visits {
            let page = lab.open(visit).await?;
            assert_eq!(config(&page).await?, scenario);
            assert_eq!(page.convoy("(await convoy.workers()).length").await??, 7);
            page.check_console().await?;
        }

        // Pasted into a tab that is open and at work.
        let page = lab.open("#/room").await?;
        assert_ne!(config(&page).await?, scenario);
        page.burst(1_000, 10).await?;
        page.go(&fragment).await?;
        let taken = "(await convoy.config()).seed === 2 ** 53 - 1";
        page.wait_until("the scenario is the link's", taken).await?;
        assert_eq!(config(&page).await?, scenario);
        let begun = "(await convoy.snapshot()).accepted === 0";
        page.wait_until("the engine has begun anew", begun).await?;
        page.wait_until("its workers are there", "(await convoy.workers()).length === 7").await?;
        let shown = "document.querySelector('#burst-orders').value === '321'
            && document.querySelector('#gateway-transientRate').value === '12.5'";
        page.wait_until("the forms show it", shown).await?;
        assert_eq!(notices(&page).await?, "");
        page.check_console().await
    })
}

#[test]
fn a_link_followed_again_is_taken_again() -> Result {
    run(async |lab| {
        let page = lab.open("#/room").await?;
        page.call("configure", unusual()).await?;
        let scenario = config(&page).await?;
        let link = page.call("link", Value::Null).await?;
        let link = link.as_str().and_then(|link| link.split_once('#')).expect("a link").1;
        let link = format!("#{link}");
        let page = lab.open(link.as_str()).await?;

        // From another view; and where the address bar holds the very link already.
        page.go("#/shop").await?;
        for round in ["from the shop", "where it leads"] {
            page.call("configure", json!({ "seed": 3, "gateway": { "latencyMs": 9 } })).await?;
            page.burst(50, 5).await?;
            page.idle().await?;
            let follow = format!(
                "(() => {{
                    const link = document.createElement('a');
                    link.href = '{link}';
                    document.body.append(link);
                    link.click();
                    link.remove();
                    return true;
                }})()"
            );
            page.evaluate(&follow).await??;
            page.wait_until(round, "(await convoy.config()).seed === 2 ** 53 - 1").await?;
            assert_eq!(config(&page).await?, scenario, "{round}");
            let begun = "(await convoy.snapshot()).accepted === 0";
            page.wait_until("the engine has begun anew", begun).await?;
        }

        // Back and forward is not following.
        page.go("#/dead").await?;
        page.call("configure", json!({ "seed": 4 })).await?;
        for (step, heading) in [
            ("back", "Control room"),
            ("back", "Shop"),
            ("forward", "Control room"),
            ("forward", "Dead letters"),
        ] {
            page.evaluate(&format!("history.{step}()")).await??;
            let there = format!("document.querySelector('h1')?.textContent === '{heading}'");
            page.wait_until(heading, &there).await?;
            assert_eq!(config(&page).await?["seed"], 4, "{step} to {heading}");
        }
        page.check_console().await
    })
}

#[test]
fn a_bad_link_is_named_and_changes_nothing() -> Result {
    run(async |lab| {
        let page = lab.open("#/room").await?;
        let first = config(&page).await?;
        page.call("configure", unusual()).await?;
        let link = page.call("link", Value::Null).await?;
        let link = link.as_str().and_then(|link| link.split_once("?s=")).expect("a link").1;
        let damaged = "it is damaged; copy the whole link again.";
        let foreign = "it is not from this version of Convoy Lab.";
        let half = &link[..link.len() / 2];
        let one_short = &link[..link.len() - 1];
        let letter = if link.as_bytes()[20] == b'A' { "B" } else { "A" };
        let altered = format!("{}{letter}{}", &link[..20], &link[21..]);
        let endless = format!("c1{}", "A".repeat(5_000));
        let cases = [
            (half, damaged),
            (one_short, damaged),
            (&altered, damaged),
            ("c1", damaged),
            ("%F0%9F%92%A5", foreign),
            ("eyJ3b3JrZXJzIjozfQ", foreign),
            ("c9AAAAAAAA", foreign),
            (&endless, "at most 2,000 characters."),
        ];

        // Pasted into the open page: it goes on as it was, with its orders.
        page.go("#/room").await?;
        let before = page.call("configure", json!({ "workers": 2, "idempotency": true })).await?;
        page.burst(100, 10).await?;
        let done = page.idle().await?.count("completed");
        for (bad, why) in cases {
            page.go(&format!("#/room?s={bad}")).await?;
            check_notice(&page, bad, why).await?;
            assert_eq!(config(&page).await?, before, "{bad}");
            assert_eq!(page.snapshot().await?.count("completed"), done, "{bad}");
            page.click("button", "Dismiss").await?;
            page.wait_until("the notice is gone", GONE).await?;
        }
        page.check_console().await?;

        // Opened with it: the page begins as without a link.
        for (bad, why) in [cases[1], cases[5]] {
            let page = lab.open(format!("#/room?s={bad}").as_str()).await?;
            check_notice(&page, bad, why).await?;
            assert_eq!(config(&page).await?, first, "{bad}");
            page.check_console().await?;
        }
        Ok(())
    })
}

#[test]
fn every_fragment_survives_a_reload() -> Result {
    run(async |lab| {
        for (fragment, heading, sub_path) in [
            ("", "Control room", true),
            ("#/room", "Control room", false),
            ("#/shop", "Shop", true),
            ("#/shop/cart", "Cart", false),
            ("#/orders", "My orders", true),
            ("#/orders/o1", "My orders", false),
            ("#/dead", "Dead letters", true),
            ("#/nothing/here", "There is no such view", false),
        ] {
            let visit = Visit { sub_path, ..Visit::to(fragment) };
            let page = lab.open(visit).await?;
            let address = page.address().await?;
            for reloads in 0..2 {
                if reloads > 0 {
                    page.reload().await?;
                }
                let there = format!("document.querySelector('h1')?.textContent === '{heading}'");
                page.wait_until(heading, &there).await?;
                page.convoy("convoy.version").await??;
                assert_eq!(page.address().await?, address, "{fragment}");
                page.check_console().await?;
            }
        }

        // Also with a scenario, and the browser's way back.
        let page = lab.open("#/room").await?;
        page.call("configure", unusual()).await?;
        let scenario = config(&page).await?;
        let link = page.call("link", Value::Null).await?;
        let fragment = link.as_str().and_then(|link| link.split_once('#')).expect("a link").1;
        let page = lab.open(format!("#{fragment}").as_str()).await?;
        page.reload().await?;
        assert_eq!(config(&page).await?, scenario);
        page.click("link", "Shop").await?;
        page.wait_until("the shop", "document.querySelector('h1')?.textContent === 'Shop'").await?;
        page.burst(100, 10).await?;
        page.idle().await?;
        page.evaluate("history.back()").await??;
        let room = "document.querySelector('h1')?.textContent === 'Control room'";
        page.wait_until("the room", room).await?;
        assert_eq!(config(&page).await?, scenario);
        assert_eq!(page.snapshot().await?.count("accepted"), 100, "going back empties nothing");
        page.check_console().await
    })
}

/// A scenario that differs from the page's first one in every group of fields.
fn unusual() -> Value {
    json!({
        "seed": 9_007_199_254_740_991_u64,
        "ordering": "partitions",
        "partitions": 5,
        "workers": 7,
        "prefetch": 33,
        "leaseMs": 1_234,
        "maxDeliveries": 4,
        "queueLimit": 5_432,
        "overflow": "deadLetterOldest",
        "idempotency": false,
        "serviceTimeMs": 1.25,
        "serviceSpread": 0.3,
        "serviceKind": "burn",
        "gateway": { "transientRate": 0.125, "permanentRate": 0.01, "failFirst": 1,
            "latencyMs": 0.5 },
        "burst": { "orders": 321, "customers": 12, "naming": "user", "deal": "round", "skew": 1.5,
            "seed": 5, "ratePerSecond": 250.5 },
    })
}

const NOTICE: &str = "document.querySelectorAll('[role=alert] .notice').length > 0";
const GONE: &str = "document.querySelectorAll('[role=alert] .notice').length === 0";

async fn config(page: &Page<'_>) -> Result<Value> {
    page.call("config", Value::Null).await
}

async fn check_notice(page: &Page<'_>, link: &str, why: &str) -> Result {
    page.wait_until("the notice is there", NOTICE).await?;
    let notice = notices(page).await?;
    assert!(notice.contains(&format!("Link: {why}")), "{link}: {notice}");
    Ok(())
}

async fn notices(page: &Page<'_>) -> Result<String> {
    let script = "[...document.querySelectorAll('[role=alert] .notice p')]
        .map((notice) => notice.textContent).join('\\n')";
    Ok(page.evaluate(script).await??.as_str().unwrap_or_default().to_owned())
}
