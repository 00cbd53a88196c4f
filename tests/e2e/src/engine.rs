//! The engine as a test drives it: through `window.convoy`, one call after the other.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::Page;

/// How long the longest run of a test may take, in milliseconds, on a slow machine.
const IDLE_MS: u32 = 240_000;

/// A snapshot, as `convoy.snapshot()` gives it.
#[derive(Clone, Debug)]
pub struct Snapshot(pub Value);

impl Snapshot {
    /// A figure by its path: `ledger.doubleCharges`.
    ///
    /// # Panics
    /// There is no such figure.
    pub fn count(&self, path: &str) -> u64 {
        let figure = path.split('.').fold(&self.0, |value, field| &value[field]);
        figure.as_u64().unwrap_or_else(|| panic!("{path} is no count: {figure}"))
    }

    /// Checks that so many orders were accepted, that each has ended, and that the books say
    /// the same: the conservation law, and no order charged twice.
    ///
    /// # Errors
    /// An order is missing, or not over, or the ledger differs.
    pub fn check_nothing_lost(&self, accepted: u64) -> Result<()> {
        let count = |path| self.count(path);
        let ended = count("completed") + count("deadLettered") + count("cancelled");
        let waiting = count("ready") + count("delayed") + count("inFlight");
        ensure!(count("accepted") == accepted, "{accepted} were to be accepted: {}", self.0);
        ensure!(ended == accepted, "{ended} of {accepted} orders ended: {}", self.0);
        ensure!(waiting == 0, "{waiting} are still under way: {}", self.0);
        ensure!(self.0["conserved"] == true, "the page says that orders are lost: {}", self.0);
        let ledger = &self.0["ledger"];
        ensure!(ledger["doubleCharges"] == 0, "charged twice: {ledger}");
        ensure!(ledger["expectedCents"] == ledger["actualCents"], "the money differs: {ledger}");
        ensure!(ledger["stockExpected"] == ledger["stockActual"], "the stock differs: {ledger}");
        Ok(())
    }
}

impl Page<'_> {
    /// Calls a function of `window.convoy` with one argument, or none for `null`.
    ///
    /// # Errors
    /// The browser fails, or the page refuses.
    pub async fn call(&self, function: &str, argument: Value) -> Result<Value> {
        let argument = if argument.is_null() { String::new() } else { argument.to_string() };
        Ok(self.convoy(&format!("convoy.{function}({argument})")).await??)
    }

    /// Empties the engine and begins again: the page's first scenario, changed by a patch.
    ///
    /// # Errors
    /// As [`Page::call`].
    pub async fn begin(&self, patch: Value) -> Result<()> {
        self.convoy(
            "(async () => {
                window.__first ??= await convoy.config();
                await convoy.reset({seed: 1});
                await convoy.configure(window.__first);
            })()",
        )
        .await??;
        self.call("configure", patch).await?;
        Ok(())
    }

    /// Sends a burst of so many orders of so many customers, all of them equally fond of
    /// ordering, and gives `{accepted, rejected, elapsedMs}`.
    ///
    /// # Errors
    /// As [`Page::call`].
    pub async fn burst(&self, orders: u64, customers: u64) -> Result<Value> {
        self.call("burst", json!({ "orders": orders, "customers": customers })).await
    }

    /// The state, once every order has ended.
    ///
    /// # Errors
    /// As [`Page::call`]; orders are under way after four minutes.
    pub async fn idle(&self) -> Result<Snapshot> {
        self.call("idle", json!({ "timeoutMs": IDLE_MS })).await.map(Snapshot)
    }

    /// The state now.
    ///
    /// # Errors
    /// As [`Page::call`].
    pub async fn snapshot(&self) -> Result<Snapshot> {
        self.call("snapshot", Value::Null).await.map(Snapshot)
    }
}
