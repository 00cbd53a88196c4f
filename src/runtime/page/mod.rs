//! The page's side of the lab: it starts the workers, hands out their ports, kills them, and
//! carries intents to the broker and snapshots back.

mod twin;

use super::role;
use crate::core::{
    ids::WorkerId,
    obstacle::Obstacle,
    refusal::{Problem, Refusal},
};
use crate::platform::{
    port::{self, End},
    worker::{self, Worker},
};
use crate::scenario::Scenario;
use crate::wire::{
    BUILD, Bad, hello,
    lane::Buffer,
    page::{Answer, Intent, Reply, Request, Snapshot, WorkerState, decode_answer, encode_request},
};
use futures_channel::oneshot;
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

/// Requests that may wait for the broker's answer.
const PENDING: usize = 10_000;

/// The running lab, as the page holds it. Clones are the same lab.
#[derive(Clone)]
pub struct Lab(Rc<Inner>);

/// What the lab tells the page without being asked.
pub enum LabEvent {
    /// The state, at most thirty times a second while something changes, else once a second.
    Snapshot(Box<Snapshot>),
    /// A worker of another build answered: the browser holds an old copy. Reloading helps.
    StaleBuild { page: String, worker: String },
    /// A worker could not start or died of an error.
    WorkerFailed(String),
}

struct Inner {
    on_event: Box<dyn Fn(LabEvent)>,
    broker: RefCell<Option<Worker>>,
    /// Messages for a broker that is not ready yet; none once it is.
    outbox: RefCell<Option<Vec<Parcel>>>,
    fleet: RefCell<BTreeMap<WorkerId, Member>>,
    scenario: RefCell<Scenario>,
    pending: RefCell<BTreeMap<u32, oneshot::Sender<Reply>>>,
    /// Those who wait until all consumers wanted are up.
    waiting: RefCell<Vec<oneshot::Sender<()>>>,
    next_request: Cell<u32>,
    next_worker: Cell<u16>,
    twin: RefCell<twin::Twin>,
}

/// A message to the broker, and the ends of links that go with it.
type Parcel = (Vec<u8>, Vec<End>);

/// A consumer as the page holds it.
struct Member {
    worker: Worker,
    /// The page terminated it.
    killed: bool,
    /// It was told to go.
    retiring: bool,
    /// The broker has heard of it.
    up: bool,
}

impl Lab {
    /// Starts the broker and the scenario's consumers.
    pub fn start(scenario: Scenario, on_event: impl Fn(LabEvent) + 'static) -> Self {
        let lab = Self(Rc::new(Inner {
            on_event: Box::new(on_event),
            broker: RefCell::new(None),
            outbox: RefCell::new(Some(Vec::new())),
            fleet: RefCell::default(),
            scenario: RefCell::new(scenario.clone()),
            pending: RefCell::default(),
            waiting: RefCell::default(),
            next_request: Cell::new(1),
            next_worker: Cell::new(1),
            twin: RefCell::default(),
        }));
        let broker = lab.spawn(worker::LAB, role::BROKER, Self::on_broker_frame);
        *lab.0.broker.borrow_mut() = broker;
        let _ = lab.post(Intent::Configure(Box::new(scenario.clone())), Vec::new());
        lab.start_consumers(scenario.workers);
        lab
    }

    /// Resolves when the broker and all consumers wanted are up.
    pub async fn ready(&self) {
        if self.is_up() {
            return;
        }
        let (sender, receiver) = oneshot::channel();
        self.0.waiting.borrow_mut().push(sender);
        let _ = receiver.await;
    }

    /// The scenario in force.
    pub fn scenario(&self) -> Scenario {
        self.0.scenario.borrow().clone()
    }

    /// Takes another scenario from now on, and starts or retires consumers to its number. The
    /// scenario is in force before the first wait, so that changes made at once add up.
    ///
    /// # Errors
    /// When a value is out of its range, or the broker is not there.
    pub async fn configure(&self, scenario: Scenario) -> Result<(), Refusal> {
        scenario.validate()?;
        let workers = scenario.workers;
        let scaled = workers != self.scenario().workers;
        *self.0.scenario.borrow_mut() = scenario.clone();
        self.request(Intent::Configure(Box::new(scenario))).await?;
        if scaled {
            // A scale in between counts, not the number of then.
            self.scale(self.scenario().workers).await?;
        }
        Ok(())
    }

    /// Empties everything, begins again with this scenario, and replaces dead consumers.
    ///
    /// # Errors
    /// When a value is out of its range, or the broker is not there.
    pub async fn reset(&self, scenario: Scenario) -> Result<(), Refusal> {
        scenario.validate()?;
        let workers = scenario.workers;
        *self.0.scenario.borrow_mut() = scenario.clone();
        self.0.fleet.borrow_mut().retain(|_, member| !member.killed);
        self.request(Intent::Reset(Box::new(scenario))).await?;
        self.scale(workers).await
    }

    /// Has the broker do something and waits for its answer.
    ///
    /// # Errors
    /// The broker's refusal, or `unavailable` when it is not there.
    pub async fn request(&self, intent: Intent) -> Result<Reply, Refusal> {
        let answer = self.post(intent, Vec::new())?;
        match answer.await {
            Ok(Reply::Refused(refusal)) => Err(refusal),
            Ok(reply) => Ok(reply),
            Err(_) => Err(unavailable(Obstacle::BrokerGone)),
        }
    }

    /// Starts consumers until `workers` are alive, or retires the youngest; resolves when those
    /// started are up.
    ///
    /// # Errors
    /// When `workers` is not 1 … 32.
    pub async fn scale(&self, workers: u16) -> Result<(), Refusal> {
        Scenario { workers, ..self.scenario() }.validate()?;
        self.0.scenario.borrow_mut().workers = workers;
        let alive = self.alive();
        for worker in alive.iter().skip(usize::from(workers)) {
            if let Some(member) = self.0.fleet.borrow_mut().get_mut(worker) {
                member.retiring = true;
            }
            self.request(Intent::Retire(*worker)).await?;
        }
        self.start_consumers(workers.saturating_sub(alive.len() as u16));
        self.ready().await;
        Ok(())
    }

    /// Terminates a consumer's thread. Nobody tells the broker.
    ///
    /// # Errors
    /// `not_found` when there never was such a consumer or it has gone, `conflict` when it was
    /// killed before.
    pub fn kill(&self, worker: WorkerId) -> Result<(), Refusal> {
        let mut fleet = self.0.fleet.borrow_mut();
        let member = fleet
            .get_mut(&worker)
            .ok_or_else(|| Refusal::new("id", Problem::Unknown(worker.to_string())))?;
        if member.killed {
            let dead = Obstacle::DeadAlready(worker);
            return Err(Refusal::new("id", Problem::Stands(dead)));
        }
        member.worker.terminate();
        member.killed = true;
        Ok(())
    }

    /// Whether the page terminated this consumer (the broker may not have noticed yet).
    pub fn is_killed(&self, worker: WorkerId) -> bool {
        self.0.fleet.borrow().get(&worker).is_some_and(|member| member.killed)
    }

    /// The consumers that are neither killed nor on their way out, oldest first.
    fn alive(&self) -> Vec<WorkerId> {
        let fleet = self.0.fleet.borrow();
        let alive = fleet.iter().filter(|(_, member)| !member.killed && !member.retiring);
        alive.map(|(worker, _)| *worker).collect()
    }

    fn is_up(&self) -> bool {
        let fleet = self.0.fleet.borrow();
        self.0.outbox.borrow().is_none() && fleet.values().all(|m| m.up || m.killed || m.retiring)
    }

    fn start_consumers(&self, count: u16) {
        for _ in 0..count {
            let id = WorkerId(self.0.next_worker.get());
            self.0.next_worker.set(id.0 + 1);
            let on_frame = move |lab: &Self, _: &Buffer| lab.on_consumer_ready(id);
            let Some(worker) = self.spawn(worker::LAB, role::CONSUMER, on_frame) else { return };
            let member = Member { worker, killed: false, retiring: false, up: false };
            self.0.fleet.borrow_mut().insert(id, member);
        }
    }

    /// Starts a thread; `on_frame` gets what it sends, its hello first.
    fn spawn(
        &self,
        script: &str,
        role: &str,
        on_frame: impl Fn(&Self, &Buffer) + 'static,
    ) -> Option<Worker> {
        let (heard, failed) = (self.clone(), self.clone());
        let greeted = Cell::new(false);
        let started = Worker::start(
            script,
            role,
            BUILD,
            move |frame| {
                if greeted.get() || heard.greet(&frame) {
                    greeted.set(true);
                    on_frame(&heard, &frame);
                }
            },
            move |text| failed.tell(LabEvent::WorkerFailed(text)),
        );
        started.map_err(|text| self.tell(LabEvent::WorkerFailed(text))).ok()
    }

    /// Checks a worker's hello: whether it is of this build.
    fn greet(&self, frame: &Buffer) -> bool {
        let worker = match hello::decode(frame.bytes()) {
            Ok(BUILD) => return true,
            Ok(other) => other.to_owned(),
            Err(Bad::Version) => "another protocol".to_owned(),
            Err(bad) => bad.to_string(),
        };
        self.tell(LabEvent::StaleBuild { page: BUILD.to_owned(), worker });
        false
    }

    fn on_broker_frame(&self, frame: &Buffer) {
        if let Some(outbox) = self.0.outbox.take() {
            // Its hello: now it understands what is sent to it.
            for (bytes, ports) in outbox {
                self.send(bytes, ports);
            }
            return;
        }
        match decode_answer(frame.bytes()) {
            Ok(Answer { id: 0, reply: Reply::Snapshot(snapshot) }) => self.on_snapshot(snapshot),
            Ok(Answer { id, reply }) => {
                let pending = self.0.pending.borrow_mut().remove(&id);
                // Whoever asked may have stopped waiting.
                let _ = pending.map(|sender| sender.send(reply));
            }
            Err(bad) => self.tell(LabEvent::WorkerFailed(bad.to_string())),
        }
    }

    fn on_consumer_ready(&self, id: WorkerId) {
        let (consumers_end, brokers_end) = port::link();
        if let Some(member) = self.0.fleet.borrow().get(&id) {
            member.worker.send(&[], &[consumers_end]);
        }
        let _ = self.post(Intent::Attach(id), vec![brokers_end]);
    }

    fn on_snapshot(&self, snapshot: Box<Snapshot>) {
        let mut fleet = self.0.fleet.borrow_mut();
        fleet.retain(|id, member| {
            let seen = snapshot.workers.iter().find(|worker| worker.id == *id);
            member.up |= seen.is_some_and(|worker| worker.state != WorkerState::Starting);
            // One that was there and is gone now has said goodbye.
            seen.is_some() || !member.up || !member.retiring
        });
        drop(fleet);
        if self.is_up() {
            for waiting in self.0.waiting.take() {
                let _ = waiting.send(());
            }
        }
        self.tell(LabEvent::Snapshot(snapshot));
    }

    fn tell(&self, event: LabEvent) {
        (self.0.on_event)(event);
    }

    /// Sends an intent; the answer comes later.
    fn post(&self, intent: Intent, ports: Vec<End>) -> Result<oneshot::Receiver<Reply>, Refusal> {
        if self.0.broker.borrow().is_none() {
            return Err(unavailable(Obstacle::BrokerNotStarted));
        }
        let mut pending = self.0.pending.borrow_mut();
        if pending.len() == PENDING {
            return Err(Refusal::new("lab", Problem::Stands(Obstacle::ManyRequests)));
        }
        let id = self.0.next_request.get();
        self.0.next_request.set(id.wrapping_add(1).max(1));
        let (sender, receiver) = oneshot::channel();
        pending.insert(id, sender);
        drop(pending);
        self.send(encode_request(&Request { id, intent }), ports);
        Ok(receiver)
    }

    fn send(&self, bytes: Vec<u8>, ports: Vec<End>) {
        if let Some(outbox) = self.0.outbox.borrow_mut().as_mut() {
            outbox.push((bytes, ports));
        } else if let Some(broker) = self.0.broker.borrow().as_ref() {
            broker.send(&bytes, &ports);
        }
    }
}

fn unavailable(why: Obstacle) -> Refusal {
    Refusal::new("lab", Problem::Stands(why))
}
