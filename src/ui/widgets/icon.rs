//! Line icons, drawn for this page on a grid of 16 × 16.

use leptos::prelude::*;

/// An icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    Add,
    Alert,
    Burst,
    Cart,
    Check,
    Close,
    Copy,
    Cross,
    Dead,
    Dot,
    Download,
    Hourglass,
    Idle,
    Kill,
    Lock,
    Moon,
    Orders,
    Pause,
    Play,
    Remove,
    Reset,
    Retry,
    Room,
    Share,
    Shop,
    Stop,
    Sun,
    System,
    Twin,
}

impl Glyph {
    /// The strokes.
    const fn path(self) -> &'static str {
        match self {
            Self::Add => "M8 3v10M3 8h10",
            Self::Alert => "M8 2.2 14.4 13.4H1.6zM8 6.4v3.2M8 11.4v.2",
            Self::Burst => "M9 1.8 3.6 9H8l-1 5.2L12.4 7H8z",
            Self::Cart => "M1.8 2.8h1.9l1.7 7.4h7l1.5-5.4H4.4M6.2 13.2h.1M11.6 13.2h.1",
            Self::Check => "M3 8.6 6.4 12 13 4.4",
            Self::Close => "M4 4l8 8M12 4l-8 8",
            Self::Copy => "M5.6 5.6h7.6v7.6H5.6zM10.4 5.4V2.8H2.8v7.6h2.6",
            Self::Cross => "M3.6 3.6l8.8 8.8M12.4 3.6l-8.8 8.8",
            Self::Dead => {
                "M3 8.4a5 5 0 1 1 10 0c0 1.6-.9 2.4-1.8 3v2.2H4.8v-2.2c-.9-.6-1.8-1.4-1.8-3z\
                 M6 8.6v.2M10 8.6v.2M8 11.6v2"
            }
            Self::Dot => "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6z",
            Self::Download => "M8 2.2v7.8M5.2 7.2 8 10l2.8-2.8M3 10.4v3.2h10v-3.2",
            Self::Hourglass => {
                "M4 2.4h8M4 13.6h8M5 2.4c0 3 2 4.4 3 5.6 1-1.2 3-2.6 3-5.6M5 13.6c0-3 2-4.4 3-5.6 1 1.2 3 2.6 3 5.6"
            }
            Self::Idle => "M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3z",
            Self::Kill => {
                "M8 2.4a5.6 5.6 0 1 0 0 11.2A5.6 5.6 0 0 0 8 2.4zM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4"
            }
            Self::Lock => "M3.8 7.2h8.4v6H3.8zM5.6 7V5a2.4 2.4 0 0 1 4.8 0v2",
            Self::Moon => "M13 9.6A5.6 5.6 0 0 1 6.4 3a5.6 5.6 0 1 0 6.6 6.6z",
            Self::Orders => "M3.4 2.4h9.2v11.2H3.4zM5.8 5.6h4.4M5.8 8h4.4M5.8 10.4h2.6",
            Self::Pause => "M5.6 3.6v8.8M10.4 3.6v8.8",
            Self::Play => "M5 3.2 12.4 8 5 12.8z",
            Self::Remove => "M3 8h10",
            Self::Reset => "M3.2 8a4.8 4.8 0 1 0 1.6-3.6M3 2.6v2.6h2.6",
            Self::Retry => "M2.2 12.8h2.4c1.6 0 1.6-9 3.4-9s1.6 9 3.4 9h2.4M2.4 4.2h2M11.6 4.2h2",
            Self::Room => "M2.4 13.2V8.8M6.2 13.2V4.8M10 13.2V7M13.8 13.2V2.8",
            Self::Share => "M8 10V2.4M5.2 5 8 2.2 10.8 5M3 8.6v5h10v-5",
            Self::Shop => {
                "M2.6 6.4 3.6 2.8h8.8l1 3.6M3.4 7v6.4h9.2V7M2.6 6.4h10.8M6.6 13.2V9.6h2.8v3.6"
            }
            Self::Stop => "M4 4h8v8H4z",
            Self::Sun => {
                "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.4v1.4M8 13.2v1.4M1.4 8h1.4M13.2 8h1.4M3.3 3.3l1 1M11.7 11.7l1 1M3.3 12.7l1-1M11.7 4.3l1-1"
            }
            Self::System => "M2 3h12v7.6H2zM5.6 13.4h4.8",
            Self::Twin => {
                "M6 3.4a4.6 4.6 0 1 0 0 9.2 4.6 4.6 0 0 0 0-9.2zM10 3.4a4.6 4.6 0 1 1 0 9.2"
            }
        }
    }
}

/// An icon beside a text, hidden from screen readers.
#[component]
pub fn Icon(#[prop(into)] glyph: Signal<Glyph>) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d=move || glyph.get().path() />
        </svg>
    }
}
