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
    current: Tally,
}

impl Default for Latency {
    fn default() -> Self {
        let empty = Histogram::new_with_bounds(1, LONGEST_MICROS, 2)
            .expect("the bounds are constants, and 1 < 2 × 1 ≤ longest");
        Self { before: empty.clone(), recent: empty, current: Tally::default() }
    }
}

impl Latency {
    /// Takes a sample.
    pub fn record(&mut self, span: Span) {
        self.current.count(span.as_micros());
    }

    /// The samples since the beginning.
    pub fn all(&self) -> Histogram<u32> {
        let mut all = self.before.clone();
        self.current.pour(&mut all);
        all
    }

    /// The samples of the last full window.
    pub const fn recent(&self) -> &Histogram<u32> {
        &self.recent
    }

    fn rotate(&mut self) {
        self.recent.reset();
        self.current.pour(&mut self.recent);
        self.before.add(&self.recent).expect("both have the same bounds");
        self.current = Tally::default();
    }
}

/// Values below this are told apart one by one; above, this many to every doubling.
const HALF: u64 = 128;

/// Buckets up to the longest latency.
const BUCKETS: usize = Tally::bucket(LONGEST_MICROS) + 1;

/// Samples of a window, counted in the very buckets of the histogram: what that would say of them
/// is the same. But it takes a few instructions to count one, and there are several per order.
#[derive(Clone, Debug)]
struct Tally(Box<[u32]>);

impl Default for Tally {
    fn default() -> Self {
        Self(vec![0; BUCKETS].into())
    }
}

impl Tally {
    /// The bucket of a value.
    const fn bucket(micros: u64) -> usize {
        // How often it is halved until it is below twice `HALF`.
        let halved = (HALF.leading_zeros() - (micros | HALF).leading_zeros()) as u64;
        (halved * HALF + (micros >> halved)) as usize
    }

    /// The smallest value of a bucket.
    const fn smallest(bucket: usize) -> u64 {
        let (halved, rest) = (bucket as u64 / HALF, bucket as u64 % HALF);
        if halved == 0 { rest } else { (HALF + rest) << (halved - 1) }
    }

    fn count(&mut self, micros: u64) {
        self.0[Self::bucket(micros.min(LONGEST_MICROS))] += 1;
    }

    /// Adds the samples to a histogram.
    fn pour(&self, histogram: &mut Histogram<u32>) {
        let full = self.0.iter().enumerate().filter(|(_, count)| **count > 0);
        for (bucket, count) in full {
            histogram.saturating_record_n(Self::smallest(bucket), *count);
        }
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

    #[test]
    fn what_is_tallied_is_what_a_histogram_would_have_recorded() {
        let mut latency = Latency::default();
        let mut expected = latency.all();
        let near = |power: u32| [(1_u64 << power) - 1, 1 << power, (1 << power) + 1];
        let values = (0..40).flat_map(near).chain([LONGEST_MICROS - 1, LONGEST_MICROS, u64::MAX]);
        for value in values.chain(0..3_000) {
            latency.record(Span::from_micros(value));
            expected.saturating_record(value.min(LONGEST_MICROS));
            let bucket = Tally::bucket(value.min(LONGEST_MICROS));
            assert_eq!(Tally::bucket(Tally::smallest(bucket)), bucket, "{value}");
        }
        assert_eq!((latency.all().max(), latency.all().min()), (expected.max(), expected.min()));
        assert!(latency.all() == expected, "another histogram");
        latency.rotate();
        assert!(*latency.recent() == expected && latency.all() == expected, "after the window");
    }
}
