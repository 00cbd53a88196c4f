//! The page's main components in a real browser, without a lab: what they show of a snapshot that
//! is put into their signal, and what they say about wrong input.

#![cfg(all(target_arch = "wasm32", feature = "ui"))]

use convoy_lab::core::ids::WorkerId;
use convoy_lab::scenario::Scenario;
use convoy_lab::ui::{
    app::Frame,
    page::{Notice, Page},
    prefs::Prefs,
    shop::basket::Basket,
};
use convoy_lab::view::{locale::Locale, route::Route};
use convoy_lab::wire::page::{
    Counts, LaneCell, LaneView, LanesView, Snapshot, WorkerState, WorkerView,
};
use leptos::{mount::mount_to, prelude::*, task::tick};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, Event, HtmlElement, HtmlInputElement};

wasm_bindgen_test_configure!(run_in_browser);

/// A mounted page, taken away again at the end.
struct Stage {
    root: HtmlElement,
    page: Page,
    prefs: Prefs,
    basket: Basket,
    route: RwSignal<Route>,
    _unmount: Box<dyn std::any::Any>,
}

impl Stage {
    /// Mounts the page in English at a view.
    async fn at(route: Route) -> Self {
        let document = web_sys::window().and_then(|window| window.document()).unwrap();
        let root: HtmlElement = document.create_element("div").unwrap().unchecked_into();
        document.body().unwrap().append_child(&root).unwrap();
        let made = Rc::new(RefCell::new(None));
        let making = made.clone();
        let handle = mount_to(root.clone(), move || {
            let prefs = Prefs::load();
            provide_context(prefs);
            provide_context(prefs.speech());
            let page = Page::detached(Scenario::default());
            provide_context(page);
            let basket = Basket::load();
            provide_context(basket);
            let route = RwSignal::new(route);
            *making.borrow_mut() = Some((page, prefs, basket, route));
            view! { <Frame route=route /> }
        });
        let (page, prefs, basket, route) = made.take().unwrap();
        prefs.locale.set(Locale::English);
        basket.lines.set(Vec::new());
        tick().await;
        Self { root, page, prefs, basket, route, _unmount: Box::new(handle) }
    }

    /// Shows a snapshot.
    async fn paint(&self, snapshot: Snapshot) {
        self.page.paint(snapshot);
        tick().await;
    }

    fn find(&self, selector: &str) -> Element {
        let found = self.root.query_selector(selector).unwrap();
        found.unwrap_or_else(|| panic!("there is no {selector}"))
    }

    fn text(&self, selector: &str) -> String {
        self.find(selector).text_content().unwrap_or_default().trim().to_owned()
    }

    fn count(&self, selector: &str) -> u32 {
        let count = "return root.querySelectorAll(selector).length";
        let count = js_sys::Function::new_with_args("root, selector", count);
        let found = count.call2(&JsValue::NULL, &self.root, &selector.into()).unwrap();
        found.as_f64().unwrap() as u32
    }

    async fn click(&self, selector: &str) {
        self.find(selector).unchecked_into::<HtmlElement>().click();
        tick().await;
    }

    /// Types into a field and leaves it.
    async fn enter(&self, selector: &str, text: &str) {
        self.fill(selector, text, &["input", "change"]).await;
    }

    /// Sets what a field holds, and says so by these events.
    async fn fill(&self, selector: &str, text: &str, events: &[&str]) {
        let input: HtmlInputElement = self.find(selector).unchecked_into();
        input.set_value(text);
        for kind in events {
            let event = Event::new(kind).unwrap();
            // Leptos listens at the root: the event must bubble.
            event.init_event_with_bubbles(kind, true);
            input.dispatch_event(&event).unwrap();
        }
        tick().await;
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.root.remove();
    }
}

fn snapshot() -> Snapshot {
    let worker = |id, state| WorkerView {
        id: WorkerId(id),
        state,
        processed: 1_234,
        in_flight: 7,
        busy_fraction: 0.5,
        lanes: 3,
        slow_factor: 1.0,
        silent_ms: 20.0,
    };
    let lane = |index, key: &str, depth, worker| LaneView {
        index,
        key: key.into(),
        depth,
        in_flight: 2,
        worker,
        blocked: false,
    };
    Snapshot {
        at_ms: 5_000.0,
        counts: Counts {
            accepted: 10_000,
            ready: 8_000,
            in_flight: 500,
            completed: 1_400,
            dead_lettered: 60,
            cancelled: 40,
            order_violations: 12,
            ..Counts::default()
        },
        lanes: LanesView {
            keys: 2,
            waiting: 2,
            locked: 1,
            deepest: vec![lane(0, "ana", 1_500, Some(WorkerId(2))), lane(1, "berta", 20, None)],
            cells: vec![LaneCell::default(); 2],
            lanes_per_cell: 1,
        },
        workers: vec![worker(1, WorkerState::Busy), worker(2, WorkerState::Paused)],
        ..Snapshot::default()
    }
}

#[wasm_bindgen_test]
async fn the_status_bar_shows_every_figure_and_the_law() {
    let stage = Stage::at(Route::Room).await;
    stage.paint(snapshot()).await;
    for (figure, number) in [
        ("accepted", "10,000"),
        ("ready", "8,000"),
        ("delayed", "0"),
        ("in-flight", "500"),
        ("completed", "1,400"),
        ("dead-lettered", "60"),
        ("cancelled", "40"),
        ("violations", "12"),
        ("workers", "2"),
    ] {
        assert_eq!(stage.text(&format!("[data-figure={figure}] dd")), number, "{figure}");
    }
    assert_eq!(stage.text(".verdict"), "Nothing lost");

    let mut lossy = snapshot();
    lossy.counts.ready -= 1;
    stage.paint(lossy).await;
    assert_eq!(stage.text(".verdict"), "Orders lost");
}

#[wasm_bindgen_test]
async fn a_wrong_field_says_what_is_wrong_and_keeps_what_was_typed() {
    let stage = Stage::at(Route::Room).await;
    for (text, message) in [
        ("0", "Orders: must be from 1 to 10,000,000."),
        ("-5", "Orders: must be from 1 to 10,000,000."),
        ("2.5", "Orders: must be a whole number."),
        ("many", "Orders: enter a number."),
        ("", "Orders: enter a value."),
    ] {
        stage.enter("#burst-orders", text).await;
        let input: HtmlInputElement = stage.find("#burst-orders").unchecked_into();
        assert_eq!(input.value(), text);
        assert_eq!(input.get_attribute("aria-invalid").as_deref(), Some("true"));
        let described = input.get_attribute("aria-describedby").unwrap();
        assert_eq!(stage.text(&format!("#{described}")), message, "{text:?}");
        stage.click("#burst-button").await;
        assert!(!stage.page.bursting.get_untracked(), "{text:?} was sent");
    }
    stage.enter("#burst-orders", "25,000").await;
    assert_eq!(stage.page.scenario.get_untracked().burst.orders, 25_000);
    assert_eq!(stage.find("#burst-orders").get_attribute("aria-invalid"), None);
}

#[wasm_bindgen_test]
async fn a_field_that_is_filled_in_without_typing_counts_too() {
    let stage = Stage::at(Route::Room).await;
    stage.fill("#burst-orders", "321", &["change"]).await;
    assert_eq!(stage.page.scenario.get_untracked().burst.orders, 321);
    stage.fill("#burst-orders", "0", &["change"]).await;
    assert_eq!(stage.text("#burst-orders-error"), "Orders: must be from 1 to 10,000,000.");
    assert_eq!(stage.page.scenario.get_untracked().burst.orders, 321);

    stage.route.set(Route::Shop);
    tick().await;
    stage.click("[data-sku=laptop] button").await;
    stage.route.set(Route::Cart);
    tick().await;
    stage.fill("#customer", "María", &["change"]).await;
    assert_eq!(stage.basket.customer.get_untracked(), "María");
}

#[wasm_bindgen_test]
async fn percentages_are_shares_of_a_hundred() {
    let stage = Stage::at(Route::Room).await;
    stage.enter("#gateway-transientRate", "12.5").await;
    assert_eq!(stage.page.scenario.get_untracked().gateway.transient_rate, 0.125);
    stage.enter("#gateway-transientRate", "101").await;
    assert_eq!(
        stage.text("#gateway-transientRate-error"),
        "Transient failures: must be from 0 to 100."
    );
}

#[wasm_bindgen_test]
async fn another_language_changes_texts_and_figures() {
    let stage = Stage::at(Route::Room).await;
    stage.paint(snapshot()).await;
    assert_eq!(stage.text("#burst-button"), "Burst");
    stage.prefs.locale.set(Locale::Spanish);
    tick().await;
    assert_eq!(stage.text("#burst-button"), "Lanzar ráfaga");
    assert_eq!(stage.text("[data-figure=accepted] dd"), "10.000");
    let document = web_sys::window().and_then(|window| window.document()).unwrap();
    assert_eq!(document.document_element().unwrap().get_attribute("lang").as_deref(), Some("es"));
    stage.enter("#burst-skew", "0,75").await;
    assert_eq!(stage.page.scenario.get_untracked().burst.skew, 0.75);
    stage.prefs.locale.set(Locale::English);
    tick().await;
}

#[wasm_bindgen_test]
async fn a_chart_without_data_says_so() {
    let stage = Stage::at(Route::Room).await;
    let charts = ["depth", "rates", "latency"];
    for chart in charts {
        assert_eq!(stage.text(&format!("#{chart} .over-picture")), "No orders yet.");
    }
    stage.prefs.locale.set(Locale::Spanish);
    tick().await;
    assert_eq!(stage.text("#depth .over-picture"), "Aún no hay pedidos.");
    stage.prefs.locale.set(Locale::English);
    stage.paint(snapshot()).await;
    assert_eq!(stage.count("#depth .over-picture"), 0);
    assert_eq!(stage.text("#latency .over-picture"), "Nothing in the last two minutes.");
}

#[wasm_bindgen_test]
async fn money_of_orders_under_way_is_no_alarm() {
    let stage = Stage::at(Route::Room).await;
    let mut snapshot = snapshot();
    snapshot.ledger.actual_cents = 4_500;
    stage.paint(snapshot.clone()).await;
    assert_eq!(stage.count("[data-ledger=revenue].pending"), 1);
    assert_eq!(stage.count("[data-ledger=stock].pending"), 0, "it agrees");
    snapshot.counts.in_flight = 0;
    stage.paint(snapshot).await;
    assert_eq!(stage.count("[data-ledger=revenue].alarm"), 1);
    assert_eq!(stage.text("[data-ledger=revenue] .visually-hidden"), "they differ");
}

#[wasm_bindgen_test]
async fn every_worker_has_a_card_that_says_how_it_is() {
    let stage = Stage::at(Route::Room).await;
    stage.paint(snapshot()).await;
    assert_eq!(stage.text("[data-worker=w1] .worker-state"), "Busy");
    assert_eq!(stage.text("[data-worker=w2] .worker-state"), "Paused");
    stage.page.killed.update(|killed| {
        killed.insert(WorkerId(1));
    });
    tick().await;
    assert_eq!(stage.text("[data-worker=w1] .worker-state"), "Killed, not noticed yet");
    assert_eq!(stage.text("[data-figure=workers] dd"), "1");
    assert_eq!(stage.count("[data-worker=w1] button"), 0, "nothing is left to kill");
}

#[wasm_bindgen_test]
async fn the_table_behind_the_lanes_lists_them() {
    let stage = Stage::at(Route::Room).await;
    stage.paint(snapshot()).await;
    assert_eq!(stage.count("#lanes-table td"), 0, "it is computed only while it is open");
    stage.find("#lanes-table").set_attribute("open", "").unwrap();
    // The event of the toggle is a task of its own.
    settle().await;
    let rows: Vec<String> = ["tbody tr:nth-child(1)", "tbody tr:nth-child(2)"]
        .iter()
        .map(|row| stage.text(&format!("#lanes-table {row}")))
        .collect();
    assert_eq!(rows, ["ana1,5002w2locked", "berta202–free"]);
}

#[wasm_bindgen_test]
async fn a_notice_names_the_reason_and_goes_when_dismissed() {
    use convoy_lab::core::refusal::{Problem, Refusal};
    let stage = Stage::at(Route::Room).await;
    stage.page.notify(Notice::BadLink(Refusal::new("link", Problem::Damaged)));
    tick().await;
    let text = stage.text(".notice p");
    assert!(text.contains("Link: it is damaged"), "{text}");
    stage.click(".notice .square").await;
    assert_eq!(stage.count(".notice"), 0);
}

#[wasm_bindgen_test]
fn what_stands_against_something_is_said_in_both_languages() {
    use convoy_lab::core::{
        obstacle::Obstacle,
        refusal::{Problem, Refusal},
    };
    use convoy_lab::ui::i18n::refusal_text;
    for (obstacle, field, english, spanish) in [
        (
            Obstacle::BurstRunning,
            "burst",
            "Burst of orders: a burst is running; wait for its end or stop it.",
            "Ráfaga de pedidos: ya hay una ráfaga en marcha; espera a que acabe o detenla.",
        ),
        (
            Obstacle::DeadAlready(WorkerId(2)),
            "id",
            "Worker: w2 is dead already.",
            "Worker: w2 ya está muerto.",
        ),
        (
            Obstacle::ManyCustomers,
            "customer",
            "Customer: there are too many customers; reset the lab.",
            "Cliente: hay demasiados clientes; reinicia el laboratorio.",
        ),
        (
            Obstacle::StillBusy { after_ms: 2_500 },
            "timeoutMs",
            "There was still work after 2.50\u{202f}s.",
            "Tras 2,50\u{202f}s aún quedaba trabajo.",
        ),
        (
            Obstacle::BrokerGone,
            "lab",
            "The broker is gone; reload the page.",
            "El broker ya no está; recarga la página.",
        ),
    ] {
        let refusal = Refusal::new(field, Problem::Stands(obstacle));
        assert_eq!(refusal_text(Locale::English, &refusal), english);
        assert_eq!(refusal_text(Locale::Spanish, &refusal), spanish);
    }
}

#[wasm_bindgen_test]
async fn the_shop_fills_a_cart_and_checks_quantities() {
    let stage = Stage::at(Route::Shop).await;
    assert_eq!(stage.count(".product"), 24);
    stage.click("[data-sku=laptop] button").await;
    stage.click("[data-sku=laptop] button").await;
    assert_eq!(stage.text(".cart-link .badge"), "2");
    stage.route.set(Route::Cart);
    tick().await;
    assert_eq!(stage.text(".cart-total b"), "€2,400.00");
    stage.enter("#quantity-laptop", "1001").await;
    assert_eq!(stage.text("#quantity-laptop-error"), "Quantity: must be from 1 to 1,000.");
    stage.click("#checkout").await;
    assert!(!stage.basket.sending.get_untracked(), "a wrong quantity was ordered");
    stage.enter("#quantity-laptop", "3").await;
    assert_eq!(stage.text(".cart-total b"), "€3,600.00");
    stage.enter("#customer", "").await;
    assert_eq!(stage.text("#customer-error"), "Customer: enter a name.");
}

#[wasm_bindgen_test]
async fn the_retry_lab_shows_the_waits_of_presets_and_of_own_numbers() {
    let stage = Stage::at(Route::Retry).await;
    let drawn = || {
        let rows = stage.count("#waits tbody tr");
        let row = |n| stage.text(&format!("#waits tbody tr:nth-child({n}) .wait-drawn"));
        (1..=rows).map(row).collect::<Vec<_>>()
    };
    let time = |text: &str| text.replace(' ', "\u{202f}");
    assert_eq!(drawn(), ["1.00 s", "2.00 s", "4.00 s"].map(time));
    assert_eq!(stage.text("#policy-herd-title"), "Retries of 10,000 calls that fail together");
    assert!(stage.text("#herd-notes").contains("up to 10,000 arrive within"));
    // Polly is the second preset.
    stage.fill("#policy-preset", "1", &["change"]).await;
    assert_eq!(drawn(), ["2.00 s"; 3].map(time));
    assert_eq!(stage.count("#policy-factor"), 0, "a fixed wait has no factor");
    assert_eq!(stage.text("#backoff-call"), "convoy.backoff({policy: \"polly\", seed: 1})");
    stage.enter("#policy-attempts", "3").await;
    assert_eq!(drawn().len(), 2);
    assert!(stage.text("#backoff-call").contains("attempts: 3"));
    for (field, text, message) in [
        ("attempts", "0", "Attempts: must be from 1 to 1,000."),
        ("attempts", "x", "Attempts: enter a number."),
        ("base", "-1", "Base: must be from 0 to 86,400,000."),
        ("cap", "1999", "Cap: must be from 2,000 to 2,592,000,000."),
    ] {
        stage.enter(&format!("#policy-{field}"), text).await;
        assert_eq!(stage.text(&format!("#policy-{field}-error")), message);
        assert_eq!(drawn().len(), 2, "{field}: the last good policy stays");
    }
    stage.enter("#policy-cap", "").await;
    assert_eq!(stage.text("#policy-cap-error"), "", "a blank cap is none");
    stage.enter("#policy-attempts", "1").await;
    assert_eq!(stage.count("#waits"), 0);
    assert_eq!(
        stage.text(".policy-herd .over-picture"),
        "One attempt and no retry: there is no herd."
    );
    stage.prefs.locale.set(Locale::Spanish);
    tick().await;
    assert_eq!(stage.text("h1"), "Reintentos");
}

#[wasm_bindgen_test]
async fn an_unknown_address_leads_back() {
    let stage = Stage::at(Route::Unknown("/nope".into())).await;
    assert_eq!(stage.text(".not-found code"), "/nope");
    assert_eq!(stage.count(".not-found a"), 6);
}

#[wasm_bindgen_test]
fn both_languages_have_the_same_places_in_their_texts() {
    use convoy_lab::ui::i18n::texts;
    let places = |text: &str| {
        let mut places: Vec<String> = text
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split_once('}').map(|(name, _)| name.to_owned()))
            .collect();
        places.sort();
        places
    };
    let (english, spanish) = (texts(Locale::English).all(), texts(Locale::Spanish).all());
    for ((name, english), (_, spanish)) in english.into_iter().zip(spanish) {
        assert_eq!(places(english), places(spanish), "{name}");
        assert!(!english.is_empty() && !spanish.is_empty(), "{name}");
    }
}

/// Lets the browser dispatch what it has queued.
async fn settle() {
    let promise = js_sys::Promise::new(&mut |done, _| {
        let window = web_sys::window().unwrap();
        window.set_timeout_with_callback_and_timeout_and_arguments_0(&done, 50).unwrap();
    });
    wasm_bindgen_futures::JsFuture::from(promise).await.unwrap();
    tick().await;
}
