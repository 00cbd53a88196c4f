//! Retry policies: how often a call is made again, and how long is waited before.
//!
//! A policy is a value and decides nothing by itself: whoever calls counts the attempts, draws,
//! and waits.

use super::rng::Rng;
use super::time::Span;
use serde::{Deserialize, Serialize};

/// How the wait grows from retry to retry, before any jitter and the cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Backoff {
    /// No wait at all, whatever the jitter.
    None,
    /// Always `base`.
    Fixed,
    /// `base` · retry: 1, 2, 3 … times `base`.
    Linear,
    /// `base` · `factor` ^ (retry − 1).
    Exponential,
    /// count⁴ + 15 + rand(10 · (count + 1)) times `base`, with count = retry − 1 and whole random
    /// numbers. Sidekiq's `base` is a second. A jitter other than `None` takes the place of its
    /// random term.
    ///
    /// # Source
    /// `Sidekiq::JobRetry#delay_for`.
    Sidekiq,
}

/// What chance makes of the backoff's e, the wait before any jitter and within the cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Jitter {
    /// e.
    None,
    /// U(0, e).
    Full,
    /// e/2 + U(0, e/2).
    Equal,
    /// U(`base`, 3 · the wait before), whatever the backoff. Before the first retry the wait
    /// before counts as `base`.
    Decorrelated,
    /// U(e · (1 − [`SPREAD`]), e · (1 + [`SPREAD`])).
    Randomized,
}

/// The half width of [`Jitter::Randomized`] as a share of the wait.
///
/// # Source
/// Resilience4j, `IntervalFunction.DEFAULT_RANDOMIZATION_FACTOR`.
pub const SPREAD: f64 = 0.5;

/// How often and how fast a failed call is made again.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RetryPolicy {
    /// Calls in all, at least 1: with 1 nothing is retried.
    pub attempts: u16,
    /// How the wait grows.
    pub backoff: Backoff,
    /// The backoff's unit.
    pub base: Span,
    /// What the exponential backoff multiplies by, at least 1. The others ignore it.
    pub factor: f64,
    /// The longest wait, jitter included; at least `base`.
    pub cap: Span,
    /// What chance makes of it.
    pub jitter: Jitter,
    /// How long one attempt may take; zero for as long as it takes.
    pub timeout: Span,
}

impl RetryPolicy {
    /// One call and no retry.
    pub const NONE: Self = Self {
        attempts: 1,
        backoff: Backoff::None,
        base: Span::ZERO,
        factor: 1.0,
        cap: Span::ZERO,
        jitter: Jitter::None,
        timeout: Span::ZERO,
    };

    /// The wait before retry `retry` (from 1), given the one before (zero if there was none) and
    /// a `draw` in [0, 1). Never longer than the cap, however large the factor's power is.
    ///
    /// # Source
    /// Full, equal and decorrelated: Brooker, "Exponential backoff and jitter", AWS Architecture
    /// Blog, 2015.
    pub fn wait(&self, retry: u32, previous: Span, draw: f64) -> Span {
        if self.backoff == Backoff::None {
            return Span::ZERO;
        }
        let cap = micros(self.cap);
        let base = micros(self.base);
        let wait = match self.jitter {
            Jitter::None => self.grown(retry, Some(draw)),
            Jitter::Full => self.grown(retry, None) * draw,
            Jitter::Equal => self.grown(retry, None) * (0.5 + 0.5 * draw),
            Jitter::Decorrelated => {
                let most = 3.0 * micros(previous).max(base);
                base + draw * (most - base)
            }
            Jitter::Randomized => self.grown(retry, None) * (1.0 - SPREAD + 2.0 * SPREAD * draw),
        };
        Span::from_micros((wait.min(cap) + 0.5) as u64)
    }

    /// All waits of a call that always fails: `attempts` − 1 of them, one draw of the seed's
    /// stream for each.
    pub fn waits(&self, seed: u64) -> Vec<Span> {
        let mut rng = Rng::new(seed);
        let mut previous = Span::ZERO;
        (1..u32::from(self.attempts))
            .map(|retry| {
                previous = self.wait(retry, previous, rng.unit());
                previous
            })
            .collect()
    }

    /// The shortest and the longest wait before retry `retry`, as far as chance may take them
    /// in any call. The longest is the draw's limit, which a draw need not reach.
    pub fn range(&self, retry: u32) -> (Span, Span) {
        // The longest decorrelated wait needs the longest before it; three times more each.
        let before = self.base.as_micros() as f64 * libm::pow(3.0, f64::from(retry) - 1.0);
        let before = Span::from_micros(before.min(micros(self.cap)) as u64);
        (self.wait(retry, Span::ZERO, 0.0), self.wait(retry, before, 1.0 - f64::EPSILON))
    }

    /// The backoff within the cap, in microseconds; Sidekiq's with its random term only if
    /// there is a draw for it.
    fn grown(&self, retry: u32, draw: Option<f64>) -> f64 {
        let base = micros(self.base);
        if base == 0.0 {
            return 0.0; // Nothing of an infinite power is not a number.
        }
        let times = match self.backoff {
            Backoff::None => 0.0,
            Backoff::Fixed => 1.0,
            Backoff::Linear => f64::from(retry),
            Backoff::Exponential => libm::pow(self.factor, f64::from(retry.max(1) - 1)),
            Backoff::Sidekiq => {
                let count = f64::from(retry.max(1) - 1);
                let chance = draw.map_or(0.0, |draw| (draw * 10.0 * (count + 1.0)).floor());
                count * count * count * count + 15.0 + chance
            }
        };
        (base * times).min(micros(self.cap))
    }
}

fn micros(span: Span) -> f64 {
    span.as_micros() as f64
}

#[cfg(test)]
mod tests;
