//! The broker's side of the lab, whole but for the browser: intents in, replies out.
//!
//! [`Host`] puts the broker, the shop and the bursts together and answers the page. It is as
//! pure as they are: the runtime moves its frames and reads the clock, the simulation and the
//! twin do the same with a clock of their own.
//!
//! [`recorded`] keeps a tape of it, for replays.
//!
//! The contract: call [`Host::intent`], [`Host::input`] and [`Host::tick`] with the time, then
//! drain [`Host::poll_output`]. Call [`Host::tick`] again at [`Host::wake_at`].

mod desk;
mod lanes;
mod model;
mod orders;
pub mod recorded;
pub mod tape;
mod views;

use self::model::{broker_config, work_model};
use crate::core::{
    broker::{Broker, Input, Output},
    keys::Family,
    obstacle::Obstacle,
    refusal::{Problem, Refusal},
    time::{Span, Timestamp},
};
use crate::load::arrivals::{Arrivals, Deal};
use crate::scenario::{self, Burst, Naming, Scenario};
use crate::shop::work::WorkModel;
use crate::wire::page::{Answer, BurstReport, Intent, Recording, Reply};
use std::collections::{BTreeMap, VecDeque};

/// Orders of a burst that are taken in one go, so that submissions in between wait only so long.
const SLICE: u32 = 4_096;

/// Requests that may wait for the lab to come to rest.
const WAITING: usize = 1_000;

/// Something for the runtime to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Send to a consumer.
    Consumer(Output),
    /// Send to the page.
    Page(Answer),
}

/// A burst, and who is told when it is over.
#[derive(Clone, Debug)]
struct Running {
    arrivals: Arrivals,
    /// What each order costs, if not what its products do.
    amount_cents: Option<u32>,
    request: u32,
    report: BurstReport,
}

/// The broker's side of the lab.
#[derive(Clone, Debug)]
pub struct Host {
    scenario: Scenario,
    model: WorkModel,
    broker: Broker,
    burst: Option<Running>,
    /// Who is told when the redrive is over.
    redrive_request: Option<u32>,
    /// Requests for a snapshot once everything is at rest, by when they give up, with how many
    /// milliseconds they wait in all.
    waiting_for_rest: BTreeMap<(Timestamp, u32), u32>,
    answers: VecDeque<Answer>,
    /// How often everything began again, and when it did so last.
    run: u32,
    began_at: Timestamp,
    views: views::Cache,
    /// What a recorder, if there is one, has on its tape.
    recording: Recording,
}

impl Host {
    /// A lab at rest, from now on.
    pub fn new(now: Timestamp, scenario: Scenario) -> Self {
        Self {
            model: work_model(&scenario, now),
            broker: Broker::new(broker_config(&scenario)),
            scenario,
            burst: None,
            redrive_request: None,
            waiting_for_rest: BTreeMap::new(),
            answers: VecDeque::new(),
            run: 0,
            began_at: now,
            views: views::Cache::default(),
            recording: Recording::default(),
        }
    }

    /// How consumers are to work.
    pub const fn model(&self) -> &WorkModel {
        &self.model
    }

    /// The broker, to look into.
    pub const fn broker(&self) -> &Broker {
        &self.broker
    }

    /// Takes what a consumer, or its link, says.
    pub fn input(&mut self, now: Timestamp, input: Input<'_>) {
        self.broker.handle(now, input);
        self.settle_rest();
    }

    /// Does what is due: orders of a burst, leases, timers.
    pub fn tick(&mut self, now: Timestamp) {
        self.arrive(now, SLICE);
        self.broker.handle(now, Input::Tick);
        self.settle_rest();
    }

    /// The next thing for the runtime to do, if any.
    pub fn poll_output(&mut self) -> Option<Effect> {
        self.broker
            .poll_output()
            .map(Effect::Consumer)
            .or_else(|| self.answers.pop_front().map(Effect::Page))
    }

    /// When [`Self::tick`] is due.
    pub fn wake_at(&self) -> Option<Timestamp> {
        let burst = self.burst.as_ref().and_then(|running| running.arrivals.next_at());
        let timer = self.broker.poll_timeout().map(|(at, _)| at);
        let rest = self.waiting_for_rest.first_key_value().map(|((until, _), _)| *until);
        [burst, timer, rest].into_iter().flatten().min()
    }

    /// Whether nothing waits, is in flight or is still to come.
    pub const fn is_at_rest(&self) -> bool {
        self.broker.counts().unfinished() == 0
            && self.burst.is_none()
            && self.redrive_request.is_none()
    }

    /// Whether orders of a burst are due now.
    pub fn is_pressed(&self, now: Timestamp) -> bool {
        self.burst.as_ref().is_some_and(|running| running.arrivals.due(now) > 0)
    }

    /// Does what the page wants. `began_at` is when the intent arrived: from then on the time to
    /// accept an order counts; `clock` reads the time again.
    pub fn intent(
        &mut self,
        began_at: Timestamp,
        clock: impl Fn() -> Timestamp,
        request: u32,
        intent: Intent,
    ) {
        let now = began_at;
        let reply = match intent {
            Intent::Configure(scenario) => self.configure(now, *scenario),
            Intent::Reset(scenario) => self.reset(now, *scenario),
            Intent::Attach(worker) => self.command(now, Input::Attach(worker)),
            Intent::Retire(worker) => self.command_worker(now, worker, Input::Retire(worker)),
            Intent::Pause(worker) => self.command_worker(now, worker, Input::Pause(worker)),
            Intent::Resume(worker) => self.command_worker(now, worker, Input::Resume(worker)),
            Intent::Slow { worker, factor } => {
                self.command_worker(now, worker, Input::Slow(worker, factor))
            }
            Intent::Unpark => self.command(now, Input::Unpark),
            Intent::Submit(order) => {
                let reply = self.submit(now, &order);
                let took = clock().since(began_at);
                self.broker.note_accept(took);
                self.broker.handle(now, Input::Tick);
                orders::reply(reply, took)
            }
            Intent::Burst(burst) => match self.begin_burst(now, request, &burst) {
                Ok(()) => return,
                Err(refusal) => Reply::Refused(refusal),
            },
            Intent::StopBurst => {
                self.end_burst(now);
                Reply::Done
            }
            Intent::Order(id) => self.order_view(id),
            Intent::Trace(query) => self.trace(&query),
            Intent::DeadLetters(query) => self.dead_letters(&query),
            Intent::Redrive { which, rate_per_second } => {
                match self.begin_redrive(now, request, which, rate_per_second) {
                    Some(reply) => reply,
                    None => return,
                }
            }
            Intent::StopRedrive => {
                self.settle_redrive(true);
                Reply::Done
            }
            Intent::EditDead { order, lines } => self.edit_dead(order, &lines),
            Intent::Replay => {
                let problem = Problem::Stands(Obstacle::NothingRecorded);
                Reply::Refused(Refusal::new("replay", problem))
            }
            Intent::Snapshot => Reply::Snapshot(Box::new(self.snapshot(now))),
            Intent::Idle { timeout_ms } => {
                if self.waiting_for_rest.len() == WAITING {
                    let problem = Problem::Stands(Obstacle::ManyWaiting);
                    Reply::Refused(Refusal::new("idle", problem))
                } else {
                    let until = now + Span::from_millis(u64::from(timeout_ms));
                    self.waiting_for_rest.insert((until, request), timeout_ms);
                    self.settle_rest();
                    return;
                }
            }
        };
        self.answer(request, reply);
    }

    fn answer(&mut self, id: u32, reply: Reply) {
        self.answers.push_back(Answer { id, reply });
    }

    fn command(&mut self, now: Timestamp, input: Input<'_>) -> Reply {
        self.broker.handle(now, input);
        Reply::Done
    }

    fn command_worker(
        &mut self,
        now: Timestamp,
        worker: crate::core::ids::WorkerId,
        input: Input<'_>,
    ) -> Reply {
        if !self.broker.knows(worker) {
            return Reply::Refused(Refusal::new("id", Problem::Unknown(worker.to_string())));
        }
        self.command(now, input)
    }

    fn configure(&mut self, now: Timestamp, scenario: Scenario) -> Reply {
        if let Err(refusal) = scenario.validate() {
            return Reply::Refused(refusal);
        }
        let model = work_model(&scenario, self.began_at);
        let model_changed = model != self.model;
        self.model = model;
        self.scenario = scenario;
        self.broker.handle(now, Input::Configure(broker_config(&self.scenario)));
        if model_changed {
            self.broker.handle(now, Input::Brief);
        }
        Reply::Done
    }

    fn reset(&mut self, now: Timestamp, scenario: Scenario) -> Reply {
        if let Err(refusal) = scenario.validate() {
            return Reply::Refused(refusal);
        }
        self.end_burst(now);
        self.settle_redrive(true);
        self.began_at = now;
        self.model = work_model(&scenario, now);
        self.scenario = scenario;
        self.broker.reset(broker_config(&self.scenario));
        self.run += 1;
        self.views = views::Cache::default();
        self.settle_rest();
        Reply::Done
    }

    fn begin_burst(&mut self, now: Timestamp, request: u32, burst: &Burst) -> Result<(), Refusal> {
        burst.validate()?;
        if self.burst.is_some() {
            return Err(Refusal::new("burst", Problem::Stands(Obstacle::BurstRunning)));
        }
        let deal = match burst.deal {
            scenario::Deal::Drawn => {
                Deal::Drawn(crate::core::rng::Zipf::new(burst.customers, burst.skew))
            }
            scenario::Deal::Round => Deal::Round(burst.customers),
        };
        let family = match burst.naming {
            Naming::Customer => Family::Customer,
            Naming::User => Family::User,
        };
        let seed = burst.seed.unwrap_or(self.scenario.seed);
        let rate = burst.rate_per_second;
        let arrivals = Arrivals::new(now, seed, burst.orders, deal, family, rate);
        let report = BurstReport { accepted: 0, rejected: 0, elapsed_ms: 0.0 };
        let amount_cents = burst.amount_cents;
        self.burst = Some(Running { arrivals, amount_cents, request, report });
        Ok(())
    }

    /// Ends the burst, over or not, and says so to whoever asked for it.
    fn end_burst(&mut self, now: Timestamp) {
        if let Some(mut running) = self.burst.take() {
            running.report.elapsed_ms = now.since(running.arrivals.began_at()).as_millis_f64();
            self.answer(running.request, Reply::BurstOver(running.report));
        }
    }

    /// Answers those who wait for rest, when nothing is under way or they have waited enough.
    fn settle_rest(&mut self) {
        self.settle_redrive(false);
        let now = self.broker.now();
        let at_rest = self.is_at_rest();
        while let Some(entry) = self.waiting_for_rest.first_entry() {
            let (until, request) = *entry.key();
            if !at_rest && until > now {
                return;
            }
            let timeout_ms = entry.remove();
            let reply = if at_rest {
                Reply::Snapshot(Box::new(self.snapshot(now)))
            } else {
                let problem = Problem::Stands(Obstacle::StillBusy { after_ms: timeout_ms });
                Reply::Refused(Refusal::new("timeoutMs", problem))
            };
            self.answer(request, reply);
        }
    }
}
