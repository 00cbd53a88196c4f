//! The broker and its patterns: pure, synchronous, deterministic.
//!
//! Nothing in here reads a clock, draws a random number from outside, or knows a browser. Time
//! and inputs are arguments, effects are return values.

pub mod ids;
pub mod refusal;
pub mod time;
