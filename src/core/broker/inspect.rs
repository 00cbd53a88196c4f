//! Looking in: figures, orders, lanes and the consumers' records. Changes nothing.

use super::{Broker, calls::Calls};
use crate::core::{
    config::Ordering,
    delivery::Record,
    ids::{KeyId, OrderId, WorkerId},
    keys::Keys,
    lanes::LaneView,
    ledger::Ledger,
    orders::{Order, State},
    stats::Stats,
    status::Counts,
    time::Timestamp,
};

/// Consumers' records kept. At the bound the oldest is forgotten.
const TRACED: usize = 256 * 1024;

/// A consumer's record, and whose it is.
#[derive(Clone, Copy, Debug)]
pub struct Traced {
    pub worker: WorkerId,
    pub record: Record,
}

/// The last of the consumers' records: a ring, as soon as there are as many as are kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Trace {
    records: Vec<Traced>,
    /// The oldest, when the ring is full.
    oldest: usize,
}

impl Trace {
    pub fn push(&mut self, worker: WorkerId, record: &Record) {
        let traced = Traced { worker, record: *record };
        if self.records.len() < TRACED {
            self.records.push(traced);
            return;
        }
        self.records[self.oldest] = traced;
        self.oldest = (self.oldest + 1) % TRACED;
    }

    /// The newest first.
    fn iter(&self) -> impl Iterator<Item = &Traced> {
        let (newer, older) = self.records.split_at(self.oldest);
        newer.iter().rev().chain(older.iter().rev())
    }
}

/// What a lane is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LaneName {
    /// All orders.
    Queue,
    Partition(u32),
    Customer(KeyId),
}

impl Broker {
    /// The latest time seen.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Orders by where they are, and what happened so far.
    pub const fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The books.
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Latencies and rates.
    pub const fn stats(&self) -> &Stats {
        &self.stats
    }

    /// The customers.
    pub const fn keys(&self) -> &Keys {
        &self.keys
    }

    /// An order, while its record is kept.
    pub fn order(&self, id: OrderId) -> Option<&Order> {
        self.orders.find(id).map(|(_, order)| order)
    }

    /// The name of the order that a record speaks of, while its own record is kept.
    pub fn order_of(&self, record: &Record) -> Option<OrderId> {
        let order = self.orders.get(record.slot)?;
        (order.number == record.number).then(|| self.orders.id(record.slot))
    }

    /// The orders whose records are kept.
    pub fn orders(&self) -> impl Iterator<Item = &Order> {
        self.orders.records().filter(|order| order.state != State::Free)
    }

    /// The dead letters, oldest first.
    pub fn dead_letters(&self) -> impl ExactSizeIterator<Item = (OrderId, &Order)> {
        let dead = self.orders.dead().iter();
        dead.map(|slot| (self.orders.id(*slot), &self.orders[*slot]))
    }

    /// What the consumers reported of their work, newest first: attempts that ended, and of long
    /// ones the steps.
    pub fn trace(&self) -> impl Iterator<Item = &Traced> {
        self.trace.iter()
    }

    /// The services' calls, added up and singly.
    pub const fn calls(&self) -> &Calls {
        &self.calls
    }

    /// The lanes, by index.
    pub fn lanes(&self) -> impl ExactSizeIterator<Item = LaneView> {
        self.lanes.iter()
    }

    /// What the lane of that index is.
    pub const fn lane_name(&self, index: u32) -> LaneName {
        match self.layout.ordering {
            Ordering::Single | Ordering::Competing => LaneName::Queue,
            Ordering::Partitions => LaneName::Partition(index),
            Ordering::Sessions => LaneName::Customer(KeyId(index)),
        }
    }

    /// What the tables take, in bytes.
    pub fn memory_bytes(&self) -> u64 {
        let tables = self.orders.memory_bytes()
            + self.keys.memory_bytes()
            + self.lanes.memory_bytes()
            + self.ledger.memory_bytes()
            + self.auditor.memory_bytes()
            + self.trace.records.capacity() * size_of::<Traced>()
            + self.by_age.capacity() * 8
            + self.calls.memory_bytes()
            + (self.came_back.len() + self.delayed.len()) * 16;
        tables as u64
    }
}
