//! Paints the picture of the lanes: blocks, padlocks, badges and the grid.

use crate::core::ids::WorkerId;
use crate::platform::canvas::{Align, Surface};
use crate::ui::{room::tint, widgets::palette::Palette};
use crate::view::{
    format::Format,
    lanes::{Area, Grid, Picture, Row, Target},
};
use crate::wire::page::{LaneCell, LanesView};
use std::collections::BTreeSet;

/// The gap between two blocks, in pixels.
const GAP: f64 = 2.0;
/// Above and below the blocks, as a share of the row.
const INSET: f64 = 0.2;

/// Shades of depth in the grid.
const SHADES: f64 = 8.0;

/// What is painted on, and with.
pub struct Sheet<'a> {
    pub surface: &'a Surface,
    pub palette: &'a Palette,
    pub format: Format,
}

impl Sheet<'_> {
    /// Paints everything.
    pub fn paint(
        &self,
        picture: &Picture,
        lanes: &LanesView,
        caption: &str,
        target: Option<Target>,
    ) {
        for (index, row) in picture.rows.iter().enumerate() {
            self.row(row, picture, index, target == Some(Target::Row(index)));
        }
        let Some(grid) = &picture.grid else { return };
        let marked = match target {
            Some(Target::Cell(index)) => Some(index),
            _ => None,
        };
        self.grid(grid, lanes, marked);
        self.surface.font(&self.palette.font, 11.0, false);
        self.surface.color(&self.palette.muted);
        self.surface.text(caption, 0.0, picture.caption_y, Align::Left);
    }

    fn row(&self, row: &Row, picture: &Picture, index: usize, marked: bool) {
        let (surface, palette) = (self.surface, self.palette);
        let Area { y, width, height, .. } = row.area;
        let middle = y + height / 2.0;
        if marked || index.is_multiple_of(2) {
            surface.color(&palette.row);
            surface.fill(0.0, y, width, height);
        }
        if marked {
            surface.color(&palette.focus);
            surface.outline(0.5, y + 0.5, width - 1.0, height - 1.0, 1.0);
        }
        surface.font(&palette.font, 11.5, false);
        surface.color(&palette.text);
        let name = self.fitted(&row.name, picture.holder_x - 8.0);
        surface.text(&name, 4.0, middle, Align::Left);

        if let Some(worker) = row.worker {
            self.holder(worker, row.locked, picture.holder_x, middle);
        }
        let size = picture.pitch - GAP;
        let (top, block_height) = (y + height * INSET, height * (1.0 - 2.0 * INSET));
        let mut x = picture.track_x;
        if let Some(worker) = row.worker {
            surface.color(palette.data(tint(worker)));
            let left = |block: usize| x + picture.pitch * block as f64;
            let blocks = 0..row.flight_blocks;
            surface.fill_all(blocks.map(|block| (left(block), top, size, block_height)));
            x = left(row.flight_blocks);
        } else {
            x += picture.pitch * row.flight_blocks as f64;
        }
        self.waiting(row, picture, (x, top, block_height));
        let count = row.depth.saturating_add(row.in_flight);
        surface.color(if count == 0 { &palette.muted } else { &palette.text });
        surface.text(&self.format.whole(count), width - 4.0, middle, Align::Right);
    }

    /// The waiting orders: the head of the line stands out, more so when it is stuck.
    fn waiting(&self, row: &Row, picture: &Picture, (left, top, height): (f64, f64, f64)) {
        let (surface, palette) = (self.surface, self.palette);
        let size = picture.pitch - GAP;
        if row.waiting_blocks > 0 {
            surface.color(if row.blocked { &palette.alarm } else { &palette.head });
            surface.fill(left, top, size, height);
            surface.color(&palette.waiting);
            let rest = 1..row.waiting_blocks;
            let at = |block: usize| left + block as f64 * picture.pitch;
            surface.fill_all(rest.map(|block| (at(block), top, size, height)));
        }
        if row.blocked {
            surface.color(&palette.alarm);
            surface.outline(left - 1.5, top - 1.5, size + 3.0, height + 3.0, 1.0);
            surface.color(&palette.on_tint);
            surface.font(&palette.font, 10.0, true);
            surface.text("!", left + size / 2.0, top + height / 2.0, Align::Middle);
            surface.font(&palette.font, 11.5, false);
        }
    }

    /// The consumer's badge, with a padlock when it holds the lane.
    fn holder(&self, worker: WorkerId, locked: bool, x: f64, middle: f64) {
        let (surface, palette) = (self.surface, self.palette);
        surface.color(palette.data(tint(worker)));
        surface.fill_round(x + 10.0, middle - 7.0, 28.0, 14.0, 3.0);
        if locked {
            surface.fill_round(x, middle - 1.5, 8.0, 6.5, 1.0);
            surface.arch(x + 4.0, middle - 1.5, 2.6, 1.4);
        }
        surface.font(&palette.font, 10.0, true);
        surface.color(&palette.on_tint);
        surface.text(&worker.to_string(), x + 24.0, middle + 0.5, Align::Middle);
        surface.font(&palette.font, 11.5, false);
    }

    /// The grid of all lanes, a colour at a time: switching colours is what takes time.
    fn grid(&self, grid: &Grid, lanes: &LanesView, marked: Option<usize>) {
        let (surface, palette) = (self.surface, self.palette);
        let cells = &lanes.cells[..grid.count.min(lanes.cells.len())];
        let areas = |wanted: &dyn Fn(&LaneCell) -> bool, of: fn(Area) -> Area| {
            let chosen = cells.iter().enumerate().filter(|(_, cell)| wanted(cell));
            let areas: Vec<_> = chosen
                .map(|(index, _)| of(grid.cell(index)))
                .map(|Area { x, y, width, height }| (x, y, width, height))
                .collect();
            areas
        };
        surface.color(&palette.empty);
        surface.fill_all(areas(&|_| true, |area| area).into_iter());
        surface.color(&palette.waiting);
        let shade = |cell: &LaneCell| (grid.heat(cell.depth) * SHADES).ceil();
        for step in 1..=SHADES as u32 {
            let step = f64::from(step);
            surface.opacity(0.25 + 0.75 * step / SHADES);
            let shaded = areas(&|cell| cell.depth > 0 && shade(cell).max(1.0) == step, |area| area);
            surface.fill_all(shaded.into_iter());
        }
        surface.opacity(1.0);
        // A held cell has its consumer's corner, so depth and holder are both seen.
        let holders: BTreeSet<WorkerId> = cells.iter().filter_map(|cell| cell.worker).collect();
        for worker in holders {
            surface.color(palette.data(tint(worker)));
            surface.fill_all(areas(&|cell| cell.worker == Some(worker), corner).into_iter());
        }
        if let Some(index) = marked {
            let Area { x, y, width, height } = grid.cell(index);
            surface.color(&palette.focus);
            surface.outline(x - 0.5, y - 0.5, width + 1.0, height + 1.0, 2.0);
        }
    }

    /// The text, shortened until it is at most so wide.
    fn fitted(&self, text: &str, width: f64) -> String {
        if self.surface.text_width(text) <= width {
            return text.to_owned();
        }
        let mut letters: Vec<char> = text.chars().take(64).collect();
        while letters.len() > 1 {
            letters.pop();
            let short: String = letters.iter().chain(&['…']).collect();
            if self.surface.text_width(&short) <= width {
                return short;
            }
        }
        "…".into()
    }
}

/// The lower left corner of a cell.
fn corner(Area { x, y, width, height }: Area) -> Area {
    let mark = (width * 0.55).max(1.5);
    Area { x, y: y + height - mark, width: mark, height: mark }
}
