//! What statuses, outcomes, reasons and states are called in the scripting API.

use crate::scenario::fields::Choice;
use crate::wire::page::{BreakerState, DeadReason, Outcome, Service, Status, WorkerState};

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
        Outcome::TimedOut => "timedOut",
        Outcome::Throttled => "throttled",
        Outcome::CircuitOpen => "circuitOpen",
        Outcome::Conflict => "conflict",
    }
}

/// A service's name.
pub const fn service(service: Service) -> &'static str {
    match service {
        Service::Payment => "payment",
        Service::Recommendations => "recommendations",
        Service::Notifications => "notifications",
        Service::Stock => "stock",
    }
}

/// A breaker's state, as Resilience4j calls it.
pub const fn breaker(state: BreakerState) -> &'static str {
    match state {
        BreakerState::Closed => "CLOSED",
        BreakerState::Open => "OPEN",
        BreakerState::HalfOpen => "HALF_OPEN",
        BreakerState::Disabled => "DISABLED",
        BreakerState::MetricsOnly => "METRICS_ONLY",
        BreakerState::ForcedOpen => "FORCED_OPEN",
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
        (Self::RetriesExhausted, Self::RetriesExhausted.name()),
        (Self::CircuitOpen, Self::CircuitOpen.name()),
        (Self::BudgetExhausted, Self::BudgetExhausted.name()),
    ];
}
