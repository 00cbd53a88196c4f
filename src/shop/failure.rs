//! How a service answers, and how long that takes.
//!
//! The answer to a call is a pure function of the scenario's seed, the service, the order, the how
//! manieth call for that order it is, and whether it falls into an outage.

use crate::core::{
    rng::{mix, unit},
    status::{Outcome, Service},
    time::Span,
};
use serde::{Deserialize, Serialize};

/// Latencies are at most this many times their mean.
const LONGEST: f64 = 100.0;

/// Shape of the log-normal latencies: the standard deviation of their logarithm.
const SIGMA: f64 = 1.0;

/// Shape of the heavy tail: Pareto's α. Its mean is finite, its variance is not.
const ALPHA: f64 = 1.5;

/// How latencies are distributed around their mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LatencyKind {
    #[default]
    Constant,
    /// From 0 to twice the mean.
    Uniform,
    /// As of a queue with one server.
    Exponential,
    /// Log-normal with σ = 1: most calls are quick, some take several times the mean.
    LogNormal,
    /// Pareto with α = 1.5, cut off at a hundred times the mean.
    HeavyTail,
}

/// How a service fails, and its latency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FailureModel {
    /// The mean latency.
    pub latency: Span,
    pub latency_kind: LatencyKind,
    /// The first so many calls for every order fail transiently.
    pub fail_first: u16,
    /// Share of calls that fail transiently, 0 … 1.
    pub transient_rate: f64,
    /// Share of orders that are refused for good, 0 … 1.
    pub permanent_rate: f64,
    /// Share of orders that are poison, 0 … 1: every call for them fails transiently.
    pub poison_rate: f64,
    /// Share of calls that are answered with 429, 0 … 1, and what its `Retry-After` says.
    pub throttle_rate: f64,
    pub retry_after: Span,
    /// Share of calls that take `slow` longer, 0 … 1.
    pub slow_rate: f64,
    pub slow: Span,
    /// An outage begins so long after the run, lasts so long (zero: there is none), and comes back
    /// so long after its begin (zero: never). During it every call fails transiently.
    pub outage_from: Span,
    pub outage: Span,
    pub outage_every: Span,
}

/// Which call it is.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    /// The scenario's seed.
    pub seed: u64,
    pub service: Service,
    /// The order's number.
    pub number: u32,
    /// The how manieth call of the service for the order, from 1.
    pub ordinal: u16,
    /// The gateway has charged the order before, and recognises it.
    pub charged: bool,
    /// When, since the run began.
    pub at: Span,
}

/// Different decisions about the same call draw from different streams.
#[derive(Clone, Copy)]
enum Draw {
    Permanent = 1,
    Transient = 2,
    // 3 is a consumer's service time.
    Jitter = 4,
    Latency = 5,
    Slow = 6,
    Throttle = 7,
    Poison = 8,
}

impl FailureModel {
    /// What the service answers.
    pub fn answer(&self, ask: &Ask) -> Outcome {
        if self.is_out(ask.at) {
            return Outcome::GatewayFailed;
        }
        if ask.charged {
            return Outcome::Completed;
        }
        let of_the_order = Ask { ordinal: 0, ..*ask };
        if of_the_order.happens(self.permanent_rate, Draw::Permanent) {
            return Outcome::Declined;
        }
        if of_the_order.happens(self.poison_rate, Draw::Poison) {
            return Outcome::GatewayFailed;
        }
        if ask.ordinal <= self.fail_first || ask.happens(self.transient_rate, Draw::Transient) {
            return Outcome::GatewayFailed;
        }
        if ask.happens(self.throttle_rate, Draw::Throttle) {
            return Outcome::Throttled;
        }
        Outcome::Completed
    }

    /// How long the answer takes.
    pub fn latency(&self, ask: &Ask) -> Span {
        let mean = self.latency.as_micros() as f64;
        let slow = if ask.happens(self.slow_rate, Draw::Slow) { self.slow } else { Span::ZERO };
        if self.latency_kind == LatencyKind::Constant || mean == 0.0 {
            return self.latency + slow;
        }
        let draw = ask.draw(Draw::Latency);
        // In (0, 1], for what is divided by or goes into a logarithm.
        let rest = 1.0 - draw;
        let times = match self.latency_kind {
            LatencyKind::Constant => 1.0,
            LatencyKind::Uniform => 2.0 * draw,
            LatencyKind::Exponential => -libm::log(rest),
            LatencyKind::LogNormal => libm::exp(SIGMA * normal(draw) - SIGMA * SIGMA / 2.0),
            LatencyKind::HeavyTail => (ALPHA - 1.0) / ALPHA / libm::pow(rest, 1.0 / ALPHA),
        };
        Span::from_micros((mean * times.min(LONGEST) + 0.5) as u64) + slow
    }

    /// Whether the service is out, so long after the run began.
    pub fn is_out(&self, at: Span) -> bool {
        let [at, from, length, every] =
            [at, self.outage_from, self.outage, self.outage_every].map(Span::as_micros);
        if length == 0 || at < from {
            return false;
        }
        let since = at - from;
        let since = if every == 0 { since } else { since % every };
        since < length
    }
}

impl Ask {
    /// A number in [0, 1) for the jitter of the wait before the next call.
    pub fn jitter(&self) -> f64 {
        self.draw(Draw::Jitter)
    }

    /// Whether something of that rate happens. What never does is not drawn.
    fn happens(&self, rate: f64, what: Draw) -> bool {
        rate > 0.0 && self.draw(what) < rate
    }

    fn draw(&self, what: Draw) -> f64 {
        let what = (self.service as u64) << 4 | what as u64;
        let call = u64::from(self.number) << 24 | u64::from(self.ordinal) << 8 | what;
        unit(mix(mix(self.seed) ^ call))
    }
}

/// The standard normal quantile of a probability in [0, 1).
///
/// # Source
/// Acklam's rational approximation (2003), relative error below 1.15 · 10⁻⁹.
fn normal(probability: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 5] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 4] = [
        7.784_695_709_041_462e-3,
        3.224_671_290_700_398e-1,
        2.445_134_137_142_996,
        3.754_408_661_907_416,
    ];
    /// Below and above this the tails begin.
    const TAIL: f64 = 0.024_25;
    let polynomial = |of: &[f64], x: f64| of.iter().fold(0.0, |sum, factor| sum * x + factor);
    let tail = |probability: f64| {
        let q = libm::sqrt(-2.0 * libm::log(probability.max(1e-12)));
        polynomial(&C, q) / (polynomial(&D, q) * q + 1.0)
    };
    if probability < TAIL {
        tail(probability)
    } else if probability > 1.0 - TAIL {
        -tail(1.0 - probability)
    } else {
        let q = probability - 0.5;
        let r = q * q;
        polynomial(&A, r) * q / (polynomial(&B, r) * r + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(number: u32, ordinal: u16) -> Ask {
        let service = Service::Payment;
        Ask { seed: 5, service, number, ordinal, charged: false, at: Span::ZERO }
    }

    #[test]
    fn rates_are_as_configured() {
        let model = FailureModel {
            transient_rate: 0.2,
            permanent_rate: 0.1,
            throttle_rate: 0.25,
            ..FailureModel::default()
        };
        let mut outcomes = [0_u32; 6];
        for number in 0..100_000 {
            let outcome = model.answer(&ask(number, 1));
            outcomes[crate::core::delivery::outcome_code(outcome) as usize] += 1;
        }
        let [_, declined, failed, timed_out, throttled, open] = outcomes;
        assert!((9_700..=10_300).contains(&declined), "{declined}");
        assert!((17_600..=18_400).contains(&failed), "{failed}");
        assert!((17_600..=18_400).contains(&throttled), "{throttled}");
        assert_eq!((timed_out, open), (0, 0));
    }

    #[test]
    fn a_declined_card_stays_declined_and_a_charge_is_remembered() {
        let model =
            FailureModel { transient_rate: 0.2, permanent_rate: 0.1, ..FailureModel::default() };
        for number in 0..1_000 {
            let first = model.answer(&ask(number, 1));
            let later = model.answer(&ask(number, 9));
            assert_eq!(first == Outcome::Declined, later == Outcome::Declined);
            let charged = Ask { charged: true, ..ask(number, 2) };
            assert_eq!(model.answer(&charged), Outcome::Completed);
        }
    }

    #[test]
    fn poison_fails_however_often_it_is_tried() {
        let model = FailureModel { poison_rate: 0.05, ..FailureModel::default() };
        let answers = |number| (1..50).map(move |ordinal| model.answer(&ask(number, ordinal)));
        let poison = |number: &u32| answers(*number).all(|it| it == Outcome::GatewayFailed);
        let count = (0..10_000).filter(poison).count();
        assert!((400..600).contains(&count), "{count}");
        assert!(
            (0..10_000).all(|number| answers(number).all(|it| it == model.answer(&ask(number, 1))))
        );
    }

    #[test]
    fn the_first_calls_fail_as_told() {
        let model = FailureModel { fail_first: 2, ..FailureModel::default() };
        let outcomes = [1, 2, 3].map(|ordinal| model.answer(&ask(0, ordinal)));
        use Outcome::{Completed, GatewayFailed};
        assert_eq!(outcomes, [GatewayFailed, GatewayFailed, Completed]);
    }

    #[test]
    fn latencies_have_their_mean_and_their_shape() {
        // The share of calls that take longer than the mean, by the distributions' formulas; the
        // heavy tail's mean comes out below its formula's, since it is cut off.
        for (kind, mean_within, above) in [
            (LatencyKind::Constant, 0.0, 0.0),
            (LatencyKind::Uniform, 0.01, 0.5),
            (LatencyKind::Exponential, 0.02, 0.3679),
            (LatencyKind::LogNormal, 0.03, 0.3085),
            (LatencyKind::HeavyTail, 0.2, 0.1925),
        ] {
            let latency = Span::from_millis(10);
            let model = FailureModel { latency, latency_kind: kind, ..FailureModel::default() };
            let draws: Vec<f64> =
                (0..100_000).map(|n| model.latency(&ask(n, 1)).as_millis_f64()).collect();
            let mean = draws.iter().sum::<f64>() / draws.len() as f64;
            assert!((mean / 10.0 - 1.0).abs() <= mean_within, "{kind:?}: {mean}");
            let longer = draws.iter().filter(|draw| **draw > 10.0).count() as f64 / 1e5;
            assert!((longer - above).abs() < 0.01, "{kind:?}: {longer}");
            assert!(draws.iter().all(|draw| *draw <= 1_000.0), "{kind:?}");
        }
    }

    #[test]
    fn an_outage_begins_ends_and_comes_back() {
        let [from, length, every] = [100, 50, 200].map(Span::from_millis);
        let once = FailureModel { outage_from: from, outage: length, ..FailureModel::default() };
        let again = FailureModel { outage_every: every, ..once };
        let out = |model: &FailureModel, millis| model.is_out(Span::from_millis(millis));
        assert_eq!(
            [99, 100, 149, 150, 300].map(|at| out(&once, at)),
            [false, true, true, false, false]
        );
        assert_eq!(
            [99, 100, 149, 150, 300].map(|at| out(&again, at)),
            [false, true, true, false, true]
        );
        assert_eq!(once.answer(&Ask { at: from, ..ask(0, 1) }), Outcome::GatewayFailed);
    }

    #[test]
    fn the_normal_quantile_is_the_tables() {
        for (probability, quantile) in
            [(0.5, 0.0), (0.841_344_746, 1.0), (0.975, 1.959_964), (0.01, -2.326_348)]
        {
            assert!((normal(probability) - quantile).abs() < 1e-6, "{probability}");
        }
    }
}
