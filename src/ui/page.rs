//! What the page knows of the lab: the last snapshot, the scenario, the last two minutes.
//!
//! Snapshots are painted by animation frame, one at a time: what arrives meanwhile is replaced,
//! not queued. A snapshot takes three frames (figures, lanes, charts), so that no frame paints
//! everything. Components read signals and memos of it, so what did not change is not rendered
//! again.

use super::widgets::brush::Brush;
use crate::core::budget::BudgetKind;
use crate::core::{
    ids::WorkerId,
    obstacle::Obstacle,
    refusal::{Problem, Refusal},
};
use crate::runtime::page::{Lab, LabEvent};
use crate::scenario::Scenario;
use crate::view::series::Series;
use crate::wire::page::{BreakerState, BurstReport, Intent, Reply, Service, Snapshot, Tally};
use leptos::{prelude::*, reactive::owner::LocalStorage, task::spawn_local};
use std::{
    cell::RefCell,
    collections::{BTreeSet, VecDeque},
    future::Future,
    rc::Rc,
    sync::Arc,
};

/// The figures that are kept over time, by column.
pub mod column {
    pub const READY: usize = 0;
    pub const IN_FLIGHT: usize = 1;
    pub const ARRIVAL: usize = 2;
    pub const COMPLETION: usize = 3;
    pub const TOTAL_P50: usize = 4;
    pub const TOTAL_P95: usize = 5;
    pub const TOTAL_P99: usize = 6;
    pub const WAIT_P95: usize = 7;
    pub const SERVICE_P95: usize = 8;
    /// The payment's calls, its retries, what failed and what breakers held back, per second.
    pub const CALLS: usize = 9;
    pub const RETRIES: usize = 10;
    pub const FAILURES: usize = 11;
    pub const HELD_BACK: usize = 12;
    /// Of the payment's calls, the share that failed; of its breakers, those open and half-open,
    /// all in percent.
    pub const FAILURE_SHARE: usize = 13;
    pub const OPEN: usize = 14;
    pub const HALF_OPEN: usize = 15;
    /// Tokens in the payment's retry budgets: the fewest of any consumer, and on average.
    pub const TOKENS_LEAST: usize = 16;
    pub const TOKENS_MEAN: usize = 17;
    pub const COUNT: usize = 18;

    /// Where something else than zero means that something happens.
    pub const ACTIVITY: [usize; 6] = [READY, IN_FLIGHT, ARRIVAL, COMPLETION, CALLS, HELD_BACK];
}

/// Figures over time.
pub type History = Series<{ column::COUNT }>;

/// The least time between two snapshots that are shown, in milliseconds.
const PAINT_EVERY_MS: f64 = 50.0;

/// The least time between two rows of the history, in milliseconds.
const ROW_EVERY_MS: f64 = 100.0;

/// How far back the history reaches, in milliseconds.
pub const WINDOW_MS: f64 = 120_000.0;

/// The most notices at a time; the oldest gives way.
const MAX_NOTICES: usize = 5;

/// Something that the user should know and may dismiss.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// The browser holds an old copy of the workers.
    StaleBuild { page: String, worker: String },
    /// A worker could not start or died.
    WorkerFailed(String),
    /// The link in the address could not be read.
    BadLink(Refusal),
    /// Something that was asked for was refused.
    Refused(Refusal),
}

/// What the page knows. Copies are the same page.
#[derive(Clone, Copy)]
pub struct Page {
    /// The last snapshot.
    pub snapshot: RwSignal<Arc<Snapshot>>,
    /// The scenario in force, or just asked for.
    pub scenario: RwSignal<Scenario>,
    /// Counts up when another scenario as a whole was taken (preset, link, reset).
    pub adopted: RwSignal<u32>,
    /// Whether broker and consumers are up.
    pub up: RwSignal<bool>,
    /// What the user should know.
    pub notices: RwSignal<Vec<Notice>>,
    /// Counts up when the history has a new row.
    pub ticks: RwSignal<u32>,
    /// Consumers that this page terminated.
    pub killed: RwSignal<BTreeSet<WorkerId>>,
    /// Whether a burst was asked for and is not over.
    pub bursting: RwSignal<bool>,
    /// How the last burst ended.
    pub burst_over: RwSignal<Option<BurstReport>>,
    /// The last two minutes.
    pub history: StoredValue<History>,
    /// The payment's calls as of the rows of the last second.
    tallied: StoredValue<VecDeque<(f64, Tally)>>,
    /// Changes of the scenario that the lab has not answered yet.
    pending: StoredValue<u32>,
    lab: StoredValue<Option<Lab>, LocalStorage>,
}

impl Page {
    /// A page without a lab: it shows what is put into its signals.
    pub fn detached(scenario: Scenario) -> Self {
        Self {
            snapshot: RwSignal::new(Arc::default()),
            scenario: RwSignal::new(scenario),
            adopted: RwSignal::new(0),
            up: RwSignal::new(false),
            notices: RwSignal::new(Vec::new()),
            ticks: RwSignal::new(0),
            killed: RwSignal::new(BTreeSet::new()),
            bursting: RwSignal::new(false),
            burst_over: RwSignal::new(None),
            history: StoredValue::new(Series::new((WINDOW_MS / ROW_EVERY_MS) as usize + 2)),
            tallied: StoredValue::new(VecDeque::new()),
            pending: StoredValue::new(0),
            lab: StoredValue::new_local(None),
        }
    }

    /// A page with a running lab.
    pub fn start(scenario: Scenario) -> Self {
        let page = Self::detached(scenario.clone());
        let latest = Rc::new(RefCell::new(None::<Box<Snapshot>>));
        let newest = latest.clone();
        let brush = Brush::new(PAINT_EVERY_MS, move || {
            if let Some(snapshot) = newest.take() {
                page.paint(*snapshot);
            }
        });
        let lab = Lab::start(scenario, move |event| match event {
            LabEvent::Snapshot(snapshot) => {
                *latest.borrow_mut() = Some(snapshot);
                brush.ask();
            }
            LabEvent::StaleBuild { page: mine, worker } => {
                page.notify(Notice::StaleBuild { page: mine, worker });
            }
            LabEvent::WorkerFailed(why) => page.notify(Notice::WorkerFailed(why)),
        });
        page.lab.set_value(Some(lab.clone()));
        spawn_local(async move {
            lab.ready().await;
            page.up.set(true);
        });
        page
    }

    /// The running lab, if there is one.
    pub fn lab(self) -> Option<Lab> {
        self.lab.with_value(Clone::clone)
    }

    /// Shows a snapshot. Pictures follow in frames of their own.
    pub fn paint(self, snapshot: Snapshot) {
        self.record(&snapshot);
        if let Some(lab) = self.lab() {
            let killed: BTreeSet<WorkerId> = snapshot
                .workers
                .iter()
                .map(|worker| worker.id)
                .filter(|id| lab.is_killed(*id))
                .collect();
            if self.killed.read_untracked() != killed {
                self.killed.set(killed);
            }
            // The scripting API may have changed the scenario.
            let scenario = lab.scenario();
            if self.pending.get_value() == 0 && self.scenario.read_untracked() != scenario {
                self.scenario.set(scenario);
            }
        }
        self.snapshot.set(Arc::new(snapshot));
    }

    fn record(self, snapshot: &Snapshot) {
        let due = self.history.with_value(|history| {
            history
                .last_ms()
                .is_none_or(|last| snapshot.at_ms - last >= ROW_EVERY_MS || snapshot.at_ms < last)
        });
        if !due {
            return;
        }
        let payment = snapshot.services.iter().find(|view| view.service == Service::Payment);
        let tally = payment.map(|view| view.tally).unwrap_or_default();
        let (before_ms, before) = self.a_second_ago(snapshot.at_ms, tally);
        let seconds = (snapshot.at_ms - before_ms).max(1.0) / 1_000.0;
        let rate = |now: u64, before: u64| now.saturating_sub(before) as f64 / seconds;
        let failures = |tally: &Tally| tally.failed + tally.throttled + tally.timed_out;
        let clients = payment.map(|view| &view.clients[..]).unwrap_or_default();
        let of_breakers = |state: BreakerState| {
            let count = clients.iter().filter(|client| client.breaker == state).count();
            100.0 * count as f64 / clients.len().max(1) as f64
        };
        let budgeted = !clients.is_empty()
            && self.scenario.with_untracked(|scenario| scenario.budget.kind != BudgetKind::None);
        let tokens: f64 = clients.iter().map(|client| client.tokens).sum();
        let least = clients.iter().map(|client| client.tokens).fold(f64::INFINITY, f64::min);
        let failed = failures(&tally).saturating_sub(failures(&before)) as f64
            / (tally.calls.saturating_sub(before.calls)).max(1) as f64;
        let recent = &snapshot.latency_recent;
        let known = |count: u64, value: f64| if count == 0 { f64::NAN } else { value };
        let total = |value: f64| known(recent.total.count, value);
        self.history.update_value(|history| {
            history.push(
                snapshot.at_ms,
                [
                    (snapshot.counts.ready + snapshot.counts.delayed) as f64,
                    snapshot.counts.in_flight as f64,
                    snapshot.rates.arrival_per_second,
                    snapshot.rates.completion_per_second,
                    total(recent.total.p50),
                    total(recent.total.p95),
                    total(recent.total.p99),
                    known(recent.wait.count, recent.wait.p95),
                    known(recent.service.count, recent.service.p95),
                    rate(tally.calls, before.calls),
                    rate(tally.retries, before.retries),
                    rate(failures(&tally), failures(&before)),
                    rate(tally.held_back, before.held_back),
                    known(tally.calls.saturating_sub(before.calls), failed * 100.0),
                    of_breakers(BreakerState::Open) + of_breakers(BreakerState::ForcedOpen),
                    of_breakers(BreakerState::HalfOpen),
                    if budgeted { least } else { f64::NAN },
                    if budgeted { tokens / clients.len() as f64 } else { f64::NAN },
                ],
            );
        });
        self.ticks.update(|ticks| *ticks = ticks.wrapping_add(1));
    }

    /// The payment's calls about a second before `now_ms`, and when that was; those of now are
    /// remembered.
    fn a_second_ago(self, now_ms: f64, now: Tally) -> (f64, Tally) {
        self.tallied
            .try_update_value(|rows| {
                // After a reset all begins anew.
                if rows
                    .back()
                    .is_some_and(|(at_ms, last)| *at_ms >= now_ms || last.calls > now.calls)
                {
                    rows.clear();
                }
                while rows.get(1).is_some_and(|(at_ms, _)| *at_ms <= now_ms - 1_000.0) {
                    rows.pop_front();
                }
                rows.push_back((now_ms, now));
                rows.front().copied()
            })
            .flatten()
            .unwrap_or((now_ms, now))
    }

    /// Shows a notice, once.
    pub fn notify(self, notice: Notice) {
        self.notices.update(|notices| {
            if !notices.contains(&notice) {
                if notices.len() == MAX_NOTICES {
                    notices.remove(0);
                }
                notices.push(notice);
            }
        });
    }

    /// Takes a notice away.
    pub fn dismiss(self, notice: &Notice) {
        self.notices.update(|notices| notices.retain(|other| other != notice));
    }

    /// Has the broker do something and waits for its answer.
    ///
    /// # Errors
    /// What the broker refuses; `Unavailable` without a lab.
    pub async fn request(self, intent: Intent) -> Result<Reply, Refusal> {
        let lab = self.lab().ok_or_else(unavailable)?;
        match lab.request(intent).await? {
            Reply::Refused(refusal) => Err(refusal),
            reply => Ok(reply),
        }
    }

    /// Does something in the background; a refusal becomes a notice.
    pub fn act(self, work: impl Future<Output = Result<(), Refusal>> + 'static) {
        spawn_local(async move {
            if let Err(refusal) = work.await {
                self.notify(Notice::Refused(refusal));
            }
        });
    }

    /// Sends an intent whose answer does not matter; a refusal becomes a notice.
    pub fn send(self, intent: Intent) {
        self.act(async move { self.request(intent).await.map(|_| ()) });
    }

    /// Takes a changed scenario from now on.
    pub fn configure(self, scenario: Scenario) {
        if *self.scenario.read_untracked() == scenario {
            return;
        }
        self.take(scenario, false);
    }

    /// Empties everything and begins again with this scenario.
    pub fn adopt(self, scenario: Scenario) {
        self.take(scenario, true);
        self.burst_over.set(None);
        self.adopted.update(|adopted| *adopted += 1);
    }

    fn take(self, scenario: Scenario, anew: bool) {
        self.scenario.set(scenario.clone());
        let Some(lab) = self.lab() else { return };
        self.pending.update_value(|pending| *pending += 1);
        self.act(async move {
            let done = if anew { lab.reset(scenario).await } else { lab.configure(scenario).await };
            self.pending.update_value(|pending| *pending -= 1);
            if done.is_err() {
                self.scenario.set(lab.scenario());
            }
            done
        });
    }

    /// Sends the scenario's burst.
    pub fn burst(self) {
        let burst = self.scenario.read_untracked().burst.clone();
        self.bursting.set(true);
        self.burst_over.set(None);
        self.act(async move {
            let reply = self.request(Intent::Burst(burst)).await;
            self.bursting.set(false);
            if let Reply::BurstOver(report) = reply? {
                self.burst_over.set(Some(report));
            }
            Ok(())
        });
    }

    /// Starts or retires consumers until there are so many.
    pub fn scale(self, workers: u16) {
        let Some(lab) = self.lab() else { return };
        self.act(async move { lab.scale(workers).await });
    }

    /// Terminates a consumer.
    pub fn kill(self, worker: WorkerId) {
        let Some(lab) = self.lab() else { return };
        match lab.kill(worker) {
            Ok(()) => self.killed.update(|killed| {
                killed.insert(worker);
            }),
            Err(refusal) => self.notify(Notice::Refused(refusal)),
        }
    }
}

fn unavailable() -> Refusal {
    Refusal::new("lab", Problem::Stands(Obstacle::BrokerNotStarted))
}

/// What the page knows, for components.
///
/// # Panics
/// Outside the page, which provides it.
pub fn use_page() -> Page {
    expect_context::<Page>()
}
