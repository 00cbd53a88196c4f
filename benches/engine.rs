//! How fast the core is without a browser: publishing, the whole path from publishing to the
//! acknowledgement, how both grow with orders and customers, frames, and bytes per order.
//!
//! `cargo bench --bench engine` runs all; a name behind it picks. What an order costs is the
//! reciprocal of the *item/s* column. Two consumers do nothing but say that they are done, and
//! take no frames but the values themselves: what is measured is the broker.

use convoy_lab::core::{
    broker::{Beat, Broker, Draft, Header, Input, Output, Report},
    config::{Config, Fallback, Ordering, Overflow, WaitPlace},
    delivery::{Delivery, Record},
    ids::{KeyId, WorkerId},
    keys::Family,
    rng::mix,
    time::{Span, Timestamp},
};
use convoy_lab::shop::consumer::{Input as ToConsumer, Outgoing};
use convoy_lab::shop::work::WorkModel;
use convoy_lab::wire::lane::{self, Buffer, FromConsumer};
use divan::{Bencher, black_box, counter::ItemsCount};

const MILLION: u32 = 1_000_000;

/// Bytes that a waiting order may take, at a million.
const BUDGET_BYTES: u64 = 100;

fn main() {
    for customers in [1, 1_000, MILLION] {
        weigh(customers);
    }
    divan::main();
}

/// Tells, and checks, the bytes that a waiting order takes.
fn weigh(customers: u32) {
    let mut lab = Lab::new(Ordering::Sessions, customers);
    lab.publish(MILLION);
    let bytes = lab.broker.memory_bytes() as f64 / f64::from(MILLION);
    eprintln!("{bytes:.1} bytes per waiting order, a million of {customers} customers");
    let allowed = BUDGET_BYTES as f64 + if customers == MILLION { 100.0 } else { 0.0 };
    assert!(bytes <= allowed, "an order takes too much: {bytes} bytes");
}

/// A broker and two trivial consumers.
struct Lab {
    broker: Broker,
    now: Timestamp,
    keys: Vec<KeyId>,
    published: u32,
    workers: [Worker; 2],
}

#[derive(Clone, Copy)]
struct Worker {
    id: WorkerId,
    incarnation: u32,
    next_sent: u32,
}

impl Lab {
    fn new(ordering: Ordering, customers: u32) -> Self {
        let config = Config {
            ordering,
            partitions: 12,
            prefetch: 1_024,
            lease: Span::from_millis(60_000),
            max_deliveries: 10,
            queue_limit: 10 * MILLION,
            overflow: Overflow::Reject,
            idempotency: true,
            wait: WaitPlace::Redeliver,
            fallback: Fallback::DeadLetter,
            side_services: 0,
        };
        let mut broker = Broker::new(config);
        let keys = (0..customers)
            .map(|index| broker.numbered_customer(Family::Customer, index).expect("there is room"))
            .collect();
        let worker = |id| Worker { id: WorkerId(id), incarnation: 0, next_sent: 0 };
        let workers = [worker(1), worker(2)];
        Self { broker, now: Timestamp::ZERO, keys, published: 0, workers }
    }

    /// Publishes orders of customers drawn evenly.
    fn publish(&mut self, orders: u32) {
        for number in self.published..self.published + orders {
            let customer = mix(u64::from(number)) % self.keys.len() as u64;
            let key = self.keys[customer as usize];
            let draft = Draft { key, amount_cents: 1_200, sku: 3, pieces: 2 };
            self.broker.publish(self.now, draft).expect("there is room");
        }
        self.published += orders;
    }

    /// Has the consumers say that they are there.
    fn begin(&mut self) {
        for worker in self.workers {
            self.broker.handle(self.now, Input::Hello(worker.id));
        }
    }

    /// Works until no order is left.
    fn finish(&mut self) {
        let mut records = Vec::new();
        while self.broker.counts().unfinished() > 0 {
            self.now = self.now + Span::from_micros(100);
            self.broker.handle(self.now, Input::Tick);
            while let Some(output) = self.broker.poll_output() {
                self.react(&output, &mut records);
            }
        }
    }

    fn react(&mut self, output: &Output, records: &mut Vec<Record>) {
        let worker = &mut self.workers[usize::from(output.worker().0) - 1];
        match output {
            Output::Welcome { header, .. } => {
                worker.incarnation = header.incarnation;
                worker.next_sent = 0;
            }
            Output::Deliver { lease, items, .. } => {
                records.clear();
                records.extend(items.iter().map(|item| done(item, *lease, self.now)));
                let header = Header { incarnation: worker.incarnation, sequence: worker.next_sent };
                worker.next_sent += 1;
                let report = Report {
                    worker: worker.id,
                    header,
                    time: self.now,
                    records,
                    calls: &[],
                    claims: &[],
                    beat: None,
                    goodbye: false,
                };
                self.broker.handle(self.now, Input::Report(report));
            }
            _ => {}
        }
    }
}

fn done(item: &Delivery, lease: u32, now: Timestamp) -> Record {
    Record {
        started_micros: now.as_micros(),
        finished_micros: now.as_micros(),
        amount: item.amount_cents,
        slot: item.slot,
        lease,
        number: item.number,
        key: item.key,
        sequence: item.sequence,
        attempt: item.attempt,
        what: Record::FINISHED | Record::CHARGED | Record::RESERVED,
        outcome: 0,
    }
}

/// Publishing a million orders of so many customers.
#[divan::bench(args = [1, 1_000, MILLION], sample_count = 5, sample_size = 1)]
fn publish_a_million_of(bencher: Bencher, customers: u32) {
    bencher
        .counter(ItemsCount::new(MILLION))
        .with_inputs(|| Lab::new(Ordering::Sessions, customers))
        .bench_refs(|lab| lab.publish(MILLION));
}

/// A million orders of a thousand customers, from publishing to the acknowledgement.
#[divan::bench(
    args = [Ordering::Single, Ordering::Competing, Ordering::Partitions, Ordering::Sessions],
    sample_count = 5,
    sample_size = 1
)]
fn whole_path_of_a_million(bencher: Bencher, ordering: Ordering) {
    whole_path(bencher, ordering, MILLION, 1_000);
}

/// The same, with the orders arriving in slices while the consumers work.
#[divan::bench(
    args = [Ordering::Single, Ordering::Competing, Ordering::Partitions, Ordering::Sessions],
    sample_count = 5,
    sample_size = 1
)]
fn whole_path_in_slices_of_four_thousand(bencher: Bencher, ordering: Ordering) {
    bencher
        .counter(ItemsCount::new(MILLION / 4_096 * 4_096))
        .with_inputs(|| Lab::new(ordering, 1_000))
        .bench_refs(|lab| {
            lab.begin();
            for _ in 0..MILLION / 4_096 {
                lab.publish(4_096);
                lab.finish();
            }
        });
}

/// What an order costs must not depend on how many there are.
#[divan::bench(
    args = [1_000, 10_000, 100_000, MILLION, 4 * MILLION],
    sample_count = 5,
    sample_size = 1
)]
fn whole_path_by_orders(bencher: Bencher, orders: u32) {
    whole_path(bencher, Ordering::Sessions, orders, 1_000);
}

/// Nor on how many customers there are.
#[divan::bench(
    args = [1, 10, 1_000, 10_000, 100_000, MILLION],
    sample_count = 5,
    sample_size = 1
)]
fn whole_path_by_customers(bencher: Bencher, customers: u32) {
    whole_path(bencher, Ordering::Sessions, MILLION, customers);
}

fn whole_path(bencher: Bencher, ordering: Ordering, orders: u32, customers: u32) {
    bencher
        .counter(ItemsCount::new(orders))
        .with_inputs(|| Lab::new(ordering, customers))
        .bench_refs(|lab| {
            lab.publish(orders);
            lab.begin();
            lab.finish();
            assert_eq!(lab.broker.counts().completed, u64::from(orders));
        });
}

/// A delivery of a thousand orders, written, copied as a transfer does not, and read.
#[divan::bench]
fn frames_of_a_thousand_deliveries(bencher: Bencher) {
    let model = WorkModel::default();
    let items = (0..1_024).map(|number| Delivery { number, ..Delivery::default() }).collect();
    let output = Output::Deliver {
        worker: WorkerId(1),
        header: Header::default(),
        lease: 1,
        deadline: Timestamp::MAX,
        items,
    };
    bencher.counter(ItemsCount::new(1_024_u32)).bench(|| {
        let bytes = lane::encode_output(black_box(&output), Timestamp::ZERO, &model);
        let buffer = Buffer::from(bytes.expect("it is for a consumer").as_slice());
        match lane::decode_input(&buffer) {
            Ok((_, _, ToConsumer::Deliver { items, .. })) => sum(items.iter().map(|it| it.number)),
            _ => unreachable!("it was a delivery"),
        }
    });
}

/// A report of a thousand orders, likewise.
#[divan::bench]
fn frames_of_a_thousand_records(bencher: Bencher) {
    let outgoing = Outgoing {
        records: (0..1_024).map(|number| Record { number, ..Record::default() }).collect(),
        ..Outgoing::default()
    };
    bencher.counter(ItemsCount::new(1_024_u32)).bench(|| {
        let bytes = lane::encode_report(black_box(&outgoing), Timestamp::ZERO);
        let buffer = Buffer::from(bytes.as_slice());
        match lane::decode_report(WorkerId(1), &buffer) {
            Ok(FromConsumer::Report(report)) => sum(report.records.iter().map(|it| it.number)),
            _ => unreachable!("it was a report"),
        }
    });
}

fn sum(numbers: impl Iterator<Item = u32>) -> u32 {
    numbers.fold(0, u32::wrapping_add)
}

/// A heartbeat of a consumer that was handed two hundred and fifty orders one by one.
#[divan::bench]
fn heartbeat_of_many_leases(bencher: Bencher) {
    let mut lab = Lab::new(Ordering::Competing, 1);
    lab.begin();
    let mut leases = Vec::new();
    for _ in 0..500 {
        lab.publish(1);
        lab.broker.handle(lab.now, Input::Tick);
    }
    let first = lab.workers[0].id;
    while let Some(output) = lab.broker.poll_output() {
        match output {
            _ if output.worker() != first => {}
            Output::Welcome { header, .. } => lab.workers[0].incarnation = header.incarnation,
            Output::Deliver { lease, .. } => leases.push(lease),
            _ => {}
        }
    }
    bencher.bench_local(|| {
        let worker = &mut lab.workers[0];
        let header = Header { incarnation: worker.incarnation, sequence: worker.next_sent };
        worker.next_sent += 1;
        let report = Report {
            worker: worker.id,
            header,
            time: lab.now,
            records: &[],
            calls: &[],
            claims: &[],
            beat: Some(Beat { leases: &leases, busy_permille: 0 }),
            goodbye: false,
        };
        lab.broker.handle(lab.now, Input::Report(report));
        lab.broker.poll_output()
    });
}
