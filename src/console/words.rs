//! What statuses, outcomes, reasons and states are called in the scripting API.

use crate::scenario::fields::Choice;
use crate::wire::page::{DeadReason, Outcome, Status, WorkerState};

/// A status: `accepted` … `deadLettered`.
pub const fn status(status: Status) -> &'static str {
    match status {
        Status::Accepted => "accepted",
        Status::Processing => "processing",
        Status::Paid => "paid",
        Status::StockReserved => "stockReserved",
        Status::Shipped => "shipped",
        Status::Completed => "completed",
        Status::Declined => "declined",
        Status::Cancelled => "cancelled",
        Status::DeadLettered => "deadLettered",
    }
}

/// How an attempt ended.
pub const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Completed => "completed",
        Outcome::Declined => "declined",
        Outcome::GatewayFailed => "gatewayFailed",
    }
}

/// What a consumer is doing.
pub const fn worker_state(state: WorkerState) -> &'static str {
    match state {
        WorkerState::Starting => "starting",
        WorkerState::Idle => "idle",
        WorkerState::Busy => "busy",
        WorkerState::Paused => "paused",
        WorkerState::Dead => "dead",
    }
}

impl Choice for DeadReason {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::DeliveryLimit, Self::DeliveryLimit.name()),
        (Self::MaxLength, Self::MaxLength.name()),
    ];
}
