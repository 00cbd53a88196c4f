//! The address bar and the history behind it: fragments, and a mark on each entry.

use wasm_bindgen::JsValue;
use web_sys::Window;

fn window() -> Window {
    web_sys::window().expect("the page's thread has a window")
}

/// The address's fragment, with its `#`, or empty.
pub fn fragment() -> String {
    window().location().hash().unwrap_or_default()
}

/// The page's address without its fragment.
pub fn address() -> String {
    let href = window().location().href().unwrap_or_default();
    href.split('#').next().unwrap_or_default().to_owned()
}

/// The mark of the history's entry that is shown; a new one has none. It outlives a reload.
pub fn mark() -> Option<String> {
    window().history().ok()?.state().ok()?.as_string()
}

/// Marks the entry that is shown.
pub fn set_mark(mark: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state(&JsValue::from_str(mark), "");
    }
}
