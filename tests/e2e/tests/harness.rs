//! What the other tests rely on: that the harness sees and does what it says.

use convoy_e2e::{PHONE, Refusal, Result, Visit, run};

#[test]
fn expressions_are_awaited_and_refusals_are_told_apart() -> Result {
    run(async |lab| {
        let page = lab.open("").await?;
        let sum = page.evaluate("await Promise.resolve(40) + 2").await??;
        assert_eq!(sum, 42);
        assert_eq!(page.evaluate("undefined").await??, serde_json::Value::Null);
        let refusing = "Promise.reject(Object.assign(new Error('no lines'), {code: 'invalid'}))";
        let refusal = page.evaluate(refusing).await?.unwrap_err();
        assert_eq!(refusal, Refusal { code: "invalid".into(), message: "no lines".into() });
        let thrown = page.evaluate("null.x").await?.unwrap_err();
        assert_eq!(thrown.code, "");
        Ok(())
    })
}

#[test]
fn a_visit_sets_size_scheme_motion_and_language() -> Result {
    run(async |lab| {
        let visit = Visit::to("#/x").viewport(PHONE).dark().reduced_motion().language("es-MX");
        let page = lab.open(visit).await?;
        let seen = page
            .evaluate(
                "[innerWidth, innerHeight, devicePixelRatio, navigator.language, location.hash,
                  matchMedia('(prefers-color-scheme: dark)').matches,
                  matchMedia('(prefers-reduced-motion: reduce)').matches]",
            )
            .await??;
        assert_eq!(seen, serde_json::json!([390, 844, 2, "es-MX", "#/x", true, true]));
        let page = lab.open("").await?;
        let seen = page
            .evaluate(
                "[innerWidth, innerHeight, devicePixelRatio, navigator.language, location.hash,
                  matchMedia('(prefers-color-scheme: dark)').matches,
                  matchMedia('(prefers-reduced-motion: reduce)').matches]",
            )
            .await??;
        assert_eq!(seen, serde_json::json!([1440, 900, 1, "en-US", "", false, false]));
        Ok(())
    })
}

#[test]
fn elements_are_found_by_role_and_name() -> Result {
    run(async |lab| {
        let page = lab.open("").await?;
        page.evaluate(
            "document.body.innerHTML = `
                <label>Orders <input type=number value=7></label>
                <label>Ordering <select><option>Single<option>Sessions</select></label>
                <button onclick='this.textContent = \"Done\"'>Burst</button>
                <button hidden>Burst</button>`",
        )
        .await??;
        page.fill("spinbutton", "Orders", "120").await?;
        page.choose("Ordering", "Sessions").await?;
        page.click("button", "Burst").await?;
        assert_eq!(page.names("button").await?, ["Done"]);
        let values = page
            .evaluate("[...document.querySelectorAll('input, select')].map((e) => e.value)")
            .await??;
        assert_eq!(values, serde_json::json!(["120", "Sessions"]));
        Ok(())
    })
}

#[test]
fn complaints_are_seen() -> Result {
    run(async |lab| {
        let page = lab.open("").await?;
        page.check_console().await?;
        page.evaluate("console.warn('careful'), console.log('fine')").await??;
        let error = page.check_console().await.unwrap_err();
        assert!(error.to_string().contains("careful"), "{error}");
        assert!(!error.to_string().contains("fine"), "{error}");
        page.evaluate("fetch('no-such-file.json').then(() => 0)").await??;
        let error = page.check_console().await.unwrap_err();
        assert!(error.to_string().contains("no-such-file.json"), "{error}");
        Ok(())
    })
}

#[test]
fn complaints_of_a_worker_are_seen() -> Result {
    run(async |lab| {
        let page = lab.open("").await?;
        page.evaluate(
            "new Promise((done) => {
                const code = 'console.error(\"from a worker\"); postMessage(0)';
                const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
                new Worker(url).onmessage = () => done(0);
            })",
        )
        .await??;
        let error = page.check_console().await.unwrap_err();
        assert!(error.to_string().contains("from a worker"), "{error}");
        Ok(())
    })
}

#[test]
fn long_tasks_are_seen() -> Result {
    run(async |lab| {
        let page = lab.open("").await?;
        page.forget_long_tasks().await?;
        let busy = "new Promise((done) => setTimeout(() => {
            const end = performance.now() + 120;
            while (performance.now() < end);
            done(0);
        }))";
        page.evaluate(busy).await??;
        page.wait_until("the task is on record", "window.__longTasks.length > 0").await?;
        assert!(page.long_tasks().await?.iter().any(|task| *task >= 119.0));
        Ok(())
    })
}

#[test]
fn a_panic_and_an_error_leave_nothing_running() {
    let panicked = std::panic::catch_unwind(|| run(async |_| panic!("on purpose")));
    assert!(panicked.is_err());
    assert!(run(async |_| anyhow::bail!("on purpose")).is_err());
}
