//! View models: what the pictures show, computed without a browser.
