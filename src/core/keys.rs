//! The customers: names in, small numbers inside.
//!
//! Customers of a burst are numbered, so that a million of them need no text: `customer-0`, …
//! and `user1`, …. A name that reads like one of these is that customer.

use super::{ids::KeyId, partitioner::murmur2};
use std::{borrow::Cow, collections::HashMap, fmt::Write};

/// Customers there may be in a run.
pub const CAPACITY: usize = 4 * 1024 * 1024;

/// The numbered customers of a family are below this.
const NUMBERED: u32 = 1_000_001;

/// How numbered customers are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// `customer-0`, `customer-1`, …
    Customer,
    /// `user1`, `user2`, …
    User,
}

impl Family {
    const ALL: [Self; 2] = [Self::Customer, Self::User];

    const fn prefix(self) -> &'static str {
        match self {
            Self::Customer => "customer-",
            Self::User => "user",
        }
    }

    const fn first(self) -> u32 {
        match self {
            Self::Customer => 0,
            Self::User => 1,
        }
    }

    /// The index, from 0, of the customer of that name.
    fn index(self, name: &str) -> Option<u32> {
        let digits = name.strip_prefix(self.prefix())?;
        let canonical = digits == "0" || !digits.starts_with(['0', '+']);
        let number: u32 = digits.parse().ok().filter(|number| *number < NUMBERED)?;
        canonical.then(|| number.checked_sub(self.first())).flatten()
    }
}

#[derive(Clone, Copy, Debug)]
enum Name {
    Numbered(Family, u32),
    Text(u32),
}

/// A [`Name`] in four bytes: which it is in the two upper bits, the index in the others.
#[derive(Clone, Copy, Debug)]
struct PackedName(u32);

const _: () = assert!(CAPACITY < 1 << 30 && NUMBERED < 1 << 30);

impl PackedName {
    const INDEX: u32 = (1 << 30) - 1;

    const fn pack(name: Name) -> Self {
        match name {
            Name::Text(index) => Self(index),
            Name::Numbered(family, index) => Self((family as u32 + 1) << 30 | index),
        }
    }

    const fn unpack(self) -> Name {
        let index = self.0 & Self::INDEX;
        match self.0 >> 30 {
            0 => Name::Text(index),
            1 => Name::Numbered(Family::Customer, index),
            _ => Name::Numbered(Family::User, index),
        }
    }
}

/// A customer. 12 bytes.
#[derive(Clone, Copy, Debug)]
struct Key {
    name: PackedName,
    hash: i32,
    orders: u32,
}

/// All customers of a run.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    keys: Vec<Key>,
    /// By family and index, the customer's number plus one, or zero.
    numbered: [Vec<u32>; 2],
    texts: Vec<Box<str>>,
    by_text: HashMap<Box<str>, u32>,
    scratch: String,
}

impl Keys {
    /// The customer of that name, new or known; none when there are too many.
    pub fn named(&mut self, name: &str) -> Option<KeyId> {
        for family in Family::ALL {
            if let Some(index) = family.index(name) {
                return self.numbered(family, index);
            }
        }
        if let Some(id) = self.by_text.get(name) {
            return Some(KeyId(*id));
        }
        let id = self.add(Name::Text(self.texts.len() as u32), murmur2(name.as_bytes()))?;
        self.texts.push(name.into());
        self.by_text.insert(name.into(), id.0);
        Some(id)
    }

    /// The customer of that index, from 0, of a family, new or known.
    pub fn numbered(&mut self, family: Family, index: u32) -> Option<KeyId> {
        let table = &mut self.numbered[family as usize];
        if table.len() <= index as usize {
            table.resize(index as usize + 1, 0);
        }
        if let Some(id) = table[index as usize].checked_sub(1) {
            return Some(KeyId(id));
        }
        let mut name = std::mem::take(&mut self.scratch);
        name.clear();
        let _ = write!(name, "{}{}", family.prefix(), index + family.first());
        let hash = murmur2(name.as_bytes());
        self.scratch = name;
        let id = self.add(Name::Numbered(family, index), hash)?;
        self.numbered[family as usize][index as usize] = id.0 + 1;
        Some(id)
    }

    fn add(&mut self, name: Name, hash: i32) -> Option<KeyId> {
        if self.keys.len() == CAPACITY {
            return None;
        }
        self.keys.push(Key { name: PackedName::pack(name), hash, orders: 0 });
        Some(KeyId(self.keys.len() as u32 - 1))
    }

    /// The customer of that name, if known.
    pub fn find(&self, name: &str) -> Option<KeyId> {
        for family in Family::ALL {
            if let Some(index) = family.index(name) {
                let id = *self.numbered[family as usize].get(index as usize)?;
                return id.checked_sub(1).map(KeyId);
            }
        }
        self.by_text.get(name).copied().map(KeyId)
    }

    /// What the customer is called.
    pub fn name(&self, id: KeyId) -> Cow<'_, str> {
        match self.keys[id.0 as usize].name.unpack() {
            Name::Text(index) => Cow::Borrowed(&self.texts[index as usize]),
            Name::Numbered(family, index) => {
                Cow::Owned(format!("{}{}", family.prefix(), index + family.first()))
            }
        }
    }

    /// Kafka's hash of the customer's name.
    pub fn hash(&self, id: KeyId) -> i32 {
        self.keys[id.0 as usize].hash
    }

    /// Counts one more order of the customer and gives its number, from 0.
    pub fn next_sequence(&mut self, id: KeyId) -> u32 {
        let key = &mut self.keys[id.0 as usize];
        key.orders += 1;
        key.orders - 1
    }

    /// How many customers there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is none yet.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// What the tables take, in bytes; of the texts an estimate.
    pub fn memory_bytes(&self) -> usize {
        self.keys.capacity() * size_of::<Key>()
            + self.numbered.iter().map(|table| table.capacity() * 4).sum::<usize>()
            + self.texts.len() * 128
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_customer_however_it_came() {
        let mut keys = Keys::default();
        let by_number = keys.numbered(Family::Customer, 42).unwrap();
        assert_eq!(keys.named("customer-42"), Some(by_number));
        assert_eq!(keys.find("customer-42"), Some(by_number));
        assert_eq!(keys.name(by_number), "customer-42");
        assert_eq!(keys.hash(by_number), murmur2(b"customer-42"));
        let user = keys.named("user1").unwrap();
        assert_eq!(keys.numbered(Family::User, 0), Some(user));
        for text in ["customer-042", "customer-", "user0", "user+1", "ana", "customer-9999999999"] {
            let id = keys.named(text).unwrap();
            assert_eq!((keys.named(text), keys.find(text)), (Some(id), Some(id)), "{text}");
            assert_eq!(keys.name(id), text);
        }
        assert_eq!((keys.len(), keys.find("nobody"), keys.find("user77")), (8, None, None));
        assert_eq!((keys.next_sequence(user), keys.next_sequence(user)), (0, 1));
    }
}
