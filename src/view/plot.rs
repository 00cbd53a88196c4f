//! The geometry of a plot of several series over the same places: axes, ticks, lines, in pixels.

use super::scale::{Scale, axis, ticks};

/// What is plotted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlotData {
    /// The places, rising, from 0 on.
    pub x: Vec<f64>,
    /// A value for each place, series by series.
    pub series: Vec<Vec<f64>>,
    /// Where the picture ends above, if not with the largest value: what is higher is cut off.
    pub top: Option<f64>,
}

impl PlotData {
    /// Whether there is nothing to be seen.
    pub fn is_empty(&self) -> bool {
        self.x.is_empty() || self.series.iter().flatten().all(|value| *value == 0.0)
    }

    /// The place nearest to `x`.
    pub fn nearest(&self, x: f64) -> Option<usize> {
        let after = self.x.partition_point(|place| *place < x);
        let nearer = |index: &usize| (self.x[*index] - x).abs();
        let candidates = after.saturating_sub(1)..(after + 1).min(self.x.len());
        candidates.min_by(|a, b| nearer(a).total_cmp(&nearer(b)))
    }
}

/// How a plot's places are divided by ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ticks {
    /// At round numbers.
    Numbers,
    /// The places are milliseconds: at round times.
    Times,
}

/// Where things are on a canvas of `width` × `height`.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
    pub x: Scale,
    pub y: Scale,
    /// Where the horizontal lines are, and at which values.
    pub rows: Vec<(f64, f64)>,
    /// Where the ticks below are, and at which places.
    pub columns: Vec<(f64, f64)>,
    /// A line per series.
    pub lines: Vec<Vec<(f64, f64)>>,
}

const LEFT: f64 = 52.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 8.0;
const BOTTOM: f64 = 20.0;
/// The least distance between two horizontal lines, and between two ticks below.
const ROW_PIXELS: f64 = 40.0;
const COLUMN_PIXELS: f64 = 84.0;

/// Round lengths of time in milliseconds, above the powers of ten that come before.
const ROUND_MS: [f64; 16] = [
    15_000.0,
    30_000.0,
    60_000.0,
    120_000.0,
    300_000.0,
    600_000.0,
    1_800_000.0,
    3_600_000.0,
    7_200_000.0,
    21_600_000.0,
    43_200_000.0,
    86_400_000.0,
    172_800_000.0,
    432_000_000.0,
    864_000_000.0,
    1_728_000_000.0,
];

impl Plot {
    /// Lays it out.
    pub fn new(data: &PlotData, width: f64, height: f64, kind: Ticks) -> Self {
        let right = (width - RIGHT).max(LEFT + 1.0);
        let bottom = (height - BOTTOM).max(TOP + 1.0);
        let most = data.series.iter().flatten().copied().fold(0.0, f64::max);
        let rows = ((bottom - TOP) / ROW_PIXELS).max(1.0) as usize;
        let (top, row_step) = axis(data.top.unwrap_or(most), rows);
        let last = data.x.last().copied().unwrap_or(0.0);
        let columns = ((right - LEFT) / COLUMN_PIXELS).max(1.0) as usize;
        let step = match kind {
            Ticks::Numbers => axis(last, columns).1,
            Ticks::Times => time_step(last / columns as f64),
        };
        let end = if last > 0.0 { last } else { 1.0 };
        let x = Scale { min: 0.0, max: end, from: LEFT, to: right };
        let y = Scale { min: 0.0, max: top, from: bottom, to: TOP };
        let line = |values: &Vec<f64>| {
            let points = data.x.iter().zip(values);
            points.map(|(at, value)| (x.place(*at), y.place(value.min(top)))).collect()
        };
        let ticks_below = ticks((end / step).floor() * step, step);
        Self {
            left: LEFT,
            top: TOP,
            right,
            bottom,
            x,
            y,
            rows: ticks(top, row_step).into_iter().map(|v| (y.place(v), v)).collect(),
            columns: ticks_below.into_iter().map(|v| (x.place(v), v)).collect(),
            lines: data.series.iter().map(line).collect(),
        }
    }

    /// The place nearest to a pixel, if that is within the plot.
    pub fn place_at(&self, data: &PlotData, pixel: f64) -> Option<usize> {
        let within = (self.left - 6.0..=self.right + 6.0).contains(&pixel);
        within.then(|| data.nearest(self.x.value(pixel))).flatten()
    }
}

/// The smallest round length of time that is at least `least` milliseconds.
///
/// ```
/// assert_eq!(convoy_lab::view::plot::time_step(130_000.0), 300_000.0);
/// ```
pub fn time_step(least: f64) -> f64 {
    if least <= 10_000.0 {
        return super::scale::round_up(least);
    }
    let found = ROUND_MS.into_iter().find(|step| *step >= least);
    found.unwrap_or_else(|| super::scale::round_up(least))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(places: usize) -> PlotData {
        let x: Vec<f64> = (0..places).map(|place| place as f64 * 10.0).collect();
        let rising = x.iter().map(|x| x * 2.0).collect();
        let flat = vec![5.0; places];
        PlotData { x, series: vec![rising, flat], top: None }
    }

    #[test]
    fn lines_stay_within_the_plot_and_end_at_its_edge() {
        for (places, width, top) in
            [(20, 900.0, None), (20, 240.0, None), (1, 30.0, None), (20, 900.0, Some(50.0))]
        {
            let data = PlotData { top, ..data(places) };
            let plot = Plot::new(&data, width, 200.0, Ticks::Numbers);
            for (x, y) in plot.lines.iter().flatten() {
                assert!((plot.left..=plot.right).contains(x), "{width}: {x}");
                assert!((plot.top..=plot.bottom).contains(y), "{width}: {y}");
            }
            assert!(plot.columns.iter().all(|(x, _)| (plot.left..=plot.right).contains(x)));
            if places > 1 {
                assert_eq!(plot.lines[0].last().map(|p| p.0), Some(plot.right));
            }
        }
    }

    #[test]
    fn what_is_above_the_top_is_cut_off_there() {
        let data = PlotData { top: Some(50.0), ..data(20) };
        let plot = Plot::new(&data, 600.0, 300.0, Ticks::Numbers);
        assert_eq!(plot.lines[0].last().map(|p| p.1), Some(plot.y.place(plot.y.max)));
        assert!(plot.y.max < 100.0);
    }

    #[test]
    fn the_nearest_place_is_found() {
        let data = data(20);
        let plot = Plot::new(&data, 600.0, 200.0, Ticks::Numbers);
        for (x, nearest) in [(-5.0, 0), (4.9, 0), (5.1, 1), (94.0, 9), (1e9, 19)] {
            assert_eq!(data.nearest(x), Some(nearest), "{x}");
        }
        assert_eq!(plot.place_at(&data, plot.x.place(52.0)), Some(5));
        assert_eq!(plot.place_at(&data, 0.0), None);
        assert_eq!(PlotData::default().nearest(3.0), None);
        assert!(PlotData::default().is_empty());
        let empty = Plot::new(&PlotData::default(), 600.0, 200.0, Ticks::Times);
        assert!(empty.lines.is_empty() && !empty.rows.is_empty());
    }

    #[test]
    fn times_are_divided_at_round_times() {
        for (least, step) in [
            (0.0, 1.0),
            (30.0, 50.0),
            (4_000.0, 5_000.0),
            (11_000.0, 15_000.0),
            (61_000.0, 120_000.0),
            (90_000_000.0, 172_800_000.0),
            (3e9, 5e9),
        ] {
            assert_eq!(time_step(least), step, "{least}");
        }
    }
}
