//! Waiting between attempts: in the lane, beside it, or until somebody calls the order back.
//!
//! An order that waits *in its lane* counts as out of it, so that the lane stands still and its
//! order is kept. One that waits *beside* it has left it; when its time has come it goes back to
//! its place by number, before everything that came later and has not been handed out yet.

use super::Broker;
use crate::core::{
    config::{Fallback, WaitPlace},
    delivery::Record,
    orders::{Order, State},
    status::{DeadReason, Outcome},
    time::Timestamp,
};

impl Broker {
    /// An order's attempt failed: it waits for the next, or there is none.
    pub(super) fn failed(&mut self, slot: u32, record: &Record, outcome: Outcome) {
        if record.says(Record::GAVE_UP) {
            let reason = match outcome {
                Outcome::CircuitOpen => DeadReason::CircuitOpen,
                _ if record.says(Record::OVER_BUDGET) => DeadReason::BudgetExhausted,
                _ => DeadReason::RetriesExhausted,
            };
            self.fall_back(slot, reason);
            return;
        }
        let Some(wait) = record.wait() else {
            self.come_back(slot);
            return;
        };
        let due = Timestamp::from_micros(record.finished_micros) + wait;
        match self.config.wait {
            WaitPlace::Redeliver | WaitPlace::Consumer => self.come_back(slot),
            WaitPlace::Lane => self.delay(slot, due, true),
            WaitPlace::Delayed => self.delay(slot, due, false),
            WaitPlace::Parking => self.delay(slot, Timestamp::MAX, false),
        }
    }

    /// The retry policy gave an order in flight up.
    fn fall_back(&mut self, slot: u32, reason: DeadReason) {
        match self.config.fallback {
            Fallback::DeadLetter => self.give_up(slot, State::Dead, Some(reason)),
            Fallback::Cancel => self.give_up(slot, State::Cancelled, None),
            Fallback::Park => self.delay(slot, Timestamp::MAX, false),
            Fallback::Block => self.delay(slot, Timestamp::MAX, true),
        }
    }

    /// Ends an order in flight that will not be completed.
    pub(super) fn give_up(&mut self, slot: u32, state: State, reason: Option<DeadReason>) {
        self.counts.in_flight -= 1;
        self.orders[slot].dead_reason = reason;
        let lane = self.lane_of(self.orders[slot].key);
        self.end_unworked(slot, state);
        self.lane_lost_one(lane);
    }

    /// Has an order in flight wait until `due`; until it is called back when that is
    /// [`Timestamp::MAX`]. While a switch of the ordering waits for the lanes, none of them stands
    /// still: the order goes back to its lane at once.
    fn delay(&mut self, slot: u32, due: Timestamp, in_lane: bool) {
        let in_lane = in_lane && self.layout.is_ordered();
        if in_lane && self.is_switching() {
            self.put_back(slot);
            return;
        }
        self.orders[slot].delay(due, in_lane);
        self.delayed.insert((due, slot));
        self.counts.in_flight -= 1;
        self.counts.delayed += 1;
        self.counts.parked += u64::from(due == Timestamp::MAX);
        let lane = self.lane_of(self.orders[slot].key);
        if in_lane {
            self.lanes.hold_mut(lane).draining = true;
        } else {
            self.lane_lost_one(lane);
        }
    }

    /// Takes back the orders whose wait is over.
    pub(super) fn wake(&mut self) {
        let mut over = Vec::new();
        while let Some(&(due, slot)) = self.delayed.first() {
            if due > self.now {
                break;
            }
            self.delayed.pop_first();
            over.push(self.take_from_delayed(due, slot));
        }
        self.readmit(over);
    }

    /// Calls back every order that waits for it, see [`WaitPlace::Parking`] and [`Fallback`].
    pub(super) fn unpark(&mut self) {
        let parked = self.delayed.split_off(&(Timestamp::MAX, 0));
        let slots: Vec<u32> =
            parked.into_iter().map(|(due, slot)| self.take_from_delayed(due, slot)).collect();
        self.readmit(slots);
    }

    /// Ends the waits of those that wait in their lanes, so that these can be laid out anew.
    pub(super) fn end_lane_waits(&mut self) {
        let in_lane =
            |(_, slot): &&(Timestamp, u32)| self.orders[*slot].marks & Order::IN_LANE != 0;
        let waits: Vec<_> = self.delayed.iter().filter(in_lane).copied().collect();
        let mut slots = Vec::with_capacity(waits.len());
        for (due, slot) in waits {
            self.delayed.remove(&(due, slot));
            slots.push(self.take_from_delayed(due, slot));
        }
        self.readmit(slots);
    }

    fn take_from_delayed(&mut self, due: Timestamp, slot: u32) -> u32 {
        self.counts.delayed -= 1;
        self.counts.parked -= u64::from(due == Timestamp::MAX);
        slot
    }

    /// Puts orders that are nowhere, or out of their lane by waiting in it, to those that are
    /// ready, each in its place by number. Takes one walk of each lane, up to the last place.
    pub(super) fn readmit(&mut self, mut slots: Vec<u32>) {
        let place = |slot: &u32| {
            let order = &self.orders[*slot];
            (self.lane_of(order.key), order.number)
        };
        slots.sort_unstable_by_key(place);
        self.counts.ready += slots.len() as u64;
        if !self.by_age.is_empty() {
            self.came_back.extend(slots.iter().map(|slot| (self.orders[*slot].number, *slot)));
        }
        let mut rest = &slots[..];
        while let Some(first) = rest.first() {
            let lane = self.lane_of(self.orders[*first].key);
            let of_lane = |slot: &u32| self.lane_of(self.orders[*slot].key) == lane;
            let (these, others) = rest.split_at(rest.partition_point(of_lane));
            rest = others;
            self.readmit_to(lane, these);
        }
    }

    /// [`Self::readmit`] for orders of one lane, by rising number.
    fn readmit_to(&mut self, lane: u32, slots: &[u32]) {
        if !self.layout.is_ordered() {
            for slot in slots.iter().rev() {
                self.orders[*slot].state = State::Ready;
                self.lanes.push_front(lane, *slot, &mut self.orders);
            }
            return;
        }
        // Before what is ready, but perhaps behind what is out: that has to come home first.
        let front = self.lanes.first(lane).map(|slot| self.orders[slot].number);
        let is_behind = |orders: &crate::core::orders::Orders, slot: u32| {
            front.is_some_and(|front| front < orders[slot].number)
        };
        let mut homecomers = 0;
        let mut ready = Vec::new();
        for slot in slots {
            let order = &mut self.orders[*slot];
            let waited_in_lane = order.marks & Order::IN_LANE != 0;
            order.marks &= !Order::IN_LANE;
            homecomers += u32::from(waited_in_lane);
            let is_busy = self.lanes.in_flight(lane) > 0;
            if waited_in_lane || is_busy && !is_behind(&self.orders, *slot) {
                self.orders[*slot].state = State::Returned;
                self.lanes.hold_mut(lane).draining = true;
                self.lanes.push_returned(lane, *slot, &mut self.orders);
            } else {
                self.orders[*slot].state = State::Ready;
                ready.push(*slot);
            }
        }
        self.lanes.merge(lane, &ready, &mut self.orders);
        self.list(lane);
        for _ in 0..homecomers {
            self.lane_lost_one(lane);
        }
    }
}
