//! Latency histograms and rates: all time, and over the last second.

use super::time::{Span, Timestamp};
use hdrhistogram::Histogram;

/// The longest latency told apart, in microseconds: one hour. Longer ones count as this.
const LONGEST_MICROS: u64 = 3_600_000_000;

/// How long the recent window is.
const WINDOW: Span = Span::from_millis(1_000);

/// A latency, all time and over the last full window. Figures are right to 1 %.
#[derive(Clone, Debug)]
pub struct Latency {
    before: Histogram<u32>,
    recent: Histogram<u32>,
    current: Histogram<u32>,
}

impl Default for Latency {
    fn default() -> Self {
        let empty = Histogram::new_with_bounds(1, LONGEST_MICROS, 2)
            .expect("the bounds are constants, and 1 < 2 × 1 ≤ longest");
        Self { before: empty.clone(), recent: empty.clone(), current: empty }
    }
}

impl Latency {
    /// Takes a sample.
    pub fn record(&mut self, span: Span) {
        self.current.saturating_record(span.as_micros());
    }

    /// The samples since the beginning.
    pub fn all(&self) -> Histogram<u32> {
        let mut all = self.before.clone();
        all.add(&self.current).expect("both have the same bounds");
        all
    }

    /// The samples of the last full window.
    pub const fn recent(&self) -> &Histogram<u32> {
        &self.recent
    }

    fn rotate(&mut self) {
        self.before.add(&self.current).expect("both have the same bounds");
        std::mem::swap(&mut self.recent, &mut self.current);
        self.current.reset();
    }
}

/// The figures of a run that take time into account.
#[derive(Clone, Debug, Default)]
pub struct Stats {
    /// The broker's own time to accept a submitted order.
    pub accept: Latency,
    /// From acceptance to the start of the first attempt.
    pub wait: Latency,
    /// From the start to the end of an attempt.
    pub service: Latency,
    /// From acceptance to the end of the last attempt.
    pub total: Latency,
    /// Orders accepted and ended, per second, over the last window.
    pub arrival_per_second: f64,
    pub completion_per_second: f64,
    window_began: Timestamp,
    accepted_before: u64,
    ended_before: u64,
}

impl Stats {
    /// Closes the window if it is over; `accepted` and `ended` are the counts so far.
    pub fn tick(&mut self, now: Timestamp, accepted: u64, ended: u64) {
        let length = now.since(self.window_began);
        if length < WINDOW {
            return;
        }
        let seconds = length.as_micros() as f64 / 1e6;
        self.arrival_per_second = (accepted - self.accepted_before) as f64 / seconds;
        self.completion_per_second = (ended - self.ended_before) as f64 / seconds;
        self.window_began = now;
        self.accepted_before = accepted;
        self.ended_before = ended;
        for latency in [&mut self.accept, &mut self.wait, &mut self.service, &mut self.total] {
            latency.rotate();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_ends_after_a_second_and_all_time_keeps_everything() {
        let mut stats = Stats::default();
        for millis in 1..=100 {
            stats.wait.record(Span::from_millis(millis));
        }
        stats.tick(Timestamp::from_micros(500_000), 100, 0);
        assert_eq!(stats.wait.recent().len(), 0);
        stats.tick(Timestamp::from_micros(2_000_000), 100, 50);
        assert_eq!(stats.wait.recent().len(), 100);
        assert_eq!((stats.arrival_per_second, stats.completion_per_second), (50.0, 25.0));
        stats.tick(Timestamp::from_micros(3_000_000), 100, 50);
        assert_eq!((stats.wait.recent().len(), stats.wait.all().len()), (0, 100));
        let median = stats.wait.all().value_at_quantile(0.5);
        assert!((49_500..=50_500).contains(&median), "{median}");
    }
}
