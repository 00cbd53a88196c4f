//! Handing out: which orders go to which consumer next.
//!
//! A consumer is asked when it holds at most half of its prefetch, so that it never runs dry
//! and frames stay large. What waits is shared evenly among those that are asked. In `sessions`
//! a consumer takes lanes that nobody holds first, each for a few orders, and goes on with its
//! own only when there are none: so no customer waits while another's lane is emptied.

use super::{Broker, Output, consumers::Lease};
use crate::core::{config::Ordering, delivery::Delivery, lanes::NOBODY};

/// Orders taken from a lane before the next lane's turn.
const TURN: u32 = 16;

/// Entries of a consumer's list of lanes with work before those out of date are removed.
const TIDY: usize = 8 * 1024;

impl Broker {
    /// Hands out what can be handed out.
    pub(super) fn dispatch(&mut self) {
        if self.is_switching() {
            if self.counts.in_flight > 0 {
                return;
            }
            self.lay_out();
        }
        if self.counts.ready == 0 {
            return;
        }
        let prefetch = self.config.prefetch;
        let asked = |broker: &Self, index: usize| {
            let consumer = &broker.consumers[index];
            consumer.takes_orders() && consumer.in_flight * 2 <= prefetch
        };
        let count = self.consumers.len();
        let hungry = (0..count).filter(|index| asked(self, *index)).count() as u64;
        if hungry == 0 {
            return;
        }
        let share = self.counts.ready.div_ceil(hungry).min(u64::from(prefetch)) as u32;
        self.turn = (self.turn + 1) % count;
        for step in 0..count {
            let index = (self.turn + step) % count;
            if asked(self, index) {
                let room = prefetch - self.consumers[index].in_flight;
                self.deliver(index, share.min(room));
            }
        }
    }

    /// Hands up to `most` orders to a consumer.
    fn deliver(&mut self, index: usize, most: u32) {
        let mut items = Vec::new();
        let lease = self.next_lease;
        let mut slots = self.spare.pop().unwrap_or_default();
        if self.layout.ordering == Ordering::Competing {
            self.take(0, most, lease, &mut slots, &mut items);
        } else {
            self.take_ordered(index, most, lease, &mut slots, &mut items);
        }
        if items.is_empty() {
            self.spare.push(slots);
            return;
        }
        self.next_lease = self.next_lease.wrapping_add(1).max(1);
        let deadline = self.now + self.config.lease;
        let consumer = &mut self.consumers[index];
        let open = items.len() as u32;
        consumer.in_flight += open;
        consumer.earliest_deadline = consumer.earliest_deadline.min(deadline);
        consumer.leases.push_back(Lease { id: lease, deadline, slots, open });
        let (worker, header) = (consumer.id, consumer.header());
        self.outputs.push_back(Output::Deliver { worker, header, lease, deadline, items });
    }

    fn take_ordered(
        &mut self,
        index: usize,
        most: u32,
        lease: u32,
        slots: &mut Vec<u32>,
        items: &mut Vec<Delivery>,
    ) {
        while (items.len() as u32) < most {
            let Some(lane) = self.lanes.pop_free() else { break };
            if self.lanes.has_ready(lane) {
                self.hold(lane, index as u16);
                let turn = TURN.min(most - items.len() as u32);
                self.take(lane, turn, lease, slots, items);
                self.list(lane);
            }
        }
        while (items.len() as u32) < most {
            let Some((lane, epoch)) = self.consumers[index].with_work.pop_front() else { break };
            if !self.is_current(index, lane, epoch) {
                continue;
            }
            self.lanes.hold_mut(lane).listed = false;
            let alone = self.consumers[index].with_work.is_empty();
            let room = most - items.len() as u32;
            self.take(lane, if alone { room } else { TURN.min(room) }, lease, slots, items);
            self.list(lane);
        }
        if self.consumers[index].with_work.len() > TIDY {
            let mut entries = std::mem::take(&mut self.consumers[index].with_work);
            entries.retain(|(lane, epoch)| self.is_current(index, *lane, *epoch));
            self.consumers[index].with_work = entries;
        }
    }

    /// Whether an entry of a consumer's list of lanes with work still holds.
    fn is_current(&self, index: usize, lane: u32, epoch: u32) -> bool {
        self.lanes.hold(lane).is_some_and(|hold| {
            hold.listed && hold.holder == index as u16 && hold.epoch == epoch && !hold.draining
        })
    }

    /// Takes up to `most` orders off the front of a lane.
    fn take(
        &mut self,
        lane: u32,
        most: u32,
        lease: u32,
        slots: &mut Vec<u32>,
        items: &mut Vec<Delivery>,
    ) {
        let ordered = if self.layout.is_ordered() { Delivery::ORDERED } else { 0 };
        let epoch = self.lanes.hold_mut(lane).epoch;
        let mut taken = 0;
        while taken < most {
            let Some(slot) = self.lanes.pop_front(lane, &self.orders) else { break };
            let order = &mut self.orders[slot];
            order.lend(lease);
            order.deliveries += 1;
            if !self.came_back.is_empty() {
                self.came_back.remove(&(order.number, slot));
            }
            let mut flags = ordered;
            if order.deliveries > 1 {
                self.counts.redeliveries += 1;
                if self.config.idempotency && self.ledger.is_charged(order.number) {
                    flags |= Delivery::CHARGED;
                }
            }
            items.push(Delivery {
                amount_cents: order.amount_cents,
                slot,
                number: order.number,
                key: order.key,
                sequence: order.sequence,
                lane,
                epoch,
                pieces: order.pieces,
                sku: order.sku,
                attempt: order.deliveries,
                flags,
                redriven: order.redriven().into(),
            });
            slots.push(slot);
            taken += 1;
        }
        let hold = self.lanes.hold_mut(lane);
        debug_assert!(ordered == 0 || hold.holder != NOBODY);
        hold.in_flight += taken;
        self.counts.deliveries += u64::from(taken);
        self.counts.ready -= u64::from(taken);
        self.counts.in_flight += u64::from(taken);
    }
}
