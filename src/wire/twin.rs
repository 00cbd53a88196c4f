//! What the page asks of the deterministic twin, and what it answers.

use super::{Bad, check_preamble, decode, encode, page::Snapshot};
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

/// Runs of the experiment on jitter that are wanted, all with the same number of clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JitterOrder {
    pub id: u32,
    /// How many contend, 1 … [`JITTER_CLIENTS_MAX`].
    pub clients: u16,
    /// Runs of each strategy, 1 … [`JITTER_RUNS_MAX`].
    pub runs: u16,
    pub seed: u64,
}

/// How the clients of the experiment wait: exponentially, and with which jitter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Strategy {
    None,
    Full,
    Equal,
    Decorrelated,
}

/// What the runs of a strategy gave, on average.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct JitterRow {
    pub strategy: Strategy,
    pub clients: u16,
    /// Writes that were tried, those that succeeded included.
    pub calls: f64,
    /// When the last client was done, in milliseconds.
    pub completion_ms: f64,
}

/// The rows of an order: one for each strategy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JitterAnswer {
    pub id: u32,
    pub rows: Vec<JitterRow>,
}

/// What the page may ask of the twin.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    Run(TwinOrder),
    Jitter(JitterOrder),
}

/// What the twin may answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Answered {
    Run(TwinAnswer),
    Jitter(JitterAnswer),
}

impl Answered {
    /// Which order it answers.
    pub const fn id(&self) -> u32 {
        match self {
            Self::Run(answer) => answer.id,
            Self::Jitter(answer) => answer.id,
        }
    }
}

/// The most clients of the experiment on jitter.
pub const JITTER_CLIENTS_MAX: u16 = 500;

/// The most runs of each strategy.
pub const JITTER_RUNS_MAX: u16 = 1_000;

/// The published experiment's numbers of clients: 10 … 190 by 10.
pub const JITTER_CLIENTS: [u16; 19] =
    [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160, 170, 180, 190];

/// The published experiment's runs.
pub const JITTER_RUNS: u16 = 100;

impl Strategy {
    /// All of them, in the order that lists show them.
    pub const ALL: [Self; 4] = [Self::None, Self::Full, Self::Equal, Self::Decorrelated];

    /// The name in the scripting API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Full => "full",
            Self::Equal => "equal",
            Self::Decorrelated => "decorrelated",
        }
    }
}

const ORDER: u16 = 80;
const ANSWER: u16 = 81;
const JITTER_ORDER: u16 = 82;
const JITTER_ANSWER: u16 = 83;

/// The frame of what is wanted.
pub fn encode_wanted(wanted: &Wanted) -> Vec<u8> {
    match wanted {
        Wanted::Run(order) => encode(ORDER, order),
        Wanted::Jitter(order) => encode(JITTER_ORDER, order),
    }
}

/// What is wanted by a frame of the page.
///
/// # Errors
/// When the bytes are not such a frame, whole, of this version and with sensible numbers.
pub fn decode_wanted(bytes: &[u8]) -> Result<Wanted, Bad> {
    if check_preamble(bytes)?.0 != JITTER_ORDER {
        return decode(ORDER, bytes).map(Wanted::Run);
    }
    let order: JitterOrder = decode(JITTER_ORDER, bytes)?;
    let sensible = (1..=JITTER_CLIENTS_MAX).contains(&order.clients)
        && (1..=JITTER_RUNS_MAX).contains(&order.runs);
    if sensible { Ok(Wanted::Jitter(order)) } else { Err(Bad::Content) }
}

/// The frame of an answer of either kind.
pub fn encode_answered(answered: &Answered) -> Vec<u8> {
    match answered {
        Answered::Run(answer) => encode(ANSWER, answer),
        Answered::Jitter(answer) => encode(JITTER_ANSWER, answer),
    }
}

/// The answer of either kind in a frame.
///
/// # Errors
/// When the bytes are not such a frame, whole and of this version.
pub fn decode_answered(bytes: &[u8]) -> Result<Answered, Bad> {
    if check_preamble(bytes)?.0 == JITTER_ANSWER {
        return decode(JITTER_ANSWER, bytes).map(Answered::Jitter);
    }
    decode(ANSWER, bytes).map(Answered::Run)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(order: JitterOrder, decoded: Result<(), Bad>) {
        let wanted = Wanted::Jitter(order);
        let bytes = encode_wanted(&wanted);
        assert_eq!(decode_wanted(&bytes), decoded.map(|()| wanted));
        assert!(decode_wanted(&bytes[..bytes.len() - 1]).is_err());
        assert_eq!(decode_answered(&bytes), Err(Bad::Kind));
    }

    #[test]
    fn what_is_wanted_comes_through_within_its_bounds() {
        let order = JitterOrder { id: 7, clients: 190, runs: 100, seed: u64::MAX };
        check(order, Ok(()));
        check(JitterOrder { clients: 1, runs: 1, ..order }, Ok(()));
        for (clients, runs) in [(0, 1), (JITTER_CLIENTS_MAX + 1, 1), (1, 0), (1, u16::MAX)] {
            check(JitterOrder { clients, runs, ..order }, Err(Bad::Content));
        }
        let run = TwinOrder { id: 1, scenario: Scenario::default(), until_ms: 5 };
        let wanted = Wanted::Run(run);
        assert_eq!(decode_wanted(&encode_wanted(&wanted)), Ok(wanted));
    }

    #[test]
    fn answers_of_both_kinds_come_through() {
        let row =
            JitterRow { strategy: Strategy::Full, clients: 10, calls: 51.25, completion_ms: 812.5 };
        let run = TwinAnswer { id: 4, run: TwinRun::default(), wall_ms: 1.5 };
        for answered in
            [Answered::Jitter(JitterAnswer { id: 3, rows: vec![row; 4] }), Answered::Run(run)]
        {
            assert_eq!(decode_answered(&encode_answered(&answered)), Ok(answered));
        }
    }
}
