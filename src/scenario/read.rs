//! Reads JSON from outside into values that cannot be wrong.
//!
//! Each function reads one value and leaves the refusal's field empty; an [`Object`] puts the
//! name in front, and so every refusal ends up with the whole path. What nobody asked for is an
//! unknown field.

use super::fields::{Choice, Number, Visit};
use super::limits::Limits;
use crate::core::refusal::{Problem, Refusal, shortened};
use serde_json::{Map, Value};

/// The longest name of a choice that is looked up at all.
const CHOICE_MAX: u32 = 64;

/// A number within its limits.
///
/// # Errors
/// `WrongType`, `OutOfRange`, `NotWhole`.
pub fn number<N: Number>(value: &Value, limits: Limits) -> Result<N, Refusal> {
    let number = value.as_f64().ok_or_else(|| wrong_type("a number"))?;
    limits.check(number).map(N::from_f64)
}

/// True or false.
///
/// # Errors
/// `WrongType`.
pub fn flag(value: &Value) -> Result<bool, Refusal> {
    value.as_bool().ok_or_else(|| wrong_type("true or false"))
}

/// A text of at most `max` characters.
///
/// # Errors
/// `WrongType`, `TooLong`.
pub fn text(value: &Value, max: u32) -> Result<&str, Refusal> {
    let text = value.as_str().ok_or_else(|| wrong_type("text"))?;
    check_length(text, max).map(|()| text)
}

/// A text that names something, as [`check_label`] has it.
///
/// # Errors
/// `WrongType`, `TooLong`, `Empty`.
pub fn label(value: &Value, max: u32) -> Result<&str, Refusal> {
    let label = value.as_str().ok_or_else(|| wrong_type("text"))?;
    check_label(label, max).map(|()| label)
}

/// Checks a text that names something: 1 … `max` characters, not all blank, none a control
/// character. The refusal's field is left to the caller.
///
/// # Errors
/// `TooLong`, `WrongType` for control characters, `Empty`.
pub fn check_label(text: &str, max: u32) -> Result<(), Refusal> {
    check_length(text, max)?;
    if text.chars().any(char::is_control) {
        return Err(wrong_type("text without control characters"));
    }
    if text.trim().is_empty() {
        return Err(Refusal::new("", Problem::Empty));
    }
    Ok(())
}

/// One of a few words.
///
/// # Errors
/// `WrongType`, `TooLong`, `NotOneOf`.
pub fn choice<C: Choice>(value: &Value) -> Result<C, Refusal> {
    C::named(text(value, CHOICE_MAX)?).ok_or_else(|| {
        let allowed = C::ALL.iter().map(|(_, name)| (*name).to_owned()).collect();
        Refusal::new("", Problem::NotOneOf(allowed))
    })
}

/// A list of 1 … `max` entries, each read by `entry`, its refusals named `name[3]`.
///
/// # Errors
/// `WrongType`, `Empty`, `TooLong`, and what `entry` refuses.
pub fn list<T>(
    name: &str,
    value: &Value,
    max: u32,
    entry: impl Fn(&Value) -> Result<T, Refusal>,
) -> Result<Vec<T>, Refusal> {
    let refuse = |problem| Err(Refusal::new(name, problem));
    let Value::Array(values) = value else {
        return Err(wrong_type("a list").within(name));
    };
    if values.is_empty() {
        return refuse(Problem::Empty);
    }
    if values.len() > max as usize {
        return refuse(Problem::TooLong { max });
    }
    let entries = values.iter().enumerate();
    entries
        .map(|(index, value)| {
            entry(value).map_err(|refusal| refusal.within(&format!("{name}[{index}]")))
        })
        .collect()
}

/// Reads an object: `read` asks for its fields; one that was not asked for is refused.
///
/// # Errors
/// `WrongType` when it is no object, what `read` refuses, `UnknownField`.
pub fn object<'a, T>(
    value: &'a Value,
    read: impl FnOnce(&mut Object<'a>) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let Value::Object(fields) = value else { return Err(wrong_type("an object")) };
    let mut object = Object { fields, asked: Vec::new() };
    let result = read(&mut object)?;
    match fields.keys().find(|name| !object.asked.contains(&name.as_str())) {
        None => Ok(result),
        Some(unknown) => Err(Refusal::new(shortened(unknown), Problem::UnknownField)),
    }
}

/// An object that is being read. As a [`Visit`] it sets the fields that are there and leaves
/// the others as they are: a merge patch.
pub struct Object<'a> {
    fields: &'a Map<String, Value>,
    asked: Vec<&'static str>,
}

impl<'a> Object<'a> {
    /// A field that must be there.
    ///
    /// # Errors
    /// `Missing`, and what `read` refuses.
    pub fn required<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&'a Value) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let value = self.ask(name).ok_or_else(|| Refusal::new(name, Problem::Missing))?;
        read(value).map_err(|refusal| refusal.within(name))
    }

    /// A field that may be absent or null.
    ///
    /// # Errors
    /// What `read` refuses.
    pub fn maybe<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&'a Value) -> Result<T, Refusal>,
    ) -> Result<Option<T>, Refusal> {
        match self.ask(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => read(value).map(Some).map_err(|refusal| refusal.within(name)),
        }
    }

    /// A list that must be there, of 1 … `max` entries.
    ///
    /// # Errors
    /// `Missing`, and what [`list`] refuses.
    pub fn entries<T>(
        &mut self,
        name: &'static str,
        max: u32,
        entry: impl Fn(&Value) -> Result<T, Refusal>,
    ) -> Result<Vec<T>, Refusal> {
        let value = self.ask(name).ok_or_else(|| Refusal::new(name, Problem::Missing))?;
        list(name, value, max, entry)
    }

    /// Refuses unless the field is there; another call reads it.
    ///
    /// # Errors
    /// `Missing`.
    pub fn demand(&self, name: &str) -> Result<(), Refusal> {
        let there = self.fields.contains_key(name);
        if there { Ok(()) } else { Err(Refusal::new(name, Problem::Missing)) }
    }

    fn ask(&mut self, name: &'static str) -> Option<&'a Value> {
        self.asked.push(name);
        self.fields.get(name)
    }

    fn set<T>(
        &mut self,
        name: &'static str,
        place: &mut T,
        read: impl FnOnce(&'a Value) -> Result<T, Refusal>,
    ) -> Result<(), Refusal> {
        if let Some(value) = self.ask(name) {
            *place = read(value).map_err(|refusal| refusal.within(name))?;
        }
        Ok(())
    }
}

impl Visit for Object<'_> {
    fn number<N: Number>(
        &mut self,
        name: &'static str,
        place: &mut N,
        limits: Limits,
    ) -> Result<(), Refusal> {
        self.set(name, place, |value| number(value, limits))
    }

    fn optional<N: Number>(
        &mut self,
        name: &'static str,
        place: &mut Option<N>,
        limits: Limits,
    ) -> Result<(), Refusal> {
        self.set(name, place, |value| match value {
            Value::Null => Ok(None),
            value => number(value, limits).map(Some),
        })
    }

    fn flag(&mut self, name: &'static str, place: &mut bool) -> Result<(), Refusal> {
        self.set(name, place, flag)
    }

    fn choice<C: Choice>(&mut self, name: &'static str, place: &mut C) -> Result<(), Refusal> {
        self.set(name, place, choice)
    }

    fn group(
        &mut self,
        name: &'static str,
        fields: impl FnOnce(&mut Self) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        self.set(name, &mut (), |value| object(value, fields))
    }
}

fn check_length(text: &str, max: u32) -> Result<(), Refusal> {
    // A character has at most four bytes, so most that is too long need not be counted.
    let too_long = text.len() > 4 * max as usize || text.chars().count() > max as usize;
    if too_long { Err(Refusal::new("", Problem::TooLong { max })) } else { Ok(()) }
}

fn wrong_type(expected: &str) -> Refusal {
    Refusal::new("", Problem::WrongType(expected.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::limits::whole;
    use serde_json::json;

    /// Reads `{"name": a label, "tags": a list of numbers, "note": maybe a text}`.
    fn check(value: Value, refused: &str) {
        let result = object(&value, |object| {
            object.required("name", |value| label(value, 5))?;
            object.entries("tags", 2, |value| number::<u16>(value, whole(1.0, 9.0)))?;
            object.maybe("note", |value| text(value, 3))
        });
        let message = result.err().map(|refusal| refusal.to_string()).unwrap_or_default();
        assert_eq!(message, refused, "{value}");
    }

    #[test]
    fn refusals_carry_the_path() {
        check(json!({"name": "a", "tags": [1, 2]}), "");
        check(json!({"name": "a", "tags": [1], "note": null}), "");
        check(json!({"name": "a", "tags": [1], "note": ""}), "");
        check(json!({"tags": [1]}), "name: is missing; give it a value");
        check(json!({"name": null, "tags": [1]}), "name: must be text");
        check(json!({"name": " ", "tags": [1]}), "name: is empty; give it a value");
        check(json!({"name": "ñandúes"}), "name: is too long; at most 5 are allowed");
        check(json!({"name": "a\u{7}"}), "name: must be text without control characters");
        check(json!({"name": "a", "tags": {}}), "tags: must be a list");
        check(json!({"name": "a", "tags": []}), "tags: is empty; give it a value");
        check(json!({"name": "a", "tags": [1, 1, 1]}), "tags: is too long; at most 2 are allowed");
        check(json!({"name": "a", "tags": [1, 0.5]}), "tags[1]: must be from 1 to 9");
        check(
            json!({"name": "a", "tags": [1], "nota": 1}),
            "nota: there is no such field; leave it out",
        );
    }
}
