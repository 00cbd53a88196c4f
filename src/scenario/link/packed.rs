//! A patch as bytes: of every field a hash of its path, the kind of its value, and the value; of a
//! word its place among those that the field takes.

use crate::core::refusal::Refusal;
use crate::scenario::{
    Scenario,
    fields::{self, Choice, Visit},
    limits::Limits,
};
use serde_json::{Map, Number, Value};

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const WHOLE: u8 = 3;
const REAL: u8 = 4;
const WORD: u8 = 5;

/// The path of every field, and the words that it takes, if it takes words.
#[derive(Default)]
struct Fields(Vec<(String, Vec<&'static str>)>);

impl Fields {
    fn of_a_scenario() -> Self {
        let mut fields = Self::default();
        // It refuses nothing.
        let _ = Scenario::default().visit(&mut fields);
        fields
    }

    fn note(&mut self, name: &str, words: Vec<&'static str>) -> Result<(), Refusal> {
        self.0.push((name.to_owned(), words));
        Ok(())
    }

    fn words(&self, path: &str) -> &[&'static str] {
        self.0.iter().find(|(field, _)| field == path).map_or(&[], |(_, words)| words)
    }
}

impl Visit for Fields {
    fn number<N: fields::Number>(
        &mut self,
        name: &'static str,
        _: &mut N,
        _: Limits,
    ) -> Result<(), Refusal> {
        self.note(name, Vec::new())
    }

    fn optional<N: fields::Number>(
        &mut self,
        name: &'static str,
        _: &mut Option<N>,
        _: Limits,
    ) -> Result<(), Refusal> {
        self.note(name, Vec::new())
    }

    fn flag(&mut self, name: &'static str, _: &mut bool) -> Result<(), Refusal> {
        self.note(name, Vec::new())
    }

    fn choice<C: Choice>(&mut self, name: &'static str, _: &mut C) -> Result<(), Refusal> {
        self.note(name, C::ALL.iter().map(|(_, word)| *word).collect())
    }

    fn group(
        &mut self,
        name: &'static str,
        fields: impl FnOnce(&mut Self) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let first = self.0.len();
        fields(self)?;
        for (field, _) in &mut self.0[first..] {
            field.insert_str(0, &format!("{name}."));
        }
        Ok(())
    }
}

/// The bytes of a patch.
pub(super) fn pack(patch: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    pack_fields(&Fields::of_a_scenario(), "", patch, &mut bytes);
    bytes
}

fn pack_fields(known: &Fields, path: &str, value: &Value, bytes: &mut Vec<u8>) {
    if let Value::Object(fields) = value {
        for (name, value) in fields {
            let dot = if path.is_empty() { "" } else { "." };
            pack_fields(known, &format!("{path}{dot}{name}"), value, bytes);
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
            let place = known.words(path).iter().position(|known| known == word);
            bytes.extend_from_slice(&[WORD, place.unwrap_or(0) as u8]);
        }
        Value::Null | Value::Array(_) | Value::Object(_) => bytes.push(NULL),
    }
}

/// The patch of some bytes, if they are one and name only fields there are.
pub(super) fn unpack(mut bytes: &[u8]) -> Option<Value> {
    let known = Fields::of_a_scenario();
    let mut patch = Map::new();
    while !bytes.is_empty() {
        let hash = u16::from_le_bytes(take(&mut bytes)?);
        let (path, words) = known.0.iter().find(|(path, _)| short(path) == hash)?;
        let value = match take::<1>(&mut bytes)?[0] {
            NULL => Value::Null,
            FALSE => Value::Bool(false),
            TRUE => Value::Bool(true),
            WHOLE => u32::from_le_bytes(take(&mut bytes)?).into(),
            REAL => Value::Number(Number::from_f64(f64::from_le_bytes(take(&mut bytes)?))?),
            WORD => (*words.get(take::<1>(&mut bytes)?[0] as usize)?).into(),
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
        let paths = fields::paths();
        let hashes: BTreeSet<u16> = paths.iter().map(|(path, _)| short(path)).collect();
        assert_eq!(hashes.len(), paths.len());
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
