//! Convoy Lab: a laboratory of cloud messaging patterns that runs entirely in the browser.
pub mod core;
