//! What travels between threads: versioned, and checked before it is read.
//!
//! [`page`] is what the page and the broker say to each other, a few dozen times a second:
//! values in postcard. [`lane`] is what the broker and its consumers say, millions of orders a
//! second: fixed layouts in batches.

pub mod page;
