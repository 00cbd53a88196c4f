//! The broker's thread: one loop that every message and timer goes through.

use crate::core::{
    broker::Output,
    ids::WorkerId,
    time::{Span, Timestamp},
};
use crate::host::{Effect, recorded::Recorded};
use crate::platform::{
    clock,
    port::{End, Port},
    timer::Alarm,
    worker::{self, complain},
};
use crate::scenario::Scenario;
use crate::wire::{
    BUILD, hello,
    lane::{Buffer, encode_output},
    page::{Answer, Intent, Reply, Request, decode_request, encode_answer},
};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

/// A snapshot is sent no more often than this while something changes…
const SNAPSHOT: Span = Span::from_millis(33);

/// …and this often when nothing does.
const SNAPSHOT_AT_REST: Span = Span::from_millis(1_000);

/// How long orders of a burst are taken before messages that wait are read.
const SLICE: Span = Span::from_millis(4);

struct Thread {
    host: Recorded,
    links: BTreeMap<WorkerId, Port>,
    alarm: Option<Alarm>,
    snapshot_at: Timestamp,
}

type Shared = Rc<RefCell<Thread>>;

/// Runs the broker in this thread, for as long as the thread lives.
pub fn run() {
    let thread = Rc::new(RefCell::new(Thread {
        host: Recorded::new(clock::now(), Scenario::default()),
        links: BTreeMap::new(),
        alarm: None,
        snapshot_at: clock::now(),
    }));
    let alarm = {
        let thread = thread.clone();
        Alarm::new(move || thread.borrow_mut().wake())
    };
    thread.borrow_mut().alarm = Some(alarm);
    let shared = thread.clone();
    worker::listen(move |frame, ports| match decode_request(frame.bytes()) {
        Ok(request) => on_request(&shared, request, ports),
        Err(bad) => complain(&format!("a frame of the page was refused: {bad}")),
    });
    worker::send(&hello::encode(BUILD));
    thread.borrow_mut().go_on();
}

fn on_request(shared: &Shared, request: Request, ports: Vec<End>) {
    if let Intent::Attach(worker) = request.intent
        && let Some(port) = ports.into_iter().next()
    {
        let mut link = Port::new(port);
        let thread = shared.clone();
        link.listen(move |frame| thread.borrow_mut().on_frame(worker, frame));
        shared.borrow_mut().links.insert(worker, link);
    }
    let mut thread = shared.borrow_mut();
    let now = clock::now();
    thread.host.intent(now, clock::now, request.id, request.intent);
    thread.snapshot_at = thread.snapshot_at.min(now + SNAPSHOT);
    thread.go_on();
}

impl Thread {
    fn on_frame(&mut self, worker: WorkerId, frame: &Buffer) {
        if let Err(bad) = self.host.frame(clock::now(), worker, frame) {
            complain(&format!("a frame of {worker} was refused: {bad}"));
        }
        self.go_on();
    }

    /// A timer rang: do what is due.
    fn wake(&mut self) {
        let until = clock::now() + SLICE;
        loop {
            let now = clock::now();
            self.host.tick(now);
            self.flush();
            if !self.host.is_pressed(now) || now >= until {
                break;
            }
        }
        self.go_on();
    }

    /// Sends what is to be sent, and makes sure to be called again.
    fn go_on(&mut self) {
        self.flush();
        let now = clock::now();
        if now >= self.snapshot_at {
            self.show(now);
        }
        let Some(alarm) = &self.alarm else { return };
        if self.host.is_pressed(now) {
            alarm.ring();
            return;
        }
        let wake_at = self.host.wake_at().map_or(self.snapshot_at, |at| at.min(self.snapshot_at));
        alarm.set(now, Some(wake_at));
    }

    /// Sends a snapshot, and plans the next.
    fn show(&mut self, now: Timestamp) {
        let snapshot = self.host.snapshot(now);
        let at_rest = snapshot.counts.unfinished() == 0 && snapshot.burst.is_none();
        self.snapshot_at = now + if at_rest { SNAPSHOT_AT_REST } else { SNAPSHOT };
        let answer = Answer { id: 0, reply: Reply::Snapshot(Box::new(snapshot)) };
        worker::send(&encode_answer(&answer));
    }

    fn flush(&mut self) {
        while let Some(effect) = self.host.poll_output() {
            match effect {
                Effect::Page(answer) => worker::send(&encode_answer(&answer)),
                Effect::Consumer(Output::Gone { worker }) => {
                    self.links.remove(&worker);
                }
                Effect::Consumer(output) => {
                    let host = self.host.host();
                    let bytes = encode_output(&output, host.broker().now(), host.model());
                    if let (Some(bytes), Some(link)) = (bytes, self.links.get(&output.worker())) {
                        link.send(&bytes);
                    }
                }
            }
        }
    }
}
