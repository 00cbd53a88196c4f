//! `window.convoy`: has the lab do what a call says.
//!
//! Calls are checked by [`crate::console::parse`] and answered by [`crate::console::render`];
//! this is what lies between them.

use crate::console::{Call, FUNCTIONS, parse, render};
use crate::core::{
    ids::WorkerId,
    obstacle::Obstacle,
    partitioner,
    refusal::{Problem, Refusal},
};
use crate::platform::{
    console::{self, Version},
    history,
};
use crate::runtime::page::Lab;
use crate::scenario::Scenario;
use crate::wire::{
    self,
    page::{Intent, Reply, Snapshot},
};
use std::{future::Future, rc::Rc};

/// Sets `window.convoy` for this lab.
pub fn install(lab: Lab) {
    let version =
        Version { app: env!("CARGO_PKG_VERSION"), protocol: wire::PROTOCOL, build: wire::BUILD };
    let starting = lab.clone();
    let ready = async move { starting.ready().await };
    let desk = Desk { lab };
    let dispatch = move |function, arguments: String| -> console::Answer {
        let desk = desk.clone();
        Box::pin(async move { desk.answer(function, &arguments).await })
    };
    console::install(FUNCTIONS, version, ready, Rc::new(dispatch));
}

/// Where calls are answered. Clones are the same desk.
#[derive(Clone)]
struct Desk {
    lab: Lab,
}

impl Desk {
    async fn answer(&self, function: &str, arguments: &str) -> Result<String, Refusal> {
        let lab = &self.lab;
        Ok(match parse(function, arguments)? {
            Call::Config => lab.scenario().to_json(),
            Call::Configure(patch) => {
                let change = |scenario: Scenario| scenario.merged(&patch);
                self.change(change, |scenario| lab.configure(scenario)).await?
            }
            Call::Reset { seed } => {
                let change = |scenario: Scenario| {
                    Ok(Scenario { seed: seed.unwrap_or(scenario.seed), ..scenario })
                };
                self.change(change, |scenario| lab.reset(scenario)).await?
            }
            Call::Scale(workers) => {
                lab.scale(workers).await?;
                self.workers().await?
            }
            Call::Kill(worker) => {
                lab.kill(worker)?;
                done()
            }
            Call::Pause(worker) => self.tell(Intent::Pause(worker)).await?,
            Call::Resume(worker) => self.tell(Intent::Resume(worker)).await?,
            Call::Slow { worker, factor } => self.tell(Intent::Slow { worker, factor }).await?,
            Call::Workers => self.workers().await?,
            Call::Snapshot => self.render(&self.snapshot(Intent::Snapshot).await?),
            Call::Idle { timeout_ms } => {
                self.render(&self.snapshot(Intent::Idle { timeout_ms }).await?)
            }
            Call::Simulate { scenario, seed, until_ms } => {
                let mut wanted = lab.scenario();
                if let Some(patch) = scenario {
                    wanted = wanted.merged(&patch).map_err(|refusal| refusal.within("scenario"))?;
                }
                wanted.seed = seed.unwrap_or(wanted.seed);
                render::twin(&lab.simulate(wanted, until_ms).await?)
            }
            Call::ReplayRun => match lab.request(Intent::Replay).await? {
                Reply::Replayed(report) => render::replay(&report),
                _ => return Err(misfit()),
            },
            Call::Link => render::text(&render::share_url(&history::address(), &lab.scenario())),
            Call::Murmur2(key) => render::text(&partitioner::murmur2(key.as_bytes())),
            Call::Partition { key, partitions } => {
                render::text(&partitioner::partition(&key, partitions))
            }
            Call::Backoff { policy, seed } => render::waits(&policy.waits(seed)),
            Call::JitterExperiment { clients, runs, seed } => {
                let mut rows = Vec::new();
                for clients in clients {
                    rows.extend(lab.jitter(clients, runs, seed).await?);
                }
                render::jitter(&rows)
            }
            Call::Submit(order) => match lab.request(Intent::Submit(order)).await? {
                Reply::Submitted(submitted) => render::submitted(&submitted),
                _ => return Err(misfit()),
            },
            Call::Order(order) => match lab.request(Intent::Order(order)).await? {
                Reply::Order(order) => render::order(&order),
                _ => return Err(misfit()),
            },
            Call::Burst(burst) => match lab.request(Intent::Burst(burst)).await? {
                Reply::BurstOver(report) => render::burst(&report),
                _ => return Err(misfit()),
            },
            Call::Trace(query) => match lab.request(Intent::Trace(query)).await? {
                Reply::Trace(records) => render::trace(&records),
                _ => return Err(misfit()),
            },
            Call::Redrive { which, rate_per_second } => {
                match lab.request(Intent::Redrive { which, rate_per_second }).await? {
                    Reply::Redriven(report) => render::redriven(&report),
                    _ => return Err(misfit()),
                }
            }
            Call::StopRedrive => self.tell(Intent::StopRedrive).await?,
            Call::EditDeadLetter { order, lines } => {
                self.tell(Intent::EditDead { order, lines }).await?
            }
            Call::Unpark => self.tell(Intent::Unpark).await?,
            Call::DeadLetters(query) => match lab.request(Intent::DeadLetters(query)).await? {
                Reply::DeadLetters(page) => render::dead_letters(&page),
                _ => return Err(misfit()),
            },
        })
    }

    /// Changes the scenario in force and gives the new one. The lab has taken the change before
    /// this first waits, so of two calls at once the second changes what the first left.
    async fn change<F: Future<Output = Result<(), Refusal>>>(
        &self,
        change: impl FnOnce(Scenario) -> Result<Scenario, Refusal>,
        apply: impl FnOnce(Scenario) -> F,
    ) -> Result<String, Refusal> {
        apply(change(self.lab.scenario())?).await?;
        Ok(self.lab.scenario().to_json())
    }

    /// Has the broker do something that needs no answer.
    async fn tell(&self, intent: Intent) -> Result<String, Refusal> {
        self.lab.request(intent).await.map(|_| done())
    }

    async fn snapshot(&self, intent: Intent) -> Result<Snapshot, Refusal> {
        match self.lab.request(intent).await? {
            Reply::Snapshot(snapshot) => Ok(*snapshot),
            _ => Err(misfit()),
        }
    }

    async fn workers(&self) -> Result<String, Refusal> {
        let snapshot = self.snapshot(Intent::Snapshot).await?;
        Ok(render::workers(&snapshot.workers, &self.killed()))
    }

    fn render(&self, snapshot: &Snapshot) -> String {
        render::snapshot(snapshot, &self.killed())
    }

    fn killed(&self) -> impl Fn(WorkerId) -> bool {
        |worker| self.lab.is_killed(worker)
    }
}

/// The answer of a call that gives nothing.
fn done() -> String {
    render::text(&())
}

/// The broker answered another question. A mistake of ours, which must not take the page down.
fn misfit() -> Refusal {
    Refusal::new("broker", Problem::Stands(Obstacle::Misfit))
}
