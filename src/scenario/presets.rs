//! The systems whose patterns the lab teaches, with the numbers of their originals.
//!
//! Titles and explanations are the page's, in its languages.

use super::{Burst, Deal, Gateway, Naming, Ordering, Retry, Scenario, services::WaitPlace};
use crate::core::retry::{Backoff, Jitter};

/// A scenario to start from.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// Its name in links and translations.
    pub id: &'static str,
    /// The system it stands for, as the mission numbers them.
    pub system: &'static str,
    /// Makes it.
    pub scenario: fn() -> Scenario,
}

/// All presets, in the order of the systems.
pub const PRESETS: &[Preset] = &[
    Preset { id: "order-queue", system: "SYS-1", scenario: order_queue },
    Preset { id: "retry", system: "SYS-2", scenario: retry },
    Preset { id: "sequential-convoy", system: "SYS-3", scenario: sequential_convoy },
];

/// The preset of that id.
pub fn preset(id: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.id == id)
}

/// One API, one queue, one worker; on Black Friday 500 orders arrive per second and the worker
/// does 100. The wave of 3,000 is over after 6 seconds, the queue is empty again after 30.
///
/// # Source
/// The mission's SYS-1: one API, `orders_queue`, one worker, Black Friday burst. Its rates are
/// our choice, so that somebody sees the queue fill and drain within a minute. The prefetch
/// keeps what the worker holds under a fifth of a second of work, so that a kill costs little.
fn order_queue() -> Scenario {
    Scenario {
        ordering: Ordering::Single,
        workers: 1,
        prefetch: 16,
        service_time_ms: 10.0,
        service_spread: 0.5,
        burst: Burst {
            orders: 3_000,
            customers: 500,
            rate_per_second: Some(500.0),
            ..Scenario::default().burst
        },
        ..Scenario::default()
    }
}

/// A payment gateway that fails the first two calls for every order and answers the third.
///
/// # Source
/// The mission's SYS-2: 3 retries, the first wait 1 s, factor 2, amount 99.99. It says that
/// whoever retries waits, so the waits are in the consumer; four consumers, twelve orders of four
/// customers and a gateway that takes 50 ms are our choice: three seconds of waiting per order can
/// be followed by eye, and so can what that costs the orders behind.
fn retry() -> Scenario {
    Scenario {
        ordering: Ordering::Sessions,
        workers: 4,
        prefetch: 4,
        service_time_ms: 20.0,
        service_spread: 0.0,
        gateway: Gateway { fail_first: 2, latency_ms: 50.0, ..Gateway::default() },
        retry: Retry {
            wait: WaitPlace::Consumer,
            attempts: 4,
            backoff: Backoff::Exponential,
            base_ms: 1_000.0,
            factor: 2.0,
            jitter: Jitter::None,
            ..Retry::default()
        },
        burst: Burst {
            orders: 12,
            customers: 4,
            deal: Deal::Round,
            skew: 0.0,
            amount_cents: Some(9_999),
            ..Scenario::default().burst
        },
        ..Scenario::default()
    }
}

/// Topic `orders`, keyed by user: each user's orders in order, the users side by side.
///
/// # Source
/// The mission's SYS-3: 3 partitions, 10 orders dealt round to user1, user2, user3, and the
/// consumer group `order-group`, which has one consumer per partition here. 300 ms per order are
/// our choice, slow enough to follow; so is the prefetch of 1, which leaves the others where
/// they can be seen waiting.
fn sequential_convoy() -> Scenario {
    Scenario {
        ordering: Ordering::Partitions,
        partitions: 3,
        workers: 3,
        prefetch: 1,
        service_time_ms: 300.0,
        service_spread: 0.0,
        burst: Burst {
            orders: 10,
            customers: 3,
            naming: Naming::User,
            deal: Deal::Round,
            skew: 0.0,
            ..Scenario::default().burst
        },
        ..Scenario::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_found() {
        for one in PRESETS {
            assert_eq!(PRESETS.iter().filter(|other| other.id == one.id).count(), 1);
            assert_eq!(preset(one.id).map(|found| found.system), Some(one.system));
        }
        assert!(preset("nothing").is_none());
    }
}
