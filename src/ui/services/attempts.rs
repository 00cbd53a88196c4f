//! The attempts of one order on a time line: a row for every delivery, a bar for every call, and
//! between them the waits.

use super::service_name;
use crate::core::status::Service;
use crate::ui::{
    i18n::{Texts, use_speech},
    shop::outcome_name,
    widgets::table::TableBehind,
};
use crate::view::format::{Format, fill};
use crate::wire::page::{CallView, Outcome, TimelineEntry, TimelineEvent};
use leptos::prelude::*;

/// The least width of a bar, as a share of the line: what takes no time is still to be seen.
const LEAST: f64 = 0.008;

/// A call, and when it began.
#[derive(Clone, Copy, PartialEq)]
struct Moment {
    at_ms: f64,
    call: CallView,
}

/// The calls. Where the queue spent the wait before a delivery, the client knows nothing of it: its
/// first call has waited since the end of the one before.
fn moments(entries: &[TimelineEntry]) -> Vec<Moment> {
    let mut ended_ms = None::<f64>;
    let call = |entry: &TimelineEntry| match entry.event {
        TimelineEvent::Call(mut call) => {
            if let Some(ended_ms) = ended_ms.filter(|_| call.call == 1 && call.attempt > 1)
                && call.service == Service::Payment
            {
                call.waited_ms = (entry.at_ms - ended_ms).max(0.0);
            }
            ended_ms = Some(entry.at_ms + call.took_ms);
            Some(Moment { at_ms: entry.at_ms, call })
        }
        _ => None,
    };
    entries.iter().filter_map(call).collect()
}

const fn outcome_class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Completed => "call good",
        Outcome::Declined => "call bad",
        Outcome::CircuitOpen => "call held",
        Outcome::GatewayFailed | Outcome::TimedOut | Outcome::Throttled | Outcome::Conflict => {
            "call failed"
        }
    }
}

fn describe(texts: &Texts, format: Format, moment: &Moment) -> String {
    let Moment { at_ms, call } = moment;
    fill(
        texts.attempt_call,
        &[
            ("service", service_name(texts, call.service)),
            ("n", &call.call.to_string()),
            ("attempt", &call.attempt.to_string()),
            ("time", &format.moment(*at_ms)),
            ("waited", &format.duration(call.waited_ms)),
            ("took", &format.duration(call.took_ms)),
            ("outcome", outcome_name(texts, call.outcome)),
        ],
    )
}

/// The picture with the text of the call that is pointed at or focused, and a table behind it.
/// Nothing when no call of the order was reported.
#[component]
pub fn Attempts(#[prop(into)] entries: Signal<Vec<TimelineEntry>>) -> impl IntoView {
    let speech = use_speech();
    let calls = Memo::new(move |_| moments(&entries.read()));
    let chosen = RwSignal::new(None::<usize>);
    let picture = move || {
        let calls = calls.get();
        let from = calls.first().map_or(0.0, |first| first.at_ms - first.call.waited_ms);
        let end = |moment: &Moment| moment.at_ms + moment.call.took_ms;
        let length = (calls.iter().map(end).fold(from, f64::max) - from).max(1.0);
        let place = move |at_ms: f64| 100.0 * ((at_ms - from) / length).clamp(0.0, 1.0);
        let mut deliveries: Vec<u16> = calls.iter().map(|moment| moment.call.attempt).collect();
        deliveries.dedup();
        let bar = move |index: usize, moment: Moment| {
            let Moment { at_ms, call } = moment;
            let width = (100.0 * call.took_ms / length).max(100.0 * LEAST);
            let left = place(at_ms).min(100.0 - width);
            let waited = 100.0 * call.waited_ms / length;
            view! {
                <span class="wait" style=format!("left:{:.3}%;width:{waited:.3}%", place(at_ms - call.waited_ms))></span>
                <button
                    type="button"
                    class=outcome_class(call.outcome)
                    style=format!("left:{left:.3}%;width:{width:.3}%")
                    aria-label=move || describe(speech.texts(), speech.format(), &moment)
                    on:pointerenter=move |_| chosen.set(Some(index))
                    on:focus=move |_| chosen.set(Some(index))
                ></button>
            }
        };
        let row = |delivery: u16| {
            let of_it = calls.iter().copied().enumerate();
            let bars: Vec<_> = of_it
                .filter(|(_, moment)| moment.call.attempt == delivery)
                .map(|(index, moment)| bar(index, moment))
                .collect();
            let name = fill(speech.texts().attempt_row, &[("n", &delivery.to_string())]);
            view! {
                <li>
                    <span class="attempt-name">{name}</span>
                    <div class="attempt-line">{bars}</div>
                </li>
            }
        };
        deliveries.into_iter().map(row).collect_view()
    };
    let text = move || {
        let calls = calls.read();
        let moment = chosen.get().and_then(|index| calls.get(index).copied());
        let texts = speech.texts();
        moment.map_or(texts.attempts_hint.to_owned(), |moment| {
            describe(texts, speech.format(), &moment)
        })
    };
    let head = Signal::derive(move || {
        let texts = speech.texts();
        [
            texts.chart_time,
            texts.order_attempts,
            texts.tally_service,
            texts.attempts_waited,
            texts.attempts_took,
            texts.attempts_outcome,
        ]
        .map(str::to_owned)
        .to_vec()
    });
    let rows = Callback::new(move |()| {
        let (texts, format) = (speech.texts(), speech.format());
        let cells = |moment: &Moment| {
            let call = moment.call;
            vec![
                format.moment(moment.at_ms),
                format!("{}.{}", call.attempt, call.call),
                service_name(texts, call.service).to_owned(),
                format.duration(call.waited_ms),
                format.duration(call.took_ms),
                outcome_name(texts, call.outcome).to_owned(),
            ]
        };
        calls.read().iter().map(cells).collect::<Vec<_>>()
    });
    view! {
        <Show when=move || !calls.read().is_empty()>
            <div class="attempts">
                <h3>{move || speech.texts().attempts_title}</h3>
                <ol>{picture}</ol>
                <p class="attempt-text" aria-live="polite">{text}</p>
                <TableBehind
                    id="attempts-table"
                    caption=speech.text(|t| t.attempts_title)
                    head=head
                    rows=rows
                />
            </div>
        </Show>
    }
}
