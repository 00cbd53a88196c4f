//! The consumers: connections, standing orders, and who is a member of the group.

use super::{Broker, Header, Output, Standing, Timer};
use crate::core::{
    ids::WorkerId,
    lanes::NOBODY,
    time::{Span, Timestamp},
};
use std::collections::VecDeque;

/// What a consumer is doing, as far as the broker knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsumerState {
    /// Attached, not yet heard of.
    Starting,
    Idle,
    Busy,
    Paused,
    /// Not heard of for longer than a lease.
    Dead,
}

/// A consumer as others may see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConsumerView {
    pub id: WorkerId,
    pub state: ConsumerState,
    /// Orders it ended.
    pub processed: u64,
    pub in_flight: u32,
    pub busy_permille: u16,
    /// Lanes it holds.
    pub lanes: u32,
    pub slow_factor: f64,
    /// Time since it was last heard of.
    pub silent: Span,
}

/// Some orders handed out together.
#[derive(Clone, Debug)]
pub(super) struct Lease {
    pub id: u32,
    pub deadline: Timestamp,
    /// The orders' slots. Which of them are still out, the orders know.
    pub slots: Vec<u32>,
    /// How many are still out.
    pub open: u32,
}

/// The broker's side of a consumer.
#[derive(Clone, Debug)]
pub(super) struct Consumer {
    pub id: WorkerId,
    /// The present connection; 0 before the first hello.
    pub incarnation: u32,
    /// The numbers of the next frame from and to it.
    pub next_received: u32,
    next_sent: u32,
    /// Falls silent when not heard of for longer than a lease after this.
    pub heard_at: Timestamp,
    pub dead: bool,
    /// It was dead when the broker was reset, and is not shown until it is heard of.
    pub forgotten: bool,
    /// A lease of its ran out, and it has not been heard of since: it may be dead.
    pub overdue: bool,
    /// It said goodbye.
    pub gone: bool,
    pub paused: bool,
    pub retiring: bool,
    pub slow_factor: f64,
    pub lease: Span,
    pub in_flight: u32,
    /// Its leases, by rising id.
    pub leases: VecDeque<Lease>,
    /// Where in `leases` the one was that was asked for last.
    last_asked: usize,
    /// No lease ends before this.
    pub earliest_deadline: Timestamp,
    /// Lanes of its that have orders waiting, with the epoch they were listed in. Some entries
    /// may be out of date.
    pub with_work: VecDeque<(u32, u32)>,
    pub lanes: u32,
    pub processed: u64,
    pub busy_permille: u16,
}

impl Consumer {
    fn new(id: WorkerId, now: Timestamp, lease: Span) -> Self {
        Self {
            id,
            incarnation: 0,
            next_received: 0,
            next_sent: 0,
            heard_at: now,
            dead: false,
            forgotten: false,
            overdue: false,
            gone: false,
            paused: false,
            retiring: false,
            slow_factor: 1.0,
            lease,
            in_flight: 0,
            leases: VecDeque::new(),
            last_asked: 0,
            earliest_deadline: Timestamp::MAX,
            with_work: VecDeque::new(),
            lanes: 0,
            processed: 0,
            busy_permille: 0,
        }
    }

    /// Whether it is connected, or on its way to be.
    pub const fn is_alive(&self) -> bool {
        !self.dead && !self.gone
    }

    /// Whether lanes may be assigned to it.
    pub const fn is_member(&self) -> bool {
        self.is_alive() && self.incarnation != 0 && !self.retiring
    }

    /// Whether orders may be handed to it. One that let a lease run out would be handed what it
    /// may have died with, so it has to be heard of first.
    pub const fn takes_orders(&self) -> bool {
        self.is_member() && !self.paused && !self.overdue
    }

    /// Where the lease of that id is among its leases. Reports speak of one lease for a long
    /// while, so that the place is nearly always that of the last time.
    pub fn lease_at(&mut self, id: u32) -> Option<usize> {
        if self.leases.get(self.last_asked).is_some_and(|lease| lease.id == id) {
            return Some(self.last_asked);
        }
        let at = self.leases.binary_search_by_key(&id, |lease| lease.id).ok()?;
        self.last_asked = at;
        Some(at)
    }

    /// The header of the next frame to it.
    pub fn header(&mut self) -> Header {
        let header = Header { incarnation: self.incarnation, sequence: self.next_sent };
        self.next_sent += 1;
        header
    }

    /// When the broker has to look after it.
    pub fn timeout(&self) -> Option<(Timestamp, Timer)> {
        let lease =
            (!self.leases.is_empty()).then_some((self.earliest_deadline, Timer::Lease(self.id)));
        let silence = (self.is_alive() && self.incarnation != 0)
            .then(|| (self.silent_after(), Timer::Silence(self.id)));
        [lease, silence].into_iter().flatten().min_by_key(|(at, _)| *at)
    }

    /// When it counts as dead unless heard of.
    pub fn silent_after(&self) -> Timestamp {
        self.heard_at + self.lease + Span::from_micros(1)
    }

    fn standing(&self) -> Standing {
        Standing {
            paused: self.paused,
            retiring: self.retiring,
            slow_factor: self.slow_factor,
            lease: self.lease,
        }
    }

    fn state(&self) -> ConsumerState {
        if self.dead {
            ConsumerState::Dead
        } else if self.incarnation == 0 {
            ConsumerState::Starting
        } else if self.paused {
            ConsumerState::Paused
        } else if self.in_flight > 0 {
            ConsumerState::Busy
        } else {
            ConsumerState::Idle
        }
    }
}

impl Broker {
    /// The consumers that have not gone, oldest first; not those that were dead before a reset
    /// and have not been heard of since.
    pub fn consumers(&self) -> impl Iterator<Item = ConsumerView> {
        let shown = self.consumers.iter().filter(|it| !it.gone && !it.forgotten);
        shown.map(|consumer| ConsumerView {
            id: consumer.id,
            state: consumer.state(),
            processed: consumer.processed,
            in_flight: consumer.in_flight,
            busy_permille: consumer.busy_permille,
            lanes: consumer.lanes,
            slow_factor: consumer.slow_factor,
            silent: self.now.since(consumer.heard_at),
        })
    }

    /// Whether a consumer of that name is there, dead or alive.
    pub fn knows(&self, worker: WorkerId) -> bool {
        self.index_of(worker).is_some_and(|index| !self.consumers[index].gone)
    }

    /// The name of the consumer with that index, unless it is nobody's.
    pub fn worker_at(&self, index: u16) -> Option<WorkerId> {
        (index != NOBODY).then(|| self.consumers[index as usize].id)
    }

    pub(super) fn index_of(&self, worker: WorkerId) -> Option<usize> {
        self.consumers.iter().rposition(|consumer| consumer.id == worker)
    }

    pub(super) fn attach(&mut self, worker: WorkerId) {
        if self.index_of(worker).is_none() {
            self.consumers.push(Consumer::new(worker, self.now, self.config.lease));
        }
    }

    /// Takes over a consumer of an earlier run, which is to forget what it holds.
    pub(super) fn adopt(&mut self, earlier: &Consumer) {
        self.attach(earlier.id);
        let index = self.consumers.len() - 1;
        let consumer = &mut self.consumers[index];
        consumer.paused = earlier.paused;
        consumer.retiring = earlier.retiring;
        consumer.slow_factor = earlier.slow_factor;
        if earlier.incarnation != 0 {
            self.connect(index);
        }
        if earlier.dead {
            let consumer = &mut self.consumers[index];
            consumer.heard_at = earlier.heard_at;
            consumer.dead = true;
            consumer.forgotten = true;
            self.rebalance();
        }
    }

    pub(super) fn hello(&mut self, worker: WorkerId) {
        self.attach(worker);
        let index = self.index_of(worker).expect("it was just attached");
        self.connect(index);
    }

    /// Begins a new connection with a consumer. What it held comes back at once: whatever the
    /// old connection still says is refused, so that it cannot take effect.
    pub(super) fn connect(&mut self, index: usize) {
        self.expire_leases(index, Timestamp::MAX);
        let incarnation = self.next_incarnation;
        self.next_incarnation += 1;
        let (now, lease) = (self.now, self.config.lease);
        let consumer = &mut self.consumers[index];
        if consumer.gone {
            return;
        }
        consumer.incarnation = incarnation;
        consumer.dead = false;
        consumer.forgotten = false;
        consumer.overdue = false;
        consumer.next_received = 0;
        consumer.next_sent = 0;
        consumer.heard_at = now;
        consumer.lease = lease;
        let (worker, header, orders) = (consumer.id, consumer.header(), consumer.standing());
        self.outputs.push_back(Output::Welcome { worker, header, orders });
        self.rebalance();
    }

    /// Changes a consumer's standing orders and tells it.
    pub(super) fn stand(&mut self, worker: WorkerId, change: impl FnOnce(&mut Consumer)) {
        let Some(index) = self.index_of(worker) else { return };
        change(&mut self.consumers[index]);
        self.send_standing(index);
        self.rebalance();
    }

    pub(super) fn send_standing(&mut self, index: usize) {
        let lease = self.config.lease;
        let consumer = &mut self.consumers[index];
        consumer.lease = lease;
        if consumer.incarnation == 0 || consumer.gone {
            return;
        }
        let (worker, header, orders) = (consumer.id, consumer.header(), consumer.standing());
        self.outputs.push_back(Output::Standing { worker, header, orders });
    }

    /// Has a consumer give back what it has not begun.
    pub(super) fn revoke(&mut self, index: usize) {
        let consumer = &mut self.consumers[index];
        if consumer.in_flight > 0 && !consumer.gone {
            let (worker, header) = (consumer.id, consumer.header());
            self.outputs.push_back(Output::Revoke { worker, header });
        }
    }

    pub(super) fn revoke_all(&mut self) {
        for index in 0..self.consumers.len() {
            self.revoke(index);
        }
    }

    /// A consumer said goodbye, or is gone for good.
    pub(super) fn leave(&mut self, index: usize) {
        self.expire_leases(index, Timestamp::MAX);
        let consumer = &mut self.consumers[index];
        consumer.gone = true;
        let worker = consumer.id;
        self.outputs.push_back(Output::Gone { worker });
        self.rebalance();
    }
}
