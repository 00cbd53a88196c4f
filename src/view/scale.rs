//! Scales: from values to pixels, with round numbers at the ticks.

/// A linear scale from `min..=max` to the pixels `from..=to` (which may run backwards).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    pub min: f64,
    pub max: f64,
    pub from: f64,
    pub to: f64,
}

impl Scale {
    /// Where a value is, in pixels.
    pub fn place(&self, value: f64) -> f64 {
        let span = self.max - self.min;
        if span <= 0.0 {
            return self.from;
        }
        self.from + (value - self.min) / span * (self.to - self.from)
    }

    /// Which value is at a pixel.
    pub fn value(&self, pixel: f64) -> f64 {
        let span = self.to - self.from;
        if span == 0.0 {
            return self.min;
        }
        self.min + (pixel - self.from) / span * (self.max - self.min)
    }
}

/// The smallest of 1, 2, 5, 10, 20, 50 … that is at least `least`.
///
/// ```
/// assert_eq!(convoy_lab::view::scale::round_up(37.0), 50.0);
/// ```
pub fn round_up(least: f64) -> f64 {
    if least.is_nan() || least <= 0.0 {
        return 1.0;
    }
    let power = 10f64.powf(least.log10().floor());
    for factor in [1.0, 2.0, 5.0, 10.0] {
        // A hair of tolerance for what the logarithm rounds.
        if factor * power >= least * (1.0 - 1e-9) {
            return factor * power;
        }
    }
    10.0 * power
}

/// The top of an axis that shows values up to `max`, and the step of its about `wanted` ticks.
pub fn axis(max: f64, wanted: usize) -> (f64, f64) {
    let max = if max.is_finite() && max > 0.0 { max } else { 1.0 };
    let step = round_up(max / wanted.max(1) as f64);
    ((max / step - 1e-9).ceil().max(1.0) * step, step)
}

/// The ticks of an axis from 0 to `top`.
pub fn ticks(top: f64, step: f64) -> Vec<f64> {
    let count = (top / step).round().clamp(0.0, 100.0) as usize;
    (0..=count).map(|index| index as f64 * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_values_are_inverse() {
        let scale = Scale { min: 0.0, max: 50.0, from: 100.0, to: 0.0 };
        assert_eq!(scale.place(0.0), 100.0);
        assert_eq!(scale.place(25.0), 50.0);
        assert_eq!(scale.value(50.0), 25.0);
        let nothing = Scale { min: 3.0, max: 3.0, from: 7.0, to: 7.0 };
        assert_eq!((nothing.place(9.0), nothing.value(7.0)), (7.0, 3.0));
    }

    #[test]
    fn axes_end_on_round_numbers() {
        for (max, wanted, top, step) in [
            (0.0, 4, 1.0, 0.5),
            (1.0, 4, 1.0, 0.5),
            (9_700.0, 4, 10_000.0, 5_000.0),
            (10_000.0, 5, 10_000.0, 2_000.0),
            (0.03, 3, 0.03, 0.01),
            (f64::NAN, 2, 1.0, 0.5),
        ] {
            let (found_top, found_step) = axis(max, wanted);
            assert!((found_top - top).abs() < 1e-9, "{max}: {found_top}");
            assert!((found_step - step).abs() < 1e-9, "{max}: {found_step}");
        }
        assert_eq!(ticks(10.0, 5.0), [0.0, 5.0, 10.0]);
    }
}
