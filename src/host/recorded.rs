//! The host with a tape running: whatever it is told is kept, and can be lived again.
//!
//! [`Recorded`] has the host's contract. [`Replay`] feeds a tape to a copy of the host as it was
//! when the tape began, entry by entry; it can be stopped, looked into and copied anywhere. The
//! pulse, a rolling hash of the books after every entry, tells whether both lived the same life.

use super::{
    Effect, Host,
    tape::{Place, Tape, Told},
};
use crate::core::{
    broker::Input,
    ids::WorkerId,
    obstacle::Obstacle,
    refusal::{Problem, Refusal},
    rng::mix,
    time::{Span, Timestamp},
};
use crate::scenario::Scenario;
use crate::wire::{
    Bad,
    lane::{Buffer, FromConsumer, decode_report},
    page::{Intent, Recording, ReplayReport, Reply, Request, decode_request, encode_request},
};
use std::cell::Cell;

/// Entries lived again in one go, so that the living wait only so long.
const SLICE: usize = 4;

/// The host and its tape. See the module's text.
#[derive(Clone, Debug)]
pub struct Recorded {
    host: Host,
    /// The host as it was when the tape began.
    origin: Box<Host>,
    tape: Tape,
    /// Over all entries of the tape.
    pulse: u64,
    checking: Option<Box<Checking>>,
}

/// A replay that somebody asked for, and what it is compared with.
#[derive(Clone, Debug)]
struct Checking {
    replay: Replay,
    request: u32,
    began_at: Timestamp,
    /// Where it ends, and what it must find there. Without a state if life went on off the tape.
    entries: u64,
    pulse: u64,
    state: Option<u64>,
}

impl Recorded {
    /// A lab at rest, from now on, with an empty tape.
    pub fn new(now: Timestamp, scenario: Scenario) -> Self {
        let host = Host::new(now, scenario);
        let origin = Box::new(host.clone());
        Self { host, origin, tape: Tape::default(), pulse: 0, checking: None }
    }

    /// The host, to look into.
    pub const fn host(&self) -> &Host {
        &self.host
    }

    /// The tape so far.
    pub const fn tape(&self) -> &Tape {
        &self.tape
    }

    /// The hash of the books after every entry of the tape.
    pub const fn pulse(&self) -> u64 {
        self.pulse
    }

    /// A second life from the tape's beginning.
    pub fn replay(&self) -> Replay {
        Replay::new(&self.origin)
    }

    /// Takes a consumer's frame.
    ///
    /// # Errors
    /// When it is none; then nothing was changed.
    pub fn frame(&mut self, now: Timestamp, worker: WorkerId, frame: &Buffer) -> Result<(), Bad> {
        take_frame(&mut self.host, now, worker, frame)?;
        let noted = self.tape.frame(now, worker, frame);
        self.noted(noted);
        Ok(())
    }

    /// Does what is due, see [`Host::tick`], and lives a little of what is to be lived again.
    pub fn tick(&mut self, now: Timestamp) {
        self.host.tick(now);
        let noted = self.tape.tick(now);
        self.noted(noted);
        self.check(now);
    }

    /// Does what the page wants, see [`Host::intent`].
    pub fn intent(
        &mut self,
        began_at: Timestamp,
        clock: impl Fn() -> Timestamp,
        request: u32,
        intent: Intent,
    ) {
        match intent {
            Intent::Replay => self.begin_check(began_at, request),
            Intent::Order(_)
            | Intent::Trace(_)
            | Intent::DeadLetters(_)
            | Intent::Snapshot
            | Intent::Idle { .. } => self.host.intent(began_at, clock, request, intent),
            told => self.told(began_at, clock, Request { id: request, intent: told }),
        }
    }

    fn told(&mut self, now: Timestamp, clock: impl Fn() -> Timestamp, request: Request) {
        let anew = matches!(request.intent, Intent::Reset(_));
        let runs = self.host.run;
        let bytes = encode_request(&request);
        let took = Cell::new(Span::ZERO);
        let clock = || {
            let read = clock();
            took.set(read.since(now));
            read
        };
        self.host.intent(now, clock, request.id, request.intent);
        if anew && self.host.run != runs {
            // What was before is over: another tape.
            self.abandon_check();
            *self.origin = self.host.clone();
            (self.tape, self.pulse) = (Tape::default(), 0);
            self.host.recording = Recording::default();
            return;
        }
        let noted = self.tape.request(now, took.get(), &bytes);
        self.noted(noted);
    }

    /// Counts an entry that found room on the tape.
    fn noted(&mut self, noted: bool) {
        if noted {
            self.pulse = mix(self.pulse ^ self.host.broker.pulse());
        }
        self.host.recording = Recording {
            entries: self.tape.entries(),
            bytes: self.tape.bytes() as u64,
            full: self.tape.is_full(),
        };
    }

    fn begin_check(&mut self, now: Timestamp, request: u32) {
        if self.checking.is_some() {
            let problem = Problem::Stands(Obstacle::ReplayRunning);
            return self.host.answer(request, Reply::Refused(Refusal::new("replay", problem)));
        }
        let state = (!self.tape.is_full()).then(|| self.host.broker.digest());
        self.checking = Some(Box::new(Checking {
            replay: self.replay(),
            request,
            began_at: now,
            entries: self.tape.entries(),
            pulse: self.pulse,
            state,
        }));
    }

    /// Goes on with the replay that somebody waits for.
    fn check(&mut self, now: Timestamp) {
        let Some(checking) = &mut self.checking else { return };
        for _ in 0..SLICE {
            if checking.replay.place.entry == checking.entries {
                break;
            }
            checking.replay.step(&self.tape);
        }
        if checking.replay.place.entry < checking.entries {
            return;
        }
        let again = checking.replay.host();
        let report = ReplayReport {
            entries: checking.entries,
            full: checking.state.is_none(),
            pulse: checking.pulse,
            replayed_pulse: checking.replay.pulse(),
            state: checking.state,
            replayed_state: again.broker.digest(),
            outcomes: again.broker.outcomes(),
            virtual_ms: again.broker.now().since(again.began_at).as_millis_f64(),
            wall_ms: now.since(checking.began_at).as_millis_f64(),
        };
        let request = checking.request;
        self.checking = None;
        self.host.answer(request, Reply::Replayed(report));
    }

    fn abandon_check(&mut self) {
        if let Some(checking) = self.checking.take() {
            let problem = Problem::Stands(Obstacle::BegunAnew);
            let refusal = Refusal::new("replay", problem);
            self.host.answer(checking.request, Reply::Refused(refusal));
        }
    }

    /// See [`Host::poll_output`].
    pub fn poll_output(&mut self) -> Option<Effect> {
        self.host.poll_output()
    }

    /// See [`Host::wake_at`].
    pub fn wake_at(&self) -> Option<Timestamp> {
        if self.checking.is_some() {
            return Some(self.host.broker.now());
        }
        self.host.wake_at()
    }

    /// Whether something is to be done now: orders of a burst, or a replay that goes on.
    pub fn is_pressed(&self, now: Timestamp) -> bool {
        self.checking.is_some() || self.host.is_pressed(now)
    }

    /// See [`Host::snapshot`].
    pub fn snapshot(&mut self, now: Timestamp) -> crate::wire::page::Snapshot {
        self.host.snapshot(now)
    }
}

/// A second life.
#[derive(Clone, Debug)]
pub struct Replay {
    host: Host,
    place: Place,
    pulse: u64,
}

impl Replay {
    fn new(origin: &Host) -> Self {
        Self { host: origin.clone(), place: Place::default(), pulse: 0 }
    }

    /// The host as it is at this place.
    pub const fn host(&self) -> &Host {
        &self.host
    }

    /// Where it has got to.
    pub const fn place(&self) -> Place {
        self.place
    }

    /// The hash of the books after every entry so far.
    pub const fn pulse(&self) -> u64 {
        self.pulse
    }

    /// Lives the next entry; whether there was one.
    ///
    /// # Panics
    /// When the tape is of another build: it was checked before it was recorded.
    pub fn step(&mut self, tape: &Tape) -> bool {
        let Some((now, told, next)) = tape.read(self.place) else { return false };
        let host = &mut self.host;
        match told {
            Told::Tick => host.tick(now),
            Told::Frame(worker, frame) => {
                take_frame(host, now, worker, &frame).expect("it was good when it was recorded");
            }
            Told::Request(bytes, took) => {
                let request = decode_request(&bytes).expect("it was good when it was recorded");
                host.intent(now, || now + took, request.id, request.intent);
            }
        }
        // Nobody is there to be told.
        while host.poll_output().is_some() {}
        self.place = next;
        self.pulse = mix(self.pulse ^ host.broker.pulse());
        true
    }
}

fn take_frame(
    host: &mut Host,
    now: Timestamp,
    worker: WorkerId,
    frame: &Buffer,
) -> Result<(), Bad> {
    match decode_report(worker, frame)? {
        FromConsumer::Report(report) => host.input(now, Input::Report(report)),
        FromConsumer::BeginAnew => host.input(now, Input::Hello(worker)),
    }
    Ok(())
}
