//! View models: what the pictures show, computed without a browser.
//!
//! [`locale`] and [`format`] write numbers as people read them, [`parse`] reads what people
//! write. [`route`] is the address. [`series`], [`decimate`], [`scale`] and [`chart`] make lines
//! over time, [`plot`] makes lines over anything, [`herd`] what retries do together. [`seats`]
//! says which lanes are drawn and [`lanes`] where. [`csv`] writes tables for other programs.

pub mod chart;
pub mod csv;
pub mod decimate;
pub mod format;
pub mod herd;
pub mod lanes;
pub mod locale;
pub mod parse;
pub mod plot;
pub mod route;
pub mod scale;
pub mod seats;
pub mod series;
