//! The shop: what it sells, what an order costs, and what a consumer does with it.

pub mod catalogue;
pub mod client;
pub mod consumer;
pub mod failure;
pub mod stock;
pub mod work;
