//! The page's words: a typed struct of texts, and one file per language that fills it.
//!
//! A text that one language lacks does not compile; a test compares the `{places}` in them.

mod en;
mod es;
mod refusals;
mod texts;

pub use refusals::{field_label, problem_text, refusal_text};
pub use texts::Texts;

use crate::view::{format::Format, locale::Locale};
use leptos::prelude::*;

/// The language in force, for components.
#[derive(Clone, Copy)]
pub struct Speech(pub RwSignal<Locale>);

impl Speech {
    /// The texts of the language, and again when it changes.
    pub fn texts(self) -> &'static Texts {
        texts(self.0.get())
    }

    /// One of the texts, as components take it.
    pub fn text(self, text: fn(&Texts) -> &'static str) -> Signal<String> {
        Signal::derive(move || text(self.texts()).to_owned())
    }

    /// How the language writes figures, and again when it changes.
    pub fn format(self) -> Format {
        Format::new(self.0.get())
    }

    /// The language itself.
    pub fn locale(self) -> Locale {
        self.0.get()
    }
}

/// The texts of a language.
pub fn texts(locale: Locale) -> &'static Texts {
    match locale {
        Locale::English => &en::TEXTS,
        Locale::Spanish => &es::TEXTS,
    }
}

/// The language in force.
///
/// # Panics
/// Outside the page, which provides it.
pub fn use_speech() -> Speech {
    expect_context::<Speech>()
}

/// `say!(speech.key)`: the text of that name, as a closure that follows the language.
#[macro_export]
macro_rules! say {
    ($speech:ident . $key:ident) => {
        move || $speech.texts().$key
    };
}
