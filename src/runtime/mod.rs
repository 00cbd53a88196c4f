//! The loops: what comes in from the browser goes through the pure engine and out again.
//!
//! [`page`] is the page's side, [`broker`] and [`consumer`] are the workers'. They move frames
//! and read clocks; they decide nothing.

pub mod page;
