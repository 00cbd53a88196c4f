//! The charts over time: queue depth, rates, latency.

mod line;

use crate::ui::{
    i18n::{Texts, use_speech},
    page::column,
    widgets::panel::Panel,
};
use crate::view::format::Format;
use leptos::prelude::*;

pub use self::line::LineChart;

/// A chart: its lines and how their figures are written.
pub struct Spec {
    /// The panel's id.
    pub panel: &'static str,
    /// The canvas's.
    pub chart: &'static str,
    /// The id of the table behind.
    pub table: &'static str,
    pub title: fn(&Texts) -> &'static str,
    pub lines: &'static [Line],
    pub write: fn(Format, f64) -> String,
    /// What stands behind each figure; empty when `write` says it.
    pub unit: fn(&Texts) -> &'static str,
    /// Whether the figures are counts.
    pub whole: bool,
}

/// A line of a chart.
#[derive(Clone, Copy)]
pub struct Line {
    /// The column of the history.
    pub column: usize,
    /// Its data colour.
    pub tint: u16,
    /// Its dashes, so that colour is not all that tells lines apart.
    pub dash: &'static [f64],
    /// What it is called.
    pub label: fn(&Texts) -> &'static str,
}

static CHARTS: [Spec; 3] = [
    Spec {
        panel: "depth",
        chart: "depth-chart",
        table: "depth-table",
        title: |t| t.chart_depth,
        lines: DEPTH,
        write: count,
        unit: |t| t.unit_orders,
        whole: true,
    },
    Spec {
        panel: "rates",
        chart: "rates-chart",
        table: "rates-table",
        title: |t| t.chart_rates,
        lines: RATES,
        write: count,
        unit: |t| t.unit_per_second,
        whole: true,
    },
    Spec {
        panel: "latency",
        chart: "latency-chart",
        table: "latency-table",
        title: |t| t.chart_latency,
        lines: LATENCY,
        write: Format::duration,
        unit: |_| "",
        whole: false,
    },
];

const DEPTH: &[Line] = &[
    Line { column: column::READY, tint: 1, dash: &[], label: |t| t.count_ready },
    Line { column: column::IN_FLIGHT, tint: 2, dash: &[5.0, 3.0], label: |t| t.count_in_flight },
];

const RATES: &[Line] = &[
    Line { column: column::ARRIVAL, tint: 1, dash: &[], label: |t| t.chart_arrival },
    Line { column: column::COMPLETION, tint: 3, dash: &[5.0, 3.0], label: |t| t.chart_completion },
];

const LATENCY: &[Line] = &[
    Line { column: column::TOTAL_P50, tint: 3, dash: &[], label: |t| t.chart_p50 },
    Line { column: column::TOTAL_P95, tint: 2, dash: &[5.0, 3.0], label: |t| t.chart_p95 },
    Line { column: column::TOTAL_P99, tint: 6, dash: &[2.0, 2.0], label: |t| t.chart_p99 },
    Line { column: column::WAIT_P95, tint: 5, dash: &[8.0, 3.0], label: |t| t.chart_wait },
    Line { column: column::SERVICE_P95, tint: 8, dash: &[1.0, 3.0], label: |t| t.chart_service },
];

fn count(format: Format, figure: f64) -> String {
    format.compact(figure.round())
}

/// Three charts beside each other.
#[component]
pub fn Charts() -> impl IntoView {
    let speech = use_speech();
    let panel = |spec: &'static Spec| {
        let title = Signal::derive(move || (spec.title)(speech.texts()).to_owned());
        view! {
            <Panel id=spec.panel title=title>
                <LineChart spec=spec title=title />
            </Panel>
        }
    };
    CHARTS.iter().map(panel).collect_view()
}
