//! The browser: the only place that names `web_sys` and `js_sys`. Thin, and decides nothing.

pub mod clock;
pub mod port;
pub mod timer;
pub mod worker;

#[cfg(feature = "ui")]
pub mod canvas;
#[cfg(feature = "ui")]
pub mod console;
#[cfg(feature = "ui")]
pub mod dom;
#[cfg(feature = "ui")]
pub mod history;
#[cfg(feature = "ui")]
pub mod storage;
