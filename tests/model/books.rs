//! The money and the stock of the reference model.

use convoy_lab::core::{broker::Draft, ledger::Ledger};
use std::collections::BTreeSet;

/// What was charged and taken, and what should have been.
#[derive(Clone, Debug, Default)]
pub struct Books {
    charged: BTreeSet<u32>,
    reserved: BTreeSet<u32>,
    pub expected_cents: i64,
    pub actual_cents: i64,
    pub expected_pieces: i64,
    pub actual_pieces: i64,
    pub double_charges: u64,
    refunds: u64,
}

impl Books {
    /// Whether the order is charged.
    pub fn is_charged(&self, number: u32) -> bool {
        self.charged.contains(&number)
    }

    /// A consumer charges an order; whether the gateway recognised it and did not.
    pub fn charge(&mut self, number: u32, draft: &Draft, idempotent: bool) -> bool {
        let again = !self.charged.insert(number);
        let suppressed = again && idempotent;
        self.double_charges += u64::from(again && !idempotent);
        self.actual_cents += if suppressed { 0 } else { draft.amount_cents as i64 };
        suppressed
    }

    /// A consumer takes an order's pieces.
    pub fn reserve(&mut self, number: u32, draft: &Draft, idempotent: bool) {
        let again = !self.reserved.insert(number);
        self.actual_pieces += if again && idempotent { 0 } else { i64::from(draft.pieces) };
    }

    /// An order completed.
    pub fn complete(&mut self, draft: &Draft) {
        self.expected_cents += draft.amount_cents as i64;
        self.expected_pieces += i64::from(draft.pieces);
    }

    /// An order ended otherwise.
    pub fn give_back(&mut self, number: u32, draft: &Draft) {
        if self.charged.remove(&number) {
            self.actual_cents -= draft.amount_cents as i64;
            self.refunds += 1;
        }
        if self.reserved.remove(&number) {
            self.actual_pieces -= i64::from(draft.pieces);
        }
    }

    /// Asserts that the real books say the same.
    pub fn check(&self, ledger: &Ledger) {
        let ours = [
            self.expected_cents,
            self.actual_cents,
            self.expected_pieces,
            self.actual_pieces,
            self.double_charges as i64,
            self.refunds as i64,
        ];
        let theirs = [
            ledger.expected_cents,
            ledger.actual_cents,
            ledger.expected_pieces,
            ledger.actual_pieces,
            ledger.double_charges as i64,
            ledger.refunds as i64,
        ];
        assert_eq!(ours, theirs, "the books disagree");
    }
}
