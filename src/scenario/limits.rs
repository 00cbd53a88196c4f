//! The range of a number, and the one place to ask for a field's: checks and forms agree.

use super::fields::paths;
use crate::core::refusal::{Problem, Refusal};

/// The numbers that a field takes: finite, `min..=max`, and whole if it says so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
    /// Whether fractions are refused.
    pub whole: bool,
}

/// Whole numbers, `min..=max`.
pub const fn whole(min: f64, max: f64) -> Limits {
    Limits { min, max, whole: true }
}

/// Numbers with fractions, `min..=max`.
pub const fn real(min: f64, max: f64) -> Limits {
    Limits { min, max, whole: false }
}

impl Limits {
    /// Whether `number` may stand; the refusal's field is left to the caller.
    ///
    /// # Errors
    /// `OutOfRange` outside `min..=max` and for NaN, `NotWhole` for an unwanted fraction.
    pub fn check(self, number: f64) -> Result<f64, Refusal> {
        if !(self.min..=self.max).contains(&number) {
            return Err(Refusal::new("", Problem::OutOfRange { min: self.min, max: self.max }));
        }
        if self.whole && number.fract() != 0.0 {
            return Err(Refusal::new("", Problem::NotWhole));
        }
        Ok(number)
    }
}

/// The limits of a scenario's numeric field, by its path in the scripting API.
///
/// # Panics
/// When there is no such field: the path is a literal of ours, and wrong.
///
/// ```
/// use convoy_lab::scenario::limits::{limit, whole};
/// assert_eq!(limit("gateway.failFirst"), whole(0.0, 100.0));
/// ```
pub fn limit(path: &str) -> Limits {
    let found = paths().into_iter().find(|(field, _)| field == path);
    let limits = found.and_then(|(_, limits)| limits);
    limits.unwrap_or_else(|| panic!("a scenario has no numeric field “{path}”"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_by_its_path() {
        for (path, limits) in [
            ("seed", whole(0.0, 9_007_199_254_740_991.0)),
            ("serviceTimeMs", real(0.0, 60_000.0)),
            ("gateway.latencyMs", real(0.0, 60_000.0)),
            ("burst.orders", whole(1.0, 10_000_000.0)),
            ("burst.ratePerSecond", real(1.0, 10_000_000.0)),
        ] {
            assert_eq!(limit(path), limits, "{path}");
        }
    }

    #[test]
    #[should_panic(expected = "no numeric field “orders”")]
    fn a_path_that_does_not_exist_is_our_mistake() {
        limit("orders");
    }

    #[test]
    fn a_number_is_finite_within_and_whole_where_it_must_be() {
        let range = Problem::OutOfRange { min: 1.0, max: 3.0 };
        for (number, limits, problem) in [
            (1.0, whole(1.0, 3.0), None),
            (3.0, whole(1.0, 3.0), None),
            (1.5, real(1.0, 3.0), None),
            (1.5, whole(1.0, 3.0), Some(Problem::NotWhole)),
            (0.5, whole(1.0, 3.0), Some(range.clone())),
            (-1.0, real(1.0, 3.0), Some(range.clone())),
            (f64::NAN, real(1.0, 3.0), Some(range.clone())),
            (f64::INFINITY, real(1.0, 3.0), Some(range.clone())),
            (1e300, whole(1.0, 3.0), Some(range)),
        ] {
            let refused = limits.check(number).err().map(|refusal| refusal.problem);
            assert_eq!(refused, problem, "{number}");
        }
    }
}
