//! What must hold after every input, whatever happened before. For tests: it reads everything.

use super::Broker;
use crate::core::{
    lanes::NOBODY,
    orders::{Order, State},
    status::Counts,
    time::Timestamp,
};

impl Broker {
    /// Asserts that the books, the lanes, the leases and the orders' records agree.
    ///
    /// # Panics
    /// When they do not, which is an error in the broker.
    pub fn check_invariants(&self) {
        self.check_conservation();
        self.check_lanes();
        self.check_leases();
        self.check_money();
    }

    /// `accepted = ready + delayed + in flight + completed + dead-lettered + cancelled`, and the
    /// orders' records say the same as the counts.
    fn check_conservation(&self) {
        let counts = &self.counts;
        assert!(counts.conserved(), "an order was lost or made up: {counts:?}");
        let mut seen = Counts::default();
        for (_, order) in self.orders.iter() {
            match order.state {
                State::Free => {}
                State::Ready | State::Returned => seen.ready += 1,
                State::InFlight => seen.in_flight += 1,
                State::Delayed => {
                    seen.delayed += 1;
                    seen.parked += u64::from(order.due() == Some(Timestamp::MAX));
                }
                State::Completed => seen.completed += 1,
                State::Declined | State::Cancelled => seen.cancelled += 1,
                State::Dead => seen.dead_lettered += 1,
            }
        }
        assert_eq!((seen.ready, seen.in_flight), (counts.ready, counts.in_flight));
        assert_eq!((seen.delayed, seen.parked), (counts.delayed, counts.parked));
        assert_eq!(seen.delayed, self.delayed.len() as u64);
        for (due, slot) in &self.delayed {
            assert_eq!(self.orders[*slot].due(), Some(*due), "it waits for another time");
        }
        assert_eq!(seen.dead_lettered, counts.dead_lettered);
        assert!(seen.completed <= counts.completed && seen.cancelled <= counts.cancelled);
    }

    fn check_lanes(&self) {
        let ordered = self.layout.is_ordered();
        let mut waiting = 0;
        let mut out = vec![0_u32; self.lanes.len() as usize];
        let is_out = |order: &Order| {
            let waits_in_lane = order.due().is_some() && order.marks & Order::IN_LANE != 0;
            order.state == State::InFlight || waits_in_lane
        };
        for (_, order) in self.orders.iter().filter(|(_, order)| is_out(order)) {
            out[self.lane_of(order.key) as usize] += 1;
        }
        let mut held = vec![0_u32; self.consumers.len()];
        for (index, lane) in self.lanes.iter().enumerate() {
            let at = index as u32;
            let slots: Vec<u32> = self.lanes.slots(at, &self.orders).collect();
            assert_eq!(slots.len(), lane.waiting as usize, "lane {index} miscounts");
            assert_eq!(out[index], lane.in_flight, "lane {index} miscounts what is out");
            assert!(slots.iter().all(|slot| self.orders[*slot].waits()));
            if ordered {
                let number = |slot: &u32| self.orders[*slot].number;
                assert!(slots.is_sorted_by_key(number), "lane {index} is out of order");
                self.check_front(at, &slots);
                assert!(lane.in_flight == 0 || lane.holder != NOBODY);
            }
            if lane.holder != NOBODY {
                held[lane.holder as usize] += 1;
            }
            let startable = ordered && self.lanes.has_ready(at) && !lane.draining;
            let reachable = self.layout.assigned == 0 || lane.holder != NOBODY;
            let listed = self.lanes.is_listed(at);
            assert!(!(startable && reachable) || listed, "lane {index} is forgotten");
            waiting += u64::from(lane.waiting);
        }
        assert_eq!(waiting, self.counts.ready, "an order waits nowhere, or twice");
        for (consumer, held) in self.consumers.iter().zip(held) {
            assert_eq!(consumer.lanes, held, "{} miscounts its lanes", consumer.id);
        }
    }

    /// No order of an ordered lane waits to be handed out while an older one is with somebody,
    /// unless it is handed to the same consumer: so nothing out is younger than what waits.
    fn check_front(&self, lane: u32, waiting: &[u32]) {
        let Some(first) = waiting.iter().find(|slot| self.orders[**slot].state == State::Ready)
        else {
            return;
        };
        let first: &Order = &self.orders[*first];
        let out = self
            .orders
            .iter()
            .filter(|(_, order)| order.state == State::InFlight && self.lane_of(order.key) == lane);
        for (_, order) in out {
            assert!(order.number < first.number, "an order was overtaken in lane {lane}");
        }
    }

    fn check_leases(&self) {
        for (index, consumer) in self.consumers.iter().enumerate() {
            let mut in_flight = 0;
            for lease in &consumer.leases {
                let out =
                    lease.slots.iter().filter(|slot| self.orders[**slot].is_out_under(lease.id));
                let slots: Vec<u32> = out.copied().collect();
                assert_eq!(slots.len() as u32, lease.open, "lease {} miscounts", lease.id);
                assert!(lease.open > 0 && lease.deadline >= consumer.earliest_deadline);
                for slot in slots.iter().filter(|_| self.layout.is_ordered()) {
                    let lane = self.lane_of(self.orders[*slot].key);
                    let holder = self.lanes.hold(lane).map(|hold| hold.holder as usize);
                    assert_eq!(holder, Some(index), "an order is out without its lane");
                }
                in_flight += lease.open;
            }
            assert_eq!(in_flight, consumer.in_flight, "{} miscounts", consumer.id);
        }
        let all: u32 = self.consumers.iter().map(|consumer| consumer.in_flight).sum();
        assert_eq!(u64::from(all), self.counts.in_flight, "an order is out with nobody");
    }

    fn check_money(&self) {
        if self.config.idempotency && self.ledger.double_charges == 0 {
            let early = self.ledger.actual_cents - self.ledger.expected_cents;
            assert!(early >= 0, "an order completed without being charged");
        }
    }
}
