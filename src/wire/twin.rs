//! What the page asks of the deterministic twin, and what it answers.

use super::{Bad, decode, encode, page::Snapshot};
use crate::scenario::Scenario;
use serde::{Deserialize, Serialize};

/// A run that is wanted: the scenario's burst, from the beginning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TwinOrder {
    pub id: u32,
    pub scenario: Scenario,
    /// Ends at this virtual time, in milliseconds, or earlier: when everything is at rest.
    pub until_ms: u32,
}

/// A run under the virtual clock.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TwinRun {
    /// A hash of every frame, with its time and direction.
    pub hash: u64,
    /// Frames that arrived, and timers that rang.
    pub events: u64,
    /// Whether everything came to rest before `until_ms`.
    pub at_rest: bool,
    /// The state at the end; its `at_ms` is the virtual time.
    pub snapshot: Box<Snapshot>,
}

/// A run, and what it took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TwinAnswer {
    pub id: u32,
    pub run: TwinRun,
    /// Real time, in milliseconds.
    pub wall_ms: f64,
}

const ORDER: u16 = 80;
const ANSWER: u16 = 81;

/// The frame of an order.
pub fn encode_order(order: &TwinOrder) -> Vec<u8> {
    encode(ORDER, order)
}

/// The order in a frame.
///
/// # Errors
/// When the bytes are not such a frame, whole and of this version.
pub fn decode_order(bytes: &[u8]) -> Result<TwinOrder, Bad> {
    decode(ORDER, bytes)
}

/// The frame of an answer.
pub fn encode_answer(answer: &TwinAnswer) -> Vec<u8> {
    encode(ANSWER, answer)
}

/// The answer in a frame.
///
/// # Errors
/// When the bytes are not such a frame, whole and of this version.
pub fn decode_answer(bytes: &[u8]) -> Result<TwinAnswer, Bad> {
    decode(ANSWER, bytes)
}
