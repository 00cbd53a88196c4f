//! What is around every view: header, status bar, notices.

pub mod header;
pub mod notices;
pub mod status_bar;
