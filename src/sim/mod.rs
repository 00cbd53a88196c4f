//! The lab under a virtual clock: the same host and the same consumers, with links that obey a
//! seed instead of a browser.
//!
//! A [`World`] jumps from event to event. Frames travel encoded, as they do between threads.
//! With [`Faults`] they are lost, doubled and delayed, and consumers die, freeze and slow down;
//! without, the world is the deterministic twin of a live run, see [`twin`]. The same seed gives
//! the same [`World::hash`] on every machine.

mod faults;
pub mod jitter;
pub mod twin;

pub use faults::Faults;

use crate::core::{
    broker::Output,
    ids::WorkerId,
    rng::{Rng, mix},
    time::{Span, Timestamp},
};
use crate::host::{Effect, Host, recorded::Recorded};
use crate::scenario::Scenario;
use crate::shop::consumer::Consumer;
use crate::wire::{
    lane::{Buffer, decode_input, encode_begin_anew, encode_output, encode_report},
    page::{Intent, Reply, Snapshot},
};
use std::collections::BTreeMap;

/// How long a frame travels without faults.
const TRAVEL: Span = Span::from_micros(50);

/// Something that happens at a time.
#[derive(Clone, Debug)]
enum Event {
    /// The host's timer, or orders of a burst that are due.
    Host,
    /// A consumer's timer.
    Wake(WorkerId),
    ToConsumer(WorkerId, Vec<u8>),
    ToBroker(WorkerId, Vec<u8>),
}

/// A consumer and its half of the link.
#[derive(Clone, Debug)]
struct Node {
    consumer: Consumer,
    /// It does nothing until then: a frozen thread.
    frozen_until: Timestamp,
    /// Frames arrive one after the other, in either direction.
    to_consumer_at: Timestamp,
    to_broker_at: Timestamp,
    wake_at: Option<Timestamp>,
}

/// A lab under a virtual clock.
#[derive(Clone, Debug)]
pub struct World {
    host: Recorded,
    now: Timestamp,
    /// What is to happen, by time and then in the order it was planned.
    agenda: BTreeMap<(Timestamp, u64), Event>,
    planned: u64,
    nodes: BTreeMap<WorkerId, Node>,
    next_worker: u16,
    host_at: Option<Timestamp>,
    faults: Faults,
    /// How far the broker's clock is behind everybody else's.
    lag: Span,
    rng: Rng,
    hash: u64,
    events: u64,
    replies: BTreeMap<u32, Reply>,
    next_request: u32,
}

impl World {
    /// A lab with the scenario's consumers, at time zero.
    pub fn new(scenario: Scenario, seed: u64, faults: Faults) -> Self {
        let workers = scenario.workers;
        let mut world = Self {
            host: Recorded::new(Timestamp::ZERO, scenario),
            now: Timestamp::ZERO,
            agenda: BTreeMap::new(),
            planned: 0,
            nodes: BTreeMap::new(),
            next_worker: 1,
            host_at: None,
            faults,
            lag: Span::ZERO,
            rng: Rng::new(seed),
            hash: seed,
            events: 0,
            replies: BTreeMap::new(),
            next_request: 1,
        };
        for _ in 0..workers {
            world.start_consumer();
        }
        world
    }

    /// The broker's side.
    pub const fn host(&self) -> &Host {
        self.host.host()
    }

    /// The broker's side with its tape.
    pub const fn recorded(&self) -> &Recorded {
        &self.host
    }

    /// Events so far: frames that arrived, and timers.
    pub const fn events(&self) -> u64 {
        self.events
    }

    /// The time.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// A fingerprint of every frame so far, with its time and direction.
    pub const fn hash(&self) -> u64 {
        self.hash
    }

    /// The state now.
    pub fn snapshot(&mut self) -> Snapshot {
        self.host.snapshot(self.now)
    }

    /// Other faults from now on.
    pub const fn set_faults(&mut self, faults: Faults) {
        self.faults = faults;
    }

    /// Starts a consumer.
    pub fn start_consumer(&mut self) -> WorkerId {
        let id = WorkerId(self.next_worker);
        self.next_worker += 1;
        let node = Node {
            consumer: Consumer::new(),
            frozen_until: self.now,
            to_consumer_at: self.now,
            to_broker_at: self.now,
            wake_at: None,
        };
        self.nodes.insert(id, node);
        self.request(Intent::Attach(id));
        self.run_consumer(id);
        id
    }

    /// The consumers that run.
    pub fn consumers(&self) -> Vec<WorkerId> {
        self.nodes.keys().copied().collect()
    }

    /// Terminates a consumer in the middle of what it does. What it has sent still arrives.
    pub fn kill(&mut self, worker: WorkerId) {
        self.nodes.remove(&worker);
    }

    /// A consumer's thread does nothing for a while, not even read its frames.
    pub fn freeze(&mut self, worker: WorkerId, span: Span) {
        if let Some(node) = self.nodes.get_mut(&worker) {
            node.frozen_until = self.now + span;
        }
        self.plan(self.now + span, Event::Wake(worker));
    }

    /// Everybody is suspended for a while, as when a lid is closed: what was due meanwhile
    /// happens late.
    pub fn suspend(&mut self, span: Span) {
        self.now = self.now + span;
    }

    /// Sets the broker's clock back, against everybody else's; zero sets it right.
    pub fn set_back(&mut self, lag: Span) {
        self.lag = lag;
        self.flush_host();
    }

    /// The time by the broker's clock.
    fn host_now(&self) -> Timestamp {
        Timestamp::from_micros(self.now.since(Timestamp::ZERO + self.lag).as_micros())
    }

    /// Has the host do something; the answer, when there is one, is found by the number.
    pub fn request(&mut self, intent: Intent) -> u32 {
        let id = self.next_request;
        self.next_request += 1;
        let now = self.host_now();
        self.host.intent(now, || now, id, intent);
        self.flush_host();
        id
    }

    /// The answer to a request, once.
    pub fn take_reply(&mut self, request: u32) -> Option<Reply> {
        self.replies.remove(&request)
    }

    /// Goes on to the next event and lets it happen; whether there was one before `until`.
    pub fn step(&mut self, until: Timestamp) -> bool {
        let Some(entry) = self.agenda.first_entry().filter(|entry| entry.key().0 <= until) else {
            self.now = self.now.max(until);
            return false;
        };
        let ((at, _), event) = entry.remove_entry();
        self.now = self.now.max(at);
        self.events += 1;
        match event {
            Event::Host => {
                self.host_at = None;
                self.host.tick(self.host_now());
                self.flush_host();
            }
            Event::Wake(worker) => {
                if let Some(node) = self.nodes.get_mut(&worker) {
                    node.wake_at = None;
                    self.run_consumer(worker);
                }
            }
            Event::ToConsumer(worker, bytes) => self.arrive_at_consumer(worker, bytes),
            Event::ToBroker(worker, bytes) => {
                self.note(1, worker, &bytes);
                let buffer = Buffer::from(&bytes[..]);
                let taken = self.host.frame(self.host_now(), worker, &buffer);
                taken.unwrap_or_else(|bad| panic!("our own frame was refused: {bad}"));
                self.flush_host();
            }
        }
        true
    }

    /// Runs until nothing is waiting, in flight or arriving, or until `limit`; whether it came
    /// to rest.
    pub fn run_to_rest(&mut self, limit: Timestamp) -> bool {
        loop {
            let at_rest = self.host().is_at_rest();
            if at_rest || !self.step(limit) {
                return at_rest;
            }
        }
    }

    fn plan(&mut self, at: Timestamp, event: Event) {
        self.planned += 1;
        self.agenda.insert((at, self.planned), event);
    }

    fn arrive_at_consumer(&mut self, worker: WorkerId, bytes: Vec<u8>) {
        let Some(node) = self.nodes.get_mut(&worker) else { return };
        if node.frozen_until > self.now {
            let thaw = node.frozen_until;
            self.plan(thaw, Event::ToConsumer(worker, bytes));
            return;
        }
        let buffer = Buffer::from(&bytes[..]);
        match decode_input(&buffer) {
            Ok((sent, header, input)) => node.consumer.handle(self.now, sent, header, input),
            Err(bad) => panic!("our own frame was refused: {bad}"),
        }
        self.note(2, worker, &bytes);
        self.run_consumer(worker);
    }

    /// Lets a consumer work, and sends what it says.
    fn run_consumer(&mut self, worker: WorkerId) {
        let now = self.now;
        let Some(node) = self.nodes.get_mut(&worker) else { return };
        if node.frozen_until > now {
            return;
        }
        let consumer = &mut node.consumer;
        let mut frames = Vec::new();
        loop {
            consumer.work(now, 64);
            if consumer.take_question(now) {
                frames.push(encode_begin_anew(now));
            }
            let idle = consumer.wake_at().is_none_or(|at| at > now);
            if idle || consumer.is_report_due(now) {
                if let Some(outgoing) = consumer.take_report(now) {
                    frames.push(encode_report(&outgoing, now));
                }
                if idle {
                    break;
                }
            }
        }
        let wake_at = consumer.wake_at();
        for bytes in frames {
            self.send(worker, bytes, true);
        }
        let Some(node) = self.nodes.get_mut(&worker) else { return };
        if let Some(at) = wake_at
            && node.wake_at.is_none_or(|planned| planned > at)
        {
            node.wake_at = Some(at);
            self.plan(at, Event::Wake(worker));
        }
    }

    fn flush_host(&mut self) {
        while let Some(effect) = self.host.poll_output() {
            match effect {
                Effect::Page(answer) => {
                    self.replies.insert(answer.id, answer.reply);
                }
                Effect::Consumer(Output::Gone { worker }) => {
                    self.nodes.remove(&worker);
                }
                Effect::Consumer(output) => {
                    let now = self.host().broker().now();
                    if let Some(bytes) = encode_output(&output, now, self.host().model()) {
                        self.send(output.worker(), bytes, false);
                    }
                }
            }
        }
        let wake_at = self.host.wake_at().map(|at| (at + self.lag).max(self.now));
        if let Some(at) = wake_at
            && self.host_at.is_none_or(|planned| planned > at)
        {
            self.host_at = Some(at);
            self.plan(at, Event::Host);
        }
    }

    /// Puts a frame on its way, with whatever the faults make of it.
    fn send(&mut self, worker: WorkerId, bytes: Vec<u8>, to_broker: bool) {
        let fate = self.faults.fate(&mut self.rng);
        let Some(node) = self.nodes.get_mut(&worker) else { return };
        let line = if to_broker { &mut node.to_broker_at } else { &mut node.to_consumer_at };
        let mut at = self.now + TRAVEL + fate.delay;
        if fate.in_order {
            at = at.max(*line);
            *line = at;
        }
        let event = |bytes| {
            if to_broker {
                Event::ToBroker(worker, bytes)
            } else {
                Event::ToConsumer(worker, bytes)
            }
        };
        for _ in 0..fate.copies {
            self.plan(at, event(bytes.clone()));
        }
    }

    fn note(&mut self, direction: u64, worker: WorkerId, bytes: &[u8]) {
        let mut hash = mix(self.hash ^ self.now.as_micros());
        hash = mix(hash ^ direction << 32 ^ u64::from(worker.0));
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            hash = mix(hash ^ u64::from_le_bytes(*word));
        }
        self.hash = rest.iter().fold(hash, |hash, byte| mix(hash ^ u64::from(*byte)));
    }
}
