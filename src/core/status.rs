//! What an order and an attempt can be.

use serde::{Deserialize, Serialize};

/// How far an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Status {
    /// Waits in the queue.
    Accepted,
    /// A consumer has it.
    Processing,
    /// The payment was charged.
    Paid,
    /// The stock was taken.
    StockReserved,
    /// It left the house; the consumer is done.
    Shipped,
    /// The consumer's acknowledgement was taken.
    Completed,
    /// The card was declined for good.
    Declined,
    /// Taken out before a consumer had it (overflow).
    Cancelled,
    /// Went to the dead letters.
    DeadLettered,
}

/// How an attempt ended, as the consumer says; and what a call of a service came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// Paid, stock taken, shipped. Of a call: answered.
    #[default]
    Completed,
    /// The card was declined for good; any error that trying again does not mend (4xx).
    Declined,
    /// The service answered that it could not (5xx); may be tried again.
    GatewayFailed,
    /// The client gave up waiting for the answer. Whether the call had its effect, it cannot know.
    TimedOut,
    /// The service wants to be left alone for a while (429).
    Throttled,
    /// The circuit breaker was open: the call was not made.
    CircuitOpen,
    /// Somebody else had written the row meanwhile: optimistic concurrency lost the race.
    Conflict,
}

impl Outcome {
    /// Whether it went wrong in a way that may be different next time.
    pub const fn is_transient(self) -> bool {
        !matches!(self, Self::Completed | Self::Declined)
    }
}

/// A service that consumers call for an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Service {
    /// Charges the card. Without it no order completes.
    Payment,
    /// What else the customer may like. An order completes without, *degraded*.
    Recommendations,
    /// The e-mail to the customer. An order completes without, *degraded*.
    Notifications,
    /// The row of the product in the warehouse. Called between the payment and the others, and
    /// without it no order completes.
    Stock,
}

impl Service {
    /// All, in the order of their numbers in frames.
    pub const ALL: [Self; 4] =
        [Self::Payment, Self::Recommendations, Self::Notifications, Self::Stock];
}

/// Why an order is among the dead letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeadReason {
    /// It failed, or was not acknowledged, as often as it may be delivered.
    DeliveryLimit,
    /// It was the oldest when the queue overflowed.
    MaxLength,
    /// The retry policy's attempts were used up.
    RetriesExhausted,
    /// The circuit breaker was open when it was its turn.
    CircuitOpen,
    /// The retry budget was spent.
    BudgetExhausted,
}

impl DeadReason {
    /// The name in the scripting API; RabbitMQ's where it has one.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DeliveryLimit => "delivery_limit",
            Self::MaxLength => "maxlen",
            Self::RetriesExhausted => "retries_exhausted",
            Self::CircuitOpen => "circuit_open",
            Self::BudgetExhausted => "budget_exhausted",
        }
    }
}

/// Orders, by where they are, and what happened so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub accepted: u64,
    /// Refused with 429; not part of `accepted`.
    pub rejected: u64,
    pub ready: u64,
    /// Waiting for their next attempt, or set aside.
    pub delayed: u64,
    /// Of the delayed, those that wait until somebody calls them back.
    pub parked: u64,
    pub in_flight: u64,
    pub completed: u64,
    pub dead_lettered: u64,
    /// How often a dead letter went back to its lane.
    pub redriven: u64,
    /// Declined for good or taken out by overflow.
    pub cancelled: u64,
    /// Of the cancelled, those whose card was declined.
    pub declined: u64,
    /// Of the completed, those that a service other than the payment failed.
    pub degraded: u64,
    pub deliveries: u64,
    /// Deliveries of an order that had been delivered before.
    pub redeliveries: u64,
    /// Charges that the gateway recognised and did not make again.
    pub duplicates_suppressed: u64,
    /// Orders of a customer that started before the previous one had ended.
    pub order_violations: u64,
    /// Acknowledgements refused because their lease was over.
    pub stale_acks: u64,
    /// Leases that ran out.
    pub leases_expired: u64,
}

impl Counts {
    /// Whether `accepted = ready + delayed + in flight + completed + dead-lettered + cancelled`.
    pub const fn conserved(&self) -> bool {
        self.accepted == self.unfinished() + self.ended()
    }

    /// Orders that are ready, delayed or in flight.
    pub const fn unfinished(&self) -> u64 {
        self.ready + self.delayed + self.in_flight
    }

    /// Orders that are completed, dead-lettered or cancelled.
    pub const fn ended(&self) -> u64 {
        self.completed + self.dead_lettered + self.cancelled
    }
}
