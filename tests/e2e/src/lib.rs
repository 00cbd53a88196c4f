//! The harness of the end-to-end tests: the release build, a real Chromium, no shortcuts.
//!
//! A test is a function around [`run`], which serves `dist/`, starts a browser with a fresh
//! profile, and puts everything away again, also when the test panics:
//!
//! ```no_run
//! use convoy_e2e::{PHONE, Result, Visit, run};
//!
//! #[test]
//! fn a_burst_is_accepted() -> Result {
//!     run(async |lab| {
//!         let page = lab.open(Visit::to("#/control").sub_path().viewport(PHONE).dark()).await?;
//!         page.click("button", "Burst").await?;
//!         page.wait_until("all are in", "(await convoy.snapshot()).accepted === 10000").await?;
//!         let snapshot = page.convoy("convoy.idle({timeoutMs: 60000})").await??;
//!         assert_eq!(snapshot["orderViolations"], 0);
//!         let refusal = page.convoy("convoy.scale(10000)").await?.unwrap_err();
//!         assert_eq!(refusal.code, "invalid");
//!         page.screenshot("burst-on-a-phone").await?;
//!         page.check_console().await
//!     })
//! }
//! ```
//!
//! * `lab.open("#/lanes")` loads the page anew; a [`Visit`] also says where it is served from
//!   (`/` or `/some/sub/path/`), the viewport, the colour scheme, reduced motion and the language.
//! * `page.convoy("…")` awaits an expression on `window.convoy`. The outer `Result` is the
//!   browser's, the inner one the page's own refusal, with `code` and `message`.
//! * `page.wait_until(what, condition)` waits for a JavaScript condition, which may `await`. There
//!   is no other way to wait: a test that sleeps is either slow or wrong.
//! * `page.click(role, name)`, `fill`, `choose`, `names` go by accessible role and name as
//!   Chromium computes them: what a test can find, a screen reader can too.
//! * `page.check_console()` fails on any error or warning in the console and on any missing file.
//! * `page.long_tasks()` gives the main thread's tasks over 50 ms since the page was opened.
//! * `page.screenshot("name")` writes `target/screenshots/name.png`; a failed test leaves
//!   `failed-<test>.png` there by itself.
//!
//! Tests of one file run one after the other whatever `--test-threads` says: two browsers on two
//! cores only slow each other down. `cargo xtask test e2e` finds the browser and passes it by
//! `CONVOY_CHROME` and `CONVOY_CHROMEDRIVER`, the build by `CONVOY_DIST`; without those the harness
//! takes what is on `PATH` and `dist/`. This crate knows the page's API but nothing of its code.

mod browser;
mod engine;
mod lab;
mod page;
mod places;
mod server;
mod visit;

pub use engine::Snapshot;
pub use lab::{Lab, run, run_at};
pub use page::{ConsoleEntry, Page, Refusal};
pub use places::dist;
pub use visit::{DESKTOP, PHONE, Viewport, Visit};

/// What a test gives.
pub type Result<T = ()> = anyhow::Result<T>;
