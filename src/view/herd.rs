//! The thundering herd: when the retries of many calls that failed at the same moment arrive, by
//! the jitter of their policy.

use super::plot::PlotData;
use super::scale::round_up;
use crate::core::{
    retry::{Jitter, RetryPolicy},
    rng::{Rng, mix},
    time::Span,
};

/// The jitters that are compared, in the order of the series.
pub const JITTERS: [Jitter; 5] =
    [Jitter::None, Jitter::Full, Jitter::Equal, Jitter::Decorrelated, Jitter::Randomized];

/// Calls at most, and at least when each of them makes many retries.
const CALLS: (usize, usize) = (100, 10_000);

/// Retries of all calls, about: as many as a moment suffices for.
const RETRIES: usize = 40_000;

/// Steps of time at most.
const STEPS: f64 = 120.0;

/// The picture ends with the retry that comes after so many times the first wait: seven doublings
/// are in it, and the first of them still can be seen.
const LONGEST: f64 = 130.0;

/// What arrives when.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Herd {
    /// Calls that failed together.
    pub calls: usize,
    /// Retries of each that are in the picture; there may be more.
    pub retries: u16,
    /// Length of a step, in milliseconds.
    pub step_ms: f64,
    /// Retries by step, a series for each of [`JITTERS`]. The picture ends above where the
    /// herd with jitter ends.
    pub data: PlotData,
    /// The most retries that arrive within a step without jitter.
    pub most_at_once: f64,
    /// The share of the retries with decorrelated jitter that come after the last step.
    pub beyond: f64,
}

impl Herd {
    /// The herd of a policy, with every jitter in turn.
    pub fn new(policy: &RetryPolicy, seed: u64) -> Self {
        let shown = retries_shown(policy);
        if shown == 0 {
            return Self::default();
        }
        let policy = &RetryPolicy { attempts: shown + 1, ..*policy };
        let retries = usize::from(shown);
        let calls = (RETRIES / retries).clamp(CALLS.0, CALLS.1);
        let arrivals = JITTERS.map(|jitter| {
            let policy = RetryPolicy { jitter, ..*policy };
            arrivals(&policy, calls, seed)
        });
        // Decorrelated waits may be longer than all others by far; these set the end.
        let ends = JITTERS.iter().zip(&arrivals).filter(|(j, _)| **j != Jitter::Decorrelated);
        let end = ends.flat_map(|(_, times)| times.iter().copied()).max().unwrap_or(0);
        let end_ms = end as f64 / 1000.0;
        let step_ms = round_up(end_ms / (STEPS - 1.0)).max(0.001);
        let steps = (end_ms / step_ms) as usize + 1;
        let mut beyond = 0;
        let series: Vec<Vec<f64>> = arrivals
            .iter()
            .map(|times| {
                let mut counts = vec![0.0; steps];
                for time in times {
                    match counts.get_mut((*time as f64 / 1000.0 / step_ms) as usize) {
                        Some(count) => *count += 1.0,
                        None => beyond += 1,
                    }
                }
                counts
            })
            .collect();
        let most = |series: &[Vec<f64>]| series.iter().flatten().copied().fold(0.0, f64::max);
        let top = most(&series[1..]);
        Self {
            calls,
            retries: shown,
            step_ms,
            most_at_once: most(&series[..1]),
            beyond: f64::from(beyond) / (calls * retries) as f64,
            data: PlotData {
                x: (0..steps).map(|step| step as f64 * step_ms).collect(),
                series,
                top: Some(top),
            },
        }
    }

    /// Whether retries without jitter rise above the picture.
    pub fn is_cut_off(&self) -> bool {
        self.data.top.is_some_and(|top| self.most_at_once > top)
    }
}

/// How many retries come within [`LONGEST`] times the first wait, as far as the backoff says.
fn retries_shown(policy: &RetryPolicy) -> u16 {
    let policy = RetryPolicy { jitter: Jitter::None, ..*policy };
    let longest = |retry: u16| policy.range(u32::from(retry)).1.as_micros() as f64;
    let end = longest(1) * LONGEST;
    let mut at = 0.0;
    let within = (1..policy.attempts).take_while(|retry| {
        at += longest(*retry);
        at <= end
    });
    within.count() as u16
}

/// When each retry of each call arrives, in microseconds after the common failure. An attempt
/// fails at once.
fn arrivals(policy: &RetryPolicy, calls: usize, seed: u64) -> Vec<u64> {
    let mut rng = Rng::new(mix(seed));
    let mut times = Vec::with_capacity(calls * usize::from(policy.attempts));
    for _ in 0..calls {
        let (mut at, mut previous) = (0, Span::ZERO);
        for retry in 1..u32::from(policy.attempts) {
            previous = policy.wait(retry, previous, rng.unit());
            at += previous.as_micros();
            times.push(at);
        }
    }
    times
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::policies::{ASYNC_RETRY, PRESETS};

    fn total(herd: &Herd, series: usize) -> f64 {
        herd.data.series[series].iter().sum()
    }

    #[test]
    fn without_jitter_all_come_at_the_same_moments() {
        let herd = Herd::new(&ASYNC_RETRY.retry, 1);
        assert_eq!(herd.calls, 10_000);
        let spikes: Vec<(f64, f64)> = herd
            .data
            .x
            .iter()
            .copied()
            .zip(herd.data.series[0].iter().copied())
            .filter(|(_, count)| *count > 0.0)
            .collect();
        assert_eq!(spikes, [(1_000.0, 10_000.0), (3_000.0, 10_000.0), (7_000.0, 10_000.0)]);
        assert_eq!(herd.most_at_once, 10_000.0);
        assert!(herd.is_cut_off());
        // Full jitter spreads the first second's evenly.
        let first: f64 = herd.data.series[1][..(1_000.0 / herd.step_ms) as usize].iter().sum();
        assert!(first > 9_900.0, "{first}");
        assert!(herd.data.top < Some(2_500.0));
    }

    #[test]
    fn every_retry_is_counted_or_known_to_be_later() {
        for preset in PRESETS {
            let herd = Herd::new(&preset.retry, 7);
            let all = (herd.calls * usize::from(herd.retries)) as f64;
            for (series, jitter) in JITTERS.into_iter().enumerate() {
                let later = if jitter == Jitter::Decorrelated { herd.beyond } else { 0.0 };
                let counted = total(&herd, series);
                assert!((counted - all * (1.0 - later)).abs() < 0.5, "{} {jitter:?}", preset.id);
            }
            assert!(herd.data.x.len() <= STEPS as usize + 1, "{}", preset.id);
            assert_eq!(herd, Herd::new(&preset.retry, 7));
        }
    }

    #[test]
    fn the_picture_ends_before_its_beginning_cannot_be_seen() {
        let doubling = RetryPolicy { attempts: 20, ..ASYNC_RETRY.retry };
        assert_eq!(Herd::new(&doubling, 1).retries, 7);
        let level = RetryPolicy { factor: 1.0, attempts: 1_000, ..doubling };
        assert_eq!(Herd::new(&level, 1).retries, 130);
        assert_eq!(Herd::new(&ASYNC_RETRY.retry, 1).retries, 3);
    }

    #[test]
    fn there_may_be_nothing_or_no_wait() {
        assert_eq!(Herd::new(&RetryPolicy::NONE, 1), Herd::default());
        let at_once = RetryPolicy { attempts: 4, ..RetryPolicy::NONE };
        let herd = Herd::new(&at_once, 1);
        assert_eq!((herd.data.x.len(), total(&herd, 0)), (1, 30_000.0));
    }
}
