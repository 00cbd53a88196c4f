//! A circuit breaker: after too many failures calls are refused for a while, then a few try
//! whether the service is back.
//!
//! ```text
//!            rate ≥ limit, of at least `minimum_calls`
//!   Closed ───────────────────────────────────────────▶ Open ◀──┐
//!      ▲                                                 │      │ rate ≥ limit
//!      │   rate below the limit                          ▼      │
//!      └──────────────────────────────────────────── HalfOpen ──┘
//!                 of `trial_calls` trial calls      after `open`
//! ```
//!
//! The window is either the last N calls (Resilience4j) or the last T of time (Polly; also
//! Resilience4j). Time is an argument, and nothing happens between calls: an open breaker is half
//! open from the moment on that the time is over.

mod window;

use self::window::{Calls, Recent};
use super::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

pub use self::window::{BUCKETS, WINDOW_CALLS_MAX};

/// Which calls the rates are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Window {
    /// The last so many, 1 … [`WINDOW_CALLS_MAX`].
    Count(u32),
    /// Those of the last time, in [`BUCKETS`] steps: a call is forgotten at most one step early.
    Time(Span),
}

/// When a breaker opens and closes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BreakerConfig {
    /// Whether there is one at all; else it is [`BreakerState::Disabled`].
    pub enabled: bool,
    /// Which calls count.
    pub window: Window,
    /// So many calls must be in the window before it can open, at least 1. More than a count
    /// window holds mean all that it holds.
    pub minimum_calls: u32,
    /// It opens when at least this share of the calls failed, above 0 … 1.
    pub failure_rate: f64,
    /// A call is slow when it takes longer than this; zero for none ever.
    pub slow_call: Span,
    /// It opens when at least this share of the calls was slow, above 0 … 1.
    pub slow_rate: f64,
    /// How long it stays open.
    pub open: Span,
    /// Calls that may try when it is half open, at least 1; all of them decide.
    pub trial_calls: u32,
}

impl BreakerConfig {
    /// No breaker, and Resilience4j's numbers for whoever switches it on.
    pub const NONE: Self = Self { enabled: false, ..Self::RESILIENCE4J };

    /// Opens at half of the last 100 calls failed or all of them over a minute slow, for a
    /// minute; then 10 try.
    ///
    /// # Source
    /// Resilience4j's documentation, "CircuitBreaker", the table of its configuration.
    pub const RESILIENCE4J: Self = Self {
        enabled: true,
        window: Window::Count(100),
        minimum_calls: 100,
        failure_rate: 0.5,
        slow_call: Span::from_millis(60_000),
        slow_rate: 1.0,
        open: Span::from_millis(60_000),
        trial_calls: 10,
    };

    /// Opens at a tenth of at least 100 calls within 30 seconds failed, for 5 seconds; then one
    /// tries.
    ///
    /// # Source
    /// Polly's documentation, "Circuit breaker resilience strategy", its defaults.
    pub const POLLY: Self = Self {
        enabled: true,
        window: Window::Time(Span::from_millis(30_000)),
        minimum_calls: 100,
        failure_rate: 0.1,
        slow_call: Span::ZERO,
        slow_rate: 1.0,
        open: Span::from_millis(5_000),
        trial_calls: 1,
    };

    /// How many calls must be in the window before the rates count.
    fn minimum(&self) -> u32 {
        match self.window {
            Window::Count(calls) => self.minimum_calls.min(calls),
            Window::Time(_) => self.minimum_calls,
        }
        .max(1)
    }

    /// Whether these calls are reason to open.
    fn trips(&self, calls: Calls) -> bool {
        calls.share(calls.failed) >= self.failure_rate
            || (self.slow_call > Span::ZERO && calls.share(calls.slow) >= self.slow_rate)
    }
}

/// Whether calls are made. The last three are set by hand or configuration, and stay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BreakerState {
    /// Calls are made and counted.
    #[default]
    Closed,
    /// Calls are refused.
    Open,
    /// A few calls try.
    HalfOpen,
    /// Calls are made, nothing is counted.
    Disabled,
    /// Calls are made and counted, whatever comes of them.
    MetricsOnly,
    /// Calls are refused, for good.
    ForcedOpen,
}

impl BreakerState {
    /// All, in the order of their numbers in frames.
    pub const ALL: [Self; 6] = [
        Self::Closed,
        Self::Open,
        Self::HalfOpen,
        Self::Disabled,
        Self::MetricsOnly,
        Self::ForcedOpen,
    ];
}

/// A breaker of one service.
#[derive(Clone, Debug)]
pub struct Breaker {
    config: BreakerConfig,
    /// As of the last call; what the time alone has changed since is not in it.
    state: BreakerState,
    /// Since when it is so.
    since: Timestamp,
    /// The calls while closed or only measuring. They stay while it is open, to be looked at.
    recent: Recent,
    /// Trial calls that were permitted and not yet recorded.
    trying: u32,
    /// Trial calls that were recorded.
    tried: Calls,
    /// When the last trial was permitted.
    last_trial: Timestamp,
    transitions: u64,
}

impl Breaker {
    /// A closed one, or a disabled one if the configuration has none.
    pub fn new(config: BreakerConfig) -> Self {
        let state = if config.enabled { BreakerState::Closed } else { BreakerState::Disabled };
        Self {
            config,
            state,
            since: Timestamp::ZERO,
            recent: Recent::new(config.window),
            trying: 0,
            tried: Calls::default(),
            last_trial: Timestamp::ZERO,
            transitions: 0,
        }
    }

    /// Whether a call may be made now. A half-open breaker hands out a trial with it, which a
    /// [record](Self::record) is expected for. Trials whose record has not come for the time that
    /// the breaker stays open count as lost, and may be made again: so does Polly, where
    /// Resilience4j would wait for ever.
    pub fn permits(&mut self, now: Timestamp) -> bool {
        if self.state == BreakerState::Open && self.is_over(now) {
            self.enter(BreakerState::HalfOpen, now);
        }
        match self.state {
            BreakerState::Closed | BreakerState::Disabled | BreakerState::MetricsOnly => true,
            BreakerState::Open | BreakerState::ForcedOpen => false,
            BreakerState::HalfOpen => {
                if now.since(self.last_trial) >= self.config.open {
                    self.trying = 0;
                }
                let free = self.trying + self.tried.made < self.config.trial_calls.max(1);
                if free {
                    self.trying += 1;
                    self.last_trial = now;
                }
                free
            }
        }
    }

    /// A permitted call ended after `took`, well or not. A record that comes while the breaker is
    /// open, of a call made before, changes nothing; one that comes when it is half open and a
    /// trial is out counts as that trial.
    pub fn record(&mut self, now: Timestamp, ok: bool, took: Span) {
        let slow = self.config.slow_call > Span::ZERO && took > self.config.slow_call;
        let call = Calls::one(!ok, slow);
        match self.state {
            BreakerState::Closed => {
                let calls = self.recent.take(now, call);
                if calls.made >= self.config.minimum() && self.config.trips(calls) {
                    self.enter(BreakerState::Open, now);
                }
            }
            BreakerState::MetricsOnly => {
                self.recent.take(now, call);
            }
            BreakerState::HalfOpen if self.trying > 0 => {
                self.trying -= 1;
                self.tried.add(call);
                if self.tried.made >= self.config.trial_calls.max(1) {
                    let trips = self.config.trips(self.tried);
                    let next = if trips { BreakerState::Open } else { BreakerState::Closed };
                    self.enter(next, now);
                }
            }
            _ => {}
        }
    }

    /// The state at a time that is not before the last call's.
    pub fn state(&self, now: Timestamp) -> BreakerState {
        match self.state {
            BreakerState::Open if self.is_over(now) => BreakerState::HalfOpen,
            state => state,
        }
    }

    /// The share of failures, 0 … 1, of the calls that decide: while open, of those that
    /// opened it. None while there are too few, or nothing is counted.
    pub fn failure_rate(&self) -> Option<f64> {
        let (calls, enough) = match self.state {
            BreakerState::HalfOpen => (self.tried, self.config.trial_calls.max(1)),
            BreakerState::Disabled | BreakerState::ForcedOpen => return None,
            // Those of the trials, when they opened it again.
            BreakerState::Open if self.tried.made > 0 => (self.tried, 1),
            _ => (self.recent.calls(), self.config.minimum()),
        };
        (calls.made >= enough).then(|| calls.share(calls.failed))
    }

    /// Puts it into a state, with its counts empty; while the configuration has no breaker, this
    /// makes one.
    pub fn force(&mut self, state: BreakerState, now: Timestamp) {
        self.recent = Recent::new(self.config.window);
        self.tried = Calls::default();
        self.enter(state, now);
    }

    /// How often the state changed, as far as calls have shown it: an open breaker whose time is
    /// over counts as half open with the next call.
    pub fn transitions(&self) -> u64 {
        self.transitions
    }

    fn is_over(&self, now: Timestamp) -> bool {
        now.since(self.since) >= self.config.open
    }

    fn enter(&mut self, state: BreakerState, now: Timestamp) {
        if state != self.state {
            self.transitions += 1;
        }
        self.state = state;
        self.since = now;
        self.trying = 0;
        self.last_trial = now;
        match state {
            BreakerState::Closed => {
                self.recent = Recent::new(self.config.window);
                self.tried = Calls::default();
            }
            BreakerState::HalfOpen => self.tried = Calls::default(),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
