//! The lanes that orders wait in: first in, first out, linked through the orders' records.
//!
//! A lane is a customer (`sessions`), a partition, or the whole queue (`single`, `competing`).
//! All lanes but the competing one are *ordered*: held by one consumer at a time, and an order
//! that comes back goes before those behind it. It waits in the lane's *returned* list until
//! nothing of the lane is out any more, so that what was handed out behind it comes back too.

use super::orders::{NONE, Orders, State};

/// No consumer.
pub const NOBODY: u16 = u16::MAX;

/// One lane. A list without an order has `NONE` as head and tail.
#[derive(Clone, Copy, Debug)]
pub struct Lane {
    head: u32,
    tail: u32,
    returned_head: u32,
    returned_tail: u32,
    /// Orders waiting, the returned ones included.
    pub waiting: u32,
    /// Orders handed out.
    pub in_flight: u32,
    /// Which hold of the lane this is; counts up when what was out has come back.
    pub epoch: u32,
    /// The next lane in the queue of free lanes.
    next_free: u32,
    /// The index of the consumer that holds it.
    pub holder: u16,
    /// Stands in the queue of free lanes, or in its holder's list of lanes with work.
    pub listed: bool,
    /// Nothing more is handed out until what is out has come back.
    pub draining: bool,
}

impl Default for Lane {
    fn default() -> Self {
        Self {
            head: NONE,
            tail: NONE,
            returned_head: NONE,
            returned_tail: NONE,
            waiting: 0,
            in_flight: 0,
            epoch: 0,
            next_free: NONE,
            holder: NOBODY,
            listed: false,
            draining: false,
        }
    }
}

impl Lane {
    /// The first order that can be handed out.
    pub const fn head(&self) -> Option<u32> {
        if self.head == NONE { None } else { Some(self.head) }
    }

    /// Adds a new order at the end.
    pub fn push_back(&mut self, slot: u32, orders: &mut Orders) {
        orders[slot].next = NONE;
        if self.tail == NONE {
            self.head = slot;
        } else {
            orders[self.tail].next = slot;
        }
        self.tail = slot;
        self.waiting += 1;
    }

    /// Puts an order before all others.
    pub fn push_front(&mut self, slot: u32, orders: &mut Orders) {
        orders[slot].next = self.head;
        if self.tail == NONE {
            self.tail = slot;
        }
        self.head = slot;
        self.waiting += 1;
    }

    /// Takes the first order that can be handed out.
    pub fn pop_front(&mut self, orders: &Orders) -> Option<u32> {
        let slot = self.head()?;
        self.head = orders[slot].next;
        if self.head == NONE {
            self.tail = NONE;
        }
        self.waiting -= 1;
        Some(slot)
    }

    /// Adds an order that came back, in its place by number among the returned. They come back
    /// in order but for expired leases, so that the place is nearly always the end.
    pub fn push_returned(&mut self, slot: u32, orders: &mut Orders) {
        let number = orders[slot].number;
        self.waiting += 1;
        if self.returned_tail == NONE || orders[self.returned_tail].number < number {
            orders[slot].next = NONE;
            if self.returned_tail == NONE {
                self.returned_head = slot;
            } else {
                orders[self.returned_tail].next = slot;
            }
            self.returned_tail = slot;
            return;
        }
        let mut before = NONE;
        let mut behind = self.returned_head;
        while behind != NONE && orders[behind].number < number {
            before = behind;
            behind = orders[behind].next;
        }
        orders[slot].next = behind;
        if before == NONE {
            self.returned_head = slot;
        } else {
            orders[before].next = slot;
        }
    }

    /// Puts the returned orders before the waiting ones, now that nothing is out, and begins a
    /// new epoch.
    pub fn restore_returned(&mut self, orders: &mut Orders) {
        let mut slot = self.returned_head;
        while slot != NONE {
            orders[slot].state = State::Ready;
            slot = orders[slot].next;
        }
        if self.returned_tail != NONE {
            orders[self.returned_tail].next = self.head;
            if self.tail == NONE {
                self.tail = self.returned_tail;
            }
            self.head = self.returned_head;
            (self.returned_head, self.returned_tail) = (NONE, NONE);
        }
        self.epoch = self.epoch.wrapping_add(1);
        self.draining = false;
    }

    /// Takes out the oldest order that waits, returned or not.
    pub fn pop_oldest(&mut self, orders: &Orders) -> Option<u32> {
        if self.returned_head == NONE {
            return self.pop_front(orders);
        }
        let slot = self.returned_head;
        self.returned_head = orders[slot].next;
        if self.returned_head == NONE {
            self.returned_tail = NONE;
        }
        self.waiting -= 1;
        Some(slot)
    }

    /// All orders that wait, the returned first.
    pub fn slots(&self, orders: &Orders) -> impl Iterator<Item = u32> {
        let follow = |first: u32| {
            let some = |slot: u32| (slot != NONE).then_some(slot);
            std::iter::successors(some(first), move |slot| some(orders[*slot].next))
        };
        follow(self.returned_head).chain(follow(self.head))
    }
}

/// All lanes, and those of them that are free and have work, in the order they became so.
#[derive(Clone, Debug)]
pub struct Lanes {
    lanes: Vec<Lane>,
    first_free: u32,
    last_free: u32,
}

impl Default for Lanes {
    fn default() -> Self {
        Self { lanes: Vec::new(), first_free: NONE, last_free: NONE }
    }
}

impl std::ops::Index<u32> for Lanes {
    type Output = Lane;

    fn index(&self, index: u32) -> &Lane {
        &self.lanes[index as usize]
    }
}

impl std::ops::IndexMut<u32> for Lanes {
    fn index_mut(&mut self, index: u32) -> &mut Lane {
        &mut self.lanes[index as usize]
    }
}

impl Lanes {
    /// Makes sure that there are at least `count` lanes.
    pub fn grow(&mut self, count: usize) {
        if self.lanes.len() < count {
            self.lanes.resize(count, Lane::default());
        }
    }

    /// Every lane, by index.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Lane> {
        self.lanes.iter()
    }

    /// How many lanes there are.
    pub fn len(&self) -> u32 {
        self.lanes.len() as u32
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lanes.is_empty()
    }

    /// Puts a free lane with work at the end of the queue, unless it is listed.
    pub fn list_free(&mut self, index: u32) {
        let lane = &mut self[index];
        debug_assert!(lane.holder == NOBODY && lane.in_flight == 0);
        if lane.listed || lane.head == NONE {
            return;
        }
        lane.listed = true;
        lane.next_free = NONE;
        if self.last_free == NONE {
            self.first_free = index;
        } else {
            let last = self.last_free;
            self[last].next_free = index;
        }
        self.last_free = index;
    }

    /// Takes the lane that has been free the longest. It may have lost its work since.
    pub fn pop_free(&mut self) -> Option<u32> {
        let index = self.first_free;
        if index == NONE {
            return None;
        }
        self.first_free = self[index].next_free;
        if self.first_free == NONE {
            self.last_free = NONE;
        }
        self[index].listed = false;
        Some(index)
    }

    /// Whether a free lane may have work.
    pub const fn has_free(&self) -> bool {
        self.first_free != NONE
    }

    /// What the table takes, in bytes.
    pub fn memory_bytes(&self) -> usize {
        self.lanes.capacity() * size_of::<Lane>()
    }
}
