//! How a test opens the page: where, how large, in which light and language.

/// A window to look through, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Viewport {
    pub width: u32,
    pub height: u32,
    /// Device pixels per CSS pixel, in screenshots.
    pub scale: u32,
    /// A touch screen whose page is as wide as its `viewport` tag says.
    pub mobile: bool,
}

pub const DESKTOP: Viewport = Viewport { width: 1440, height: 900, scale: 1, mobile: false };
pub const PHONE: Viewport = Viewport { width: 390, height: 844, scale: 2, mobile: true };

/// A visit of the page: by default to the root of the host, on a desktop, in light and English.
#[derive(Clone, Debug)]
pub struct Visit {
    /// What follows the document's address: empty, a fragment with its `#`, or another file.
    pub fragment: String,
    pub sub_path: bool,
    pub viewport: Viewport,
    pub dark: bool,
    pub reduced_motion: bool,
    /// What the browser prefers, as a language tag: `en`, `es-MX`.
    pub language: String,
}

impl Visit {
    pub fn to(fragment: &str) -> Self {
        Self {
            fragment: fragment.into(),
            sub_path: false,
            viewport: DESKTOP,
            dark: false,
            reduced_motion: false,
            language: "en-US".into(),
        }
    }

    /// From `/some/sub/path/` of the host.
    pub fn sub_path(self) -> Self {
        Self { sub_path: true, ..self }
    }

    pub fn viewport(self, viewport: Viewport) -> Self {
        Self { viewport, ..self }
    }

    pub fn dark(self) -> Self {
        Self { dark: true, ..self }
    }

    pub fn reduced_motion(self) -> Self {
        Self { reduced_motion: true, ..self }
    }

    pub fn language(self, tag: &str) -> Self {
        Self { language: tag.into(), ..self }
    }
}

impl From<&str> for Visit {
    fn from(fragment: &str) -> Self {
        Self::to(fragment)
    }
}
