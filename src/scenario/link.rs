//! The share link: a scenario as a short text that fits a URL's fragment.
//!
//! A link is `c1` (our mark and the format's version) and base64url of a checksum and JSON, a
//! merge patch of the default scenario: only what differs. So a link survives new fields, and a
//! default that changes later changes old links with it; the version counts up when that would
//! hurt. The checksum tells a link that was cut off or altered from one of somebody else.
//!
//! A scenario that differs in so many fields that this would be too long is *packed*, `c2`: each
//! field as a hash of its path and its value.

mod packed;

use super::{Scenario, read};
use crate::core::refusal::{Problem, Refusal};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

/// The longest link, in bytes.
pub const LINK_MAX: u32 = 2_000;

/// Our mark, and the version of the format: a patch as JSON, or packed.
const PREFIX: &str = "c1";
const PACKED: &str = "c2";

/// The field that refusals name.
const FIELD: &str = "link";

/// The scenario's share link: at most [`LINK_MAX`] bytes of `A-Z a-z 0-9 - _`, the same text
/// whenever the scenario is the same.
///
/// # Panics
/// When the link is too long, which no scenario of today's fields can make it.
pub fn encode(scenario: &Scenario) -> String {
    let patch = difference(&to_value(scenario), &to_value(&Scenario::default()));
    let link = sealed(PREFIX, patch.to_string().as_bytes());
    if link.len() <= LINK_MAX as usize {
        return link;
    }
    let link = sealed(PACKED, &packed::pack(&patch));
    assert!(link.len() <= LINK_MAX as usize, "a scenario fits a link");
    link
}

fn sealed(prefix: &str, content: &[u8]) -> String {
    let payload = [&checksum(content).to_le_bytes()[..], content].concat();
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(payload))
}

/// The scenario of a share link.
///
/// # Errors
/// `TooLong` over [`LINK_MAX`] bytes; `Foreign` when it does not begin like ours; `Damaged` when
/// it was cut off or altered; for a link made by hand the first field that is wrong, as
/// `link.workers`.
///
/// ```
/// use convoy_lab::scenario::{Scenario, link};
/// let scenario = Scenario { workers: 7, ..Scenario::default() };
/// assert_eq!(link::decode(&link::encode(&scenario)), Ok(scenario));
/// ```
pub fn decode(link: &str) -> Result<Scenario, Refusal> {
    let refuse = |problem| Refusal::new(FIELD, problem);
    let damaged = || refuse(Problem::Damaged);
    if link.len() > LINK_MAX as usize {
        return Err(refuse(Problem::TooLong { max: LINK_MAX }));
    }
    if PREFIX.starts_with(link) {
        return Err(damaged());
    }
    let plain = link.strip_prefix(PREFIX);
    let payload = plain.or_else(|| link.strip_prefix(PACKED));
    let payload = payload.ok_or_else(|| refuse(Problem::Foreign))?;
    let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| damaged())?;
    let (sum, content) = payload.split_first_chunk::<4>().ok_or_else(damaged)?;
    if checksum(content) != u32::from_le_bytes(*sum) {
        return Err(damaged());
    }
    let patch = if plain.is_some() {
        serde_json::from_slice(content).map_err(|_| damaged())?
    } else {
        packed::unpack(content).ok_or_else(damaged)?
    };
    let mut scenario = Scenario::default();
    read::object(&patch, |fields| scenario.visit(fields))
        .and_then(|()| scenario.check_policies())
        .map_err(|refusal| refusal.within(FIELD))?;
    Ok(scenario)
}

/// The merge patch that makes `default` into `value`.
fn difference(value: &Value, default: &Value) -> Value {
    let (Value::Object(fields), Value::Object(defaults)) = (value, default) else {
        return value.clone();
    };
    let differing = fields.iter().filter_map(|(name, value)| {
        let default = &defaults[name];
        (value != default).then(|| (name.clone(), difference(value, default)))
    });
    Value::Object(differing.collect::<Map<_, _>>())
}

fn to_value(scenario: &Scenario) -> Value {
    serde_json::to_value(scenario).expect("a scenario is plain data with text keys")
}

/// FNV-1a, 32 bits. Its steps are bijections, so one altered byte always changes the result;
/// it guards against accidents, not against intent.
///
/// # Source
/// Fowler, Noll, Vo: offset basis 0x811c9dc5, prime 0x01000193.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A well-formed link of this JSON.
    fn handmade(json: &str) -> String {
        sealed(PREFIX, json.as_bytes())
    }

    fn check(link: &str, refused: &str) {
        let message = decode(link).err().map(|refusal| refusal.to_string());
        assert_eq!(message.as_deref(), Some(refused), "{link}");
    }

    #[test]
    fn a_bad_link_says_what_is_wrong_with_it() {
        const DAMAGED: &str = "link: is damaged; copy the whole link again";
        const FOREIGN: &str = "link: is not from this version of Convoy Lab";
        for link in ["", "c", "c1", "c2", "c1AAAA", "c2AAAAAAAA", "c1!", "c1AAAAAA=", "c1ñ", "c1 "]
        {
            check(link, DAMAGED);
        }
        for link in ["c3AAAAAAAA", "x", "cat", "eyJhIjoxfQ", "https://example.com/", "💥"] {
            check(link, FOREIGN);
        }
        check(&"c1".repeat(1_001), "link: is too long; at most 2000 are allowed");
        check(&handmade("{"), DAMAGED);
        check(&handmade("[]"), "link: must be an object");
        check(&handmade(r#"{"workers":0}"#), "link.workers: must be from 1 to 32");
        check(
            &handmade(r#"{"gateway":{"x":0}}"#),
            "link.gateway.x: there is no such field; leave it out",
        );
    }

    #[test]
    fn the_default_is_the_shortest_link() {
        assert_eq!(encode(&Scenario::default()), handmade("{}"));
        assert_eq!(encode(&Scenario::default()).len(), 10);
    }
}
