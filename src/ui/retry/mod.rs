//! The retry lab: what callers do about failures, and what that does to the service.
//!
//! Each section is a module of its own and stands alone.

mod experiment;
mod names;
mod policy;
mod waits;

use self::{experiment::ExperimentSection, policy::PolicySection};
use crate::say;
use crate::ui::{
    i18n::use_speech,
    services::{CallCharts, Clients, ServiceForms, Tallies},
};
use leptos::prelude::*;

/// The view: its sections, one below the other.
#[component]
pub fn RetryLab() -> impl IntoView {
    let speech = use_speech();
    view! {
        <div class="view retry">
            <div class="view-head">
                <h1>{say!(speech.nav_retry)}</h1>
            </div>
            <p class="hint">{say!(speech.retry_hint)}</p>
            <ServiceForms />
            <div class="retry-pictures">
                <CallCharts />
            </div>
            <div class="retry-figures">
                <Tallies />
                <Clients />
            </div>
            <PolicySection />
            <ExperimentSection />
        </div>
    }
}
