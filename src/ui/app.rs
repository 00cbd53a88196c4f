//! The page put together: address, preferences, lab, shell and the view of the address.

use super::{
    address,
    dead::DeadLetters,
    i18n::use_speech,
    page::{Notice, Page, use_page},
    prefs::Prefs,
    retry::RetryLab,
    room::Room,
    shell::{header::Header, notices::Notices, status_bar::StatusBar},
    shop::{Shop, basket::Basket, cart::CartView, orders::OrdersView},
    twin::TwinView,
};
use crate::platform::{dom, history};
use crate::runtime::page::Lab;
use crate::say;
use crate::scenario::{Scenario, link};
use crate::view::route::{self, Route};
use leptos::prelude::*;

/// The page. `installed` is called once with the running lab (the scripting API goes there).
#[component]
pub fn App(#[prop(optional)] installed: Option<fn(Lab)>) -> impl IntoView {
    let address = route::read(&history::fragment());
    let restored = address.scenario.as_deref().map(link::decode);
    let scenario = match &restored {
        Some(Ok(scenario)) => scenario.clone(),
        _ => Scenario::default(),
    };
    let prefs = Prefs::load();
    provide_context(prefs);
    provide_context(prefs.speech());
    let page = Page::start(scenario);
    provide_context(page);
    provide_context(Basket::load());
    if let Some(Err(refusal)) = restored {
        page.notify(Notice::BadLink(refusal));
    }
    if let (Some(installed), Some(lab)) = (installed, page.lab()) {
        installed(lab);
    }

    let route = RwSignal::new(address.route);
    address::follow(page, route);

    view! {
        <Frame route=route />
    }
}

/// Everything that is seen: shell and view.
#[component]
pub fn Frame(#[prop(into)] route: Signal<Route>) -> impl IntoView {
    let speech = use_speech();
    view! {
        <a
            class="skip"
            href="#main"
            on:click=move |event| {
                // The fragment is the address here: go there without changing it.
                event.prevent_default();
                dom::focus("#main");
            }
        >
            {say!(speech.skip_to_content)}
        </a>
        <Header route=route />
        <StatusBar />
        <Notices />
        <main id="main" tabindex="-1">
            {move || match route.get() {
                Route::Room => view! { <Room /> }.into_any(),
                Route::Shop => view! { <Shop /> }.into_any(),
                Route::Cart => view! { <CartView /> }.into_any(),
                Route::Orders => view! { <OrdersView shown=None /> }.into_any(),
                Route::Order(order) => view! { <OrdersView shown=Some(order) /> }.into_any(),
                Route::Dead => view! { <DeadLetters /> }.into_any(),
                Route::Retry => view! { <RetryLab /> }.into_any(),
                Route::Twin => view! { <TwinView /> }.into_any(),
                Route::Unknown(path) => view! { <NotFound path=path /> }.into_any(),
            }}
        </main>
        <Starting />
    }
}

/// Says, for screen readers, that the workers start and when they are up.
#[component]
fn Starting() -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let text = move || {
        let texts = speech.texts();
        if page.up.get() { texts.lab_up } else { texts.lab_starting }
    };
    view! { <p class="visually-hidden" role="status">{text}</p> }
}

/// There is no such view.
#[component]
fn NotFound(path: String) -> impl IntoView {
    let speech = use_speech();
    view! {
        <section class="not-found">
            <h1>{say!(speech.not_found_title)}</h1>
            <p>{say!(speech.not_found_text)} " " <code>{path}</code></p>
            <p class="links">
                <a href="#/room">{say!(speech.nav_room)}</a>
                <a href="#/shop">{say!(speech.nav_shop)}</a>
                <a href="#/orders">{say!(speech.nav_orders)}</a>
                <a href="#/dead">{say!(speech.nav_dead)}</a>
                <a href="#/retry">{say!(speech.nav_retry)}</a>
                <a href="#/twin">{say!(speech.nav_twin)}</a>
            </p>
        </section>
    }
}
