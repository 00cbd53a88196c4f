//! Redriving: what, how fast, how far it is, and what it costs.

use super::Desk;
use crate::say;
use crate::scenario::limits::real;
use crate::ui::{
    i18n::use_speech,
    widgets::{
        icon::{Glyph, Icon},
        number::{NumberInput, NumberSpec},
    },
};
use crate::view::format::fill;
use crate::wire::page::{Intent, Redrive, RedriveProgress, Reply};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// As fast as there is room.
const UNLIMITED: f64 = 0.0;

const RATE: NumberSpec = NumberSpec {
    id: "redrive-rate",
    label: |t| t.redrive_rate,
    unit: |t| t.unit_per_second,
    limits: real(0.001, 1_000_000.0),
    blank: Some((UNLIMITED, |t| t.burst_rate_blank)),
};

/// The buttons while nothing is under way, else the progress.
#[component]
pub(super) fn RedriveBar(desk: Desk, #[prop(into)] any: Signal<bool>) -> impl IntoView {
    let (page, speech) = (desk.page, use_speech());
    let rate = RwSignal::new(UNLIMITED);
    let running = Memo::new(move |_| page.snapshot.read().redrive);
    let is_running = Memo::new(move |_| running.read().is_some());
    let over = RwSignal::new(None::<(u64, u64)>);
    let begin = move |which: Redrive| {
        let rate = rate.get_untracked();
        let rate_per_second = (rate > UNLIMITED).then_some(rate);
        over.set(None);
        page.act(async move {
            let intent = Intent::Redrive { which, rate_per_second };
            if let Reply::Redriven(report) = page.request(intent).await? {
                over.try_set(Some((report.redriven, report.skipped)));
            }
            Ok(())
        });
    };
    let selected = move || desk.selected.read().len();
    let redrive_selected = move |_| {
        let orders: Vec<_> = desk.selected.get_untracked().into_iter().collect();
        desk.selected.update(BTreeSet::clear);
        begin(Redrive::Orders(orders));
    };
    let redrive_all = move |_| begin(Redrive::Matching(desk.wanted()));
    let whole = move |count: u64| speech.format().whole(count);
    let outcome = move || {
        let (redriven, skipped) = over.get()?;
        let texts = speech.texts();
        let template = if skipped > 0 { texts.redrive_over_skipped } else { texts.redrive_over };
        let values = [("n", whole(redriven)), ("skipped", whole(skipped))];
        Some(fill(template, &values.each_ref().map(|(name, value)| (*name, value.as_str()))))
    };
    view! {
        <Show when=move || any.get() || is_running.get() || over.read().is_some()>
            <section class="panel redrive" aria-label=say!(speech.redrive_title)>
                <Show
                    when=move || is_running.get()
                    fallback=move || {
                        view! {
                            <div class="redrive-row">
                                <button
                                    type="button"
                                    class="button primary"
                                    id="redrive-selected"
                                    disabled=move || selected() == 0
                                    on:click=redrive_selected
                                >
                                    {move || {
                                        let count = whole(selected() as u64);
                                        fill(speech.texts().redrive_selected, &[("n", &count)])
                                    }}
                                </button>
                                <button
                                    type="button"
                                    class="button"
                                    id="redrive-all"
                                    disabled=move || desk.total.get() == 0
                                    on:click=redrive_all
                                >
                                    {move || {
                                        let count = whole(desk.total.get());
                                        fill(speech.texts().redrive_all, &[("n", &count)])
                                    }}
                                </button>
                                <NumberInput
                                    spec=RATE
                                    value=rate
                                    set=Callback::new(move |value| rate.set(value))
                                />
                            </div>
                        }
                    }
                >
                    <Progress desk=desk running=running />
                </Show>
                <p class="warning">
                    <Icon glyph=Glyph::Alert />
                    <span>{say!(speech.redrive_warning)}</span>
                </p>
                <p class="hint" role="status">{outcome}</p>
            </section>
        </Show>
    }
}

#[component]
fn Progress(desk: Desk, running: Memo<Option<RedriveProgress>>) -> impl IntoView {
    let speech = use_speech();
    let done = move || running.get().map_or(0, |progress| progress.redriven + progress.skipped);
    let total = move || running.get().map_or(1, |progress| progress.total.max(1));
    let text = move || {
        let format = speech.format();
        let values = [("n", format.whole(done())), ("total", format.whole(total()))];
        fill(
            speech.texts().redrive_progress,
            &values.each_ref().map(|(name, value)| (*name, value.as_str())),
        )
    };
    let waits = move || {
        let waits = running.get().is_some_and(|progress| progress.waiting_for_room);
        waits.then(|| speech.texts().redrive_waits)
    };
    view! {
        <div class="redrive-row">
            <progress
                max=move || total().to_string()
                value=move || done().to_string()
                aria-label=say!(speech.redrive_title)
            ></progress>
            <span>{text} " " {waits}</span>
            <button
                type="button"
                class="button"
                id="redrive-stop"
                on:click=move |_| desk.page.send(Intent::StopRedrive)
            >
                <Icon glyph=Glyph::Stop />
                {say!(speech.twin_stop)}
            </button>
        </div>
    }
}
