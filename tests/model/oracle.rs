//! The reference model: a broker that is slow, small and obviously right.
//!
//! It keeps a list of orders and a list of members, and follows every input by the letter of
//! the rules. What the rules leave open (who gets which order when) it does not decide: it
//! *witnesses* what the real broker did, says whether that was permitted, and goes on from there.

#[path = "inputs.rs"]
mod inputs;
#[path = "witness.rs"]
mod witness;

use crate::books::Books;
use convoy_lab::core::{
    auditor::Auditor,
    broker::{Draft, Standing},
    config::{Config, Ordering, Overflow},
    ids::{OrderId, WorkerId},
    partitioner::partition,
    status::{Counts, DeadReason},
    time::{Span, Timestamp},
};
use std::collections::{BTreeMap, BTreeSet};

/// Where an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Waiting,
    Out { worker: WorkerId, lease: u32, epoch: u32 },
    Completed,
    Declined,
    Cancelled,
    Dead(DeadReason),
}

/// An order. Its number is its index.
#[derive(Clone, Debug)]
pub struct Order {
    pub id: OrderId,
    pub draft: Draft,
    pub customer: String,
    pub sequence: u32,
    pub place: Place,
    pub deliveries: u16,
    /// It has never left the queue.
    pub untouched: bool,
}

/// A consumer, as the broker must see it.
#[derive(Clone, Debug)]
pub struct Member {
    pub id: WorkerId,
    pub incarnation: u32,
    /// Its welcome has not been seen.
    awaiting_welcome: bool,
    next_received: u32,
    next_sent: u32,
    heard_at: Timestamp,
    lease: Span,
    pub dead: bool,
    /// It was dead when everything began anew.
    pub forgotten: bool,
    /// A lease of its ran out, and it has not been heard of since.
    overdue: bool,
    pub gone: bool,
    /// Its link was closed, after which nothing is sent to it.
    departed: bool,
    pub paused: bool,
    pub retiring: bool,
    pub slow_factor: f64,
    leases: BTreeMap<u32, Timestamp>,
    pub processed: u64,
}

impl Member {
    fn connected(&self) -> bool {
        self.incarnation != 0 || self.awaiting_welcome
    }

    /// Whether orders may be handed to it.
    pub fn takes_orders(&self) -> bool {
        let there = self.connected() && !self.dead && !self.overdue && !self.gone;
        there && !self.paused && !self.retiring
    }

    fn standing(&self) -> Standing {
        Standing {
            paused: self.paused,
            retiring: self.retiring,
            slow_factor: self.slow_factor,
            lease: self.lease,
        }
    }
}

/// The model. See the module's text.
#[derive(Clone, Debug)]
pub struct Oracle {
    pub now: Timestamp,
    pub config: Config,
    /// The ordering and the number of partitions in force.
    pub layout: (Ordering, u32),
    /// How often the layout changed.
    layouts: u32,
    /// Orders may have been overtaken: some were handed out in `competing`.
    pub competed: bool,
    pub orders: Vec<Order>,
    pub members: Vec<Member>,
    pub counts: Counts,
    pub books: Books,
    /// An auditor of its own, told what the broker's must be told.
    pub auditor: Auditor,
    /// Holds of lanes of which something came back: layout, lane, epoch.
    broken: BTreeSet<(u32, u32, u32)>,
    renewed: Option<(WorkerId, Vec<u32>)>,
    last_lease: u32,
    last_incarnation: u32,
}

impl Oracle {
    /// A broker without orders and consumers.
    pub fn new(config: Config) -> Self {
        Self {
            now: Timestamp::ZERO,
            config,
            layout: layout_of(&config),
            layouts: 0,
            competed: false,
            orders: Vec::new(),
            members: Vec::new(),
            counts: Counts::default(),
            books: Books::default(),
            auditor: Auditor::default(),
            broken: BTreeSet::new(),
            renewed: None,
            last_lease: 0,
            last_incarnation: 0,
        }
    }

    /// Forgets all orders; the consumers that are there begin new connections.
    pub fn reset(&mut self) {
        let mut fresh = Self::new(self.config);
        fresh.now = self.now;
        fresh.last_incarnation = self.last_incarnation;
        for member in self.members.drain(..).filter(|member| !member.gone) {
            fresh.attach(member.id);
            let again = fresh.members.last_mut().expect("it was just attached");
            let standing = (member.paused, member.retiring, member.slow_factor);
            (again.paused, again.retiring, again.slow_factor) = standing;
            if member.connected() {
                fresh.hello(member.id);
            }
            let again = fresh.members.last_mut().expect("it was just attached");
            (again.dead, again.forgotten) = (member.dead, member.dead);
        }
        *self = fresh;
    }

    /// Whether a switch of the layout waits.
    pub fn is_switching(&self) -> bool {
        self.layout != layout_of(&self.config)
    }

    pub fn is_ordered(&self) -> bool {
        self.layout.0 != Ordering::Competing
    }

    /// The lane that an order waits in.
    pub fn lane(&self, order: &Order) -> u32 {
        match self.layout.0 {
            Ordering::Single | Ordering::Competing => 0,
            Ordering::Partitions => partition(&order.customer, self.layout.1),
            Ordering::Sessions => order.draft.key.0,
        }
    }

    /// How many orders are out with a consumer.
    pub fn held(&self, id: WorkerId) -> u32 {
        let out = |order: &&Order| matches!(order.place, Place::Out { worker, .. } if worker == id);
        self.orders.iter().filter(out).count() as u32
    }

    fn position(&self, id: WorkerId) -> Option<usize> {
        self.members.iter().position(|member| member.id == id)
    }

    fn waiting(&self) -> impl Iterator<Item = usize> {
        (0..self.orders.len()).filter(|number| self.orders[*number].place == Place::Waiting)
    }
}

/// What is published.
impl Oracle {
    /// Whether the queue is full, so that an order is refused or the oldest has to go.
    pub fn is_full(&self) -> bool {
        self.counts.ready >= u64::from(self.config.queue_limit)
    }

    /// An order was refused, which must have been right.
    pub fn witness_refusal(&mut self) {
        assert!(self.is_full() && self.config.overflow == Overflow::Reject, "refused");
        self.counts.rejected += 1;
    }

    /// An order was accepted; to make room, the order `evicted` went.
    pub fn witness_acceptance(
        &mut self,
        id: OrderId,
        draft: Draft,
        customer: &str,
        evicted: &[usize],
    ) {
        let full = self.is_full();
        assert!(!full || self.config.overflow != Overflow::Reject, "accepted by a full queue");
        assert_eq!(evicted.len(), usize::from(full), "one goes when the queue is full");
        for number in evicted {
            self.check_eviction(*number);
            let place = match self.config.overflow {
                Overflow::DropOldest => Place::Cancelled,
                _ => Place::Dead(DeadReason::MaxLength),
            };
            self.counts.ready -= 1;
            self.end_unworked(*number, place);
        }
        let of_customer = self.orders.iter().filter(|order| order.draft.key == draft.key);
        let sequence = of_customer.count() as u32;
        let customer = customer.to_owned();
        let (place, deliveries, untouched) = (Place::Waiting, 0, true);
        self.orders.push(Order { id, draft, customer, sequence, place, deliveries, untouched });
        self.counts.accepted += 1;
        self.counts.ready += 1;
    }

    /// The oldest goes. Where consumers compete, what came back stands before all others, the
    /// last to come back first, and one of these may go instead.
    fn check_eviction(&self, number: usize) {
        let counts = |other: &usize| self.is_ordered() || self.orders[*other].untouched;
        let oldest = self.waiting().find(counts);
        let exact = oldest == Some(number) || !self.is_ordered();
        assert!(
            exact && oldest.is_none_or(|oldest| number <= oldest),
            "{number} is not the oldest"
        );
    }
}

/// What time brings.
impl Oracle {
    /// Leases run out, consumers count as lost, and a switch happens when nothing is in flight.
    pub fn expire(&mut self) {
        for index in 0..self.members.len() {
            let now = self.now;
            let overdue = self.members[index].leases.values().any(|deadline| *deadline <= now);
            self.expire_leases(index, now);
            let member = &mut self.members[index];
            member.overdue |= overdue;
            let silent_at = member.heard_at + member.lease + Span::from_micros(1);
            member.dead |= member.connected() && !member.gone && silent_at <= now;
        }
        if self.is_switching() && self.counts.in_flight == 0 {
            self.layout = layout_of(&self.config);
            self.layouts += 1;
        }
    }

    fn expire_leases(&mut self, index: usize, until: Timestamp) {
        let id = self.members[index].id;
        let leases = self.members[index].leases.clone();
        for (ended, _) in leases.into_iter().filter(|(_, deadline)| *deadline <= until) {
            self.counts.leases_expired += 1;
            for number in 0..self.orders.len() {
                if matches!(self.orders[number].place, Place::Out { worker, lease, .. }
                    if worker == id && lease == ended)
                {
                    self.come_back(number);
                }
            }
        }
        self.close_leases(index);
    }
}

fn layout_of(config: &Config) -> (Ordering, u32) {
    let partitions = match config.ordering {
        Ordering::Partitions => config.partitions,
        _ => 0,
    };
    (config.ordering, partitions)
}
