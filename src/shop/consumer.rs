//! A consumer: takes deliveries, works on one order at a time, and reports.
//!
//! Pure: it is told the time, and the wait for a service time is the caller's (a timer, or a
//! spinning processor). The contract: feed what the broker says to [`Consumer::handle`], call
//! [`Consumer::work`] when [`Consumer::wake_at`] has come, and send what
//! [`Consumer::take_report`] gives.
//!
//! Service times are right on average even below the resolution of the browser's timers: orders
//! follow each other on the consumer's own time line, so that a late wake-up is made up for.
//!
//! It never starts an order whose lease may be over, and when an order of an ordered lane
//! fails, it gives those behind it back unbegun: so a customer's order is never overtaken.

use super::{
    client::GaveUp,
    stock::{Reservation, Wish},
    work::{Clients, Plan, WorkModel},
};
use crate::core::{
    broker::{Header, Standing},
    delivery::{Call, Claim, ClaimAnswer, Delivery, Record, outcome_code},
    status::Outcome,
    time::{Span, Timestamp},
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Records in a report at most.
pub const REPORT: usize = 2_048;

/// Steps of an order longer than this are reported as they happen, others with its end.
const STEPWISE: Span = Span::from_millis(20);

/// How long a new connection may take before it is asked for again.
const ASK_AGAIN: Span = Span::from_millis(1_000);

/// Lanes remembered as broken before those of long ago are forgotten.
const BROKEN: usize = 1_024;

/// What the broker says.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// A new connection: everything held is void.
    Welcome(Standing, WorkModel),
    /// Other standing orders, another work model.
    Standing(Standing, WorkModel),
    /// Orders, under a lease.
    Deliver { lease: u32, deadline: Timestamp, items: &'a [Delivery] },
    /// These leases end later.
    Renew { deadline: Timestamp, leases: &'a [u32] },
    /// Give back what has not begun.
    Revoke,
    /// What the warehouse says to what was asked.
    Stock { answers: &'a [ClaimAnswer] },
}

/// What the consumer says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outgoing {
    pub header: Header,
    pub records: Vec<Record>,
    pub calls: Vec<Call>,
    pub claims: Vec<Claim>,
    /// The leases still held and the busy share in permille, when a heartbeat is due.
    pub beat: Option<(Vec<u32>, u16)>,
    pub goodbye: bool,
}

/// An order in hand.
#[derive(Clone, Copy, Debug)]
struct Held {
    delivery: Delivery,
    lease: u32,
    arrived_at: Timestamp,
}

/// An order being worked on.
#[derive(Clone, Debug)]
struct Current {
    held: Held,
    plan: Plan,
    started_at: Timestamp,
    /// What has been reported of it: a set as in [`Record`], and so many calls.
    reported: u8,
    told: usize,
    /// The reservation of its stock, once it has come to that, and when that goes on by itself.
    reservation: Option<Reservation>,
    reserves_at: Option<Timestamp>,
}

/// What of a long order is reported before its end.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// As in a [`Record`].
    Mark(u8),
    Call(Call),
}

impl Current {
    /// The next step of a long order that is to be reported, and when it happens.
    fn next_step(&self) -> Option<(Step, Timestamp)> {
        let plan = &self.plan;
        if plan.over_after < STEPWISE {
            return None;
        }
        let reserved = plan.outcome == Outcome::Completed && !plan.reserves;
        let steps = [
            (Record::STARTED, Span::ZERO, true),
            (Record::CHARGED, plan.charged_after, plan.charged),
            (Record::RESERVED, plan.reserved_after, reserved),
        ];
        let open = |step: &u8| self.reported & step == 0;
        let mark = steps
            .into_iter()
            .find(|(step, _, happens)| *happens && open(step))
            .map(|(step, after, _)| (Step::Mark(step), self.started_at + after));
        let call = self.plan.calls.get(self.told).map(|call| {
            let ended = call.began_micros + u64::from(call.took_micros);
            (Step::Call(*call), Timestamp::from_micros(ended))
        });
        [mark, call].into_iter().flatten().min_by_key(|(_, at)| *at)
    }
}

/// The consumer. See the module's text.
#[derive(Clone, Debug)]
pub struct Consumer {
    now: Timestamp,
    model: WorkModel,
    clients: Clients,
    standing: Standing,
    incarnation: u32,
    next_received: u32,
    next_sent: u32,
    /// It needs a new connection, and asks for one at this time, and again until it has one.
    ask_at: Option<Timestamp>,
    said_goodbye: bool,
    hand: VecDeque<Held>,
    leases: BTreeMap<u32, Timestamp>,
    current: Option<Current>,
    /// Where its own time line has got to: when the last order was over.
    free_at: Timestamp,
    /// Lanes of which an order failed, with the epoch and when that may be forgotten.
    broken: BTreeMap<u32, (u32, Timestamp)>,
    records: Vec<Record>,
    calls: Vec<Call>,
    claims: Vec<Claim>,
    beat_at: Timestamp,
    worked: Span,
    worked_since: Timestamp,
}

impl Consumer {
    /// A consumer that waits for its welcome.
    pub fn new() -> Self {
        let model = WorkModel::default();
        Self {
            now: Timestamp::ZERO,
            clients: Clients::new(&model),
            model,
            standing: Standing {
                paused: true,
                retiring: false,
                slow_factor: 1.0,
                lease: Span::ZERO,
            },
            incarnation: 0,
            next_received: 0,
            next_sent: 0,
            ask_at: Some(Timestamp::ZERO),
            said_goodbye: false,
            hand: VecDeque::new(),
            leases: BTreeMap::new(),
            current: None,
            free_at: Timestamp::ZERO,
            broken: BTreeMap::new(),
            records: Vec::new(),
            calls: Vec::new(),
            claims: Vec::new(),
            beat_at: Timestamp::MAX,
            worked: Span::ZERO,
            worked_since: Timestamp::ZERO,
        }
    }

    /// Takes what the broker says, sent at `sent`.
    pub fn handle(&mut self, now: Timestamp, sent: Timestamp, header: Header, input: Input<'_>) {
        if let Input::Welcome(standing, model) = input {
            if header.incarnation > self.incarnation {
                self.begin(now.max(sent), header.incarnation, standing, model);
            }
            return;
        }
        self.now = self.now.max(now).max(sent);
        let missed = header.incarnation > self.incarnation
            || (header.incarnation == self.incarnation && header.sequence > self.next_received);
        if missed {
            self.ask_at = self.ask_at.or(Some(self.now));
        }
        if header.incarnation != self.incarnation || header.sequence != self.next_received {
            return;
        }
        self.next_received += 1;
        match input {
            Input::Welcome(..) => {}
            Input::Standing(standing, model) => {
                self.beat_at = self.beat_at.min(self.now + third(standing.lease));
                self.clients.configure(&self.model, &model);
                (self.standing, self.model) = (standing, model);
                if standing.paused || standing.retiring {
                    self.give_back();
                }
            }
            Input::Deliver { lease, deadline, items } => self.receive(lease, deadline, items),
            Input::Renew { deadline, leases } => {
                for lease in leases {
                    if let Some(known) = self.leases.get_mut(lease) {
                        *known = deadline.max(*known);
                    }
                }
            }
            Input::Revoke => self.give_back(),
            Input::Stock { answers } => {
                for answer in answers {
                    self.take_answer(answer);
                }
            }
        }
    }

    fn begin(&mut self, now: Timestamp, incarnation: u32, standing: Standing, model: WorkModel) {
        let mut clients = self.clients.clone();
        clients.configure(&self.model, &model);
        *self = Self {
            now,
            model,
            clients,
            standing,
            incarnation,
            next_received: 1,
            ask_at: None,
            free_at: now,
            beat_at: now,
            worked_since: now,
            ..Self::new()
        };
    }

    fn receive(&mut self, lease: u32, deadline: Timestamp, items: &[Delivery]) {
        self.leases.insert(lease, deadline);
        let arrived_at = self.now;
        let held = items.iter().map(|item| Held { delivery: *item, lease, arrived_at });
        self.hand.extend(held);
        if self.standing.paused || self.standing.retiring {
            self.give_back();
        }
    }

    /// Gives back everything that has not begun. What the broker sends of the same lanes before
    /// it has heard of that must come back too.
    fn give_back(&mut self) {
        for held in std::mem::take(&mut self.hand) {
            self.break_lane(&held.delivery);
            self.release(&held);
        }
        self.forget_leases();
    }

    /// Works until `now`, on at most `orders` orders.
    pub fn work(&mut self, now: Timestamp, orders: u32) {
        self.now = self.now.max(now);
        for _ in 0..orders {
            if self.current.is_none() {
                self.start_next();
            }
            if !self.advance() {
                return;
            }
        }
    }

    /// Begins the next order that may be begun.
    fn start_next(&mut self) {
        while let Some(held) = self.hand.pop_front() {
            let deadline = self.leases.get(&held.lease).copied().unwrap_or_default();
            if self.is_broken(&held.delivery) {
                self.release(&held);
            } else if self.now >= deadline {
                // The lease may be over: the broker hands the order to somebody else.
                self.break_lane(&held.delivery);
            } else {
                let is_instant = self.model.is_instant();
                let started_at =
                    if is_instant { self.now } else { self.free_at.max(held.arrived_at) };
                let slow_factor = self.standing.slow_factor;
                let plan = self.clients.plan(&self.model, &held.delivery, slow_factor, started_at);
                self.current = Some(Current {
                    held,
                    plan,
                    started_at,
                    reported: 0,
                    told: 0,
                    reservation: None,
                    reserves_at: None,
                });
                return;
            }
        }
        self.leases.clear();
    }

    /// Goes on with the current order; whether it is over.
    fn advance(&mut self) -> bool {
        let Some(mut current) = self.current.take() else { return false };
        let over_at = current.started_at + current.plan.over_after;
        if over_at > self.now {
            self.report_steps(&mut current);
            self.current = Some(current);
            return false;
        }
        if current.plan.reserves {
            let over = self.reserve(&mut current, over_at);
            self.report_steps(&mut current);
            self.current = Some(current);
            return over && self.advance();
        }
        self.free_at = over_at;
        self.worked = self.worked + current.plan.over_after;
        for at in current.told..current.plan.calls.len() {
            self.tell(&current, &current.plan.calls[at]);
        }
        let plan = &current.plan;
        let reserved = if plan.outcome == Outcome::Completed { Record::RESERVED } else { 0 };
        let steps = reserved | if plan.charged { Record::CHARGED } else { 0 };
        let mut what = Record::FINISHED | (steps & !current.reported);
        what |= if plan.calls.is_empty() { 0 } else { Record::TOLD };
        what |= match plan.gave_up {
            None => 0,
            Some(GaveUp::OverBudget) => Record::GAVE_UP | Record::OVER_BUDGET,
            Some(_) => Record::GAVE_UP,
        };
        self.say(&current, what, over_at);
        if plan.outcome.is_transient() {
            self.break_lane(&current.held.delivery);
        }
        true
    }

    /// Goes on with the reservation of the current order's stock, which begins at `at`; whether it
    /// is over, and the rest of the attempt is planned.
    fn reserve(&mut self, current: &mut Current, at: Timestamp) -> bool {
        let (model, slow_factor) = (self.model, self.standing.slow_factor);
        let delivery = current.held.delivery;
        let mut reservation = current
            .reservation
            .unwrap_or_else(|| self.clients.reservation(&model, &delivery, slow_factor, at));
        let wish = self.clients.reserve(&model, self.now, &mut reservation, &mut current.plan);
        current.reservation = Some(reservation);
        current.reserves_at = None;
        match wish {
            Wish::Wait(at) => current.reserves_at = Some(at),
            Wish::Ask(claim) => self.claims.push(claim),
            Wish::Listen => {}
            Wish::Over(ending, at) => {
                let times = (current.started_at, at);
                let plan = &mut current.plan;
                self.clients.go_on(&model, &delivery, slow_factor, times, (ending, plan));
                current.reservation = None;
                return true;
            }
        }
        false
    }

    fn take_answer(&mut self, answer: &ClaimAnswer) {
        let (model, now) = (self.model, self.now);
        if let Some(current) = &mut self.current
            && let Some(reservation) = &mut current.reservation
        {
            self.clients.answer(&model, now, answer, reservation, &mut current.plan);
            // It goes on at once.
            current.reserves_at = Some(now);
        }
    }

    /// Reports the steps of a long order as soon as they have happened.
    fn report_steps(&mut self, current: &mut Current) {
        while let Some((step, at)) = current.next_step().filter(|(_, at)| *at <= self.now) {
            match step {
                Step::Mark(mark) => {
                    self.say(current, mark, at);
                    current.reported |= mark;
                }
                Step::Call(call) => {
                    self.tell(current, &call);
                    current.told += 1;
                }
            }
        }
    }

    /// When [`Self::work`] has something to do, unless the broker says something first.
    pub fn wake_at(&self) -> Option<Timestamp> {
        let beat = (self.incarnation != 0).then_some(self.beat_at);
        let work = self.current.as_ref().map(|current| {
            let over_at = current.started_at + current.plan.over_after;
            let next =
                if current.reservation.is_some() { current.reserves_at } else { Some(over_at) };
            let step = current.next_step().map(|(_, at)| at);
            [step, next].into_iter().flatten().min()
        });
        let work = work.flatten();
        let next = (self.current.is_none() && !self.hand.is_empty()).then_some(self.now);
        [beat, work, next, self.ask_at].into_iter().flatten().min()
    }

    /// Whether the wait for [`Self::wake_at`] is to be spent computing.
    pub fn burns(&self) -> bool {
        let listens =
            |current: &Current| current.reservation.is_some() && current.reserves_at.is_none();
        self.model.burn && self.current.as_ref().is_some_and(|current| !listens(current))
    }

    /// Whether the broker is to be asked for a new connection now: at the beginning, or because
    /// a frame was lost.
    pub fn take_question(&mut self, now: Timestamp) -> bool {
        let due = self.ask_at.is_some_and(|at| at <= now);
        if due {
            self.ask_at = Some(now + ASK_AGAIN);
        }
        due
    }

    /// Whether a report is to be sent before the next pause: a heartbeat is due, or enough has
    /// gathered.
    pub fn is_report_due(&self, now: Timestamp) -> bool {
        self.records.len() + self.calls.len() >= REPORT
            || (self.incarnation != 0 && now >= self.beat_at)
    }

    /// What is to be said now, if anything: records, or a heartbeat that is due.
    pub fn take_report(&mut self, now: Timestamp) -> Option<Outgoing> {
        self.now = self.now.max(now);
        let idle = self.hand.is_empty() && self.current.is_none();
        let goodbye = self.standing.retiring && idle && !self.said_goodbye;
        let due = self.incarnation != 0 && self.now >= self.beat_at;
        let nothing = self.records.is_empty() && self.calls.is_empty() && self.claims.is_empty();
        if self.incarnation == 0 || (nothing && !goodbye && !due) {
            return None;
        }
        let beat = due.then(|| self.beat());
        self.said_goodbye |= goodbye;
        let header = Header { incarnation: self.incarnation, sequence: self.next_sent };
        self.next_sent += 1;
        let records = std::mem::take(&mut self.records);
        let calls = std::mem::take(&mut self.calls);
        let claims = std::mem::take(&mut self.claims);
        Some(Outgoing { header, records, calls, claims, beat, goodbye })
    }

    fn beat(&mut self) -> (Vec<u32>, u16) {
        self.beat_at = self.now + third(self.standing.lease);
        let since = self.now.since(self.worked_since).as_micros().max(1);
        let running = self.current.as_ref().map_or(Span::ZERO, |current| {
            self.now.since(current.started_at.max(self.worked_since))
        });
        let worked = (self.worked + running).as_micros().min(since);
        self.worked = Span::ZERO;
        self.worked_since = self.now;
        self.forget_leases();
        (self.leases.keys().copied().collect(), (worked * 1000 / since) as u16)
    }

    /// The consumer's time: never behind what it was told.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    fn say(&mut self, current: &Current, what: u8, at: Timestamp) {
        let Held { delivery, lease, .. } = current.held;
        let plan = &current.plan;
        let failed = what & Record::FINISHED != 0 && plan.outcome.is_transient();
        let amount = if failed {
            plan.wait.map_or(Record::NO_WAIT, Span::as_micros)
        } else {
            delivery.amount_cents
        };
        self.records.push(Record {
            amount,
            started_micros: current.started_at.as_micros(),
            finished_micros: at.as_micros(),
            outcome: outcome_code(plan.outcome),
            ..record(&delivery, lease, what)
        });
    }

    /// Reports a call; and that it charged the card, where the client heard nothing of that.
    fn tell(&mut self, current: &Current, call: &Call) {
        self.calls.push(*call);
        if call.marks & Call::CHARGED != 0 {
            let ended = call.began_micros + u64::from(call.took_micros);
            self.say(current, Record::CHARGED, Timestamp::from_micros(ended));
        }
    }

    fn release(&mut self, held: &Held) {
        self.records.push(record(&held.delivery, held.lease, Record::RELEASED));
    }

    fn is_broken(&self, delivery: &Delivery) -> bool {
        delivery.flags & Delivery::ORDERED != 0
            && self.broken.get(&delivery.lane).is_some_and(|(epoch, _)| *epoch == delivery.epoch)
    }

    /// Nothing more of this hold of the lane is to be begun.
    fn break_lane(&mut self, delivery: &Delivery) {
        if delivery.flags & Delivery::ORDERED == 0 {
            return;
        }
        if self.broken.len() >= BROKEN {
            let now = self.now;
            self.broken.retain(|_, (_, until)| *until > now);
        }
        // What the broker sent before it heard of this is not begun later than this.
        let until = self.now + self.standing.lease + self.standing.lease;
        self.broken.insert(delivery.lane, (delivery.epoch, until));
    }

    /// Forgets the leases of which nothing is in hand.
    fn forget_leases(&mut self) {
        let current = self.current.iter().map(|current| current.held.lease);
        let held: BTreeSet<u32> = self.hand.iter().map(|held| held.lease).chain(current).collect();
        self.leases.retain(|lease, _| held.contains(lease));
    }
}

impl Default for Consumer {
    fn default() -> Self {
        Self::new()
    }
}

fn record(delivery: &Delivery, lease: u32, what: u8) -> Record {
    Record {
        amount: delivery.amount_cents,
        slot: delivery.slot,
        lease,
        number: delivery.number,
        key: delivery.key,
        sequence: delivery.sequence,
        attempt: delivery.attempt,
        what,
        ..Record::default()
    }
}

const fn third(lease: Span) -> Span {
    Span::from_micros(lease.as_micros() / 3)
}
