//! Taking orders: the bounded queue, its overflow policies, and submissions sent twice.

use super::Broker;
use crate::core::{
    config::Overflow,
    ids::{KeyId, OrderId},
    keys::Family,
    orders::{NONE, Order, State},
    status::DeadReason,
    time::{Span, Timestamp},
};
use std::collections::{HashMap, VecDeque};

/// Submissions whose idempotency key is remembered.
const REMEMBERED: usize = 100_000;

/// An order as it comes in, already checked and priced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draft {
    pub key: KeyId,
    pub amount_cents: u64,
    /// The first line's product.
    pub sku: u16,
    /// Pieces in all lines.
    pub pieces: u32,
}

/// The order was refused: the queue, or the lab, is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// The submissions of the last while, by idempotency key.
#[derive(Clone, Debug, Default)]
pub(super) struct Submissions {
    by_key: HashMap<Box<str>, (OrderId, u64)>,
    oldest_first: VecDeque<Box<str>>,
}

impl Broker {
    /// The customer of that name, new or known; none when there are too many.
    pub fn customer(&mut self, name: &str) -> Option<KeyId> {
        self.keys.named(name)
    }

    /// The customer of that index in a family, new or known; none when there are too many.
    pub fn numbered_customer(&mut self, family: Family, index: u32) -> Option<KeyId> {
        self.keys.numbered(family, index)
    }

    /// Takes an order into the queue. It is handed out by the next [`Broker::handle`].
    ///
    /// # Errors
    /// [`Full`] when the queue is at its limit and the policy is to reject, or when all records
    /// are in use.
    pub fn publish(&mut self, now: Timestamp, draft: Draft) -> Result<OrderId, Full> {
        self.now = self.now.max(now);
        if self.counts.ready >= u64::from(self.config.queue_limit) {
            self.make_room()?;
        }
        if !self.orders.has_room() || self.counts.accepted >= u64::from(NONE) {
            self.counts.rejected += 1;
            return Err(Full);
        }
        let slot = self.orders.insert(Order {
            accepted_at: self.now,
            amount_cents: draft.amount_cents,
            number: self.counts.accepted as u32,
            key: draft.key.0,
            sequence: self.keys.next_sequence(draft.key),
            pieces: draft.pieces,
            sku: draft.sku,
            state: State::Ready,
            ..Order::default()
        });
        self.counts.accepted += 1;
        self.counts.ready += 1;
        let index = self.lane_of(draft.key.0);
        self.lanes.grow(index as usize + 1);
        self.lanes.push_back(index, slot, &mut self.orders);
        self.list(index);
        Ok(self.orders.id(slot))
    }

    /// The order that a submission of that key made before, with the fingerprint of what it
    /// said.
    pub fn submitted_before(&self, idempotency_key: &str) -> Option<(OrderId, u64)> {
        self.submissions.by_key.get(idempotency_key).copied()
    }

    /// Remembers which order a submission made, for the last hundred thousand keys.
    pub fn remember_submission(&mut self, idempotency_key: &str, order: OrderId, print: u64) {
        let submissions = &mut self.submissions;
        let key: Box<str> = idempotency_key.into();
        if submissions.by_key.insert(key.clone(), (order, print)).is_none() {
            submissions.oldest_first.push_back(key);
        }
        if submissions.oldest_first.len() > REMEMBERED {
            let oldest = submissions.oldest_first.pop_front().expect("it is not empty");
            submissions.by_key.remove(&oldest);
        }
    }

    /// Notes how long the lab took to answer a submission.
    pub fn note_accept(&mut self, took: Span) {
        self.stats.accept.record(took);
    }

    /// Makes room for one order in a full queue, or refuses.
    fn make_room(&mut self) -> Result<(), Full> {
        match self.config.overflow {
            Overflow::Reject => {
                self.counts.rejected += 1;
                Err(Full)
            }
            Overflow::DropOldest => {
                self.evict(State::Cancelled);
                Ok(())
            }
            Overflow::DeadLetterOldest => {
                self.evict(State::Dead);
                Ok(())
            }
        }
    }

    /// Takes the oldest waiting order out of the queue for good.
    fn evict(&mut self, state: State) {
        let slot = self.pop_oldest().expect("the queue is full, and its limit is at least 1");
        self.counts.ready -= 1;
        if state == State::Dead {
            self.orders[slot].dead_reason = Some(DeadReason::MaxLength);
        }
        self.end_unworked(slot, state);
    }

    fn pop_oldest(&mut self) -> Option<u32> {
        if self.lanes.len() == 1 {
            return self.lanes.pop_oldest(0, &self.orders);
        }
        loop {
            if self.by_age.is_empty() {
                self.by_age = self.waiting_by_age().into();
                self.came_back.clear();
            }
            // What was accepted since the list was made is younger than all that is in it.
            let listed = self.by_age.front().copied();
            let came_back = self.came_back.first().copied();
            let (number, slot) = [listed, came_back].into_iter().flatten().min()?;
            if listed == Some((number, slot)) {
                self.by_age.pop_front();
            }
            self.came_back.remove(&(number, slot));
            let order = &self.orders[slot];
            if order.number == number && order.waits() {
                let lane = self.lane_of(order.key);
                let oldest = self.lanes.pop_oldest(lane, &self.orders);
                assert_eq!(oldest, Some(slot), "the oldest of all is the oldest of its lane");
                return oldest;
            }
        }
    }

    /// All orders that wait, as number and slot, oldest first.
    pub(super) fn waiting_by_age(&self) -> Vec<(u32, u32)> {
        let lanes = 0..self.lanes.len();
        let slots = lanes.flat_map(|lane| self.lanes.slots(lane, &self.orders));
        let mut all: Vec<_> = slots.map(|slot| (self.orders[slot].number, slot)).collect();
        all.sort_unstable();
        all
    }
}
