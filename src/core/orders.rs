//! The orders' records, in chunks that never move.
//!
//! A record lives from acceptance until [`HISTORY`] other orders have ended after its own end;
//! then it is used again for a new order, with its generation counted up. Dead letters are
//! kept, whatever happens. At [`CAPACITY`] records no order is accepted.
//!
//! What every order needs is in 48 bytes. Its place in a list (of its lane, of the ended, of the
//! free) is one number in a table beside them, so that appending to a list does not bring the
//! record before it back into the cache. Generations are kept only of records used again.

use super::{
    ids::OrderId,
    rng::mix,
    status::{DeadReason, Outcome, Status},
    time::Timestamp,
};
use std::ops;

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
    /// Waits for its next attempt, or until somebody calls it back.
    Delayed,
    Completed,
    Declined,
    Cancelled,
    Dead,
}

/// One order. 48 bytes.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct Order {
    pub accepted_at: Timestamp,
    /// While in flight the lease it is out under; while delayed until when, after its end when
    /// that was, in microseconds. [`Order::lend`], [`Order::delay`] and [`Orders::end`] set it.
    pub stage: u64,
    pub amount_cents: u64,
    /// The how manieth accepted order of the run, from 0.
    pub number: u32,
    /// The customer.
    pub key: u32,
    /// Its number among the customer's orders, from 0.
    pub sequence: u32,
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

const _: () = assert!(size_of::<Order>() == 48);

impl Order {
    /// A consumer reported the charge, or that the stock was taken.
    pub const PAID: u8 = 1;
    pub const RESERVED: u8 = 2;
    /// While delayed it counts as out of its lane, which so stands still.
    pub const IN_LANE: u8 = 4;
    /// How often it was redriven is counted in these: up to 31 times.
    pub const REDRIVEN: u8 = 8;

    /// How far the order is, as a shopper is told.
    pub const fn status(&self) -> Status {
        match self.state {
            State::Free | State::Ready | State::Returned | State::Delayed => Status::Accepted,
            State::InFlight if self.marks & Self::RESERVED != 0 => Status::StockReserved,
            State::InFlight if self.marks & Self::PAID != 0 => Status::Paid,
            State::InFlight => Status::Processing,
            State::Completed => Status::Completed,
            State::Declined => Status::Declined,
            State::Cancelled => Status::Cancelled,
            State::Dead => Status::DeadLettered,
        }
    }

    /// Hands it out under a lease.
    pub const fn lend(&mut self, lease: u32) {
        self.state = State::InFlight;
        self.stage = lease as u64;
    }

    /// How often it was redriven, 0 … 31.
    pub const fn redriven(&self) -> u8 {
        self.marks / Self::REDRIVEN
    }

    /// Has it wait until `due`, beside its lane or in it.
    pub const fn delay(&mut self, due: Timestamp, in_lane: bool) {
        self.state = State::Delayed;
        self.stage = due.as_micros();
        self.marks &= !Self::IN_LANE;
        if in_lane {
            self.marks |= Self::IN_LANE;
        }
    }

    /// Until when it waits, while it is delayed.
    pub fn due(&self) -> Option<Timestamp> {
        (self.state == State::Delayed).then(|| Timestamp::from_micros(self.stage))
    }

    /// Whether it is out under this lease.
    pub fn is_out_under(&self, lease: u32) -> bool {
        self.state == State::InFlight && self.stage == u64::from(lease)
    }

    /// When it ended, if it has.
    pub const fn ended_at(&self) -> Option<Timestamp> {
        match self.state {
            State::Completed | State::Declined | State::Cancelled | State::Dead => {
                Some(Timestamp::from_micros(self.stage))
            }
            State::Free | State::Ready | State::Returned | State::InFlight | State::Delayed => None,
        }
    }

    /// Whether it waits for a consumer.
    pub const fn waits(&self) -> bool {
        matches!(self.state, State::Ready | State::Returned)
    }
}

/// Records, or their places in a list, of neighbouring slots.
type Chunk<T> = Box<[T; CHUNK]>;

fn chunk<T: Copy>(value: T) -> Chunk<T> {
    let values = vec![value; CHUNK].into_boxed_slice();
    values.try_into().unwrap_or_else(|_| unreachable!("it was made as long as that"))
}

/// All records.
#[derive(Clone, Debug)]
pub struct Orders {
    records: Vec<Chunk<Order>>,
    /// By slot, the slot behind it in the list that it is in.
    next: Vec<Chunk<u32>>,
    /// By slot, how many orders had the record before; those from its end on had none.
    generations: Vec<u32>,
    /// Records ever used; those from here on are untouched.
    used: usize,
    /// The records to be used again, the last freed first.
    free: u32,
    /// Ended and not dead-lettered, oldest first.
    history_head: u32,
    history_tail: u32,
    history: usize,
    /// Dead letters, oldest first.
    dead: Vec<u32>,
    /// The sum of a hash of every ended order's number and end.
    outcomes: u64,
}

impl Default for Orders {
    fn default() -> Self {
        Self {
            records: Vec::new(),
            next: Vec::new(),
            generations: Vec::new(),
            used: 0,
            free: NONE,
            history_head: NONE,
            history_tail: NONE,
            history: 0,
            dead: Vec::new(),
            outcomes: 0,
        }
    }
}

impl ops::Index<u32> for Orders {
    type Output = Order;

    fn index(&self, slot: u32) -> &Order {
        &self.records[(slot >> CHUNK_BITS) as usize][slot as usize & (CHUNK - 1)]
    }
}

impl ops::IndexMut<u32> for Orders {
    fn index_mut(&mut self, slot: u32) -> &mut Order {
        &mut self.records[(slot >> CHUNK_BITS) as usize][slot as usize & (CHUNK - 1)]
    }
}

impl Orders {
    /// Whether there is a record for one more order.
    pub const fn has_room(&self) -> bool {
        self.free != NONE || self.used < CAPACITY
    }

    /// The slot behind this one in the list that it is in; `NONE` at the list's end.
    pub fn next(&self, slot: u32) -> u32 {
        self.next[(slot >> CHUNK_BITS) as usize][slot as usize & (CHUNK - 1)]
    }

    /// Puts a slot, or `NONE`, behind this one.
    pub fn set_next(&mut self, slot: u32, next: u32) {
        self.next[(slot >> CHUNK_BITS) as usize][slot as usize & (CHUNK - 1)] = next;
    }

    /// Puts an order into a free record. It is in no list yet. Call only when
    /// [`Self::has_room`].
    pub fn insert(&mut self, order: Order) -> u32 {
        let slot = if self.free == NONE { self.touch() } else { self.reuse() };
        self[slot] = order;
        slot
    }

    /// The first record that was never used.
    fn touch(&mut self) -> u32 {
        if self.used.is_multiple_of(CHUNK) {
            self.records.push(chunk(Order::default()));
            self.next.push(chunk(NONE));
        }
        self.used += 1;
        (self.used - 1) as u32
    }

    /// The record that was freed last.
    fn reuse(&mut self) -> u32 {
        let slot = self.free;
        self.free = self.next(slot);
        self.set_next(slot, NONE);
        slot
    }

    /// Ends an order: it is remembered for a while, a dead letter until it is redriven.
    pub fn end(&mut self, slot: u32, state: State, now: Timestamp) {
        let record = &mut self[slot];
        record.state = state;
        record.stage = now.as_micros();
        let outcome = mix(u64::from(record.number) << 8 | u64::from(state as u8));
        self.outcomes = self.outcomes.wrapping_add(outcome);
        if state == State::Dead {
            self.dead.push(slot);
            return;
        }
        self.set_next(slot, NONE);
        if self.history_tail == NONE {
            self.history_head = slot;
        } else {
            self.set_next(self.history_tail, slot);
        }
        self.history_tail = slot;
        self.history += 1;
        if self.history > HISTORY {
            self.forget_oldest();
        }
    }

    /// Takes back that a dead letter ended. The list of the dead still has it until
    /// [`Self::forget_revived`].
    pub fn unend(&mut self, slot: u32) {
        let record = &self[slot];
        let outcome = mix(u64::from(record.number) << 8 | u64::from(State::Dead as u8));
        self.outcomes = self.outcomes.wrapping_sub(outcome);
    }

    /// Takes those out of the list of the dead that are not dead any more.
    pub fn forget_revived(&mut self) {
        let mut dead = std::mem::take(&mut self.dead);
        dead.retain(|slot| self[*slot].state == State::Dead);
        self.dead = dead;
    }

    /// Frees the record of the order that ended first of those remembered.
    fn forget_oldest(&mut self) {
        let slot = self.history_head;
        self.history_head = self.next(slot);
        self.history -= 1;
        self.set_next(slot, self.free);
        self.free = slot;
        self[slot].state = State::Free;
        if self.generations.len() <= slot as usize {
            self.generations.resize(slot as usize + 1, 0);
        }
        self.generations[slot as usize] += 1;
    }

    /// How many orders had this record before.
    pub fn generation(&self, slot: u32) -> u32 {
        self.generations.get(slot as usize).copied().unwrap_or(0)
    }

    /// A fingerprint of which orders ended how, in whatever sequence.
    pub const fn outcomes(&self) -> u64 {
        self.outcomes
    }

    /// All records ever used, by slot.
    pub fn records(&self) -> impl Iterator<Item = &Order> {
        self.records.iter().flat_map(|chunk| chunk.iter()).take(self.used)
    }

    /// The record of an order, while it is kept.
    pub fn find(&self, id: OrderId) -> Option<(u32, &Order)> {
        let order = self.get(id.slot)?;
        let known = order.state != State::Free && self.generation(id.slot) == id.generation;
        known.then_some((id.slot, order))
    }

    /// The record at a slot that somebody else named, if there is one.
    pub fn get(&self, slot: u32) -> Option<&Order> {
        ((slot as usize) < self.used).then(|| &self[slot])
    }

    /// The name of the order in this record.
    pub fn id(&self, slot: u32) -> OrderId {
        OrderId { slot, generation: self.generation(slot) }
    }

    /// The dead letters, oldest first.
    pub fn dead(&self) -> &[u32] {
        &self.dead
    }

    /// Every record that is in use, with its slot.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Order)> {
        let slots = (0..self.used as u32).zip(self.records());
        slots.filter(|(_, order)| order.state != State::Free)
    }

    /// What the records take, in bytes.
    pub fn memory_bytes(&self) -> usize {
        self.records.len() * CHUNK * (size_of::<Order>() + size_of::<u32>())
            + (self.generations.capacity() + self.dead.capacity()) * size_of::<u32>()
    }
}
