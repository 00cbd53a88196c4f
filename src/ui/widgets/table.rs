//! The table behind a picture: the same data for those who read or copy.

use crate::{say, ui::i18n::use_speech};
use leptos::prelude::*;

/// A table that unfolds below a picture. `rows` is computed only while it is open.
#[component]
pub fn TableBehind(
    /// Its id, unique on the page.
    id: &'static str,
    /// What the table is of.
    #[prop(into)]
    caption: Signal<String>,
    /// The headings of the columns.
    #[prop(into)]
    head: Signal<Vec<String>>,
    /// The rows, as they are written. The first cell heads its row.
    #[prop(into)]
    rows: Callback<(), Vec<Vec<String>>>,
) -> impl IntoView {
    let speech = use_speech();
    let open = RwSignal::new(false);
    let body = move || {
        open.get().then(|| {
            let lines = rows.run(());
            let empty = lines.is_empty();
            view! {
                <div class="table-scroll" tabindex="0" role="group" aria-label=move || caption.get()>
                    <table>
                        <caption class="visually-hidden">{move || caption.get()}</caption>
                        <thead>
                            <tr>
                                {head.get()
                                    .into_iter()
                                    .map(|title| view! { <th scope="col">{title}</th> })
                                    .collect_view()}
                            </tr>
                        </thead>
                        <tbody>{lines.into_iter().map(row).collect_view()}</tbody>
                    </table>
                    {empty.then(|| view! { <p class="empty">{say!(speech.table_empty)}</p> })}
                </div>
            }
        })
    };
    view! {
        <details
            class="table-behind"
            id=id
            on:toggle=move |_| open.update(|open| *open = !*open)
        >
            <summary>
                {say!(speech.table)}
                <span class="visually-hidden">": " {move || caption.get()}</span>
            </summary>
            {body}
        </details>
    }
}

fn row(cells: Vec<String>) -> impl IntoView {
    let mut cells = cells.into_iter();
    let first = cells.next();
    view! {
        <tr>
            {first.map(|cell| view! { <th scope="row">{cell}</th> })}
            {cells.map(|cell| view! { <td>{cell}</td> }).collect_view()}
        </tr>
    }
}
