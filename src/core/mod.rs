//! The broker and the patterns: pure, synchronous, deterministic.
