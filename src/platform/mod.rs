//! The browser: the only place that names `web_sys` and `js_sys`. Thin, and decides nothing.
