//! The switch of the ordering: four ways to hand the same stream to consumers.

use super::specs::PARTITIONS;
use crate::say;
use crate::scenario::Ordering;
use crate::ui::{
    i18n::{Texts, use_speech},
    page::use_page,
    widgets::{
        choice::Segmented,
        field::{Form, NumberField},
        icon::{Glyph, Icon},
        panel::Panel,
    },
};
use leptos::prelude::*;

const ALL: [Ordering; 4] =
    [Ordering::Single, Ordering::Competing, Ordering::Partitions, Ordering::Sessions];

/// What an ordering is called.
pub fn name(texts: &Texts, ordering: Ordering) -> &'static str {
    match ordering {
        Ordering::Single => texts.ordering_single,
        Ordering::Competing => texts.ordering_competing,
        Ordering::Partitions => texts.ordering_partitions,
        Ordering::Sessions => texts.ordering_sessions,
    }
}

fn consequence(texts: &Texts, ordering: Ordering) -> &'static str {
    match ordering {
        Ordering::Single => texts.ordering_single_text,
        Ordering::Competing => texts.ordering_competing_text,
        Ordering::Partitions => texts.ordering_partitions_text,
        Ordering::Sessions => texts.ordering_sessions_text,
    }
}

/// Four radio buttons, what the chosen one means, and whether the switch still waits.
#[component]
pub fn OrderingSwitch() -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let form = Form::new(PARTITIONS);
    let title = speech.text(|t| t.ordering_title);
    let chosen = Memo::new(move |_| page.scenario.read().ordering);
    let choices = ALL
        .into_iter()
        .map(|ordering| {
            let text = Signal::derive(move || name(speech.texts(), ordering).to_owned());
            (ordering, text)
        })
        .collect();
    let choose = Callback::new(move |ordering| {
        let mut scenario = page.scenario.get_untracked();
        scenario.ordering = ordering;
        page.configure(scenario);
    });
    let switching = Memo::new(move |_| page.snapshot.read().switching);
    view! {
        <Panel id="ordering" title=title>
            <div class="ordering-row">
                <Segmented
                    name="ordering-choice"
                    label=title
                    choices=choices
                    chosen=chosen
                    choose=choose
                />
                <Show when=move || chosen.get() == Ordering::Partitions>
                    <div class="partitions">
                        <NumberField spec=&PARTITIONS[0] form=form />
                    </div>
                </Show>
                <p role="status" class="switching">
                    {move || {
                        switching
                            .get()
                            .then(|| {
                                view! {
                                    <Icon glyph=Glyph::Hourglass />
                                    <span>{say!(speech.ordering_switching)}</span>
                                }
                            })
                    }}
                </p>
            </div>
            <p class="consequence" aria-live="polite">
                {move || consequence(speech.texts(), chosen.get())}
            </p>
        </Panel>
    }
}
