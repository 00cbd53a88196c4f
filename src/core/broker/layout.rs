//! The lanes' layout: which lane an order waits in, who may take from it, and the switch from
//! one ordering to another.
//!
//! A switch waits until nothing is in flight, so that no order of a customer is worked on in
//! the new layout while an earlier one is out in the old. Partitions are assigned to the
//! members so that they are spread evenly and few of them move; one that moves is drained first.

use super::Broker;
use crate::core::{
    config::{Config, Ordering},
    lanes::{Lanes, NOBODY},
    orders::State,
    partitioner::partition_of_hash,
};

/// How the lanes are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub ordering: Ordering,
    /// Lanes with an assigned holder: the partitions, or one; 0 where lanes are free for all.
    pub assigned: u32,
}

impl Layout {
    pub const fn of(config: &Config) -> Self {
        let ordering = config.ordering;
        let assigned = match ordering {
            Ordering::Single => 1,
            Ordering::Partitions => config.partitions,
            Ordering::Competing | Ordering::Sessions => 0,
        };
        Self { ordering, assigned }
    }

    /// Whether a lane's orders are handed out one consumer at a time.
    pub const fn is_ordered(&self) -> bool {
        !matches!(self.ordering, Ordering::Competing)
    }
}

impl Broker {
    /// The ordering in force. Differs from the configured one while a switch waits.
    pub const fn ordering(&self) -> Ordering {
        self.layout.ordering
    }

    /// Whether a switch of the layout waits for what is in flight.
    pub fn is_switching(&self) -> bool {
        self.layout != Layout::of(&self.config)
    }

    /// The lane that a customer's orders wait in.
    pub(super) fn lane_of(&self, key: u32) -> u32 {
        match self.layout.ordering {
            Ordering::Sessions => key,
            Ordering::Single | Ordering::Competing => 0,
            Ordering::Partitions => {
                let hash = self.keys.hash(crate::core::ids::KeyId(key));
                partition_of_hash(hash, self.layout.assigned)
            }
        }
    }

    /// Lays the lanes out as configured, with every waiting order in its new lane, by age.
    pub(super) fn lay_out(&mut self) {
        assert_eq!(self.counts.in_flight, 0, "a layout changes when nothing is in flight");
        let waiting = self.waiting_by_age();
        self.layout = Layout::of(&self.config);
        self.lanes = Lanes::default();
        let count = match self.layout.ordering {
            Ordering::Sessions => self.keys.len(),
            _ => self.layout.assigned.max(1) as usize,
        };
        self.lanes.grow(count);
        if self.layout.ordering == Ordering::Competing {
            self.lanes.begin_hold(0, NOBODY);
        }
        for consumer in &mut self.consumers {
            consumer.with_work.clear();
            consumer.lanes = 0;
        }
        self.rebalance();
        for (_, slot) in waiting {
            let lane = self.lane_of(self.orders[slot].key);
            self.orders[slot].state = State::Ready;
            self.lanes.push_back(lane, slot, &mut self.orders);
            self.list(lane);
        }
    }

    /// Makes it known that a lane has work: to its holder, or to all.
    pub(super) fn list(&mut self, index: u32) {
        if !self.layout.is_ordered() || !self.lanes.has_ready(index) {
            return;
        }
        if self.lanes.hold(index).is_some() {
            let hold = self.lanes.hold_mut(index);
            if !hold.listed && !hold.draining {
                hold.listed = true;
                let entry = (index, hold.epoch);
                self.consumers[hold.holder as usize].with_work.push_back(entry);
            }
        } else if self.layout.assigned == 0 {
            self.lanes.list_free(index);
        }
    }

    /// Gives a lane to a consumer.
    pub(super) fn hold(&mut self, index: u32, holder: u16) {
        self.lanes.begin_hold(index, holder);
        self.consumers[holder as usize].lanes += 1;
    }

    /// Takes a lane, of which nothing is out, from its holder. Entries of it in the holder's
    /// list are out of date from now on.
    pub(super) fn let_go(&mut self, index: u32) {
        if let Some(holder) = self.lanes.end_hold(index) {
            self.consumers[holder as usize].lanes -= 1;
        }
    }

    /// Nothing of a lane is out any more: what came back takes its place, and the lane goes
    /// back to the queue, or on to whom it is assigned.
    pub(super) fn lane_came_home(&mut self, index: u32) {
        let drained = self.lanes.hold_mut(index).draining;
        if drained {
            self.lanes.restore_returned(index, &mut self.orders);
        }
        if self.layout.assigned == 0 {
            self.let_go(index);
            self.list(index);
        } else {
            self.list(index);
            if drained {
                self.rebalance();
            }
        }
    }

    /// Assigns the lanes that have assigned holders: as evenly as can be, moving few.
    pub(super) fn rebalance(&mut self) {
        if self.layout.assigned == 0 || self.lanes.len() < self.layout.assigned {
            return;
        }
        let members = self.consumers.iter().filter(|consumer| consumer.is_member()).count();
        if members == 0 {
            return;
        }
        let fewest = self.layout.assigned / members as u32;
        let with_more = self.layout.assigned % members as u32;
        // How many lanes each member may keep: `with_more` members one more than `fewest`.
        let mut kept = vec![0_u32; self.consumers.len()];
        let mut with_more_left = with_more;
        let mut to_assign = Vec::new();
        for index in 0..self.layout.assigned {
            let holder = self.lanes.hold(index).map(|hold| hold.holder);
            let keeps = holder.is_some_and(|holder| {
                let count = &mut kept[holder as usize];
                let extra = *count == fewest && with_more_left > 0;
                let allowed =
                    self.consumers[holder as usize].is_member() && (*count < fewest || extra);
                *count += u32::from(allowed);
                with_more_left -= u32::from(allowed && extra);
                allowed
            });
            if !keeps {
                to_assign.push(index);
            }
        }
        for index in to_assign {
            if self.lanes.in_flight(index) > 0 {
                self.drain(index);
                continue;
            }
            let poorest = (0..self.consumers.len())
                .filter(|at| self.consumers[*at].is_member())
                .min_by_key(|at| (kept[*at], *at))
                .expect("there is a member");
            kept[poorest] += 1;
            self.let_go(index);
            self.hold(index, poorest as u16);
            self.list(index);
        }
    }

    /// Stops handing out from a lane until what is out has come back.
    fn drain(&mut self, index: u32) {
        let hold = self.lanes.hold_mut(index);
        if !hold.draining {
            hold.draining = true;
            let holder = hold.holder as usize;
            self.revoke(holder);
        }
    }
}
