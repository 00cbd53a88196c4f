//! What a consumer does with an order, and how it ends: charge the payment, take the stock,
//! ship, tell the customer, report.
//!
//! How a call ends is a pure function of the scenario's seed, the order and the call: whichever
//! consumer makes it, and but for outages whenever. So a live run and its twin agree on every
//! outcome, though not on timing. (Where a breaker or a budget decides, what came before matters.)

use super::{
    client::{BreakerMode, Client, Ending, GaveUp, Policy, Terms},
    failure::{Ask, FailureModel},
    stock::{Reservation, Wish},
};
use crate::core::{
    budget::BudgetKind,
    delivery::{Call, ClaimAnswer, Delivery},
    rng::{mix, unit},
    status::{Outcome, Service},
    time::{Span, Timestamp},
};
use serde::{Deserialize, Serialize};

/// A service, and how a consumer calls it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceModel {
    /// Whether it is called at all.
    pub called: bool,
    pub failure: FailureModel,
    pub policy: Policy,
}

/// How consumers work and how the services fail.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkModel {
    /// Seed of all outcomes and service times.
    pub seed: u64,
    /// When the run began: outages are counted from there.
    pub epoch: Timestamp,
    /// Mean of the service time.
    pub service: Span,
    /// Half width of the service time's uniform spread, as a share of the mean, 0 … 1.
    pub spread: f64,
    /// Whether the service time is spent computing rather than waiting.
    pub burn: bool,
    /// Whether calls carry an idempotency key, which the gateway recognises.
    pub idempotent: bool,
    /// Whether a payment that failed is tried again by its policy, and whether the consumer spends
    /// the wait.
    pub retries: bool,
    pub waits_here: bool,
    /// Rows that the products share in the warehouse, at least 1: the fewer, the more conflicts.
    pub stock_rows: u32,
    /// By the place in [`Service::ALL`].
    pub services: [ServiceModel; Service::ALL.len()],
}

impl Default for WorkModel {
    /// Everything goes well at once.
    fn default() -> Self {
        let service = |called| ServiceModel {
            called,
            failure: FailureModel::default(),
            policy: Policy::NONE,
        };
        Self {
            seed: 0,
            epoch: Timestamp::ZERO,
            service: Span::ZERO,
            spread: 0.0,
            burn: false,
            idempotent: true,
            retries: false,
            waits_here: false,
            stock_rows: 1,
            services: [service(true), service(false), service(false), service(false)],
        }
    }
}

/// What will happen to an attempt, and when, from its start.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    pub outcome: Outcome,
    /// Why there will be no other attempt, or why the order is degraded.
    pub gave_up: Option<GaveUp>,
    /// How long its policy has the next attempt wait, if it fails.
    pub wait: Option<Span>,
    /// Whether the charge is made, and when.
    pub charged: bool,
    pub charged_after: Span,
    /// When the stock is taken, for an attempt that gets so far.
    pub reserved_after: Span,
    /// When it is over; or when it comes to the reservation of the stock, from which on it is not
    /// known beforehand what happens.
    pub over_after: Span,
    pub reserves: bool,
    /// Its calls, unless they are not worth reporting (see [`Call`]).
    pub calls: Vec<Call>,
}

/// A consumer's clients of the services.
#[derive(Clone, Debug)]
pub struct Clients {
    clients: [Client; Service::ALL.len()],
    /// The payment always goes well and nothing else is called.
    is_trivial: bool,
    /// The calls of an attempt, until it is known whether they are worth reporting.
    calls: Vec<Call>,
}

/// The calls for a redriven order are counted from here on, for every time that it was.
pub const REDRIVEN: u16 = 1_000;

/// The stream that a consumer's service times are drawn from; the others are the services'.
const DRAW_SERVICE: u64 = 3;

impl WorkModel {
    /// Whether an attempt takes no time of the model's.
    pub fn is_instant(&self) -> bool {
        let is_instant = |service: &ServiceModel| {
            !service.called
                || (service.failure.latency, service.failure.slow_rate) == (Span::ZERO, 0.0)
        };
        self.service == Span::ZERO && self.services.iter().all(is_instant)
    }

    /// Whether every attempt goes well at the first call, after the same latency, with nothing to
    /// remember.
    fn is_trivial(&self) -> bool {
        let [payment, others @ ..] = &self.services;
        let FailureModel { latency, .. } = payment.failure;
        let never_fails = FailureModel { latency, ..FailureModel::default() };
        let Policy { mode, budget, retry, .. } = payment.policy;
        payment.failure == never_fails
            && mode == BreakerMode::Off
            && budget.kind == BudgetKind::None
            && retry.timeout == Span::ZERO
            && others.iter().all(|service| !service.called)
    }

    /// What the payment gateway answers to the how manieth call for an order, outside outages.
    pub fn payment(&self, number: u32, ordinal: u16) -> Outcome {
        let ask = Ask {
            seed: self.seed,
            service: Service::Payment,
            number,
            ordinal,
            charged: false,
            at: Span::ZERO,
        };
        FailureModel { outage: Span::ZERO, ..self.services[0].failure }.answer(&ask)
    }

    fn service_micros(&self, delivery: &Delivery) -> f64 {
        let mean = self.service.as_micros() as f64;
        if self.spread == 0.0 || mean == 0.0 {
            return mean;
        }
        let attempt = u64::from(delivery.number) << 24 | u64::from(delivery.attempt) << 8;
        let draw = unit(mix(mix(self.seed) ^ (attempt | DRAW_SERVICE)));
        mean * (1.0 + self.spread * (2.0 * draw - 1.0))
    }

    /// How the policy of a service is used in this attempt, and the first call, at `at`.
    fn ask(
        &self,
        service: Service,
        delivery: &Delivery,
        slow_factor: f64,
        at: Timestamp,
    ) -> (Terms, Ask) {
        let is_payment = service == Service::Payment;
        let waits_here = !is_payment || self.waits_here;
        let attempt = delivery.attempt.max(1);
        let policy = &self.services[service as usize].policy;
        let of_all_layers = u32::from(policy.retry.attempts).saturating_pow(policy.layers.into());
        let calls = if waits_here { u16::try_from(of_all_layers).unwrap_or(u16::MAX) } else { 1 };
        let terms = Terms {
            waits_here,
            retries: !is_payment || self.retries,
            has_key: !is_payment || self.idempotent,
            slow_factor,
            attempt,
        };
        let ask = Ask {
            seed: self.seed,
            service,
            number: delivery.number,
            ordinal: (attempt - 1)
                .saturating_mul(calls)
                .saturating_add(1)
                .saturating_add(delivery.redriven as u16 * REDRIVEN),
            charged: is_payment && delivery.flags & Delivery::CHARGED != 0,
            at: at.since(self.epoch),
        };
        (terms, ask)
    }
}

impl Clients {
    /// Clients that remember nothing yet.
    pub fn new(model: &WorkModel) -> Self {
        let clients = model.services.map(|service| Client::new(service.policy));
        Self { clients, is_trivial: model.is_trivial(), calls: Vec::new() }
    }

    /// Goes on with another model: a client whose policy changes begins anew.
    pub fn configure(&mut self, before: &WorkModel, now: &WorkModel) {
        self.is_trivial = now.is_trivial();
        let is_another_run = before.epoch != now.epoch;
        for (client, (old, new)) in
            self.clients.iter_mut().zip(before.services.iter().zip(&now.services))
        {
            if is_another_run || old.policy != new.policy {
                *client = Client::new(new.policy);
            }
        }
    }

    /// What happens to this attempt, which begins at `started_at`, for a consumer `slow_factor`
    /// times as slow as usual.
    ///
    /// A gateway that has charged the order before answers as it did then.
    pub fn plan(
        &mut self,
        model: &WorkModel,
        delivery: &Delivery,
        slow_factor: f64,
        started_at: Timestamp,
    ) -> Plan {
        let span = |micros: f64| Span::from_micros((micros + 0.5) as u64);
        let service = model.service_micros(delivery) * slow_factor;
        let before = span(service / 2.0);
        let payment = &model.services[0];
        if self.is_trivial {
            let charged = payment.failure.latency.as_micros() as f64 * slow_factor + service / 2.0;
            return Plan {
                charged: true,
                charged_after: span(charged),
                reserved_after: span(charged + service / 4.0),
                over_after: span(charged + service / 2.0),
                ..Plan::default()
            };
        }
        self.calls.clear();
        let at = started_at + before;
        let (payment, mut is_plain) = self.call(model, delivery, slow_factor, Service::Payment, at);
        let charged_after = before + payment.took;
        let mut plan = Plan {
            outcome: payment.outcome,
            gave_up: payment.gave_up,
            wait: payment.wait,
            charged: payment.outcome == Outcome::Completed,
            charged_after,
            reserved_after: charged_after,
            over_after: charged_after,
            reserves: false,
            calls: Vec::new(),
        };
        if plan.charged {
            plan.reserved_after = charged_after + span(service / 4.0);
            plan.over_after = plan.reserved_after;
            plan.reserves = model.services[Service::Stock as usize].called;
        }
        if plan.charged && !plan.reserves {
            plan.over_after = charged_after + span(service / 2.0);
            is_plain &= self.call_others(model, delivery, slow_factor, started_at, &mut plan);
        }
        let went_well = |call: &Call| call.outcome == 0 && call.marks == 0;
        if plan.reserves || !is_plain || !self.calls.iter().all(went_well) {
            plan.calls.clone_from(&self.calls);
        }
        plan
    }

    /// Calls what an order completes without; whether no client remembers any of it.
    fn call_others(
        &mut self,
        model: &WorkModel,
        delivery: &Delivery,
        slow_factor: f64,
        started_at: Timestamp,
        plan: &mut Plan,
    ) -> bool {
        let mut all_plain = true;
        for which in [Service::Recommendations, Service::Notifications] {
            if model.services[which as usize].called {
                let at = started_at + plan.over_after;
                let (ending, is_plain) = self.call(model, delivery, slow_factor, which, at);
                plan.over_after = plan.over_after + ending.took;
                if ending.outcome != Outcome::Completed {
                    plan.gave_up = ending.gave_up.or(Some(GaveUp::Exhausted));
                }
                all_plain &= is_plain;
            }
        }
        all_plain
    }

    /// Calls a service; whether its client will remember nothing of a call that goes well.
    fn call(
        &mut self,
        model: &WorkModel,
        delivery: &Delivery,
        slow_factor: f64,
        which: Service,
        at: Timestamp,
    ) -> (Ending, bool) {
        let (terms, ask) = model.ask(which, delivery, slow_factor, at);
        let client = &mut self.clients[which as usize];
        let is_plain = client.is_unimpressed(at);
        let failure = &model.services[which as usize].failure;
        (client.run(failure, ask, at, terms, &mut self.calls), is_plain)
    }

    /// The reservation of the stock, beginning at `at`.
    pub fn reservation(
        &self,
        model: &WorkModel,
        delivery: &Delivery,
        slow_factor: f64,
        at: Timestamp,
    ) -> Reservation {
        let (terms, ask) = model.ask(Service::Stock, delivery, slow_factor, at);
        let row = u32::from(delivery.sku) % model.stock_rows.max(1);
        Reservation::new(ask, row, terms.attempt, slow_factor, at)
    }

    /// Goes on with it; its calls that ended are added to the plan's.
    pub fn reserve(
        &mut self,
        model: &WorkModel,
        now: Timestamp,
        reservation: &mut Reservation,
        plan: &mut Plan,
    ) -> Wish {
        let failure = &model.services[Service::Stock as usize].failure;
        let client = &mut self.clients[Service::Stock as usize];
        reservation.go_on(now, client, failure, &mut plan.calls)
    }

    /// Takes the warehouse's answer to what it asked.
    pub fn answer(
        &mut self,
        model: &WorkModel,
        now: Timestamp,
        answer: &ClaimAnswer,
        reservation: &mut Reservation,
        plan: &mut Plan,
    ) {
        let failure = &model.services[Service::Stock as usize].failure;
        let client = &mut self.clients[Service::Stock as usize];
        reservation.answer(now, answer, client, failure, &mut plan.calls);
    }

    /// The reservation of an attempt that began at `started_at` was over at `at`: plans the rest.
    pub fn go_on(
        &mut self,
        model: &WorkModel,
        delivery: &Delivery,
        slow_factor: f64,
        (started_at, at): (Timestamp, Timestamp),
        (ending, plan): (Ending, &mut Plan),
    ) {
        plan.reserves = false;
        plan.outcome = ending.outcome;
        plan.gave_up = ending.gave_up;
        plan.over_after = at.since(started_at);
        if ending.outcome != Outcome::Completed {
            return;
        }
        plan.reserved_after = plan.over_after;
        let rest = model.service_micros(delivery) * slow_factor / 4.0;
        plan.over_after = plan.over_after + Span::from_micros((rest + 0.5) as u64);
        self.calls.clear();
        self.call_others(model, delivery, slow_factor, started_at, plan);
        plan.calls.append(&mut self.calls);
    }
}
