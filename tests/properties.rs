//! What holds for every input: frames read back as written and bad ones are refused; lanes,
//! names, records, the auditor and the books do as something simpler does, however they are used.
//!
//! `PROPTEST_CASES` and `PROPTEST_RNG_SEED` ask for more cases, and for others.

#[path = "properties/frames.rs"]
mod frames;
#[path = "properties/tables.rs"]
mod tables;
#[path = "properties/verdicts.rs"]
mod verdicts;
#[path = "properties/work.rs"]
mod work;

use proptest::{
    strategy::Strategy,
    test_runner::{Config, RngSeed, TestRunner},
};
use std::fmt::Debug;

/// Checks that something holds for so many values of a kind, the same ones in every run.
fn check<T: Debug>(cases: u32, values: impl Strategy<Value = T>, holds: impl Fn(T)) {
    let asked = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let config = Config {
        cases: asked("PROPTEST_CASES").map_or(cases, |cases| cases as u32),
        rng_seed: RngSeed::Fixed(asked("PROPTEST_RNG_SEED").unwrap_or(1)),
        failure_persistence: None,
        ..Config::default()
    };
    let outcome = TestRunner::new(config).run(&values, |value| {
        holds(value);
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}
