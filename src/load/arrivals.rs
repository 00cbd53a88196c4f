//! A burst: so many orders, of so many customers, at once or at a rate.
//!
//! Which customer orders what is decided by the seed alone; when, by the rate and the clock.

use crate::core::{
    keys::Family,
    rng::{Rng, Zipf},
    time::{Span, Timestamp},
};
use crate::shop::catalogue::PRODUCTS;

/// The most pieces in an order of a burst.
const MOST_PIECES: u32 = 3;

/// Which customer the next order is of.
#[derive(Clone, Debug)]
pub enum Deal {
    /// Drawn by popularity.
    Drawn(Zipf),
    /// One after the other, of so many.
    Round(u32),
}

/// One order of a burst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The customer's index in the family.
    pub customer: u32,
    /// The product's index in the catalogue.
    pub sku: u16,
    pub pieces: u32,
}

/// A burst under way.
#[derive(Clone, Debug)]
pub struct Arrivals {
    rng: Rng,
    deal: Deal,
    /// What the customers are called.
    pub family: Family,
    /// Orders per second, or as fast as can be.
    rate: Option<f64>,
    began_at: Timestamp,
    /// Orders that have come, and that are to come in all.
    pub sent: u32,
    pub total: u32,
}

impl Arrivals {
    /// A burst of `total` orders that begins now.
    pub fn new(
        now: Timestamp,
        seed: u64,
        total: u32,
        deal: Deal,
        family: Family,
        rate: Option<f64>,
    ) -> Self {
        Self { rng: Rng::new(seed), deal, family, rate, began_at: now, sent: 0, total }
    }

    /// How many orders are due and have not come.
    pub fn due(&self, now: Timestamp) -> u32 {
        let left = self.total - self.sent;
        match self.rate {
            None => left,
            Some(rate) => {
                let micros = now.since(self.began_at).as_micros() as f64;
                // The first order is due at once. What is due by a hair's breadth is due: so
                // that something is due at `next_at`, however the division was rounded.
                let due = (micros * rate / 1e6 + 1e-6) as u64 + 1;
                due.saturating_sub(u64::from(self.sent)).min(u64::from(left)) as u32
            }
        }
    }

    /// When the next order is due; none when all have come.
    pub fn next_at(&self) -> Option<Timestamp> {
        if self.is_over() {
            return None;
        }
        let micros = self.rate.map_or(0.0, |rate| f64::from(self.sent) / rate * 1e6);
        Some(self.began_at + Span::from_micros(libm::ceil(micros) as u64))
    }

    /// Whether all have come.
    pub const fn is_over(&self) -> bool {
        self.sent >= self.total
    }

    /// When the burst began.
    pub const fn began_at(&self) -> Timestamp {
        self.began_at
    }

    /// The next order.
    pub fn next_order(&mut self) -> Arrival {
        let customer = match &self.deal {
            Deal::Drawn(zipf) => zipf.draw(&mut self.rng),
            Deal::Round(customers) => self.sent % customers,
        };
        self.sent += 1;
        let bits = self.rng.next_u64();
        let sku = ((bits & 0xffff) * PRODUCTS.len() as u64) >> 16;
        let pieces = 1 + ((((bits >> 16) & 0xffff) * u64::from(MOST_PIECES)) >> 16);
        Arrival { customer, sku: sku as u16, pieces: pieces as u32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn burst(rate: Option<f64>) -> Arrivals {
        Arrivals::new(Timestamp::ZERO, 3, 1_000, Deal::Round(3), Family::User, rate)
    }

    #[test]
    fn the_same_seed_gives_the_same_orders() {
        let (mut one, mut two) = (burst(None), burst(None));
        let orders: Vec<_> = (0..1_000).map(|_| one.next_order()).collect();
        assert!(orders.iter().all(|order| *order == two.next_order()));
        assert!(orders.iter().enumerate().all(|(i, order)| order.customer == i as u32 % 3));
        assert!(orders.iter().all(|order| (1..=MOST_PIECES).contains(&order.pieces)));
        assert!((0..24).all(|sku| orders.iter().any(|order| order.sku == sku)));
        assert!(one.is_over() && one.next_at().is_none());
    }

    #[test]
    fn a_rate_spreads_the_orders_over_time() {
        let mut arrivals = burst(Some(100.0));
        assert_eq!((burst(None).due(Timestamp::ZERO), arrivals.due(Timestamp::ZERO)), (1_000, 1));
        assert_eq!(arrivals.due(Timestamp::from_micros(1_000_000)), 101);
        arrivals.next_order();
        assert_eq!(arrivals.next_at(), Some(Timestamp::from_micros(10_000)));
        assert_eq!(arrivals.due(Timestamp::from_micros(9_999)), 0);
        for rate in [0.3, 7.0, 200.0, 333.3, 1e6] {
            let mut arrivals = burst(Some(rate));
            while let Some(at) = arrivals.next_at() {
                assert!(arrivals.due(at) > 0, "{rate}: nothing is due at {at:?}");
                arrivals.next_order();
            }
        }
        let arrivals = burst(Some(100.0));
        assert_eq!(arrivals.due(Timestamp::from_micros(u64::MAX / 2)), 1_000);
    }
}
