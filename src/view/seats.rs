//! Which lanes are shown in the rows of the picture, and which in which.
//!
//! A lane keeps its row while it is among those shown, so that the eye can follow it; now and
//! then all are seated anew, the deepest first.

use crate::wire::page::{LaneView, LanesView};

/// Which lane sits in which row.
#[derive(Clone, Debug, Default)]
pub struct Seats {
    keys: Vec<String>,
    sorted_ms: f64,
}

impl Seats {
    /// Seats lanes of this moment in so many rows; all anew when that was `every_ms` ago.
    pub fn seat(&mut self, lanes: &LanesView, rows: usize, at_ms: f64, every_ms: f64) {
        let wanted = chosen(lanes, rows);
        let due = at_ms < self.sorted_ms || at_ms - self.sorted_ms >= every_ms;
        if due || self.keys.len() != wanted.len() {
            self.keys = wanted.iter().map(|lane| lane.key.clone()).collect();
            self.sorted_ms = at_ms;
            return;
        }
        let mut newcomers =
            wanted.iter().filter(|lane| !self.keys.contains(&lane.key)).map(|lane| &lane.key);
        let mut seats = self.keys.clone();
        for seat in &mut seats {
            if !wanted.iter().any(|lane| lane.key == *seat)
                && let Some(newcomer) = newcomers.next()
            {
                seat.clone_from(newcomer);
            }
        }
        drop(newcomers);
        self.keys = seats;
    }

    /// The lanes in their rows.
    pub fn lanes<'a>(&'a self, lanes: &'a LanesView) -> impl Iterator<Item = &'a LaneView> {
        self.keys.iter().filter_map(|key| lanes.deepest.iter().find(|lane| lane.key == *key))
    }
}

/// The lanes that get the rows. Where there is a row for every lane: all, in their own order.
/// Else the deepest, up to half of the rows being for lanes that somebody holds.
fn chosen(lanes: &LanesView, rows: usize) -> Vec<&LaneView> {
    if lanes.keys <= rows as u64 {
        let mut all: Vec<&LaneView> = lanes.deepest.iter().collect();
        all.sort_unstable_by_key(|lane| lane.index);
        return all;
    }
    let held = |lane: &LaneView| lane.in_flight > 0;
    let deepest = &lanes.deepest;
    let mut for_held = deepest.iter().filter(|lane| held(lane)).count().min(rows / 2);
    let mut for_any = rows.saturating_sub(for_held);
    let seated = deepest.iter().filter(|lane| {
        let seats = if held(lane) && for_held > 0 { &mut for_held } else { &mut for_any };
        let free = *seats > 0;
        *seats = seats.saturating_sub(1);
        free
    });
    seated.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many lanes, some of them by name, with how deep they are.
    fn lanes(keys: u64, named: &[(u32, u32)]) -> LanesView {
        let lane = |(index, depth): &(u32, u32)| LaneView {
            index: *index,
            key: format!("{index}"),
            depth: *depth,
            in_flight: 0,
            worker: None,
            blocked: false,
        };
        LanesView { keys, deepest: named.iter().map(lane).collect(), ..LanesView::default() }
    }

    #[test]
    fn half_of_the_rows_are_for_lanes_at_work() {
        let named: Vec<(u32, u32)> = (0..10).map(|index| (index, 100 - index)).collect();
        for (at_work, rows, expected) in [
            (&[][..], 4, "0123"),
            (&[7, 8, 9], 4, "0178"),
            (&[9], 4, "0129"),
            (&[0, 1, 2, 3], 4, "0123"),
            (&[0, 8, 9], 4, "0128"),
            (&[9], 20, "0123456789"),
            (&[9], 1, "0"),
        ] {
            let mut lanes = lanes(100, &named);
            for lane in &mut lanes.deepest {
                lane.in_flight = u32::from(at_work.contains(&lane.index));
            }
            let keys: String = chosen(&lanes, rows).iter().map(|lane| lane.key.clone()).collect();
            assert_eq!(keys, expected, "{at_work:?} in {rows} rows");
        }
    }

    fn order(seats: &Seats, lanes: &LanesView) -> String {
        seats.lanes(lanes).map(|lane| lane.key.clone()).collect()
    }

    #[test]
    fn a_lane_keeps_its_row_until_all_are_seated_anew() {
        let mut seats = Seats::default();
        let first = lanes(100, &[(1, 9), (2, 8), (3, 7)]);
        seats.seat(&first, 9, 0.0, 1_000.0);
        assert_eq!(order(&seats, &first), "123");
        let later = lanes(100, &[(3, 9), (4, 8), (1, 7)]);
        seats.seat(&later, 9, 500.0, 1_000.0);
        assert_eq!(order(&seats, &later), "143");
        seats.seat(&later, 9, 1_600.0, 1_000.0);
        assert_eq!(order(&seats, &later), "341");
    }

    #[test]
    fn few_lanes_stand_in_their_own_order() {
        let mut seats = Seats::default();
        let few = lanes(3, &[(2, 9), (0, 8), (1, 0)]);
        seats.seat(&few, 9, 0.0, 1_000.0);
        assert_eq!(order(&seats, &few), "012");
    }
}
