//! The formulas' ranges and means over many draws, the cap, and exact sequences.

use super::*;

const DRAWS: u32 = 100_000;

const BACKOFFS: [Backoff; 5] =
    [Backoff::None, Backoff::Fixed, Backoff::Linear, Backoff::Exponential, Backoff::Sidekiq];

const JITTERS: [Jitter; 5] =
    [Jitter::None, Jitter::Full, Jitter::Equal, Jitter::Decorrelated, Jitter::Randomized];

fn policy(backoff: Backoff, jitter: Jitter) -> RetryPolicy {
    RetryPolicy {
        attempts: 6,
        backoff,
        base: Span::from_millis(1_000),
        factor: 2.0,
        cap: Span::from_millis(600_000_000),
        jitter,
        timeout: Span::ZERO,
    }
}

fn seconds(policy: &RetryPolicy) -> Vec<f64> {
    policy.waits(7).into_iter().map(|wait| wait.as_millis_f64() / 1000.0).collect()
}

/// Polly's documentation, "Retry resilience strategy", a delay of 1 s without jitter.
#[test]
fn waits_without_jitter_are_the_documented_ones() {
    for (backoff, waits) in [
        (Backoff::None, [0.0; 5]),
        (Backoff::Fixed, [1.0; 5]),
        (Backoff::Linear, [1.0, 2.0, 3.0, 4.0, 5.0]),
        (Backoff::Exponential, [1.0, 2.0, 4.0, 8.0, 16.0]),
    ] {
        assert_eq!(seconds(&policy(backoff, Jitter::None)), waits, "{backoff:?}");
    }
    // Resilience4j's default interval and multiplier.
    let policy = RetryPolicy {
        base: Span::from_millis(500),
        factor: 1.5,
        ..policy(Backoff::Exponential, Jitter::None)
    };
    assert_eq!(seconds(&policy), [0.5, 0.75, 1.125, 1.6875, 2.53125]);
}

/// Every backoff and jitter: all of 100,000 draws are within the formula's range, reach to its
/// ends, and their mean is the formula's, within five standard errors of a uniform draw.
#[test]
fn draws_fill_the_formulas_ranges() {
    for (backoff, jitter, retry, previous, low, high) in [
        (Backoff::Fixed, Jitter::None, 3, 0.0, 1.0, 1.0),
        (Backoff::Fixed, Jitter::Full, 3, 0.0, 0.0, 1.0),
        (Backoff::Linear, Jitter::Full, 3, 0.0, 0.0, 3.0),
        (Backoff::Exponential, Jitter::Full, 4, 0.0, 0.0, 8.0),
        (Backoff::Exponential, Jitter::Equal, 4, 0.0, 4.0, 8.0),
        (Backoff::Exponential, Jitter::Randomized, 4, 0.0, 4.0, 12.0),
        (Backoff::Exponential, Jitter::Decorrelated, 1, 0.0, 1.0, 3.0),
        (Backoff::Exponential, Jitter::Decorrelated, 5, 4.0, 1.0, 12.0),
        (Backoff::Fixed, Jitter::Decorrelated, 5, 0.5, 1.0, 3.0),
        (Backoff::Sidekiq, Jitter::Full, 3, 0.0, 0.0, 31.0),
        (Backoff::Sidekiq, Jitter::Equal, 2, 0.0, 8.0, 16.0),
    ] {
        let policy = policy(backoff, jitter);
        let previous = Span::from_millis_f64(previous * 1000.0);
        let mut rng = Rng::new(u64::from(retry) + 100);
        let (mut least, mut most, mut sum) = (f64::INFINITY, 0.0_f64, 0.0);
        for _ in 0..DRAWS {
            let wait = policy.wait(retry, previous, rng.unit()).as_millis_f64() / 1000.0;
            (least, most, sum) = (least.min(wait), most.max(wait), sum + wait);
        }
        let case = format!("{backoff:?} {jitter:?}: {least} … {most}");
        let width = high - low;
        // Of so many uniform draws the outermost are nearer to the ends than this but once in e¹⁰.
        let near = 10.0 * width / f64::from(DRAWS) + 1e-6;
        assert!(least >= low && least <= low + near, "{case}");
        assert!(most <= high && most >= high - near, "{case}");
        let error = 5.0 * width / (12.0 * f64::from(DRAWS)).sqrt() + 1e-6;
        let mean = sum / f64::from(DRAWS);
        assert!((mean - (low + high) / 2.0).abs() <= error, "{case}, mean {mean}");
    }
}

/// `(count ** 4) + 15 + rand(10 * (count + 1))`: whole seconds, each as often as the others.
#[test]
fn sidekiq_waits_are_its_formulas() {
    let policy = policy(Backoff::Sidekiq, Jitter::None);
    for (retry, least, random) in [(1, 15, 10), (2, 16, 20), (3, 31, 30), (11, 10_015, 110)] {
        let mut seen = vec![0_u32; random];
        let mut rng = Rng::new(5);
        for _ in 0..DRAWS {
            let wait = policy.wait(retry, Span::ZERO, rng.unit());
            assert_eq!(wait.as_micros() % 1_000_000, 0);
            seen[(wait.as_micros() / 1_000_000) as usize - least] += 1;
        }
        let expected = f64::from(DRAWS) / random as f64;
        for count in seen {
            assert!((f64::from(count) - expected).abs() < 5.0 * expected.sqrt(), "{retry}");
        }
    }
}

#[test]
fn no_wait_is_longer_than_the_cap_even_of_an_infinite_power() {
    let cap = Span::from_millis(20_000);
    for (backoff, jitter) in BACKOFFS.into_iter().flat_map(|b| JITTERS.map(|j| (b, j))) {
        for factor in [1.0, 2.0, 1e300] {
            let policy = RetryPolicy { cap, factor, ..policy(backoff, jitter) };
            let mut rng = Rng::new(3);
            for retry in [1, 2, 5, 50, 5_000, u32::MAX] {
                for previous in [Span::ZERO, cap, Span::from_micros(u64::MAX)] {
                    let wait = policy.wait(retry, previous, rng.unit());
                    assert!(wait <= cap, "{backoff:?} {jitter:?} {retry}: {wait:?}");
                }
            }
            let nothing = RetryPolicy { base: Span::ZERO, cap: Span::ZERO, ..policy };
            assert_eq!(nothing.wait(u32::MAX, Span::ZERO, 0.9), Span::ZERO);
        }
        let far = RetryPolicy { factor: 1e300, ..policy(backoff, Jitter::None) };
        if backoff == Backoff::Exponential {
            assert_eq!(far.wait(3, Span::ZERO, 0.0), far.cap, "the power is infinite");
        }
    }
}

#[test]
fn a_decorrelated_wait_grows_out_of_the_one_before() {
    let policy = policy(Backoff::Exponential, Jitter::Decorrelated);
    for seed in 0..1_000 {
        let mut previous = policy.base;
        for wait in policy.waits(seed) {
            assert!(policy.base <= wait && wait.as_micros() <= 3 * previous.as_micros());
            previous = wait;
        }
    }
}

#[test]
fn waits_are_as_many_as_retries_and_the_same_for_a_seed() {
    for attempts in [1, 2, 1_000] {
        let policy = RetryPolicy { attempts, ..policy(Backoff::Exponential, Jitter::Full) };
        assert_eq!(policy.waits(1).len(), usize::from(attempts) - 1);
        assert_eq!(policy.waits(1), policy.waits(1));
    }
    let policy = policy(Backoff::Exponential, Jitter::Full);
    assert_ne!(policy.waits(1), policy.waits(2));
    assert_eq!(RetryPolicy::NONE.waits(1), []);
}

#[test]
fn the_range_holds_every_wait_of_every_call() {
    for (backoff, jitter) in BACKOFFS.into_iter().flat_map(|b| JITTERS.map(|j| (b, j))) {
        let policy = RetryPolicy { cap: Span::from_millis(40_000), ..policy(backoff, jitter) };
        for seed in 0..2_000 {
            for (retry, wait) in (1..).zip(policy.waits(seed)) {
                let (least, most) = policy.range(retry);
                assert!(least <= wait && wait <= most, "{backoff:?} {jitter:?} {retry}");
            }
        }
    }
}
