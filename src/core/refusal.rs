//! Why something was not done: one type for everything the outside can get wrong.
//!
//! A refusal names the field, says what is wrong with it and what would be right. The page
//! translates it; `Display` is the English of the scripting API.

use super::obstacle::Obstacle;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The kind of refusal, `Error.code` of the scripting API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Code {
    /// An argument is wrong.
    Invalid,
    /// The named thing does not exist.
    NotFound,
    /// The thing exists, but not in a state that allows this.
    Conflict,
    /// A bound was reached; try again later.
    Overloaded,
    /// A part of the lab is not there (a worker of another build, no broker).
    Unavailable,
    /// It took longer than allowed.
    Timeout,
}

/// What is wrong, and with it what would be right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Problem {
    /// A required field is not there.
    Missing,
    /// There is no such field.
    UnknownField,
    /// The value is of the wrong type; says which is expected, e.g. "a number".
    WrongType(String),
    /// The number is outside `min..=max`.
    OutOfRange { min: f64, max: f64 },
    /// The number must be whole.
    NotWhole,
    /// The text is empty.
    Empty,
    /// The text or list is longer than `max` (characters or entries).
    TooLong { max: u32 },
    /// The value is none of those allowed, which are listed.
    NotOneOf(Vec<String>),
    /// There is nothing of that name, which is repeated (shortened).
    Unknown(String),
    /// A share link is damaged: cut off or altered.
    Damaged,
    /// A share link or frame of another version or of something else.
    Foreign,
    /// A state or a bound stands against it.
    Stands(Obstacle),
}

/// A refusal: nothing was changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    /// The kind.
    pub code: Code,
    /// The field, as a path in the scripting API's names, e.g. `gateway.transientRate`.
    pub field: String,
    /// What is wrong with it.
    pub problem: Problem,
}

impl Refusal {
    /// A refusal of the kind that fits the problem.
    pub fn new(field: impl Into<String>, problem: Problem) -> Self {
        let code = match problem {
            Problem::Unknown(_) => Code::NotFound,
            Problem::Stands(obstacle) => obstacle.code(),
            _ => Code::Invalid,
        };
        Self { code, field: field.into(), problem }
    }

    /// The same refusal with its field below `parent`.
    pub fn within(mut self, parent: &str) -> Self {
        self.field =
            if self.field.is_empty() { parent.into() } else { format!("{parent}.{}", self.field) };
        self
    }
}

impl Code {
    /// The name in the scripting API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Overloaded => "overloaded",
            Self::Unavailable => "unavailable",
            Self::Timeout => "timeout",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.field)?;
        match &self.problem {
            Problem::Missing => write!(f, "is missing; give it a value"),
            Problem::UnknownField => write!(f, "there is no such field; leave it out"),
            Problem::WrongType(expected) => write!(f, "must be {expected}"),
            Problem::OutOfRange { min, max } => write!(f, "must be from {min} to {max}"),
            Problem::NotWhole => write!(f, "must be a whole number"),
            Problem::Empty => write!(f, "is empty; give it a value"),
            Problem::TooLong { max } => write!(f, "is too long; at most {max} are allowed"),
            Problem::NotOneOf(allowed) => write!(f, "must be one of {}", allowed.join(", ")),
            Problem::Unknown(name) => write!(f, "there is no “{name}”"),
            Problem::Damaged => write!(f, "is damaged; copy the whole link again"),
            Problem::Foreign => write!(f, "is not from this version of Convoy Lab"),
            Problem::Stands(obstacle) => write!(f, "{obstacle}"),
        }
    }
}

impl std::error::Error for Refusal {}

/// At most the first 40 characters of `text`, so that a message stays readable.
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
