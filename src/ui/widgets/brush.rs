//! Paints a picture when it is asked to: in an animation frame of its own, and not too often.
//!
//! So no two pictures are painted in one task, and a flood of news costs what one piece does.

use crate::platform::dom;
use leptos::{prelude::*, reactive::owner::LocalStorage};
use std::time::Duration;

/// Paints one picture. Copies are the same brush.
#[derive(Clone, Copy)]
pub struct Brush {
    /// The least time between two paintings, in milliseconds.
    every_ms: f64,
    painted_ms: StoredValue<f64>,
    asked: StoredValue<bool>,
    paint: StoredValue<Box<dyn Fn()>, LocalStorage>,
}

impl Brush {
    /// A brush that paints by calling `paint`, as long as the component lives.
    pub fn new(every_ms: f64, paint: impl Fn() + 'static) -> Self {
        Self {
            every_ms,
            painted_ms: StoredValue::new(f64::NEG_INFINITY),
            asked: StoredValue::new(false),
            paint: StoredValue::new_local(Box::new(paint)),
        }
    }

    /// Paints soon.
    pub fn ask(self) {
        let asked_before = self.asked.try_update_value(|asked| std::mem::replace(asked, true));
        if asked_before != Some(false) {
            return;
        }
        let rest = self.every_ms - (dom::now_ms() - self.painted_ms.get_value());
        if rest > 1.0 {
            let frame = move || request_animation_frame(move || self.paint());
            set_timeout(frame, Duration::from_micros((rest * 1000.0) as u64));
        } else {
            request_animation_frame(move || self.paint());
        }
    }

    /// Paints in the next frame, however short ago the last time was: somebody is pointing.
    pub fn ask_now(self) {
        let _ = self.painted_ms.try_set_value(f64::NEG_INFINITY);
        self.ask();
    }

    fn paint(self) {
        // The component may be gone by now.
        if self.asked.try_set_value(false).is_some() {
            return;
        }
        self.painted_ms.set_value(dom::now_ms());
        self.paint.with_value(|paint| untrack(paint));
    }
}
