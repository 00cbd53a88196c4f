//! What stands against something that would otherwise be right: a state of the lab, or a bound.

use super::{ids::WorkerId, refusal::Code};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A state or a bound. The page translates it; `Display` is the English of the scripting API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Obstacle {
    /// A burst is running, and there is one at a time.
    BurstRunning,
    /// This consumer was killed before.
    DeadAlready(WorkerId),
    /// The idempotency key came with another order.
    KeyUsed,
    /// The lab knows as many customers as it can.
    ManyCustomers,
    /// As many requests wait for the lab to come to rest as may.
    ManyWaiting,
    /// As many requests wait for an answer as may.
    ManyRequests,
    /// There was still work after so many milliseconds.
    StillBusy { after_ms: u32 },
    /// The broker could not start.
    BrokerNotStarted,
    /// The broker's thread has ended.
    BrokerGone,
    /// A replay is running, and there is one at a time.
    ReplayRunning,
    /// Dead letters are being redriven, and there is one lot at a time.
    RedriveRunning,
    /// The order is no dead letter.
    NotDead,
    /// There is no tape.
    NothingRecorded,
    /// Everything began again meanwhile.
    BegunAnew,
    /// The twin could not start.
    TwinNotStarted,
    /// The twin was stopped meanwhile.
    TwinStopped,
    /// The broker answered another question. A mistake of ours.
    Misfit,
}

impl Obstacle {
    /// The kind of refusal that it leads to.
    pub const fn code(self) -> Code {
        match self {
            Self::BurstRunning
            | Self::DeadAlready(_)
            | Self::KeyUsed
            | Self::ManyCustomers
            | Self::ReplayRunning
            | Self::RedriveRunning
            | Self::NotDead
            | Self::NothingRecorded
            | Self::BegunAnew => Code::Conflict,
            Self::ManyWaiting | Self::ManyRequests => Code::Overloaded,
            Self::StillBusy { .. } => Code::Timeout,
            Self::BrokerNotStarted
            | Self::BrokerGone
            | Self::TwinNotStarted
            | Self::TwinStopped
            | Self::Misfit => Code::Unavailable,
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BurstRunning => write!(f, "a burst is running; wait for its end or stop it"),
            Self::DeadAlready(worker) => write!(f, "{worker} is dead already"),
            Self::KeyUsed => write!(f, "this key was used for another order; take a new one"),
            Self::ManyCustomers => write!(f, "there are too many customers; reset the lab"),
            Self::ManyWaiting => write!(f, "too many requests wait for idle"),
            Self::ManyRequests => write!(f, "too many requests are waiting for an answer"),
            Self::StillBusy { after_ms } => {
                write!(f, "there was still work after {after_ms} ms")
            }
            Self::BrokerNotStarted => write!(f, "the broker could not start; reload the page"),
            Self::BrokerGone => write!(f, "the broker is gone; reload the page"),
            Self::ReplayRunning => write!(f, "a replay is running; wait for its end"),
            Self::RedriveRunning => {
                write!(f, "dead letters are being redriven; wait for the end or stop it")
            }
            Self::NotDead => write!(f, "it is not among the dead letters any more"),
            Self::NothingRecorded => write!(f, "nothing was recorded"),
            Self::BegunAnew => write!(f, "everything began again meanwhile"),
            Self::TwinNotStarted => write!(f, "the twin could not start; reload the page"),
            Self::TwinStopped => write!(f, "the run was stopped"),
            Self::Misfit => write!(f, "the broker's answer does not fit; reload the page"),
        }
    }
}
