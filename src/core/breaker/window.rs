//! The calls that a breaker looks back on, in bounded memory.

use super::Window;
use crate::core::time::{Span, Timestamp};

/// The largest count window: 10 kB.
pub const WINDOW_CALLS_MAX: u32 = 10_000;

/// Steps that a time window is counted in: half seconds of Polly's 30.
pub const BUCKETS: usize = 60;

/// Counted calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    pub made: u32,
    pub failed: u32,
    pub slow: u32,
}

impl Calls {
    /// A single call.
    pub fn one(failed: bool, slow: bool) -> Self {
        Self { made: 1, failed: u32::from(failed), slow: u32::from(slow) }
    }

    /// Counts these too; a count that is full stays so.
    pub fn add(&mut self, other: Self) {
        self.made = self.made.saturating_add(other.made);
        self.failed = self.failed.saturating_add(other.failed);
        self.slow = self.slow.saturating_add(other.slow);
    }

    /// Which share of all `some` are; nothing of none.
    pub fn share(&self, some: u32) -> f64 {
        if self.made == 0 { 0.0 } else { f64::from(some) / f64::from(self.made) }
    }

    fn remove(&mut self, other: Self) {
        self.made -= other.made;
        self.failed -= other.failed;
        self.slow -= other.slow;
    }
}

/// The calls in a window.
#[derive(Clone, Debug)]
pub enum Recent {
    /// The last `size` calls, a ring.
    Last { size: usize, ring: Vec<(bool, bool)>, next: usize, calls: Calls },
    /// Those of the last steps of `step` each; `current` is the newest, at `current` modulo their
    /// number.
    Since { step: u64, current: u64, buckets: Box<[Calls; BUCKETS]>, calls: Calls },
}

impl Recent {
    /// An empty window. Its ring grows with the calls that come.
    pub fn new(window: Window) -> Self {
        match window {
            Window::Count(size) => Self::Last {
                size: size.clamp(1, WINDOW_CALLS_MAX) as usize,
                ring: Vec::new(),
                next: 0,
                calls: Calls::default(),
            },
            Window::Time(span) => Self::Since {
                step: step(span),
                current: 0,
                buckets: Box::new([Calls::default(); BUCKETS]),
                calls: Calls::default(),
            },
        }
    }

    /// Takes a call in, lets go of what is too old, and gives what is in the window then. A time
    /// before the last one's counts as that.
    pub fn take(&mut self, now: Timestamp, call: Calls) -> Calls {
        match self {
            Self::Last { size, ring, next, calls } => {
                let outcome = (call.failed > 0, call.slow > 0);
                if ring.len() < *size {
                    ring.push(outcome);
                } else {
                    let (failed, slow) = std::mem::replace(&mut ring[*next], outcome);
                    calls.remove(Calls::one(failed, slow));
                    *next = (*next + 1) % *size;
                }
                calls.add(call);
            }
            Self::Since { step, current, buckets, calls } => {
                let to = (now.as_micros() / *step).max(*current);
                let passed = (to - *current).min(BUCKETS as u64);
                for index in 0..passed {
                    let bucket = &mut buckets[((to - index) % BUCKETS as u64) as usize];
                    calls.remove(std::mem::take(bucket));
                }
                *current = to;
                buckets[(to % BUCKETS as u64) as usize].add(call);
                calls.add(call);
            }
        }
        self.calls()
    }

    /// What is in the window, as of the last call.
    pub fn calls(&self) -> Calls {
        match self {
            Self::Last { calls, .. } | Self::Since { calls, .. } => *calls,
        }
    }
}

fn step(span: Span) -> u64 {
    (span.as_micros() / BUCKETS as u64).max(1)
}
