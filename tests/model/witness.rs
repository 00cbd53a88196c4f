//! The model's eyes: what the real broker hands out and says must be permitted.

use super::{Oracle, Order, Place};
use convoy_lab::core::{
    broker::{Header, Output},
    config::Ordering,
    delivery::Delivery,
    ids::WorkerId,
};

impl Oracle {
    /// Whether an output is permitted; it has taken effect from now on.
    pub fn witness(&mut self, output: &Output) {
        let index = self.position(output.worker()).expect("output to nobody");
        match output {
            Output::Gone { .. } => {
                let member = &mut self.members[index];
                assert!(member.gone && !member.departed, "it has not said goodbye");
                member.departed = true;
            }
            Output::Welcome { header, orders, .. } => {
                let member = &mut self.members[index];
                assert!(member.awaiting_welcome, "a welcome for nothing");
                assert!(header.incarnation > self.last_incarnation, "the connection is not new");
                assert_eq!((header.sequence, *orders), (0, member.standing()));
                self.last_incarnation = header.incarnation;
                member.awaiting_welcome = false;
                member.incarnation = header.incarnation;
                member.next_sent = 1;
            }
            Output::Standing { header, orders, .. } => {
                self.check_header(index, *header);
                assert_eq!(*orders, self.members[index].standing());
            }
            Output::Revoke { header, .. } | Output::Stock { header, .. } => {
                self.check_header(index, *header)
            }
            Output::Renew { header, deadline, leases, .. } => {
                self.check_header(index, *header);
                let expected = self.renewed.take();
                assert_eq!(expected, Some((output.worker(), leases.clone())));
                assert_eq!(*deadline, self.now + self.config.lease);
            }
            Output::Deliver { header, lease, deadline, items, .. } => {
                self.check_header(index, *header);
                assert_eq!(*deadline, self.now + self.config.lease);
                assert!(*lease > self.last_lease && !items.is_empty());
                self.last_lease = *lease;
                assert!(!self.is_switching(), "nothing is handed out while a switch waits");
                for item in items {
                    self.witness_delivery(index, *lease, item);
                }
                self.members[index].leases.insert(*lease, *deadline);
                assert!(self.held(output.worker()) <= self.config.prefetch, "too many are out");
            }
        }
    }

    fn check_header(&mut self, index: usize, header: Header) {
        let member = &mut self.members[index];
        assert!(!member.departed && !member.awaiting_welcome, "there is no connection");
        let expected = (member.incarnation, member.next_sent);
        assert_eq!((header.incarnation, header.sequence), expected);
        member.next_sent += 1;
    }

    /// One order is handed out: it waited, and is the first of its lane that is not with this
    /// very consumer; nothing of the lane is with anybody else or came back in this hold.
    fn witness_delivery(&mut self, index: usize, lease: u32, item: &Delivery) {
        let member = &self.members[index];
        assert!(member.takes_orders(), "{} is not to have any", member.id);
        let number = item.number as usize;
        let order = &self.orders[number];
        let lane = self.lane(order);
        assert_eq!(order.place, Place::Waiting, "order {number} does not wait");
        let ordered = if self.is_ordered() { Delivery::ORDERED } else { 0 };
        let attempt = order.deliveries + 1;
        let again = attempt > 1 && self.config.idempotency;
        let charged = again && self.books.is_charged(item.number);
        let expected = Delivery {
            amount_cents: order.draft.amount_cents,
            slot: order.id.slot,
            number: item.number,
            key: order.draft.key.0,
            sequence: order.sequence,
            lane,
            epoch: item.epoch,
            pieces: order.draft.pieces,
            sku: order.draft.sku,
            attempt,
            flags: ordered | if charged { Delivery::CHARGED } else { 0 },
            redriven: 0,
        };
        assert_eq!(*item, expected);
        if self.is_ordered() {
            self.check_turn(number, lane, item.epoch, member.id);
        } else {
            self.competed = true;
        }
        self.counts.ready -= 1;
        self.counts.in_flight += 1;
        self.counts.deliveries += 1;
        self.counts.redeliveries += u64::from(attempt > 1);
        let place = Place::Out { worker: member.id, lease, epoch: item.epoch };
        let order = &mut self.orders[number];
        (order.deliveries, order.place, order.untouched) = (attempt, place, false);
    }

    fn check_turn(&self, number: usize, lane: u32, epoch: u32, worker: WorkerId) {
        let hold = (self.layouts, lane, epoch);
        assert!(!self.broken.contains(&hold), "something came back in this hold of the lane");
        for (other, order) in self.orders.iter().enumerate() {
            if other == number || self.lane(order) != lane {
                continue;
            }
            match order.place {
                Place::Waiting => assert!(other > number, "{number} overtakes {other}"),
                Place::Out { worker: with, epoch: hold, .. } => {
                    assert!(other < number, "{other}, which is out, overtook {number}");
                    assert_eq!((with, hold), (worker, epoch), "a lane with two consumers");
                }
                _ => {}
            }
        }
    }

    /// What must hold when all outputs have been seen.
    pub fn settled(&mut self) {
        assert!(self.renewed.take().is_none_or(|(_, leases)| leases.is_empty()), "not renewed");
        assert!(self.members.iter().all(|member| !member.awaiting_welcome), "not welcomed");
        if self.is_switching() {
            return;
        }
        for member in self.members.iter().filter(|member| member.takes_orders()) {
            let hungry = self.held(member.id) * 2 <= self.config.prefetch;
            assert!(!hungry || !self.waiting().any(|number| self.is_free(number)), "it starves");
        }
    }

    /// Whether any consumer may have this order.
    fn is_free(&self, number: usize) -> bool {
        let lane = self.lane(&self.orders[number]);
        let out = |order: &Order| matches!(order.place, Place::Out { .. });
        let held = self.orders.iter().any(|order| out(order) && self.lane(order) == lane);
        match self.layout.0 {
            Ordering::Competing => true,
            Ordering::Sessions => !held,
            Ordering::Single | Ordering::Partitions => false,
        }
    }
}
