//! The broker: takes orders, keeps them in lanes, hands them to consumers under leases, and
//! settles what the consumers report.
//!
//! The contract: call [`Broker::publish`] and [`Broker::handle`] with the time, then drain
//! [`Broker::poll_output`] until it is empty; call [`Broker::handle`] with [`Input::Tick`] when
//! the time that [`Broker::poll_timeout`] names has come. Nothing happens by itself. Time never
//! runs backwards inside: an earlier `now` counts as the latest one seen.
//!
//! Delivery is at least once. An order is out under exactly one lease; only that lease's holder
//! can settle it. A consumer that dies, falls silent or loses a frame gets no second chance to
//! settle what it held: leases run out, orders come back and are delivered again, with a higher
//! delivery count.

mod calls;
mod consumers;
mod digest;
mod dispatch;
mod inspect;
mod invariants;
mod layout;
mod leases;
mod publish;
mod redrive;
mod settle;
mod stock;
mod waits;

pub use calls::{Client, Tally, TracedCall};
pub use consumers::{ConsumerState, ConsumerView};
pub use inspect::{LaneName, Traced};
pub use publish::{Draft, Full};
pub use redrive::Redriven;

use self::consumers::Consumer;
use super::{
    auditor::Auditor,
    config::Config,
    delivery::{Call, Claim, ClaimAnswer, Delivery, Record},
    ids::WorkerId,
    keys::Keys,
    lanes::Lanes,
    ledger::Ledger,
    orders::Orders,
    stats::Stats,
    status::Counts,
    time::{Span, Timestamp},
};
use std::collections::{BTreeSet, VecDeque};

/// A fact or a command from outside.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// Time has passed.
    Tick,
    /// These settings count from now on. A change of the ordering waits for what is in flight.
    Configure(Config),
    /// The terms of work changed: every consumer is to be told its standing orders again.
    Brief,
    /// A consumer's link was connected.
    Attach(WorkerId),
    /// A consumer is there and holds nothing. From one that is known: it began anew.
    Hello(WorkerId),
    /// A consumer's frame.
    Report(Report<'a>),
    /// The consumer is to start nothing, and to give back what it has not begun.
    Pause(WorkerId),
    /// The consumer is to go on.
    Resume(WorkerId),
    /// The consumer is to take this much longer for each order.
    Slow(WorkerId, f64),
    /// The consumer is to give back what it has not begun, and to go.
    Retire(WorkerId),
    /// The orders that wait until somebody calls them back are to go on.
    Unpark,
}

/// A consumer's frame.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    pub worker: WorkerId,
    /// The connection and the number of the frame in it: others than expected are refused.
    pub header: Header,
    /// The consumer's time when it sent this.
    pub time: Timestamp,
    /// What happened to orders, oldest first.
    pub records: &'a [Record],
    /// Calls of services, oldest first; see [`Call`] for which.
    pub calls: &'a [Call],
    /// What it asks of the warehouse.
    pub claims: &'a [Claim],
    /// The leases that the consumer still holds, when this is a heartbeat.
    pub beat: Option<Beat<'a>>,
    /// The consumer holds nothing any more and goes.
    pub goodbye: bool,
}

/// A sign of life.
#[derive(Clone, Copy, Debug)]
pub struct Beat<'a> {
    /// The leases to be renewed.
    pub leases: &'a [u32],
    /// Share of the time since the last one that the consumer worked, in permille.
    pub busy_permille: u16,
}

/// Which frame of which connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The connection. A consumer that begins anew gets a new one.
    pub incarnation: u32,
    /// The number of the frame in its direction, from 0.
    pub sequence: u32,
}

/// Something to be sent to a consumer.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Forget everything of an earlier connection; this one begins. Frame 0 of it.
    Welcome { worker: WorkerId, header: Header, orders: Standing },
    /// The consumer's standing orders changed.
    Standing { worker: WorkerId, header: Header, orders: Standing },
    /// Orders, under a lease that ends at `deadline` unless renewed.
    Deliver {
        worker: WorkerId,
        header: Header,
        lease: u32,
        deadline: Timestamp,
        items: Vec<Delivery>,
    },
    /// These leases end at `deadline` now.
    Renew { worker: WorkerId, header: Header, deadline: Timestamp, leases: Vec<u32> },
    /// Give back what has not begun.
    Revoke { worker: WorkerId, header: Header },
    /// What the warehouse says to its claims, in their order.
    Stock { worker: WorkerId, header: Header, answers: Vec<ClaimAnswer> },
    /// The consumer has gone, its link can be closed.
    Gone { worker: WorkerId },
}

impl Output {
    /// Whom it is for.
    pub const fn worker(&self) -> WorkerId {
        match self {
            Self::Welcome { worker, .. }
            | Self::Standing { worker, .. }
            | Self::Deliver { worker, .. }
            | Self::Renew { worker, .. }
            | Self::Revoke { worker, .. }
            | Self::Stock { worker, .. }
            | Self::Gone { worker } => *worker,
        }
    }
}

/// What a consumer does until told otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// Starts nothing.
    pub paused: bool,
    /// Finishes what it has begun, gives back the rest and goes.
    pub retiring: bool,
    /// Takes this many times as long.
    pub slow_factor: f64,
    /// How long a lease lasts; a heartbeat is due three times in that.
    pub lease: Span,
}

/// Why the broker wants to be called again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// A lease of this consumer may run out.
    Lease(WorkerId),
    /// This consumer may have been silent for too long.
    Silence(WorkerId),
    /// An order's wait for its next attempt is over.
    Delay,
    /// Dead letters are due to be redriven.
    Redrive,
}

/// The broker. See the module's text.
#[derive(Clone, Debug)]
pub struct Broker {
    config: Config,
    /// The layout of the lanes, which follows `config` when nothing is in flight.
    layout: layout::Layout,
    now: Timestamp,
    orders: Orders,
    keys: Keys,
    lanes: Lanes,
    consumers: Vec<Consumer>,
    /// Which consumer is asked first, next time.
    turn: usize,
    next_lease: u32,
    next_incarnation: u32,
    /// Waiting orders by age, for the overflow policies: number and slot.
    by_age: VecDeque<(u32, u32)>,
    /// Those that came back since that list was made, and wait.
    came_back: BTreeSet<(u32, u32)>,
    /// Orders that wait for their next attempt, by when and slot; those that somebody has to call
    /// back are at the end of time.
    delayed: BTreeSet<(Timestamp, u32)>,
    submissions: publish::Submissions,
    counts: Counts,
    stats: Stats,
    ledger: Ledger,
    auditor: Auditor,
    trace: inspect::Trace,
    calls: calls::Calls,
    redriving: Option<redrive::Redriving>,
    /// The versions of the warehouse's rows.
    rows: [u64; stock::ROWS as usize],
    outputs: VecDeque<Output>,
    /// Slot lists of closed leases, to be used again.
    spare: Vec<Vec<u32>>,
}

impl Broker {
    /// A broker without orders and consumers.
    pub fn new(config: Config) -> Self {
        let mut broker = Self {
            config,
            layout: layout::Layout::of(&config),
            now: Timestamp::ZERO,
            orders: Orders::default(),
            keys: Keys::default(),
            lanes: Lanes::default(),
            consumers: Vec::new(),
            turn: 0,
            next_lease: 1,
            next_incarnation: 1,
            by_age: VecDeque::new(),
            came_back: BTreeSet::new(),
            delayed: BTreeSet::new(),
            submissions: publish::Submissions::default(),
            counts: Counts::default(),
            stats: Stats::default(),
            ledger: Ledger::default(),
            auditor: Auditor::default(),
            trace: inspect::Trace::default(),
            calls: calls::Calls::default(),
            redriving: None,
            rows: [0; stock::ROWS as usize],
            outputs: VecDeque::new(),
            spare: Vec::new(),
        };
        broker.lay_out();
        broker
    }

    /// Forgets all orders and begins again with the consumers that are there; they forget what
    /// they hold. The dead are not shown any more, but may come back.
    pub fn reset(&mut self, config: Config) {
        let mut fresh = Self::new(config);
        fresh.next_incarnation = self.next_incarnation;
        fresh.now = self.now;
        for consumer in std::mem::take(&mut self.consumers) {
            if !consumer.gone {
                fresh.adopt(&consumer);
            }
        }
        *self = fresh;
    }

    /// Takes an input at a time. Bounded work: in the records of a report, else in the orders
    /// in flight, but for a change of the ordering, which touches every waiting order once.
    pub fn handle(&mut self, now: Timestamp, input: Input<'_>) {
        self.now = self.now.max(now);
        match input {
            Input::Tick => {}
            Input::Configure(config) => self.configure(config),
            Input::Brief => self.brief(),
            Input::Attach(worker) => self.attach(worker),
            Input::Hello(worker) => self.hello(worker),
            Input::Report(report) => self.report(&report),
            Input::Pause(worker) => self.stand(worker, |consumer| consumer.paused = true),
            Input::Resume(worker) => self.stand(worker, |consumer| consumer.paused = false),
            Input::Slow(worker, factor) => {
                self.stand(worker, |consumer| consumer.slow_factor = factor);
            }
            Input::Retire(worker) => self.stand(worker, |consumer| consumer.retiring = true),
            Input::Unpark => self.unpark(),
        }
        self.expire();
        self.redrive_due();
        let ended = self.counts.ended() + self.counts.redriven;
        self.stats.tick(self.now, self.counts.accepted, ended);
        self.dispatch();
    }

    /// The next thing to be sent, if any.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When the broker wants [`Input::Tick`] at the latest, and why. It may turn out that
    /// nothing was due.
    pub fn poll_timeout(&self) -> Option<(Timestamp, Timer)> {
        let due = self.delayed.first().map(|(due, _)| *due).filter(|due| *due < Timestamp::MAX);
        let delay = due.map(|due| (due, Timer::Delay));
        let consumers = self.consumers.iter().filter_map(Consumer::timeout);
        consumers.chain(delay).chain(self.redrive_timeout()).min_by_key(|(at, _)| *at)
    }

    fn brief(&mut self) {
        // The dead as well: they may only have been silent.
        for index in 0..self.consumers.len() {
            self.send_standing(index);
        }
    }

    fn configure(&mut self, config: Config) {
        let lease_changed = config.lease != self.config.lease;
        self.config = config;
        if lease_changed {
            self.brief();
        }
        if self.is_switching() {
            self.end_lane_waits();
            self.revoke_all();
        }
    }
}
