//! The colours of the pictures, read from the style sheet's tokens.

use crate::platform::dom;
use crate::ui::room::TINTS;

/// What pictures are painted with.
#[derive(Clone, Debug, Default)]
pub struct Palette {
    pub text: String,
    pub muted: String,
    pub grid: String,
    pub row: String,
    pub waiting: String,
    pub head: String,
    pub alarm: String,
    pub empty: String,
    pub focus: String,
    pub on_tint: String,
    pub font: String,
    tints: Vec<String>,
}

impl Palette {
    /// The colours in force.
    pub fn read() -> Self {
        Self {
            text: dom::token("--text-primary"),
            muted: dom::token("--text-muted"),
            grid: dom::token("--border-subtle"),
            row: dom::token("--background-sunken"),
            waiting: dom::token("--picture-waiting"),
            head: dom::token("--picture-head"),
            alarm: dom::token("--state-bad"),
            empty: dom::token("--picture-empty"),
            focus: dom::token("--border-focus"),
            on_tint: dom::token("--text-on-tint"),
            font: dom::font_family(),
            tints: (1..=TINTS).map(|tint| dom::token(&format!("--data-{tint}"))).collect(),
        }
    }

    /// A data colour, 1 … 8.
    pub fn data(&self, tint: u16) -> &str {
        self.tints.get(usize::from(tint).wrapping_sub(1)).map_or("", String::as_str)
    }
}
