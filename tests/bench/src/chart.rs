//! A bar chart in SVG: one bar per figure, with a whisker from minimum to maximum.

use crate::{
    figure::{Figure, Unit},
    statistics::Sample,
};

const WIDTH: f64 = 800.0;
const LABELS: f64 = 230.0;
const FIGURES: f64 = 130.0;
const ROW: f64 = 26.0;
const TOP: f64 = 44.0;

/// The lengths of the bars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// In proportion, from zero.
    Linear,
    /// By powers of ten, from the power below the least value: for what differs a thousandfold.
    Logarithmic,
}

/// A chart of figures of one unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// The file's name, without its ending.
    pub name: &'static str,
    pub title: &'static str,
    unit: Unit,
    scale: Scale,
    bars: Vec<(String, Sample)>,
}

impl Chart {
    pub fn new(name: &'static str, title: &'static str, unit: Unit, scale: Scale) -> Self {
        Self { name, title, unit, scale, bars: Vec::new() }
    }

    /// Appends a bar.
    ///
    /// # Panics
    /// The figure is in another unit.
    pub fn bar(&mut self, label: impl Into<String>, figure: &Figure) {
        assert_eq!(figure.unit, self.unit, "one chart, one unit: {}", figure.name);
        self.bars.push((label.into(), figure.sample.clone()));
    }

    /// The picture as a file of its own.
    pub fn svg(&self) -> String {
        let height = TOP + ROW * self.bars.len() as f64 + 12.0;
        let (title, unit) = (escaped(self.title), escaped(self.unit.name()));
        let scale = if self.scale == Scale::Logarithmic { ", logarithmic" } else { "" };
        let rows: String = (0..self.bars.len()).map(|index| self.row(index)).collect();
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
             width=\"{WIDTH}\" height=\"{height}\" role=\"img\" \
             font-family=\"system-ui, sans-serif\" font-size=\"13\">\n\
             <title>{title}</title>\n\
             <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
             <text x=\"12\" y=\"26\" font-size=\"15\" font-weight=\"600\" fill=\"#1c2024\">{title} \
             <tspan font-size=\"12\" font-weight=\"400\" fill=\"#60646c\">({unit}{scale})</tspan>\
             </text>\n{rows}</svg>\n"
        )
    }

    fn row(&self, index: usize) -> String {
        let (label, sample) = &self.bars[index];
        let y = TOP + ROW * index as f64;
        let middle = y + ROW / 2.0;
        let [low, mid, high] =
            [sample.min(), sample.median(), sample.max()].map(|value| self.position(value));
        let (baseline, bar) = (y + ROW / 2.0 + 4.5, ROW - 8.0);
        let (label, figure) = (escaped(label), escaped(&self.unit.show(sample.median())));
        let length = mid - LABELS;
        let (right, top, after) = (LABELS - 10.0, y + 4.0, high.max(mid) + 8.0);
        format!(
            "<text x=\"{right}\" y=\"{baseline}\" text-anchor=\"end\" fill=\"#1c2024\">{label}\
             </text>\n\
             <rect x=\"{LABELS}\" y=\"{top}\" width=\"{length:.1}\" height=\"{bar}\" rx=\"2\" \
             fill=\"#5b8def\"/>\n\
             <line x1=\"{low:.1}\" y1=\"{middle}\" x2=\"{high:.1}\" y2=\"{middle}\" \
             stroke=\"#1c2024\" stroke-width=\"1.5\"/>\n\
             <text x=\"{after:.1}\" y=\"{baseline}\" fill=\"#1c2024\">{figure}</text>\n"
        )
    }

    /// Where a value is, in pixels from the left.
    fn position(&self, value: f64) -> f64 {
        let all = self.bars.iter().map(|(_, sample)| sample);
        let most = all.clone().map(Sample::max).fold(f64::MIN_POSITIVE, f64::max);
        let share = match self.scale {
            Scale::Linear => value / most,
            Scale::Logarithmic => {
                let least = all.map(Sample::min).fold(f64::INFINITY, f64::min);
                // Strictly below, so that the shortest bar can be seen.
                let from = (least.max(f64::MIN_POSITIVE).log10() - 0.01).floor();
                (value.max(f64::MIN_POSITIVE).log10() - from) / (most.log10() - from)
            }
        };
        LABELS + share.clamp(0.0, 1.0) * (WIDTH - LABELS - FIGURES)
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(scale: Scale) -> Chart {
        let mut chart = Chart::new("speed", "Speed & more", Unit::OrdersPerSecond, scale);
        for (label, values) in [("slow", vec![10.0]), ("fast <1>", vec![500.0, 1_000.0, 750.0])] {
            chart.bar(label, &Figure::new(label, Unit::OrdersPerSecond, Sample::new(values)));
        }
        chart
    }

    #[test]
    fn positions_follow_the_scale() {
        let span = WIDTH - LABELS - FIGURES;
        let linear = |value| (chart(Scale::Linear).position(value) - LABELS) / span;
        assert_eq!((linear(0.0), linear(500.0), linear(1_000.0)), (0.0, 0.5, 1.0));
        let log = |value| (chart(Scale::Logarithmic).position(value) - LABELS) / span;
        assert!((log(10.0) - 1.0 / 3.0).abs() < 1e-9, "the least is not at zero: {}", log(10.0));
        assert!((log(1_000.0) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn the_picture_has_every_bar_and_escapes_its_texts() {
        let svg = chart(Scale::Linear).svg();
        assert_eq!(svg.matches("<line").count(), 2);
        for part in ["Speed &amp; more", "fast &lt;1&gt;", ">750</text>", "xmlns="] {
            assert!(svg.contains(part), "{part} is missing in {svg}");
        }
    }
}
