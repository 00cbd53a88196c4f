//! What the host was told and when: enough to live its life again.
//!
//! Only what can change something is on the tape; questions are not. Its length is bounded: at
//! [`TAPE_MAX`] it ends, whatever is told after that is not on it.

use crate::core::{
    ids::WorkerId,
    time::{Span, Timestamp},
};
use crate::wire::lane::Buffer;

/// The longest tape, in bytes: about a million and a quarter orders, each worked on once.
pub const TAPE_MAX: usize = 64 * 1024 * 1024;

/// Bytes are kept in pieces of so many, so that a growing tape is never copied.
const PIECE: usize = 1024 * 1024;

/// The bytes of an entry before its content.
const HEAD: usize = 21;

/// Something that the host was told.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// Time passed.
    Tick,
    /// A consumer's frame came.
    Frame(WorkerId, Buffer),
    /// The page's request, encoded, and how long the host took to accept what it submits.
    Request(Vec<u8>, Span),
}

/// The tape. See the module's text.
#[derive(Clone, Debug, Default)]
pub struct Tape {
    pieces: Vec<Vec<u8>>,
    entries: u64,
    bytes: usize,
    full: bool,
}

/// A place on a tape, between two entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    piece: usize,
    byte: usize,
    /// Entries before it.
    pub entry: u64,
}

const TICK: u8 = 0;
const FRAME: u8 = 1;
const REQUEST: u8 = 2;

impl Tape {
    /// Entries on it.
    pub const fn entries(&self) -> u64 {
        self.entries
    }

    /// Its length.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether it ended before life did.
    pub const fn is_full(&self) -> bool {
        self.full
    }

    /// Notes that time passed; whether there was room.
    pub fn tick(&mut self, now: Timestamp) -> bool {
        self.push(TICK, now, 0, &[])
    }

    /// Notes a consumer's frame; whether there was room.
    pub fn frame(&mut self, now: Timestamp, worker: WorkerId, frame: &Buffer) -> bool {
        self.push(FRAME, now, u64::from(worker.0), frame.bytes())
    }

    /// Notes a request; whether there was room.
    pub fn request(&mut self, now: Timestamp, took: Span, request: &[u8]) -> bool {
        self.push(REQUEST, now, took.as_micros(), request)
    }

    fn push(&mut self, kind: u8, now: Timestamp, extra: u64, content: &[u8]) -> bool {
        let length = HEAD + content.len();
        self.full |= self.bytes + length > TAPE_MAX;
        if self.full {
            return false;
        }
        if self.pieces.last().is_none_or(|piece| piece.capacity() - piece.len() < length) {
            self.pieces.push(Vec::with_capacity(PIECE.max(length)));
        }
        let piece = self.pieces.last_mut().expect("one was just made sure of");
        piece.push(kind);
        piece.extend_from_slice(&now.as_micros().to_le_bytes());
        piece.extend_from_slice(&extra.to_le_bytes());
        piece.extend_from_slice(&(content.len() as u32).to_le_bytes());
        piece.extend_from_slice(content);
        self.entries += 1;
        self.bytes += length;
        true
    }

    /// The entry at a place, when it was told, and the place behind it; none at the end.
    pub fn read(&self, mut place: Place) -> Option<(Timestamp, Told, Place)> {
        while place.byte == self.pieces.get(place.piece)?.len() {
            place = Place { piece: place.piece + 1, byte: 0, ..place };
        }
        let (head, rest) = self.pieces[place.piece][place.byte..].split_at(HEAD);
        let number = |at: usize| {
            u64::from_le_bytes(head[at..at + 8].try_into().expect("the head has so many bytes"))
        };
        let length = u32::from_le_bytes([head[17], head[18], head[19], head[20]]) as usize;
        let (content, extra) = (&rest[..length], number(9));
        let told = match head[0] {
            TICK => Told::Tick,
            FRAME => Told::Frame(WorkerId(extra as u16), Buffer::from(content)),
            _ => Told::Request(content.to_vec(), Span::from_micros(extra)),
        };
        let byte = place.byte + HEAD + length;
        let next = Place { byte, entry: place.entry + 1, ..place };
        Some((Timestamp::from_micros(number(1)), told, next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_told_is_read_again_and_the_bound_ends_it() {
        let mut tape = Tape::default();
        let at = Timestamp::from_micros;
        let frame = Buffer::from(&[7_u8; 300_000][..]);
        let mut told = 0;
        while tape.frame(at(told), WorkerId(3), &frame) {
            assert!(tape.tick(at(told + 1)) || tape.is_full());
            assert!(tape.request(at(told + 2), Span::from_micros(5), b"hello") || tape.is_full());
            told += 3;
        }
        assert!(tape.is_full() && tape.bytes() <= TAPE_MAX);
        assert!(!tape.tick(at(told)), "what is full stays full");
        let mut place = Place::default();
        let mut read = 0;
        while let Some((when, told, next)) = tape.read(place) {
            assert_eq!(when, at(read));
            let expected = match read % 3 {
                0 => Told::Frame(WorkerId(3), frame.clone()),
                1 => Told::Tick,
                _ => Told::Request(b"hello".to_vec(), Span::from_micros(5)),
            };
            assert_eq!(told, expected);
            (read, place) = (read + 1, next);
        }
        assert_eq!((read, place.entry), (tape.entries(), tape.entries()));
    }
}
