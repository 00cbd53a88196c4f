//! The benchmark behind `cargo xtask bench`: the release build in a real Chromium, beside peers.
//!
//! Every figure is measured from outside, through `window.convoy` and the browser's own clock, with
//! nothing of the lab switched off. In reading order:
//!
//! * [`plan`]: what is measured, how often, how much at a time;
//! * [`site`]: the folder that is served, the build with the peers beside it;
//! * [`parts`]: the measurements, a module each;
//! * [`statistics`], [`figure`], [`table`], [`chart`]: what the measurements give;
//! * [`budgets`]: the design's bounds, met or missed;
//! * [`machine`], [`report`]: all of it written down.

pub mod budgets;
pub mod chart;
pub mod figure;
pub mod machine;
pub mod parts;
pub mod plan;
pub mod report;
pub mod site;
pub mod statistics;
pub mod table;
