//! The page's surroundings: languages, colour scheme, frames, sizes, clipboard.

use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, HtmlElement, HtmlInputElement, MediaQueryList, ResizeObserver, Window};

fn window() -> Window {
    web_sys::window().expect("the page's thread has a window")
}

fn document() -> Document {
    window().document().expect("a window of a page has a document")
}

/// Loads the page anew.
pub fn reload() {
    let _ = window().location().reload();
}

/// The languages that the user reads, the dearest first, as tags like `es-MX`.
pub fn languages() -> Vec<String> {
    window().navigator().languages().iter().filter_map(|tag| tag.as_string()).collect()
}

/// Says in which language the page is now, and how it is called.
pub fn set_language(tag: &str, title: &str, description: &str) {
    let document = document();
    document.set_title(title);
    if let Some(root) = document.document_element() {
        let _ = root.set_attribute("lang", tag);
    }
    if let Ok(Some(meta)) = document.query_selector("meta[name=description]") {
        let _ = meta.set_attribute("content", description);
    }
}

/// Sets the colour scheme: `light`, `dark`, or what the system says.
pub fn set_theme(theme: Option<&str>) {
    let Some(root) = document().document_element() else { return };
    let _ = match theme {
        Some(theme) => root.set_attribute("data-theme", theme),
        None => root.remove_attribute("data-theme"),
    };
    // The browser's own bars follow the page's background.
    if let Ok(Some(meta)) = document().query_selector("meta[name=theme-color]") {
        let _ = meta.set_attribute("content", &token("--background-header"));
    }
}

/// The colour that a token of the style sheet has now, as the browser resolves it.
pub fn token(name: &str) -> String {
    let document = document();
    let resolved = || -> Option<String> {
        let probe: HtmlElement = document.create_element("span").ok()?.dyn_into().ok()?;
        probe.style().set_property("color", &format!("var({name})")).ok()?;
        document.body()?.append_child(&probe).ok()?;
        let style = window().get_computed_style(&probe).ok()??;
        let color = style.get_property_value("color").ok();
        probe.remove();
        color
    };
    resolved().unwrap_or_default()
}

/// The font family that the page's text has.
pub fn font_family() -> String {
    let family = || {
        let style = window().get_computed_style(&document().body()?.into()).ok()??;
        style.get_property_value("font-family").ok()
    };
    family().filter(|family| !family.is_empty()).unwrap_or_else(|| "sans-serif".into())
}

/// Whether the user wants less motion.
pub fn reduced_motion() -> bool {
    media("(prefers-reduced-motion: reduce)").is_some_and(|query| query.matches())
}

/// Calls back whenever the system's colour scheme changes, as long as the page lives.
pub fn on_scheme_change(call: impl Fn() + 'static) {
    let Some(query) = media("(prefers-color-scheme: dark)") else { return };
    let closure = Closure::<dyn Fn()>::new(call);
    query.set_onchange(Some(closure.as_ref().unchecked_ref()));
    // Held by the browser from here on: the page is only over when it is unloaded.
    closure.forget();
    std::mem::forget(query);
}

fn media(query: &str) -> Option<MediaQueryList> {
    window().match_media(query).ok().flatten()
}

/// Whether the page's tab is in front.
pub fn visible() -> bool {
    !document().hidden()
}

/// Milliseconds since the page began.
pub fn now_ms() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// A text that nobody else makes: 128 random bits.
pub fn unique_text() -> String {
    let half = || (js_sys::Math::random() * 2f64.powi(53)) as u64;
    format!("{:014x}{:014x}{:06x}", half(), half(), now_ms() as u64 & 0xff_ffff)
}

/// Puts `text` on the clipboard; false when the browser does not allow it.
pub async fn copy(text: &str) -> bool {
    let navigator = window().navigator();
    // Missing on pages that are not served securely.
    let there = js_sys::Reflect::get(&navigator, &"clipboard".into())
        .is_ok_and(|clipboard| !clipboard.is_undefined());
    there && JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}

/// Focuses the first element that the selector finds, and says whether there was one.
pub fn focus(selector: &str) -> bool {
    let found = document().query_selector(selector).ok().flatten();
    let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) else {
        return false;
    };
    element.focus().is_ok()
}

/// Selects all text of the input that the selector finds.
pub fn select(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(input) = found.and_then(|element| element.dyn_into::<HtmlInputElement>().ok()) {
        input.select();
    }
}

/// Takes away the first element that the selector finds.
pub fn remove(selector: &str) {
    if let Ok(Some(element)) = document().query_selector(selector) {
        element.remove();
    }
}

/// Scrolls the page to its top.
pub fn scroll_to_top() {
    window().scroll_to_with_x_and_y(0.0, 0.0);
}

/// Watches an element's size until it is dropped.
pub struct SizeWatch {
    observer: ResizeObserver,
    _call: Closure<dyn Fn()>,
}

impl SizeWatch {
    /// Calls back when the element's size changes, and once at the beginning.
    pub fn new(element: &web_sys::Element, call: impl Fn() + 'static) -> Option<Self> {
        let call = Closure::<dyn Fn()>::new(call);
        let observer = ResizeObserver::new(call.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self { observer, _call: call })
    }
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
