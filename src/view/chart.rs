//! The geometry of a chart over time: axes, ticks and lines, in pixels.

use super::decimate::min_max;
use super::scale::{Scale, axis, ticks};
use super::series::Series;

/// Where things are on a canvas of `width` × `height`.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// The plot's left, top, right and bottom.
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
    /// Time, in milliseconds.
    pub x: Scale,
    /// The figures.
    pub y: Scale,
    /// Where the horizontal lines are, and at which values.
    pub rows: Vec<(f64, f64)>,
    /// Where the vertical lines are, and how many seconds before now.
    pub columns: Vec<(f64, f64)>,
    /// A line per column of the series that was asked for, in pieces: gaps are NaN in the series.
    pub lines: Vec<Vec<Vec<(f64, f64)>>>,
}

/// What is shown: the last `window_ms` of some columns.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub width: f64,
    pub height: f64,
    pub window_ms: f64,
    pub columns: &'a [usize],
    /// Whether the figures are counts: then no tick is between whole numbers.
    pub whole: bool,
}

/// The windows that a chart may show, in milliseconds: a quarter of each is a round time.
const WINDOWS_MS: [f64; 4] = [20_000.0, 40_000.0, 60_000.0, 120_000.0];

/// The smallest window that shows all that happened in the last two minutes, by some columns: what
/// is over in a few seconds would be a mere stroke in the largest.
pub fn window_ms<const N: usize>(series: &Series<N>, columns: &[usize]) -> f64 {
    let [.., most] = WINDOWS_MS;
    let since = series.busy_since(most, columns);
    let age = since.zip(series.last_ms()).map_or(0.0, |(since, now)| now - since);
    WINDOWS_MS.into_iter().find(|window| *window > age).unwrap_or(most)
}

const LEFT: f64 = 46.0;
const RIGHT: f64 = 10.0;
const TOP: f64 = 8.0;
const BOTTOM: f64 = 20.0;
/// The least distance between two horizontal lines.
const ROW_PIXELS: f64 = 34.0;

impl Chart {
    /// Lays out the last part of a series.
    pub fn new<const N: usize>(series: &Series<N>, request: Request<'_>) -> Self {
        let right = (request.width - RIGHT).max(LEFT + 1.0);
        let bottom = (request.height - BOTTOM).max(TOP + 1.0);
        let now = series.last_ms().unwrap_or(0.0);
        let from = now - request.window_ms;
        let x = Scale { min: from, max: now, from: LEFT, to: right };

        // One row before the window, so that the lines enter from the edge.
        let first = series.first_at(from).saturating_sub(1);
        let rows = first..series.len();
        let max = rows
            .clone()
            .flat_map(|row| request.columns.iter().map(move |column| (row, *column)))
            .map(|(row, column)| series.value(row, column))
            .fold(0.0, f64::max);
        let (top_value, step) = axis(max, ((bottom - TOP) / ROW_PIXELS).max(1.0) as usize);
        let (top_value, step) = match request.whole && step < 1.0 {
            true => (top_value.ceil(), 1.0),
            false => (top_value, step),
        };
        let y = Scale { min: 0.0, max: top_value, from: bottom, to: TOP };

        let lines = request
            .columns
            .iter()
            .map(|column| {
                let points: Vec<(f64, f64)> = rows
                    .clone()
                    .map(|row| (series.time_ms(row), series.value(row, *column)))
                    .collect();
                points
                    .split(|point| point.1.is_nan())
                    .filter(|piece| !piece.is_empty())
                    .map(|piece| {
                        min_max(piece.iter().map(|(t, v)| (x.place(*t).max(LEFT), y.place(*v))))
                    })
                    .collect()
            })
            .collect();
        let seconds = request.window_ms / 1000.0;
        let every = if right - LEFT < 260.0 { seconds / 2.0 } else { seconds / 4.0 };
        let count = (seconds / every).round() as usize;
        Self {
            left: LEFT,
            top: TOP,
            right,
            bottom,
            x,
            y,
            rows: ticks(top_value, step).into_iter().map(|v| (y.place(v), v)).collect(),
            columns: (0..=count)
                .map(|index| index as f64 * every)
                .map(|ago| (x.place(now - ago * 1000.0), ago))
                .collect(),
            lines,
        }
    }

    /// The row of the series nearest to a pixel, if that is within the plot.
    pub fn row_at<const N: usize>(&self, series: &Series<N>, pixel: f64) -> Option<usize> {
        let within = (self.left - 4.0..=self.right + 4.0).contains(&pixel);
        within.then(|| series.nearest(self.x.value(pixel))).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: Request<'_> =
        Request { width: 400.0, height: 150.0, window_ms: 9_000.0, columns: &[0], whole: false };

    fn chart(rows: usize) -> (Series<2>, Chart) {
        let mut series = Series::new(5_000);
        for row in 0..rows {
            series.push(row as f64 * 100.0, [row as f64, 7.0]);
        }
        let request = Request { columns: &[0, 1], window_ms: 60_000.0, ..REQUEST };
        let chart = Chart::new(&series, request);
        (series, chart)
    }

    #[test]
    fn an_empty_series_has_axes_and_no_line() {
        let (series, chart) = chart(0);
        assert!(chart.lines.iter().all(Vec::is_empty));
        assert_eq!(chart.rows.first().map(|row| row.1), Some(0.0));
        assert_eq!(chart.row_at(&series, 200.0), None);
    }

    #[test]
    fn lines_stay_within_the_plot_and_end_at_now() {
        let (series, chart) = chart(1_000);
        for line in chart.lines.iter().flatten() {
            assert!(line.iter().all(|p| (chart.left..=chart.right).contains(&p.0)));
            assert!(line.iter().all(|p| (chart.top..=chart.bottom).contains(&p.1)));
            assert_eq!(line.last().map(|p| p.0), Some(chart.right));
            assert!(line.len() < 4 * 400, "{}", line.len());
        }
        assert_eq!(chart.row_at(&series, chart.right), Some(999));
        assert_eq!(chart.row_at(&series, 10.0), None);
    }

    #[test]
    fn a_gap_parts_a_line() {
        let mut series = Series::new(10);
        for (row, value) in [1.0, 2.0, f64::NAN, 3.0, 4.0].into_iter().enumerate() {
            series.push(row as f64 * 1_000.0, [value]);
        }
        let pieces: Vec<usize> =
            Chart::new(&series, REQUEST).lines[0].iter().map(Vec::len).collect();
        assert_eq!(pieces, [2, 2]);
    }

    #[test]
    fn counts_have_whole_ticks() {
        for (most, whole, ticks) in [
            (0.0, true, &[0.0, 1.0][..]),
            (1.0, true, &[0.0, 1.0]),
            (1.0, false, &[0.0, 0.5, 1.0]),
            (2.0, true, &[0.0, 1.0, 2.0]),
        ] {
            let mut series = Series::new(10);
            series.push(0.0, [most]);
            let chart = Chart::new(&series, Request { whole, ..REQUEST });
            let values: Vec<f64> = chart.rows.iter().map(|row| row.1).collect();
            assert_eq!(values, ticks, "{most}");
        }
    }

    #[test]
    fn the_window_is_as_long_as_what_happened() {
        let mut series = Series::<2>::new(10_000);
        assert_eq!(window_ms(&series, &[0, 1]), 20_000.0);
        for second in 0..400 {
            let busy = (100..103).contains(&second);
            series.push(f64::from(second) * 1_000.0, [f64::NAN, f64::from(u8::from(busy))]);
            let expected = match second {
                ..120 => 20_000.0,
                120..140 => 40_000.0,
                140..160 => 60_000.0,
                // The last busy second leaves the window after two minutes.
                160..=222 => 120_000.0,
                _ => 20_000.0,
            };
            assert_eq!(window_ms(&series, &[0, 1]), expected, "after {second} s");
        }
    }
}
