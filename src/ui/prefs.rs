//! What the page remembers of its user: language and colour scheme.

use super::{
    i18n::{Speech, texts},
    widgets::palette::Palette,
};
use crate::platform::{
    dom,
    storage::{self, Memory},
};
use crate::view::locale::Locale;
use leptos::prelude::*;

const LANGUAGE_KEY: &str = "convoy.language";
const THEME_KEY: &str = "convoy.theme";

/// A colour scheme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// What the system says.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// All of them, in the order of the switch.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// Its name in the style sheet; the system's has none.
    const fn name(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

/// The user's preferences. Copies are the same.
#[derive(Clone, Copy)]
pub struct Prefs {
    /// The language.
    pub locale: RwSignal<Locale>,
    /// The colour scheme.
    pub theme: RwSignal<Theme>,
    /// The colours that pictures are painted with, and again when they change.
    pub palette: Memo<Palette>,
}

impl Prefs {
    /// What was remembered, else what browser and system prefer. Keeps the document in step.
    pub fn load() -> Self {
        let locale = storage::recall(Memory::Site, LANGUAGE_KEY)
            .and_then(|tag| Locale::from_tag(&tag))
            .unwrap_or_else(|| Locale::best(&dom::languages()));
        let remembered = storage::recall(Memory::Site, THEME_KEY);
        let theme = Theme::ALL
            .into_iter()
            .find(|theme| theme.name().is_some() && theme.name() == remembered.as_deref())
            .unwrap_or_default();
        let repaint = RwSignal::new(0_u32);
        let palette = Memo::new_with_compare(
            move |_| {
                repaint.track();
                Palette::read()
            },
            |_, _| true,
        );
        let (locale, theme) = (RwSignal::new(locale), RwSignal::new(theme));
        let prefs = Self { locale, theme, palette };
        Effect::new(move |_| {
            let locale = prefs.locale.get();
            let texts = texts(locale);
            dom::set_language(locale.tag(), texts.page_title, texts.page_description);
        });
        Effect::new(move |_| {
            dom::set_theme(prefs.theme.get().name());
            repaint.update(|repaint| *repaint += 1);
        });
        dom::on_scheme_change(move || {
            dom::set_theme(prefs.theme.get_untracked().name());
            repaint.update(|repaint| *repaint += 1);
        });
        prefs
    }

    /// Speaks another language, and remembers it.
    pub fn speak(self, locale: Locale) {
        storage::remember(Memory::Site, LANGUAGE_KEY, locale.tag());
        self.locale.set(locale);
    }

    /// Takes another colour scheme, and remembers it.
    pub fn wear(self, theme: Theme) {
        match theme.name() {
            Some(name) => storage::remember(Memory::Site, THEME_KEY, name),
            None => storage::forget(Memory::Site, THEME_KEY),
        }
        self.theme.set(theme);
    }

    /// The language as components use it.
    pub const fn speech(self) -> Speech {
        Speech(self.locale)
    }
}

/// The user's preferences.
///
/// # Panics
/// Outside the page, which provides them.
pub fn use_prefs() -> Prefs {
    expect_context::<Prefs>()
}
