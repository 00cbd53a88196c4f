//! The languages of the page.

/// A language that the page speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Locale {
    /// English: 12,345.6
    #[default]
    English,
    /// Spanish: 12.345,6
    Spanish,
}

impl Locale {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 2] = [Self::English, Self::Spanish];

    /// The language's tag, as in `<html lang>`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
        }
    }

    /// The language's name in itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Spanish => "Español",
        }
    }

    /// The language of a tag like `es-MX`, if we speak it.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|locale| language.eq_ignore_ascii_case(locale.tag()))
    }

    /// The first of the user's languages that we speak; English when there is none.
    pub fn best(tags: &[String]) -> Self {
        tags.iter().find_map(|tag| Self::from_tag(tag)).unwrap_or_default()
    }

    /// What stands between thousands.
    pub const fn group(self) -> char {
        match self {
            Self::English => ',',
            Self::Spanish => '.',
        }
    }

    /// What stands before the fraction.
    pub const fn point(self) -> char {
        match self {
            Self::English => '.',
            Self::Spanish => ',',
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dearest_language_that_we_speak_is_taken() {
        for (tags, best) in [
            (&["es-MX", "en"][..], Locale::Spanish),
            (&["fr", "ES"], Locale::Spanish),
            (&["de", "en-GB", "es"], Locale::English),
            (&["de"], Locale::English),
            (&["est"], Locale::English),
            (&[], Locale::English),
        ] {
            let tags: Vec<String> = tags.iter().map(|tag| (*tag).into()).collect();
            assert_eq!(Locale::best(&tags), best, "{tags:?}");
        }
    }
}
