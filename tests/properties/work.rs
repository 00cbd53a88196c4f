//! Work and load: service times are right on average however late a consumer wakes up, and a
//! seed decides everything.

use super::check;
use convoy_lab::core::{
    broker::{Header, Standing},
    delivery::{Delivery, Record},
    keys::Family,
    rng::{Rng, Zipf},
    time::{Span, Timestamp},
};
use convoy_lab::load::arrivals::{Arrival, Arrivals, Deal};
use convoy_lab::shop::{
    consumer::{Consumer, Input},
    work::WorkModel,
};
use proptest::{collection::vec, prelude::*};

const BEGAN: u64 = 1_000_000;

/// Orders of some time each, done by a consumer that is woken only every so often.
#[derive(Clone, Debug)]
struct Shift {
    orders: u32,
    /// How many orders are in a delivery.
    batch: usize,
    service_micros: u64,
    spread: f64,
    slow_factor: f64,
    /// The resolution of the timer that wakes it.
    grain_micros: u64,
}

impl Shift {
    /// The records of all orders, and how long it took.
    fn work(&self) -> (Vec<Record>, Span) {
        let model = WorkModel {
            seed: 11,
            service: Span::from_micros(self.service_micros),
            spread: self.spread,
            ..WorkModel::default()
        };
        let lease = Span::from_millis(600_000);
        let standing =
            Standing { paused: false, retiring: false, slow_factor: self.slow_factor, lease };
        let began = Timestamp::from_micros(BEGAN);
        let deadline = began + lease;
        let mut consumer = Consumer::new();
        let mut sequence = 0;
        let mut say = |consumer: &mut Consumer, input: Input<'_>| {
            consumer.handle(began, began, Header { incarnation: 1, sequence }, input);
            sequence += 1;
        };
        say(&mut consumer, Input::Welcome(standing, model));
        let orders =
            |number| Delivery { number, key: number % 7, attempt: 1, ..Delivery::default() };
        let deliveries: Vec<Delivery> = (0..self.orders).map(orders).collect();
        for (lease, items) in deliveries.chunks(self.batch).enumerate() {
            say(&mut consumer, Input::Deliver { lease: lease as u32 + 1, deadline, items });
        }
        let (mut records, mut now) = (Vec::new(), began);
        loop {
            consumer.work(now, u32::MAX);
            records.extend(consumer.take_report(now).into_iter().flat_map(|said| said.records));
            if records.len() == self.orders as usize {
                break;
            }
            let wake_at = consumer.wake_at().expect("there is work left").max(now);
            let after = wake_at.since(began).as_micros() + 1;
            now = began + Span::from_micros(after.next_multiple_of(self.grain_micros));
        }
        (records, now.since(began))
    }
}

fn shift() -> impl Strategy<Value = Shift> {
    (1_000..3_000_u32, 1..300_usize, 50..2_000_u64, 0.0..=1.0, 0.5..3.0, 1..8_u64).prop_map(
        |(orders, batch, service_micros, spread, slow_factor, grain)| Shift {
            orders,
            batch,
            service_micros,
            spread,
            slow_factor,
            grain_micros: grain * 2_000,
        },
    )
}

fn check_shift(shift: &Shift) {
    let (records, took) = shift.work();
    let mut free_at = BEGAN;
    for (number, record) in records.iter().enumerate() {
        assert_eq!(record.number as usize, number);
        assert!(record.says(Record::FINISHED));
        assert!(record.started_micros >= free_at, "two orders at a time");
        assert!(record.finished_micros >= record.started_micros);
        free_at = record.finished_micros;
    }
    let mean = shift.service_micros as f64 * shift.slow_factor;
    let expected = f64::from(shift.orders) * mean;
    let worked = (free_at - BEGAN) as f64;
    // Six standard deviations of the sum, and the rounding of each to whole microseconds.
    let spread = mean * shift.spread * (f64::from(shift.orders) / 3.0).sqrt();
    let tolerance = 6.0 * spread + f64::from(shift.orders);
    assert!((worked - expected).abs() <= tolerance, "{worked} instead of {expected}");
    let late = took.as_micros() - (free_at - BEGAN);
    assert!(late <= shift.grain_micros, "it idled: {late}");
}

#[test]
fn orders_of_a_third_of_a_millisecond_take_that_long_though_it_wakes_every_four() {
    let shift = Shift {
        orders: 10_000,
        batch: 256,
        service_micros: 300,
        spread: 0.5,
        slow_factor: 1.0,
        grain_micros: 4_000,
    };
    check_shift(&shift);
    let millis = shift.work().1.as_millis_f64();
    assert!((2_950.0..=3_050.0).contains(&millis), "{millis}");
}

#[test]
fn service_times_are_right_on_average_however_coarse_the_timer() {
    check(200, shift(), |shift| check_shift(&shift));
}

#[test]
fn a_popularity_is_the_same_for_the_same_seed_and_within_its_ranks() {
    check(1_000, (any::<u64>(), 1..2_000_000_u32, 0.0..3.0), |(seed, count, exponent)| {
        let zipf = Zipf::new(count, exponent);
        let draw = || -> Vec<u32> {
            let mut rng = Rng::new(seed);
            (0..200).map(|_| zipf.draw(&mut rng)).collect()
        };
        let ranks = draw();
        assert_eq!(ranks, draw());
        assert!(ranks.iter().all(|rank| *rank < count));
    });
}

#[test]
fn a_burst_is_the_same_however_often_it_is_asked_what_is_due() {
    let looks = vec(0..3_000_u64, 1..40);
    let rate = prop::option::of(1.0..1e6);
    let customers = (1..1_000_u32, 0.0..3.0, any::<bool>());
    check(2_000, (any::<u64>(), 0..500_u32, customers, rate, looks), |burst| {
        let (seed, total, (customers, skew, round), rate, looks) = burst;
        let deal = match round {
            true => Deal::Round(customers),
            false => Deal::Drawn(Zipf::new(customers, skew)),
        };
        let began = Timestamp::from_micros(BEGAN);
        let fresh = || Arrivals::new(began, seed, total, deal.clone(), Family::Customer, rate);
        let mut at_once = fresh();
        let expected: Vec<Arrival> = (0..total).map(|_| at_once.next_order()).collect();
        let (mut arrivals, mut seen, mut now) = (fresh(), Vec::new(), began);
        for wait in looks {
            (0..arrivals.due(now)).for_each(|_| seen.push(arrivals.next_order()));
            assert_eq!(arrivals.due(now), 0, "what was due has come");
            if let Some(rate) = rate {
                let by_now = now.since(began).as_micros() as f64 / 1e6 * rate + 1.0;
                let due = (by_now as u32).min(total);
                assert_eq!(seen.len() as u32, due);
            }
            now = now + Span::from_micros(wait);
        }
        assert!(expected.starts_with(&seen));
        while let Some(at) = arrivals.next_at() {
            now = now.max(at);
            let due = arrivals.due(now + Span::from_micros(1));
            assert!(due > 0, "it is woken for nothing");
            (0..due).for_each(|_| seen.push(arrivals.next_order()));
        }
        assert_eq!(seen, expected);
        assert!(seen.iter().all(|arrival| arrival.customer < customers));
    });
}
