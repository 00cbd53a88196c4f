//! What goes wrong with frames, and how often.

use crate::core::{rng::Rng, time::Span};

/// Probabilities of what happens to a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Faults {
    /// It never arrives.
    pub lose: f64,
    /// It arrives twice.
    pub double: f64,
    /// It arrives late, by up to `longest_delay`, and those behind it with it.
    pub delay: f64,
    /// It arrives late, and those behind it pass it.
    pub reorder: f64,
    /// How late at most.
    pub longest_delay: Span,
}

/// What happens to one frame.
pub(super) struct Fate {
    pub copies: u32,
    pub delay: Span,
    pub in_order: bool,
}

impl Faults {
    /// Faults drawn from a seed: each kind is off in some seeds and frequent in others.
    pub fn drawn(rng: &mut Rng) -> Self {
        let mut rate = || if rng.chance(0.5) { rng.unit() * 0.05 } else { 0.0 };
        Self {
            lose: rate(),
            double: rate(),
            delay: rate() * 4.0,
            reorder: rate(),
            longest_delay: Span::from_micros(1 + u64::from(rng.below(300_000))),
        }
    }

    pub(super) fn fate(&self, rng: &mut Rng) -> Fate {
        let copies = if rng.chance(self.lose) { 0 } else { 1 + u32::from(rng.chance(self.double)) };
        let reordered = rng.chance(self.reorder);
        let late = reordered || rng.chance(self.delay);
        let longest = self.longest_delay.as_micros() as f64;
        let micros = if late { (rng.unit() * longest) as u64 } else { 0 };
        Fate { copies, delay: Span::from_micros(micros), in_order: !reordered }
    }
}
