//! The lanes that orders wait in: first in, first out, linked through the orders' table.
//!
//! A lane is a customer (`sessions`), a partition, or the whole queue (`single`, `competing`).
//! All lanes but the competing one are *ordered*: held by one consumer at a time, and an order
//! that comes back goes before those behind it. It waits in the lane's *returned* list until
//! nothing of the lane is out any more, so that what was handed out behind it comes back too.
//!
//! There may be millions of lanes, but only a few thousand of them are at work. What is known of
//! these only, the [`Hold`], is kept apart: a lane that nobody holds takes 16 bytes.

use super::orders::{NONE, Orders, State};

/// No consumer.
pub const NOBODY: u16 = u16::MAX;

/// The lane's link is the index of its hold; else, the next lane in the queue of free lanes.
const HELD: u32 = 1 << 31;

/// It stands in the queue of free lanes.
const LISTED: u32 = 1 << 30;

/// No lane behind it.
const LAST: u32 = LISTED - 1;

/// One lane. A list without an order has `NONE` as head and tail.
#[derive(Clone, Copy, Debug)]
struct Lane {
    head: u32,
    tail: u32,
    /// Orders waiting, the returned ones included.
    waiting: u32,
    /// See [`HELD`] and [`LISTED`].
    link: u32,
}

const _: () = assert!(size_of::<Lane>() == 16);

impl Lane {
    const EMPTY: Self = Self { head: NONE, tail: NONE, waiting: 0, link: LAST };

    const fn hold(&self) -> Option<usize> {
        if self.link & HELD == 0 { None } else { Some((self.link & !HELD) as usize) }
    }
}

/// What there is to know of a lane that is at work.
#[derive(Clone, Copy, Debug)]
pub struct Hold {
    returned_head: u32,
    returned_tail: u32,
    /// Orders handed out.
    pub in_flight: u32,
    /// Which hold this is, of all there were; another one when what was out has come back.
    pub epoch: u32,
    /// The index of the consumer that holds the lane; nobody's while it is free for all.
    pub holder: u16,
    /// Stands in its holder's list of lanes with work.
    pub listed: bool,
    /// Nothing more is handed out until what is out has come back.
    pub draining: bool,
}

/// A lane as others may see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaneView {
    /// Orders waiting, the returned ones included.
    pub waiting: u32,
    /// Orders handed out.
    pub in_flight: u32,
    /// The index of the consumer that holds it.
    pub holder: u16,
    /// Nothing more is handed out until what is out has come back.
    pub draining: bool,
    /// Which hold this is, 0 of a lane that nobody holds.
    pub epoch: u32,
}

/// All lanes, and those of them that are free and have work, in the order they became so.
#[derive(Clone, Debug)]
pub struct Lanes {
    lanes: Vec<Lane>,
    holds: Vec<Hold>,
    /// Entries of `holds` that are not in use.
    spare: Vec<u32>,
    /// The last epoch that was begun.
    epoch: u32,
    first_free: u32,
    last_free: u32,
}

impl Default for Lanes {
    fn default() -> Self {
        let (lanes, holds, spare) = (Vec::new(), Vec::new(), Vec::new());
        Self { lanes, holds, spare, epoch: 0, first_free: LAST, last_free: LAST }
    }
}

/// The lists.
impl Lanes {
    /// Adds a new order at the end.
    pub fn push_back(&mut self, index: u32, slot: u32, orders: &mut Orders) {
        let lane = &mut self.lanes[index as usize];
        orders.set_next(slot, NONE);
        if lane.tail == NONE {
            lane.head = slot;
        } else {
            orders.set_next(lane.tail, slot);
        }
        lane.tail = slot;
        lane.waiting += 1;
    }

    /// Puts an order before all others.
    pub fn push_front(&mut self, index: u32, slot: u32, orders: &mut Orders) {
        let lane = &mut self.lanes[index as usize];
        orders.set_next(slot, lane.head);
        if lane.tail == NONE {
            lane.tail = slot;
        }
        lane.head = slot;
        lane.waiting += 1;
    }

    /// Takes the first order that can be handed out.
    pub fn pop_front(&mut self, index: u32, orders: &Orders) -> Option<u32> {
        let lane = &mut self.lanes[index as usize];
        let slot = lane.head;
        if slot == NONE {
            return None;
        }
        lane.head = orders.next(slot);
        if lane.head == NONE {
            lane.tail = NONE;
        }
        lane.waiting -= 1;
        Some(slot)
    }

    /// Adds an order that came back to a lane that is held, in its place by number among the
    /// returned. They come back in order but for expired leases, so that the place is nearly
    /// always the end.
    pub fn push_returned(&mut self, index: u32, slot: u32, orders: &mut Orders) {
        let number = orders[slot].number;
        self.lanes[index as usize].waiting += 1;
        let hold = self.hold_mut(index);
        if hold.returned_tail == NONE || orders[hold.returned_tail].number < number {
            orders.set_next(slot, NONE);
            if hold.returned_tail == NONE {
                hold.returned_head = slot;
            } else {
                orders.set_next(hold.returned_tail, slot);
            }
            hold.returned_tail = slot;
            return;
        }
        let mut before = NONE;
        let mut behind = hold.returned_head;
        while behind != NONE && orders[behind].number < number {
            before = behind;
            behind = orders.next(behind);
        }
        orders.set_next(slot, behind);
        if before == NONE {
            hold.returned_head = slot;
        } else {
            orders.set_next(before, slot);
        }
    }

    /// Puts the returned orders before the waiting ones, now that nothing is out, and begins a
    /// new epoch of the hold.
    pub fn restore_returned(&mut self, index: u32, orders: &mut Orders) {
        let epoch = self.next_epoch();
        let hold = self.hold_mut(index);
        let (first, last) = (hold.returned_head, hold.returned_tail);
        (hold.returned_head, hold.returned_tail) = (NONE, NONE);
        hold.epoch = epoch;
        hold.draining = false;
        hold.listed = false;
        let mut slot = first;
        while slot != NONE {
            orders[slot].state = State::Ready;
            slot = orders.next(slot);
        }
        if last != NONE {
            let lane = &mut self.lanes[index as usize];
            orders.set_next(last, lane.head);
            if lane.tail == NONE {
                lane.tail = last;
            }
            lane.head = first;
        }
    }

    /// Adds orders, by rising number, each in its place by number among those that can be handed
    /// out.
    pub fn merge(&mut self, index: u32, slots: &[u32], orders: &mut Orders) {
        let mut before = NONE;
        for slot in slots {
            let lane = &mut self.lanes[index as usize];
            let number = orders[*slot].number;
            if lane.tail != NONE && orders[lane.tail].number < number {
                before = lane.tail;
            }
            let mut behind = if before == NONE { lane.head } else { orders.next(before) };
            while behind != NONE && orders[behind].number < number {
                before = behind;
                behind = orders.next(behind);
            }
            orders.set_next(*slot, behind);
            if before == NONE {
                lane.head = *slot;
            } else {
                orders.set_next(before, *slot);
            }
            if behind == NONE {
                lane.tail = *slot;
            }
            lane.waiting += 1;
            before = *slot;
        }
    }

    /// The first order that can be handed out.
    pub fn first(&self, index: u32) -> Option<u32> {
        Some(self.lanes[index as usize].head).filter(|slot| *slot != NONE)
    }

    /// Takes out the oldest order that waits, returned or not.
    pub fn pop_oldest(&mut self, index: u32, orders: &Orders) -> Option<u32> {
        let lane = &mut self.lanes[index as usize];
        let hold = lane.hold().map(|at| &mut self.holds[at]);
        let Some(hold) = hold.filter(|hold| hold.returned_head != NONE) else {
            return self.pop_front(index, orders);
        };
        let slot = hold.returned_head;
        hold.returned_head = orders.next(slot);
        if hold.returned_head == NONE {
            hold.returned_tail = NONE;
        }
        lane.waiting -= 1;
        Some(slot)
    }

    /// All orders of a lane that wait, the returned first.
    pub fn slots(&self, index: u32, orders: &Orders) -> impl Iterator<Item = u32> {
        let follow = |first: u32| {
            let some = |slot: u32| (slot != NONE).then_some(slot);
            std::iter::successors(some(first), move |slot| some(orders.next(*slot)))
        };
        let returned = self.hold(index).map_or(NONE, |hold| hold.returned_head);
        follow(returned).chain(follow(self.lanes[index as usize].head))
    }

    /// Whether an order can be handed out.
    pub fn has_ready(&self, index: u32) -> bool {
        self.lanes[index as usize].head != NONE
    }
}

/// The holds.
impl Lanes {
    /// Gives a lane that nobody holds to a consumer, or to all.
    pub fn begin_hold(&mut self, index: u32, holder: u16) {
        debug_assert!(self.lanes[index as usize].link == LAST, "it is held, or stands in line");
        let hold = Hold {
            returned_head: NONE,
            returned_tail: NONE,
            in_flight: 0,
            epoch: self.next_epoch(),
            holder,
            listed: false,
            draining: false,
        };
        let at = if let Some(at) = self.spare.pop() {
            self.holds[at as usize] = hold;
            at
        } else {
            self.holds.push(hold);
            self.holds.len() as u32 - 1
        };
        self.lanes[index as usize].link = HELD | at;
    }

    /// Ends the hold of a lane of which nothing is out, and says who held it, if anybody.
    pub fn end_hold(&mut self, index: u32) -> Option<u16> {
        let lane = &mut self.lanes[index as usize];
        let at = lane.hold()?;
        lane.link = LAST;
        self.spare.push(at as u32);
        let hold = &self.holds[at];
        debug_assert!(hold.in_flight == 0 && hold.returned_head == NONE);
        Some(hold.holder)
    }

    /// The hold of a lane, while there is one.
    pub fn hold(&self, index: u32) -> Option<&Hold> {
        self.lanes[index as usize].hold().map(|at| &self.holds[at])
    }

    /// The hold of a lane that is held.
    ///
    /// # Panics
    /// When nobody holds it: whoever asks has orders of it.
    pub fn hold_mut(&mut self, index: u32) -> &mut Hold {
        let at = self.lanes[index as usize].hold().expect("the lane is held");
        &mut self.holds[at]
    }

    /// Orders of a lane that are out.
    pub fn in_flight(&self, index: u32) -> u32 {
        self.hold(index).map_or(0, |hold| hold.in_flight)
    }

    const fn next_epoch(&mut self) -> u32 {
        self.epoch = self.epoch.wrapping_add(1);
        self.epoch
    }
}

/// The queue of free lanes, and the table.
impl Lanes {
    /// Makes sure that there are at least `count` lanes.
    pub fn grow(&mut self, count: usize) {
        assert!(count < LAST as usize, "there are fewer customers than that");
        if self.lanes.len() < count {
            self.lanes.resize(count, Lane::EMPTY);
        }
    }

    /// Puts a lane with work that nobody holds at the end of the queue, unless it stands there.
    pub fn list_free(&mut self, index: u32) {
        let lane = &mut self.lanes[index as usize];
        debug_assert!(lane.hold().is_none());
        if lane.link & LISTED != 0 || lane.head == NONE {
            return;
        }
        lane.link = LISTED | LAST;
        if self.last_free == LAST {
            self.first_free = index;
        } else {
            self.lanes[self.last_free as usize].link = LISTED | index;
        }
        self.last_free = index;
    }

    /// Takes the lane that has been free the longest. It may have lost its work since.
    pub fn pop_free(&mut self) -> Option<u32> {
        let index = self.first_free;
        if index == LAST {
            return None;
        }
        let lane = &mut self.lanes[index as usize];
        self.first_free = lane.link & !LISTED;
        lane.link = LAST;
        if self.first_free == LAST {
            self.last_free = LAST;
        }
        Some(index)
    }

    /// Whether it is known that the lane has work, to its holder or to all.
    pub fn is_listed(&self, index: u32) -> bool {
        let free = self.lanes[index as usize].link & LISTED != 0;
        self.hold(index).map_or(free, |hold| hold.listed)
    }

    /// Every lane, by index.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = LaneView> {
        self.lanes.iter().map(|lane| {
            let hold = lane.hold().map(|at| &self.holds[at]);
            LaneView {
                waiting: lane.waiting,
                in_flight: hold.map_or(0, |hold| hold.in_flight),
                holder: hold.map_or(NOBODY, |hold| hold.holder),
                draining: hold.is_some_and(|hold| hold.draining),
                epoch: hold.map_or(0, |hold| hold.epoch),
            }
        })
    }

    /// How many lanes there are.
    pub fn len(&self) -> u32 {
        self.lanes.len() as u32
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lanes.is_empty()
    }

    /// What the tables take, in bytes.
    pub fn memory_bytes(&self) -> usize {
        self.lanes.capacity() * size_of::<Lane>()
            + self.holds.capacity() * size_of::<Hold>()
            + self.spare.capacity() * size_of::<u32>()
    }
}
