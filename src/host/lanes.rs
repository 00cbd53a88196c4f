//! The picture of the lanes: all of them in cells, and by name the deepest and those at work.

use crate::core::{
    broker::{Broker, LaneName},
    lanes::LaneView as Lane,
};
use crate::wire::page::{LaneCell, LaneView, LanesView};

/// Lanes shown by name.
const NAMED: usize = 32;

/// Of these, lanes that a consumer holds, when there are so many. In `sessions` the deepest of
/// all mostly wait for their turn: of them alone a picture would show no work.
const NAMED_HELD: usize = NAMED / 2;

/// Cells that all lanes are shown in.
const CELLS: usize = 1024;

/// The lanes as the page shows them. Walks through all of them.
pub(super) fn lanes(broker: &Broker) -> LanesView {
    let count = broker.lanes().len();
    let per_cell = count.div_ceil(CELLS).max(1);
    let mut view = LanesView {
        keys: count as u64,
        lanes_per_cell: per_cell as u32,
        cells: vec![LaneCell::default(); count.div_ceil(per_cell)],
        ..LanesView::default()
    };
    let begun = broker.counts().accepted > 0;
    let mut named = Named::new(begun && count <= NAMED);
    for (index, lane) in broker.lanes().enumerate() {
        let held = lane.in_flight > 0;
        view.waiting += u64::from(lane.waiting > 0);
        view.locked += u64::from(held);
        let cell = &mut view.cells[index / per_cell];
        cell.depth += lane.waiting;
        if held {
            cell.locked += 1;
            cell.worker = broker.worker_at(lane.holder);
        }
        named.offer(index, lane.waiting + lane.in_flight, held);
    }
    let lane = |index: u32| broker.lanes().nth(index as usize);
    let named = named.indexes().into_iter().filter_map(|index| Some((index, lane(index)?)));
    view.deepest = named.map(|(index, lane)| lane_view(broker, index, lane)).collect();
    view
}

/// Chooses the lanes that are shown by name.
struct Named {
    any: Deepest,
    held: Deepest,
    /// Whether also empty lanes may be among them.
    empty_too: bool,
}

impl Named {
    fn new(empty_too: bool) -> Self {
        Self { any: Deepest::new(NAMED), held: Deepest::new(NAMED_HELD), empty_too }
    }

    fn offer(&mut self, index: usize, depth: u32, held: bool) {
        let rank = Rank::new(index, depth);
        if depth > 0 || self.empty_too {
            self.any.offer(rank);
        }
        if held {
            self.held.offer(rank);
        }
    }

    /// The deepest first: held ones up to their share, then any.
    fn indexes(&self) -> Vec<u32> {
        let mut ranks = self.held.ranks.clone();
        let others = self.any.ranks.iter().rev().filter(|rank| !self.held.ranks.contains(rank));
        ranks.extend(others.take(NAMED - self.held.ranks.len()));
        ranks.sort_unstable();
        ranks.iter().rev().map(|rank| rank.index()).collect()
    }
}

/// How deep a lane is, and which: of equally deep ones the first counts as deeper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    depth: u32,
    lanes_before: std::cmp::Reverse<u32>,
}

impl Rank {
    const fn new(index: usize, depth: u32) -> Self {
        Self { depth, lanes_before: std::cmp::Reverse(index as u32) }
    }

    const fn index(self) -> u32 {
        self.lanes_before.0
    }
}

/// The deepest of the lanes that were offered, the least deep first.
struct Deepest {
    most: usize,
    ranks: Vec<Rank>,
}

impl Deepest {
    fn new(most: usize) -> Self {
        Self { most, ranks: Vec::with_capacity(most + 1) }
    }

    /// Takes a lane if it is among the deepest so far.
    fn offer(&mut self, rank: Rank) {
        if self.ranks.len() == self.most && rank < self.ranks[0] {
            return;
        }
        let at = self.ranks.partition_point(|other| *other < rank);
        self.ranks.insert(at, rank);
        if self.ranks.len() > self.most {
            self.ranks.remove(0);
        }
    }
}

fn lane_view(broker: &Broker, index: u32, lane: Lane) -> LaneView {
    LaneView {
        index,
        key: match broker.lane_name(index) {
            LaneName::Queue => "queue".into(),
            LaneName::Partition(number) => format!("partition {number}"),
            LaneName::Customer(key) => broker.keys().name(key).into_owned(),
        },
        depth: lane.waiting,
        in_flight: lane.in_flight,
        worker: broker.worker_at(lane.holder),
        blocked: lane.draining,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of so many lanes are named when lane `n` has `depth(n)` orders and some are held.
    fn check(
        mut named: Named,
        lanes: usize,
        depth: impl Fn(usize) -> u32,
        held: impl Fn(usize) -> bool,
        expected: impl Iterator<Item = u32>,
    ) {
        (0..lanes).for_each(|index| named.offer(index, depth(index), held(index)));
        assert_eq!(named.indexes(), expected.collect::<Vec<u32>>());
    }

    fn full_ones() -> Named {
        Named::new(false)
    }

    #[test]
    fn half_of_the_named_lanes_are_held_ones() {
        let falling = |index: usize| 1_000 - index as u32;
        // None is held; all are; only shallow ones are, too many and too few of them.
        check(full_ones(), 100, falling, |_| false, 0..32);
        check(full_ones(), 100, falling, |_| true, 0..32);
        check(full_ones(), 100, falling, |index| index >= 60, (0..16).chain(60..76));
        check(full_ones(), 100, falling, |index| index >= 95, (0..27).chain(95..100));
        // Held ones that are deep take no second seat.
        check(full_ones(), 100, falling, |index| index < 20, 0..32);
        check(full_ones(), 5, falling, |index| index == 4, 0..5);
    }

    #[test]
    fn equally_deep_lanes_stand_in_their_order() {
        check(full_ones(), 100, |_| 7, |_| false, 0..32);
        check(full_ones(), 100, |index| u32::from(index >= 98), |_| false, 98..100);
    }

    #[test]
    fn empty_lanes_are_named_only_among_few() {
        check(full_ones(), 3, |_| 0, |_| false, 0..0);
        check(Named::new(true), 3, |_| 0, |_| false, 0..3);
        check(Named::new(true), 3, |index| index as u32, |_| false, [2, 1, 0].into_iter());
    }
}
