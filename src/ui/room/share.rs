//! Share and reset: the scenario as a link, and a new beginning with a seed.

use super::specs::SEED;
use crate::platform::{dom, history};
use crate::say;
use crate::scenario::link;
use crate::ui::{
    i18n::use_speech,
    page::use_page,
    widgets::{
        field::{Form, NumberField},
        icon::{Glyph, Icon},
        panel::Panel,
    },
};
use leptos::{prelude::*, task::spawn_local};

/// Copying the link.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Copied {
    NotYet,
    Yes,
    /// The clipboard is not allowed: the link is shown to be copied by hand.
    ByHand,
}

/// The panel with both.
#[component]
pub fn Share() -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let title = speech.text(|t| t.share_title);
    let form = Form::new(SEED);
    let copied = RwSignal::new(Copied::NotYet);
    let address = Memo::new(move |_| {
        format!("{}#/room?s={}", history::address(), link::encode(&page.scenario.read()))
    });
    // Another scenario has another link: what was copied is old.
    Effect::watch(move || address.get(), move |_, _, _| copied.set(Copied::NotYet), false);
    let copy = move |_| {
        let text = address.get_untracked();
        spawn_local(async move {
            let done = dom::copy(&text).await;
            copied.set(if done { Copied::Yes } else { Copied::ByHand });
            if !done {
                dom::focus("#share-link");
            }
        });
    };
    let reset = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if form.commit_all(speech.0.get_untracked()) {
            page.adopt(page.scenario.get_untracked());
        }
    };
    view! {
        <Panel id="share" title=title>
            <form class="share-row" on:submit=reset novalidate>
                <NumberField spec=&SEED[0] form=form />
                <button type="submit" class="button" id="reset">
                    <Icon glyph=Glyph::Reset />
                    {say!(speech.reset)}
                </button>
                <button type="button" class="button" id="share-copy" on:click=copy>
                    <Icon glyph=Signal::derive(move || {
                        if copied.get() == Copied::Yes { Glyph::Check } else { Glyph::Copy }
                    }) />
                    {say!(speech.share_copy)}
                </button>
            </form>
            <p class="hint" role="status">
                {move || match copied.get() {
                    Copied::NotYet => "",
                    Copied::Yes => speech.texts().share_copied,
                    Copied::ByHand => speech.texts().share_by_hand,
                }}
            </p>
            <Show when=move || copied.get() == Copied::ByHand>
                <div class="field">
                    <label for="share-link">{say!(speech.share_link)}</label>
                    <input
                        id="share-link"
                        type="text"
                        readonly
                        prop:value=move || address.get()
                        on:focus=|_| dom::select("#share-link")
                    />
                </div>
            </Show>
        </Panel>
    }
}
