//! A live run and its twin, side by side: what must be equal, and what only time decides.

use crate::say;
use crate::ui::{
    i18n::{Texts, use_speech},
    widgets::icon::{Glyph, Icon},
};
use crate::view::format::Format;
use crate::wire::{page::Snapshot, twin::TwinAnswer};
use leptos::prelude::*;
use std::sync::Arc;

/// A figure of both: how it is called and written.
type Row = (fn(&Texts) -> &'static str, fn(&Snapshot, Format) -> String);

/// A hash is written in 16 hexadecimal digits.
pub fn hash(hash: u64) -> String {
    format!("{hash:016x}")
}

/// What (seed, order, attempt) alone decide, as long as nothing is delivered twice.
const OUTCOMES: [Row; 7] = [
    (|t| t.count_accepted, |s, f| f.whole(s.counts.accepted)),
    (|t| t.count_completed, |s, f| f.whole(s.counts.completed)),
    (|t| t.twin_declined, |s, f| f.whole(s.counts.declined)),
    (|t| t.count_dead, |s, f| f.whole(s.counts.dead_lettered)),
    (|t| t.ledger_revenue, |s, f| f.money(s.ledger.actual_cents)),
    (|t| t.ledger_stock, |s, f| f.whole(s.ledger.stock_actual)),
    (|t| t.twin_outcomes, |s, _| hash(s.outcomes)),
];

/// What depends on when things happened.
const TIMING: [Row; 6] = [
    (|t| t.twin_elapsed, |s, f| f.duration(s.at_ms)),
    (|t| t.twin_p50, |s, f| f.duration(s.latency.total.p50)),
    (|t| t.twin_p99, |s, f| f.duration(s.latency.total.p99)),
    (|t| t.count_violations, |s, f| f.whole(s.counts.order_violations)),
    (|t| t.ledger_redeliveries, |s, f| f.whole(s.counts.redeliveries)),
    (|t| t.ledger_expired, |s, f| f.whole(s.counts.leases_expired)),
];

/// The runs that there are.
#[component]
pub fn Compare(
    live: RwSignal<Option<Arc<Snapshot>>>,
    twin: RwSignal<Option<TwinAnswer>>,
) -> impl IntoView {
    let speech = use_speech();
    let facts = move || {
        let answer = twin.get()?;
        let (texts, format) = (speech.texts(), speech.format());
        let virtual_ms = answer.run.snapshot.at_ms;
        let speed = virtual_ms / answer.wall_ms.max(0.001);
        let facts = [
            ("hash", texts.twin_hash, hash(answer.run.hash)),
            ("events", texts.twin_events, format.whole(answer.run.events)),
            ("virtual", texts.twin_virtual, format.duration(virtual_ms)),
            ("wall", texts.twin_wall, format.duration(answer.wall_ms)),
            ("speed", texts.twin_speed, format!("{} ×", format.compact(speed))),
        ];
        Some(facts.map(|(name, label, value)| {
            view! {
                <div data-twin=name>
                    <dt>{label}</dt>
                    <dd>{value}</dd>
                </div>
            }
        }))
    };
    let shown = move || live.read().is_some() || twin.read().is_some();
    view! {
        <dl class="result" id="twin-result">
            {facts}
        </dl>
        <Show when=shown>
            <div class="table-scroll wide" tabindex="0" role="region" aria-label=say!(speech.twin_compare)>
                <table id="twin-compare">
                    <thead>
                        <tr>
                            <th scope="col">{say!(speech.twin_figure)}</th>
                            <th scope="col">{say!(speech.twin_live)}</th>
                            <th scope="col">{say!(speech.twin_twin)}</th>
                            <th scope="col">{say!(speech.twin_verdict)}</th>
                        </tr>
                    </thead>
                    <Rows rows=&OUTCOMES must_agree=true live=live twin=twin />
                    <Rows rows=&TIMING must_agree=false live=live twin=twin />
                </table>
            </div>
            <p class="hint">{say!(speech.twin_note)}</p>
        </Show>
    }
}

#[component]
fn Rows(
    rows: &'static [Row],
    must_agree: bool,
    live: RwSignal<Option<Arc<Snapshot>>>,
    twin: RwSignal<Option<TwinAnswer>>,
) -> impl IntoView {
    let speech = use_speech();
    let rows = move || {
        let (texts, format) = (speech.texts(), speech.format());
        let (live, twin) = (live.get(), twin.get());
        let row = |(label, write): &Row| {
            let live = live.as_ref().map(|live| write(live, format));
            let twin = twin.as_ref().map(|twin| write(&twin.run.snapshot, format));
            let both = live.is_some() && twin.is_some();
            let differ = both && must_agree && live != twin;
            let verdict = match (both, must_agree) {
                (false, _) => ("–", None),
                (true, false) => (texts.twin_timing, None),
                (true, true) if differ => (texts.ledger_differ, Some(Glyph::Cross)),
                (true, true) => (texts.ledger_agree, Some(Glyph::Check)),
            };
            view! {
                <tr class:alarm=differ>
                    <th scope="row">{label(texts)}</th>
                    <td>{live.unwrap_or_else(|| "–".to_owned())}</td>
                    <td>{twin.unwrap_or_else(|| "–".to_owned())}</td>
                    <td>
                        {verdict.1.map(|glyph| view! { <Icon glyph=glyph /> })} " " {verdict.0}
                    </td>
                </tr>
            }
        };
        rows.iter().map(row).collect_view()
    };
    view! { <tbody>{rows}</tbody> }
}
