//! The list of the dead letters: as long as there are letters, and only what can be seen of it is
//! in the page.

use super::{Desk, FETCHED, reason_name};
use crate::say;
use crate::ui::{
    i18n::{refusal_text, use_speech},
    shop::outcome_name,
    widgets::icon::{Glyph, Icon},
};
use crate::view::format::fill;
use crate::wire::page::DeadLetter;
use leptos::{html, prelude::*, task::spawn_local};

/// The height of a row in pixels, as in the style sheet.
const ROW: f64 = 34.0;

/// Rows shown beyond what can be seen, above and below.
const SPARE: u32 = 8;

/// The table with its own scroll bar, and how many match.
#[component]
pub(super) fn LetterList(desk: Desk) -> impl IntoView {
    let speech = use_speech();
    let frame = NodeRef::<html::Div>::new();
    // The first row that can be seen, and how many fit.
    let seen = RwSignal::new((0_u32, 20_u32));
    let look = move || {
        if let Some(frame) = frame.get_untracked() {
            let first = (f64::from(frame.scroll_top()) / ROW) as u32;
            let fit = (f64::from(frame.client_height()) / ROW).ceil() as u32;
            seen.set((first, fit.clamp(1, 100)));
        }
    };
    Effect::new(move |_| {
        frame.track();
        look();
    });
    let count = move || u32::try_from(desk.total.get()).unwrap_or(u32::MAX);
    let window = Memo::new(move |_| {
        let (first, fit) = seen.get();
        let count = count();
        let from = first.min(count.saturating_sub(fit)).saturating_sub(SPARE);
        (from, (first + fit + SPARE).min(count).max(from))
    });
    // The row that the keyboard is at, and whether the focus is to follow it there.
    let at = RwSignal::new(0_u32);
    let follows = RwSignal::new(false);
    let stop = Memo::new(move |_| {
        let (from, to) = window.get();
        let (first, _) = seen.get();
        if (from..to).contains(&at.get()) { at.get() } else { first }
    });
    let go = move |row: u32| {
        at.set(row);
        follows.set(true);
        let (first, fit) = seen.get_untracked();
        // The head covers the first row.
        if let Some(frame) =
            frame.get_untracked().filter(|_| row < first + 1 || row + 2 > first + fit)
        {
            let above = if row <= first { row } else { (row + 3).saturating_sub(fit) };
            frame.set_scroll_top((f64::from(above) * ROW) as i32);
        }
    };
    Effect::new(move |_| {
        window.track();
        desk.letters.track();
        let row = at.get();
        if follows.get() {
            spawn_local(async move {
                leptos::task::tick().await;
                if crate::platform::dom::focus(&format!("#dead-row-{row} input")) {
                    follows.try_set(false);
                }
            });
        }
    });
    let keys = move |event: leptos::ev::KeyboardEvent| {
        let last = count().saturating_sub(1);
        let (_, fit) = seen.get_untracked();
        let here = stop.get_untracked();
        let row = match event.key().as_str() {
            "ArrowDown" => here + 1,
            "ArrowUp" => here.saturating_sub(1),
            "PageDown" => here + fit,
            "PageUp" => here.saturating_sub(fit),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        go(row.min(last));
    };
    // What is to be seen and has not been fetched is asked for.
    Effect::watch(
        move || window.get(),
        move |(from, to), _, _| {
            let have = desk.from.get_untracked();
            let end = have + desk.letters.read_untracked().len() as u32;
            if *from < have || *to > end {
                desk.ask(from.saturating_sub(FETCHED / 4));
            }
        },
        false,
    );
    let shown = move || {
        let (from, to) = window.get();
        let have = desk.from.get();
        let letters = desk.letters.read();
        let index = |row: u32| row.checked_sub(have).map(|at| at as usize);
        let letter = |row: u32| index(row).and_then(|at| letters.get(at).cloned());
        (from..to).filter_map(|row| Some((row, letter(row)?))).collect::<Vec<_>>()
    };
    let above = move || format!("height:{}px", f64::from(window.get().0) * ROW);
    let below =
        move || format!("height:{}px", f64::from(count() - window.get().1.min(count())) * ROW);
    let status = move || {
        if let Some(refusal) = desk.trouble.get() {
            return refusal_text(speech.locale(), &refusal);
        }
        match desk.total.get() {
            0 => speech.texts().dead_no_match.to_owned(),
            total => fill(speech.texts().dead_found, &[("n", &speech.format().whole(total))]),
        }
    };
    view! {
        <div class="desk-list">
            <p class="hint" role="status">
                {status}
            </p>
            <Show when=move || { desk.total.get() > 0 }>
                <div
                    class="table-scroll wide dead-scroll"
                    node_ref=frame
                    tabindex="0"
                    role="region"
                    aria-label=say!(speech.nav_dead)
                    on:scroll=move |_| look()
                    on:keydown=keys
                >
                    <table id="dead-letters" aria-rowcount=move || count().to_string()>
                        <thead>
                            <tr>
                                <th scope="col">
                                    <span class="visually-hidden">{say!(speech.dead_select)}</span>
                                </th>
                                <th scope="col">{say!(speech.dead_order)}</th>
                                <th scope="col">{say!(speech.shop_customer)}</th>
                                <th scope="col">{say!(speech.dead_reason)}</th>
                                <th scope="col">{say!(speech.dead_last)}</th>
                                <th scope="col" class="number">{say!(speech.order_attempts)}</th>
                                <th scope="col" class="number">{say!(speech.order_amount)}</th>
                            </tr>
                        </thead>
                        <tbody>
                            <tr class="spacer" aria-hidden="true">
                                <td style=above></td>
                            </tr>
                            <For
                                each=shown
                                key=|(row, letter)| {
                                    (*row, letter.order, letter.redriven, letter.amount_cents)
                                }
                                children=move |(row, letter)| {
                                    view! {
                                        <Row desk=desk row=row letter=letter at=at stop=stop />
                                    }
                                }
                            />
                            <tr class="spacer" aria-hidden="true">
                                <td style=below></td>
                            </tr>
                        </tbody>
                    </table>
                </div>
            </Show>
        </div>
    }
}

#[component]
fn Row(
    desk: Desk,
    row: u32,
    letter: DeadLetter,
    at: RwSignal<u32>,
    stop: Memo<u32>,
) -> impl IntoView {
    let speech = use_speech();
    // The tabulator stops at one row only; the arrow keys go on from there.
    let tabindex = move || if stop.get() == row { "0" } else { "-1" };
    let DeadLetter {
        order, customer, reason, attempts, last_outcome, amount_cents, redriven, ..
    } = letter;
    let name = order.to_string();
    let named = name.clone();
    let last = move || last_outcome.map_or("–", |outcome| outcome_name(speech.texts(), outcome));
    let again = move || {
        let times = fill(speech.texts().dead_redriven, &[("n", &redriven.to_string())]);
        (redriven > 0).then(|| {
            view! {
                <span class="again">
                    <Icon glyph=Glyph::Reset />
                    <span class="visually-hidden">{times}</span>
                </span>
            }
        })
    };
    view! {
        <tr id=format!("dead-row-{row}") class:chosen=move || desk.chosen.get() == Some(order)>
            <td>
                <input
                    type="checkbox"
                    tabindex=tabindex
                    on:focus=move |_| at.set(row)
                    aria-label=move || {
                        fill(speech.texts().dead_select_one, &[("order", &named)])
                    }
                    prop:checked=move || desk.selected.read().contains(&order)
                    on:change=move |event| {
                        let on = event_target_checked(&event);
                        desk.selected.update(|selected| {
                            if on { selected.insert(order) } else { selected.remove(&order) };
                        });
                    }
                />
            </td>
            <th scope="row">
                <button
                    type="button"
                    class="link"
                    tabindex=tabindex
                    on:focus=move |_| at.set(row)
                    aria-expanded=move || (desk.chosen.get() == Some(order)).to_string()
                    on:click=move |_| {
                        let same = desk.chosen.get_untracked() == Some(order);
                        desk.chosen.set((!same).then_some(order));
                    }
                >
                    {name}
                </button>
                {again}
            </th>
            <td>{customer}</td>
            <td>{move || reason_name(speech.texts(), reason)}</td>
            <td>{last}</td>
            <td class="number">{move || speech.format().whole(attempts)}</td>
            <td class="number">{move || speech.format().money(amount_cents as i64)}</td>
        </tr>
    }
}
