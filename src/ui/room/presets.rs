//! The systems whose patterns the lab teaches: one click loads one.

use crate::scenario::presets::{PRESETS, Preset};
use crate::ui::{
    i18n::{Texts, use_speech},
    page::use_page,
    widgets::panel::Panel,
};
use leptos::prelude::*;

/// A card per preset.
#[component]
pub fn Presets() -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let title = speech.text(|t| t.presets_title);
    let card = move |preset: &'static Preset| {
        let scenario = (preset.scenario)();
        let chosen = {
            let scenario = scenario.clone();
            Memo::new(move |_| *page.scenario.read() == scenario)
        };
        view! {
            <li>
                <button
                    class="preset"
                    data-preset=preset.id
                    aria-pressed=move || if chosen.get() { "true" } else { "false" }
                    on:click=move |_| page.adopt(scenario.clone())
                >
                    <span class="preset-system">{preset.system}</span>
                    <strong>{move || words(speech.texts(), preset.id).0}</strong>
                    <small>{move || words(speech.texts(), preset.id).1}</small>
                </button>
            </li>
        }
    };
    view! {
        <Panel id="presets" title=title>
            <ul class="presets">{PRESETS.iter().map(card).collect_view()}</ul>
        </Panel>
    }
}

/// What a preset is called, and what it shows. A new one without words shows its id.
fn words(texts: &Texts, id: &'static str) -> (&'static str, &'static str) {
    match id {
        "order-queue" => (texts.preset_queue, texts.preset_queue_text),
        "retry" => (texts.preset_retry, texts.preset_retry_text),
        "sequential-convoy" => (texts.preset_convoy, texts.preset_convoy_text),
        _ => (id, ""),
    }
}
