//! The burst: how many orders of how many customers, how fast; progress, stop, result.

use super::specs::BURST;
use crate::say;
use crate::scenario::{Deal, Naming};
use crate::ui::{
    i18n::use_speech,
    page::use_page,
    widgets::{
        choice::Menu,
        field::{Form, NumberField},
        icon::{Glyph, Icon},
        panel::Panel,
    },
};
use crate::view::format::fill;
use crate::wire::page::Intent;
use leptos::prelude::*;

/// The burst form.
#[component]
pub fn BurstForm() -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let form = Form::new(BURST);
    let title = speech.text(|t| t.burst_title);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if form.commit_all(speech.0.get_untracked()) {
            page.burst();
        }
    };
    // The first two beside each other, the rest below.
    view! {
        <Panel id="burst" title=title>
            <form class="burst-form" on:submit=submit novalidate>
                <div class="fields">
                    {BURST
                        .iter()
                        .map(|spec| view! { <NumberField spec=spec form=form /> })
                        .collect_view()}
                    <DealMenu />
                </div>
                <div class="burst-go">
                    <button
                        type="submit"
                        id="burst-button"
                        class="button primary big"
                        disabled=move || page.bursting.get()
                    >
                        <Icon glyph=Glyph::Burst />
                        {say!(speech.burst_button)}
                    </button>
                    <StopButton />
                </div>
                <Progress />
            </form>
        </Panel>
    }
}

/// Whether the next customer is drawn or the next in turn; how customers are called follows.
#[component]
fn DealMenu() -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let label = speech.text(|t| t.burst_deal);
    let drawn = speech.text(|t| t.deal_drawn);
    let round = speech.text(|t| t.deal_round);
    let chosen = Memo::new(move |_| page.scenario.read().burst.deal);
    let choose = Callback::new(move |deal: Deal| {
        let mut scenario = page.scenario.get_untracked();
        scenario.burst.deal = deal;
        if deal == Deal::Drawn {
            scenario.burst.naming = Naming::Customer;
        }
        page.configure(scenario);
    });
    view! {
        <Menu
            id="burst-deal".into()
            label=label
            choices=vec![(Deal::Drawn, drawn), (Deal::Round, round)]
            chosen=chosen
            choose=choose
        />
    }
}

#[component]
fn StopButton() -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    view! {
        <Show when=move || page.bursting.get()>
            <button
                type="button"
                class="button big"
                id="burst-stop"
                on:click=move |_| page.send(Intent::StopBurst)
            >
                <Icon glyph=Glyph::Stop />
                {say!(speech.burst_stop)}
            </button>
        </Show>
    }
}

/// How far the burst is, then how it ended.
#[component]
fn Progress() -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let progress = Memo::new(move |_| page.snapshot.read().burst);
    let running = move || {
        progress.get().map(|burst| {
            let format = speech.format();
            fill(
                speech.texts().burst_progress,
                &[("sent", &format.whole(burst.sent)), ("total", &format.whole(burst.total))],
            )
        })
    };
    let over = move || {
        let report = page.burst_over.get()?;
        let (format, texts) = (speech.format(), speech.texts());
        let orders = report.accepted + report.rejected;
        let per_second = orders as f64 / (report.elapsed_ms / 1000.0).max(1e-6);
        Some(view! {
            <dl class="result" id="burst-result">
                <div>
                    <dt>{texts.burst_accepted}</dt>
                    <dd>{format.whole(report.accepted)}</dd>
                </div>
                <div class:alarm=move || { report.rejected > 0 }>
                    <dt>{texts.burst_rejected}</dt>
                    <dd>{format.whole(report.rejected)}</dd>
                </div>
                <div>
                    <dt>{texts.burst_elapsed}</dt>
                    <dd>{format.duration(report.elapsed_ms)}</dd>
                </div>
                <div>
                    <dt>{texts.burst_speed}</dt>
                    <dd>{format.compact(per_second)} {texts.unit_per_second}</dd>
                </div>
            </dl>
        })
    };
    view! {
        <div class="burst-progress" aria-live="polite">
            <Show
                when=move || progress.read().is_some()
                fallback=move || {
                    view! {
                        {over}
                        <Show when=move || {
                            page.burst_over.read().is_none() && !page.bursting.get()
                        }>
                            <p class="hint">{say!(speech.burst_hint)}</p>
                        </Show>
                    }
                }
            >
                <progress
                    max=move || progress.get().map_or(1, |burst| burst.total).to_string()
                    prop:value=move || progress.get().map_or(0.0, |burst| burst.sent as f64)
                    aria-label=say!(speech.burst_title)
                ></progress>
                <p class="hint" aria-hidden="true">
                    {running}
                </p>
            </Show>
        </div>
    }
}
