//! Convoy Lab: a laboratory of cloud messaging patterns that runs entirely in the browser.
pub mod console;
pub mod core;
pub mod host;
pub mod load;
pub mod platform;
pub mod runtime;
pub mod scenario;
pub mod shop;
pub mod sim;
#[cfg(feature = "ui")]
pub mod ui;
pub mod view;
pub mod wire;
