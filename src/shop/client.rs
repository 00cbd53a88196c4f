//! A consumer's client of a service: retry, circuit breaker, budget and time-out around its calls.
//!
//! A consumer works on one order at a time, so that it knows at an attempt's start all that will
//! happen in it: [`Client::run`] goes through the calls on the consumer's own time line, and the
//! breaker and the budget remember them.

use super::failure::{Ask, FailureModel};
use crate::core::{
    breaker::{Breaker, BreakerConfig, BreakerState},
    budget::{Budget, BudgetConfig},
    delivery::{Call, outcome_code},
    retry::RetryPolicy,
    status::{Outcome, Service},
    time::{Span, Timestamp},
};
use serde::{Deserialize, Serialize};

/// Calls of one attempt, at most. At the bound the attempt gives up.
pub const CALLS: u32 = 1_000;

/// Which of the patterns is around which, from the outermost to the innermost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Nesting {
    /// Retry around the breaker around the time-out: every attempt asks the breaker, which counts
    /// every attempt, and every attempt has the whole time.
    #[default]
    RetryBreakerTimeout,
    /// The breaker around the retry: it counts what the retries came to in the end, and once
    /// asked lets all of them through.
    BreakerRetryTimeout,
    /// The time-out around everything: all attempts and waits together have the time of one.
    TimeoutRetryBreaker,
}

/// Whether the breaker decides by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BreakerMode {
    /// There is none.
    #[default]
    Off,
    /// It opens and closes by what it counts.
    Auto,
    /// It counts, and never opens.
    MetricsOnly,
    /// It stays open, by hand.
    ForcedOpen,
    /// It lets everything through and counts nothing, by hand.
    Disabled,
}

/// What is around the calls of a service.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    pub retry: RetryPolicy,
    /// Clients within clients, each with the same retry policy, at least 1.
    pub layers: u8,
    pub nesting: Nesting,
    pub mode: BreakerMode,
    pub breaker: BreakerConfig,
    pub budget: BudgetConfig,
}

impl Policy {
    /// One call, and nothing around it.
    pub const NONE: Self = Self {
        retry: RetryPolicy::NONE,
        layers: 1,
        nesting: Nesting::RetryBreakerTimeout,
        mode: BreakerMode::Off,
        breaker: BreakerConfig::RESILIENCE4J,
        budget: BudgetConfig::NONE,
    };
}

/// How the client is used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms {
    /// The waits are spent here; else a failed call ends the attempt, and somebody else waits.
    pub waits_here: bool,
    /// Whether failed calls are tried again at all.
    pub retries: bool,
    /// The calls carry an idempotency key: one that timed out can be made again.
    pub has_key: bool,
    /// How many times as long everything but the waits takes.
    pub slow_factor: f64,
    /// The how manieth delivery of the order, from 1.
    pub attempt: u16,
}

/// What came of an attempt's calls of a service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ending {
    pub outcome: Outcome,
    /// From the first call's begin to the last one's end.
    pub took: Span,
    /// Why there will be no other attempt, when it failed.
    pub gave_up: Option<GaveUp>,
    /// How long the policy has the next attempt wait, when that is somebody else's business.
    pub wait: Option<Span>,
}

/// Why the client gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GaveUp {
    /// The attempts are used up, or their time.
    Exhausted,
    /// The breaker was open.
    CircuitOpen,
    /// The retry budget was spent.
    OverBudget,
}

/// A client of one service, and what it remembers.
#[derive(Clone, Debug)]
pub struct Client {
    breaker: Breaker,
    budget: Budget,
    policy: Policy,
}

impl Client {
    /// A client that remembers nothing yet.
    pub fn new(policy: Policy) -> Self {
        let mut breaker = Breaker::new(policy.breaker);
        let forced = match policy.mode {
            BreakerMode::Off | BreakerMode::Disabled => Some(BreakerState::Disabled),
            BreakerMode::Auto => None,
            BreakerMode::MetricsOnly => Some(BreakerState::MetricsOnly),
            BreakerMode::ForcedOpen => Some(BreakerState::ForcedOpen),
        };
        if let Some(state) = forced {
            breaker.force(state, Timestamp::ZERO);
        }
        Self { breaker, budget: Budget::new(policy.budget), policy }
    }

    /// Makes an attempt's calls, beginning at `began_at`, and adds them to `calls`.
    pub fn run(
        &mut self,
        failure: &FailureModel,
        ask: Ask,
        began_at: Timestamp,
        terms: Terms,
        calls: &mut Vec<Call>,
    ) -> Ending {
        let mut run = Run {
            client: self,
            failure,
            ask,
            terms,
            calls,
            began_at,
            now: began_at,
            waited: Span::ZERO,
            previous: Span::ZERO,
            made: 0,
            price: 0.0,
            gave_up: None,
            wait: None,
        };
        let outcome = run.guarded();
        Ending { outcome, took: run.now.since(began_at), gave_up: run.gave_up, wait: run.wait }
    }

    /// Whether its breaker lets a call through that begins at `now`.
    pub fn permits(&mut self, now: Timestamp) -> bool {
        self.breaker.permits(now)
    }

    /// Remembers a call that ended at `now`; `price` is what it took from the budget if it was a
    /// retry.
    pub fn observe(&mut self, now: Timestamp, outcome: Outcome, took: Span, price: f64) {
        self.breaker.record(now, !outcome.is_transient(), took);
        if outcome.is_transient() {
            self.budget.on_failure();
        } else {
            self.budget.on_success(price);
        }
    }

    /// The wait before another try after `tries` of them, and what that takes from the budget.
    ///
    /// # Errors
    /// Why there is none.
    pub fn next_retry(
        &mut self,
        tries: u16,
        previous: Span,
        outcome: Outcome,
        retry_after: Span,
        jitter: f64,
    ) -> Result<(Span, f64), GaveUp> {
        if tries >= self.policy.retry.attempts {
            return Err(GaveUp::Exhausted);
        }
        let throttled = outcome == Outcome::Throttled;
        if !self.budget.allows_retry(throttled) {
            return Err(GaveUp::OverBudget);
        }
        let wait = self.policy.retry.wait(u32::from(tries), previous, jitter);
        let asked_for = if throttled { retry_after } else { Span::ZERO };
        Ok((wait.max(asked_for), self.policy.budget.price(throttled)))
    }

    /// How long a call may take, where that is limited.
    pub fn timeout(&self) -> Option<Span> {
        Some(self.policy.retry.timeout).filter(|timeout| *timeout > Span::ZERO)
    }

    /// The report of a call that ended at `now`, with how long was waited before it and how long
    /// it took.
    pub fn report(
        &self,
        call: Call,
        now: Timestamp,
        outcome: Outcome,
        (waited, took): (Span, Span),
    ) -> Call {
        let micros = |span: Span| u32::try_from(span.as_micros()).unwrap_or(u32::MAX);
        let state = self.breaker.state(now);
        let breaker = BreakerState::ALL.iter().position(|known| *known == state).unwrap_or(0);
        Call {
            took_micros: micros(took),
            waited_micros: micros(waited),
            tokens: self.budget.tokens() as f32,
            outcome: outcome_code(outcome),
            breaker: breaker as u8,
            ..call
        }
    }

    /// Whether a call that goes well would leave it as it is.
    pub fn is_unimpressed(&mut self, now: Timestamp) -> bool {
        let breaker = self.breaker.state(now);
        let open = matches!(breaker, BreakerState::Open | BreakerState::HalfOpen);
        !open && self.budget.is_full()
    }
}

/// An attempt's calls under way.
struct Run<'a> {
    client: &'a mut Client,
    failure: &'a FailureModel,
    ask: Ask,
    terms: Terms,
    calls: &'a mut Vec<Call>,
    began_at: Timestamp,
    now: Timestamp,
    /// How long it has waited for the call that comes next, and for the one before.
    waited: Span,
    previous: Span,
    made: u32,
    /// What the retry under way took from the budget.
    price: f64,
    gave_up: Option<GaveUp>,
    wait: Option<Span>,
}

impl Run<'_> {
    fn guarded(&mut self) -> Outcome {
        if self.client.policy.nesting != Nesting::BreakerRetryTimeout {
            return self.layer(self.client.policy.layers);
        }
        if !self.client.breaker.permits(self.now) {
            return self.held_back();
        }
        let outcome = self.layer(self.client.policy.layers);
        let took = self.now.since(self.began_at);
        self.client.breaker.record(self.now, !outcome.is_transient(), took);
        outcome
    }

    /// Tries until it goes well or must not be tried again. Each layer tries what the one below
    /// it makes of it.
    fn layer(&mut self, layer: u8) -> Outcome {
        let policy = self.client.policy.retry;
        let mut tries = if self.terms.waits_here { 0 } else { self.terms.attempt - 1 };
        loop {
            let outcome = if layer <= 1 { self.call() } else { self.layer(layer - 1) };
            if !outcome.is_transient() || self.gave_up.is_some() || !self.terms.retries {
                return outcome;
            }
            // Whether it was charged nobody knows, and without a key it would be charged again.
            // The client leaves it; the queue delivers it again all the same.
            if outcome == Outcome::TimedOut && !self.terms.has_key {
                return outcome;
            }
            tries += 1;
            if tries >= policy.attempts || self.made >= CALLS {
                if layer == self.client.policy.layers || self.made >= CALLS {
                    self.gave_up = Some(GaveUp::Exhausted);
                }
                return outcome;
            }
            let throttled = outcome == Outcome::Throttled;
            if !self.client.budget.allows_retry(throttled) {
                self.gave_up = Some(GaveUp::OverBudget);
                return outcome;
            }
            self.price = self.client.policy.budget.price(throttled);
            let wait = self.next_wait(u32::from(tries), outcome);
            if !self.terms.waits_here {
                self.wait = Some(wait);
                return outcome;
            }
            if let Some(deadline) = self.deadline().filter(|at| self.now + wait >= *at) {
                self.now = deadline;
                self.gave_up = Some(GaveUp::Exhausted);
                return Outcome::TimedOut;
            }
            self.now = self.now + wait;
            self.waited = self.waited + wait;
        }
    }

    /// The wait before the next call, no shorter than the service asked for.
    fn next_wait(&mut self, retry: u32, outcome: Outcome) -> Span {
        let policy = self.client.policy.retry;
        if !self.terms.waits_here {
            // The waits before were somebody else's, but draws can be repeated.
            self.previous = Span::ZERO;
            for earlier in 1..retry {
                let ask = Ask { ordinal: earlier as u16, ..self.ask };
                self.previous = policy.wait(earlier, self.previous, ask.jitter());
            }
        }
        self.previous = policy.wait(retry, self.previous, self.ask.jitter());
        let asked_for =
            if outcome == Outcome::Throttled { self.failure.retry_after } else { Span::ZERO };
        self.previous.max(asked_for)
    }

    fn call(&mut self) -> Outcome {
        let asks_breaker = self.client.policy.nesting != Nesting::BreakerRetryTimeout;
        if asks_breaker && !self.client.breaker.permits(self.now) {
            return self.held_back();
        }
        if self.made > 0 {
            self.ask.ordinal = self.ask.ordinal.saturating_add(1);
        }
        self.made += 1;
        let at = self.ask.at + self.now.since(self.began_at);
        let ask = Ask { at, ..self.ask };
        let micros = self.failure.latency(&ask).as_micros() as f64 * self.terms.slow_factor;
        let latency = Span::from_micros((micros + 0.5) as u64);
        let answer = self.failure.answer(&ask);
        let limit = self.deadline().map(|deadline| deadline.since(self.now));
        let (outcome, took) = match limit.or_else(|| self.client.timeout()) {
            Some(limit) if latency > limit => (Outcome::TimedOut, limit),
            _ => (answer, latency),
        };
        let waited = std::mem::take(&mut self.waited);
        let began_at = self.now;
        self.now = self.now + took;
        let price = std::mem::take(&mut self.price);
        if asks_breaker {
            self.client.observe(self.now, outcome, took, price);
        } else if outcome.is_transient() {
            self.client.budget.on_failure();
        } else {
            self.client.budget.on_success(price);
        }
        // The service did what it was asked though nobody waited for the answer.
        let lost = outcome == Outcome::TimedOut && answer == Outcome::Completed;
        self.ask.charged |= lost && self.terms.has_key;
        self.note(began_at, waited, took, outcome, lost);
        outcome
    }

    fn held_back(&mut self) -> Outcome {
        self.gave_up = Some(GaveUp::CircuitOpen);
        let waited = std::mem::take(&mut self.waited);
        self.note(self.now, waited, Span::ZERO, Outcome::CircuitOpen, false);
        Outcome::CircuitOpen
    }

    fn note(
        &mut self,
        began_at: Timestamp,
        waited: Span,
        took: Span,
        outcome: Outcome,
        lost: bool,
    ) {
        let lost = if lost && self.ask.service == Service::Payment { Call::CHARGED } else { 0 };
        let retry = if self.made > 1 || self.terms.attempt > 1 { Call::RETRY } else { 0 };
        let call = Call {
            began_micros: began_at.as_micros(),
            number: self.ask.number,
            attempt: self.terms.attempt,
            call: self.made as u16,
            service: self.ask.service as u8,
            marks: retry | lost,
            ..Call::default()
        };
        self.calls.push(self.client.report(call, self.now, outcome, (waited, took)));
    }

    /// When all attempts together have to be over, where that is limited.
    fn deadline(&self) -> Option<Timestamp> {
        let policy = &self.client.policy;
        let around_all = policy.nesting == Nesting::TimeoutRetryBreaker;
        self.client.timeout().filter(|_| around_all).map(|timeout| self.began_at + timeout)
    }
}

#[cfg(test)]
mod tests;
