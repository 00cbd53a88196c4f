//! The scripting API's words: from a call's JSON to a checked [`Call`], and from the broker's
//! answers to JSON.
//!
//! Nothing here acts: the page's glue has the lab do what a [`Call`] says. The contract is
//! `console-api.md`.

mod call;
mod parse;
pub mod render;
pub mod words;

pub use call::{Call, FUNCTIONS};
pub use parse::parse;
