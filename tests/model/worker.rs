//! A consumer for the histories: it does as a well-behaved one must, at the times it is told.
//!
//! It never begins an order whose lease may be over; when an order of an ordered lane fails, it
//! gives back those behind it in the same hold of the lane, those that come later included. It
//! may still be at work on an order whose lease has run out, and then acknowledges too late.

use convoy_lab::core::{
    broker::{Header, Output},
    delivery::{Delivery, Record, outcome_code},
    ids::WorkerId,
    status::Outcome,
    time::Timestamp,
};
use std::collections::{BTreeMap, VecDeque};

/// An order in hand, and its lease.
#[derive(Clone, Copy, Debug)]
struct Held {
    delivery: Delivery,
    lease: u32,
}

#[derive(Clone, Copy, Debug)]
struct Current {
    held: Held,
    started_at: Timestamp,
    charged: bool,
}

/// A frame to the broker.
#[derive(Clone, Debug)]
pub struct Frame {
    pub header: Header,
    pub time: Timestamp,
    pub records: Vec<Record>,
    pub beat: Option<Vec<u32>>,
    pub goodbye: bool,
}

/// A consumer.
#[derive(Clone, Debug)]
pub struct Worker {
    pub id: WorkerId,
    /// Frames on their way to it.
    pub inbox: VecDeque<Output>,
    /// Terminated: it reads and says nothing any more.
    pub killed: bool,
    /// A frame to it was lost: it needs a new connection.
    pub lost: bool,
    pub last_frame: Option<Frame>,
    incarnation: u32,
    next_received: u32,
    next_sent: u32,
    idle_wanted: bool,
    retiring: bool,
    said_goodbye: bool,
    hand: VecDeque<Held>,
    leases: BTreeMap<u32, Timestamp>,
    current: Option<Current>,
    broken: BTreeMap<u32, u32>,
    records: Vec<Record>,
    last_finished: Option<Record>,
}

impl Worker {
    /// A consumer that waits for its welcome.
    pub fn new(id: WorkerId) -> Self {
        Self {
            id,
            inbox: VecDeque::new(),
            killed: false,
            lost: false,
            last_frame: None,
            incarnation: 0,
            next_received: 0,
            next_sent: 0,
            idle_wanted: false,
            retiring: false,
            said_goodbye: false,
            hand: VecDeque::new(),
            leases: BTreeMap::new(),
            current: None,
            broken: BTreeMap::new(),
            records: Vec::new(),
            last_finished: None,
        }
    }

    /// Terminates it: it never reads or says anything again.
    pub fn kill(&mut self) {
        self.killed = true;
        self.inbox.clear();
    }

    /// Reads the next frame, if there is one.
    pub fn read(&mut self) {
        let Some(output) = self.inbox.pop_front() else { return };
        match output {
            Output::Welcome { header, orders, .. } => {
                let inbox = std::mem::take(&mut self.inbox);
                let last_frame = self.last_frame.take();
                *self = Self { inbox, last_frame, next_received: 1, ..Self::new(self.id) };
                self.incarnation = header.incarnation;
                self.stand(orders.paused, orders.retiring);
            }
            Output::Standing { header, orders, .. } if self.follows(header) => {
                self.stand(orders.paused, orders.retiring);
            }
            Output::Deliver { header, lease, deadline, items, .. } if self.follows(header) => {
                self.leases.insert(lease, deadline);
                self.hand.extend(items.into_iter().map(|delivery| Held { delivery, lease }));
                if self.idle_wanted {
                    self.give_back();
                }
            }
            Output::Renew { header, deadline, leases, .. } if self.follows(header) => {
                for lease in leases {
                    self.leases.entry(lease).and_modify(|known| *known = deadline.max(*known));
                }
            }
            Output::Revoke { header, .. } if self.follows(header) => self.give_back(),
            _ => {}
        }
    }

    fn follows(&mut self, header: Header) -> bool {
        if header.incarnation != self.incarnation || self.lost {
            return false;
        }
        self.lost = header.sequence != self.next_received;
        self.next_received += 1;
        !self.lost
    }

    fn stand(&mut self, paused: bool, retiring: bool) {
        self.retiring = retiring;
        self.idle_wanted = paused || retiring;
        if self.idle_wanted {
            self.give_back();
        }
    }

    fn give_back(&mut self) {
        while let Some(held) = self.hand.pop_front() {
            self.release(&held);
        }
    }

    /// Gives an order back, and with it what comes behind it in this hold of its lane.
    fn release(&mut self, held: &Held) {
        self.break_lane(&held.delivery);
        let record = Record { what: Record::RELEASED, ..record_of(held) };
        self.records.push(record);
    }

    /// Begins the next order that may be begun, unless it is at work.
    pub fn begin(&mut self, now: Timestamp) {
        while self.current.is_none() {
            let Some(held) = self.hand.pop_front() else { return };
            if self.is_broken(&held.delivery) {
                self.release(&held);
            } else if now < self.leases[&held.lease] {
                self.current = Some(Current { held, started_at: now, charged: false });
            } else {
                self.break_lane(&held.delivery);
            }
        }
    }

    fn is_broken(&self, delivery: &Delivery) -> bool {
        delivery.flags & Delivery::ORDERED != 0
            && self.broken.get(&delivery.lane) == Some(&delivery.epoch)
    }

    fn break_lane(&mut self, delivery: &Delivery) {
        if delivery.flags & Delivery::ORDERED != 0 {
            self.broken.insert(delivery.lane, delivery.epoch);
        }
    }

    /// Charges the order at work, and says so.
    pub fn charge(&mut self, now: Timestamp) {
        let Some(current) = &mut self.current else { return };
        if declines(&current.held.delivery) || current.charged {
            return;
        }
        current.charged = true;
        let record = Record {
            what: Record::CHARGED,
            started_micros: current.started_at.as_micros(),
            finished_micros: now.as_micros(),
            ..record_of(&current.held)
        };
        self.records.push(record);
    }

    /// Is done with the order at work. One that was charged before completes; one of a bad
    /// card is declined; any other completes or fails as told.
    pub fn finish(&mut self, now: Timestamp, fails: bool) {
        let Some(current) = self.current.take() else { return };
        let delivery = current.held.delivery;
        let charged_before = delivery.flags & Delivery::CHARGED != 0;
        let outcome = if charged_before {
            Outcome::Completed
        } else if declines(&delivery) {
            Outcome::Declined
        } else if fails {
            Outcome::GatewayFailed
        } else {
            Outcome::Completed
        };
        let done = match outcome {
            Outcome::Completed if current.charged => Record::RESERVED,
            Outcome::Completed => Record::RESERVED | Record::CHARGED,
            _ => 0,
        };
        let record = Record {
            what: Record::FINISHED | done,
            outcome: outcome_code(outcome),
            started_micros: current.started_at.as_micros(),
            finished_micros: now.as_micros(),
            ..record_of(&current.held)
        };
        self.records.push(record);
        self.last_finished = Some(record);
        if outcome == Outcome::GatewayFailed {
            self.break_lane(&delivery);
        }
    }

    /// Says again how the last order was finished, under a lease that no longer counts.
    pub fn finish_again(&mut self) {
        self.records.extend(self.last_finished);
    }

    /// The leases of which something is in hand.
    pub fn leases(&self) -> Vec<u32> {
        let current = self.current.iter().map(|current| current.held.lease);
        let mut leases: Vec<u32> = self.hand.iter().map(|held| held.lease).chain(current).collect();
        leases.sort_unstable();
        leases.dedup();
        leases
    }

    /// What it has to say, with the leases it wants renewed.
    pub fn frame(&mut self, now: Timestamp, beat: Option<Vec<u32>>) -> Option<Frame> {
        if self.incarnation == 0 {
            return None;
        }
        let idle = self.hand.is_empty() && self.current.is_none();
        let goodbye = self.retiring && idle && !self.said_goodbye;
        self.said_goodbye |= goodbye;
        let header = Header { incarnation: self.incarnation, sequence: self.next_sent };
        self.next_sent += 1;
        let records = std::mem::take(&mut self.records);
        let frame = Frame { header, time: now, records, beat, goodbye };
        self.last_frame = Some(frame.clone());
        Some(frame)
    }

    /// The header of a frame that the broker would take next.
    pub fn take_header(&mut self) -> Header {
        self.next_sent += 1;
        Header { incarnation: self.incarnation, sequence: self.next_sent - 1 }
    }
}

/// Whether the card of this order is bad: always, or never.
fn declines(delivery: &Delivery) -> bool {
    delivery.number % 8 == 5
}

fn record_of(held: &Held) -> Record {
    let delivery = held.delivery;
    Record {
        amount: delivery.amount_cents,
        slot: delivery.slot,
        lease: held.lease,
        number: delivery.number,
        key: delivery.key,
        sequence: delivery.sequence,
        attempt: delivery.attempt,
        ..Record::default()
    }
}
