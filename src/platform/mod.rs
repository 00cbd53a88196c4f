//! The browser: the only place that names `web_sys` and `js_sys`. Thin, and decides nothing.

#[cfg(feature = "ui")]
pub mod canvas;
#[cfg(feature = "ui")]
pub mod dom;
#[cfg(feature = "ui")]
pub mod storage;
