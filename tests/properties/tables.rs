//! The flat tables: lanes keep order, names are customers, a name of an order is never another's.

use super::check;
use convoy_lab::core::{
    ids::{KeyId, OrderId},
    keys::{Family, Keys},
    lanes::Lanes,
    orders::{HISTORY, Order, Orders, State},
    partitioner::murmur2,
    rng::Rng,
    time::Timestamp,
};
use proptest::{collection::vec, prelude::*};
use std::collections::{BTreeMap, VecDeque};

/// What can be done with a lane.
#[derive(Clone, Copy, Debug)]
enum Move {
    Push,
    Pop,
    /// One of those that are out comes back.
    Return(prop::sample::Index),
    /// One of those that are out ends.
    End(prop::sample::Index),
    PopOldest,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        4 => Just(Move::Push),
        4 => Just(Move::Pop),
        3 => any::<prop::sample::Index>().prop_map(Move::Return),
        2 => any::<prop::sample::Index>().prop_map(Move::End),
        1 => Just(Move::PopOldest),
    ];
    vec(one, 0..200)
}

/// A lane that a consumer holds, beside the lists it stands for. A slot is its order's number.
struct Listed {
    lanes: Lanes,
    orders: Orders,
    ready: VecDeque<u32>,
    returned: Vec<u32>,
    out: Vec<u32>,
    pushed: u32,
}

/// The lane. There are others, which stay empty.
const LANE: u32 = 2;

impl Listed {
    fn new() -> Self {
        let mut lanes = Lanes::default();
        lanes.grow(4);
        lanes.begin_hold(LANE, 0);
        let (ready, returned, out) = (VecDeque::new(), Vec::new(), Vec::new());
        Self { lanes, orders: Orders::default(), ready, returned, out, pushed: 0 }
    }

    fn apply(&mut self, one: Move) {
        match one {
            Move::Push => {
                let order = Order { number: self.pushed, state: State::Ready, ..Order::default() };
                let slot = self.orders.insert(order);
                self.lanes.push_back(LANE, slot, &mut self.orders);
                self.ready.push_back(self.pushed);
                self.pushed += 1;
            }
            Move::Pop => {
                let popped = self.lanes.pop_front(LANE, &self.orders);
                assert_eq!(popped, self.ready.pop_front());
                self.out.extend(popped);
            }
            Move::Return(_) | Move::End(_) if self.out.is_empty() => {}
            Move::Return(which) => {
                let slot = self.out.swap_remove(which.index(self.out.len()));
                self.orders[slot].state = State::Returned;
                self.lanes.push_returned(LANE, slot, &mut self.orders);
                self.returned.push(slot);
                self.returned.sort_unstable();
                self.come_home();
            }
            Move::End(which) => {
                self.out.swap_remove(which.index(self.out.len()));
                self.come_home();
            }
            Move::PopOldest => {
                let expected = if self.returned.is_empty() {
                    self.ready.pop_front()
                } else {
                    Some(self.returned.remove(0))
                };
                assert_eq!(self.lanes.pop_oldest(LANE, &self.orders), expected);
            }
        }
    }

    fn come_home(&mut self) {
        if self.out.is_empty() {
            let epoch = self.lanes.hold_mut(LANE).epoch;
            self.lanes.restore_returned(LANE, &mut self.orders);
            assert_ne!(self.lanes.hold_mut(LANE).epoch, epoch);
            self.returned.drain(..).rev().for_each(|slot| self.ready.push_front(slot));
            assert!(self.ready.iter().is_sorted(), "the lane is out of order");
        }
    }

    fn compare(&self) {
        let slots: Vec<u32> = self.lanes.slots(LANE, &self.orders).collect();
        let expected: Vec<u32> = self.returned.iter().chain(&self.ready).copied().collect();
        assert_eq!(slots, expected);
        let waiting: Vec<usize> = self.lanes.iter().map(|lane| lane.waiting as usize).collect();
        assert_eq!(waiting, [0, 0, expected.len(), 0]);
        assert_eq!(self.lanes.has_ready(LANE), !self.ready.is_empty());
    }
}

#[test]
fn a_lane_keeps_its_orders_in_order_whatever_comes_back() {
    check(3_000, moves(), |moves| {
        let mut listed = Listed::new();
        for one in moves {
            listed.apply(one);
            listed.compare();
        }
    });
}

#[test]
fn lanes_that_are_free_are_taken_in_the_order_they_became_so() {
    check(3_000, vec((0..8_u32, any::<bool>()), 0..100), |steps| {
        let (mut lanes, mut orders) = (Lanes::default(), Orders::default());
        let mut expected = VecDeque::new();
        lanes.grow(8);
        for (index, takes) in steps {
            if takes {
                assert_eq!(lanes.pop_free(), expected.pop_front());
            } else {
                lanes.list_free(7 - index);
                if lanes.has_ready(7 - index) && !expected.contains(&(7 - index)) {
                    expected.push_back(7 - index);
                }
                let slot = orders.insert(Order::default());
                lanes.push_back(index, slot, &mut orders);
            }
            assert!((0..8).all(|index| lanes.is_listed(index) == expected.contains(&index)));
        }
    });
}

#[test]
fn a_name_is_one_customer_and_a_customer_one_name() {
    let name = prop_oneof![
        "(customer-|user|user0|customer-0|customer-\\+)[0-9]{0,8}",
        "[a-c]{1,2}",
        ".{1,64}",
    ];
    check(2_000, vec(name, 0..60), |names| {
        let mut keys = Keys::default();
        let mut by_name: BTreeMap<String, KeyId> = BTreeMap::new();
        for name in names {
            let known = by_name.get(&name).copied();
            assert_eq!(keys.find(&name), known, "{name}");
            let id = keys.named(&name).expect("there is room");
            assert_eq!(id, known.unwrap_or(KeyId(by_name.len() as u32)), "{name}");
            assert_eq!(keys.name(id), name);
            assert_eq!(keys.hash(id), murmur2(name.as_bytes()));
            by_name.insert(name, id);
            assert_eq!(keys.len(), by_name.len());
        }
    });
}

#[test]
fn a_numbered_customer_is_the_one_of_that_name() {
    check(2_000, vec((any::<bool>(), 0..1_000_000_u32, any::<bool>()), 0..8), |customers| {
        let mut keys = Keys::default();
        for (user, index, by_name_first) in customers {
            let (family, name) = if user {
                (Family::User, format!("user{}", index + 1))
            } else {
                (Family::Customer, format!("customer-{index}"))
            };
            let (one, two) = if by_name_first {
                (keys.named(&name), keys.numbered(family, index))
            } else {
                (keys.numbered(family, index), keys.named(&name))
            };
            assert_eq!(one, two);
            assert_eq!(keys.name(one.expect("there is room")), name);
        }
    });
}

/// Orders come and end, some among the dead letters, until long after the first records are
/// used again. Whatever a name finds is the order that was given that name.
#[test]
fn the_name_of_an_order_never_finds_another() {
    const ORDERS: u32 = HISTORY as u32 + 200_000;
    let mut rng = Rng::new(3);
    let mut orders = Orders::default();
    let mut open: VecDeque<(OrderId, u32)> = VecDeque::new();
    let mut ended: VecDeque<(OrderId, u32, bool)> = VecDeque::new();
    let mut reused = 0;
    for number in 0..ORDERS {
        let order = Order { number, state: State::Ready, ..Order::default() };
        let slot = orders.insert(order);
        let id = orders.id(slot);
        reused += u32::from(id.generation > 0);
        open.push_back((id, number));
        if rng.chance(0.99) {
            let (id, number) = open.pop_front().expect("one was just added");
            let dead = rng.chance(0.01);
            let state = if dead { State::Dead } else { State::Completed };
            orders.end(id.slot, state, Timestamp::from_micros(u64::from(number)));
            ended.push_back((id, number, dead));
        }
    }
    assert!(reused > 100_000, "records are used again: {reused}");
    let mut forgotten = 0;
    let all = ended.iter().copied().chain(open.iter().map(|(id, number)| (*id, *number, true)));
    for (id, number, must_be_known) in all {
        match orders.find(id) {
            Some((slot, order)) => assert_eq!((slot, order.number), (id.slot, number)),
            None => {
                assert!(!must_be_known, "{id} was forgotten");
                forgotten += 1;
            }
        }
    }
    let remembered = ended.iter().filter(|(_, _, dead)| !dead).count() - forgotten;
    assert_eq!(remembered, HISTORY);
    let dead = ended.iter().filter(|(_, _, dead)| *dead).map(|(id, ..)| id.slot);
    assert!(orders.dead().iter().copied().eq(dead), "dead letters are kept, oldest first");
    assert_eq!(orders.iter().count(), HISTORY + open.len() + orders.dead().len());
    for id in [OrderId { slot: ORDERS, generation: 0 }, OrderId { slot: 0, generation: 9 }] {
        assert!(orders.find(id).is_none());
    }
}
