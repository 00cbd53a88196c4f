//! What the patterns around a call do, one by one and nested.

use super::*;
use crate::core::budget::BudgetConfig;
use crate::core::retry::{Backoff, Jitter};

const MS: fn(u64) -> Span = Span::from_millis;

/// A second, third … of exponential waits from 10 ms on, with so many calls in all.
fn retry(attempts: u16) -> RetryPolicy {
    RetryPolicy {
        attempts,
        backoff: Backoff::Exponential,
        base: MS(10),
        factor: 2.0,
        cap: MS(10_000),
        jitter: Jitter::None,
        timeout: Span::ZERO,
    }
}

fn policy(attempts: u16) -> Policy {
    Policy { retry: retry(attempts), ..Policy::NONE }
}

/// Opens at the second failure of two, for an hour.
fn breaker() -> BreakerConfig {
    BreakerConfig {
        window: crate::core::breaker::Window::Count(2),
        minimum_calls: 2,
        open: MS(3_600_000),
        ..BreakerConfig::RESILIENCE4J
    }
}

fn failing() -> FailureModel {
    FailureModel { latency: MS(5), transient_rate: 1.0, ..FailureModel::default() }
}

const TERMS: Terms =
    Terms { waits_here: true, retries: true, has_key: true, slow_factor: 1.0, attempt: 1 };

/// What came of an attempt, when each call began, in milliseconds, and the calls.
fn run(client: &mut Client, failure: &FailureModel, terms: Terms) -> (Ending, Vec<u64>, Vec<Call>) {
    let ask = Ask {
        seed: 1,
        service: Service::Payment,
        number: 3,
        ordinal: 1,
        charged: false,
        at: Span::ZERO,
    };
    let mut calls = Vec::new();
    let ending = client.run(failure, ask, Timestamp::ZERO, terms, &mut calls);
    let began = calls.iter().map(|call| call.began_micros / 1_000).collect();
    (ending, began, calls)
}

/// The mission's SYS-2: the gateway fails twice; the waits are 1 s and 2 s.
#[test]
fn two_failures_are_waited_out_as_async_retry_does() {
    let failure = FailureModel { latency: MS(50), fail_first: 2, ..FailureModel::default() };
    let async_retry = RetryPolicy { base: MS(1_000), ..retry(4) };
    let mut client = Client::new(Policy { retry: async_retry, ..Policy::NONE });
    let (ending, began, calls) = run(&mut client, &failure, TERMS);
    assert_eq!((ending.outcome, ending.gave_up), (Outcome::Completed, None));
    assert_eq!(began, [0, 1_050, 3_100]);
    assert_eq!(calls.iter().map(|call| call.waited_micros).sum::<u32>(), 3_000_000);
    assert_eq!(ending.took, MS(3_150));
}

#[test]
fn an_open_breaker_ends_the_retries() {
    let policy = Policy { mode: BreakerMode::Auto, breaker: breaker(), ..policy(9) };
    let mut client = Client::new(policy);
    let (ending, began, calls) = run(&mut client, &failing(), TERMS);
    assert_eq!((ending.outcome, ending.gave_up), (Outcome::CircuitOpen, Some(GaveUp::CircuitOpen)));
    assert_eq!(began, [0, 15, 40], "two calls, and one that was held back");
    assert_eq!(calls[2].took_micros, 0);
    let (_, began, _) = run(&mut client, &failing(), TERMS);
    assert_eq!(began, [0], "the next attempt is held back at once");
}

/// Around the retry the breaker counts what an attempt came to in the end.
#[test]
fn a_breaker_around_the_retry_counts_attempts_and_not_calls() {
    let nesting = Nesting::BreakerRetryTimeout;
    let policy = Policy { mode: BreakerMode::Auto, breaker: breaker(), nesting, ..policy(4) };
    let mut client = Client::new(policy);
    let calls = [1, 2, 3].map(|_| run(&mut client, &failing(), TERMS).1.len());
    assert_eq!(calls, [4, 4, 1], "open after two attempts of four calls");
}

#[test]
fn a_time_out_around_everything_bounds_calls_and_waits_together() {
    let nesting = Nesting::TimeoutRetryBreaker;
    let retry = RetryPolicy { timeout: MS(60), ..retry(9) };
    let mut client = Client::new(Policy { retry, nesting, ..policy(9) });
    let (ending, began, _) = run(&mut client, &failing(), TERMS);
    assert_eq!(began, [0, 15, 40]);
    assert_eq!((ending.outcome, ending.took), (Outcome::TimedOut, MS(60)));
    assert_eq!(ending.gave_up, Some(GaveUp::Exhausted));
}

/// "Amplification of k layers with r retries each: (1+r)^k."
#[test]
fn layers_multiply_and_are_bounded() {
    for (attempts, layers, calls) in [(4, 1, 4), (4, 2, 16), (3, 4, 81), (4, 4, 256)] {
        let mut client = Client::new(Policy { layers, ..policy(attempts) });
        assert_eq!(run(&mut client, &failing(), TERMS).2.len(), calls, "{attempts}^{layers}");
    }
    let mut client = Client::new(Policy { layers: 4, ..policy(10) });
    assert!(run(&mut client, &failing(), TERMS).2.len() <= CALLS as usize + 4);
}

#[test]
fn what_retry_after_says_is_waited_for() {
    let failure = FailureModel {
        latency: MS(5),
        throttle_rate: 1.0,
        retry_after: MS(700),
        ..FailureModel::default()
    };
    let (ending, began, _) = run(&mut Client::new(policy(3)), &failure, TERMS);
    assert_eq!((ending.outcome, began), (Outcome::Throttled, vec![0, 705, 1_410]));
}

/// The gateway charges though nobody waits for its answer any more.
#[test]
fn only_with_a_key_is_a_call_that_timed_out_made_again() {
    let failure = FailureModel { latency: MS(50), ..FailureModel::default() };
    let retry = RetryPolicy { timeout: MS(20), ..retry(3) };
    let policy = Policy { retry, ..Policy::NONE };
    let (ending, began, calls) = run(&mut Client::new(policy), &failure, TERMS);
    assert_eq!((ending.outcome, began.len()), (Outcome::TimedOut, 3));
    assert!(calls.iter().all(|call| call.marks & Call::CHARGED != 0));
    let without = Terms { has_key: false, ..TERMS };
    let (ending, began, _) = run(&mut Client::new(policy), &failure, without);
    assert_eq!((ending.outcome, began.len()), (Outcome::TimedOut, 1));
    assert_eq!((ending.gave_up, ending.wait), (None, None), "the queue delivers it again");
}

/// gRPC: ten tokens, and no retry at or below half; so five failures are the last.
#[test]
fn a_budget_outlives_the_attempt() {
    let mut client = Client::new(Policy { budget: BudgetConfig::GRPC, ..policy(4) });
    let first = run(&mut client, &failing(), TERMS);
    assert_eq!((first.1.len(), first.0.gave_up), (4, Some(GaveUp::Exhausted)));
    let second = run(&mut client, &failing(), TERMS);
    assert_eq!((second.1.len(), second.0.gave_up), (1, Some(GaveUp::OverBudget)));
    assert!(!client.is_unimpressed(Timestamp::ZERO));
}

/// Who waits makes no difference to how long.
#[test]
fn the_queue_waits_as_long_as_the_consumer_would() {
    let jittered = RetryPolicy { jitter: Jitter::Decorrelated, ..retry(5) };
    let policy = Policy { retry: jittered, ..Policy::NONE };
    let (_, _, calls) = run(&mut Client::new(policy), &failing(), TERMS);
    for attempt in 1..=5_u16 {
        let terms = Terms { waits_here: false, attempt, ..TERMS };
        let mut client = Client::new(policy);
        let ask = Ask {
            seed: 1,
            service: Service::Payment,
            number: 3,
            ordinal: attempt,
            charged: false,
            at: Span::ZERO,
        };
        let ending = client.run(&failing(), ask, Timestamp::ZERO, terms, &mut Vec::new());
        let waited = calls.get(attempt as usize).map(|call| u64::from(call.waited_micros));
        assert_eq!(ending.wait.map(Span::as_micros), waited, "before attempt {}", attempt + 1);
        let exhausted = (attempt == 5).then_some(GaveUp::Exhausted);
        assert_eq!(ending.gave_up, exhausted);
    }
}
