//! A patch as bytes: of every field a hash of its path, the kind of its value, and the value.

use crate::scenario::fields::paths;
use serde_json::{Map, Number, Value};

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const WHOLE: u8 = 3;
const REAL: u8 = 4;
const WORD: u8 = 5;

/// The bytes of a patch.
pub(super) fn pack(patch: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    pack_fields("", patch, &mut bytes);
    bytes
}

fn pack_fields(path: &str, value: &Value, bytes: &mut Vec<u8>) {
    if let Value::Object(fields) = value {
        for (name, value) in fields {
            let dot = if path.is_empty() { "" } else { "." };
            pack_fields(&format!("{path}{dot}{name}"), value, bytes);
        }
        return;
    }
    bytes.extend_from_slice(&short(path).to_le_bytes());
    match value {
        Value::Bool(flag) => bytes.push(if *flag { TRUE } else { FALSE }),
        Value::Number(number) => {
            if let Some(whole) = number.as_u64().and_then(|whole| u32::try_from(whole).ok()) {
                bytes.push(WHOLE);
                bytes.extend_from_slice(&whole.to_le_bytes());
            } else {
                bytes.push(REAL);
                bytes.extend_from_slice(&number.as_f64().unwrap_or(0.0).to_le_bytes());
            }
        }
        Value::String(word) => {
            bytes.extend_from_slice(&[WORD, word.len() as u8]);
            bytes.extend_from_slice(word.as_bytes());
        }
        Value::Null | Value::Array(_) | Value::Object(_) => bytes.push(NULL),
    }
}

/// The patch of some bytes, if they are one and name only fields there are.
pub(super) fn unpack(mut bytes: &[u8]) -> Option<Value> {
    let paths = paths();
    let mut patch = Map::new();
    while !bytes.is_empty() {
        let hash = u16::from_le_bytes(take(&mut bytes)?);
        let (path, _) = paths.iter().find(|(path, _)| short(path) == hash)?;
        let value = match take::<1>(&mut bytes)?[0] {
            NULL => Value::Null,
            FALSE => Value::Bool(false),
            TRUE => Value::Bool(true),
            WHOLE => u32::from_le_bytes(take(&mut bytes)?).into(),
            REAL => Value::Number(Number::from_f64(f64::from_le_bytes(take(&mut bytes)?))?),
            WORD => {
                let length = take::<1>(&mut bytes)?[0];
                let (word, rest) = bytes.split_at_checked(length.into())?;
                bytes = rest;
                str::from_utf8(word).ok()?.into()
            }
            _ => return None,
        };
        put(&mut patch, path, value);
    }
    Some(Value::Object(patch))
}

fn put(fields: &mut Map<String, Value>, path: &str, value: Value) {
    let Some((group, rest)) = path.split_once('.') else {
        fields.insert(path.to_owned(), value);
        return;
    };
    let inner = fields.entry(group).or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(inner) = inner {
        put(inner, rest, value);
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*taken)
}

/// A hash of a path, another one for each.
fn short(path: &str) -> u16 {
    let hash = super::checksum(path.as_bytes());
    (hash >> 16) as u16 ^ hash as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_path_has_a_hash_of_its_own() {
        let hashes: BTreeSet<u16> = paths().iter().map(|(path, _)| short(path)).collect();
        assert_eq!(hashes.len(), paths().len());
    }

    #[test]
    fn what_is_no_patch_is_none() {
        assert_eq!(unpack(&[]), Some(Value::Object(Map::new())));
        let first = pack(&serde_json::json!({ "gateway": { "latencyMs": 0.5 } })).len();
        let good = pack(&serde_json::json!({ "workers": 3, "gateway": { "latencyMs": 0.5 } }));
        for length in 1..good.len() {
            let cut = unpack(&good[..length]);
            assert!(cut.is_none() || length == first, "{length}: {cut:?}");
        }
        let unknown = [&short("nothing").to_le_bytes()[..], &[NULL]].concat();
        assert_eq!(unpack(&unknown), None);
    }
}
