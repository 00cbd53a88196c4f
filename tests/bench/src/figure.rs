//! A measured figure: its name, its unit, its repetitions, and how it is read.

use serde::Serialize;

use crate::statistics::Sample;

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Unit {
    #[serde(rename = "orders/s")]
    OrdersPerSecond,
    #[serde(rename = "µs/order")]
    MicrosPerOrder,
    #[serde(rename = "ms")]
    Millis,
    #[serde(rename = "bytes")]
    Bytes,
    #[serde(rename = "bytes/order")]
    BytesPerOrder,
    #[serde(rename = "×")]
    Times,
    #[serde(rename = "%")]
    Percent,
    #[serde(rename = "")]
    Count,
}

/// One figure of the report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// Unique in a report: `path.sessions.4096`.
    pub name: String,
    pub unit: Unit,
    #[serde(flatten)]
    pub sample: Sample,
}

impl Figure {
    pub fn new(name: impl Into<String>, unit: Unit, sample: Sample) -> Self {
        Self { name: name.into(), unit, sample }
    }

    /// The median.
    pub fn middle(&self) -> String {
        self.unit.show(self.sample.median())
    }

    /// Minimum and maximum: `1.2–3.4`; empty for a single value.
    pub fn spread(&self) -> String {
        if self.sample.values().len() < 2 {
            return String::new();
        }
        format!("{}–{}", self.unit.show(self.sample.min()), self.unit.show(self.sample.max()))
    }
}

impl Unit {
    /// A value with as many digits as mean something, without the unit.
    pub fn show(self, value: f64) -> String {
        match self {
            Self::OrdersPerSecond | Self::Bytes | Self::Count => grouped(value),
            Self::MicrosPerOrder => format!("{value:.3}"),
            Self::Millis | Self::BytesPerOrder | Self::Percent => format!("{value:.1}"),
            Self::Times if value >= 100.0 => grouped(value),
            Self::Times if value >= 1.0 => format!("{value:.1}"),
            Self::Times => format!("{value:.3}"),
        }
    }

    /// A value with its unit.
    pub fn tell(self, value: f64) -> String {
        match self {
            Self::Count => self.show(value),
            Self::Times => format!("{}×", self.show(value)),
            _ => format!("{} {}", self.show(value), self.name()),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::OrdersPerSecond => "orders/s",
            Self::MicrosPerOrder => "µs/order",
            Self::Millis => "ms",
            Self::Bytes => "bytes",
            Self::BytesPerOrder => "bytes/order",
            Self::Times => "×",
            Self::Percent => "%",
            Self::Count => "",
        }
    }
}

/// A whole number with commas between the thousands.
pub fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0.0 && digits != "0" { format!("-{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(unit: Unit, value: f64, expected: &str) {
        assert_eq!(unit.tell(value), expected);
    }

    #[test]
    fn values_are_told_with_their_unit() {
        check(Unit::OrdersPerSecond, 1_234_567.8, "1,234,568 orders/s");
        check(Unit::OrdersPerSecond, 999.0, "999 orders/s");
        check(Unit::MicrosPerOrder, 0.4567, "0.457 µs/order");
        check(Unit::Millis, 1.25, "1.2 ms");
        check(Unit::Bytes, 100_000.0, "100,000 bytes");
        check(Unit::Times, 81.25, "81.2×");
        check(Unit::Times, 1_000.0, "1,000×");
        check(Unit::Times, 0.25, "0.250×");
        check(Unit::Count, 0.0, "0");
        check(Unit::Percent, 12.5, "12.5 %");
    }

    #[test]
    fn a_figure_shows_its_spread_if_it_has_one() {
        let repeated = Figure::new("a", Unit::Count, Sample::new([1_000.0, 3.0, 2.0]));
        assert_eq!((repeated.middle(), repeated.spread()), ("3".into(), "2–1,000".into()));
        let single = Figure::new("b", Unit::Count, Sample::new([5.0]));
        assert_eq!(single.spread(), "");
    }

    #[test]
    fn json_has_the_name_the_unit_and_the_values() {
        let figure = Figure::new("a", Unit::MicrosPerOrder, Sample::new([1.0, 2.0]));
        let expected = serde_json::json!({
            "name": "a", "unit": "µs/order", "median": 1.5, "min": 1.0, "max": 2.0,
            "values": [1.0, 2.0],
        });
        assert_eq!(serde_json::to_value(figure).unwrap(), expected);
    }
}
