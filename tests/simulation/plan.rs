//! What will happen in a life, drawn from its seed beforehand, so that parts can be left out.

use convoy_lab::{
    core::{
        budget::BudgetKind,
        config::{Fallback, Ordering, Overflow, WaitPlace},
        retry::Jitter,
        rng::Rng,
        time::Span,
    },
    scenario::{Burst, Gateway, Retry, Scenario, ServiceKind, services::BreakerMode},
    sim::Faults,
};

/// Acts in a life.
const ACTS: usize = 60;

/// Something that happens to the lab. A consumer is named by its place among those that run.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    Kill(u32),
    Start,
    Freeze(u32, Span),
    Pause(u32),
    Resume(u32),
    Slow(u32, f64),
    Retire(u32),
    /// All consumers retire, and as many fresh ones start.
    Redeploy,
    Order(Ordering),
    Partitions(u16),
    Prefetch(u16),
    QueueLimit(u32),
    Lease(u32),
    Burst,
    /// Whoever waits to be called back is.
    Unpark,
    Wait(WaitPlace),
    Fallback(Fallback),
    /// All dead letters go back, at such a rate if there is one.
    Redrive(Option<f64>),
    StopRedrive,
    /// Everybody sleeps: the clock jumps.
    Suspend(Span),
    /// The broker's clock is set back by so much, or right again.
    SetBack(Span),
}

/// The kinds of [`Act`] that a seed may leave out.
const KINDS: u32 = 16;

/// A life to be lived.
#[derive(Clone, Debug)]
pub struct Plan {
    pub scenario: Scenario,
    pub faults: Faults,
    /// Decides what becomes of every frame.
    pub frames: u64,
    /// What happens, and how long nothing else does afterwards.
    pub acts: Vec<(Act, Span)>,
}

impl Plan {
    /// The plan of a seed. Which kinds of acts and faults there are at all is drawn too: what
    /// hides behind everything at once is found where only some of it happens.
    pub fn of(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let scenario = draw_scenario(&mut rng);
        let faults = Faults::drawn(&mut rng);
        let frames = rng.next_u64();
        let kinds: Vec<u32> = (0..KINDS).filter(|_| rng.chance(0.5)).collect();
        let quiet = rng.unit() * 0.8;
        let mut acts = Vec::new();
        for _ in 0..ACTS {
            let pause = Span::from_millis(1 + u64::from(rng.below(60)));
            if kinds.is_empty() || rng.chance(quiet) {
                continue;
            }
            let kind = kinds[rng.below(kinds.len() as u32) as usize];
            acts.push((draw_act(&mut rng, kind), pause));
        }
        Self { scenario, faults, frames, acts }
    }
}

fn draw_act(rng: &mut Rng, kind: u32) -> Act {
    let who = rng.below(1_000);
    let upto = |rng: &mut Rng, most: u32| Span::from_millis(u64::from(rng.below(most)));
    match kind {
        0 => Act::Kill(who),
        1 => Act::Start,
        2 => Act::Freeze(who, upto(rng, 2_000)),
        3 => Act::Pause(who),
        4 => Act::Resume(who),
        5 => Act::Slow(who, rng.unit() * 4.0),
        6 => Act::Retire(who),
        7 => Act::Redeploy,
        8 => Act::Order(draw_ordering(rng)),
        9 => match rng.below(4) {
            0 => Act::Partitions(1 + rng.below(6) as u16),
            1 => Act::Prefetch(1 + rng.below(40) as u16),
            2 => Act::QueueLimit(1 + rng.below(200)),
            _ => Act::Lease(100 + rng.below(900)),
        },
        10 => Act::Burst,
        11 => Act::Unpark,
        12 if rng.chance(0.5) => Act::Wait(draw_wait(rng)),
        12 => Act::Fallback(draw_fallback(rng)),
        13 => match rng.below(4) {
            0 => Act::StopRedrive,
            1 => Act::Redrive(None),
            _ => Act::Redrive(Some(1.0 + rng.unit() * 2_000.0)),
        },
        14 => Act::Suspend(upto(rng, 5_000)),
        _ if rng.chance(0.5) => Act::SetBack(upto(rng, 1_000)),
        _ => Act::SetBack(Span::ZERO),
    }
}

fn draw_ordering(rng: &mut Rng) -> Ordering {
    use Ordering::{Competing, Partitions, Sessions, Single};
    // Competing is rarer: afterwards the order proves nothing.
    [Single, Partitions, Partitions, Sessions, Sessions, Sessions, Sessions, Competing]
        [rng.below(8) as usize]
}

fn draw_wait(rng: &mut Rng) -> WaitPlace {
    use WaitPlace::{Consumer, Delayed, Lane, Parking, Redeliver};
    [Redeliver, Consumer, Lane, Lane, Delayed, Parking][rng.below(6) as usize]
}

fn draw_fallback(rng: &mut Rng) -> Fallback {
    use Fallback::{Block, Cancel, DeadLetter, Park};
    [DeadLetter, Cancel, Park, Block][rng.below(4) as usize]
}

/// The policies around the payment: in half of the lives there are none.
fn draw_policies(rng: &mut Rng, scenario: &mut Scenario) {
    let base_ms = rng.unit() * 50.0;
    scenario.retry.base_ms = base_ms;
    scenario.retry.cap_ms = base_ms + 200.0;
    if rng.chance(0.5) {
        return;
    }
    let choose = |rng: &mut Rng, chance: f64, millis: f64| {
        if rng.chance(chance) { rng.unit() * millis } else { 0.0 }
    };
    scenario.retry = Retry {
        wait: draw_wait(rng),
        attempts: 1 + rng.below(6) as u16,
        base_ms,
        cap_ms: base_ms + 200.0,
        jitter: Jitter::Full,
        timeout_ms: choose(rng, 0.3, 8.0),
        layers: 1 + rng.below(2) as u8,
        fallback: draw_fallback(rng),
        ..Retry::default()
    };
    scenario.gateway.poison_rate = choose(rng, 0.3, 0.1);
    scenario.gateway.throttle_rate = choose(rng, 0.3, 0.2);
    scenario.gateway.retry_after_ms = choose(rng, 0.5, 100.0);
    scenario.gateway.outage_from_ms = rng.unit() * 500.0;
    scenario.gateway.outage_ms = choose(rng, 0.3, 500.0);
    if rng.chance(0.4) {
        scenario.breaker.mode = BreakerMode::Auto;
        scenario.breaker.window_calls = 1 + rng.below(20);
        scenario.breaker.minimum_calls = 1 + rng.below(20);
        scenario.breaker.open_ms = 1.0 + rng.unit() * 200.0;
        scenario.breaker.trial_calls = 1 + rng.below(3);
    }
    if rng.chance(0.3) {
        scenario.budget.kind = BudgetKind::Grpc;
    }
    scenario.stock.called = rng.chance(0.3);
    scenario.stock.rows = 1 + rng.below(4);
    scenario.stock.failure.latency_ms = rng.unit() * 10.0;
    scenario.stock.failure.transient_rate = choose(rng, 0.3, 0.3);
    scenario.recommendations.called = rng.chance(0.3);
    scenario.recommendations.failure.transient_rate = 0.5;
    scenario.recommendations.retry.attempts = 2;
}

fn draw_scenario(rng: &mut Rng) -> Scenario {
    let mut rate = |most: f64| if rng.chance(0.5) { rng.unit() * most } else { 0.0 };
    let mut gateway = Gateway {
        transient_rate: rate(0.3),
        permanent_rate: rate(0.2),
        fail_first: rate(3.0) as u16,
        latency_ms: rate(5.0),
        ..Gateway::default()
    };
    if rng.chance(0.05) {
        // Every order is poison.
        gateway.fail_first = 100;
    }
    let service_time_ms = if rng.chance(0.5) { rng.unit() * 30.0 } else { 0.0 };
    let orders = 20 + rng.below(180);
    let mut scenario = Scenario { gateway, ..Scenario::default() };
    draw_policies(rng, &mut scenario);
    let overflow = [Overflow::Reject, Overflow::DropOldest, Overflow::DeadLetterOldest];
    Scenario {
        seed: u64::from(rng.below(1_000_000)),
        ordering: draw_ordering(rng),
        partitions: 1 + rng.below(6) as u16,
        workers: 1 + rng.below(5) as u16,
        prefetch: 1 + rng.below(40) as u16,
        lease_ms: 100 + rng.below(900),
        max_deliveries: 1 + rng.below(12) as u16,
        queue_limit: if rng.chance(0.3) { 1 + rng.below(100) } else { 10_000 },
        overflow: overflow[rng.below(3) as usize],
        idempotency: rng.chance(0.8),
        service_time_ms,
        service_spread: rng.unit(),
        service_kind: ServiceKind::Wait,
        burst: Burst {
            orders,
            customers: 1 + rng.below(30),
            skew: rng.unit() * 1.5,
            rate_per_second: rng.chance(0.5).then_some(200.0),
            ..Scenario::default().burst
        },
        ..scenario
    }
}
