//! A panel: a titled box, a region of the page.

use leptos::prelude::*;

/// A box with a heading. `id` names the region; `actions` stand at the right of the heading.
#[component]
pub fn Panel(
    id: &'static str,
    #[prop(into)] title: Signal<String>,
    #[prop(optional)] actions: Option<Children>,
    children: Children,
) -> impl IntoView {
    let heading = format!("{id}-title");
    let labelled = heading.clone();
    view! {
        <section class=format!("panel panel-{id}") id=id aria-labelledby=labelled>
            <div class="panel-head">
                <h2 id=heading>{move || title.get()}</h2>
                {actions.map(|actions| view! { <div class="panel-actions">{actions()}</div> })}
            </div>
            {children()}
        </section>
    }
}
