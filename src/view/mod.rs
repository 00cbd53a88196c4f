//! View models: what the pictures show, computed without a browser.
//!
//! [`locale`] and [`format`] write numbers as people read them, [`parse`] reads what people
//! write. [`route`] is the address. [`series`], [`decimate`], [`scale`] and [`chart`] make lines
//! over time, [`seats`] says which lanes are drawn and [`lanes`] where.

pub mod chart;
pub mod decimate;
pub mod format;
pub mod lanes;
pub mod locale;
pub mod parse;
pub mod route;
pub mod scale;
pub mod seats;
pub mod series;
