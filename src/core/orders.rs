//! The orders' records: one cache line each, in chunks that never move.
//!
//! A record lives from acceptance until [`HISTORY`] other orders have ended after its own end;
//! then it is used again for a new order, with its generation counted up. Dead letters are
//! kept, whatever happens. At [`CAPACITY`] records no order is accepted.

use super::{
    ids::OrderId,
    rng::mix,
    status::{DeadReason, Outcome, Status},
    time::Timestamp,
};
use std::{collections::VecDeque, ops};

/// No order: the end of a list.
pub const NONE: u32 = u32::MAX;

/// Orders there may be at once: waiting, in flight, dead-lettered and remembered.
pub const CAPACITY: usize = 16 * 1024 * 1024;

/// Ended orders whose records are kept.
pub const HISTORY: usize = 1024 * 1024;

const CHUNK_BITS: u32 = 14;
const CHUNK: usize = 1 << CHUNK_BITS;

/// Where an order is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum State {
    /// The record is not in use.
    #[default]
    Free,
    /// Waits in its lane.
    Ready,
    /// Came back while others of its lane are still out; waits for them.
    Returned,
    InFlight,
    Completed,
    Declined,
    Cancelled,
    Dead,
}

/// One order. 64 bytes.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, align(64))]
pub struct Order {
    pub accepted_at: Timestamp,
    /// When it ended; meaningless before.
    pub ended_at: Timestamp,
    pub amount_cents: u64,
    /// The how manieth accepted order of the run, from 0.
    pub number: u32,
    /// The customer.
    pub key: u32,
    /// Its number among the customer's orders, from 0.
    pub sequence: u32,
    /// The next in its lane.
    pub next: u32,
    /// How many orders had this record before.
    pub generation: u32,
    /// The lease it is out under, while in flight.
    pub lease: u32,
    pub pieces: u32,
    /// The first line's product.
    pub sku: u16,
    /// How often it was delivered.
    pub deliveries: u16,
    pub state: State,
    /// A set of [`Order::PAID`] and the like.
    pub marks: u8,
    pub last_outcome: Option<Outcome>,
    pub dead_reason: Option<DeadReason>,
}

const _: () = assert!(size_of::<Order>() == 64);

impl Order {
    /// A consumer reported the charge, or that the stock was taken.
    pub const PAID: u8 = 1;
    pub const RESERVED: u8 = 2;

    /// How far the order is, as a shopper is told.
    pub const fn status(&self) -> Status {
        match self.state {
            State::Free | State::Ready | State::Returned => Status::Accepted,
            State::InFlight if self.marks & Self::RESERVED != 0 => Status::StockReserved,
            State::InFlight if self.marks & Self::PAID != 0 => Status::Paid,
            State::InFlight => Status::Processing,
            State::Completed => Status::Completed,
            State::Declined => Status::Declined,
            State::Cancelled => Status::Cancelled,
            State::Dead => Status::DeadLettered,
        }
    }

    /// Whether it waits for a consumer.
    pub const fn waits(&self) -> bool {
        matches!(self.state, State::Ready | State::Returned)
    }
}

/// All records.
#[derive(Clone, Debug, Default)]
pub struct Orders {
    chunks: Vec<Box<[Order]>>,
    /// Records ever used; those from here on are untouched.
    used: usize,
    free: Vec<u32>,
    /// Ended and not dead-lettered, oldest first.
    history: VecDeque<u32>,
    /// Dead letters, oldest first.
    dead: Vec<u32>,
    /// The sum of a hash of every ended order's number and end.
    outcomes: u64,
}

impl ops::Index<u32> for Orders {
    type Output = Order;

    fn index(&self, slot: u32) -> &Order {
        &self.chunks[(slot >> CHUNK_BITS) as usize][slot as usize & (CHUNK - 1)]
    }
}

impl ops::IndexMut<u32> for Orders {
    fn index_mut(&mut self, slot: u32) -> &mut Order {
        &mut self.chunks[(slot >> CHUNK_BITS) as usize][slot as usize & (CHUNK - 1)]
    }
}

impl Orders {
    /// Whether there is a record for one more order.
    pub fn has_room(&self) -> bool {
        !self.free.is_empty() || self.used < CAPACITY
    }

    /// Puts an order into a free record, keeping that record's generation. Call only when
    /// [`Self::has_room`].
    pub fn insert(&mut self, order: Order) -> u32 {
        let slot = self.free.pop().unwrap_or_else(|| {
            if self.used.is_multiple_of(CHUNK) {
                self.chunks.push(vec![Order::default(); CHUNK].into_boxed_slice());
            }
            self.used += 1;
            (self.used - 1) as u32
        });
        let record = &mut self[slot];
        let generation = record.generation;
        *record = Order { generation, ..order };
        slot
    }

    /// Ends an order: it is remembered for a while, a dead letter until it is redriven.
    pub fn end(&mut self, slot: u32, state: State, now: Timestamp) {
        let record = &mut self[slot];
        record.state = state;
        record.ended_at = now;
        let outcome = mix(u64::from(record.number) << 8 | u64::from(state as u8));
        self.outcomes = self.outcomes.wrapping_add(outcome);
        if state == State::Dead {
            self.dead.push(slot);
            return;
        }
        self.history.push_back(slot);
        if self.history.len() > HISTORY {
            let oldest = self.history.pop_front().expect("it is longer than HISTORY");
            let record = &mut self[oldest];
            record.state = State::Free;
            record.generation += 1;
            self.free.push(oldest);
        }
    }

    /// A fingerprint of which orders ended how, in whatever sequence.
    pub const fn outcomes(&self) -> u64 {
        self.outcomes
    }

    /// All records ever used, by slot.
    pub fn records(&self) -> impl Iterator<Item = &Order> {
        self.chunks.iter().flat_map(|chunk| chunk.iter()).take(self.used)
    }

    /// The record of an order, while it is kept.
    pub fn find(&self, id: OrderId) -> Option<(u32, &Order)> {
        if id.slot as usize >= self.used {
            return None;
        }
        let order = &self[id.slot];
        let known = order.generation == id.generation && order.state != State::Free;
        known.then_some((id.slot, order))
    }

    /// The record at a slot that somebody else named, if there is one.
    pub fn get(&self, slot: u32) -> Option<&Order> {
        ((slot as usize) < self.used).then(|| &self[slot])
    }

    /// The name of the order in this record.
    pub fn id(&self, slot: u32) -> OrderId {
        OrderId { slot, generation: self[slot].generation }
    }

    /// The dead letters, oldest first.
    pub fn dead(&self) -> &[u32] {
        &self.dead
    }

    /// Every record that is in use, with its slot.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Order)> {
        (0..self.used as u32)
            .map(|slot| (slot, &self[slot]))
            .filter(|(_, order)| order.state != State::Free)
    }

    /// What the records take, in bytes.
    pub fn memory_bytes(&self) -> usize {
        self.chunks.len() * CHUNK * size_of::<Order>()
            + (self.free.capacity() + self.history.capacity() + self.dead.capacity()) * 4
    }
}
