//! What can happen: small steps, so that a history that fails shrinks to one that can be read.
//!
//! Numbers of consumers and customers are taken modulo how many there are.

use convoy_lab::core::{
    config::{Config, Fallback, Ordering, Overflow, WaitPlace},
    time::Span,
};
use proptest::{collection::vec, prelude::*};

/// Customers there are.
pub const CUSTOMERS: u8 = 6;

/// Consumers that may come and go in the course of a history.
pub const WORKERS: u8 = 5;

/// The lease at the beginning. Every step takes a microsecond.
pub const LEASE: Span = Span::from_micros(300);

/// One step of a history.
#[derive(Clone, Debug)]
pub enum Transition {
    /// What steps shrink to.
    Nothing,
    Publish {
        customer: u8,
        orders: u8,
    },
    Attach(u8),
    /// The consumer says that it is there, or that it begins anew.
    Hello(u8),
    /// The consumer is terminated, and nobody tells the broker.
    Kill(u8),
    /// The consumer reads so many frames.
    Read {
        worker: u8,
        frames: u8,
    },
    /// The next frame to the consumer is lost.
    Drop(u8),
    /// The consumer begins an order, charges it, is done with it.
    Begin(u8),
    Charge(u8),
    Finish {
        worker: u8,
        fails: bool,
    },
    /// The consumer does so many orders; that one of them fails.
    Work {
        worker: u8,
        orders: u8,
        failing: u8,
    },
    /// The consumer says once more how it finished an order.
    FinishAgain(u8),
    /// The consumer sends what it has to say.
    Report {
        worker: u8,
        beat: Heartbeat,
    },
    /// The same, and the frame is lost.
    LoseReport(u8),
    /// The last frame arrives once more.
    RepeatReport(u8),
    /// A frame that speaks of orders that never were.
    Nonsense(u8),
    Pause(u8),
    Resume(u8),
    Slow(u8),
    Retire(u8),
    Pass(Span),
    Brief,
    Configure(Change),
    Reset,
}

/// What a report says of leases.
#[derive(Clone, Copy, Debug)]
pub enum Heartbeat {
    None,
    All,
    /// The first is forgotten, and one made up.
    Some,
}

/// Another setting.
#[derive(Clone, Debug)]
pub enum Change {
    Ordering(Ordering),
    Partitions(u32),
    Prefetch(u32),
    MaxDeliveries(u16),
    QueueLimit(u32),
    Overflow(Overflow),
    Idempotency(bool),
    Lease(Span),
}

impl Change {
    /// Writes the setting into a configuration.
    pub fn apply(&self, config: &mut Config) {
        match *self {
            Self::Ordering(ordering) => config.ordering = ordering,
            Self::Partitions(partitions) => config.partitions = partitions,
            Self::Prefetch(prefetch) => config.prefetch = prefetch,
            Self::MaxDeliveries(deliveries) => config.max_deliveries = deliveries,
            Self::QueueLimit(limit) => config.queue_limit = limit,
            Self::Overflow(overflow) => config.overflow = overflow,
            Self::Idempotency(idempotency) => config.idempotency = idempotency,
            Self::Lease(lease) => config.lease = lease,
        }
    }
}

/// The four orderings.
pub const ORDERINGS: [Ordering; 4] =
    [Ordering::Single, Ordering::Competing, Ordering::Partitions, Ordering::Sessions];

/// Settings to begin with.
pub fn config(ordering: Ordering) -> impl Strategy<Value = Config> {
    (1_u32..6, 1_u32..9, 1_u16..5, 5_u32..60, overflow()).prop_map(
        move |(partitions, prefetch, max_deliveries, queue_limit, overflow)| Config {
            ordering,
            partitions,
            prefetch,
            lease: LEASE,
            max_deliveries,
            queue_limit,
            overflow,
            idempotency: true,
            wait: WaitPlace::Redeliver,
            fallback: Fallback::DeadLetter,
            side_services: 0,
        },
    )
}

/// What happens in a history; `switching` if the ordering may change.
pub fn history(switching: bool) -> impl Strategy<Value = Vec<Transition>> {
    vec(transition(switching), 60..140)
}

fn transition(switching: bool) -> impl Strategy<Value = Transition> {
    use Transition::*;
    let worker = || 0..WORKERS;
    let work = (worker(), 1_u8..6, 0_u8..12);
    prop_oneof![
        1 => Just(Nothing),
        12 => (0..CUSTOMERS, 1_u8..6).prop_map(|(customer, orders)| Publish { customer, orders }),
        1 => worker().prop_map(Attach),
        5 => worker().prop_map(Hello),
        1 => worker().prop_map(Kill),
        20 => (worker(), 1_u8..6).prop_map(|(worker, frames)| Read { worker, frames }),
        1 => worker().prop_map(Drop),
        6 => worker().prop_map(Begin),
        2 => worker().prop_map(Charge),
        6 => (worker(), any::<bool>()).prop_map(|(worker, fails)| Finish { worker, fails }),
        16 => work.prop_map(|(worker, orders, failing)| Work { worker, orders, failing }),
        1 => worker().prop_map(FinishAgain),
        20 => (worker(), heartbeat()).prop_map(|(worker, beat)| Report { worker, beat }),
        1 => worker().prop_map(LoseReport),
        1 => worker().prop_map(RepeatReport),
        1 => worker().prop_map(Nonsense),
        1 => worker().prop_map(Pause),
        2 => worker().prop_map(Resume),
        1 => worker().prop_map(Slow),
        1 => worker().prop_map(Retire),
        8 => prop_oneof![Just(20_u64), Just(150), Just(301), Just(1_000)]
            .prop_map(|micros| Pass(Span::from_micros(micros))),
        1 => Just(Brief),
        3 => change(switching).prop_map(Configure),
        1 => Just(if switching { Reset } else { Nothing }),
    ]
}

fn heartbeat() -> impl Strategy<Value = Heartbeat> {
    prop_oneof![
        1 => Just(Heartbeat::None),
        2 => Just(Heartbeat::All),
        1 => Just(Heartbeat::Some),
    ]
}

fn overflow() -> impl Strategy<Value = Overflow> {
    prop_oneof![
        Just(Overflow::Reject),
        Just(Overflow::DropOldest),
        Just(Overflow::DeadLetterOldest)
    ]
}

fn change(switching: bool) -> BoxedStrategy<Change> {
    let lease = prop_oneof![Just(100_u64), Just(300), Just(900)];
    let limit = prop_oneof![1_u32..12, Just(1_000)];
    let common = prop_oneof![
        2 => (1_u32..9).prop_map(Change::Prefetch),
        2 => (1_u16..5).prop_map(Change::MaxDeliveries),
        2 => limit.prop_map(Change::QueueLimit),
        1 => overflow().prop_map(Change::Overflow),
        1 => lease.prop_map(|micros| Change::Lease(Span::from_micros(micros))),
    ];
    if !switching {
        return common.boxed();
    }
    prop_oneof![
        8 => common,
        12 => prop::sample::select(&ORDERINGS[..]).prop_map(Change::Ordering),
        12 => (1_u32..6).prop_map(Change::Partitions),
        1 => any::<bool>().prop_map(Change::Idempotency),
    ]
    .boxed()
}
