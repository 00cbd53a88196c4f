//! What the page is shown: the broker's state in the page's words.

use super::{Host, lanes::lanes};
use crate::core::{
    breaker::BreakerState,
    broker::{Broker, ConsumerState, Traced, TracedCall},
    delivery::{Call, Record, outcome_of_code},
    ids::{KeyId, OrderId, WorkerId},
    orders::Order,
    refusal::{Problem, Refusal},
    stats::{Latency, Stats},
    status::{Outcome, Service, Status},
    time::{Span, Timestamp},
};
use crate::shop::catalogue::{INITIAL_STOCK, PRODUCTS};
use crate::wire::page::{
    BurstProgress, CallView, ClientView, LanesView, Latencies, LedgerView, OrderView, Percentiles,
    Rates, RedriveProgress, Reply, ServiceView, Snapshot, TimelineEntry, TimelineEvent, TraceQuery,
    TraceRecord, WorkerState, WorkerView,
};
use hdrhistogram::Histogram;

/// Dead consumers shown.
const DEAD_SHOWN: usize = 8;

/// The picture of the lanes is made anew after this long for every million lanes.
const LANES_SPAN: Span = Span::from_millis(500);

/// Latencies are added up anew after this long.
const LATENCY_SPAN: Span = Span::from_millis(250);

/// What takes long to compute, and until when it is good.
#[derive(Clone, Debug, Default)]
pub(super) struct Cache {
    lanes: LanesView,
    lanes_until: Timestamp,
    latency: Latencies,
    latency_recent: Latencies,
    latency_until: Timestamp,
}

impl Host {
    /// The state now.
    pub fn snapshot(&mut self, now: Timestamp) -> Snapshot {
        let at_rest = self.broker.counts().unfinished() == 0;
        if at_rest || now >= self.views.lanes_until {
            self.views.lanes = lanes(&self.broker);
            let micros = LANES_SPAN.as_micros() * self.broker.lanes().len() as u64 / 1_000_000;
            self.views.lanes_until = now + Span::from_micros(micros);
        }
        if at_rest || now >= self.views.latency_until {
            let stats = self.broker.stats();
            self.views.latency = latencies(stats, |latency| percentiles(&latency.all()));
            self.views.latency_recent = latencies(stats, |latency| percentiles(latency.recent()));
            self.views.latency_until = now + LATENCY_SPAN;
        }
        let broker = &self.broker;
        let stock = INITIAL_STOCK * PRODUCTS.len() as i64;
        let ledger = broker.ledger();
        Snapshot {
            at_ms: self.millis(now),
            run: self.run,
            ordering: Some(broker.ordering()),
            switching: broker.is_switching(),
            counts: *broker.counts(),
            ledger: LedgerView {
                expected_cents: ledger.expected_cents,
                actual_cents: ledger.actual_cents,
                double_charges: ledger.double_charges,
                refunds: ledger.refunds,
                stock_expected: stock - ledger.expected_pieces,
                stock_actual: stock - ledger.actual_pieces,
            },
            lanes: self.views.lanes.clone(),
            workers: workers(broker),
            latency: self.views.latency,
            latency_recent: self.views.latency_recent,
            rates: Rates {
                arrival_per_second: broker.stats().arrival_per_second,
                completion_per_second: broker.stats().completion_per_second,
            },
            services: self.services(now),
            burst: self.burst.as_ref().map(|running| BurstProgress {
                sent: u64::from(running.arrivals.sent),
                total: u64::from(running.arrivals.total),
            }),
            redrive: broker.redriving().map(|redrive| RedriveProgress {
                total: redrive.total,
                redriven: redrive.redriven,
                skipped: redrive.skipped,
                rate_per_second: redrive.rate_per_second,
                waiting_for_room: redrive.waits_for_room,
            }),
            memory_bytes: broker.memory_bytes(),
            outcomes: broker.outcomes(),
            recording: self.recording,
        }
    }

    /// Milliseconds since the run began.
    pub(super) fn millis(&self, at: Timestamp) -> f64 {
        at.since(self.began_at).as_millis_f64()
    }

    pub(super) fn order_view(&self, id: OrderId) -> Reply {
        let Some(order) = self.broker.order(id) else {
            return Reply::Refused(Refusal::new("orderId", Problem::Unknown(id.to_string())));
        };
        Reply::Order(Box::new(OrderView {
            order: id,
            customer: self.broker.keys().name(KeyId(order.key)).into_owned(),
            sequence: order.sequence,
            status: order.status(),
            amount_cents: order.amount_cents,
            attempts: order.deliveries,
            timeline: self.timeline(order),
        }))
    }

    pub(super) fn trace(&self, query: &TraceQuery) -> Reply {
        let key = query.customer.as_deref().map(|name| self.broker.keys().find(name));
        if key == Some(None) {
            return Reply::Trace(Vec::new());
        }
        let key = key.flatten();
        let number = query.order.map(|id| self.broker.order(id).map(|order| order.number));
        if number == Some(None) {
            return Reply::Trace(Vec::new());
        }
        let number = number.flatten();
        let wanted = |traced: &&Traced| {
            key.is_none_or(|key| traced.record.key == key.0)
                && number.is_none_or(|number| traced.record.number == number)
        };
        let mut records: Vec<_> = self
            .broker
            .trace()
            .filter(wanted)
            .filter_map(|traced| self.trace_record(traced))
            .take(query.limit as usize)
            .collect();
        records.reverse();
        Reply::Trace(records)
    }
}

impl Host {
    fn trace_record(&self, traced: &Traced) -> Option<TraceRecord> {
        let record = &traced.record;
        if !record.says(Record::FINISHED) {
            return None;
        }
        Some(TraceRecord {
            // An order so old that its record was used again has no name any more.
            order: self.broker.order_of(record)?,
            customer: self.broker.keys().name(KeyId(record.key)).into_owned(),
            sequence: record.sequence,
            attempt: record.attempt,
            worker: traced.worker,
            started_ms: self.millis(Timestamp::from_micros(record.started_micros)),
            finished_ms: self.millis(Timestamp::from_micros(record.finished_micros)),
            outcome: outcome_of_code(record.outcome)?,
        })
    }

    /// What happened to an order, as far as the records go back.
    fn timeline(&self, order: &Order) -> Vec<TimelineEntry> {
        let mut entries = Vec::new();
        let mut enter = |at: Timestamp, event: TimelineEvent, worker: Option<WorkerId>| {
            entries.push(TimelineEntry { at_ms: self.millis(at), event, worker });
        };
        let reached = TimelineEvent::Reached;
        enter(order.accepted_at, reached(Status::Accepted), None);
        let mut reports: Vec<&Traced> = self
            .broker
            .trace()
            .take_while(|traced| traced.record.finished_micros >= order.accepted_at.as_micros())
            .filter(|traced| traced.record.number == order.number)
            .collect();
        reports.reverse();
        for TracedCall { worker, call } in self.broker.calls().recent() {
            if call.number == order.number
                && let Some(view) = call_view(call)
            {
                let began = Timestamp::from_micros(call.began_micros);
                enter(began, TimelineEvent::Call(view), Some(*worker));
            }
        }
        let mut begun = None;
        for Traced { worker, record } in reports {
            let at = Timestamp::from_micros(record.finished_micros);
            if begun != Some((worker, record.started_micros)) {
                begun = Some((worker, record.started_micros));
                let started = Timestamp::from_micros(record.started_micros);
                enter(started, reached(Status::Processing), Some(*worker));
            }
            for (step, status) in STEPS {
                if record.says(step) {
                    enter(at, reached(status), Some(*worker));
                }
            }
            if record.says(Record::FINISHED) {
                match outcome_of_code(record.outcome) {
                    Some(Outcome::Completed) => enter(at, reached(Status::Shipped), Some(*worker)),
                    Some(outcome) => enter(at, TimelineEvent::Attempt(outcome), Some(*worker)),
                    None => {}
                }
            }
        }
        if let Some(ended_at) = order.ended_at() {
            enter(ended_at, reached(order.status()), None);
        }
        entries.sort_by(|a, b| a.at_ms.total_cmp(&b.at_ms));
        entries
    }

    /// The services that are called.
    fn services(&self, now: Timestamp) -> Vec<ServiceView> {
        let calls = self.broker.calls();
        let alive = |worker: WorkerId| {
            let consumer = self.broker.consumers().find(|consumer| consumer.id == worker);
            consumer.is_some_and(|consumer| consumer.state != ConsumerState::Dead)
        };
        let models = Service::ALL.into_iter().zip(&self.model.services);
        let called = models.filter(|(_, model)| model.called);
        called
            .map(|(service, model)| ServiceView {
                service,
                tally: *calls.tally(service),
                clients: calls
                    .clients(service)
                    .filter(|(worker, _)| alive(*worker))
                    .map(|(worker, client)| ClientView {
                        worker,
                        breaker: client.breaker,
                        tokens: client.tokens,
                    })
                    .collect(),
                out: model.failure.is_out(now.since(self.model.epoch)),
            })
            .collect()
    }
}

fn call_view(call: &Call) -> Option<CallView> {
    Some(CallView {
        service: *Service::ALL.get(call.service as usize)?,
        attempt: call.attempt,
        call: call.call,
        outcome: outcome_of_code(call.outcome)?,
        waited_ms: f64::from(call.waited_micros) / 1000.0,
        took_ms: f64::from(call.took_micros) / 1000.0,
        breaker: *BreakerState::ALL.get(call.breaker as usize)?,
    })
}

const STEPS: [(u8, Status); 2] =
    [(Record::CHARGED, Status::Paid), (Record::RESERVED, Status::StockReserved)];

fn workers(broker: &Broker) -> Vec<WorkerView> {
    let dead = |state| matches!(state, ConsumerState::Dead);
    let dead_count = broker.consumers().filter(|consumer| dead(consumer.state)).count();
    let mut hidden = dead_count.saturating_sub(DEAD_SHOWN);
    let shown = broker.consumers().filter(|consumer| {
        let hide = dead(consumer.state) && hidden > 0;
        hidden -= usize::from(hide);
        !hide
    });
    shown
        .map(|consumer| WorkerView {
            id: consumer.id,
            state: match consumer.state {
                ConsumerState::Starting => WorkerState::Starting,
                ConsumerState::Idle => WorkerState::Idle,
                ConsumerState::Busy => WorkerState::Busy,
                ConsumerState::Paused => WorkerState::Paused,
                ConsumerState::Dead => WorkerState::Dead,
            },
            processed: consumer.processed,
            in_flight: consumer.in_flight,
            busy_fraction: f64::from(consumer.busy_permille) / 1000.0,
            lanes: consumer.lanes,
            slow_factor: consumer.slow_factor,
            silent_ms: consumer.silent.as_millis_f64(),
        })
        .collect()
}

fn latencies(stats: &Stats, of: impl Fn(&Latency) -> Percentiles) -> Latencies {
    Latencies {
        accept: of(&stats.accept),
        wait: of(&stats.wait),
        service: of(&stats.service),
        total: of(&stats.total),
    }
}

fn percentiles(histogram: &Histogram<u32>) -> Percentiles {
    if histogram.is_empty() {
        return Percentiles::default();
    }
    let millis = |quantile| histogram.value_at_quantile(quantile) as f64 / 1000.0;
    Percentiles {
        p50: millis(0.5),
        p95: millis(0.95),
        p99: millis(0.99),
        max: histogram.max() as f64 / 1000.0,
        count: histogram.len(),
    }
}
