//! Retry policies, breakers and budgets by the names of the systems they come from; and what a
//! retry policy from outside must satisfy, wherever it comes from.

use super::fields::{Choice, Number, Visit};
use super::limits::{Limits, real, whole};
use super::read::Object;
use crate::core::breaker::BreakerConfig;
use crate::core::budget::BudgetConfig;
use crate::core::refusal::{Problem, Refusal};
use crate::core::retry::{Backoff, Jitter, RetryPolicy};
use crate::core::time::Span;

/// What a system does about a failing service, unless told otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PolicyPreset {
    /// Its name in the scripting API.
    pub id: &'static str,
    /// Its name as its makers write it.
    pub title: &'static str,
    /// How it retries.
    pub retry: RetryPolicy,
    /// Its circuit breaker, which may be none.
    pub breaker: BreakerConfig,
    /// Its retry budget, which may be none.
    pub budget: BudgetConfig,
}

/// A cap as good as none: 30 days, the longest wait that can be set.
pub const UNCAPPED: Span = Span::from_millis(2_592_000_000);

/// Calls in all, the first included.
pub const ATTEMPTS: Limits = whole(1.0, 1_000.0);

/// The backoff's unit, in milliseconds: up to a day.
pub const BASE_MS: Limits = real(0.0, 86_400_000.0);

/// What the exponential backoff multiplies by.
pub const FACTOR: Limits = real(1.0, 1_000.0);

/// The longest wait, in milliseconds.
pub const CAP_MS: Limits = real(0.0, 2_592_000_000.0);

/// How long one attempt may take, in milliseconds; 0 for as long as it takes.
pub const TIMEOUT_MS: Limits = real(0.0, 600_000.0);

/// What a policy from outside is where it says nothing: exponential by 2, no jitter, no cap.
pub const PLAIN: RetryPolicy = RetryPolicy {
    attempts: 1,
    backoff: Backoff::Exponential,
    base: Span::ZERO,
    factor: 2.0,
    cap: UNCAPPED,
    jitter: Jitter::None,
    timeout: Span::ZERO,
};

impl RetryPolicy {
    /// Leads `visit` through all fields, times in milliseconds.
    ///
    /// # Errors
    /// What `visit` refuses. That the fields fit each other is for [`Self::check`].
    pub fn visit(&mut self, visit: &mut impl Visit) -> Result<(), Refusal> {
        visit.number("attempts", &mut self.attempts, ATTEMPTS)?;
        visit.choice("backoff", &mut self.backoff)?;
        visit.number("baseMs", &mut self.base, BASE_MS)?;
        visit.number("factor", &mut self.factor, FACTOR)?;
        visit.number("capMs", &mut self.cap, CAP_MS)?;
        visit.choice("jitter", &mut self.jitter)?;
        visit.number("timeoutMs", &mut self.timeout, TIMEOUT_MS)
    }

    /// Whether the fields fit each other.
    ///
    /// # Errors
    /// `capMs`, `OutOfRange`, when the cap is below the base.
    pub fn check(&self) -> Result<(), Refusal> {
        if self.cap < self.base {
            let min = self.base.as_millis_f64();
            return Err(Refusal::new("capMs", Problem::OutOfRange { min, max: CAP_MS.max }));
        }
        Ok(())
    }
}

/// A policy from its fields: `backoff` and `baseMs` must be there (the latter unless there is no
/// wait), the others are [`PLAIN`]'s. `attempts` is what it is unless it says so itself; without
/// both it is missing.
///
/// # Errors
/// A field that is missing, of the wrong type, out of its limits, or at odds with another.
pub fn read(object: &mut Object<'_>, attempts: Option<u16>) -> Result<RetryPolicy, Refusal> {
    object.demand("backoff")?;
    if attempts.is_none() {
        object.demand("attempts")?;
    }
    let mut policy = RetryPolicy { attempts: attempts.unwrap_or(1), ..PLAIN };
    policy.visit(object)?;
    if policy.backoff != Backoff::None {
        object.demand("baseMs")?;
    }
    policy.check()?;
    Ok(policy)
}

impl Number for Span {
    fn as_f64(self) -> f64 {
        self.as_millis_f64()
    }

    fn from_f64(value: f64) -> Self {
        Self::from_millis_f64(value)
    }
}

impl Choice for Backoff {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::None, "none"),
        (Self::Fixed, "fixed"),
        (Self::Linear, "linear"),
        (Self::Exponential, "exponential"),
        (Self::Sidekiq, "sidekiq"),
    ];
}

impl Choice for Jitter {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::None, "none"),
        (Self::Full, "full"),
        (Self::Equal, "equal"),
        (Self::Decorrelated, "decorrelated"),
        (Self::Randomized, "randomized"),
    ];
}

/// All presets, in the order that lists show them.
pub const PRESETS: [PolicyPreset; 6] = [ASYNC_RETRY, POLLY, RESILIENCE4J, GRPC, AWS_SDK, SIDEKIQ];

/// The preset of that id.
pub fn preset(id: &str) -> Option<&'static PolicyPreset> {
    PRESETS.iter().find(|preset| preset.id == id)
}

/// Waits 1 s, 2 s, 4 s.
///
/// # Source
/// The options of `async-retry` (and `retry` below it) as the order system of the lessons sets
/// them: retries 3, minTimeout 1000, factor 2. The library randomises unless told not to; there
/// it is told.
pub const ASYNC_RETRY: PolicyPreset = PolicyPreset {
    id: "async-retry",
    title: "async-retry",
    retry: RetryPolicy {
        attempts: 4,
        backoff: Backoff::Exponential,
        base: Span::from_millis(1_000),
        factor: 2.0,
        cap: UNCAPPED,
        jitter: Jitter::None,
        timeout: Span::ZERO,
    },
    breaker: BreakerConfig::NONE,
    budget: BudgetConfig::NONE,
};

/// Three retries, 2 s before each.
///
/// # Source
/// Polly 8, the defaults of `RetryStrategyOptions` (MaxRetryAttempts 3, Delay 2 s, constant, no
/// jitter, no MaxDelay) and `CircuitBreakerStrategyOptions`. The factor is what its exponential
/// delay would multiply by.
pub const POLLY: PolicyPreset = PolicyPreset {
    id: "polly",
    title: "Polly",
    retry: RetryPolicy {
        attempts: 4,
        backoff: Backoff::Fixed,
        base: Span::from_millis(2_000),
        factor: 2.0,
        cap: UNCAPPED,
        jitter: Jitter::None,
        timeout: Span::ZERO,
    },
    breaker: BreakerConfig::POLLY,
    budget: BudgetConfig::NONE,
};

/// Three calls in all; waits around 500 ms and 750 ms, half more or less.
///
/// # Source
/// Resilience4j, `RetryConfig` (maxAttempts 3) and `IntervalFunction.ofExponentialRandomBackoff`
/// with its defaults: 500 ms, × 1.5, randomisation 0.5; `CircuitBreakerConfig`.
pub const RESILIENCE4J: PolicyPreset = PolicyPreset {
    id: "resilience4j",
    title: "Resilience4j",
    retry: RetryPolicy {
        attempts: 3,
        backoff: Backoff::Exponential,
        base: Span::from_millis(500),
        factor: 1.5,
        cap: UNCAPPED,
        jitter: Jitter::Randomized,
        timeout: Span::ZERO,
    },
    breaker: BreakerConfig::RESILIENCE4J,
    budget: BudgetConfig::NONE,
};

/// Four calls in all; waits of up to 100 ms, 200 ms, 400 ms.
///
/// # Source
/// gRFC A6, "Client retries": its example policy (maxAttempts 4, initialBackoff 0.1 s, maxBackoff
/// 1 s, backoffMultiplier 2; gRPC has no defaults for these) and its
/// random(0, min(initialBackoff · backoffMultiplier^(n−1), maxBackoff)).
pub const GRPC: PolicyPreset = PolicyPreset {
    id: "grpc",
    title: "gRPC",
    retry: RetryPolicy {
        attempts: 4,
        backoff: Backoff::Exponential,
        base: Span::from_millis(100),
        factor: 2.0,
        cap: Span::from_millis(1_000),
        jitter: Jitter::Full,
        timeout: Span::ZERO,
    },
    breaker: BreakerConfig::NONE,
    budget: BudgetConfig::GRPC,
};

/// Three calls in all; waits of up to 1 s and 2 s.
///
/// # Source
/// AWS SDKs and Tools Reference Guide, "Retry behavior", standard mode: 3 attempts,
/// min(b · r^i, 20 s) with b random in 0 … 1 and r = 2.
pub const AWS_SDK: PolicyPreset = PolicyPreset {
    id: "aws-sdk",
    title: "AWS SDK",
    retry: RetryPolicy {
        attempts: 3,
        backoff: Backoff::Exponential,
        base: Span::from_millis(1_000),
        factor: 2.0,
        cap: Span::from_millis(20_000),
        jitter: Jitter::Full,
        timeout: Span::ZERO,
    },
    breaker: BreakerConfig::NONE,
    budget: BudgetConfig::AWS_SDK,
};

/// 25 retries over about three weeks.
///
/// # Source
/// Sidekiq's wiki, "Error handling", and `Sidekiq::JobRetry`: DEFAULT_MAX_RETRY_ATTEMPTS 25,
/// count⁴ + 15 + rand(10 · (count + 1)) seconds.
pub const SIDEKIQ: PolicyPreset = PolicyPreset {
    id: "sidekiq",
    title: "Sidekiq",
    retry: RetryPolicy {
        attempts: 26,
        backoff: Backoff::Sidekiq,
        base: Span::from_millis(1_000),
        factor: 2.0,
        cap: UNCAPPED,
        jitter: Jitter::None,
        timeout: Span::ZERO,
    },
    breaker: BreakerConfig::NONE,
    budget: BudgetConfig::NONE,
};

#[cfg(test)]
mod tests {
    use super::*;

    /// Each preset's waits in seconds: the shortest and the longest that chance may give.
    #[test]
    fn waits_are_those_of_the_systems() {
        for (preset, ranges) in [
            (ASYNC_RETRY, &[(1.0, 1.0), (2.0, 2.0), (4.0, 4.0)][..]),
            (POLLY, &[(2.0, 2.0); 3]),
            (RESILIENCE4J, &[(0.25, 0.75), (0.375, 1.125)]),
            (GRPC, &[(0.0, 0.1), (0.0, 0.2), (0.0, 0.4)]),
            (AWS_SDK, &[(0.0, 1.0), (0.0, 2.0)]),
        ] {
            let retry = preset.retry;
            assert_eq!(usize::from(retry.attempts), ranges.len() + 1, "{}", preset.id);
            for (index, range) in (1..).zip(ranges) {
                let (least, most) = retry.range(index);
                let seconds = |span: Span| span.as_millis_f64() / 1000.0;
                assert_eq!((seconds(least), seconds(most)), *range, "{}", preset.id);
            }
        }
        let counts = 0_u64..25;
        for (count, wait) in counts.clone().zip(SIDEKIQ.retry.waits(9)) {
            let seconds = wait.as_micros() / 1_000_000;
            let least = count.pow(4) + 15;
            assert!((least..least + 10 * (count + 1)).contains(&seconds), "{count}: {seconds}");
        }
        assert_eq!(SIDEKIQ.retry.waits(9).len(), counts.count());
        // "Approximately 20 days", says the wiki.
        let total: u64 = SIDEKIQ.retry.waits(9).iter().map(|wait| wait.as_micros()).sum();
        assert_eq!(total / 86_400_000_000, 20);
    }

    #[test]
    fn presets_are_within_the_limits_and_choices_are_called_as_serde_calls_them() {
        for preset in PRESETS {
            let mut retry = preset.retry;
            assert_eq!(retry.check(), Ok(()), "{}", preset.id);
            let json = serde_json::json!({
                "attempts": retry.attempts,
                "backoff": retry.backoff,
                "baseMs": retry.base.as_millis_f64(),
                "factor": retry.factor,
                "capMs": retry.cap.as_millis_f64(),
                "jitter": retry.jitter,
                "timeoutMs": retry.timeout.as_millis_f64(),
            });
            let found = crate::scenario::read::object(&json, |object| read(object, None));
            assert_eq!(found, Ok(retry), "{}", preset.id);
            retry.base = Span::from_millis(86_400_000);
            retry.cap = Span::from_millis(86_399_999);
            assert_eq!(retry.check().map_err(|refusal| refusal.field), Err("capMs".into()));
        }
        for (jitter, name) in Jitter::ALL {
            assert_eq!(serde_json::to_value(jitter).ok(), Some((*name).into()));
        }
        for (backoff, name) in Backoff::ALL {
            assert_eq!(serde_json::to_value(backoff).ok(), Some((*name).into()));
        }
    }

    #[test]
    fn a_preset_is_found_by_its_id() {
        for preset in PRESETS {
            assert_eq!(super::preset(preset.id), Some(&preset));
        }
        assert_eq!(preset("Polly"), None);
        assert_eq!(preset(""), None);
    }
}
