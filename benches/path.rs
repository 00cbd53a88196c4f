//! The whole path of an order natively, through the very code of the three threads: the host with
//! its tape, two consumers, and encoded frames between them, one after the other in one thread.
//!
//! `cargo bench --bench path -- ORDERS CUSTOMERS SKEW PREFETCH` prints what an order costs on the
//! broker's side and on the consumers'. Under `valgrind --tool=callgrind` it tells where.

use convoy_lab::core::{broker::Output, ids::WorkerId, time::Timestamp};
use convoy_lab::host::{Effect, recorded::Recorded};
use convoy_lab::scenario::Scenario;
use convoy_lab::shop::consumer::Consumer;
use convoy_lab::wire::{
    lane::{Buffer, decode_input, encode_begin_anew, encode_output, encode_report},
    page::Intent,
};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

const WORKERS: u16 = 2;

/// Orders that a consumer works on between two looks at the clock, as in its thread.
const STRIDE: u32 = 64;

/// A slice of a burst is due this often, by the clock of the bench.
const STEP_MICROS: u64 = 1_000;

fn main() {
    let arguments: Vec<f64> =
        std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let argument = |index: usize, default: f64| arguments.get(index).copied().unwrap_or(default);
    let mut scenario =
        Scenario { service_time_ms: 0.0, service_spread: 0.0, ..Scenario::default() };
    scenario.burst.orders = argument(0, 1_000_000.0) as u32;
    scenario.burst.customers = argument(1, 1_000.0) as u32;
    scenario.burst.skew = argument(2, 0.0);
    scenario.burst.rate_per_second = None;
    scenario.prefetch = argument(3, 256.0) as u16;
    scenario.queue_limit = scenario.burst.orders.max(1);
    if let Err(refusal) = scenario.validate() {
        panic!("the arguments make no scenario: {refusal:?}");
    }
    let mut path = Path::new(scenario);
    path.run();
    path.tell();
}

struct Path {
    host: Recorded,
    now: Timestamp,
    orders: u32,
    workers: Vec<(WorkerId, Consumer)>,
    to_consumers: VecDeque<(WorkerId, Vec<u8>)>,
    to_broker: VecDeque<(WorkerId, Vec<u8>)>,
    frames: u64,
    on_broker: Duration,
    on_consumers: Duration,
}

impl Path {
    fn new(scenario: Scenario) -> Self {
        let orders = scenario.burst.orders;
        let burst = scenario.burst.clone();
        let now = Timestamp::from_micros(STEP_MICROS);
        let mut host = Recorded::new(now, scenario);
        let workers: Vec<_> = (1..=WORKERS).map(|id| (WorkerId(id), Consumer::new())).collect();
        for (id, _) in &workers {
            host.intent(now, || now, 0, Intent::Attach(*id));
        }
        host.intent(now, || now, 0, Intent::Burst(burst));
        Self {
            host,
            now,
            orders,
            workers,
            to_consumers: VecDeque::new(),
            to_broker: VecDeque::new(),
            frames: 0,
            on_broker: Duration::ZERO,
            on_consumers: Duration::ZERO,
        }
    }

    fn run(&mut self) {
        loop {
            let began = Instant::now();
            self.broker();
            self.on_broker += began.elapsed();
            let began = Instant::now();
            self.consumers();
            self.on_consumers += began.elapsed();
            if self.host.host().is_at_rest() && self.to_broker.is_empty() {
                return;
            }
            self.now = Timestamp::from_micros(self.now.as_micros() + STEP_MICROS);
        }
    }

    /// What the broker's thread does in a turn.
    fn broker(&mut self) {
        while let Some((worker, bytes)) = self.to_broker.pop_front() {
            let taken = self.host.frame(self.now, worker, &Buffer::from(&bytes[..]));
            taken.unwrap_or_else(|bad| panic!("our own frame was refused: {bad}"));
            self.flush();
        }
        if self.host.wake_at().is_some_and(|at| at <= self.now) {
            self.host.tick(self.now);
            self.flush();
        }
    }

    fn flush(&mut self) {
        while let Some(effect) = self.host.poll_output() {
            if let Effect::Consumer(output) = effect {
                self.send(&output);
            }
        }
    }

    fn send(&mut self, output: &Output) {
        let host = self.host.host();
        if let Some(bytes) = encode_output(output, host.broker().now(), host.model()) {
            self.to_consumers.push_back((output.worker(), bytes));
            self.frames += 1;
        }
    }

    /// What the consumers' threads do in a turn.
    fn consumers(&mut self) {
        while let Some((worker, bytes)) = self.to_consumers.pop_front() {
            let buffer = Buffer::from(&bytes[..]);
            let decoded = decode_input(&buffer);
            let (sent, header, input) = decoded.expect("our own frame is good");
            let (_, consumer) = &mut self.workers[usize::from(worker.0) - 1];
            consumer.handle(self.now, sent, header, input);
        }
        for (worker, consumer) in &mut self.workers {
            loop {
                consumer.work(self.now, STRIDE);
                if consumer.take_question(self.now) {
                    self.to_broker.push_back((*worker, encode_begin_anew(self.now)));
                }
                let idle = consumer.wake_at().is_none_or(|at| at > self.now);
                if (idle || consumer.is_report_due(self.now))
                    && let Some(outgoing) = consumer.take_report(self.now)
                {
                    self.to_broker.push_back((*worker, encode_report(&outgoing, self.now)));
                    self.frames += 1;
                }
                if idle {
                    break;
                }
            }
        }
    }

    fn tell(&self) {
        let broker = self.host.host().broker();
        let counts = broker.counts();
        assert_eq!((counts.completed, counts.order_violations), (u64::from(self.orders), 0));
        assert_eq!(broker.ledger().actual_cents, broker.ledger().expected_cents);
        let per_order = |time: Duration| time.as_nanos() as f64 / f64::from(self.orders);
        let each = per_order(self.on_consumers) / f64::from(WORKERS);
        eprintln!(
            "an order costs {:.0} ns on the broker's thread and {each:.0} ns on each of the \
             consumers'; {:.0} orders to a frame; {:.1} bytes an order at the end",
            per_order(self.on_broker),
            2.0 * f64::from(self.orders) / self.frames as f64,
            broker.memory_bytes() as f64 / f64::from(self.orders),
        );
    }
}
