//! The products' pictures: flat drawings on a grid of 48 × 48, in the four tones of a tile.
//!
//! Drawn here, because not every system has colour emoji.

use crate::shop::catalogue::{Category, find};
use leptos::prelude::*;

/// A picture on its tinted tile, hidden from screen readers: the name stands beside it.
#[component]
pub fn Picture(sku: &'static str) -> impl IntoView {
    let tint = find(sku).map_or(1, |(_, product)| tint(product.category));
    view! {
        <div class=format!("picture tint-{tint}") aria-hidden="true">
            <svg viewBox="0 0 48 48" focusable="false">
                {shapes(sku)
                    .iter()
                    .map(|(tone, path)| view! { <path class=tone.class() d=*path /> })
                    .collect_view()}
            </svg>
        </div>
    }
}

const fn tint(category: Category) -> u16 {
    match category {
        Category::Computing => 1,
        Category::Audio => 5,
        Category::Mobile => 3,
        Category::Photo => 6,
        Category::Play => 2,
        Category::Home => 4,
        Category::Outdoor => 7,
    }
}

/// A tone of the tile's colour.
#[derive(Clone, Copy)]
enum Tone {
    /// The body.
    Body,
    /// In the shade.
    Shade,
    /// In the light.
    Light,
    /// A line.
    Line,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Body => "tone-body",
            Self::Shade => "tone-shade",
            Self::Light => "tone-light",
            Self::Line => "tone-line",
        }
    }
}

use Tone::{Body, Light, Line, Shade};

type Shapes = &'static [(Tone, &'static str)];

/// The shapes of a product's picture, the backmost first.
fn shapes(sku: &str) -> Shapes {
    match sku {
        "laptop" => &[
            (Body, "M10 11h28v20H10z"),
            (Light, "M13 14h22v14H13z"),
            (Shade, "M5 31h38l-3 6H8z"),
            (Line, "M20 34h8"),
        ],
        "mouse" => &[
            (Body, "M14 21a10 10 0 0 1 20 0v9a10 10 0 0 1-20 0z"),
            (Light, "M22.5 15h3v8h-3z"),
            (Line, "M24 11V5M14 25h20"),
        ],
        "keyboard" => &[
            (Body, "M5 15h38v19H5z"),
            (Light, "M9 19h4v4H9zM15.5 19h4v4h-4zM22 19h4v4h-4zM28.5 19h4v4h-4zM35 19h4v4h-4z"),
            (Shade, "M9 26h4v4H9zM15.5 26h17v4h-17zM35 26h4v4h-4z"),
        ],
        "monitor" => &[
            (Shade, "M20 33h8v5h6v3H14v-3h6z"),
            (Body, "M6 8h36v26H6z"),
            (Light, "M9 11h30v18H9z"),
            (Line, "M13 24l7-6 5 4 9-8"),
        ],
        "printer" => &[
            (Light, "M14 7h20v12H14z"),
            (Body, "M7 18h34v16H7z"),
            (Light, "M13 28h22v13H13z"),
            (Line, "M17 33h14M17 37h9"),
            (Shade, "M34 21h3v3h-3z"),
        ],
        "headphones" => &[
            (Line, "M9 29v-4a15 15 0 0 1 30 0v4"),
            (Body, "M7 27h8v13H9a2 2 0 0 1-2-2zM33 27h8v11a2 2 0 0 1-2 2h-6z"),
            (Shade, "M12 27h3v13h-3zM33 27h3v13h-3z"),
        ],
        "microphone" => &[
            (Body, "M18 12a6 6 0 0 1 12 0v12a6 6 0 0 1-12 0z"),
            (Shade, "M18 18h12v3H18z"),
            (Line, "M13 23a11 11 0 0 0 22 0M24 34v7M17 41h14"),
        ],
        "speaker" => &[
            (Body, "M13 5h22v38H13z"),
            (Shade, "M24 9a4 4 0 1 0 0 8 4 4 0 0 0 0-8z"),
            (Light, "M24 21a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z"),
            (Shade, "M24 26a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z"),
        ],
        "radio" => &[
            (Line, "M14 16 34 6"),
            (Body, "M6 16h36v24H6z"),
            (Light, "M17 21a7 7 0 1 0 0 14 7 7 0 0 0 0-14z"),
            (Shade, "M29 21h9v3h-9zM29 27h9v3h-9zM29 33h9v3h-9z"),
        ],
        "phone" => &[
            (Body, "M15 5h18a2 2 0 0 1 2 2v34a2 2 0 0 1-2 2H15a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2z"),
            (Light, "M16 10h16v25H16z"),
            (Shade, "M19 14h4v4h-4zM25 14h4v4h-4zM19 20h4v4h-4zM25 20h4v4h-4z"),
            (Line, "M22 39h4"),
        ],
        "smartwatch" => &[
            (Shade, "M17 5h14v38H17z"),
            (Body, "M13 13h22v22H13z"),
            (Light, "M16 16h16v16H16z"),
            (Line, "M24 19v5l4 3"),
        ],
        "battery" => &[
            (Shade, "M18 6h12v5H18z"),
            (Body, "M13 10h22v33H13z"),
            (Light, "M17 14h14v25H17z"),
            (Body, "M26 16l-8 12h5l-1 9 8-12h-5z"),
        ],
        "camera" => &[
            (Shade, "M17 9h14l3 6H14z"),
            (Body, "M5 14h38v25H5z"),
            (Light, "M24 18a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z"),
            (Shade, "M24 22a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM35 18h4v3h-4z"),
        ],
        "camcorder" => &[
            (Body, "M5 16h26v20H5z"),
            (Shade, "M31 23l12-6v18l-12-6z"),
            (Light, "M9 20h12v8H9z"),
            (Line, "M9 32h6"),
        ],
        "projector" => &[
            (Light, "M30 24 46 12v26z"),
            (Body, "M4 17h32v17H4z"),
            (Shade, "M27 19.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12z"),
            (Line, "M8 22h9M8 26h9M10 34v4M30 34v4"),
        ],
        "gamepad" => &[
            (Body, "M14 15h20a10 10 0 0 1 9.5 13l-2.5 8-8-5H15l-8 5-2.5-8A10 10 0 0 1 14 15z"),
            (Light, "M13 19h3v3h3v3h-3v3h-3v-3h-3v-3h3z"),
            (Shade, "M33 19h3v3h-3zM29 24h3v3h-3zM36 24h3v3h-3z"),
        ],
        "joystick" => &[
            (Line, "M24 16v16"),
            (Shade, "M24 5a6 6 0 1 0 0 12 6 6 0 0 0 0-12z"),
            (Body, "M8 30h32v12H8z"),
            (Light, "M32 34h4v4h-4zM12 34h10v4H12z"),
        ],
        "robot" => &[
            (Line, "M24 12V5M8 24v7M40 24v7"),
            (Body, "M12 12h24v15H12z"),
            (Light, "M17 16h5v5h-5zM26 16h5v5h-5z"),
            (Shade, "M14 29h20v14H14z"),
            (Light, "M20 33h8v5h-8z"),
        ],
        "telescope" => &[
            (Line, "M24 28 15 43M24 28l9 15M24 28v15"),
            (Body, "M9 25 34 12l4 8-25 13z"),
            (Shade, "M34 9l6 11-4 2-6-11zM6 26l3-2 4 8-3 1z"),
        ],
        "desk-lamp" => &[
            (Light, "M30 20 46 38H22z"),
            (Line, "M14 40 12 24l14-12"),
            (Body, "M20 14 30 6l8 10-14 10z"),
            (Shade, "M7 38h16v4H7z"),
        ],
        "coffee-maker" => &[
            (Body, "M10 6h28v8H10zM10 14h8v22h-8z"),
            (Shade, "M8 36h32v6H8z"),
            (Light, "M21 20h15v13a3 3 0 0 1-3 3h-9a3 3 0 0 1-3-3z"),
            (Shade, "M21 26h15v7a3 3 0 0 1-3 3h-9a3 3 0 0 1-3-3z"),
            (Line, "M28 14v3"),
        ],
        "backpack" => &[
            (Line, "M18 12a6 6 0 0 1 12 0"),
            (Body, "M11 20a8 8 0 0 1 8-8h10a8 8 0 0 1 8 8v22H11z"),
            (Light, "M16 27h16v11H16z"),
            (Shade, "M16 27h16v4H16zM19 17h10v3H19z"),
        ],
        "bicycle" => &[
            (Line, "M12 24a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM36 24a8 8 0 1 0 0 16 8 8 0 0 0 0-16z"),
            (Line, "M12 32 19 18h13l4 14M19 18l6 14 7-14M12 32h13"),
            (Body, "M15 14h8v3h-8zM30 11h7v3h-4l2 5-3 1z"),
        ],
        "scooter" => &[
            (Line, "M30 9h6l3 24"),
            (Body, "M8 31h26v4H8z"),
            (Shade, "M9 33a5 5 0 1 0 0 10 5 5 0 0 0 0-10zM39 33a5 5 0 1 0 0 10 5 5 0 0 0 0-10z"),
        ],
        // A product without a drawing is a parcel.
        _ => &[
            (Body, "M8 14h32v26H8z"),
            (Shade, "M8 14 13 7h22l5 7z"),
            (Light, "M20 7h8v18l-4-3-4 3z"),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shop::catalogue::PRODUCTS;

    #[test]
    fn every_product_has_a_drawing_of_its_own() {
        let parcel = shapes("");
        for product in PRODUCTS {
            assert!(!std::ptr::eq(shapes(product.sku), parcel), "{}", product.sku);
        }
    }
}
