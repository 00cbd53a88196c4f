//! The page's side of the lab: it starts the workers, hands out their ports, kills them, and
//! carries intents to the broker and snapshots back.

use crate::core::{ids::WorkerId, refusal::Refusal};
use crate::scenario::Scenario;
use crate::wire::page::{Intent, Reply, Snapshot};

/// The running lab, as the page holds it. Clones are the same lab.
#[derive(Clone)]
pub struct Lab {}

/// What the lab tells the page without being asked.
pub enum LabEvent {
    /// The state, at most thirty times a second while something changes, else once a second.
    Snapshot(Box<Snapshot>),
    /// A worker of another build answered: the browser holds an old copy. Reloading helps.
    StaleBuild { page: String, worker: String },
    /// A worker could not start or died of an error.
    WorkerFailed(String),
}

impl Lab {
    /// Starts the broker and the scenario's consumers.
    pub fn start(scenario: Scenario, on_event: impl Fn(LabEvent) + 'static) -> Self {
        let _ = (scenario, on_event);
        Self {}
    }

    /// Resolves when the broker and all consumers wanted are up.
    pub async fn ready(&self) {}

    /// The scenario in force.
    pub fn scenario(&self) -> Scenario {
        Scenario::default()
    }

    /// Takes another scenario from now on, and starts or retires consumers to its number.
    pub async fn configure(&self, scenario: Scenario) -> Result<(), Refusal> {
        let _ = scenario;
        Ok(())
    }

    /// Empties everything, begins again with this scenario, and replaces dead consumers.
    pub async fn reset(&self, scenario: Scenario) -> Result<(), Refusal> {
        let _ = scenario;
        Ok(())
    }

    /// Has the broker do something and waits for its answer.
    pub async fn request(&self, intent: Intent) -> Result<Reply, Refusal> {
        let _ = intent;
        Ok(Reply::Done)
    }

    /// Starts consumers until `workers` are alive, or retires the youngest.
    pub async fn scale(&self, workers: u16) -> Result<(), Refusal> {
        let _ = workers;
        Ok(())
    }

    /// Terminates a consumer's thread. Nobody tells the broker.
    pub fn kill(&self, worker: WorkerId) -> Result<(), Refusal> {
        let _ = worker;
        Ok(())
    }

    /// Whether the page terminated this consumer (the broker may not have noticed yet).
    pub fn is_killed(&self, worker: WorkerId) -> bool {
        let _ = worker;
        false
    }
}
