//! The clock: one time for all threads.

use crate::core::time::Timestamp;
use wasm_bindgen::JsCast;
use web_sys::Performance;

thread_local! {
    /// The thread's clock, and the time when it began.
    static CLOCK: (Performance, f64) = {
        let clock = js_sys::Reflect::get(&js_sys::global(), &"performance".into());
        let clock: Performance =
            clock.expect("every thread of a browser has a clock").unchecked_into();
        let origin = clock.time_origin();
        (clock, origin)
    };
}

/// Microseconds since 1970, never running backwards in a thread. Browsers round it to 5 or 100
/// microseconds.
pub fn now() -> Timestamp {
    CLOCK.with(|(clock, origin)| Timestamp::from_millis_f64(origin + clock.now()))
}
