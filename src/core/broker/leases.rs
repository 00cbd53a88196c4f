//! Leases: they are renewed by heartbeats, and when they run out their orders come back.

use super::{Broker, Output, Timer, consumers::Consumer};
use crate::core::{orders::State, status::DeadReason, time::Timestamp};

impl Broker {
    /// Renews those leases of a consumer that it says it still holds.
    pub(super) fn renew(&mut self, index: usize, held: &[u32]) {
        let deadline = self.now + self.config.lease;
        let consumer = &mut self.consumers[index];
        let mut renewed = Vec::new();
        for id in held {
            if let Some(at) = consumer.lease_at(*id) {
                let lease = &mut consumer.leases[at];
                lease.deadline = lease.deadline.max(deadline);
                renewed.push(*id);
            }
        }
        consumer.find_earliest();
        // Sent even when there is nothing to renew: it shows the consumer that a frame is missing.
        let (worker, header) = (consumer.id, consumer.header());
        self.outputs.push_back(Output::Renew { worker, header, deadline, leases: renewed });
    }

    /// Lets leases run out whose time has come, and finds consumers that have fallen silent.
    pub(super) fn expire(&mut self) {
        let mut lost = false;
        while let Some((at, timer)) = self.poll_timeout().filter(|(at, _)| *at <= self.now) {
            match timer {
                Timer::Lease(worker) => {
                    let index = self.index_of(worker).expect("a timer's consumer is there");
                    self.expire_leases(index, at);
                    self.consumers[index].overdue = true;
                }
                Timer::Delay => self.wake(),
                Timer::Redrive => self.redrive_due(),
                Timer::Silence(worker) => {
                    let index = self.index_of(worker).expect("a timer's consumer is there");
                    self.consumers[index].dead = true;
                    lost = true;
                }
            }
        }
        if lost {
            self.rebalance();
        }
    }

    /// Ends those leases of a consumer that end at or before `until`; what is still out under
    /// them comes back.
    pub(super) fn expire_leases(&mut self, index: usize, until: Timestamp) {
        let mut ended = Vec::new();
        let consumer = &mut self.consumers[index];
        let mut kept = std::collections::VecDeque::with_capacity(consumer.leases.len());
        for lease in consumer.leases.drain(..) {
            if lease.deadline <= until {
                ended.push(lease);
            } else {
                kept.push_back(lease);
            }
        }
        consumer.leases = kept;
        consumer.find_earliest();
        for lease in ended {
            self.counts.leases_expired += 1;
            // From the last to the first, so that those of the competing lane, each put before
            // all others, end up in their order.
            for slot in lease.slots.iter().rev() {
                if self.orders[*slot].is_out_under(lease.id) {
                    self.consumers[index].in_flight -= 1;
                    self.come_back(*slot);
                }
            }
            self.recycle(lease.slots);
        }
    }

    /// An order in flight failed, or its lease ran out: it is delivered again, or it is dead.
    pub(super) fn come_back(&mut self, slot: u32) {
        if self.orders[slot].deliveries >= self.config.max_deliveries {
            self.give_up(slot, State::Dead, Some(DeadReason::DeliveryLimit));
        } else {
            self.put_back(slot);
        }
    }

    /// An order in flight waits again.
    pub(super) fn put_back(&mut self, slot: u32) {
        let ordered = self.layout.is_ordered();
        let index = self.lane_of(self.orders[slot].key);
        let order = &mut self.orders[slot];
        order.state = if ordered { State::Returned } else { State::Ready };
        if !self.by_age.is_empty() {
            self.came_back.insert((order.number, slot));
        }
        self.counts.in_flight -= 1;
        self.counts.ready += 1;
        if ordered {
            self.lanes.hold_mut(index).draining = true;
            self.lanes.push_returned(index, slot, &mut self.orders);
        } else {
            self.lanes.push_front(index, slot, &mut self.orders);
        }
        self.lane_lost_one(index);
    }

    /// One order fewer of a lane is out.
    pub(super) fn lane_lost_one(&mut self, index: u32) {
        let hold = self.lanes.hold_mut(index);
        hold.in_flight -= 1;
        if hold.in_flight == 0 && self.layout.is_ordered() {
            self.lane_came_home(index);
        }
    }

    /// Ends an order that no consumer ended: it is dead or cancelled, and what was charged for
    /// it is given back.
    pub(super) fn end_unworked(&mut self, slot: u32, state: State) {
        let order = self.orders[slot];
        self.ledger.give_back(order.number, order.amount_cents, order.pieces);
        self.auditor.removed(order.key, order.sequence);
        self.counts.order_violations = self.auditor.violations();
        match state {
            State::Dead => self.counts.dead_lettered += 1,
            _ => self.counts.cancelled += 1,
        }
        self.orders.end(slot, state, self.now);
    }

    /// Keeps a closed lease's list for another.
    pub(super) fn recycle(&mut self, mut slots: Vec<u32>) {
        if self.spare.len() < 64 {
            slots.clear();
            self.spare.push(slots);
        }
    }
}

impl Consumer {
    pub(super) fn find_earliest(&mut self) {
        let deadlines = self.leases.iter().map(|lease| lease.deadline);
        self.earliest_deadline = deadlines.min().unwrap_or(Timestamp::MAX);
    }
}
