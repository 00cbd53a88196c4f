//! What is drawn where in the picture of the lanes.
//!
//! Above, one row per lane: its name, who holds it, the orders with the consumer and those that
//! wait, the head of the line beside its consumer. Where there is one queue only, one row per
//! consumer follows instead. Below, a grid with a cell for every lane, or for a few neighbours.

use super::{scale::round_up, seats::Seats};
use crate::core::ids::WorkerId;
use crate::wire::page::{LaneView, LanesView, WorkerView};

/// A rectangle, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Area {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Area {
    /// Whether a point is within.
    pub fn holds(&self, x: f64, y: f64) -> bool {
        (self.x..self.x + self.width).contains(&x) && (self.y..self.y + self.height).contains(&y)
    }
}

/// A row of the picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// All of it.
    pub area: Area,
    /// The lane's key; empty for a consumer.
    pub name: String,
    /// Whether it is a consumer's row and not a lane's.
    pub consumer: bool,
    /// Who holds the lane, or the consumer itself.
    pub worker: Option<WorkerId>,
    /// Whether it is a lane that somebody holds.
    pub locked: bool,
    /// Whether a failed order holds up the rest.
    pub blocked: bool,
    /// Orders waiting.
    pub depth: u32,
    /// Orders with a consumer.
    pub in_flight: u32,
    /// Blocks of orders with the consumer.
    pub flight_blocks: usize,
    /// Blocks of waiting orders, the head of the line first.
    pub waiting_blocks: usize,
}

/// The grid below the rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// All of it.
    pub area: Area,
    /// A cell's side, gap included.
    pub side: f64,
    /// Cells in a row.
    pub columns: usize,
    /// Cells.
    pub count: usize,
    /// The deepest cell's orders.
    pub max_depth: u32,
}

/// What can be pointed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A row, by index.
    Row(usize),
    /// A cell of the grid, by index.
    Cell(usize),
}

/// The whole picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    pub rows: Vec<Row>,
    pub grid: Option<Grid>,
    /// Orders that one block stands for.
    pub unit: u32,
    /// From one block's left to the next one's.
    pub pitch: f64,
    /// Where names end and holders begin.
    pub holder_x: f64,
    /// Where the blocks begin.
    pub track_x: f64,
    /// Where the blocks end and the numbers begin.
    pub number_x: f64,
    /// Where the grid's caption goes.
    pub caption_y: f64,
}

/// The least and the greatest height of a row: a few lanes are drawn larger than many.
const ROW_HEIGHTS: (f64, f64) = (18.0, 40.0);
/// The largest block that stands for several orders: finer ones tell more.
const SHARED_PITCH: f64 = 12.0;
const CAPTION: f64 = 26.0;
/// Fewer lanes than this need no grid.
const GRID_FROM: usize = 12;
const HOLDER: f64 = 44.0;
const NUMBER: f64 = 58.0;
/// The most that names take, and their share of the width.
const NAME_MAX: f64 = 118.0;
const NAME_SHARE: f64 = 0.26;
/// The smallest and the largest side of a grid's cell.
const SIDES: (f64, f64) = (3.0, 15.0);

impl Picture {
    /// Lays out the lanes on `width` × `height` pixels. `seats` gives the lanes their rows.
    pub fn new(
        lanes: &LanesView,
        seats: &Seats,
        workers: &[WorkerView],
        keyed: bool,
        (width, height): (f64, f64),
    ) -> Self {
        let holder_x = (width * NAME_SHARE).min(NAME_MAX);
        let track_x = holder_x + HOLDER;
        let number_x = (width - NUMBER).max(track_x + 20.0);
        let grid = Grid::wanted(lanes, keyed, (width, height));
        let rows_height = rows_height(grid.as_ref(), height);
        let fitting = fitting(rows_height);

        let mut rows: Vec<Row> =
            seats.lanes(lanes).take(fitting).map(|lane| Row::lane(lane, keyed)).collect();
        if !keyed {
            let free = fitting.saturating_sub(rows.len());
            let mut workers: Vec<&WorkerView> = workers.iter().collect();
            workers.sort_unstable_by_key(|worker| worker.id);
            rows.extend(workers.into_iter().take(free).map(Row::consumer));
        }
        let row_height = rows_height / rows.len().max(1) as f64;
        let row_height = row_height.clamp(ROW_HEIGHTS.0, ROW_HEIGHTS.1).floor();
        let most = rows.iter().map(|row| row.depth.saturating_add(row.in_flight)).max();
        let unit_for = |pitch: f64| {
            let fit = ((number_x - track_x) / pitch).max(3.0) as u32;
            // Both parts of a row are rounded up to whole blocks: two may be too many.
            round_up(f64::from(most.unwrap_or(0)) / f64::from(fit - 2)).max(1.0) as u32
        };
        let pitch = (row_height * if width < 480.0 { 0.4 } else { 0.55 }).round();
        let pitch = if unit_for(pitch) > 1 { pitch.min(SHARED_PITCH) } else { pitch };
        let unit = unit_for(pitch);
        for (index, row) in rows.iter_mut().enumerate() {
            row.area = Area { x: 0.0, y: index as f64 * row_height, width, height: row_height };
            row.flight_blocks = row.in_flight.div_ceil(unit) as usize;
            row.waiting_blocks = row.depth.div_ceil(unit) as usize;
        }
        let caption_y = rows_height + CAPTION / 2.0;
        Self { rows, grid, unit, pitch, holder_x, track_x, number_x, caption_y }
    }

    /// How many lanes get a row on `size` = width × height pixels.
    pub fn rows_for(lanes: &LanesView, keyed: bool, size: (f64, f64)) -> usize {
        fitting(rows_height(Grid::wanted(lanes, keyed, size).as_ref(), size.1))
    }

    /// What is at a point.
    pub fn at(&self, x: f64, y: f64) -> Option<Target> {
        if let Some(index) = self.rows.iter().position(|row| row.area.holds(x, y)) {
            return Some(Target::Row(index));
        }
        self.grid.as_ref()?.at(x, y).map(Target::Cell)
    }

    /// What follows a target when somebody goes on with the arrow keys.
    pub fn step(&self, target: Option<Target>, forward: bool) -> Option<Target> {
        let cells = self.grid.as_ref().map_or(0, |grid| grid.count);
        let count = self.rows.len() + cells;
        let index = match target {
            Some(Target::Row(row)) => Some(row),
            Some(Target::Cell(cell)) => Some(self.rows.len() + cell),
            None => None,
        };
        let next = match (index, forward) {
            (None, _) => 0,
            (Some(index), true) => (index + 1).min(count.saturating_sub(1)),
            (Some(index), false) => index.saturating_sub(1),
        };
        (next < count).then(|| {
            if next < self.rows.len() {
                Target::Row(next)
            } else {
                Target::Cell(next - self.rows.len())
            }
        })
    }
}

/// What the grid and its caption leave to the rows.
fn rows_height(grid: Option<&Grid>, height: f64) -> f64 {
    height - grid.map_or(0.0, |grid| grid.area.height + CAPTION)
}

fn fitting(rows_height: f64) -> usize {
    (rows_height / ROW_HEIGHTS.0).max(1.0) as usize
}

impl Row {
    fn lane(lane: &LaneView, keyed: bool) -> Self {
        Self {
            area: Area::default(),
            name: lane.key.clone(),
            consumer: false,
            worker: lane.worker,
            locked: keyed && lane.worker.is_some(),
            blocked: lane.blocked,
            depth: lane.depth,
            // A single queue's orders in flight are shown with their consumers.
            in_flight: if keyed { lane.in_flight } else { 0 },
            flight_blocks: 0,
            waiting_blocks: 0,
        }
    }

    fn consumer(worker: &WorkerView) -> Self {
        Self {
            area: Area::default(),
            name: String::new(),
            consumer: true,
            worker: Some(worker.id),
            locked: false,
            blocked: false,
            depth: 0,
            in_flight: worker.in_flight,
            flight_blocks: 0,
            waiting_blocks: 0,
        }
    }
}

impl Grid {
    /// The grid at the bottom of `width` × `height` pixels, when there are more lanes than rows
    /// show. Its cells are as large as its share of the height allows; it takes no more than
    /// they need.
    fn wanted(lanes: &LanesView, keyed: bool, (width, height): (f64, f64)) -> Option<Self> {
        if !keyed || lanes.keys <= lanes.deepest.len().max(GRID_FROM) as u64 {
            return None;
        }
        let count = lanes.cells.len();
        let most = (height * 0.28).clamp(40.0, 150.0);
        let columns = |side: f64| (width / side).floor().max(1.0) as usize;
        let needed = |side: f64| count.div_ceil(columns(side)) as f64 * side;
        let (min, max) = SIDES;
        let steps = ((max - min) * 2.0) as usize;
        let mut sides = (0..=steps).map(|step| max - step as f64 * 0.5);
        let side = sides.find(|side| needed(*side) <= most).unwrap_or(min);
        let tall = needed(side).min(most);
        Some(Self {
            area: Area { x: 0.0, y: height - tall, width, height: tall },
            side,
            columns: columns(side),
            count,
            max_depth: lanes.cells.iter().map(|cell| cell.depth).max().unwrap_or(0),
        })
    }

    /// Where a cell is.
    pub fn cell(&self, index: usize) -> Area {
        let (row, column) = (index / self.columns, index % self.columns);
        Area {
            x: self.area.x + column as f64 * self.side,
            y: self.area.y + row as f64 * self.side,
            width: self.side - 1.0,
            height: self.side - 1.0,
        }
    }

    /// How deep a cell is, from 0 to 1 by orders of magnitude.
    pub fn heat(&self, depth: u32) -> f64 {
        if depth == 0 || self.max_depth == 0 {
            return 0.0;
        }
        (f64::from(depth) + 1.0).ln() / (f64::from(self.max_depth) + 1.0).ln()
    }

    fn at(&self, x: f64, y: f64) -> Option<usize> {
        if !self.area.holds(x, y) {
            return None;
        }
        let column = ((x - self.area.x) / self.side) as usize;
        let row = ((y - self.area.y) / self.side) as usize;
        let index = row * self.columns + column;
        (column < self.columns && index < self.count).then_some(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::page::LaneCell;

    fn lanes(depths: &[(&str, u32)], cells: usize) -> LanesView {
        LanesView {
            keys: cells as u64,
            deepest: depths
                .iter()
                .map(|(key, depth)| LaneView {
                    index: 0,
                    key: (*key).into(),
                    depth: *depth,
                    in_flight: 3,
                    worker: Some(WorkerId(1)),
                    blocked: false,
                })
                .collect(),
            cells: vec![LaneCell { depth: 5, locked: 0, worker: None }; cells],
            lanes_per_cell: 1,
            ..LanesView::default()
        }
    }

    fn picture(lanes: &LanesView, size: (f64, f64)) -> Picture {
        let mut seats = Seats::default();
        seats.seat(lanes, Picture::rows_for(lanes, true, size), 10_000.0, 1_000.0);
        Picture::new(lanes, &seats, &[], true, size)
    }

    #[test]
    fn everything_is_within_the_canvas_whatever_its_size() {
        let lanes = lanes(&[("a", 1_000_000), ("b", 7), ("c", 0)], 1_024);
        for size in [(0.0, 0.0), (320.0, 200.0), (600.0, 480.0), (3_000.0, 900.0)] {
            let picture = picture(&lanes, size);
            for row in &picture.rows {
                let blocks = (row.flight_blocks + row.waiting_blocks) as f64;
                let end = picture.track_x + blocks * picture.pitch;
                assert!(end <= picture.number_x.max(picture.track_x + 40.0), "{size:?} {end}");
            }
            let Some(grid) = picture.grid else { panic!("there are many lanes") };
            if size.0 > 300.0 {
                let last = grid.cell(grid.count - 1);
                assert!(last.y + last.height <= size.1 + 0.01, "{size:?} {last:?}");
            }
        }
    }

    #[test]
    fn what_is_pointed_at_is_found_and_walked_through() {
        let lanes = lanes(&[("a", 5), ("b", 4)], 100);
        let picture = picture(&lanes, (600.0, 480.0));
        assert_eq!(picture.at(10.0, 2.0), Some(Target::Row(0)));
        let second = picture.rows[1].area;
        assert_eq!(picture.at(10.0, second.y + 1.0), Some(Target::Row(1)));
        let cell = picture.grid.as_ref().map(|grid| grid.cell(42)).expect("a grid");
        assert_eq!(picture.at(cell.x + 1.0, cell.y + 1.0), Some(Target::Cell(42)));
        assert_eq!(picture.at(-5.0, -5.0), None);
        assert_eq!(picture.step(None, true), Some(Target::Row(0)));
        assert_eq!(picture.step(Some(Target::Row(1)), true), Some(Target::Cell(0)));
        assert_eq!(picture.step(Some(Target::Cell(0)), false), Some(Target::Row(1)));
        assert_eq!(picture.step(Some(Target::Cell(99)), true), Some(Target::Cell(99)));
    }

    #[test]
    fn one_block_is_one_order_while_they_fit() {
        let few = picture(&lanes(&[("a", 5), ("b", 4)], 2), (600.0, 480.0));
        assert_eq!((few.unit, few.rows[0].waiting_blocks, few.rows[0].flight_blocks), (1, 5, 3));
        let many = picture(&lanes(&[("a", 4_000)], 2), (600.0, 480.0));
        assert!(many.unit >= 100, "{}", many.unit);
        assert!(many.grid.is_none() && many.rows[0].area.height > few.rows.len() as f64);
    }
}
