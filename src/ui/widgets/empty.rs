//! What stands where there is nothing yet: that it is so, why, and what to do.

use super::icon::{Glyph, Icon};
use leptos::prelude::*;

/// An icon, a line that says what is missing, one that explains it, and maybe a way on.
#[component]
pub fn Empty(
    glyph: Glyph,
    #[prop(into)] title: Signal<String>,
    #[prop(into)] hint: Signal<String>,
    /// A fragment, and what its link is called.
    #[prop(optional)]
    leads_to: Option<(&'static str, Signal<String>)>,
    /// Whether it is a panel of its own.
    #[prop(optional)]
    boxed: bool,
) -> impl IntoView {
    view! {
        <div class="nothing" class:panel=boxed>
            <Icon glyph=glyph />
            <p class="nothing-title">{move || title.get()}</p>
            <p class="hint">{move || hint.get()}</p>
            {leads_to
                .map(|(href, text)| {
                    view! {
                        <a class="button" href=href>
                            {move || text.get()}
                        </a>
                    }
                })}
        </div>
    }
}
