//! The budgets of the design, and whether what was measured keeps them.

use serde::Serialize;

use crate::{
    figure::{Figure, Unit},
    table::Table,
};

/// A bound that a figure must keep.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

/// Which of a figure's repetitions is held against the bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Judged {
    Median,
    /// "None over": the largest of all.
    Largest,
}

struct Budget {
    what: &'static str,
    /// The figure's name.
    figure: &'static str,
    unit: Unit,
    judged: Judged,
    bound: Bound,
}

const fn budget(what: &'static str, figure: &'static str, unit: Unit, bound: Bound) -> Budget {
    Budget { what, figure, unit, judged: Judged::Median, bound }
}

/// The design's table, a line per bound.
const BUDGETS: [Budget; 14] = [
    budget(
        "whole path, sessions, 2 consumers, prefetch 4,096",
        "path.sessions.4096",
        Unit::OrdersPerSecond,
        Bound::AtLeast(2_000_000.0),
    ),
    budget(
        "whole path, sessions, 2 consumers, default prefetch",
        "path.sessions.default",
        Unit::OrdersPerSecond,
        Bound::AtLeast(2_000_000.0),
    ),
    budget("… beside workerpool", "path.over.workerpool", Unit::Times, Bound::AtLeast(80.0)),
    budget("… beside comlink", "path.over.comlink", Unit::Times, Bound::AtLeast(80.0)),
    budget(
        "cost per order, 1 k to 10 M orders, even within ±",
        "growth.orders.unevenness",
        Unit::Percent,
        Bound::AtMost(25.0),
    ),
    budget(
        "cost per order, 1 to 1 M keys, even within ±",
        "growth.keys.unevenness",
        Unit::Percent,
        Bound::AtMost(25.0),
    ),
    budget(
        "memory per waiting order, 1 M waiting",
        "growth.bytesPerWaitingOrder",
        Unit::BytesPerOrder,
        Bound::AtMost(100.0),
    ),
    budget("submit → 202, idle, p99", "response.idle.p99", Unit::Millis, Bound::AtMost(2.0)),
    budget(
        "submit → 202, during a burst, p99",
        "response.burst.p99",
        Unit::Millis,
        Bound::AtMost(10.0),
    ),
    Budget {
        what: "longest main-thread task during a burst",
        figure: "response.longestTask",
        unit: Unit::Millis,
        judged: Judged::Largest,
        bound: Bound::AtMost(50.0),
    },
    budget(
        "download, gzip, all of the first load",
        "download.gzip",
        Unit::Bytes,
        Bound::AtMost(500_000.0),
    ),
    budget(
        "download, gzip, worker.wasm",
        "download.gzip.worker",
        Unit::Bytes,
        Bound::AtMost(150_000.0),
    ),
    budget(
        "twin over real time, slowest preset",
        "twin.slowest",
        Unit::Times,
        Bound::AtLeast(1_000.0),
    ),
    budget(
        "twin over real time, fastest preset",
        "twin.fastest",
        Unit::Times,
        Bound::AtLeast(1_000.0),
    ),
];

/// What became of a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    Met,
    Missed,
    NotMeasured,
}

/// A budget with what was measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Judgement {
    pub what: &'static str,
    pub bound: String,
    pub measured: Option<String>,
    pub verdict: Verdict,
}

/// Holds every budget against the figures that were measured in this run.
pub fn judge(figures: &[&Figure]) -> Vec<Judgement> {
    BUDGETS.iter().map(|budget| budget.judge(figures)).collect()
}

/// The judgements as a table.
pub fn table(judgements: &[Judgement]) -> Table {
    let mut table = Table::of_words("Budgets", &["what", "budget", "measured", "verdict"]);
    for judgement in judgements {
        let verdict = match judgement.verdict {
            Verdict::Met => "met",
            Verdict::Missed => "MISSED",
            Verdict::NotMeasured => "not measured",
        };
        let measured = judgement.measured.clone().unwrap_or_else(|| "–".into());
        table.row([judgement.what.into(), judgement.bound.clone(), measured, verdict.into()]);
    }
    table
}

impl Budget {
    fn judge(&self, figures: &[&Figure]) -> Judgement {
        let figure = figures.iter().find(|figure| figure.name == self.figure);
        let Some(figure) = figure else {
            return self.judgement(None, Verdict::NotMeasured);
        };
        assert_eq!(figure.unit, self.unit, "{} is in its budget's unit", self.figure);
        let value = match self.judged {
            Judged::Median => figure.sample.median(),
            Judged::Largest => figure.sample.max(),
        };
        let verdict = if self.bound.admits(value) { Verdict::Met } else { Verdict::Missed };
        self.judgement(Some(self.unit.tell(value)), verdict)
    }

    fn judgement(&self, measured: Option<String>, verdict: Verdict) -> Judgement {
        Judgement { what: self.what, bound: self.bound.tell(self.unit), measured, verdict }
    }
}

impl Bound {
    fn admits(self, value: f64) -> bool {
        match self {
            Self::AtLeast(bound) => value >= bound,
            Self::AtMost(bound) => value <= bound,
        }
    }

    fn tell(self, unit: Unit) -> String {
        match self {
            Self::AtLeast(bound) => format!("≥ {}", unit.tell(bound)),
            Self::AtMost(bound) => format!("≤ {}", unit.tell(bound)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::Sample;

    fn check(name: &str, unit: Unit, values: &[f64], expected: (&str, &str, Verdict)) {
        let figure = Figure::new(name, unit, Sample::new(values.iter().copied()));
        let judgements = judge(&[&figure]);
        let measured: Vec<_> =
            judgements.iter().filter(|it| it.verdict != Verdict::NotMeasured).collect();
        let [one] = measured[..] else { panic!("{name} is of one budget: {measured:?}") };
        let found = (one.bound.as_str(), one.measured.as_deref().unwrap(), one.verdict);
        assert_eq!(found, expected);
    }

    #[test]
    fn a_bound_belongs_to_what_is_met() {
        use Verdict::{Met, Missed};
        let speed = |value: f64| [value, 1.0, 9e9];
        let (name, unit) = ("path.sessions.4096", Unit::OrdersPerSecond);
        let bound = "≥ 2,000,000 orders/s";
        check(name, unit, &speed(2e6), (bound, "2,000,000 orders/s", Met));
        check(name, unit, &speed(1_999_999.0), (bound, "1,999,999 orders/s", Missed));
        let (name, unit) = ("response.idle.p99", Unit::Millis);
        check(name, unit, &[2.0], ("≤ 2.0 ms", "2.0 ms", Met));
        check(name, unit, &[2.1], ("≤ 2.0 ms", "2.1 ms", Missed));
    }

    #[test]
    fn none_over_means_none() {
        let (name, values) = ("response.longestTask", [0.0, 0.0, 51.0]);
        check(name, Unit::Millis, &values, ("≤ 50.0 ms", "51.0 ms", Verdict::Missed));
    }

    #[test]
    fn what_was_not_measured_is_not_met() {
        let judgements = judge(&[]);
        assert_eq!(judgements.len(), BUDGETS.len());
        assert!(judgements.iter().all(|it| it.verdict == Verdict::NotMeasured));
        assert!(table(&judgements).text().contains("not measured"));
    }
}
