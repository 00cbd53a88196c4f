//! The whole configuration of a run, as one validated value.
//!
//! A [`Scenario`] comes from [`Scenario::default`], from a preset, or from parsing (a patch of the
//! scripting API, a share link), which refuses what is out of range and names the field. Who sets
//! fields by hand, as the page's forms do, calls [`Scenario::validate`] before passing it on.
//!
//! A new field needs three lines: one here, one in [`Scenario::default`], and one in [`fields`],
//! where its name and limits stand. Checking, patching, forms and links follow from those.

pub mod fields;
pub mod limits;
pub mod link;
mod patch;
pub mod policies;
pub mod presets;
pub mod read;
pub mod services;
mod validate;

pub use self::services::{Breaker, Budget, Gateway, Retry, SideService, Stock};
pub use crate::core::config::{Ordering, Overflow};
use serde::{Deserialize, Serialize};

/// Everything that can be set. Field names are those of the scripting API, in camelCase.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Scenario {
    /// Seed of every random decision, 0 … 2⁵³ − 1 (what a JavaScript number holds).
    pub seed: u64,
    /// How orders are handed to consumers.
    pub ordering: Ordering,
    /// Number of partitions in the `partitions` ordering, 1 … 64.
    pub partitions: u16,
    /// Consumers wanted, 1 … 32.
    pub workers: u16,
    /// Orders a consumer may hold unacknowledged, 1 … 4096.
    pub prefetch: u16,
    /// How long a lease lasts without renewal, in milliseconds, 100 … 600,000.
    pub lease_ms: u32,
    /// Deliveries after which an order that still fails is dead-lettered, 1 … 100.
    pub max_deliveries: u16,
    /// Orders that may wait, 1 … 10,000,000.
    pub queue_limit: u32,
    /// What happens to an order that arrives when the queue is full.
    pub overflow: Overflow,
    /// Whether the gateway recognises an order it has charged before.
    pub idempotency: bool,
    /// Mean time that a consumer works on an order, in milliseconds, 0 … 60,000.
    pub service_time_ms: f64,
    /// Half width of the service time's uniform spread, as a share of the mean, 0 … 1.
    pub service_spread: f64,
    /// What a consumer does during the service time.
    pub service_kind: ServiceKind,
    /// How the payment gateway fails, and the policies around its calls.
    pub gateway: Gateway,
    pub retry: Retry,
    pub breaker: Breaker,
    pub budget: Budget,
    /// The reservation of the stock, between the payment and the other services.
    pub stock: Stock,
    /// The services beside it.
    pub recommendations: SideService,
    pub notifications: SideService,
    /// What *Burst* sends.
    pub burst: Burst,
}

/// What a consumer does during the service time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ServiceKind {
    /// Waits, as for a network or a disk.
    Wait,
    /// Computes, and so takes a processor core.
    Burn,
}

/// A burst of orders.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Burst {
    /// How many, 1 … 10,000,000.
    pub orders: u32,
    /// Of how many customers, 1 … 1,000,000.
    pub customers: u32,
    /// What each costs, in cents, 1 … 100,000,000; without it what its products do.
    pub amount_cents: Option<u32>,
    /// What the customers are called.
    pub naming: Naming,
    /// Which customer the next order is of.
    pub deal: Deal,
    /// Popularity of the customers: Zipf's exponent, 0 (all alike) … 3.
    pub skew: f64,
    /// Seed of the burst; without one the scenario's seed counts.
    pub seed: Option<u64>,
    /// Arrival rate; without one as fast as the broker accepts. 1 … 10,000,000.
    pub rate_per_second: Option<f64>,
}

/// What the customers of a burst are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Naming {
    /// `customer-0`, `customer-1`, …
    Customer,
    /// `user1`, `user2`, …
    User,
}

/// Which customer the next order of a burst is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Deal {
    /// Drawn by popularity.
    Drawn,
    /// One after the other, round and round.
    Round,
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            seed: 1,
            ordering: Ordering::Sessions,
            partitions: 3,
            workers: 4,
            prefetch: 256,
            lease_ms: 3_000,
            max_deliveries: 10,
            queue_limit: 10_000_000,
            overflow: Overflow::Reject,
            idempotency: true,
            service_time_ms: 2.0,
            service_spread: 0.5,
            service_kind: ServiceKind::Wait,
            gateway: Gateway::default(),
            retry: Retry::default(),
            breaker: Breaker::default(),
            budget: Budget::default(),
            stock: Stock::default(),
            recommendations: SideService::default(),
            notifications: SideService::default(),
            burst: Burst {
                orders: 10_000,
                customers: 1_000,
                amount_cents: None,
                naming: Naming::Customer,
                deal: Deal::Drawn,
                skew: 0.6,
                seed: None,
                rate_per_second: None,
            },
        }
    }
}
