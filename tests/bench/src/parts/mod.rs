//! The measurements. Each part gives a section of the report.

mod download;
mod growth;
mod native;
mod path;
mod response;
mod run;
mod twin;

use anyhow::Result;
use convoy_e2e::Lab;

use crate::{
    plan::{Part, Plan},
    report::Section,
    site::Places,
};

impl Part {
    /// The section's title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Path => "Whole path, beside peers",
            Self::Growth => "Growth",
            Self::Response => "Response",
            Self::Download => "Download and start",
            Self::Twin => "Deterministic twin",
            Self::Native => "Native micro-benchmarks",
        }
    }

    /// Whether it is measured in the browser that all such parts share.
    pub fn shares_the_browser(self) -> bool {
        !matches!(self, Self::Download | Self::Native)
    }

    /// Measures in the shared browser.
    ///
    /// # Errors
    /// The browser fails, or an order is lost.
    ///
    /// # Panics
    /// It is a part without that browser.
    pub async fn measure_in(self, lab: &Lab, plan: &Plan, places: &Places) -> Result<Section> {
        match self {
            Self::Path => path::measure(lab, plan, places).await,
            Self::Growth => growth::measure(lab, plan).await,
            Self::Response => response::measure(lab, plan).await,
            Self::Twin => twin::measure(lab, plan).await,
            Self::Download | Self::Native => panic!("{self:?} has no use for the shared browser"),
        }
    }

    /// Measures by itself.
    ///
    /// # Errors
    /// A file cannot be read, or a browser fails.
    ///
    /// # Panics
    /// It is a part that shares the browser.
    pub fn measure(self, plan: &Plan, places: &Places) -> Result<Section> {
        match self {
            Self::Download => download::measure(plan, places),
            Self::Native => native::measure(places),
            _ => panic!("{self:?} shares the browser"),
        }
    }
}
