//! The dead-letter desk: find the orders that were given up, see why, change them, and redrive
//! them. Looking at them changes nothing.

mod bar;
mod detail;
mod list;

use self::{bar::RedriveBar, detail::Detail, list::LetterList};
use crate::core::{ids::OrderId, refusal::Refusal};
use crate::say;
use crate::ui::{
    i18n::{Texts, use_speech},
    page::{Page, use_page},
    shop::outcome_name,
    widgets::{choice::Menu, empty::Empty, icon::Glyph},
};
use crate::wire::page::{
    DeadGroup, DeadLetter, DeadLetterPage, DeadLetterQuery, DeadReason, Intent, Reply,
};
use leptos::{prelude::*, task::spawn_local};
use std::collections::BTreeSet;

/// Letters that are fetched at a time: some screens full.
const FETCHED: u32 = 200;

pub(super) fn reason_name(texts: &Texts, reason: DeadReason) -> &'static str {
    match reason {
        DeadReason::DeliveryLimit => texts.dead_delivery_limit,
        DeadReason::MaxLength => texts.dead_max_length,
        DeadReason::RetriesExhausted => texts.dead_retries,
        DeadReason::CircuitOpen => texts.dead_circuit,
        DeadReason::BudgetExhausted => texts.dead_budget,
    }
}

/// What the desk knows. Copies are the same desk.
#[derive(Clone, Copy)]
struct Desk {
    page: Page,
    query: RwSignal<String>,
    reason: RwSignal<Option<DeadReason>>,
    /// The letters of the last answer, from the `from`th that matches on.
    letters: RwSignal<Vec<DeadLetter>>,
    from: RwSignal<u32>,
    /// How many match, and why they died.
    total: RwSignal<u64>,
    groups: RwSignal<Vec<DeadGroup>>,
    trouble: RwSignal<Option<Refusal>>,
    selected: RwSignal<BTreeSet<OrderId>>,
    chosen: RwSignal<Option<OrderId>>,
    /// The number of the last question.
    newest: StoredValue<u32>,
}

impl Desk {
    fn new() -> Self {
        Self {
            page: use_page(),
            query: RwSignal::new(String::new()),
            reason: RwSignal::new(None),
            letters: RwSignal::new(Vec::new()),
            from: RwSignal::new(0),
            total: RwSignal::new(0),
            groups: RwSignal::new(Vec::new()),
            trouble: RwSignal::new(None),
            selected: RwSignal::new(BTreeSet::new()),
            chosen: RwSignal::new(None),
            newest: StoredValue::new(0),
        }
    }

    /// The search, without a page of it.
    fn wanted(self) -> DeadLetterQuery {
        let text = self.query.get_untracked().trim().to_owned();
        DeadLetterQuery {
            query: (!text.is_empty()).then_some(text),
            reason: self.reason.get_untracked(),
            ..DeadLetterQuery::default()
        }
    }

    /// Fetches the letters from the `from`th that matches on.
    fn ask(self, from: u32) {
        let wanted = DeadLetterQuery { skip: from, limit: FETCHED, ..self.wanted() };
        self.newest.update_value(|newest| *newest = newest.wrapping_add(1));
        let mine = self.newest.get_value();
        spawn_local(async move {
            let reply = self.page.request(Intent::DeadLetters(wanted)).await;
            // Only the answer to the last question counts, and only while somebody looks.
            if self.newest.try_get_value() != Some(mine) {
                return;
            }
            match reply {
                Ok(Reply::DeadLetters(page)) => self.show(from, page),
                Ok(_) => {}
                Err(refusal) => self.trouble.set(Some(refusal)),
            }
        });
    }

    fn show(self, from: u32, page: DeadLetterPage) {
        self.trouble.set(None);
        self.total.set(page.total);
        self.groups.set(page.groups);
        self.from.set(from);
        self.letters.set(page.items);
    }
}

/// The search, the groups, the list, the chosen letter and the bar to redrive.
#[component]
pub fn DeadLetters() -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let desk = Desk::new();
    let dead = Memo::new(move |_| {
        let snapshot = page.snapshot.read();
        (snapshot.run, snapshot.counts.dead_lettered, snapshot.counts.redriven)
    });
    Effect::watch(
        move || (dead.get(), page.up.get()),
        move |_, _, _| desk.ask(desk.from.get_untracked()),
        true,
    );
    Effect::watch(
        move || (desk.query.get(), desk.reason.get()),
        move |_, _, _| {
            desk.selected.update(BTreeSet::clear);
            desk.ask(0);
        },
        false,
    );
    let any = Memo::new(move |_| dead.get().1 > 0);
    view! {
        <div class="view desk">
            <div class="view-head">
                <div>
                    <h1>{say!(speech.nav_dead)}</h1>
                    <p class="hint">{say!(speech.dead_hint)}</p>
                </div>
                <Show when=move || any.get()>
                    <Search desk=desk />
                </Show>
            </div>
            <RedriveBar desk=desk any=any />
            <Show when=move || !any.get()>
                <Empty
                    glyph=Glyph::Dead
                    title=speech.text(|t| t.dead_empty)
                    hint=speech.text(|t| t.dead_empty_hint)
                    boxed=true
                />
            </Show>
            <Show when=move || any.get()>
                <Groups desk=desk />
                <div class="desk-columns" class:single=move || desk.chosen.read().is_none()>
                    <LetterList desk=desk />
                    {move || {
                        let chosen = desk.chosen.get();
                        chosen.map(|order| view! { <Detail desk=desk order=order /> })
                    }}
                </div>
            </Show>
        </div>
    }
}

#[component]
fn Search(desk: Desk) -> impl IntoView {
    let speech = use_speech();
    let choices = [
        None,
        Some(DeadReason::DeliveryLimit),
        Some(DeadReason::MaxLength),
        Some(DeadReason::RetriesExhausted),
        Some(DeadReason::CircuitOpen),
        Some(DeadReason::BudgetExhausted),
    ]
    .map(|reason| {
        let name = move || match reason {
            None => speech.texts().dead_any_reason,
            Some(reason) => reason_name(speech.texts(), reason),
        };
        (reason, Signal::derive(move || name().to_owned()))
    });
    view! {
        <div class="search">
            <div class="field">
                <label for="dead-query">{say!(speech.dead_search)}</label>
                <input
                    id="dead-query"
                    type="search"
                    maxlength="100"
                    autocomplete="off"
                    prop:value=move || desk.query.get()
                    on:input=move |event| desk.query.set(event_target_value(&event))
                />
            </div>
            <Menu
                id="dead-reason".into()
                label=speech.text(|t| t.dead_reason)
                choices=choices.into()
                chosen=desk.reason
                choose=Callback::new(move |chosen| desk.reason.set(chosen))
            />
        </div>
    }
}

/// Why those that match died, how many of each; one press searches for a reason.
#[component]
fn Groups(desk: Desk) -> impl IntoView {
    let speech = use_speech();
    let chip = move |group: DeadGroup| {
        let last = group.last_outcome.map_or(speech.texts().dead_never_worked, |outcome| {
            outcome_name(speech.texts(), outcome)
        });
        let reason = reason_name(speech.texts(), group.reason);
        view! {
            <li>
                <button
                    type="button"
                    class="group-chip"
                    aria-pressed=move || (desk.reason.get() == Some(group.reason)).to_string()
                    on:click=move |_| {
                        let again = desk.reason.get_untracked() == Some(group.reason);
                        desk.reason.set((!again).then_some(group.reason));
                    }
                >
                    <b>{speech.format().whole(group.count)}</b>
                    " "
                    {reason}
                    <small>" · " {last}</small>
                </button>
            </li>
        }
    };
    view! {
        <ul class="groups" aria-label=say!(speech.dead_groups)>
            {move || desk.groups.get().into_iter().map(chip).collect_view()}
        </ul>
    }
}
