//! The page: reads snapshots, sends intents.
//!
//! [`app`] puts it together, [`address`] follows the address bar. [`page`] is what it knows of
//! the lab, [`prefs`] what it remembers of its user, [`i18n`] what it says. [`shell`] is around
//! all views; [`room`], [`shop`], [`dead`], [`retry`] and [`twin`] are the views, made of
//! [`widgets`].

pub mod address;
pub mod app;
pub mod console;
pub mod dead;
pub mod i18n;
pub mod page;
pub mod prefs;
pub mod retry;
pub mod room;
pub mod services;
pub mod shell;
pub mod shop;
pub mod twin;
pub mod widgets;
