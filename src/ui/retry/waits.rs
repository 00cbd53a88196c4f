//! The waits of a policy: the range of each, one call's, and the same as a call of the scripting
//! API.

use super::policy::Explored;
use crate::core::time::Span;
use crate::say;
use crate::scenario::{fields::Choice, policies::PRESETS};
use crate::ui::i18n::use_speech;
use crate::view::format::fill;
use leptos::prelude::*;

/// Retries that the table shows at most; a policy may have a thousand.
const ROWS: usize = 100;

/// The table.
#[component]
pub fn WaitsTable(explored: Explored) -> impl IntoView {
    let speech = use_speech();
    let rows = move || {
        let (policy, format) = (explored.policy.get(), speech.format());
        let waits = policy.waits(explored.seed.get());
        let ranges: Vec<(Span, Span)> = (1..).zip(&waits).map(|(n, _)| policy.range(n)).collect();
        let longest = ranges.iter().map(|range| range.1).max().unwrap_or_default();
        let scale = 100.0 / longest.as_millis_f64().max(f64::MIN_POSITIVE);
        let mut since = Span::ZERO;
        let row = |(index, (wait, (least, most))): (usize, (&Span, &(Span, Span)))| {
            since = since + *wait;
            let write = |span: Span| format.duration(span.as_millis_f64());
            let left = least.as_millis_f64() * scale;
            let width = (most.as_millis_f64() - least.as_millis_f64()) * scale;
            let bar = format!("left:{left:.2}%;width:{width:.2}%");
            let dot = format!("left:{:.2}%", wait.as_millis_f64() * scale);
            view! {
                <tr>
                    <th scope="row">{format.whole(index as u64 + 1)}</th>
                    <td>{write(*least)}</td>
                    <td>{write(*most)}</td>
                    <td class="wait-drawn">{write(*wait)}</td>
                    <td>{write(since)}</td>
                    <td class="wait-range" aria-hidden="true">
                        <span class="wait-track">
                            <span class="wait-bar" style=bar></span>
                            <span class="wait-dot" style=dot></span>
                        </span>
                    </td>
                </tr>
            }
        };
        waits.iter().zip(&ranges).enumerate().take(ROWS).map(row).collect_view()
    };
    let more = move || {
        let retries = usize::from(explored.policy.read().attempts).saturating_sub(1);
        let more = retries.checked_sub(ROWS + 1)? + 1;
        let count = speech.format().whole(more as u64);
        Some(fill(speech.texts().waits_more, &[("n", &count)]))
    };
    let any = move || explored.policy.read().attempts > 1;
    let call = move || {
        let (policy, seed) = (explored.policy.get(), explored.seed.get());
        if let Some(preset) = PRESETS.iter().find(|preset| preset.retry == policy) {
            return format!("convoy.backoff({{policy: \"{}\", seed: {seed}}})", preset.id);
        }
        format!(
            "convoy.backoff({{policy: {{backoff: \"{}\", baseMs: {}, factor: {}, capMs: {}, \
             jitter: \"{}\"}}, attempts: {}, seed: {seed}}})",
            policy.backoff.name(),
            policy.base.as_millis_f64(),
            policy.factor,
            policy.cap.as_millis_f64(),
            policy.jitter.name(),
            policy.attempts,
        )
    };
    view! {
        <Show
            when=any
            fallback=move || view! { <p class="empty">{say!(speech.waits_none)}</p> }
        >
            <div
                class="table-scroll waits"
                tabindex="0"
                role="region"
                aria-label=say!(speech.waits_title)
            >
                <table id="waits">
                    <thead>
                        <tr>
                            <th scope="col">{say!(speech.waits_retry)}</th>
                            <th scope="col">{say!(speech.waits_least)}</th>
                            <th scope="col">{say!(speech.waits_most)}</th>
                            <th scope="col">{say!(speech.waits_drawn)}</th>
                            <th scope="col">{say!(speech.waits_since)}</th>
                            <th class="wait-range" aria-hidden="true"></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <p class="hint">{more}</p>
        </Show>
        <p class="console-call">
            {say!(speech.waits_call)} " " <code id="backoff-call">{call}</code>
        </p>
    }
}
