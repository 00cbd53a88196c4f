//! Where orders come from: arrival processes.

pub mod arrivals;
