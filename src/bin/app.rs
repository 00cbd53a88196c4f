//! The page's entry point.

use convoy_lab::platform::dom;
use convoy_lab::ui::{app::App, console};
use leptos::prelude::*;

fn main() {
    console_error_panic_hook::set_once();
    dom::remove("#loading");
    mount_to_body(|| view! { <App installed=console::install /> });
}
