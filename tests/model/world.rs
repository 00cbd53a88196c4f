//! The broker, its model and the consumers, and what every step of a history does to them.

use crate::oracle::{Oracle, Order, Place};
use crate::transition::{CUSTOMERS, Heartbeat, Transition, WORKERS};
use crate::worker::{Frame, Worker};
use convoy_lab::core::{
    broker::{Beat, Broker, ConsumerState, Draft, Input, Report},
    config::Config,
    delivery::Record,
    ids::WorkerId,
    orders::State,
    status::{Counts, DeadReason},
    time::{Span, Timestamp},
};

/// Rounds after which everything must have ended once all consumers behave.
const ROUNDS: usize = 400;

/// Everything in a history.
pub struct World {
    now: Timestamp,
    config: Config,
    broker: Broker,
    oracle: Oracle,
    workers: Vec<Worker>,
    next_worker: u16,
    /// Whether the gateway always recognised what it had dealt with.
    idempotent: bool,
}

impl World {
    pub fn new(config: Config) -> Self {
        let workers = (1..=u16::from(WORKERS)).map(|id| Worker::new(WorkerId(id))).collect();
        Self {
            now: Timestamp::ZERO,
            config,
            broker: Broker::new(config),
            oracle: Oracle::new(config),
            workers,
            next_worker: u16::from(WORKERS) + 1,
            idempotent: config.idempotency,
        }
    }

    /// Lets a step happen, to the broker and to the model.
    pub fn step(&mut self, transition: &Transition) {
        self.now = self.now + Span::from_micros(1);
        match *transition {
            Transition::Nothing => {}
            Transition::Publish { customer, orders } => {
                (0..orders).for_each(|_| self.publish(customer % CUSTOMERS));
                self.tell(Input::Tick, |_| {});
            }
            Transition::Attach(at) => {
                let id = self.worker(at).id;
                self.tell(Input::Attach(id), |oracle| oracle.attach(id));
            }
            Transition::Hello(at) => {
                let id = self.present(at);
                self.tell(Input::Hello(id), |oracle| oracle.hello(id));
            }
            Transition::Kill(at) => self.worker(at).kill(),
            Transition::Read { worker, frames } => {
                (0..frames).for_each(|_| self.worker(worker).read());
            }
            Transition::Drop(at) => drop(self.worker(at).inbox.pop_front()),
            Transition::Begin(at) => {
                let now = self.now;
                self.live(at, |worker| worker.begin(now));
            }
            Transition::Charge(at) => {
                let now = self.now;
                self.live(at, |worker| worker.charge(now));
            }
            Transition::Finish { worker, fails } => {
                let now = self.now;
                self.live(worker, |worker| worker.finish(now, fails));
            }
            Transition::Work { worker, orders, failing } => self.work(worker, orders, failing),
            Transition::FinishAgain(at) => self.live(at, Worker::finish_again),
            Transition::Report { worker, beat } => self.report(worker, beat),
            Transition::LoseReport(at) => {
                let now = self.now;
                self.live(at, |worker| drop(worker.frame(now, None)));
            }
            Transition::RepeatReport(at) => {
                let worker = self.worker(at);
                let id = worker.id;
                if let Some(frame) = worker.last_frame.clone() {
                    self.send(id, &frame);
                }
            }
            Transition::Nonsense(at) => self.nonsense(at),
            Transition::Pause(at) => {
                let id = self.worker(at).id;
                self.tell(Input::Pause(id), |oracle| oracle.stand(id, |it| it.paused = true));
            }
            Transition::Resume(at) => {
                let id = self.worker(at).id;
                self.tell(Input::Resume(id), |oracle| oracle.stand(id, |it| it.paused = false));
            }
            Transition::Slow(at) => {
                let id = self.worker(at).id;
                let slow = |oracle: &mut Oracle| oracle.stand(id, |it| it.slow_factor = 2.5);
                self.tell(Input::Slow(id, 2.5), slow);
            }
            Transition::Retire(at) => {
                let id = self.worker(at).id;
                self.tell(Input::Retire(id), |oracle| oracle.stand(id, |it| it.retiring = true));
            }
            Transition::Pass(span) => {
                self.now = self.now + span;
                self.tell(Input::Tick, |_| {});
            }
            Transition::Brief => self.tell(Input::Brief, Oracle::brief),
            Transition::Configure(ref change) => {
                change.apply(&mut self.config);
                let config = self.config;
                self.idempotent &= config.idempotency;
                self.tell(Input::Configure(config), |oracle| oracle.configure(config));
            }
            Transition::Reset => {
                self.broker.reset(self.config);
                self.oracle.reset();
                self.idempotent = self.config.idempotency;
                self.tell(Input::Tick, |_| {});
            }
        }
    }

    /// Well-behaved consumers bring everything to its end.
    pub fn drain(&mut self) -> Counts {
        self.step(&Transition::Hello(0));
        (0..WORKERS).for_each(|at| self.step(&Transition::Resume(at)));
        for _ in 0..ROUNDS {
            if self.broker.counts().unfinished() == 0 {
                self.check_end();
                return *self.broker.counts();
            }
            for worker in 0..WORKERS {
                while !self.worker(worker).inbox.is_empty() {
                    self.worker(worker).read();
                }
                if self.worker(worker).lost {
                    self.step(&Transition::Hello(worker));
                }
                self.step(&Transition::Finish { worker, fails: false });
                self.step(&Transition::Work { worker, orders: 8, failing: u8::MAX });
                self.step(&Transition::Report { worker, beat: Heartbeat::All });
            }
            if (0..WORKERS).all(|at| !self.is_useful(at)) {
                self.step(&Transition::Hello(0));
            }
            self.step(&Transition::Pass(Span::from_micros(20)));
        }
        panic!("this never ends: {:?}", self.broker.counts());
    }

    fn check_end(&self) {
        let counts = self.broker.counts();
        let ended = counts.completed + counts.dead_lettered + counts.cancelled;
        assert_eq!(counts.accepted, ended, "an order was lost");
        let ledger = self.broker.ledger();
        if self.idempotent {
            assert_eq!(ledger.double_charges, 0);
            assert_eq!(ledger.actual_cents, ledger.expected_cents, "the money is wrong");
            assert_eq!(ledger.actual_pieces, ledger.expected_pieces, "the stock is wrong");
        }
    }

    fn is_useful(&mut self, at: u8) -> bool {
        let worker = self.worker(at);
        let (id, killed) = (worker.id, worker.killed);
        !killed && self.oracle.members.iter().any(|member| member.id == id && member.takes_orders())
    }

    fn worker(&mut self, at: u8) -> &mut Worker {
        &mut self.workers[usize::from(at % WORKERS)]
    }

    fn live(&mut self, at: u8, act: impl FnOnce(&mut Worker)) {
        let worker = self.worker(at);
        if !worker.killed {
            act(worker);
        }
    }

    /// The consumer at that place; a new one when it was killed or has gone.
    fn present(&mut self, at: u8) -> WorkerId {
        let fresh = WorkerId(self.next_worker);
        let id = self.worker(at).id;
        let gone = self.oracle.members.iter().any(|member| member.id == id && member.gone);
        if self.worker(at).killed || gone {
            self.next_worker += 1;
            *self.worker(at) = Worker::new(fresh);
        }
        self.worker(at).id
    }

    fn publish(&mut self, customer: u8) {
        let name = format!("customer {customer}");
        let key = self.broker.customer(&name).expect("there is room for six customers");
        let number = self.oracle.orders.len() as u64;
        let (sku, pieces) = (u16::from(customer), 1 + number as u32 % 3);
        let draft = Draft { key, amount_cents: 100 + number, sku, pieces };
        match self.broker.publish(self.now, draft) {
            Ok(id) => {
                let broker = &self.broker;
                let evicted = |(number, order): (usize, &Order)| {
                    let state = broker.order(order.id).expect("it is remembered").state;
                    let ended = matches!(state, State::Cancelled | State::Dead);
                    (order.place == Place::Waiting && ended).then_some(number)
                };
                let evicted: Vec<usize> =
                    self.oracle.orders.iter().enumerate().filter_map(evicted).collect();
                self.oracle.witness_acceptance(id, draft, &name, &evicted);
            }
            Err(_) => self.oracle.witness_refusal(),
        }
        self.compare();
    }

    fn work(&mut self, at: u8, orders: u8, failing: u8) {
        for order in 0..orders {
            let now = self.now;
            self.live(at, |worker| worker.begin(now));
            self.now = self.now + Span::from_micros(1);
            let now = self.now;
            self.live(at, |worker| worker.finish(now, order == failing));
        }
    }

    fn report(&mut self, at: u8, beat: Heartbeat) {
        let now = self.now;
        let worker = self.worker(at);
        if worker.killed {
            return;
        }
        let mut leases = worker.leases();
        if matches!(beat, Heartbeat::Some) {
            leases.drain(..leases.len().min(1));
            leases.push(u32::MAX);
        }
        let beat = (!matches!(beat, Heartbeat::None)).then_some(leases);
        let id = worker.id;
        if let Some(frame) = worker.frame(now, beat) {
            self.send(id, &frame);
        }
    }

    fn nonsense(&mut self, at: u8) {
        let accepted = self.oracle.orders.len() as u32;
        let time = self.now;
        let worker = self.worker(at);
        let id = worker.id;
        let records = (0..8)
            .map(|bit| Record {
                number: accepted + bit,
                slot: 1_000_000_007_u32.wrapping_mul(bit),
                key: bit,
                what: u8::MAX,
                outcome: bit as u8,
                ..Record::default()
            })
            .collect();
        let header = worker.take_header();
        self.send(id, &Frame { header, time, records, beat: None, goodbye: false });
    }

    fn send(&mut self, worker: WorkerId, frame: &Frame) {
        let beat = frame.beat.as_ref().map(|leases| Beat { leases, busy_permille: 500 });
        let Frame { header, time, ref records, goodbye, .. } = *frame;
        let report =
            Report { worker, header, time, records, calls: &[], claims: &[], beat, goodbye };
        self.tell(Input::Report(report), |oracle| oracle.report(&report));
    }

    /// Tells the broker and the model, and has the model witness what the broker does.
    fn tell(&mut self, input: Input<'_>, to_model: impl FnOnce(&mut Oracle)) {
        self.broker.handle(self.now, input);
        self.oracle.now = self.now;
        to_model(&mut self.oracle);
        self.oracle.expire();
        while let Some(output) = self.broker.poll_output() {
            self.oracle.witness(&output);
            let worker = self.workers.iter_mut().find(|worker| worker.id == output.worker());
            if let Some(worker) = worker.filter(|worker| !worker.killed) {
                worker.inbox.push_back(output);
            }
        }
        self.oracle.settled();
        let due = self.broker.poll_timeout().map(|(at, _)| at);
        assert!(due.is_none_or(|at| at > self.now), "what was due is done");
        self.compare();
    }

    fn compare(&self) {
        let (broker, oracle) = (&self.broker, &self.oracle);
        broker.check_invariants();
        let violations = oracle.auditor.violations();
        assert!(violations == 0 || oracle.competed, "a customer was overtaken");
        assert_eq!(*broker.counts(), Counts { order_violations: violations, ..oracle.counts });
        assert_eq!(broker.ordering(), oracle.layout.0);
        assert_eq!(broker.is_switching(), oracle.is_switching());
        oracle.books.check(broker.ledger());
        for order in &oracle.orders {
            let real = broker.order(order.id).expect("it is remembered");
            assert_eq!(real.deliveries, order.deliveries, "{}", order.id);
            assert!(is_at(real.state, order.place), "{}: {:?}", order.id, real.state);
        }
        self.compare_dead_letters();
        self.compare_consumers();
    }

    fn compare_dead_letters(&self) {
        let dead = self.broker.dead_letters();
        let mut real: Vec<(u32, Option<DeadReason>)> =
            dead.map(|(_, order)| (order.number, order.dead_reason)).collect();
        real.sort_by_key(|(number, _)| *number);
        let orders = self.oracle.orders.iter().enumerate();
        let expected = orders.filter_map(|(number, order)| match order.place {
            Place::Dead(reason) => Some((number as u32, Some(reason))),
            _ => None,
        });
        assert!(real.into_iter().eq(expected), "the dead letters disagree");
    }

    fn compare_consumers(&self) {
        let members = self.oracle.members.iter();
        let members: Vec<_> = members.filter(|it| !it.gone && !it.forgotten).collect();
        let views: Vec<_> = self.broker.consumers().collect();
        assert_eq!(views.len(), members.len());
        for (view, member) in views.iter().zip(members) {
            assert_eq!(view.id, member.id);
            assert_eq!(view.in_flight, self.oracle.held(member.id));
            assert_eq!(view.processed, member.processed);
            assert_eq!(view.state == ConsumerState::Dead, member.dead, "{}", member.id);
        }
    }
}

fn is_at(state: State, place: Place) -> bool {
    match place {
        Place::Waiting => matches!(state, State::Ready | State::Returned),
        Place::Out { .. } => state == State::InFlight,
        Place::Completed => state == State::Completed,
        Place::Declined => state == State::Declined,
        Place::Cancelled => state == State::Cancelled,
        Place::Dead(_) => state == State::Dead,
    }
}
