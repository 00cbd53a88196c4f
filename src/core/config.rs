//! What of the scenario the broker needs to know.

use super::time::Span;
use serde::{Deserialize, Serialize};

/// How orders are handed to consumers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Ordering {
    /// One active consumer takes everything in order; the others stand by.
    Single,
    /// Any consumer takes the next order: it scales, and order breaks.
    Competing,
    /// Kafka: a customer belongs to a partition, a partition to one consumer.
    Partitions,
    /// Service Bus sessions, SQS FIFO groups: every customer is a lane of its own, locked by
    /// one consumer at a time.
    #[default]
    Sessions,
}

/// What happens to an order that arrives when the queue is full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Overflow {
    /// The new one is refused with 429.
    #[default]
    Reject,
    /// The oldest waiting one is cancelled.
    DropOldest,
    /// The oldest waiting one goes to the dead letters.
    DeadLetterOldest,
}

/// Where an order whose attempt failed waits for the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WaitPlace {
    /// Nowhere, there is no policy: it is delivered again at once, as often as may be.
    #[default]
    Redeliver,
    /// With the consumer, which does nothing else meanwhile.
    Consumer,
    /// At the head of its lane, which stands still: the lane's order is kept.
    Lane,
    /// Beside its lane, which goes on: later orders overtake it.
    Delayed,
    /// Beside its lane, until somebody calls it back.
    Parking,
}

/// What becomes of an order when its retry policy gives up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Fallback {
    /// It goes to the dead letters, and its lane goes on.
    #[default]
    DeadLetter,
    /// It waits beside its lane until somebody calls it back.
    Park,
    /// It waits at the head of its lane, which stands still until somebody calls it back.
    Block,
    /// It is cancelled, and what it had charged is given back: compensation.
    Cancel,
}

/// The broker's settings. All are within the ranges that the scenario validates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    pub ordering: Ordering,
    /// Partitions of the `partitions` ordering, at least 1.
    pub partitions: u32,
    /// Orders a consumer may hold, at least 1.
    pub prefetch: u32,
    /// How long a lease lasts without renewal.
    pub lease: Span,
    /// Deliveries after which an order that still fails is dead-lettered, at least 1.
    pub max_deliveries: u16,
    /// Orders that may wait, at least 1.
    pub queue_limit: u32,
    pub overflow: Overflow,
    /// Whether the gateway and the warehouse recognise an order they have dealt with before.
    pub idempotency: bool,
    /// Where an order waits between two attempts.
    pub wait: WaitPlace,
    pub fallback: Fallback,
    /// Services that every completing attempt calls beside the payment: a set of `1 << place in
    /// Service::ALL`.
    pub side_services: u8,
}
