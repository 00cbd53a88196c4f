//! Small parts that the views are made of.

pub mod brush;
pub mod choice;
pub mod easel;
pub mod empty;
pub mod field;
pub mod icon;
pub mod number;
pub mod palette;
pub mod panel;
pub mod plot;
pub mod table;
