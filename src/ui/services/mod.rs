//! The services that consumers call: how each fails, the policies around its calls, and what came
//! of them.

mod attempts;
mod choices;
mod forms;
mod pictures;
pub mod specs;

pub use attempts::Attempts;
pub use forms::ServiceForms;
pub use pictures::{CallCharts, Clients, Tallies};

use crate::core::status::Service;
use crate::ui::i18n::Texts;

/// What a service is called.
pub const fn service_name(texts: &Texts, service: Service) -> &'static str {
    match service {
        Service::Payment => texts.service_payment,
        Service::Recommendations => texts.service_recommendations,
        Service::Notifications => texts.service_notifications,
        Service::Stock => texts.service_stock,
    }
}
