//! The model's ears: what consumers and the page say, and what follows from it.

use super::{Member, Oracle, Place};
use convoy_lab::core::{
    broker::{Beat, Header, Report},
    config::Config,
    delivery::{Record, outcome_of_code},
    ids::WorkerId,
    status::{DeadReason, Outcome},
    time::Timestamp,
};
use std::collections::{BTreeMap, BTreeSet};

impl Oracle {
    pub fn attach(&mut self, id: WorkerId) {
        if self.position(id).is_some() {
            return;
        }
        self.members.push(Member {
            id,
            incarnation: 0,
            awaiting_welcome: false,
            next_received: 0,
            next_sent: 0,
            heard_at: self.now,
            lease: self.config.lease,
            dead: false,
            forgotten: false,
            overdue: false,
            gone: false,
            departed: false,
            paused: false,
            retiring: false,
            slow_factor: 1.0,
            leases: BTreeMap::new(),
            processed: 0,
        });
    }

    pub fn hello(&mut self, id: WorkerId) {
        self.attach(id);
        let index = self.position(id).expect("it was just attached");
        self.connect(index);
    }

    /// A new connection: whatever the consumer held comes back.
    fn connect(&mut self, index: usize) {
        self.expire_leases(index, Timestamp::MAX);
        let (now, lease) = (self.now, self.config.lease);
        let member = &mut self.members[index];
        if !member.gone {
            member.awaiting_welcome = true;
            member.incarnation = 0;
            member.next_received = 0;
            member.next_sent = 0;
            member.heard_at = now;
            member.lease = lease;
            member.dead = false;
            member.forgotten = false;
            member.overdue = false;
        }
    }

    /// Other standing orders for one consumer.
    pub fn stand(&mut self, id: WorkerId, change: impl FnOnce(&mut Member)) {
        let Some(index) = self.position(id) else { return };
        change(&mut self.members[index]);
        self.members[index].lease = self.config.lease;
    }

    /// Every consumer is told its standing orders.
    pub fn brief(&mut self) {
        let lease = self.config.lease;
        self.members.iter_mut().for_each(|member| member.lease = lease);
    }

    pub fn configure(&mut self, config: Config) {
        let lease_changed = config.lease != self.config.lease;
        self.config = config;
        if lease_changed {
            self.brief();
        }
    }

    pub fn report(&mut self, report: &Report<'_>) {
        self.now = self.now.max(report.time);
        let Some(index) = self.position(report.worker) else { return };
        let now = self.now;
        let member = &mut self.members[index];
        let Header { incarnation, sequence } = report.header;
        if member.gone || incarnation == 0 || incarnation != member.incarnation {
            return;
        }
        if sequence < member.next_received {
            return;
        }
        if sequence > member.next_received {
            self.connect(index);
            return;
        }
        member.next_received += 1;
        member.heard_at = now;
        member.dead = false;
        member.forgotten = false;
        member.overdue = false;
        for record in report.records {
            self.settle(index, record);
        }
        if let Some(beat) = report.beat {
            self.renew(index, &beat);
        }
        if report.goodbye {
            self.expire_leases(index, Timestamp::MAX);
            self.members[index].gone = true;
        }
    }

    fn renew(&mut self, index: usize, beat: &Beat<'_>) {
        let deadline = self.now + self.config.lease;
        let member = &mut self.members[index];
        let mut renewed = Vec::new();
        for lease in beat.leases {
            if let Some(known) = member.leases.get_mut(lease) {
                *known = deadline.max(*known);
                renewed.push(*lease);
            }
        }
        self.renewed = Some((member.id, renewed));
    }

    fn settle(&mut self, index: usize, record: &Record) {
        let number = record.number as usize;
        if number >= self.orders.len() {
            return;
        }
        let id = self.members[index].id;
        let place = self.orders[number].place;
        let holds = matches!(place, Place::Out { worker, lease, .. }
            if worker == id && lease == record.lease);
        self.book(record);
        self.audit(record);
        if !holds {
            self.counts.stale_acks += u64::from(record.says(Record::FINISHED));
        } else if record.says(Record::RELEASED) {
            let order = &mut self.orders[number];
            order.deliveries -= 1;
            self.counts.deliveries -= 1;
            self.counts.redeliveries -= u64::from(order.deliveries > 0);
            self.put_back(number);
            self.close_leases(index);
        } else if record.says(Record::FINISHED) {
            match outcome_of_code(record.outcome).expect("consumers know their outcomes") {
                Outcome::Completed => {
                    let draft = self.orders[number].draft;
                    self.end(number, Place::Completed);
                    self.books.complete(&draft);
                    self.counts.completed += 1;
                    self.members[index].processed += 1;
                }
                Outcome::Declined => {
                    let draft = self.orders[number].draft;
                    self.end(number, Place::Declined);
                    self.books.give_back(record.number, &draft);
                    self.counts.cancelled += 1;
                    self.counts.declined += 1;
                    self.members[index].processed += 1;
                }
                _ => self.come_back(number),
            }
            self.close_leases(index);
        }
    }

    fn book(&mut self, record: &Record) {
        let idempotent = self.config.idempotency;
        let order = &self.orders[record.number as usize];
        if record.says(Record::CHARGED) {
            let suppressed = self.books.charge(record.number, &order.draft, idempotent);
            self.counts.duplicates_suppressed += u64::from(suppressed);
        }
        if record.says(Record::RESERVED) {
            self.books.reserve(record.number, &order.draft, idempotent);
        }
        if matches!(order.place, Place::Dead(_) | Place::Cancelled) {
            self.books.give_back(record.number, &order.draft);
        }
    }

    fn audit(&mut self, record: &Record) {
        let outcome = outcome_of_code(record.outcome).filter(|_| record.says(Record::FINISHED));
        let Some(outcome) = outcome else { return };
        let started = Timestamp::from_micros(record.started_micros);
        let finished = Timestamp::from_micros(record.finished_micros);
        let ended = !outcome.is_transient();
        self.auditor.attempt(record.key, record.sequence, started, finished, ended);
    }

    /// An order that was out has ended.
    fn end(&mut self, number: usize, place: Place) {
        self.counts.in_flight -= 1;
        self.orders[number].place = place;
    }

    /// An order has ended that no consumer ended.
    pub(super) fn end_unworked(&mut self, number: usize, place: Place) {
        let order = &mut self.orders[number];
        order.place = place;
        self.auditor.removed(order.draft.key.0, order.sequence);
        self.books.give_back(number as u32, &self.orders[number].draft);
        match place {
            Place::Dead(_) => self.counts.dead_lettered += 1,
            _ => self.counts.cancelled += 1,
        }
    }

    pub(super) fn come_back(&mut self, number: usize) {
        if self.orders[number].deliveries >= self.config.max_deliveries {
            self.counts.in_flight -= 1;
            self.end_unworked(number, Place::Dead(DeadReason::DeliveryLimit));
        } else {
            self.put_back(number);
        }
    }

    fn put_back(&mut self, number: usize) {
        let lane = self.lane(&self.orders[number]);
        let order = &mut self.orders[number];
        if let Place::Out { epoch, .. } = order.place {
            self.broken.insert((self.layouts, lane, epoch));
        }
        order.place = Place::Waiting;
        self.counts.in_flight -= 1;
        self.counts.ready += 1;
    }

    /// Closes the leases of a consumer under which nothing is out.
    pub(super) fn close_leases(&mut self, index: usize) {
        let id = self.members[index].id;
        let open: BTreeSet<u32> = self
            .orders
            .iter()
            .filter_map(|order| match order.place {
                Place::Out { worker, lease, .. } if worker == id => Some(lease),
                _ => None,
            })
            .collect();
        self.members[index].leases.retain(|lease, _| open.contains(lease));
    }
}
