//! What a consumer does with an order, and how it ends: charge the payment, take the stock,
//! ship, report.
//!
//! How an attempt ends is a pure function of the scenario's seed, the order and the attempt:
//! whichever consumer does it and whenever. So a live run and its twin agree on every outcome,
//! though not on timing.

use crate::core::{
    delivery::Delivery,
    rng::{mix, unit},
    status::Outcome,
    time::Span,
};
use serde::{Deserialize, Serialize};

/// How consumers work and how the payment gateway fails.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkModel {
    /// Seed of all outcomes and service times.
    pub seed: u64,
    /// Mean of the service time.
    pub service: Span,
    /// Half width of the service time's uniform spread, as a share of the mean, 0 … 1.
    pub spread: f64,
    /// Whether the service time is spent computing rather than waiting.
    pub burn: bool,
    /// How long a charge takes, on top of the service time.
    pub gateway_latency: Span,
    /// Share of attempts that fail transiently, 0 … 1.
    pub transient_rate: f64,
    /// Share of orders whose card is declined, 0 … 1.
    pub permanent_rate: f64,
    /// The first so many attempts of every order fail transiently.
    pub fail_first: u16,
}

/// What will happen to an attempt, and when, from its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    pub outcome: Outcome,
    /// When the charge is made and the stock is taken, for an attempt that gets so far.
    pub charged_after: Span,
    pub reserved_after: Span,
    /// When it is over.
    pub over_after: Span,
}

/// Different decisions about the same order draw from different streams.
#[derive(Clone, Copy)]
enum Draw {
    Permanent = 1,
    Transient = 2,
    Service = 3,
}

impl WorkModel {
    /// What happens to this attempt, for a consumer `slow_factor` times as slow as usual.
    ///
    /// A gateway that has charged the order before answers as it did then.
    pub fn plan(&self, delivery: &Delivery, slow_factor: f64) -> Plan {
        let outcome = self.outcome(delivery);
        let service = self.service_micros(delivery) * slow_factor;
        let charged = self.gateway_latency.as_micros() as f64 * slow_factor + service / 2.0;
        let rest = if outcome == Outcome::Completed { service / 2.0 } else { 0.0 };
        let span = |micros: f64| Span::from_micros((micros + 0.5) as u64);
        Plan {
            outcome,
            charged_after: span(charged),
            reserved_after: span(charged + rest / 2.0),
            over_after: span(charged + rest),
        }
    }

    /// How this attempt ends.
    pub fn outcome(&self, delivery: &Delivery) -> Outcome {
        if delivery.flags & Delivery::CHARGED != 0 {
            return Outcome::Completed;
        }
        if self.happens(self.permanent_rate, delivery, 0, Draw::Permanent) {
            return Outcome::Declined;
        }
        if delivery.attempt <= self.fail_first
            || self.happens(self.transient_rate, delivery, delivery.attempt, Draw::Transient)
        {
            return Outcome::GatewayFailed;
        }
        Outcome::Completed
    }

    /// Whether something of that rate happens. What never does is not drawn.
    fn happens(&self, rate: f64, delivery: &Delivery, attempt: u16, what: Draw) -> bool {
        rate > 0.0 && self.draw(delivery, attempt, what) < rate
    }

    fn service_micros(&self, delivery: &Delivery) -> f64 {
        let mean = self.service.as_micros() as f64;
        if self.spread == 0.0 || mean == 0.0 {
            return mean;
        }
        let position = 2.0 * self.draw(delivery, delivery.attempt, Draw::Service) - 1.0;
        mean * (1.0 + self.spread * position)
    }

    fn draw(&self, delivery: &Delivery, attempt: u16, what: Draw) -> f64 {
        let order = u64::from(delivery.number) << 24 | u64::from(attempt) << 8 | what as u64;
        unit(mix(mix(self.seed) ^ order))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: WorkModel = WorkModel {
        seed: 5,
        service: Span::from_micros(1_000),
        spread: 0.5,
        burn: false,
        gateway_latency: Span::from_micros(200),
        transient_rate: 0.2,
        permanent_rate: 0.1,
        fail_first: 0,
    };

    fn attempt(number: u32, attempt: u16) -> Delivery {
        Delivery { number, attempt, ..Delivery::default() }
    }

    #[test]
    fn rates_and_means_are_as_configured() {
        let mut outcomes = [0_u32; 3];
        let mut total = 0;
        for number in 0..100_000 {
            let plan = MODEL.plan(&attempt(number, 1), 1.0);
            outcomes[crate::core::delivery::outcome_code(plan.outcome) as usize] += 1;
            if plan.outcome == Outcome::Completed {
                total += plan.over_after.as_micros();
            }
        }
        let [completed, declined, failed] = outcomes;
        assert!((9_700..=10_300).contains(&declined), "{declined}");
        assert!((17_600..=18_400).contains(&failed), "{failed}");
        let mean = total as f64 / f64::from(completed);
        assert!((1_195.0..=1_205.0).contains(&mean), "{mean}");
    }

    #[test]
    fn a_declined_card_stays_declined_and_a_charge_is_remembered() {
        for number in 0..1_000 {
            let first = MODEL.outcome(&attempt(number, 1));
            let later = MODEL.outcome(&attempt(number, 9));
            assert_eq!(first == Outcome::Declined, later == Outcome::Declined);
            let charged = Delivery { flags: Delivery::CHARGED, ..attempt(number, 2) };
            assert_eq!(MODEL.outcome(&charged), Outcome::Completed);
        }
    }

    #[test]
    fn the_first_attempts_fail_as_told() {
        let model = WorkModel { fail_first: 2, transient_rate: 0.0, permanent_rate: 0.0, ..MODEL };
        let outcomes = [1, 2, 3].map(|n| model.outcome(&attempt(0, n)));
        use Outcome::{Completed, GatewayFailed};
        assert_eq!(outcomes, [GatewayFailed, GatewayFailed, Completed]);
    }
}
