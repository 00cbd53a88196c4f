//! A call of the scripting API whose arguments were found good.

use crate::core::ids::{OrderId, WorkerId};
use crate::core::retry::RetryPolicy;
use crate::scenario::Burst;
use crate::wire::page::{DeadLetterQuery, Line, NewOrder, Redrive, TraceQuery};
use serde_json::Value;

/// The functions there are, `convoy.config` and so on. One whose feature does not exist yet is
/// absent.
pub const FUNCTIONS: &[&str] = &[
    "config",
    "configure",
    "reset",
    "submit",
    "order",
    "burst",
    "idle",
    "snapshot",
    "trace",
    "workers",
    "scale",
    "kill",
    "pause",
    "resume",
    "slow",
    "deadLetters",
    "redrive",
    "stopRedrive",
    "editDeadLetter",
    "unpark",
    "link",
    "simulate",
    "replayRun",
    "murmur2",
    "partition",
    "backoff",
    "jitterExperiment",
];

/// A call with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    /// The whole scenario.
    Config,
    /// Take a partial scenario. It is checked when it is applied, against the scenario that is
    /// in force by then.
    Configure(Value),
    /// Empty everything and begin again, with this seed if there is one.
    Reset {
        /// The new seed.
        seed: Option<u64>,
    },
    /// An order.
    Submit(NewOrder),
    /// How far an order is.
    Order(OrderId),
    /// A burst.
    Burst(Burst),
    /// Wait until nothing is ready, delayed or in flight.
    Idle {
        /// How long at most, in milliseconds, 1 … 86,400,000.
        timeout_ms: u32,
    },
    /// The state now.
    Snapshot,
    /// The consumers' own records.
    Trace(TraceQuery),
    /// The consumers.
    Workers,
    /// So many consumers, 1 … 32.
    Scale(u16),
    /// Terminate a consumer.
    Kill(WorkerId),
    /// Pause a consumer.
    Pause(WorkerId),
    /// Let a consumer go on.
    Resume(WorkerId),
    /// Slow a consumer down.
    Slow {
        /// Which.
        worker: WorkerId,
        /// How many times as long it works on an order, 0.01 … 1000.
        factor: f64,
    },
    /// Dead letters.
    DeadLetters(DeadLetterQuery),
    /// Dead letters back to their lanes.
    Redrive {
        /// Which.
        which: Redrive,
        /// At most so many a second, 0.001 … 1,000,000.
        rate_per_second: Option<f64>,
    },
    /// Stop the redrive.
    StopRedrive,
    /// Change what a dead letter orders.
    EditDeadLetter {
        /// Which.
        order: OrderId,
        /// What it orders now, 1 … 50 lines.
        lines: Vec<Line>,
    },
    /// Call back the orders that wait until somebody does.
    Unpark,
    /// The share link.
    Link,
    /// Run a scenario in the deterministic twin.
    Simulate {
        /// What differs from the scenario in force, to be checked when it is applied.
        scenario: Option<Value>,
        /// The scenario's seed, if another.
        seed: Option<u64>,
        /// The virtual time at which to end at the latest, in milliseconds, 1 … 86,400,000.
        until_ms: u32,
    },
    /// Live the recorded part of the run again and compare.
    ReplayRun,
    /// Kafka's hash of a key.
    Murmur2(String),
    /// Kafka's partition of a key.
    Partition {
        /// The key.
        key: String,
        /// Of how many partitions, 1 … 1,000,000.
        partitions: u32,
    },
    /// The waits of a call that always fails.
    Backoff {
        /// How it is retried.
        policy: RetryPolicy,
        /// The seed of the draws.
        seed: u64,
    },
    /// The experiment on backoff and jitter.
    JitterExperiment {
        /// How many clients contend, one row for each number and strategy.
        clients: Vec<u16>,
        /// Runs that a row is the mean of, 1 … 1000.
        runs: u16,
        /// The seed of the runs.
        seed: u64,
    },
}
