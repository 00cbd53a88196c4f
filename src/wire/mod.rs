//! What travels between threads: versioned, and checked before it is read.
//!
//! [`page`] is what the page and the broker say to each other, a few dozen times a second:
//! values in postcard. [`lane`] is what the broker and its consumers say, millions of orders a
//! second: fixed layouts in batches. [`twin`] is what the page asks of the deterministic twin. All
//! begin with the same eight bytes, [`hello`] included.

pub mod hello;
pub mod lane;
pub mod page;
pub mod twin;

use serde::{Deserialize, Serialize};

/// Counts up with every change of a frame's layout.
pub const PROTOCOL: u16 = 3;

/// The fingerprint of the sources that this was built from.
pub const BUILD: &str = env!("CONVOY_BUILD");

const MAGIC: u32 = u32::from_le_bytes(*b"cvoy");

/// Why a frame was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bad {
    /// It is shorter than it says, or longer.
    Length,
    /// It is no frame of ours.
    Foreign,
    /// It is of another version of the protocol.
    Version,
    /// It is none of the kinds that may come here.
    Kind,
    /// Its content does not make sense.
    Content,
}

impl std::fmt::Display for Bad {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Length => "the frame's length does not fit its content",
            Self::Foreign => "this is no frame of Convoy Lab",
            Self::Version => "the frame is of another version; reload the page",
            Self::Kind => "a frame of this kind does not belong here",
            Self::Content => "the frame's content does not make sense",
        })
    }
}

impl std::error::Error for Bad {}

/// The first eight bytes of every frame.
fn preamble(kind: u16) -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&MAGIC.to_le_bytes());
    bytes[4..6].copy_from_slice(&PROTOCOL.to_le_bytes());
    bytes[6..].copy_from_slice(&kind.to_le_bytes());
    bytes
}

/// Checks the first eight bytes and gives the kind and what follows.
fn check_preamble(bytes: &[u8]) -> Result<(u16, &[u8]), Bad> {
    let (head, rest) = bytes.split_first_chunk::<8>().ok_or(Bad::Length)?;
    let [a, b, c, d, v0, v1, k0, k1] = *head;
    if u32::from_le_bytes([a, b, c, d]) != MAGIC {
        return Err(Bad::Foreign);
    }
    if u16::from_le_bytes([v0, v1]) != PROTOCOL {
        return Err(Bad::Version);
    }
    Ok((u16::from_le_bytes([k0, k1]), rest))
}

/// A frame whose content is a value in postcard.
fn encode<T: Serialize>(kind: u16, value: &T) -> Vec<u8> {
    let start = preamble(kind).to_vec();
    postcard::to_extend(value, start).expect("plain values always encode")
}

/// The value in such a frame, which must be whole.
fn decode<'a, T: Deserialize<'a>>(expected: u16, bytes: &'a [u8]) -> Result<T, Bad> {
    let (kind, rest) = check_preamble(bytes)?;
    if kind != expected {
        return Err(Bad::Kind);
    }
    match postcard::take_from_bytes(rest) {
        Ok((value, [])) => Ok(value),
        Ok(_) => Err(Bad::Length),
        Err(_) => Err(Bad::Content),
    }
}
