//! The charts over time: queue depth, rates, latency.

mod line;

use crate::ui::{i18n::use_speech, page::column, widgets::panel::Panel};
use leptos::prelude::*;
use line::{Line, LineChart};

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

/// Three charts beside each other.
#[component]
pub fn Charts() -> impl IntoView {
    let speech = use_speech();
    let depth = Signal::derive(move || speech.texts().chart_depth.to_owned());
    let rates = Signal::derive(move || speech.texts().chart_rates.to_owned());
    let latency = Signal::derive(move || speech.texts().chart_latency.to_owned());
    view! {
        <Panel id="depth" title=depth>
            <LineChart
                id="depth-chart"
                title=depth
                lines=DEPTH
                write=|format, value| format.compact(value.round())
                unit=|t| t.unit_orders
            />
        </Panel>
        <Panel id="rates" title=rates>
            <LineChart
                id="rates-chart"
                title=rates
                lines=RATES
                write=|format, value| format.compact(value.round())
                unit=|t| t.unit_per_second
            />
        </Panel>
        <Panel id="latency" title=latency>
            <LineChart
                id="latency-chart"
                title=latency
                lines=LATENCY
                write=|format, value| format.duration(value)
                unit=|_| ""
            />
        </Panel>
    }
}
