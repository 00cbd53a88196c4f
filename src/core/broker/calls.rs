//! The services' calls, as the consumers' clients report them.

use crate::core::{
    breaker::BreakerState,
    delivery::{Call, outcome_of_code},
    ids::WorkerId,
    status::{Outcome, Service},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// Calls kept. At the bound the oldest is forgotten.
const KEPT: usize = 64 * 1024;

/// Clients whose state is shown. At the bound the oldest consumer's are forgotten.
const CLIENTS: usize = 128;

const SERVICES: usize = Service::ALL.len();

/// A call, and the consumer whose it is.
#[derive(Clone, Copy, Debug)]
pub struct TracedCall {
    pub worker: WorkerId,
    pub call: Call,
}

/// All calls of one service, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Calls made, retries included; not those that a breaker held back.
    pub calls: u64,
    /// Of the calls, those that tried again what had failed.
    pub retries: u64,
    /// Of the calls, those answered with an error that may pass (5xx), with 429, with an error for
    /// good (4xx), and not in time.
    pub failed: u64,
    pub throttled: u64,
    pub declined: u64,
    pub timed_out: u64,
    /// Writes of the stock's row that came too late.
    pub conflicts: u64,
    /// Calls that a breaker held back.
    pub held_back: u64,
}

/// What a consumer's client of a service remembers, as of its last call that was reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Client {
    pub breaker: BreakerState,
    /// Tokens in its retry budget.
    pub tokens: f64,
}

/// The calls, added up and the last of them singly.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    tallies: [Tally; SERVICES],
    clients: BTreeMap<WorkerId, [Client; SERVICES]>,
    recent: VecDeque<TracedCall>,
}

impl Calls {
    /// Takes a client's report of a call. One with codes of nothing is ignored.
    pub(super) fn note(&mut self, worker: WorkerId, call: &Call) {
        let Some(outcome) = outcome_of_code(call.outcome).filter(|_| call.is_valid()) else {
            return;
        };
        let service = call.service as usize;
        self.tallies[service].note(outcome, call.marks & Call::RETRY != 0);
        let clients = self.clients.entry(worker).or_default();
        clients[service] = Client {
            breaker: BreakerState::ALL[call.breaker as usize],
            tokens: f64::from(call.tokens),
        };
        if self.clients.len() > CLIENTS {
            self.clients.pop_first();
        }
        if self.recent.len() == KEPT {
            self.recent.pop_front();
        }
        self.recent.push_back(TracedCall { worker, call: *call });
    }

    /// An attempt ended whose calls were not reported, since there was one of each service and
    /// all but the payment's went well.
    pub(super) fn went_plainly(&mut self, payment: Outcome, is_retry: bool, side_services: u8) {
        self.tallies[0].note(payment, is_retry);
        if payment != Outcome::Completed {
            return;
        }
        for (place, tally) in self.tallies.iter_mut().enumerate().skip(1) {
            tally.calls += u64::from(side_services >> place & 1);
        }
    }

    /// The calls of a service so far.
    pub const fn tally(&self, service: Service) -> &Tally {
        &self.tallies[service as usize]
    }

    /// The consumers' clients of a service that had something to report, oldest consumer first.
    pub fn clients(&self, service: Service) -> impl Iterator<Item = (WorkerId, Client)> {
        self.clients.iter().map(move |(worker, clients)| (*worker, clients[service as usize]))
    }

    /// The last calls that were reported, oldest first.
    pub fn recent(&self) -> impl DoubleEndedIterator<Item = &TracedCall> {
        self.recent.iter()
    }

    /// What the tables take, in bytes.
    pub(super) fn memory_bytes(&self) -> usize {
        self.recent.capacity() * size_of::<TracedCall>() + self.clients.len() * 128
    }
}

impl Tally {
    const fn note(&mut self, outcome: Outcome, is_retry: bool) {
        match outcome {
            Outcome::CircuitOpen => {
                self.held_back += 1;
                return;
            }
            Outcome::Completed => {}
            Outcome::Declined => self.declined += 1,
            Outcome::GatewayFailed => self.failed += 1,
            Outcome::TimedOut => self.timed_out += 1,
            Outcome::Throttled => self.throttled += 1,
            Outcome::Conflict => self.conflicts += 1,
        }
        self.calls += 1;
        self.retries += is_retry as u64;
    }
}
