//! One test's laboratory: a server, a browser, and the certainty that both end with the test.

use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::Path,
    sync::{Mutex, PoisonError},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, anyhow};
use serde_json::Value;

use crate::{Page, Visit, browser::Browser, places, server::Server};

/// A test that takes longer than this is stuck.
const LIMIT: Duration = Duration::from_secs(600);

/// The server and the browser of one test.
pub struct Lab {
    server: Server,
    browser: Browser,
}

/// Runs one test in a laboratory of its own. A failed test leaves a screenshot.
///
/// # Errors
/// The test's own error, a missing build or browser, or the test takes longer than ten minutes.
///
/// # Panics
/// The test does; the laboratory is put away before.
pub fn run(test: impl AsyncFnOnce(&Lab) -> Result<()>) -> Result<()> {
    run_at(&places::dist()?, LIMIT, test)
}

/// The same for any folder of files, and with a time limit of one's own.
///
/// # Errors
/// As [`run`].
///
/// # Panics
/// As [`run`].
pub fn run_at<T>(
    folder: &Path,
    limit: Duration,
    test: impl AsyncFnOnce(&Lab) -> Result<T>,
) -> Result<T> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    // A test that panicked has left nothing behind: its poison means nothing.
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let lab = runtime.block_on(Lab::start(folder))?;
    let ended = catch_unwind(AssertUnwindSafe(|| {
        let in_time = async { tokio::time::timeout(limit, test(&lab)).await };
        runtime.block_on(in_time).unwrap_or_else(|_| Err(anyhow!("stuck: over {limit:?}")))
    }));
    runtime.block_on(async {
        if !matches!(ended, Ok(Ok(_))) {
            lab.leave_evidence().await;
        }
        lab.browser.close().await;
    });
    ended.unwrap_or_else(|panic| resume_unwind(panic))
}

impl Lab {
    async fn start(folder: &Path) -> Result<Self> {
        let server = Server::start(folder).await?;
        Ok(Self { server, browser: Browser::start().await? })
    }

    /// Loads the page anew, with an empty console and no long tasks on record.
    ///
    /// # Errors
    /// The browser cannot load it.
    pub async fn open(&self, visit: impl Into<Visit>) -> Result<Page<'_>> {
        Page::open(&self.browser, &self.server, &visit.into()).await
    }

    /// Sends a command of the browser's own debugging protocol.
    ///
    /// # Errors
    /// The browser refuses it or is gone.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Result<Value> {
        self.browser.devtools(command, parameters).await
    }

    /// What one would want to see of a test that failed: the page and its console.
    async fn leave_evidence(&self) {
        let name = thread::current().name().unwrap_or("test").replace("::", "-");
        let evidence = async {
            let page = Page::current(&self.browser, &self.server);
            for entry in page.take_console().await? {
                eprintln!("console: {entry}");
            }
            page.screenshot(&format!("failed-{name}")).await.context("no screenshot")
        };
        match tokio::time::timeout(Duration::from_secs(30), evidence).await {
            Ok(Ok(path)) => eprintln!("screenshot: {}", path.display()),
            Ok(Err(error)) => eprintln!("no evidence: {error:#}"),
            Err(_) => eprintln!("no evidence: the browser does not answer"),
        }
    }
}
