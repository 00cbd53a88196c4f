//! The auditor: were a customer's orders worked on one after the other, in their order?
//!
//! It sees only what consumers report of their work, never the queue. An order *violates* the
//! order when it started before the previous one of its customer had ended. (If an order starts
//! after a later one started, some neighbouring pair between the two violates it too, so that
//! looking at neighbours is enough.) A judgement waits until both have been reported; an order
//! done again after it had ended is a duplicate, and not judged again.

use super::time::Timestamp;
use std::collections::BTreeMap;

/// Orders that may wait for their predecessor's report. At the bound the oldest customer's gap
/// is closed as a violation: its orders were done while the predecessor was not.
const AHEAD: usize = 256 * 1024;

/// What is known of a customer.
#[derive(Clone, Copy, Debug, Default)]
struct Progress {
    /// The first order that has not ended.
    next: u32,
    /// How many orders right before `next` were removed without having been worked on; one that
    /// cannot count them any more stays at the most it can.
    removed: u16,
    /// Whether there is an entry of this customer in `ahead`.
    waits: bool,
    /// When the last order before `next` that was worked on ended.
    last_end: Timestamp,
}

impl Progress {
    /// Goes on behind `next`, which was worked on until `end`, or removed.
    const fn pass(&mut self, end: Option<Timestamp>) {
        self.next += 1;
        if let Some(end) = end {
            self.last_end = end;
            self.removed = 0;
        } else {
            self.removed = self.removed.saturating_add(1);
        }
    }
}

const _: () = assert!(size_of::<Progress>() == 16);

/// What is known of an order that cannot be judged yet.
#[derive(Clone, Copy, Debug)]
struct Seen {
    /// When its first attempt started; none when no consumer had it.
    start: Option<Timestamp>,
    end: Timestamp,
    /// Whether it has ended, or may be tried again.
    ended: bool,
}

/// The order-violation counter, and what it needs to know.
#[derive(Clone, Debug, Default)]
pub struct Auditor {
    progress: Vec<Progress>,
    ahead: BTreeMap<(u32, u32), Seen>,
    violations: u64,
}

impl Auditor {
    /// Orders that started before the previous one of their customer had ended.
    pub const fn violations(&self) -> u64 {
        self.violations
    }

    /// A consumer reports an attempt: order `sequence` of customer `key`, from `start` to `end`.
    /// `ended` unless it may be tried again.
    pub fn attempt(
        &mut self,
        key: u32,
        sequence: u32,
        start: Timestamp,
        end: Timestamp,
        ended: bool,
    ) {
        let progress = self.progress(key);
        if sequence == progress.next && ended && !progress.waits {
            let late = start < progress.last_end;
            progress.pass(Some(end));
            self.violations += u64::from(late);
        } else if sequence < progress.next {
            if ended && sequence + 1 + u32::from(progress.removed) == progress.next {
                progress.last_end = progress.last_end.min(end);
            }
        } else {
            self.enter(key, sequence, Some(start), end, ended);
            self.judge(key);
        }
    }

    /// An order left the lane for good without a consumer having ended it.
    pub fn removed(&mut self, key: u32, sequence: u32) {
        if sequence >= self.progress(key).next {
            self.enter(key, sequence, None, Timestamp::ZERO, true);
            self.judge(key);
        }
    }

    fn progress(&mut self, key: u32) -> &mut Progress {
        let index = key as usize;
        if index >= self.progress.len() {
            self.progress.resize(index + 1, Progress::default());
        }
        &mut self.progress[index]
    }

    fn enter(
        &mut self,
        key: u32,
        sequence: u32,
        start: Option<Timestamp>,
        end: Timestamp,
        ended: bool,
    ) {
        let seen = self.ahead.entry((key, sequence)).or_insert(Seen { start, end, ended: false });
        seen.start = match (seen.start, start) {
            (Some(first), Some(again)) => Some(first.min(again)),
            (first, again) => first.or(again),
        };
        if seen.ended {
            // Done again after it had ended: the earlier end counts.
            seen.end = if start.is_some() && ended { seen.end.min(end) } else { seen.end };
        } else {
            // The attempt that ended it says when; one removed ended with its last attempt.
            let ends_it = ended && start.is_some();
            seen.end = if ends_it { end } else { seen.end.max(end) };
            seen.ended = ended;
        }
        self.progress(key).waits = true;
        if self.ahead.len() > AHEAD {
            self.close_a_gap();
        }
    }

    /// Judges the customer's orders from `next` on, as far as they have ended.
    fn judge(&mut self, key: u32) {
        let Some(progress) = self.progress.get_mut(key as usize) else { return };
        while let Some(seen) = self.ahead.get(&(key, progress.next)).filter(|seen| seen.ended) {
            if let Some(start) = seen.start {
                self.violations += u64::from(start < progress.last_end);
            }
            let end = seen.start.map(|_| seen.end);
            self.ahead.remove(&(key, progress.next));
            progress.pass(end);
        }
        let waiting = self.ahead.range((key, progress.next)..).next();
        progress.waits = waiting.is_some_and(|((whose, _), _)| *whose == key);
    }

    /// Goes on behind the order that the first waiting customer waits for.
    fn close_a_gap(&mut self) {
        let Some((&(key, _), _)) = self.ahead.first_key_value() else { return };
        let next = self.progress(key).next;
        let behind = self.ahead.range((key, next)..).find(|(_, seen)| seen.ended);
        let Some((&(found, sequence), _)) = behind else { return };
        if found != key {
            return;
        }
        let skipped: Vec<_> =
            self.ahead.range((key, next)..(key, sequence)).map(|(at, _)| *at).collect();
        for at in &skipped {
            self.ahead.remove(at);
        }
        let progress = self.progress(key);
        progress.next = sequence;
        self.violations += 1;
        self.judge(key);
    }

    /// What the auditor's tables take, in bytes.
    pub fn memory_bytes(&self) -> usize {
        self.progress.capacity() * size_of::<Progress>() + self.ahead.len() * 64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reports `(sequence, start, end, ended)` of one customer and counts the violations.
    fn check(reports: &[(u32, u64, u64, bool)], expected: u64) {
        let mut auditor = Auditor::default();
        for &(sequence, start, end, ended) in reports {
            let [start, end] = [start, end].map(Timestamp::from_micros);
            auditor.attempt(3, sequence, start, end, ended);
        }
        assert_eq!(auditor.violations(), expected, "{reports:?}");
        assert!(auditor.ahead.len() <= reports.len());
    }

    #[test]
    fn in_order_is_no_violation_however_the_reports_arrive() {
        check(&[(0, 0, 5, true), (1, 5, 9, true), (2, 9, 9, true)], 0);
        check(&[(2, 9, 9, true), (1, 5, 9, true), (0, 0, 5, true)], 0);
        check(&[(0, 0, 5, false), (0, 6, 7, true), (1, 7, 8, true)], 0);
    }

    #[test]
    fn an_overlap_is_one_violation_however_the_reports_arrive() {
        check(&[(0, 0, 5, true), (1, 4, 9, true)], 1);
        check(&[(1, 4, 9, true), (0, 0, 5, true)], 1);
        // Order 1 passed order 0 between two attempts of order 0.
        check(&[(0, 0, 1, false), (1, 2, 3, true), (0, 4, 5, true)], 1);
        check(&[(0, 10, 20, true), (1, 0, 5, true), (2, 0, 5, true)], 2);
    }

    #[test]
    fn a_duplicate_is_not_judged_again() {
        check(&[(0, 0, 5, true), (1, 5, 6, true), (0, 8, 9, true), (2, 6, 7, true)], 0);
        // A slow double of order 0 does not make order 1 late.
        check(&[(0, 0, 90, true), (0, 20, 30, true), (1, 30, 40, true)], 0);
    }

    /// Found by the simulation (seed 594): a report came late, of an attempt that had ended the
    /// order before another consumer tried it again and failed.
    #[test]
    fn a_failed_attempt_after_the_end_does_not_move_the_end() {
        check(&[(0, 0, 5, true), (1, 20, 25, false), (1, 6, 9, true), (2, 9, 12, true)], 0);
    }

    /// Found against a brute-force count: a failed attempt, heard of late, ended nothing.
    #[test]
    fn a_failed_attempt_heard_of_late_does_not_move_the_end_either() {
        check(&[(0, 5, 9, true), (0, 0, 1, false), (1, 6, 10, true)], 1);
    }

    #[test]
    fn a_late_report_of_an_end_counts_behind_removed_orders_too() {
        let mut auditor = Auditor::default();
        let at = Timestamp::from_micros;
        auditor.removed(0, 1);
        // Done again by another consumer, and only then heard of the first time.
        auditor.attempt(0, 0, at(90), at(95), true);
        auditor.attempt(0, 0, at(10), at(15), true);
        auditor.attempt(0, 2, at(20), at(25), true);
        assert_eq!(auditor.violations(), 0);
        auditor.attempt(0, 3, at(24), at(30), true);
        assert_eq!(auditor.violations(), 1);
    }

    #[test]
    fn a_removed_order_leaves_no_gap() {
        let mut auditor = Auditor::default();
        auditor.removed(0, 1);
        let at = Timestamp::from_micros;
        auditor.attempt(0, 0, at(0), at(1), true);
        auditor.attempt(0, 2, at(1), at(2), true);
        assert_eq!((auditor.violations(), auditor.ahead.len()), (0, 0));
    }
}
