//! Paints the picture of the lanes: blocks, padlocks, badges and the grid.

use crate::core::ids::WorkerId;
use crate::platform::canvas::{Align, Surface};
use crate::ui::{
    room::{TINTS, tint},
    widgets::palette::Palette,
};
use crate::view::{
    format::Format,
    lanes::{Area, Grid, Picture, Row, Target},
};
use crate::wire::page::LanesView;

/// Shades of a cell's depth.
const TONES: usize = 6;
/// The gap between two blocks, in pixels.
const GAP: f64 = 2.0;
/// Above and below the blocks, as a share of the row.
const INSET: f64 = 0.2;

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

    /// The cells, one tone after the other: changing the colour costs more than a cell.
    fn grid(&self, grid: &Grid, lanes: &LanesView, marked: Option<usize>) {
        let (surface, palette) = (self.surface, self.palette);
        let mut tones: [Vec<Area>; TONES + 1] = Default::default();
        let mut held: [Vec<Area>; TINTS as usize] = Default::default();
        for (index, cell) in lanes.cells.iter().enumerate().take(grid.count) {
            let area = grid.cell(index);
            tones[(grid.heat(cell.depth) * TONES as f64).ceil() as usize].push(area);
            if let Some(worker) = cell.worker {
                held[usize::from(tint(worker)) - 1].push(area);
            }
        }
        for (tone, cells) in tones.iter().enumerate() {
            if tone == 0 {
                surface.color(&palette.empty);
            } else {
                surface.color(&palette.waiting);
                surface.opacity(0.2 + 0.8 * tone as f64 / TONES as f64);
            }
            surface.fill_all(cells.iter().map(|cell| (cell.x, cell.y, cell.width, cell.height)));
        }
        surface.opacity(1.0);
        // A held cell has its consumer's corner, so depth and holder are both seen.
        for (index, cells) in held.iter().enumerate() {
            surface.color(palette.data(index as u16 + 1));
            surface.fill_all(cells.iter().map(|Area { x, y, width, height }| {
                let mark = (width * 0.55).max(1.5);
                (*x, y + height - mark, mark, mark)
            }));
        }
        if let Some(index) = marked {
            let Area { x, y, width, height } = grid.cell(index);
            surface.color(&palette.focus);
            surface.outline(x - 0.5, y - 0.5, width + 1.0, height + 1.0, 2.0);
        }
    }

    /// The text, shortened until it is at most so wide. It loses its middle: names that begin
    /// alike mostly end with a number.
    fn fitted(&self, text: &str, width: f64) -> String {
        let fits = |text: &str| self.surface.text_width(text) <= width;
        let letters: Vec<char> = text.chars().take(64).collect();
        if letters.len() == text.chars().count() && fits(text) {
            return text.to_owned();
        }
        let shorter = (0..letters.len()).rev().map(|kept| {
            let (head, tail) = (&letters[..kept.div_ceil(2)], &letters[letters.len() - kept / 2..]);
            head.iter().chain(&['…']).chain(tail).collect::<String>()
        });
        shorter.into_iter().find(|text| fits(text)).unwrap_or_else(|| "…".into())
    }
}
