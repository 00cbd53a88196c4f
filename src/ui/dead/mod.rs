//! The dead letters: orders that were given up, with the reason, by page.

use crate::core::ids::OrderId;
use crate::say;
use crate::ui::{
    i18n::{Texts, refusal_text, use_speech},
    page::use_page,
    shop::outcome_name,
};
use crate::view::format::fill;
use crate::wire::page::{DeadLetter, DeadLetterPage, DeadLetterQuery, DeadReason, Intent, Reply};
use leptos::{prelude::*, task::spawn_local};

/// Letters on a page.
const PAGE: u32 = 50;

/// The most pages that can be gone back.
const MAX_BACK: usize = 1_000;

fn reason_name(texts: &Texts, reason: DeadReason) -> &'static str {
    match reason {
        DeadReason::DeliveryLimit => texts.dead_delivery_limit,
        DeadReason::MaxLength => texts.dead_max_length,
    }
}

/// The table, its search and its pages.
#[component]
pub fn DeadLetters() -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let query = RwSignal::new(String::new());
    // Behind which letters the pages begin, this one's last.
    let starts = RwSignal::new(vec![None::<OrderId>]);
    let found = RwSignal::new(None::<Result<DeadLetterPage, String>>);
    let newest = StoredValue::new(0_u32);
    let dead = Memo::new(move |_| {
        let snapshot = page.snapshot.read();
        (snapshot.run, snapshot.counts.dead_lettered)
    });
    let ask = move || {
        let text = query.get_untracked().trim().to_owned();
        let wanted = DeadLetterQuery {
            query: (!text.is_empty()).then_some(text),
            after: starts.read_untracked().last().copied().flatten(),
            limit: PAGE,
            ..DeadLetterQuery::default()
        };
        newest.update_value(|newest| *newest = newest.wrapping_add(1));
        let mine = newest.get_value();
        spawn_local(async move {
            let reply = page.request(Intent::DeadLetters(wanted)).await;
            // Only the answer to the last question counts, and only while somebody looks.
            if newest.try_get_value() != Some(mine) {
                return;
            }
            found.set(match reply {
                Ok(Reply::DeadLetters(page)) => Some(Ok(page)),
                Ok(_) => None,
                Err(refusal) => Some(Err(refusal_text(speech.0.get_untracked(), &refusal))),
            });
        });
    };
    Effect::watch(move || (dead.get(), page.up.get()), move |_, _, _| ask(), true);
    Effect::watch(
        move || query.get(),
        move |_, _, _| {
            starts.set(vec![None]);
            ask();
        },
        false,
    );
    let last = move || match found.get() {
        Some(Ok(page)) if page.items.len() == PAGE as usize => {
            page.items.last().map(|letter| letter.order)
        }
        _ => None,
    };
    let forward = move |_| {
        if let Some(last) = last()
            && starts.read_untracked().len() < MAX_BACK
        {
            starts.update(|starts| starts.push(Some(last)));
            ask();
        }
    };
    let back = move |_| {
        if starts.read_untracked().len() > 1 {
            starts.update(|starts| {
                starts.pop();
            });
            ask();
        }
    };
    let total = move || match found.get() {
        Some(Ok(page)) => {
            fill(speech.texts().dead_total, &[("n", &speech.format().whole(page.total))])
        }
        Some(Err(why)) => why,
        None => String::new(),
    };
    let letters = move || match found.get() {
        Some(Ok(page)) => page.items,
        _ => Vec::new(),
    };
    view! {
        <div class="view">
            <div class="view-head">
                <h1>{say!(speech.nav_dead)}</h1>
                <div class="field search">
                    <label for="dead-query">{say!(speech.dead_search)}</label>
                    <input
                        id="dead-query"
                        type="search"
                        maxlength="100"
                        autocomplete="off"
                        prop:value=move || query.get()
                        on:input=move |event| query.set(event_target_value(&event))
                    />
                </div>
            </div>
            <p class="hint">{say!(speech.dead_hint)}</p>
            <p role="status">{total}</p>
            <div class="table-scroll wide" tabindex="0" role="region" aria-label=say!(speech.nav_dead)>
                <table id="dead-letters">
                    <thead>
                        <tr>
                            <th scope="col">{say!(speech.dead_order)}</th>
                            <th scope="col">{say!(speech.shop_customer)}</th>
                            <th scope="col">{say!(speech.dead_reason)}</th>
                            <th scope="col">{say!(speech.order_attempts)}</th>
                            <th scope="col">{say!(speech.dead_last)}</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For
                            each=letters
                            key=|letter| letter.order
                            children=|letter| view! { <Letter letter=letter /> }
                        />
                    </tbody>
                </table>
                <Show when=move || letters().is_empty()>
                    <p class="empty">{say!(speech.dead_empty)}</p>
                </Show>
            </div>
            <div class="pager">
                <button
                    class="button"
                    disabled=move || { starts.read().len() <= 1 }
                    on:click=back
                >
                    {say!(speech.page_back)}
                </button>
                <button class="button" disabled=move || last().is_none() on:click=forward>
                    {say!(speech.page_next)}
                </button>
            </div>
        </div>
    }
}

#[component]
fn Letter(letter: DeadLetter) -> impl IntoView {
    let speech = use_speech();
    let DeadLetter { order, customer, reason, attempts, last_outcome, .. } = letter;
    let last = move || last_outcome.map_or("–", |outcome| outcome_name(speech.texts(), outcome));
    view! {
        <tr>
            <th scope="row">
                <a href=format!("#/orders/{order}")>{order.to_string()}</a>
            </th>
            <td>{customer}</td>
            <td>{move || reason_name(speech.texts(), reason)}</td>
            <td>{move || speech.format().whole(attempts)}</td>
            <td>{last}</td>
        </tr>
    }
}
