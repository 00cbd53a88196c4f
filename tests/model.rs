//! The broker against its reference model: random histories, each step applied to both.
//!
//! A history mixes everything that can happen: orders, consumers that come, go, die, lose
//! frames, work, fail, fall silent and acknowledge too late, leases that run out, settings that
//! change. After every step the broker and the model agree on every order, every count and every
//! cent; every order handed out was permitted. At the end consumers behave, and everything ends.
//!
//! `PROPTEST_CASES` and `PROPTEST_RNG_SEED` ask for more histories, and for others.

#[path = "model/books.rs"]
mod books;
#[path = "model/oracle.rs"]
mod oracle;
#[path = "model/transition.rs"]
mod transition;
#[path = "model/worker.rs"]
mod worker;
#[path = "model/world.rs"]
mod world;

use convoy_lab::core::{
    config::{Config, Ordering},
    status::Counts,
};
use proptest::test_runner::{Config as Settings, RngSeed, TestError, TestRunner};
use std::cell::RefCell;
use transition::{ORDERINGS, Transition};
use world::World;

/// Histories of each test, unless asked for more.
const HISTORIES: u32 = 1_000;

fn check(ordering: Ordering) {
    run(transition::config(ordering), false);
}

fn run(config: impl proptest::strategy::Strategy<Value = Config>, switching: bool) {
    let asked = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let settings = Settings {
        cases: asked("PROPTEST_CASES").unwrap_or(HISTORIES as u64) as u32,
        rng_seed: RngSeed::Fixed(asked("PROPTEST_RNG_SEED").unwrap_or(1)),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Settings::default()
    };
    let histories = (config, transition::history(switching));
    let seen = RefCell::new([0; 7]);
    let outcome = TestRunner::new(settings).run(&histories, |(config, history)| {
        let counts = play(config, &history);
        let happened = [
            counts.completed,
            counts.declined,
            counts.dead_lettered,
            counts.rejected,
            counts.redeliveries,
            counts.stale_acks,
            counts.duplicates_suppressed,
        ];
        seen.borrow_mut().iter_mut().zip(happened).for_each(|(sum, count)| *sum += count);
        Ok(())
    });
    if let Err(TestError::Fail(why, (config, history))) = outcome {
        let happens = history.iter().filter(|step| !matches!(step, Transition::Nothing));
        let steps: Vec<String> = happens.map(|step| format!("{step:?}")).collect();
        panic!("{why}\n{config:?}\n{}", steps.join("\n"));
    }
    let seen = seen.into_inner();
    assert!(seen.iter().all(|count| *count > 0), "the histories leave something out: {seen:?}");
}

fn play(config: Config, history: &[Transition]) -> Counts {
    let mut world = World::new(config);
    history.iter().for_each(|transition| world.step(transition));
    world.drain()
}

#[test]
fn one_active_consumer_does_as_the_model_permits() {
    check(Ordering::Single);
}

#[test]
fn competing_consumers_do_as_the_model_permits() {
    check(Ordering::Competing);
}

#[test]
fn partitions_do_as_the_model_permits() {
    check(Ordering::Partitions);
}

#[test]
fn sessions_do_as_the_model_permits() {
    check(Ordering::Sessions);
}

#[test]
fn orderings_are_switched_as_the_model_permits() {
    use proptest::prelude::*;
    let any = prop::sample::select(&ORDERINGS[..]);
    run(any.prop_flat_map(transition::config), true);
}
