//! The deterministic twin: a scenario's burst under the virtual clock, without faults.
//!
//! It is the live lab's own host and consumers, over links that take no thought for a browser.
//! Outcomes agree with a live run of the same scenario; times do not, and are not measured.

use super::{Faults, World};
use crate::core::time::Timestamp;
use crate::scenario::Scenario;
use crate::wire::{page::Intent, twin::TwinRun};

/// Runs the scenario's burst until everything is at rest, or until a virtual time in
/// milliseconds. The same scenario gives the same run on every machine.
///
/// The scenario must be valid.
///
/// ```
/// use convoy_lab::{scenario::Scenario, sim::twin};
/// let run = twin::run(&Scenario::default(), 600_000);
/// assert!(run.at_rest);
/// assert_eq!(run.snapshot.counts.completed, 10_000);
/// assert_eq!(run.hash, twin::run(&Scenario::default(), 600_000).hash);
/// ```
pub fn run(scenario: &Scenario, until_ms: u32) -> TwinRun {
    let mut world = World::new(scenario.clone(), scenario.seed, Faults::default());
    world.request(Intent::Burst(scenario.burst.clone()));
    let at_rest = world.run_to_rest(Timestamp::from_micros(u64::from(until_ms) * 1_000));
    TwinRun {
        hash: world.hash(),
        events: world.events(),
        at_rest,
        snapshot: Box::new(world.snapshot()),
    }
}
