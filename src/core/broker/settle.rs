//! Settling: a consumer's frame is checked, its work audited and booked, its leases closed.
//!
//! Frames of a connection are numbered. One that came before is a duplicate and ignored; one of
//! an earlier connection is void; when one is missing, the connection has failed: everything
//! that the consumer held comes back and it begins anew.

use super::{Broker, Report};
use crate::core::{
    delivery::{Record, outcome_of_code},
    ledger::Charge,
    orders::{Order, State},
    status::Outcome,
    time::Timestamp,
};

impl Broker {
    pub(super) fn report(&mut self, report: &Report<'_>) {
        self.now = self.now.max(report.time);
        let Some(index) = self.index_of(report.worker) else { return };
        let consumer = &mut self.consumers[index];
        let header = report.header;
        if consumer.gone || header.incarnation != consumer.incarnation || header.incarnation == 0 {
            return;
        }
        if header.sequence < consumer.next_received {
            return;
        }
        if header.sequence > consumer.next_received {
            self.connect(index);
            return;
        }
        consumer.next_received += 1;
        consumer.heard_at = self.now;
        consumer.overdue = false;
        if consumer.dead {
            consumer.dead = false;
            consumer.forgotten = false;
            self.rebalance();
        }
        for call in report.calls {
            if u64::from(call.number) < self.counts.accepted {
                self.calls.note(report.worker, call);
            }
        }
        for record in report.records {
            self.settle(index, record);
        }
        self.claim(index, report.claims);
        if let Some(beat) = report.beat {
            self.consumers[index].busy_permille = beat.busy_permille;
            self.renew(index, beat.leases);
        }
        if report.goodbye {
            self.leave(index);
        }
    }

    /// Takes what a consumer says of one order. Records of orders that never were are refused.
    fn settle(&mut self, index: usize, record: &Record) {
        let known = u64::from(record.number) < self.counts.accepted
            && (record.key as usize) < self.keys.len();
        let outcome = outcome_of_code(record.outcome);
        if !known {
            return;
        }
        let holds = self.holds(index, record);
        self.book(record);
        if !record.says(Record::RELEASED) {
            self.trace.push(self.consumers[index].id, record);
        }
        if record.says(Record::FINISHED)
            && let Some(outcome) = outcome
        {
            self.audit(record, outcome);
            if !record.says(Record::TOLD) {
                let is_retry = record.attempt > 1;
                self.calls.went_plainly(outcome, is_retry, self.config.side_services);
            }
        }
        if !holds {
            self.counts.stale_acks += u64::from(record.says(Record::FINISHED));
            return;
        }
        let order = &mut self.orders[record.slot];
        order.marks |= if record.says(Record::CHARGED) { Order::PAID } else { 0 };
        order.marks |= if record.says(Record::RESERVED) { Order::RESERVED } else { 0 };
        if record.says(Record::RELEASED) {
            order.deliveries -= 1;
            let again = u64::from(order.deliveries > 0);
            self.counts.deliveries -= 1;
            self.counts.redeliveries -= again;
            self.close(index, record.lease);
            self.put_back(record.slot);
        } else if record.says(Record::FINISHED)
            && let Some(outcome) = outcome
        {
            self.acknowledge(index, record, outcome);
        }
    }

    /// Whether the order is out under a lease of this consumer.
    fn holds(&mut self, index: usize, record: &Record) -> bool {
        self.orders
            .get(record.slot)
            .is_some_and(|order| order.is_out_under(record.lease) && order.number == record.number)
            && self.consumers[index].lease_at(record.lease).is_some()
    }

    /// Books what the consumer charged and took, whether or not its lease still holds: the
    /// gateway and the warehouse know nothing of leases.
    fn book(&mut self, record: &Record) {
        let idempotent = self.config.idempotency;
        if record.says(Record::CHARGED) {
            let charge = self.ledger.charge(record.number, record.amount, idempotent);
            self.counts.duplicates_suppressed += u64::from(charge == Charge::Suppressed);
        }
        let order = self.orders.get(record.slot).filter(|order| order.number == record.number);
        if record.says(Record::RESERVED)
            && let Some(order) = order
        {
            self.ledger.reserve(record.number, order.pieces, idempotent);
        }
        // A charge for an order that ended without completing is given back at once.
        let in_vain = |order: &&Order| {
            matches!(order.state, State::Dead | State::Cancelled | State::Declined)
        };
        if let Some(order) = order.filter(in_vain) {
            let charged = record.says(Record::CHARGED);
            let cents = if charged { record.amount } else { order.amount_cents };
            self.ledger.give_back(record.number, cents, order.pieces);
        }
    }

    fn audit(&mut self, record: &Record, outcome: Outcome) {
        let started = Timestamp::from_micros(record.started_micros);
        let finished = Timestamp::from_micros(record.finished_micros);
        let ended = !outcome.is_transient();
        self.auditor.attempt(record.key, record.sequence, started, finished, ended);
        self.counts.order_violations = self.auditor.violations();
        self.stats.service.record(finished.since(started));
    }

    /// Ends or returns an order that its holder has dealt with.
    fn acknowledge(&mut self, index: usize, record: &Record, outcome: Outcome) {
        let slot = record.slot;
        self.close(index, record.lease);
        let order = &mut self.orders[slot];
        let accepted_at = order.accepted_at;
        // The first attempt that anybody heard of: of an earlier one, a killed consumer's, it is
        // not known whether it began.
        if order.last_outcome.replace(outcome).is_none() {
            let started = Timestamp::from_micros(record.started_micros);
            self.stats.wait.record(started.since(accepted_at));
        }
        if outcome.is_transient() {
            self.failed(slot, record, outcome);
            return;
        }
        let finished = Timestamp::from_micros(record.finished_micros);
        self.stats.total.record(finished.since(accepted_at));
        self.consumers[index].processed += 1;
        self.counts.in_flight -= 1;
        let (number, cents, pieces) = (order.number, order.amount_cents, order.pieces);
        let key = order.key;
        let lane = self.lane_of(key);
        if outcome == Outcome::Completed {
            self.counts.completed += 1;
            self.counts.degraded += u64::from(record.says(Record::GAVE_UP));
            self.ledger.complete(cents, pieces);
            self.orders.end(slot, State::Completed, self.now);
        } else {
            self.counts.cancelled += 1;
            self.counts.declined += 1;
            self.ledger.give_back(number, cents, pieces);
            self.orders.end(slot, State::Declined, self.now);
        }
        self.lane_lost_one(lane);
    }

    /// One order fewer is out under this lease of this consumer.
    fn close(&mut self, index: usize, lease: u32) {
        let consumer = &mut self.consumers[index];
        consumer.in_flight -= 1;
        let at =
            consumer.lease_at(lease).expect("whoever closes has found that the consumer holds it");
        consumer.leases[at].open -= 1;
        if consumer.leases[at].open == 0 {
            let lease = consumer.leases.remove(at).expect("it was just found");
            consumer.find_earliest();
            self.recycle(lease.slots);
        }
    }
}
