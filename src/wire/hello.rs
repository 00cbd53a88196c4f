//! What a worker says first, so that nothing is sent to one that would not understand it.

use super::{Bad, check_preamble, preamble};

const HELLO: u16 = 1;

/// Says that a worker of this build is ready.
pub fn encode(build: &str) -> Vec<u8> {
    let mut bytes = preamble(HELLO).to_vec();
    bytes.extend_from_slice(build.as_bytes());
    bytes
}

/// The build of the worker that is ready.
///
/// # Errors
/// Whatever else the bytes are.
pub fn decode(bytes: &[u8]) -> Result<&str, Bad> {
    let (kind, rest) = check_preamble(bytes)?;
    if kind != HELLO {
        return Err(Bad::Kind);
    }
    std::str::from_utf8(rest).map_err(|_| Bad::Content)
}
