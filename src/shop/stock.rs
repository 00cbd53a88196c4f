//! The reservation of an order's stock: optimistic concurrency on the product's row, by asking.
//!
//! The rows' versions are in the warehouse, which is the broker's thread. A try reads the row's
//! version, takes its time, and writes if the version is still the same; if another consumer was
//! faster it was in vain, and is made again as the policy says. Who is faster is not decided by a
//! seed: it is a race between threads.

use super::{
    client::{Client, Ending, GaveUp},
    failure::{Ask, FailureModel},
};
use crate::core::{
    delivery::{Call, Claim, ClaimAnswer},
    status::Outcome,
    time::{Span, Timestamp},
};

/// What a reservation wants next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wish {
    /// To be called again at that time.
    Wait(Timestamp),
    /// That this is asked; the answer comes by [`Reservation::answer`].
    Ask(Claim),
    /// Nothing until the answer comes.
    Listen,
    /// It is over, at that time.
    Over(Ending, Timestamp),
}

/// How far it is.
#[derive(Clone, Copy, Debug)]
enum Stage {
    /// Waits for a try that begins then.
    Before(Timestamp),
    /// The row is being read.
    Reading,
    /// At work until then, and then it writes if the row still has the version; without one the
    /// try has failed by then, in the way that is written down.
    Working(Timestamp, Result<u64, Outcome>),
    /// The row is being written.
    Writing,
    Over(Ending, Timestamp),
}

/// A reservation under way.
#[derive(Clone, Copy, Debug)]
pub struct Reservation {
    ask: Ask,
    row: u32,
    slow_factor: f64,
    attempt: u16,
    stage: Stage,
    began_at: Timestamp,
    /// When the present try began, and how long was waited before it.
    try_at: Timestamp,
    waited: Span,
    previous: Span,
    tries: u16,
    /// What the present try, if it is a retry, took from the budget.
    price: f64,
}

impl Reservation {
    /// One that begins at `at`.
    pub const fn new(ask: Ask, row: u32, attempt: u16, slow_factor: f64, at: Timestamp) -> Self {
        Self {
            ask,
            row,
            slow_factor,
            attempt,
            stage: Stage::Before(at),
            began_at: at,
            try_at: at,
            waited: Span::ZERO,
            previous: Span::ZERO,
            tries: 0,
            price: 0.0,
        }
    }

    /// Goes on, at `now`; calls that ended are added to `calls`.
    pub fn go_on(
        &mut self,
        now: Timestamp,
        client: &mut Client,
        failure: &FailureModel,
        calls: &mut Vec<Call>,
    ) -> Wish {
        match self.stage {
            Stage::Before(at) | Stage::Working(at, _) if at > now => Wish::Wait(at),
            Stage::Before(at) => {
                self.try_at = at;
                if !client.permits(at) {
                    self.end_try(at, Outcome::CircuitOpen, client, failure, calls);
                    return self.go_on(now, client, failure, calls);
                }
                self.tries += 1;
                self.stage = Stage::Reading;
                Wish::Ask(Claim { number: self.ask.number, row: self.row, version: Claim::READ })
            }
            Stage::Working(_, Ok(version)) => {
                self.stage = Stage::Writing;
                Wish::Ask(Claim { number: self.ask.number, row: self.row, version })
            }
            Stage::Working(at, Err(outcome)) => {
                self.end_try(at, outcome, client, failure, calls);
                self.go_on(now, client, failure, calls)
            }
            Stage::Reading | Stage::Writing => Wish::Listen,
            Stage::Over(ending, at) => Wish::Over(ending, at),
        }
    }

    /// Takes the warehouse's answer, which came at `now`.
    pub fn answer(
        &mut self,
        now: Timestamp,
        answer: &ClaimAnswer,
        client: &mut Client,
        failure: &FailureModel,
        calls: &mut Vec<Call>,
    ) {
        if answer.number != self.ask.number {
            return;
        }
        match self.stage {
            Stage::Reading => self.work(now, answer.version, client, failure),
            Stage::Writing => {
                let outcome =
                    if answer.granted == 0 { Outcome::Conflict } else { Outcome::Completed };
                self.end_try(now, outcome, client, failure, calls);
            }
            Stage::Before(_) | Stage::Working(..) | Stage::Over(..) => {}
        }
    }

    /// The row was read at `now`: it takes its time, or fails in it.
    fn work(&mut self, now: Timestamp, version: u64, client: &Client, failure: &FailureModel) {
        let ask = Ask {
            ordinal: self.ask.ordinal.saturating_add(self.tries - 1),
            at: self.ask.at + now.since(self.began_at),
            ..self.ask
        };
        let micros = failure.latency(&ask).as_micros() as f64 * self.slow_factor;
        let latency = Span::from_micros((micros + 0.5) as u64);
        let answer = failure.answer(&ask);
        self.stage = match client.timeout() {
            Some(limit) if latency > limit => Stage::Working(now + limit, Err(Outcome::TimedOut)),
            _ if answer == Outcome::Completed => Stage::Working(now + latency, Ok(version)),
            _ => Stage::Working(now + latency, Err(answer)),
        };
    }

    /// The present try ended at `at`: that is the end, or there will be another.
    fn end_try(
        &mut self,
        at: Timestamp,
        outcome: Outcome,
        client: &mut Client,
        failure: &FailureModel,
        calls: &mut Vec<Call>,
    ) {
        let took = at.since(self.try_at);
        let price = std::mem::take(&mut self.price);
        if outcome != Outcome::CircuitOpen {
            client.observe(at, outcome, took, price);
        }
        calls.push(client.report(
            Call {
                began_micros: self.try_at.as_micros(),
                number: self.ask.number,
                attempt: self.attempt,
                call: self.tries,
                service: self.ask.service as u8,
                marks: if self.tries > 1 { Call::RETRY } else { 0 },
                ..Call::default()
            },
            at,
            outcome,
            (self.waited, took),
        ));
        let jitter = Ask { ordinal: self.tries, ..self.ask }.jitter();
        let retry = (outcome.is_transient() && outcome != Outcome::CircuitOpen).then(|| {
            client.next_retry(self.tries, self.previous, outcome, failure.retry_after, jitter)
        });
        self.stage = match retry {
            Some(Ok((wait, price))) => {
                (self.previous, self.waited, self.price) = (wait, wait, price);
                Stage::Before(at + wait)
            }
            other => {
                let gave_up = match other {
                    Some(Err(gave_up)) => Some(gave_up),
                    _ if outcome == Outcome::CircuitOpen => Some(GaveUp::CircuitOpen),
                    _ if outcome == Outcome::Completed => None,
                    _ => Some(GaveUp::Exhausted),
                };
                let took = at.since(self.began_at);
                Stage::Over(Ending { outcome, took, gave_up, wait: None }, at)
            }
        };
    }
}
