//! The page loads, from the root of a host and from a sub-path, and the console stays clean.

use convoy_e2e::{Result, Visit, run};

#[test]
fn loads_from_the_root() -> Result {
    check(Visit::to(""))
}

#[test]
fn loads_from_a_sub_path() -> Result {
    check(Visit::to("").sub_path())
}

fn check(visit: Visit) -> Result {
    run(async |lab| {
        let page = lab.open(visit).await?;
        page.wait_until("the page says something", "document.body.innerText.trim() !== ''").await?;
        page.check_console().await
    })
}
