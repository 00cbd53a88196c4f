//! The status bar: the conservation law with its figures, live, and what else must be seen.

use crate::say;
use crate::ui::{
    i18n::{Texts, use_speech},
    page::use_page,
    widgets::icon::{Glyph, Icon},
};
use crate::wire::page::{Counts, WorkerState};
use leptos::prelude::*;

/// A term of the law: its name for tests and styles, how it is called, its figure.
type Term = (&'static str, fn(&Texts) -> &'static str, fn(&Counts) -> u64);

const ACCEPTED: Term = ("accepted", |t| t.count_accepted, |c| c.accepted);

/// What the accepted orders are the sum of.
const PARTS: [Term; 6] = [
    ("ready", |t| t.count_ready, |c| c.ready),
    ("delayed", |t| t.count_delayed, |c| c.delayed),
    ("in-flight", |t| t.count_in_flight, |c| c.in_flight),
    ("completed", |t| t.count_completed, |c| c.completed),
    ("dead-lettered", |t| t.count_dead, |c| c.dead_lettered),
    ("cancelled", |t| t.count_cancelled, |c| c.cancelled),
];

/// Always visible: where every order is, and that none is lost.
#[component]
pub fn StatusBar() -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let counts = Memo::new(move |_| page.snapshot.read().counts);
    let workers = Memo::new(move |_| {
        let (snapshot, killed) = (page.snapshot.read(), page.killed.read());
        let alive = |worker: &&crate::wire::page::WorkerView| {
            worker.state != WorkerState::Dead && !killed.contains(&worker.id)
        };
        snapshot.workers.iter().filter(alive).count() as u64
    });
    let figure = move |(name, label, value): Term| {
        view! {
            <div class="figure" data-figure=name>
                <dt>{move || label(speech.texts())}</dt>
                <dd>{move || speech.format().whole(value(&counts.read()))}</dd>
            </div>
        }
    };
    // The signs between the terms are the style sheet's: in a list of terms only terms may stand.
    let parts = PARTS.into_iter().map(figure).collect_view();
    let holds = Memo::new(move |_| counts.read().conserved());
    let violations = Memo::new(move |_| counts.read().order_violations);
    let verdict = move || {
        let texts = speech.texts();
        if holds.get() { texts.law_holds } else { texts.law_broken }
    };
    view! {
        <section class="status" aria-label=say!(speech.status_label)>
            <dl class="law">
                {figure(ACCEPTED)} {parts}
            </dl>
            <p class="verdict" class:broken=move || !holds.get() title=say!(speech.law_title)>
                <Icon glyph=Signal::derive(move || {
                    if holds.get() { Glyph::Check } else { Glyph::Cross }
                }) />
                <span>{verdict}</span>
            </p>
            <dl class="beside">
                <div
                    class="figure"
                    data-figure="violations"
                    class:alarm=move || { violations.get() > 0 }
                    title=say!(speech.violations_title)
                >
                    <dt>{say!(speech.count_violations)}</dt>
                    <dd>
                        {move || {
                            (violations.get() > 0).then(|| view! { <Icon glyph=Glyph::Alert /> })
                        }} {move || speech.format().whole(violations.get())}
                    </dd>
                </div>
                <div class="figure" data-figure="workers">
                    <dt>{say!(speech.workers_title)}</dt>
                    <dd>{move || speech.format().whole(workers.get())}</dd>
                </div>
            </dl>
        </section>
    }
}
