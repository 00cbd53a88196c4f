//! The address: the view that it names, and the scenario of a link that somebody follows.
//!
//! A link is taken each time that it is followed, also when the address bar holds it already.
//! Only going back to it, or forward, leaves the lab alone: that must not empty it once more.
//! Both look alike but for the history: its entries are marked as they are come to.

use super::page::{Notice, Page};
use crate::platform::{dom, history};
use crate::scenario::link;
use crate::view::route::{self, Arrival, Route};
use leptos::prelude::*;

/// Keeps the view and the lab in step with the address, as long as the component lives.
pub fn follow(page: Page, route: RwSignal<Route>) {
    // The mark of the entry that is shown. What led to it is dealt with already.
    let shown = StoredValue::new(mark_entry());
    let moved = window_event_listener(leptos::ev::hashchange, move |_| {
        let address = route::read(&history::fragment());
        if *route.read_untracked() != address.route {
            route.set(address.route);
            dom::scroll_to_top();
            dom::focus("#main");
        }
    });
    // Unlike the other event this one comes also when the fragment is the same as before.
    let come_to = window_event_listener(leptos::ev::popstate, move |_| {
        let mark = history::mark();
        let arrival = shown.with_value(|shown| Arrival::at(mark.as_deref(), shown));
        shown.set_value(mark.unwrap_or_else(mark_entry));
        if let (Arrival::Followed, Some(text)) =
            (arrival, route::read(&history::fragment()).scenario)
        {
            open(page, &text);
        }
    });
    on_cleanup(move || {
        moved.remove();
        come_to.remove();
    });
}

/// Marks the entry that the history is at, and gives the mark.
fn mark_entry() -> String {
    let mark = dom::unique_text();
    history::set_mark(&mark);
    mark
}

/// Takes the scenario of a link, or says what is wrong with it.
fn open(page: Page, text: &str) {
    match link::decode(text) {
        Ok(scenario) => page.adopt(scenario),
        Err(refusal) => page.notify(Notice::BadLink(refusal)),
    }
}
