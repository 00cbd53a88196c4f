//! The dead letters: orders that were given up, with the reason, by page.

use crate::core::{ids::OrderId, refusal::Refusal};
use crate::say;
use crate::ui::{
    i18n::{Texts, refusal_text, use_speech},
    page::use_page,
    shop::outcome_name,
    widgets::{choice::Menu, empty::Empty, icon::Glyph},
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
        DeadReason::RetriesExhausted => texts.dead_retries,
        DeadReason::CircuitOpen => texts.dead_circuit,
        DeadReason::BudgetExhausted => texts.dead_budget,
    }
}

/// The table, its search and its pages.
#[component]
pub fn DeadLetters() -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let query = RwSignal::new(String::new());
    let reason = RwSignal::new(None::<DeadReason>);
    // Behind which letters the pages begin, this one's last.
    let starts = RwSignal::new(vec![None::<OrderId>]);
    let found = RwSignal::new(None::<Result<DeadLetterPage, Refusal>>);
    let newest = StoredValue::new(0_u32);
    let dead = Memo::new(move |_| {
        let snapshot = page.snapshot.read();
        (snapshot.run, snapshot.counts.dead_lettered)
    });
    let ask = move || {
        let text = query.get_untracked().trim().to_owned();
        let wanted = DeadLetterQuery {
            query: (!text.is_empty()).then_some(text),
            reason: reason.get_untracked(),
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
                Err(refusal) => Some(Err(refusal)),
            });
        });
    };
    Effect::watch(move || (dead.get(), page.up.get()), move |_, _, _| ask(), true);
    Effect::watch(
        move || (query.get(), reason.get()),
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
    let letters = move || match found.get() {
        Some(Ok(page)) => page.items,
        _ => Vec::new(),
    };
    let any = Memo::new(move |_| dead.get().1 > 0);
    // Which ones are shown, or what went wrong.
    let range = move || match found.get() {
        Some(Ok(page)) if !page.items.is_empty() => {
            let before = (starts.read().len() - 1) as u64 * u64::from(PAGE);
            let format = speech.format();
            fill(
                speech.texts().dead_range,
                &[
                    ("from", &format.whole(before + 1)),
                    ("to", &format.whole(before + page.items.len() as u64)),
                    ("n", &format.whole(page.total)),
                ],
            )
        }
        Some(Ok(_)) if any.get() => speech.texts().dead_no_match.to_owned(),
        Some(Err(refusal)) => refusal_text(speech.locale(), &refusal),
        _ => String::new(),
    };
    let paged = move || starts.read().len() > 1 || last().is_some();
    view! {
        <div class="view">
            <div class="view-head">
                <div>
                    <h1>{say!(speech.nav_dead)}</h1>
                    <p class="hint">{say!(speech.dead_hint)}</p>
                </div>
                <Show when=move || any.get()>
                    <div class="search">
                        <div class="field">
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
                        <ReasonMenu reason=reason />
                    </div>
                </Show>
            </div>
            <p class="hint" role="status">
                {range}
            </p>
            <Show when=move || !any.get()>
                <Empty
                    glyph=Glyph::Dead
                    title=speech.text(|t| t.dead_empty)
                    hint=speech.text(|t| t.dead_empty_hint)
                    boxed=true
                />
            </Show>
            <Show when=move || !letters().is_empty()>
                <div
                    class="table-scroll wide"
                    tabindex="0"
                    role="region"
                    aria-label=say!(speech.nav_dead)
                >
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
                </div>
            </Show>
            <Show when=paged>
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
            </Show>
        </div>
    }
}

/// All letters, or those of one reason.
#[component]
fn ReasonMenu(reason: RwSignal<Option<DeadReason>>) -> impl IntoView {
    let speech = use_speech();
    let choices = vec![
        (None, speech.text(|t| t.dead_any_reason)),
        (Some(DeadReason::DeliveryLimit), speech.text(|t| t.dead_delivery_limit)),
        (Some(DeadReason::MaxLength), speech.text(|t| t.dead_max_length)),
        (Some(DeadReason::RetriesExhausted), speech.text(|t| t.dead_retries)),
        (Some(DeadReason::CircuitOpen), speech.text(|t| t.dead_circuit)),
        (Some(DeadReason::BudgetExhausted), speech.text(|t| t.dead_budget)),
    ];
    view! {
        <Menu
            id="dead-reason".into()
            label=speech.text(|t| t.dead_reason)
            choices=choices
            chosen=reason
            choose=Callback::new(move |chosen| reason.set(chosen))
        />
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
