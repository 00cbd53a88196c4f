//! One burst through the whole lab: publish, lane, worker, acknowledgement, ledger, auditor.

use anyhow::{Context, Result};
use convoy_e2e::{Page, Snapshot};
use serde_json::{Value, json};

/// How long a burst may take on a slow and busy machine, in milliseconds: within the browser's
/// own limit for a script.
const LIMIT_MS: u32 = 280_000;

/// The lab as it is set up for a burst. Everything else is as the page has it.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    pub ordering: &'static str,
    pub workers: u32,
    /// `None` for the page's own.
    pub prefetch: Option<u32>,
}

/// Two consumers with keyed lanes, and the largest prefetch: the setting of the growth series.
pub const USUAL: Setting = Setting { ordering: "sessions", workers: 2, prefetch: Some(4_096) };

/// What is sent.
#[derive(Clone, Copy, Debug)]
pub struct Burst {
    pub orders: u64,
    pub customers: u64,
}

impl Setting {
    /// Empties the lab, sets it up with trivial work, and waits until its consumers are there.
    ///
    /// # Errors
    /// The page refuses, or a consumer does not come up.
    pub async fn begin(self, page: &Page<'_>) -> Result<()> {
        let Self { ordering, workers, prefetch } = self;
        let mut patch = json!({ "ordering": ordering, "workers": workers, "serviceTimeMs": 0 });
        if let Some(prefetch) = prefetch {
            patch["prefetch"] = prefetch.into();
        }
        page.begin(patch).await?;
        let up = format!(
            "await convoy.workers().then((all) =>
                 all.length === {workers} && all.every((one) => one.state !== 'starting'))"
        );
        page.wait_until("the consumers are up", &up).await
    }

    /// Sets the lab up, sends a smaller burst first so that the browser has compiled what it
    /// will, then measures: the time from the call of `convoy.burst` until `convoy.idle` answers,
    /// in milliseconds. Of more than one burst, the mean.
    ///
    /// # Errors
    /// The page refuses, or an order is lost, charged twice, or out of order where it must not be.
    pub async fn measure(
        self,
        page: &Page<'_>,
        warm_up: u64,
        burst: Burst,
        bursts: u64,
    ) -> Result<f64> {
        self.begin(page).await?;
        let first = Burst { orders: warm_up, customers: burst.customers.min(1_000) };
        first.send(page, 1).await?;
        let (took_ms, end) = burst.send(page, bursts).await?;
        let what = || format!("{self:?}, {bursts} × {burst:?}");
        end.check_nothing_lost(warm_up + bursts * burst.orders).with_context(what)?;
        let ordered = self.ordering != "competing";
        let violations = end.count("orderViolations");
        anyhow::ensure!(!ordered || violations == 0, "{violations} violations: {}", what());
        Ok(took_ms)
    }
}

impl Burst {
    async fn send(self, page: &Page<'_>, bursts: u64) -> Result<(f64, Snapshot)> {
        let Self { orders, customers } = self;
        let script = format!(
            "(async () => {{
                let end;
                const start = performance.now();
                for (let burst = 0; burst < {bursts}; burst++) {{
                    await convoy.burst({{orders: {orders}, customers: {customers}}});
                    end = await convoy.idle({{timeoutMs: {LIMIT_MS}}});
                }}
                return {{ took: (performance.now() - start) / {bursts}, end }};
            }})()"
        );
        let mut answer: Value = page.convoy(&script).await??;
        let took = answer["took"].as_f64().context("the page's clock gives numbers")?;
        Ok((took, Snapshot(answer["end"].take())))
    }
}
