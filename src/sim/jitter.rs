//! The experiment on backoff and jitter: clients that contend for one row.
//!
//! Each client reads the row's version and writes it; a write succeeds if nobody has written in
//! between. Who fails waits and begins again, until everybody has written once.
//!
//! # Source
//! Brooker, "Exponential backoff and jitter", AWS Architecture Blog, 2015, and its simulator
//! (aws-arch-backoff-simulator): base 5 ms, cap 2000 ms, doubled before the first wait already; a
//! message takes |N(10, 2)| ms; only writes count as calls; 10 … 190 clients by 10, 100 runs each.
//! Times are whole microseconds here, and the draws are our generator's.

use crate::core::{
    retry::{Backoff, Jitter, RetryPolicy},
    rng::{Rng, mix},
    time::Span,
};
use crate::wire::twin::{JitterRow, Strategy};
use std::{cmp::Reverse, collections::BinaryHeap, f64::consts::TAU};

/// A message's mean time, in microseconds.
const TRAVEL_MEAN: f64 = 10_000.0;

/// Its standard deviation.
const TRAVEL_DEVIATION: f64 = 2_000.0;

/// How clients of a strategy wait.
const fn policy(strategy: Strategy) -> RetryPolicy {
    let jitter = match strategy {
        Strategy::None => Jitter::None,
        Strategy::Full => Jitter::Full,
        Strategy::Equal => Jitter::Equal,
        Strategy::Decorrelated => Jitter::Decorrelated,
    };
    RetryPolicy {
        attempts: u16::MAX,
        backoff: Backoff::Exponential,
        base: Span::from_millis(5),
        factor: 2.0,
        cap: Span::from_millis(2_000),
        jitter,
        timeout: Span::ZERO,
    }
}

/// Every strategy's means over `runs` ≥ 1 runs with `clients` ≥ 1 clients. The same arguments give
/// the same rows on every machine.
///
/// ```
/// use convoy_lab::sim::jitter;
/// let alone = jitter::rows(1, 100, 7);
/// assert!(alone.iter().all(|row| row.calls == 1.0));
/// ```
pub fn rows(clients: u16, runs: u16, seed: u64) -> Vec<JitterRow> {
    let row = |strategy: Strategy| {
        let (mut calls, mut micros) = (0, 0);
        for run in 0..runs {
            let place = u64::from(clients) << 32 | u64::from(run) << 8 | strategy as u64;
            let mut contest = Contest::new(clients, policy(strategy), mix(seed) ^ mix(place));
            let end = contest.run();
            calls += contest.calls;
            micros += end;
        }
        let runs = f64::from(runs);
        JitterRow {
            strategy,
            clients,
            calls: calls as f64 / runs,
            completion_ms: micros as f64 / 1000.0 / runs,
        }
    };
    Strategy::ALL.into_iter().map(row).collect()
}

/// A client, as its next message arrives at the server.
#[derive(Clone, Copy)]
struct Client {
    /// The version that it read; none when it is about to read.
    read: Option<u32>,
    /// Failed writes.
    failures: u32,
    /// The last wait.
    waited: Span,
}

/// A run.
struct Contest {
    policy: RetryPolicy,
    clients: Vec<Client>,
    /// When each client's message arrives at the server, in microseconds, and whose it is. What
    /// happens at the clients is nothing but travel and waits.
    arrivals: BinaryHeap<Reverse<(u64, u16)>>,
    version: u32,
    calls: u64,
    rng: Rng,
    /// The other one of a pair of normal draws.
    spare: Option<f64>,
}

impl Contest {
    fn new(clients: u16, policy: RetryPolicy, seed: u64) -> Self {
        let fresh = Client { read: None, failures: 0, waited: Span::ZERO };
        let mut contest = Self {
            policy,
            clients: vec![fresh; usize::from(clients)],
            arrivals: BinaryHeap::with_capacity(usize::from(clients)),
            version: 0,
            calls: 0,
            rng: Rng::new(seed),
            spare: None,
        };
        for client in 0..clients {
            let at = contest.travel();
            contest.arrivals.push(Reverse((at, client)));
        }
        contest
    }

    /// Until everybody has written; gives when the last one heard of it, in microseconds.
    fn run(&mut self) -> u64 {
        let mut end = 0;
        while let Some(Reverse((now, index))) = self.arrivals.pop() {
            let answered = now + self.travel();
            let client = &mut self.clients[usize::from(index)];
            let Some(read) = client.read.take() else {
                client.read = Some(self.version);
                let arrives = answered + self.travel();
                self.arrivals.push(Reverse((arrives, index)));
                continue;
            };
            self.calls += 1;
            if read == self.version {
                self.version += 1;
                end = end.max(answered);
                continue;
            }
            client.failures += 1;
            let retry = client.failures + 1; // The published waits begin with the second.
            let wait = self.policy.wait(retry, client.waited, self.rng.unit());
            client.waited = wait;
            let arrives = answered + wait.as_micros() + self.travel();
            self.arrivals.push(Reverse((arrives, index)));
        }
        end
    }

    /// How long a message takes, in microseconds.
    fn travel(&mut self) -> u64 {
        let normal = self.normal();
        (TRAVEL_MEAN + TRAVEL_DEVIATION * normal).abs() as u64
    }

    /// A draw of the standard normal distribution, by Box and Muller.
    fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.rng.unit()));
        let angle = TAU * self.rng.unit();
        self.spare = Some(radius * libm::sin(angle));
        radius * libm::cos(angle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::twin::JITTER_CLIENTS;

    const NONE: usize = 0;
    const FULL: usize = 1;
    const EQUAL: usize = 2;
    const DECORRELATED: usize = 3;

    /// What the published charts show: without jitter far more calls and time than with any; full
    /// jitter makes as few calls as any other, about as many as equal jitter, which takes longer;
    /// decorrelated jitter makes more and takes about as long as full.
    #[test]
    fn the_shape_is_that_of_the_published_charts() {
        for clients in [50, 100, 190] {
            let rows = rows(clients, 30, 1);
            let calls = |row: usize| rows[row].calls;
            let time = |row: usize| rows[row].completion_ms;
            let case = format!("{rows:?}");
            for jitter in [FULL, EQUAL, DECORRELATED] {
                assert!(calls(NONE) > 1.5 * calls(jitter), "{case}");
                assert!(time(NONE) > 1.5 * time(jitter), "{case}");
                assert!(calls(FULL) < 1.05 * calls(jitter), "{case}");
            }
            assert!((1.0..1.6).contains(&(calls(DECORRELATED) / calls(FULL))), "{case}");
            assert!((0.7..1.2).contains(&(time(DECORRELATED) / time(FULL))), "{case}");
            assert!(time(EQUAL) > 1.1 * time(FULL), "{case}");
        }
    }

    #[test]
    fn everybody_writes_once_and_the_same_seed_gives_the_same_rows() {
        for strategy in Strategy::ALL {
            let mut contest = Contest::new(40, policy(strategy), 5);
            let end = contest.run();
            assert_eq!(contest.version, 40);
            assert!(contest.calls >= 40 && end > 0);
        }
        assert_eq!(rows(30, 5, 1), rows(30, 5, 1));
        assert_ne!(rows(30, 5, 1), rows(30, 5, 2));
        assert!(JITTER_CLIENTS.into_iter().eq((10..=190).step_by(10)));
    }

    /// Alone, a client reads, writes and hears of it in four messages of 10 ms.
    #[test]
    fn a_message_takes_ten_milliseconds() {
        for row in rows(1, 1_000, 3) {
            // The mean of 1000 sums of four has a standard deviation of 2 ms · 2 / √1000.
            assert!((row.completion_ms - 40.0).abs() < 5.0 * 0.127, "{row:?}");
        }
    }
}
