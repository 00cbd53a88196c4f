//! What backoffs, jitters and strategies are called, and how their lines look.

use crate::core::retry::{Backoff, Jitter};
use crate::ui::{
    i18n::{Texts, use_speech},
    widgets::plot::PlotLine,
};
use crate::view::herd::JITTERS;
use crate::wire::twin::Strategy;

/// What a backoff is called.
pub const fn backoff(texts: &Texts, backoff: Backoff) -> &'static str {
    match backoff {
        Backoff::None => texts.backoff_none,
        Backoff::Fixed => texts.backoff_fixed,
        Backoff::Linear => texts.backoff_linear,
        Backoff::Exponential => texts.backoff_exponential,
        Backoff::Sidekiq => texts.backoff_sidekiq,
    }
}

/// What a jitter is called.
pub const fn jitter(texts: &Texts, jitter: Jitter) -> &'static str {
    match jitter {
        Jitter::None => texts.jitter_none,
        Jitter::Full => texts.jitter_full,
        Jitter::Equal => texts.jitter_equal,
        Jitter::Decorrelated => texts.jitter_decorrelated,
        Jitter::Randomized => texts.jitter_randomized,
    }
}

/// The jitter of a strategy of the experiment.
pub const fn strategy(strategy: Strategy) -> Jitter {
    match strategy {
        Strategy::None => Jitter::None,
        Strategy::Full => Jitter::Full,
        Strategy::Equal => Jitter::Equal,
        Strategy::Decorrelated => Jitter::Decorrelated,
    }
}

/// The lines of all jitters that are compared.
pub fn jitter_lines() -> Vec<PlotLine> {
    JITTERS.map(line).into()
}

/// The lines of the experiment's strategies.
pub fn strategy_lines() -> Vec<PlotLine> {
    Strategy::ALL.map(|it| line(strategy(it))).into()
}

/// A jitter has the same line everywhere.
fn line(of: Jitter) -> PlotLine {
    let speech = use_speech();
    let (tint, dash): (u16, &[f64]) = match of {
        Jitter::None => (6, &[]),
        Jitter::Full => (1, &[]),
        Jitter::Equal => (2, &[6.0, 3.0]),
        Jitter::Decorrelated => (3, &[2.0, 2.0]),
        Jitter::Randomized => (5, &[9.0, 3.0, 2.0, 3.0]),
    };
    PlotLine {
        label: leptos::prelude::Signal::derive(move || jitter(speech.texts(), of).to_owned()),
        tint,
        dash,
    }
}
