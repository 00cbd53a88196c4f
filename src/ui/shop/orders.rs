//! My orders: what was ordered on this page, live, and the story of one order.

use super::{basket::use_basket, timeline::Timeline};
use crate::core::ids::OrderId;
use crate::core::refusal::{Code, Refusal};
use crate::say;
use crate::ui::{
    i18n::{Texts, refusal_text, use_speech},
    page::use_page,
    services::Attempts,
    widgets::{
        empty::Empty,
        icon::{Glyph, Icon},
    },
};
use crate::view::format::fill;
use crate::wire::page::{Intent, OrderView, Reply, Status};
use leptos::{prelude::*, task::spawn_local};
use std::{collections::BTreeMap, time::Duration};

/// How often orders that have not ended are asked for.
const POLL_EVERY: Duration = Duration::from_millis(300);

/// The most orders in the list; the rest is one click away, as many again.
const PAGE: usize = 20;

/// What is known of an order.
type Known = Result<OrderView, Refusal>;

/// What a status is called.
pub fn status_name(texts: &Texts, status: Status) -> &'static str {
    match status {
        Status::Accepted => texts.status_accepted,
        Status::Processing => texts.status_processing,
        Status::Paid => texts.status_paid,
        Status::StockReserved => texts.status_stock,
        Status::Shipped => texts.status_shipped,
        Status::Completed => texts.status_completed,
        Status::Declined => texts.status_declined,
        Status::Cancelled => texts.status_cancelled,
        Status::DeadLettered => texts.status_dead,
    }
}

const fn ended(status: Status) -> bool {
    matches!(
        status,
        Status::Completed | Status::Declined | Status::Cancelled | Status::DeadLettered
    )
}

/// A status as icon and word.
#[component]
pub fn StatusChip(#[prop(into)] status: Signal<Status>) -> impl IntoView {
    let speech = use_speech();
    let kind = move || match status.get() {
        Status::Accepted => "waiting",
        Status::Completed => "good",
        Status::Declined | Status::Cancelled | Status::DeadLettered => "bad",
        _ => "busy",
    };
    let glyph = Signal::derive(move || match status.get() {
        Status::Accepted => Glyph::Hourglass,
        Status::Completed => Glyph::Check,
        Status::Declined | Status::Cancelled => Glyph::Cross,
        Status::DeadLettered => Glyph::Dead,
        _ => Glyph::Play,
    });
    view! {
        <span class=move || format!("chip {}", kind())>
            <Icon glyph=glyph />
            {move || status_name(speech.texts(), status.get())}
        </span>
    }
}

/// The orders, and the one that the address names.
#[component]
pub fn OrdersView(shown: Option<OrderId>) -> impl IntoView {
    let (page, speech, basket) = (use_page(), use_speech(), use_basket());
    let known = RwSignal::new(BTreeMap::<OrderId, Known>::new());
    let asked = StoredValue::new(Vec::<OrderId>::new());
    let limit = RwSignal::new(PAGE);
    let listed = Memo::new(move |_| -> Vec<OrderId> {
        basket.orders.read().iter().take(limit.get()).copied().collect()
    });
    let poll = move || {
        let mut wanted = listed.get_untracked();
        wanted.extend(shown.filter(|order| !wanted.contains(order)));
        let open = |order: &OrderId| match known.read_untracked().get(order) {
            Some(Ok(view)) => !ended(view.status),
            Some(Err(refusal)) => refusal.code != Code::NotFound,
            None => true,
        };
        wanted.retain(|order| open(order) && asked.with_value(|asked| !asked.contains(order)));
        for order in wanted {
            asked.update_value(|asked| asked.push(order));
            spawn_local(async move {
                let reply = page.request(Intent::Order(order)).await;
                // The view may be gone by the time that the answer comes.
                let _ = asked.try_update_value(|asked| asked.retain(|other| *other != order));
                let news = match reply {
                    Ok(Reply::Order(view)) => Ok(*view),
                    Ok(_) => return,
                    Err(refusal) => Err(refusal),
                };
                let _ = known.try_update(|known| known.insert(order, news));
            });
        }
    };
    poll();
    Effect::watch(move || listed.get(), move |_, _, _| poll(), false);
    if let Ok(handle) = set_interval_with_handle(poll, POLL_EVERY) {
        on_cleanup(move || handle.clear());
    }
    let none = Memo::new(move |_| basket.orders.read().is_empty());
    let more = move || basket.orders.read().len() > limit.get();
    view! {
        <div class="view orders">
            <div class="view-head">
                <h1>{say!(speech.nav_orders)}</h1>
            </div>
            <div class="orders-columns" class:single=move || { shown.is_none() && none.get() }>
                <div>
                    <Show when=move || none.get()>
                        <Empty
                            glyph=Glyph::Orders
                            title=speech.text(|t| t.orders_empty)
                            hint=speech.text(|t| t.orders_empty_hint)
                            leads_to=("#/shop", speech.text(|t| t.orders_shop))
                            boxed=true
                        />
                    </Show>
                    <ul class="order-list">
                        <For
                            each=move || listed.get()
                            key=|order| *order
                            children=move |order| {
                                view! { <OrderRow order=order known=known shown=shown /> }
                            }
                        />
                    </ul>
                    <Show when=more>
                        <button
                            class="button"
                            on:click=move |_| limit.update(|limit| *limit += PAGE)
                        >
                            {say!(speech.orders_more)}
                        </button>
                    </Show>
                </div>
                {shown.map(|order| view! { <OrderStory order=order known=known /> })}
                <Show when=move || { shown.is_none() && !none.get() }>
                    <p class="panel hint choose">{say!(speech.orders_choose)}</p>
                </Show>
            </div>
        </div>
    }
}

type KnownOrders = RwSignal<BTreeMap<OrderId, Known>>;

fn view_of(known: KnownOrders, order: OrderId) -> Memo<Option<OrderView>> {
    Memo::new(move |_| known.read().get(&order).and_then(|known| known.clone().ok()))
}

#[component]
fn OrderRow(order: OrderId, known: KnownOrders, shown: Option<OrderId>) -> impl IntoView {
    let speech = use_speech();
    let view = view_of(known, order);
    let status = Memo::new(move |_| view.read().as_ref().map(|view| view.status));
    let name = order.to_string();
    let href = format!("#/orders/{name}");
    let about = move || {
        view.get().map(|view| {
            let amount = speech.format().money(view.amount_cents as i64);
            format!("{} · {amount}", view.customer)
        })
    };
    view! {
        <li>
            <a
                class="order-row"
                href=href
                aria-current=(shown == Some(order)).then_some("true")
            >
                <b>{name}</b>
                <span class="order-about">{about}</span>
                {move || status.get().map(|status| view! { <StatusChip status=status /> })}
            </a>
        </li>
    }
}

/// One order from acceptance to its end.
#[component]
fn OrderStory(order: OrderId, known: KnownOrders) -> impl IntoView {
    let speech = use_speech();
    let view = view_of(known, order);
    let status = Memo::new(move |_| view.read().as_ref().map(|view| view.status));
    let entries = Signal::derive(move || {
        view.read().as_ref().map(|view| view.timeline.clone()).unwrap_or_default()
    });
    let trouble = move || {
        known.read().get(&order).and_then(|known| known.as_ref().err().cloned()).map(|refusal| {
            if refusal.code == Code::NotFound {
                let name = order.to_string();
                fill(speech.texts().order_unknown, &[("order", &name)])
            } else {
                refusal_text(speech.locale(), &refusal)
            }
        })
    };
    let figure = move |label: fn(&Texts) -> &'static str, value: String| {
        view! {
            <div>
                <dt>{label(speech.texts())}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
    let facts = move || {
        let (format, view) = (speech.format(), view.get()?);
        let worker = view.timeline.iter().rev().find_map(|entry| entry.worker);
        let worker = worker.map_or_else(|| "–".to_owned(), |worker| worker.to_string());
        Some(view! {
            <dl class="result">
                {figure(|t| t.shop_customer, view.customer.clone())}
                {figure(|t| t.order_amount, format.money(view.amount_cents as i64))}
                {figure(|t| t.order_sequence, format.whole(u64::from(view.sequence) + 1))}
                {figure(|t| t.order_attempts, format.whole(view.attempts))}
                {figure(|t| t.order_worker, worker)}
            </dl>
        })
    };
    view! {
        <section class="panel order-story" aria-labelledby="order-title">
            <div class="panel-head">
                <h2 id="order-title">
                    {move || fill(speech.texts().order_title, &[("order", &order.to_string())])}
                </h2>
                {move || status.get().map(|status| view! { <StatusChip status=status /> })}
            </div>
            <p class="empty" role="status">
                {trouble}
            </p>
            {facts}
            <Attempts entries=entries />
            <Timeline entries=entries />
        </section>
    }
}
