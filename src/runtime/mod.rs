//! The loops: what comes in from the browser goes through the pure engine and out again.
//!
//! [`page`] is the page's side; [`broker`], [`consumer`] and [`twin`] are the workers'. They move
//! frames and read clocks; they decide nothing.

pub mod broker;
pub mod consumer;
pub mod page;
pub mod twin;

/// The names of the roles that the page gives its workers.
pub mod role {
    pub const BROKER: &str = "broker";
    pub const CONSUMER: &str = "consumer";
    pub const TWIN: &str = "twin";
}
