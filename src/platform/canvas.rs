//! A canvas that is sharp on every screen: sizes are in CSS pixels, the backing store is scaled.

use std::f64::consts::TAU;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// A canvas to paint on.
pub struct Surface {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
}

/// The largest backing store's side, in device pixels; larger ones fail in some browsers.
const MAX_SIDE: f64 = 8_192.0;

impl Surface {
    /// The canvas's surface; none when the browser gives no 2d context.
    pub fn new(canvas: HtmlCanvasElement) -> Option<Self> {
        let context = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        Some(Self { canvas, context })
    }

    /// Fits the backing store to the element's size, empties it, and gives that size.
    pub fn begin(&self) -> (f64, f64) {
        let width = f64::from(self.canvas.client_width());
        let height = f64::from(self.canvas.client_height());
        let ratio = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio());
        let (device_width, device_height) = (
            (width * ratio).round().clamp(1.0, MAX_SIDE) as u32,
            (height * ratio).round().clamp(1.0, MAX_SIDE) as u32,
        );
        if self.canvas.width() != device_width || self.canvas.height() != device_height {
            self.canvas.set_width(device_width);
            self.canvas.set_height(device_height);
        }
        let _ = self.context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
        self.context.clear_rect(0.0, 0.0, width, height);
        (width, height)
    }

    /// The color that fills and strokes from now on.
    pub fn color(&self, color: &str) {
        self.context.set_fill_style_str(color);
        self.context.set_stroke_style_str(color);
    }

    /// How opaque everything is from now on, 0 … 1.
    pub fn opacity(&self, opacity: f64) {
        self.context.set_global_alpha(opacity);
    }

    /// The font from now on, in pixels.
    pub fn font(&self, family: &str, pixels: f64, bold: bool) {
        let weight = if bold { "600 " } else { "" };
        self.context.set_font(&format!("{weight}{pixels}px {family}"));
        self.context.set_text_baseline("middle");
    }

    /// A filled rectangle.
    pub fn fill(&self, x: f64, y: f64, width: f64, height: f64) {
        self.context.fill_rect(x, y, width, height);
    }

    /// Many filled rectangles of one colour: much faster than one by one.
    pub fn fill_all(&self, areas: impl Iterator<Item = (f64, f64, f64, f64)>) {
        self.context.begin_path();
        for (x, y, width, height) in areas {
            self.context.rect(x, y, width, height);
        }
        self.context.fill();
    }

    /// A filled rectangle with round corners.
    pub fn fill_round(&self, x: f64, y: f64, width: f64, height: f64, radius: f64) {
        self.context.begin_path();
        let _ = self.context.round_rect_with_f64(x, y, width, height, radius);
        self.context.fill();
    }

    /// A rectangle's outline.
    pub fn outline(&self, x: f64, y: f64, width: f64, height: f64, line: f64) {
        self.context.set_line_width(line);
        self.context.stroke_rect(x, y, width, height);
    }

    /// A line through points, dashed by `dash` (on, off) if that is not empty.
    pub fn line(&self, points: &[(f64, f64)], width: f64, dash: &[f64]) {
        let Some((first, rest)) = points.split_first() else { return };
        self.set_dash(dash);
        self.context.set_line_width(width);
        self.context.set_line_join("round");
        self.context.begin_path();
        self.context.move_to(first.0, first.1);
        for point in rest {
            self.context.line_to(point.0, point.1);
        }
        self.context.stroke();
        self.set_dash(&[]);
    }

    /// The area between a line through points and `base`.
    pub fn area(&self, points: &[(f64, f64)], base: f64) {
        let (Some(first), Some(last)) = (points.first(), points.last()) else { return };
        self.context.begin_path();
        self.context.move_to(first.0, base);
        for point in points {
            self.context.line_to(point.0, point.1);
        }
        self.context.line_to(last.0, base);
        self.context.close_path();
        self.context.fill();
    }

    /// A filled disc.
    pub fn disc(&self, x: f64, y: f64, radius: f64) {
        self.context.begin_path();
        let _ = self.context.arc(x, y, radius, 0.0, TAU);
        self.context.fill();
    }

    /// The upper half of a ring, the shackle of a padlock.
    pub fn arch(&self, x: f64, y: f64, radius: f64, line: f64) {
        self.context.set_line_width(line);
        self.context.begin_path();
        let _ = self.context.arc(x, y, radius, TAU / 2.0, TAU);
        self.context.stroke();
    }

    /// Text whose left, middle or right is at `x` and whose middle is at `y`.
    pub fn text(&self, text: &str, x: f64, y: f64, align: Align) {
        self.context.set_text_align(match align {
            Align::Left => "left",
            Align::Middle => "center",
            Align::Right => "right",
        });
        let _ = self.context.fill_text(text, x, y);
    }

    /// How wide the text is, in pixels.
    pub fn text_width(&self, text: &str) -> f64 {
        self.context.measure_text(text).map_or(0.0, |measure| measure.width())
    }

    fn set_dash(&self, dash: &[f64]) {
        let list: js_sys::Array =
            dash.iter().map(|part| wasm_bindgen::JsValue::from(*part)).collect();
        let _ = self.context.set_line_dash(&list);
    }
}

/// Which part of a text stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Middle,
    Right,
}
