//! A canvas that is painted by itself: when its size, the colours or the language change, and
//! when something that it follows does.

use super::{brush::Brush, palette::Palette};
use crate::platform::{canvas::Surface, dom::SizeWatch};
use crate::ui::{i18n::use_speech, prefs::use_prefs};
use leptos::{html, prelude::*};

/// A canvas with what paints it. Copies are the same.
#[derive(Clone, Copy)]
pub struct Easel {
    /// The canvas.
    pub node: NodeRef<html::Canvas>,
    brush: Brush,
}

impl Easel {
    /// A canvas that `paint` paints, at most once every so many milliseconds, as long as the
    /// component lives.
    pub fn new(every_ms: f64, paint: impl Fn(&Surface, &Palette) + 'static) -> Self {
        let (prefs, speech) = (use_prefs(), use_speech());
        let node = NodeRef::<html::Canvas>::new();
        let surface = StoredValue::new_local(None::<Surface>);
        let watch = StoredValue::new_local(None::<SizeWatch>);
        let brush = Brush::new(every_ms, move || {
            surface.with_value(|surface| {
                if let Some(surface) = surface {
                    paint(surface, &prefs.palette.read());
                }
            });
        });
        Effect::new(move |_| {
            let Some(canvas) = node.get() else { return };
            watch.set_value(SizeWatch::new(&canvas, move || brush.ask()));
            surface.set_value(Surface::new(canvas));
            brush.ask();
        });
        let easel = Self { node, brush };
        easel.follow(move || {
            prefs.palette.track();
            speech.0.track();
        });
        easel
    }

    /// Paints soon whenever something that `track` reads has changed.
    pub fn follow(self, track: impl Fn() + 'static) {
        Effect::new(move |_| {
            track();
            self.brush.ask();
        });
    }

    /// Paints in the next frame, whatever was painted when, whenever something that `track` reads
    /// has changed: what somebody points at.
    pub fn follow_closely(self, track: impl Fn() + 'static) {
        Effect::new(move |_| {
            track();
            self.brush.ask_now();
        });
    }
}
