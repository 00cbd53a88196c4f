//! A life: a plan lived in a world, with what must hold checked after every event.

use super::plan::{Act, Plan};
use convoy_lab::{
    core::{
        config::{Fallback, Ordering, WaitPlace},
        ids::WorkerId,
        orders::{Order, State},
        time::Span,
    },
    scenario::{Burst, Scenario},
    sim::{Faults, World},
    wire::page::{DeadLetterQuery, Intent, Redrive, Reply},
};

/// The most consumers at a time.
const CONSUMERS: usize = 8;

/// What the tables may take, whatever happens: fixed, and for every order.
const MEMORY: u64 = 8_000_000;
const MEMORY_PER_ORDER: u64 = 1_000;

/// What became of a life.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct End {
    pub hash: u64,
    pub completed: u64,
    pub redeliveries: u64,
    pub violations: u64,
    pub suppressed: u64,
    pub double_charges: u64,
    pub dead: u64,
    pub stale_acks: u64,
}

impl End {
    /// Both together.
    pub fn add(&mut self, other: &Self) {
        self.completed += other.completed;
        self.redeliveries += other.redeliveries;
        self.violations += other.violations;
        self.suppressed += other.suppressed;
        self.double_charges += other.double_charges;
        self.dead += other.dead;
        self.stale_acks += other.stale_acks;
    }
}

struct Life {
    world: World,
    scenario: Scenario,
    /// Whether orders of a customer may ever have been overtaken: consumers competed for them, or
    /// they waited beside their lane.
    competed: bool,
}

/// Lives a plan to its end.
///
/// # Panics
/// When anything that must hold does not.
pub fn live(plan: &Plan) -> End {
    let scenario = plan.scenario.clone();
    let competed = scenario.ordering == Ordering::Competing || overtakes(&scenario);
    let world = World::new(scenario.clone(), plan.frames, plan.faults);
    let mut life = Life { world, scenario, competed };
    let request = life.world.request(Intent::Burst(life.scenario.burst.clone()));
    for (act, pause) in &plan.acts {
        life.suffer(act);
        life.check();
        let until = life.world.now() + *pause;
        while life.world.step(until) {
            life.check();
        }
    }
    life.recover();
    let limit = life.world.now() + Span::from_millis(600_000);
    while !life.world.host().is_at_rest() {
        let counts = life.world.host().broker().counts();
        if counts.parked > 0 && counts.in_flight == 0 && counts.delayed == counts.parked {
            life.call_back();
        }
        assert!(life.world.step(limit), "it never comes to rest: {:?}", life.scenario);
        life.check();
    }
    let over = life.world.take_reply(request);
    assert!(matches!(over, Some(Reply::BurstOver(_))), "{over:?}");
    life.live_again();
    life.end()
}

/// Whether an order that fails may leave its lane and come back to it.
fn overtakes(scenario: &Scenario) -> bool {
    matches!(scenario.retry.wait, WaitPlace::Delayed | WaitPlace::Parking)
        || scenario.retry.fallback == Fallback::Park
}

impl Life {
    fn suffer(&mut self, act: &Act) {
        match *act {
            Act::Kill(who) => self.with(who, |world, worker| world.kill(worker)),
            Act::Start if self.world.consumers().len() < CONSUMERS => {
                self.world.start_consumer();
            }
            Act::Start => {}
            Act::Freeze(who, span) => self.with(who, |world, worker| world.freeze(worker, span)),
            Act::Pause(who) => self.tell(who, Intent::Pause),
            Act::Resume(who) => self.tell(who, Intent::Resume),
            Act::Slow(who, factor) => self.tell(who, |worker| Intent::Slow { worker, factor }),
            Act::Retire(who) => self.tell(who, Intent::Retire),
            Act::Redeploy => {
                let old = self.world.consumers();
                for worker in &old {
                    self.world.request(Intent::Retire(*worker));
                }
                for _ in old.iter().take(CONSUMERS) {
                    self.world.start_consumer();
                }
            }
            Act::Order(ordering) => {
                self.competed |= ordering == Ordering::Competing;
                self.set(|scenario| scenario.ordering = ordering);
            }
            Act::Partitions(count) => self.set(|scenario| scenario.partitions = count),
            Act::Prefetch(count) => self.set(|scenario| scenario.prefetch = count),
            Act::QueueLimit(limit) => self.set(|scenario| scenario.queue_limit = limit),
            Act::Lease(millis) => self.set(|scenario| scenario.lease_ms = millis),
            Act::Burst => {
                let burst = Burst { orders: 20, ..self.scenario.burst.clone() };
                let request = self.world.request(Intent::Burst(burst));
                let refused = self.world.take_reply(request);
                assert!(matches!(refused, None | Some(Reply::Refused(_))), "{refused:?}");
            }
            Act::Unpark => {
                self.world.request(Intent::Unpark);
            }
            Act::Wait(place) => {
                self.set(|scenario| scenario.retry.wait = place);
                self.competed |= overtakes(&self.scenario);
            }
            Act::Fallback(fallback) => {
                self.set(|scenario| scenario.retry.fallback = fallback);
                self.competed |= overtakes(&self.scenario);
            }
            Act::Redrive(rate_per_second) => {
                // Later orders have been handed out since.
                self.competed = true;
                let which = Redrive::Matching(DeadLetterQuery::default());
                self.world.request(Intent::Redrive { which, rate_per_second });
            }
            Act::StopRedrive => {
                let request = self.world.request(Intent::StopRedrive);
                assert_eq!(self.world.take_reply(request), Some(Reply::Done));
            }
            Act::Suspend(span) => self.world.suspend(span),
            Act::SetBack(span) => self.world.set_back(span),
        }
    }

    fn with(&mut self, who: u32, act: impl FnOnce(&mut World, WorkerId)) {
        let consumers = self.world.consumers();
        if !consumers.is_empty() {
            act(&mut self.world, consumers[who as usize % consumers.len()]);
        }
    }

    fn tell(&mut self, who: u32, intent: impl FnOnce(WorkerId) -> Intent) {
        self.with(who, |world, worker| {
            world.request(intent(worker));
        });
    }

    fn set(&mut self, change: impl FnOnce(&mut Scenario)) {
        change(&mut self.scenario);
        let request = self.world.request(Intent::Configure(Box::new(self.scenario.clone())));
        assert_eq!(self.world.take_reply(request), Some(Reply::Done));
    }

    /// The faults stop; two consumers are fresh and the others are told to go on.
    fn recover(&mut self) {
        self.world.set_faults(Faults::default());
        self.world.set_back(Span::ZERO);
        for worker in self.world.consumers() {
            self.world.request(Intent::Resume(worker));
            self.world.request(Intent::Slow { worker, factor: 1.0 });
        }
        self.world.start_consumer();
        self.world.start_consumer();
    }

    /// Nothing goes on but by calling back those that wait for it; they do not come to wait again.
    fn call_back(&mut self) {
        self.set(|scenario| scenario.retry.fallback = Fallback::DeadLetter);
        self.set(|scenario| scenario.retry.wait = WaitPlace::Redeliver);
        self.world.request(Intent::Unpark);
    }

    fn check(&self) {
        let broker = self.world.host().broker();
        broker.check_invariants();
        assert!(broker.counts().conserved(), "{:?}", broker.counts());
        if !self.competed {
            assert_eq!(broker.counts().order_violations, 0, "{:?}", self.scenario);
        }
        if self.scenario.idempotency {
            assert_eq!(broker.ledger().double_charges, 0, "{:?}", broker.ledger());
        }
        let memory = MEMORY + broker.counts().accepted * MEMORY_PER_ORDER;
        assert!(broker.memory_bytes() <= memory, "{} bytes", broker.memory_bytes());
    }

    /// What was recorded, told again, gives the same life.
    fn live_again(&self) {
        let recorded = self.world.recorded();
        assert!(!recorded.tape().is_full());
        let mut again = recorded.replay();
        while again.step(recorded.tape()) {}
        assert_eq!(again.place().entry, recorded.tape().entries());
        assert_eq!(again.pulse(), recorded.pulse(), "the replay went another way");
        assert_eq!(again.host().broker().digest(), self.world.host().broker().digest());
    }

    fn end(&self) -> End {
        let broker = self.world.host().broker();
        let (counts, ledger) = (broker.counts(), broker.ledger());
        assert_eq!(counts.accepted, counts.ended(), "{counts:?}");
        if self.scenario.idempotency {
            assert_eq!(ledger.actual_cents, ledger.expected_cents, "{ledger:?}");
            assert_eq!(ledger.actual_pieces, ledger.expected_pieces);
        }
        let mut sum = 0;
        for order in broker.orders() {
            self.judge(order);
            sum += u64::from(order.state == State::Completed) * order.amount_cents;
        }
        assert_eq!(ledger.expected_cents, sum as i64, "the books against the orders");
        End {
            hash: self.world.hash(),
            completed: counts.completed,
            redeliveries: counts.redeliveries,
            violations: counts.order_violations,
            suppressed: counts.duplicates_suppressed,
            double_charges: ledger.double_charges,
            dead: counts.dead_lettered,
            stale_acks: counts.stale_acks,
        }
    }

    /// An order ended as its attempts, which a hash decides, say that it may have.
    fn judge(&self, order: &Order) {
        use convoy_lab::{core::status::Outcome, shop::work::REDRIVEN};
        let model = self.world.host().model();
        let attempt = |attempt: u16| model.payment(order.number, attempt);
        let retry = &self.scenario.retry;
        let calls = order.deliveries * retry.attempts.pow(u32::from(retry.layers));
        let redriven = 0..=u16::from(order.redriven());
        let ordinals = redriven.flat_map(|times| (1..=calls).map(move |n| times * REDRIVEN + n));
        let among = |outcome| ordinals.clone().any(|number| attempt(number) == outcome);
        match order.state {
            State::Completed => assert!(among(Outcome::Completed), "{order:?}"),
            State::Declined => assert!(among(Outcome::Declined), "{order:?}"),
            State::Dead | State::Cancelled => {}
            _ => panic!("it has not ended: {order:?}"),
        }
    }
}
