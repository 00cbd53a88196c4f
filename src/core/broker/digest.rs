//! Fingerprints of the state: brokers that lived the same life have the same ones.

use super::Broker;
use crate::core::rng::mix;

impl Broker {
    /// A fingerprint of how the orders ended: of every ended order its number and its end,
    /// whatever the time and the sequence they ended in. So a live run and its twin agree on it.
    pub const fn outcomes(&self) -> u64 {
        self.orders.outcomes()
    }

    /// A fingerprint of the books: constant time.
    pub fn pulse(&self) -> u64 {
        let (counts, ledger) = (&self.counts, &self.ledger);
        let figures = [
            self.now.as_micros(),
            counts.accepted,
            counts.rejected,
            counts.ready,
            counts.delayed,
            counts.parked,
            counts.in_flight,
            counts.completed,
            counts.dead_lettered,
            counts.cancelled,
            counts.deliveries,
            counts.redeliveries,
            counts.order_violations,
            counts.stale_acks,
            counts.leases_expired,
            ledger.expected_cents as u64,
            ledger.actual_cents as u64,
            ledger.expected_pieces as u64,
            ledger.actual_pieces as u64,
            ledger.double_charges,
            ledger.refunds,
            u64::from(self.next_lease),
            u64::from(self.next_incarnation),
            self.outcomes(),
            self.rows.iter().sum(),
        ];
        figures.into_iter().fold(0, |hash, figure| mix(hash ^ figure))
    }

    /// A fingerprint of everything: the books, every order's record, every lane. Takes time in
    /// proportion to the records.
    pub fn digest(&self) -> u64 {
        let mut hash = self.pulse();
        let mut note = |word: u64| hash = mix(hash ^ word);
        let pair = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
        for (slot, order) in (0..).zip(self.orders.records()) {
            note(order.accepted_at.as_micros());
            note(order.stage);
            note(order.amount_cents);
            note(pair(order.number, order.key));
            note(pair(order.sequence, self.orders.generation(slot)));
            note(u64::from(order.pieces));
            let state = u32::from(order.state as u8) << 8 | u32::from(order.marks);
            note(pair(state, u32::from(order.sku) << 16 | u32::from(order.deliveries)));
        }
        for lane in self.lanes.iter() {
            note(pair(lane.waiting, lane.in_flight));
            note(pair(lane.epoch, u32::from(lane.holder)));
        }
        hash
    }
}
