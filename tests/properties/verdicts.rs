//! The auditor and the books, against what a clerk with a list would say.

use super::check;
use convoy_lab::core::{
    auditor::Auditor,
    ledger::{Charge, Ledger},
    time::Timestamp,
};
use proptest::{collection::vec, prelude::*};
use std::collections::BTreeSet;

/// The last report of an order: how it left its lane.
#[derive(Clone, Copy, Debug)]
enum Exit {
    /// An attempt, from and to, ended it.
    Ended(u64, u64),
    /// It was taken out, dead or dropped.
    Removed,
}

/// What is reported of an order, in this sequence.
#[derive(Clone, Debug)]
struct Life {
    /// Attempts that failed.
    failed: Vec<(u64, u64)>,
    exit: Exit,
    /// Attempts after it had ended, that failed or not.
    again: Vec<(u64, u64, bool)>,
}

impl Life {
    /// When it started and ended, if any consumer had it.
    fn interval(&self) -> Option<(u64, u64)> {
        let started = self.failed.iter().map(|(start, _)| *start).min();
        match self.exit {
            Exit::Ended(start, end) => Some((started.unwrap_or(start).min(start), end)),
            Exit::Removed => Some((started?, self.failed.iter().map(|(_, end)| *end).max()?)),
        }
    }

    fn reports(&self) -> Vec<Report> {
        let failed = self.failed.iter().map(|(start, end)| Some((*start, *end, false)));
        let exit = match self.exit {
            Exit::Ended(start, end) => Some((start, end, true)),
            Exit::Removed => None,
        };
        let again = self.again.iter().map(|attempt| Some(*attempt));
        failed.chain([exit]).chain(again).collect()
    }
}

/// An attempt, and whether it ended the order; or that the order was removed.
type Report = Option<(u64, u64, bool)>;

fn life() -> impl Strategy<Value = Life> {
    let attempt = || (0..100_u64, 0..20_u64).prop_map(|(start, length)| (start, start + length));
    let ended = (vec(attempt(), 0..3), attempt(), vec((0..30_u64, 0..30_u64, any::<bool>()), 0..2))
        .prop_map(|(failed, (start, end), later)| Life {
            failed,
            exit: Exit::Ended(start, end),
            again: later
                .into_iter()
                .map(|(wait, length, ends)| (end + wait, end + wait + length, ends))
                .collect(),
        });
    let removed = vec(attempt(), 0..3).prop_map(|failed| Life {
        failed,
        exit: Exit::Removed,
        again: Vec::new(),
    });
    prop_oneof![4 => ended, 1 => removed]
}

/// By the list: an order violates that started before the previous one that anybody had ended.
fn violations(lives: &[Life]) -> u64 {
    let intervals: Vec<(u64, u64)> = lives.iter().filter_map(Life::interval).collect();
    intervals.windows(2).filter(|pair| pair[1].0 < pair[0].1).count() as u64
}

#[test]
fn the_auditor_counts_as_a_clerk_would_however_the_reports_arrive() {
    let customers = vec(vec(life(), 0..8), 1..4);
    check(20_000, (customers, any::<prop::sample::Index>().no_shrink()), |(customers, arrival)| {
        // Whose report comes next is drawn; the reports of an order come in their sequence.
        let mut waiting: Vec<(u32, u32, std::vec::IntoIter<Report>)> = Vec::new();
        for (key, lives) in customers.iter().enumerate() {
            for (sequence, life) in lives.iter().enumerate() {
                waiting.push((key as u32, sequence as u32, life.reports().into_iter()));
            }
        }
        let mut rng = convoy_lab::core::rng::Rng::new(arrival.index(usize::MAX) as u64);
        let mut auditor = Auditor::default();
        while !waiting.is_empty() {
            let at = rng.below(waiting.len() as u32) as usize;
            let (key, sequence, reports) = &mut waiting[at];
            match reports.next() {
                Some(Some((start, end, ended))) => {
                    let [start, end] = [start, end].map(Timestamp::from_micros);
                    auditor.attempt(*key, *sequence, start, end, ended);
                }
                Some(None) => auditor.removed(*key, *sequence),
                None => drop(waiting.swap_remove(at)),
            }
        }
        let expected: u64 = customers.iter().map(|lives| violations(lives)).sum();
        assert_eq!(auditor.violations(), expected);
    });
}

/// Reports `(sequence, start, end, ended)` of one customer and counts the violations.
fn check_reports(reports: &[(u32, u64, u64, bool)], expected: u64) {
    let mut auditor = Auditor::default();
    for &(sequence, start, end, ended) in reports {
        let [start, end] = [start, end].map(Timestamp::from_micros);
        auditor.attempt(0, sequence, start, end, ended);
    }
    assert_eq!(auditor.violations(), expected, "{reports:?}");
}

#[test]
fn an_order_ends_with_the_attempt_that_ends_it_not_with_one_that_failed_in_vain() {
    // Order 0 was completed by 1 and order 1 begun, but nobody had heard of it: it was handed
    // out again and failed, and that was heard of first.
    check_reports(&[(0, 5, 6, false), (0, 0, 1, true), (1, 1, 2, true)], 0);
}

#[test]
fn an_order_done_twice_over_ends_when_the_first_is_done() {
    check_reports(&[(0, 0, 90, true), (0, 20, 30, true), (1, 30, 40, true)], 0);
    check_reports(&[(2, 40, 50, true), (1, 0, 90, true), (1, 30, 40, true), (0, 0, 0, true)], 0);
}

/// What can happen to the books.
#[derive(Clone, Copy, Debug)]
enum Entry {
    Charge,
    Reserve,
    Complete,
    GiveBack,
}

#[test]
fn the_books_say_what_a_list_of_charges_says() {
    let entry = prop::sample::select(
        &[Entry::Charge, Entry::Reserve, Entry::Complete, Entry::GiveBack][..],
    );
    check(3_000, vec((entry, 0..200_u32, any::<bool>()), 0..300), |entries| {
        let mut ledger = Ledger::default();
        let (mut charged, mut reserved) = (BTreeSet::new(), BTreeSet::new());
        // Order `n` costs n + 1 cents and has n % 5 + 1 pieces.
        let cents = |number: u32| i64::from(number) + 1;
        let pieces = |number: u32| number % 5 + 1;
        let (mut doubled_cents, mut doubled_pieces) = (0, 0);
        let (mut doubled, mut refunds) = (0, 0);
        let (mut expected_cents, mut expected_pieces) = (0, 0);
        for (entry, number, idempotent) in entries {
            match entry {
                Entry::Charge => {
                    let expected = match (charged.insert(number), idempotent) {
                        (true, _) => Charge::Made,
                        (false, true) => Charge::Suppressed,
                        (false, false) => Charge::Doubled,
                    };
                    let charge = ledger.charge(number, cents(number) as u64, idempotent);
                    assert_eq!(charge, expected);
                    doubled += u64::from(charge == Charge::Doubled);
                    doubled_cents += if charge == Charge::Doubled { cents(number) } else { 0 };
                }
                Entry::Reserve => {
                    ledger.reserve(number, pieces(number), idempotent);
                    let again = !reserved.insert(number) && !idempotent;
                    doubled_pieces += if again { i64::from(pieces(number)) } else { 0 };
                }
                Entry::Complete => {
                    ledger.complete(cents(number) as u64, pieces(number));
                    expected_cents += cents(number);
                    expected_pieces += i64::from(pieces(number));
                }
                Entry::GiveBack => {
                    ledger.give_back(number, cents(number) as u64, pieces(number));
                    refunds += u64::from(charged.remove(&number));
                    reserved.remove(&number);
                }
            }
            assert_eq!(ledger.is_charged(number), charged.contains(&number));
        }
        let once: i64 = charged.iter().map(|number| cents(*number)).sum();
        let taken: i64 = reserved.iter().map(|number| i64::from(pieces(*number))).sum();
        assert_eq!(ledger.actual_cents, once + doubled_cents);
        assert_eq!(ledger.actual_pieces, taken + doubled_pieces);
        assert_eq!(ledger.expected_cents, expected_cents);
        assert_eq!(ledger.expected_pieces, expected_pieces);
        assert_eq!((ledger.double_charges, ledger.refunds), (doubled, refunds));
    });
}
