//! The control room: send bursts, break things, and see what the pattern does about it.

mod burst;
pub mod charts;
pub mod lanes;
mod ledger;
pub mod ordering;
mod presets;
mod settings;
mod share;
pub mod specs;
mod workers;

pub use burst::BurstForm;
pub use lanes::LanesPanel;
pub use workers::{TINTS, WorkersPanel, tint};

use crate::say;
use crate::ui::i18n::use_speech;
use leptos::prelude::*;

/// The whole control room.
#[component]
pub fn Room() -> impl IntoView {
    let speech = use_speech();
    view! {
        <h1 class="visually-hidden">{say!(speech.nav_room)}</h1>
        <div class="room">
            <div class="room-left">
                <presets::Presets />
                <BurstForm />
                <share::Share />
            </div>
            <div class="room-middle">
                <ordering::OrderingSwitch />
                <LanesPanel />
            </div>
            <div class="room-right">
                <WorkersPanel />
                <ledger::Ledger />
            </div>
            <div class="room-charts">
                <charts::Charts />
            </div>
            <div class="room-below">
                <settings::Settings />
            </div>
        </div>
    }
}
