//! What happened to an order, entry by entry, with the time since the one before.

use super::orders::status_name;
use crate::ui::{
    i18n::use_speech,
    widgets::icon::{Glyph, Icon},
};
use crate::view::format::fill;
use crate::wire::page::{Outcome, Status, TimelineEntry, TimelineEvent};
use leptos::prelude::*;

/// A list of moments.
#[component]
pub fn Timeline(#[prop(into)] entries: Signal<Vec<TimelineEntry>>) -> impl IntoView {
    let speech = use_speech();
    let moment = move |entry: TimelineEntry, since: Option<f64>| {
        let (texts, format) = (speech.texts(), speech.format());
        let (text, kind, glyph) = match entry.event {
            TimelineEvent::Reached(status) => {
                let (kind, glyph) = look(status);
                (status_name(texts, status), kind, glyph)
            }
            TimelineEvent::Attempt(outcome) => (outcome_name(texts, outcome), "bad", Glyph::Reset),
            // They are on the time line of the attempts.
            TimelineEvent::Call(_) => return None,
        };
        let worker = entry
            .worker
            .map(|worker| fill(texts.timeline_worker, &[("worker", &worker.to_string())]));
        Some(view! {
            <li class=kind>
                <Icon glyph=glyph />
                <span class="timeline-text">{text} " " <small>{worker}</small></span>
                <time>{format.moment(entry.at_ms)}</time>
                <span class="timeline-since">
                    {since.map(|since| format!("+{}", format.duration(since)))}
                </span>
            </li>
        })
    };
    let moments = move || {
        let mut before = None::<f64>;
        entries
            .get()
            .into_iter()
            .filter_map(|entry| {
                let at_ms = entry.at_ms;
                let since = before.map(|before| (at_ms - before).max(0.0));
                let shown = moment(entry, since)?;
                before = Some(at_ms);
                Some(shown)
            })
            .collect_view()
    };
    view! { <ol class="timeline">{moments}</ol> }
}

/// What an attempt's outcome is called.
pub fn outcome_name(texts: &crate::ui::i18n::Texts, outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Completed => texts.outcome_completed,
        Outcome::Declined => texts.outcome_declined,
        Outcome::GatewayFailed => texts.outcome_gateway,
        Outcome::TimedOut => texts.outcome_timed_out,
        Outcome::Throttled => texts.outcome_throttled,
        Outcome::CircuitOpen => texts.outcome_circuit_open,
        Outcome::Conflict => texts.outcome_conflict,
    }
}

const fn look(status: Status) -> (&'static str, Glyph) {
    match status {
        Status::Accepted => ("waiting", Glyph::Hourglass),
        Status::Completed => ("good", Glyph::Check),
        Status::Declined | Status::Cancelled => ("bad", Glyph::Cross),
        Status::DeadLettered => ("bad", Glyph::Dead),
        _ => ("busy", Glyph::Dot),
    }
}
