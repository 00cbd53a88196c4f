//! The settings of the run, in force as soon as they are right.

use super::specs::{GATEWAY, QUEUE, SERVICE, Spec};
use crate::say;
use crate::scenario::{Overflow, ServiceKind};
use crate::ui::{
    i18n::{Texts, use_speech},
    page::use_page,
    widgets::{
        choice::Menu,
        field::{Form, NumberField},
        panel::Panel,
    },
};
use leptos::prelude::*;

/// What the consumers do, how the gateway fails, how the queue behaves.
#[component]
pub fn Settings() -> impl IntoView {
    let speech = use_speech();
    let title = speech.text(|t| t.settings_title);
    view! {
        <Panel id="settings" title=title>
            <p class="hint">{say!(speech.settings_hint)}</p>
            <div class="settings">
                <Group legend=|t| t.settings_service specs=SERVICE>
                    <KindMenu />
                </Group>
                <Group legend=|t| t.settings_gateway specs=GATEWAY>
                    <IdempotencyBox />
                </Group>
                <Group legend=|t| t.settings_queue specs=QUEUE>
                    <OverflowMenu />
                </Group>
            </div>
        </Panel>
    }
}

/// Some fields that belong together, and what is not a number.
#[component]
fn Group(
    legend: fn(&Texts) -> &'static str,
    specs: &'static [Spec],
    children: Children,
) -> impl IntoView {
    let speech = use_speech();
    let form = Form::new(specs);
    view! {
        <fieldset class="group">
            <legend>{move || legend(speech.texts())}</legend>
            <div class="fields">
                {specs
                    .iter()
                    .map(|spec| view! { <NumberField spec=spec form=form /> })
                    .collect_view()} {children()}
            </div>
        </fieldset>
    }
}

#[component]
fn KindMenu() -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let label = speech.text(|t| t.service_kind);
    let wait = speech.text(|t| t.service_wait);
    let burn = speech.text(|t| t.service_burn);
    let chosen = Memo::new(move |_| page.scenario.read().service_kind);
    view! {
        <Menu
            id="serviceKind".into()
            wide=true
            label=label
            choices=vec![(ServiceKind::Wait, wait), (ServiceKind::Burn, burn)]
            chosen=chosen
            choose=Callback::new(move |kind| {
                let mut scenario = page.scenario.get_untracked();
                scenario.service_kind = kind;
                page.configure(scenario);
            })
        />
    }
}

#[component]
fn OverflowMenu() -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let label = speech.text(|t| t.overflow);
    let text = move |text: fn(&Texts) -> &'static str| {
        Signal::derive(move || text(speech.texts()).to_owned())
    };
    let choices = vec![
        (Overflow::Reject, text(|t| t.overflow_reject)),
        (Overflow::DropOldest, text(|t| t.overflow_drop)),
        (Overflow::DeadLetterOldest, text(|t| t.overflow_dead)),
    ];
    let chosen = Memo::new(move |_| page.scenario.read().overflow);
    view! {
        <Menu
            id="overflow".into()
            wide=true
            label=label
            choices=choices
            chosen=chosen
            choose=Callback::new(move |overflow| {
                let mut scenario = page.scenario.get_untracked();
                scenario.overflow = overflow;
                page.configure(scenario);
            })
        />
    }
}

#[component]
fn IdempotencyBox() -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let on = Memo::new(move |_| page.scenario.read().idempotency);
    view! {
        <label class="check" for="idempotency">
            <input
                type="checkbox"
                id="idempotency"
                prop:checked=move || on.get()
                on:change=move |event| {
                    let mut scenario = page.scenario.get_untracked();
                    scenario.idempotency = event_target_checked(&event);
                    page.configure(scenario);
                }
            />
            <span>{say!(speech.idempotency)}</span>
        </label>
    }
}
