//! The clock: one time for all threads.

use crate::core::time::Timestamp;
use wasm_bindgen::JsCast;
use web_sys::Performance;

thread_local! {
    static PERFORMANCE: Performance = js_sys::Reflect::get(&js_sys::global(), &"performance".into())
        .expect("every thread of a browser has a clock")
        .unchecked_into();
}

/// Microseconds since 1970, never running backwards in a thread. Browsers round it to 5 or 100
/// microseconds.
pub fn now() -> Timestamp {
    PERFORMANCE.with(|clock| Timestamp::from_millis_f64(clock.time_origin() + clock.now()))
}
