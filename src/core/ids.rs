//! Names for things: small numbers inside, short readable strings outside.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// An order's name: the slot of its record and how often that slot was used before.
///
/// Written `o1`, `o2`, … and, when the record of an order long ended was used again, `o1.1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OrderId {
    /// Index of the record, from 0.
    pub slot: u32,
    /// How many earlier orders had this record.
    pub generation: u32,
}

/// A consumer's name, from 1, never used twice in the life of a page. Written `w1`, `w2`, …
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WorkerId(pub u16);

/// Index of a customer, in the order of their first orders. The customer is the ordering key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct KeyId(pub u32);

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "o{}", u64::from(self.slot) + 1)?;
        if self.generation > 0 {
            write!(f, ".{}", self.generation)?;
        }
        Ok(())
    }
}

impl fmt::Display for WorkerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "w{}", self.0)
    }
}

/// The text is not an id of this kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnId;

impl FromStr for OrderId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let rest = text.strip_prefix('o').ok_or(NotAnId)?;
        let (number, generation) = match rest.split_once('.') {
            Some((number, generation)) => (number, digits(generation)?),
            None => (rest, 0),
        };
        let slot = digits(number)?.checked_sub(1).ok_or(NotAnId)?;
        let id = Self { slot, generation };
        (id.to_string() == text).then_some(id).ok_or(NotAnId)
    }
}

impl FromStr for WorkerId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let number = digits(text.strip_prefix('w').ok_or(NotAnId)?)?;
        let id = Self(u16::try_from(number).map_err(|_| NotAnId)?);
        (id.0 > 0 && id.to_string() == text).then_some(id).ok_or(NotAnId)
    }
}

fn digits(text: &str) -> Result<u32, NotAnId> {
    text.parse().map_err(|_| NotAnId)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back_as_written_and_nothing_else_is_one() {
        for id in [
            OrderId { slot: 0, generation: 0 },
            OrderId { slot: 41, generation: 7 },
            OrderId { slot: u32::MAX - 1, generation: u32::MAX },
        ] {
            assert_eq!(id.to_string().parse(), Ok(id));
        }
        assert_eq!("w32".parse(), Ok(WorkerId(32)));
        for bad in ["", "o", "o0", "o01", "o1.0", "o1.", "o+1", "1", "o-1", "o99999999999"] {
            assert_eq!(bad.parse::<OrderId>(), Err(NotAnId), "{bad}");
        }
        for bad in ["w0", "w", "w99999", "W1", "w01"] {
            assert_eq!(bad.parse::<WorkerId>(), Err(NotAnId), "{bad}");
        }
    }
}
