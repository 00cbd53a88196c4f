//! Transition tables after the documented rules of Resilience4j and Polly, and bounds.

use super::*;
use crate::core::rng::Rng;

const FAST: Span = Span::from_millis(10);
const SLOW: Span = Span::from_millis(60_001);

/// What happens to the breaker under test.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// So many calls that end well, badly, or well but slowly.
    Good(u32),
    Bad(u32),
    Slow(u32),
    /// So many milliseconds pass.
    Wait(u64),
    /// So many calls are permitted, and one more is not.
    Trials(u32),
    /// So many results of calls permitted before.
    GoodResults(u32),
    BadResults(u32),
    Force(BreakerState),
    /// The state is this.
    Is(BreakerState),
    /// The failure rate is this; NaN for none.
    Rate(f64),
}

use BreakerState::{Closed, Disabled, ForcedOpen, HalfOpen, MetricsOnly, Open};
use Step::{Bad, BadResults, Force, Good, GoodResults, Is, Rate, Slow, Trials, Wait};

/// Lives the steps, a millisecond per call, and gives the breaker.
fn check(config: BreakerConfig, steps: &[Step]) -> Breaker {
    let mut breaker = Breaker::new(config);
    let mut now = Timestamp::from_micros(1_000_000_000);
    for (index, step) in steps.iter().enumerate() {
        let place = format!("step {index}, {step:?}");
        let mut results = |count: u32, permitted: bool, ok: bool, took: Span| {
            for _ in 0..count {
                assert!(permitted || breaker.permits(now), "{place}: not permitted");
                breaker.record(now, ok, took);
                now = now + Span::from_micros(1);
            }
        };
        match *step {
            Good(count) => results(count, false, true, FAST),
            Bad(count) => results(count, false, false, FAST),
            Slow(count) => results(count, false, true, SLOW),
            GoodResults(count) => results(count, true, true, FAST),
            BadResults(count) => results(count, true, false, FAST),
            Wait(millis) => now = now + Span::from_millis(millis),
            Trials(count) => {
                assert!((0..count).all(|_| breaker.permits(now)), "{place}: too few");
                assert!(!breaker.permits(now), "{place}: too many");
            }
            Force(state) => breaker.force(state, now),
            Is(state) => assert_eq!(breaker.state(now), state, "{place}"),
            Rate(rate) => {
                assert_eq!(breaker.failure_rate(), (!rate.is_nan()).then_some(rate), "{place}");
            }
        }
    }
    breaker
}

/// Resilience4j's documentation: "when the failure rate is equal or greater than the threshold
/// the CircuitBreaker transitions to open", "minimum number of calls (per sliding window period)
/// which are required before the CircuitBreaker can calculate the error rate".
#[test]
fn resilience4j_opens_at_half_of_the_last_hundred() {
    let config = BreakerConfig::RESILIENCE4J;
    for steps in [
        // 99 failures are too few to say anything.
        &[Bad(99), Is(Closed), Rate(f64::NAN), Bad(1), Is(Open), Rate(1.0), Trials(0)][..],
        // 49 of 100 are below, 50 are not.
        &[Good(51), Bad(49), Is(Closed), Rate(0.49), Bad(1), Is(Open), Rate(0.5)],
        &[Good(50), Bad(50), Is(Open), Rate(0.5)],
        // Only the last 100 count: the failures of before fall out one by one.
        &[Bad(49), Good(51), Is(Closed), Good(49), Rate(0.0), Bad(49), Rate(0.49), Is(Closed)],
        &[Bad(49), Good(51), Bad(40), Is(Closed), Rate(0.49)],
        // Slow calls: all of 100, whether they ended well or not.
        &[Slow(99), Good(1), Is(Closed), Slow(99), Is(Closed), Slow(1), Is(Open), Rate(0.0)],
    ] {
        check(config, steps);
    }
}

/// "After a wait time duration has elapsed, the state changes from OPEN to HALF_OPEN and permits
/// a configurable number of calls. Further calls are rejected until all permitted calls have
/// completed. If the failure rate is then equal or greater than the threshold the state changes
/// back to OPEN, if below to CLOSED."
#[test]
fn resilience4j_lets_ten_try_after_a_minute() {
    let config = BreakerConfig::RESILIENCE4J;
    let opened = [Bad(100), Is(Open), Wait(59_999), Is(Open), Trials(0), Wait(1), Is(HalfOpen)];
    for (steps, transitions) in [
        (&[Trials(10), Is(HalfOpen), Rate(f64::NAN)][..], 2),
        (&[Trials(10), GoodResults(9), Is(HalfOpen), Trials(0), GoodResults(1), Is(Closed)], 3),
        (&[Trials(10), GoodResults(6), BadResults(4), Is(Closed), Rate(f64::NAN), Bad(99)], 3),
        (&[Trials(10), BadResults(4), GoodResults(5), Is(HalfOpen), BadResults(1), Is(Open)], 3),
        (&[Good(5), Bad(4), Trials(1), BadResults(1), Is(Open), Rate(0.5), Wait(59_999)], 3),
        (&[Slow(10), Is(Open), Wait(60_000), Is(HalfOpen)], 3),
        (&[Bad(10), Is(Open), Wait(60_000), Good(10), Is(Closed)], 5),
        // Results that are late by a whole state change nothing.
        (&[GoodResults(3), BadResults(3), Is(HalfOpen), Trials(10)], 2),
    ] {
        let breaker = check(config, &[&opened[..], steps].concat());
        assert_eq!(breaker.transitions(), transitions, "{steps:?}");
    }
}

/// Results of calls that were under way when the breaker opened.
#[test]
fn late_results_do_not_touch_an_open_breaker() {
    check(
        BreakerConfig::RESILIENCE4J,
        &[Bad(100), GoodResults(500), Is(Open), Rate(1.0), Wait(60_000), Trials(10)],
    );
}

#[test]
fn lost_trials_are_made_again_after_the_open_time() {
    for (config, trials, open) in
        [(BreakerConfig::RESILIENCE4J, 10, 60_000), (BreakerConfig::POLLY, 1, 5_000)]
    {
        let opened = [Bad(100), Wait(open), Trials(trials)];
        let lost = [Wait(open - 1), Trials(0), Wait(1), Trials(trials), GoodResults(trials)];
        check(config, &[&opened[..], &lost, &[Is(Closed)]].concat());
    }
}

/// Resilience4j's documentation, the special states: "DISABLED (always allow access),
/// METRICS_ONLY (always allow access, publish events) and FORCED_OPEN (always deny access)".
#[test]
fn special_states_stay() {
    let config = BreakerConfig::RESILIENCE4J;
    for steps in [
        &[Force(Disabled), Bad(500), Is(Disabled), Rate(f64::NAN)][..],
        &[Force(MetricsOnly), Bad(500), Is(MetricsOnly), Rate(1.0), Good(50), Rate(0.5)],
        &[Force(ForcedOpen), Trials(0), Wait(600_000), Trials(0), Is(ForcedOpen), Rate(f64::NAN)],
        &[
            Bad(100),
            Force(Closed),
            Is(Closed),
            Rate(f64::NAN),
            Bad(99),
            Is(Closed),
            Bad(1),
            Is(Open),
        ],
        &[Force(Open), Trials(0), Wait(60_000), Is(HalfOpen), Good(10), Is(Closed)],
        &[Force(HalfOpen), Trials(10), BadResults(10), Is(Open)],
    ] {
        check(config, steps);
    }
    let disabled = check(BreakerConfig::NONE, &[Bad(1_000), Is(Disabled)]);
    assert_eq!(disabled.transitions(), 0);
}

/// Polly's documentation: the failure ratio (0.1) of at least the minimum throughput (100) within
/// the sampling duration (30 s) breaks for the break duration (5 s); then one action is let
/// through as a test, and closes or breaks again.
#[test]
fn polly_opens_at_a_tenth_within_half_a_minute() {
    let config = BreakerConfig::POLLY;
    for steps in [
        &[Bad(99), Is(Closed), Rate(f64::NAN), Bad(1), Is(Open), Rate(1.0), Trials(0)][..],
        &[Good(91), Bad(9), Is(Closed), Rate(0.09), Good(8), Bad(1), Is(Closed), Bad(1), Is(Open)],
        &[Good(90), Bad(10), Is(Open), Rate(0.1)],
        // More than a hundred count, as long as they are of the last 30 s.
        &[Good(200), Bad(20), Is(Closed), Good(2), Bad(2), Is(Closed), Bad(1), Is(Open)],
        // What is older than that is forgotten, both the good and the bad.
        &[Bad(99), Wait(30_000), Bad(99), Is(Closed), Bad(1), Is(Open)],
        &[Good(500), Wait(30_000), Good(90), Bad(10), Is(Open)],
        &[Bad(50), Wait(29_400), Bad(49), Is(Closed), Bad(1), Is(Open)],
        // Slow calls are none of its business.
        &[Slow(500), Is(Closed)],
        &[Bad(100), Wait(4_999), Is(Open), Trials(0), Wait(1), Is(HalfOpen), Trials(1)],
        &[Bad(100), Wait(5_000), Trials(1), GoodResults(1), Is(Closed), Bad(99), Is(Closed)],
        &[Bad(100), Wait(5_000), Trials(1), BadResults(1), Is(Open), Wait(4_999), Trials(0)],
        &[Bad(100), Wait(5_000), Bad(1), Wait(5_000), Bad(1), Wait(5_000), Good(1), Is(Closed)],
    ] {
        check(config, steps);
    }
}

#[test]
fn a_minimum_beyond_the_count_window_is_the_window() {
    let config = BreakerConfig { window: Window::Count(5), ..BreakerConfig::RESILIENCE4J };
    check(config, &[Bad(4), Is(Closed), Bad(1), Is(Open)]);
}

/// The counts are those of a list that keeps everything, for any calls at any times.
#[test]
fn windows_count_what_is_in_them() {
    let mut rng = Rng::new(11);
    let span = Span::from_millis(6_000);
    for _ in 0..30 {
        let size = 1 + rng.below(80);
        let (mut last, mut since) =
            (Recent::new(Window::Count(size)), Recent::new(Window::Time(span)));
        let mut all: Vec<(u64, Calls)> = Vec::new();
        let mut now = 0;
        for _ in 0..1_500 {
            let most = if rng.chance(0.01) { 9_000_000 } else { 50_000 };
            now += u64::from(rng.below(most));
            let call = Calls::one(rng.chance(0.3), rng.chance(0.2));
            all.push((now, call));
            let count = |calls: &[(u64, Calls)]| {
                let mut sum = Calls::default();
                calls.iter().for_each(|(_, call)| sum.add(*call));
                sum
            };
            let from = all.len().saturating_sub(size as usize);
            let at = Timestamp::from_micros(now);
            assert_eq!(last.take(at, call), count(&all[from..]));
            // Steps of 100 ms, the present one and 59 before it.
            let begin = (now / 100_000).saturating_sub(BUCKETS as u64 - 1) * 100_000;
            let from = all.partition_point(|(at, _)| *at < begin);
            assert_eq!(since.take(at, call), count(&all[from..]));
        }
    }
}

#[test]
fn a_window_has_bounds_and_a_clock_that_goes_back_does_no_harm() {
    let mut recent = Recent::new(Window::Count(u32::MAX));
    for _ in 0..2 * WINDOW_CALLS_MAX {
        recent.take(Timestamp::ZERO, Calls::one(true, false));
    }
    assert_eq!(recent.calls().made, WINDOW_CALLS_MAX);
    let mut recent = Recent::new(Window::Time(Span::ZERO));
    recent.take(Timestamp::MAX, Calls::one(true, true));
    recent.take(Timestamp::ZERO, Calls::one(false, true));
    assert_eq!(recent.calls(), Calls { made: 2, failed: 1, slow: 2 });
}
