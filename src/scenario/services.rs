//! The services that consumers call: how they fail, and the policies around their calls.

use super::Scenario;
use super::fields::{Visit, WORK_MS};
use super::limits::{real, whole};
use super::policies::{BASE_MS, CAP_MS, FACTOR, PolicyPreset};
use crate::core::breaker::Window;
use crate::core::budget::BudgetKind;
pub use crate::core::config::{Fallback, WaitPlace};
use crate::core::refusal::{Problem, Refusal};
use crate::core::retry::{Backoff, Jitter};
pub use crate::shop::{
    client::{BreakerMode, CALLS, Nesting},
    failure::LatencyKind,
};
use serde::{Deserialize, Serialize};

/// The longest wait, in milliseconds: a day.
pub const WAIT_MAX_MS: f64 = 86_400_000.0;

/// A share of a whole.
const SHARE: super::limits::Limits = real(0.0, 1.0);

/// How a service fails, and its latency.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Gateway {
    /// Share of calls that fail transiently (503), 0 … 1.
    pub transient_rate: f64,
    /// Share of orders that are refused for good (a declined card), 0 … 1.
    pub permanent_rate: f64,
    /// The first so many calls for every order fail transiently, 0 … 100.
    pub fail_first: u16,
    /// Mean latency of a call, in milliseconds, part of the consumer's work, 0 … 60,000.
    pub latency_ms: f64,
    /// How latencies are distributed.
    pub latency_kind: LatencyKind,
    /// Share of orders that are poison, 0 … 1: every call for them fails transiently.
    pub poison_rate: f64,
    /// Share of calls answered with 429, 0 … 1, and its `Retry-After` in milliseconds.
    pub throttle_rate: f64,
    pub retry_after_ms: f64,
    /// Share of calls that take `slow_ms` longer, 0 … 1.
    pub slow_rate: f64,
    pub slow_ms: f64,
    /// An outage begins so long after the run, lasts so long (0: there is none), and begins again
    /// so long after it began (0: it does not). In milliseconds, up to a day.
    pub outage_from_ms: f64,
    pub outage_ms: f64,
    pub outage_every_ms: f64,
}

/// The retry policy of the payment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Retry {
    /// Where an order waits for its next attempt; `redeliver`: there is no policy.
    pub wait: WaitPlace,
    /// Calls in all, the first included, 1 … 100.
    pub attempts: u16,
    pub backoff: Backoff,
    /// The first wait, in milliseconds, up to a day.
    pub base_ms: f64,
    /// Each wait is so many times the one before, 1 … 1,000 (exponential only).
    pub factor: f64,
    /// The longest wait, in milliseconds, from the first one to 30 days.
    pub cap_ms: f64,
    pub jitter: Jitter,
    /// A call is given up after so many milliseconds, 0 (never) … 60,000.
    pub timeout_ms: f64,
    /// Clients within clients that retry alike, 1 … 4, for waits in the consumer.
    pub layers: u8,
    pub nesting: Nesting,
    /// What becomes of an order when the policy gives up.
    pub fallback: Fallback,
}

/// The retry policy of a service beside the payment; its waits are in the consumer, and without
/// its answer the order completes degraded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SideRetry {
    /// As in [`Retry`].
    pub attempts: u16,
    pub backoff: Backoff,
    pub base_ms: f64,
    pub factor: f64,
    pub cap_ms: f64,
    pub jitter: Jitter,
    pub timeout_ms: f64,
}

/// A circuit breaker. Every consumer has one of its own for each service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Breaker {
    pub mode: BreakerMode,
    /// Over what it counts.
    pub window: BreakerWindow,
    /// The last so many calls, 1 … 10,000.
    pub window_calls: u32,
    /// The last so many milliseconds, 10 … 3,600,000.
    pub window_ms: f64,
    /// It opens after so many calls at the earliest, 1 … 10,000.
    pub minimum_calls: u32,
    /// It opens at this share of failures, 0.01 … 1.
    pub failure_rate: f64,
    /// A call is slow after so many milliseconds, 0 (never) … 600,000.
    pub slow_call_ms: f64,
    /// It opens at this share of slow calls, 0.01 … 1.
    pub slow_call_rate: f64,
    /// It stays open for so many milliseconds, 1 … 3,600,000.
    pub open_ms: f64,
    /// Half-open it lets so many calls through, 1 … 1,000.
    pub trial_calls: u32,
}

/// Over what a breaker counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BreakerWindow {
    #[default]
    Calls,
    Time,
}

/// A retry budget. Every consumer has one of its own for each service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Budget {
    pub kind: BudgetKind,
    /// Tokens when it is full, 1 … 100,000; without it that system's own number.
    pub tokens: Option<f64>,
}

/// The reservation of the stock by optimistic concurrency: consumers race for the rows of the
/// products, and whoever is too late tries again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Stock {
    /// Whether consumers go through it; else the stock is taken without asking.
    pub called: bool,
    /// Rows that the products share, 1 … 24: the fewer, the more conflicts.
    pub rows: u32,
    pub failure: Gateway,
    pub retry: SideRetry,
    pub breaker: Breaker,
    pub budget: Budget,
}

/// A service beside the payment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SideService {
    /// Whether consumers call it.
    pub called: bool,
    pub failure: Gateway,
    pub retry: SideRetry,
    pub breaker: Breaker,
    pub budget: Budget,
}

impl Default for Retry {
    /// async-retry's numbers, without being in force.
    fn default() -> Self {
        Self {
            wait: WaitPlace::Redeliver,
            attempts: 4,
            backoff: Backoff::Exponential,
            base_ms: 1_000.0,
            factor: 2.0,
            cap_ms: 60_000.0,
            jitter: Jitter::None,
            timeout_ms: 0.0,
            layers: 1,
            nesting: Nesting::default(),
            fallback: Fallback::default(),
        }
    }
}

impl Default for SideRetry {
    /// One call, no retry.
    fn default() -> Self {
        Self {
            attempts: 1,
            backoff: Backoff::Exponential,
            base_ms: 100.0,
            factor: 2.0,
            cap_ms: 10_000.0,
            jitter: Jitter::Full,
            timeout_ms: 0.0,
        }
    }
}

impl Default for Stock {
    /// Not in force; with a row for each product, ten tries and full jitter.
    fn default() -> Self {
        Self {
            called: false,
            rows: 24,
            failure: Gateway { latency_ms: 5.0, ..Gateway::default() },
            retry: SideRetry {
                attempts: 10,
                base_ms: 5.0,
                cap_ms: 2_000.0,
                ..SideRetry::default()
            },
            breaker: Breaker::default(),
            budget: Budget::default(),
        }
    }
}

impl Default for Breaker {
    /// Resilience4j's numbers, without being in force.
    fn default() -> Self {
        Self {
            mode: BreakerMode::Off,
            window: BreakerWindow::Calls,
            window_calls: 100,
            window_ms: 30_000.0,
            minimum_calls: 100,
            failure_rate: 0.5,
            slow_call_ms: 60_000.0,
            slow_call_rate: 1.0,
            open_ms: 60_000.0,
            trial_calls: 10,
        }
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self { kind: BudgetKind::None, tokens: None }
    }
}

impl Gateway {
    /// Leads `visit` through all fields.
    pub fn visit(&mut self, visit: &mut impl Visit) -> Result<(), Refusal> {
        let (wait, moment) = (real(0.0, WAIT_MAX_MS), real(0.0, WAIT_MAX_MS));
        visit.number("transientRate", &mut self.transient_rate, SHARE)?;
        visit.number("permanentRate", &mut self.permanent_rate, SHARE)?;
        visit.number("failFirst", &mut self.fail_first, whole(0.0, 100.0))?;
        visit.number("latencyMs", &mut self.latency_ms, WORK_MS)?;
        visit.choice("latencyKind", &mut self.latency_kind)?;
        visit.number("poisonRate", &mut self.poison_rate, SHARE)?;
        visit.number("throttleRate", &mut self.throttle_rate, SHARE)?;
        visit.number("retryAfterMs", &mut self.retry_after_ms, wait)?;
        visit.number("slowRate", &mut self.slow_rate, SHARE)?;
        visit.number("slowMs", &mut self.slow_ms, WORK_MS)?;
        visit.number("outageFromMs", &mut self.outage_from_ms, moment)?;
        visit.number("outageMs", &mut self.outage_ms, moment)?;
        visit.number("outageEveryMs", &mut self.outage_every_ms, moment)
    }
}

impl Retry {
    /// Leads `visit` through all fields.
    pub fn visit(&mut self, visit: &mut impl Visit) -> Result<(), Refusal> {
        visit.choice("wait", &mut self.wait)?;
        visit.number("attempts", &mut self.attempts, whole(1.0, 100.0))?;
        visit.choice("backoff", &mut self.backoff)?;
        visit.number("baseMs", &mut self.base_ms, BASE_MS)?;
        visit.number("factor", &mut self.factor, FACTOR)?;
        visit.number("capMs", &mut self.cap_ms, CAP_MS)?;
        visit.choice("jitter", &mut self.jitter)?;
        visit.number("timeoutMs", &mut self.timeout_ms, WORK_MS)?;
        visit.number("layers", &mut self.layers, whole(1.0, 4.0))?;
        visit.choice("nesting", &mut self.nesting)?;
        visit.choice("fallback", &mut self.fallback)
    }

    /// What each field by itself cannot show: the cap is not below the base, and the layers
    /// together make no more calls than an attempt may.
    pub fn check(&self) -> Result<(), Refusal> {
        check_cap(self.base_ms, self.cap_ms)?;
        let calls = u32::from(self.attempts).saturating_pow(u32::from(self.layers));
        if calls > CALLS {
            let mut most = 1.0;
            while u32::from(self.attempts).saturating_pow(most as u32 + 1) <= CALLS {
                most += 1.0;
            }
            return Err(Refusal::new("layers", Problem::OutOfRange { min: 1.0, max: most }));
        }
        Ok(())
    }
}

fn check_cap(base_ms: f64, cap_ms: f64) -> Result<(), Refusal> {
    real(base_ms, CAP_MS.max).check(cap_ms).map(drop).map_err(|refusal| refusal.within("capMs"))
}

impl SideRetry {
    /// Leads `visit` through all fields.
    pub fn visit(&mut self, visit: &mut impl Visit) -> Result<(), Refusal> {
        visit.number("attempts", &mut self.attempts, whole(1.0, 100.0))?;
        visit.choice("backoff", &mut self.backoff)?;
        visit.number("baseMs", &mut self.base_ms, BASE_MS)?;
        visit.number("factor", &mut self.factor, FACTOR)?;
        visit.number("capMs", &mut self.cap_ms, CAP_MS)?;
        visit.choice("jitter", &mut self.jitter)?;
        visit.number("timeoutMs", &mut self.timeout_ms, WORK_MS)
    }
}

impl Breaker {
    /// Leads `visit` through all fields.
    pub fn visit(&mut self, visit: &mut impl Visit) -> Result<(), Refusal> {
        let (calls, share) = (whole(1.0, 10_000.0), real(0.01, 1.0));
        visit.choice("mode", &mut self.mode)?;
        visit.choice("window", &mut self.window)?;
        visit.number("windowCalls", &mut self.window_calls, calls)?;
        visit.number("windowMs", &mut self.window_ms, real(10.0, 3_600_000.0))?;
        visit.number("minimumCalls", &mut self.minimum_calls, calls)?;
        visit.number("failureRate", &mut self.failure_rate, share)?;
        visit.number("slowCallMs", &mut self.slow_call_ms, real(0.0, 600_000.0))?;
        visit.number("slowCallRate", &mut self.slow_call_rate, share)?;
        visit.number("openMs", &mut self.open_ms, real(1.0, 3_600_000.0))?;
        visit.number("trialCalls", &mut self.trial_calls, whole(1.0, 1_000.0))
    }
}

impl Scenario {
    /// This scenario with a known system's policies around the payment. Where nothing waited by a
    /// policy before, the consumer does now.
    pub fn with_policy(&self, preset: &PolicyPreset) -> Self {
        let mut scenario = self.clone();
        let PolicyPreset { retry, breaker, budget, .. } = preset;
        if scenario.retry.wait == WaitPlace::Redeliver {
            scenario.retry.wait = WaitPlace::Consumer;
        }
        scenario.retry = Retry {
            attempts: retry.attempts.min(100),
            backoff: retry.backoff,
            base_ms: retry.base.as_millis_f64(),
            factor: retry.factor,
            cap_ms: retry.cap.as_millis_f64(),
            jitter: retry.jitter,
            timeout_ms: retry.timeout.as_millis_f64(),
            layers: 1,
            ..scenario.retry
        };
        scenario.breaker = Breaker {
            mode: if breaker.enabled { BreakerMode::Auto } else { BreakerMode::Off },
            minimum_calls: breaker.minimum_calls,
            failure_rate: breaker.failure_rate,
            slow_call_ms: breaker.slow_call.as_millis_f64(),
            slow_call_rate: breaker.slow_rate,
            open_ms: breaker.open.as_millis_f64(),
            trial_calls: breaker.trial_calls,
            ..scenario.breaker
        };
        match breaker.window {
            Window::Count(calls) => {
                scenario.breaker.window = BreakerWindow::Calls;
                scenario.breaker.window_calls = calls;
            }
            Window::Time(span) => {
                scenario.breaker.window = BreakerWindow::Time;
                scenario.breaker.window_ms = span.as_millis_f64();
            }
        }
        scenario.budget = Budget { kind: budget.kind, tokens: None };
        scenario
    }
}

impl Budget {
    /// Leads `visit` through all fields.
    pub fn visit(&mut self, visit: &mut impl Visit) -> Result<(), Refusal> {
        visit.choice("kind", &mut self.kind)?;
        visit.optional("tokens", &mut self.tokens, real(1.0, 100_000.0))
    }
}

impl Stock {
    /// Leads `visit` through all fields.
    pub fn visit(&mut self, visit: &mut impl Visit) -> Result<(), Refusal> {
        visit.flag("called", &mut self.called)?;
        visit.number("rows", &mut self.rows, whole(1.0, 24.0))?;
        visit.group("failure", |visit| self.failure.visit(visit))?;
        visit.group("retry", |visit| self.retry.visit(visit))?;
        visit.group("breaker", |visit| self.breaker.visit(visit))?;
        visit.group("budget", |visit| self.budget.visit(visit))
    }

    /// As [`Retry::check`].
    pub fn check(&self) -> Result<(), Refusal> {
        check_cap(self.retry.base_ms, self.retry.cap_ms).map_err(|refusal| refusal.within("retry"))
    }
}

impl SideService {
    /// Leads `visit` through all fields.
    pub fn visit(&mut self, visit: &mut impl Visit) -> Result<(), Refusal> {
        visit.flag("called", &mut self.called)?;
        visit.group("failure", |visit| self.failure.visit(visit))?;
        visit.group("retry", |visit| self.retry.visit(visit))?;
        visit.group("breaker", |visit| self.breaker.visit(visit))?;
        visit.group("budget", |visit| self.budget.visit(visit))
    }

    /// As [`Retry::check`].
    pub fn check(&self) -> Result<(), Refusal> {
        check_cap(self.retry.base_ms, self.retry.cap_ms).map_err(|refusal| refusal.within("retry"))
    }
}
