//! What a repeated measurement says: its median and its spread.

use serde::{Serialize, Serializer, ser::SerializeStruct};

/// Repetitions of one measurement, in its figure's unit, in the order they were made. At least one.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    values: Vec<f64>,
}

impl Sample {
    /// # Panics
    /// There is no value, or one is not a number.
    pub fn new(values: impl IntoIterator<Item = f64>) -> Self {
        let values: Vec<f64> = values.into_iter().collect();
        assert!(!values.is_empty(), "a sample has at least one value");
        assert!(values.iter().all(|value| !value.is_nan()), "not a number: {values:?}");
        Self { values }
    }

    /// The middle value; of an even count, the mean of the two in the middle.
    pub fn median(&self) -> f64 {
        let sorted = sorted(&self.values);
        let middle = sorted.len() / 2;
        if sorted.len() % 2 == 1 {
            sorted[middle]
        } else {
            f64::midpoint(sorted[middle - 1], sorted[middle])
        }
    }

    pub fn min(&self) -> f64 {
        self.values.iter().copied().fold(f64::INFINITY, f64::min)
    }

    pub fn max(&self) -> f64 {
        self.values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
    }

    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// This one divided by another, repetition by repetition: those were made side by side, so a
    /// slow moment of the machine is in both.
    ///
    /// # Panics
    /// They have not the same number of repetitions.
    pub fn over(&self, other: &Self) -> Self {
        assert_eq!(self.values.len(), other.values.len(), "made in the same repetitions");
        Self::new(self.values.iter().zip(&other.values).map(|(one, by)| one / by))
    }
}

impl Serialize for Sample {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Sample", 4)?;
        fields.serialize_field("median", &self.median())?;
        fields.serialize_field("min", &self.min())?;
        fields.serialize_field("max", &self.max())?;
        fields.serialize_field("values", &self.values)?;
        fields.end()
    }
}

/// The smallest of the values that at least `share` (0 … 1) of all do not exceed: the nearest
/// rank, which is always a value that was measured.
///
/// # Panics
/// There is no value.
pub fn percentile(values: &[f64], share: f64) -> f64 {
    let sorted = sorted(values);
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted[rank.clamp(1, sorted.len()) - 1]
}

/// How far from flat some values are: the least share, in percent, such that all of them are
/// within plus or minus it of one value.
///
/// # Panics
/// There is no value.
pub fn unevenness(values: &[f64]) -> f64 {
    let all = Sample::new(values.iter().copied());
    100.0 * (all.max() - all.min()) / (all.max() + all.min())
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[f64], median: f64, min: f64, max: f64) {
        let sample = Sample::new(values.iter().copied());
        let found = (sample.median(), sample.min(), sample.max());
        assert_eq!(found, (median, min, max), "{values:?}");
    }

    #[test]
    fn median_and_spread_do_not_depend_on_the_order() {
        check(&[7.0], 7.0, 7.0, 7.0);
        check(&[3.0, 1.0, 2.0], 2.0, 1.0, 3.0);
        check(&[4.0, 1.0, 3.0, 2.0], 2.5, 1.0, 4.0);
        check(&[10.0, 2.0, 9.0, 100.0, 1.0], 9.0, 1.0, 100.0);
    }

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let hundred: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        for (share, expected) in [(0.5, 50.0), (0.99, 99.0), (1.0, 100.0), (0.0, 1.0)] {
            assert_eq!(percentile(&hundred, share), expected, "{share}");
        }
        assert_eq!(percentile(&[5.0], 0.99), 5.0);
        assert_eq!(percentile(&[1.0, 2.0], 0.51), 2.0);
    }

    #[test]
    fn ratios_pair_the_repetitions() {
        let ratio = Sample::new([10.0, 30.0]).over(&Sample::new([5.0, 10.0]));
        assert_eq!(ratio.values(), [2.0, 3.0]);
    }

    #[test]
    fn unevenness_is_half_the_range_over_its_middle() {
        assert_eq!(unevenness(&[2.0, 2.0]), 0.0);
        assert_eq!(unevenness(&[75.0, 125.0, 100.0]), 25.0);
        assert_eq!(unevenness(&[1.0, 3.0]), 50.0);
    }
}
