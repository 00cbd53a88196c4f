//! What is handed to a consumer, and what it says of it: flat records that travel as they are.

use super::{
    breaker::BreakerState,
    status::{Outcome, Service},
    time::Span,
};
use bytemuck::{Pod, Zeroable};

/// One order handed to a consumer. 48 bytes, no padding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Delivery {
    /// What the order costs, in cents.
    pub amount_cents: u64,
    /// Index of the order's record.
    pub slot: u32,
    /// The how manieth accepted order of the run, from 0. Decides the order's fate.
    pub number: u32,
    /// The customer.
    pub key: u32,
    /// The order's number among the customer's orders, from 0.
    pub sequence: u32,
    /// The lane it came from.
    pub lane: u32,
    /// Which hold of the lane this is.
    pub epoch: u32,
    /// Pieces in the order.
    pub pieces: u32,
    /// The first line's product.
    pub sku: u16,
    /// The how manieth delivery, from 1.
    pub attempt: u16,
    /// [`Delivery::ORDERED`] and [`Delivery::CHARGED`].
    pub flags: u32,
    /// How often it was redriven.
    pub redriven: u32,
}

impl Delivery {
    /// If this one fails, the later ones of its lane and epoch are to be given back unbegun.
    pub const ORDERED: u32 = 1;
    /// The gateway has charged an order of this idempotency key: it will answer so again.
    pub const CHARGED: u32 = 2;
}

/// What a consumer says of one order it was handed. 48 bytes, no padding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Record {
    /// When the attempt started and finished (or, before it finished, when this happened), in
    /// microseconds by the consumer's clock.
    pub started_micros: u64,
    pub finished_micros: u64,
    /// What it charged, in cents; of an attempt that failed how long to wait before the next, in
    /// microseconds, or [`Record::NO_WAIT`].
    pub amount: u64,
    /// Index of the order's record, and the lease it was handed out under.
    pub slot: u32,
    pub lease: u32,
    pub number: u32,
    pub key: u32,
    pub sequence: u32,
    pub attempt: u16,
    /// What this record says: a set of [`Record::CHARGED`] and the like.
    pub what: u8,
    /// The [`Outcome`], by [`outcome_code`], of a finished attempt.
    pub outcome: u8,
}

impl Record {
    /// The payment was charged.
    pub const CHARGED: u8 = 1;
    /// The stock was taken.
    pub const RESERVED: u8 = 2;
    /// The attempt is over; this is the acknowledgement, or the negative one.
    pub const FINISHED: u8 = 4;
    /// The order is given back unbegun.
    pub const RELEASED: u8 = 8;
    /// Work on the order has begun.
    pub const STARTED: u8 = 16;
    /// Of a finished attempt: each of its calls was reported as a [`Call`].
    pub const TOLD: u8 = 32;
    /// Of a finished attempt: the policy allows no other. Of a completed one: it is degraded.
    pub const GAVE_UP: u8 = 64;
    /// Why it gave up: the retry budget was spent.
    pub const OVER_BUDGET: u8 = 128;

    /// Whether the record says this.
    pub const fn says(&self, what: u8) -> bool {
        self.what & what != 0
    }

    /// Instead of a wait: no policy asks for one, the queue delivers again as it always does.
    pub const NO_WAIT: u64 = u64::MAX;

    /// How long a policy has the next attempt wait, of one that failed.
    pub const fn wait(&self) -> Option<Span> {
        if self.amount == Self::NO_WAIT { None } else { Some(Span::from_micros(self.amount)) }
    }
}

/// One call of a service, as the client saw it. 32 bytes, no padding.
///
/// An attempt's calls are reported unless it is one call that went well, by a client that has
/// nothing to remember: neither a failure in its breaker's window nor a token less in its budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub struct Call {
    /// When it began, in microseconds by the consumer's clock.
    pub began_micros: u64,
    /// The order.
    pub number: u32,
    /// How long it took, and how long the client had waited before it: at most 71 minutes each.
    pub took_micros: u32,
    pub waited_micros: u32,
    /// What is left in the client's retry budget; 0 where there is none.
    pub tokens: f32,
    /// The how manieth delivery of the order, and call of it in that, both from 1.
    pub attempt: u16,
    pub call: u16,
    /// The [`Service`]'s place in [`Service::ALL`].
    pub service: u8,
    /// What it came to, as in a [`Record`].
    pub outcome: u8,
    /// The state of the client's breaker afterwards: its place in [`BreakerState::ALL`].
    pub breaker: u8,
    /// A set of [`Call::RETRY`] and [`Call::CHARGED`].
    pub marks: u8,
}

impl Call {
    /// It tries again what failed before.
    pub const RETRY: u8 = 1;
    /// The gateway charged the card though the client heard nothing of it.
    pub const CHARGED: u8 = 2;

    /// Whether the codes are known ones.
    pub const fn is_valid(&self) -> bool {
        (self.service as usize) < Service::ALL.len()
            && (self.breaker as usize) < BreakerState::ALL.len()
            && outcome_of_code(self.outcome).is_some()
    }
}

/// What a consumer asks of a row of the warehouse. 16 bytes, no padding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Claim {
    /// The version that the row must still have to be written; [`Claim::READ`] to read it.
    pub version: u64,
    /// The order.
    pub number: u32,
    pub row: u32,
}

impl Claim {
    /// Only tells the row's version.
    pub const READ: u64 = u64::MAX;
}

/// What the warehouse says to a [`Claim`]. 16 bytes, no padding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct ClaimAnswer {
    /// The version that the row has now.
    pub version: u64,
    /// The order.
    pub number: u32,
    /// 1 when the row was written, or read; 0 when it had another version.
    pub granted: u32,
}

/// The number that stands for an outcome in a [`Record`].
pub const fn outcome_code(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Completed => 0,
        Outcome::Declined => 1,
        Outcome::GatewayFailed => 2,
        Outcome::TimedOut => 3,
        Outcome::Throttled => 4,
        Outcome::CircuitOpen => 5,
        Outcome::Conflict => 6,
    }
}

/// The outcome of a number, if it is one.
pub const fn outcome_of_code(code: u8) -> Option<Outcome> {
    match code {
        0 => Some(Outcome::Completed),
        1 => Some(Outcome::Declined),
        2 => Some(Outcome::GatewayFailed),
        3 => Some(Outcome::TimedOut),
        4 => Some(Outcome::Throttled),
        5 => Some(Outcome::CircuitOpen),
        6 => Some(Outcome::Conflict),
        _ => None,
    }
}
