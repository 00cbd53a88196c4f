//! The broker and its patterns: pure, synchronous, deterministic.
//!
//! Nothing in here reads a clock, draws a random number from outside, or knows a browser. Time
//! and inputs are arguments, effects are return values. In reading order:

pub mod time;

pub mod ids;
pub mod obstacle;
pub mod refusal;
pub mod status;

pub mod config;
pub mod delivery;

pub mod broker;

pub mod keys;
pub mod lanes;
pub mod orders;

pub mod auditor;
pub mod ledger;
pub mod stats;

pub mod partitioner;
pub mod rng;

pub mod breaker;
pub mod budget;
pub mod retry;
