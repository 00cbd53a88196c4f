//! Money and stock: what was really charged and taken, beside what should have been.
//!
//! The *actual* side sees only what consumers report. The *expected* side is told which orders
//! completed. When nothing is under way and no charge was doubled, both agree.

/// What became of a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charge {
    /// The first of its order.
    Made,
    /// Recognised by its idempotency key, and not made again.
    Suppressed,
    /// Made again: the customer paid twice.
    Doubled,
}

/// The books of a run, by order number.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    marks: Marks,
    /// Cents of all completed orders, each once.
    pub expected_cents: i64,
    /// Cents charged, less those given back.
    pub actual_cents: i64,
    /// Pieces of all completed orders, each once.
    pub expected_pieces: i64,
    /// Pieces taken, less those given back.
    pub actual_pieces: i64,
    /// Charges of an order that had been charged before.
    pub double_charges: u64,
    /// Charges given back because the order did not complete after all.
    pub refunds: u64,
}

impl Ledger {
    /// A consumer charges an order.
    pub fn charge(&mut self, number: u32, cents: u64, idempotent: bool) -> Charge {
        let first = self.marks.set(number, CHARGED);
        if !first && idempotent {
            return Charge::Suppressed;
        }
        self.actual_cents += cents as i64;
        if first {
            return Charge::Made;
        }
        self.double_charges += 1;
        Charge::Doubled
    }

    /// A consumer takes an order's pieces out of the stock.
    pub fn reserve(&mut self, number: u32, pieces: u32, idempotent: bool) {
        if self.marks.set(number, RESERVED) || !idempotent {
            self.actual_pieces += i64::from(pieces);
        }
    }

    /// Whether the order was charged.
    pub fn is_charged(&self, number: u32) -> bool {
        self.marks.is_set(number, CHARGED)
    }

    /// An order completed.
    pub fn complete(&mut self, cents: u64, pieces: u32) {
        self.expected_cents += cents as i64;
        self.expected_pieces += i64::from(pieces);
    }

    /// An order ended without completing: what was charged and taken for it is given back.
    pub fn give_back(&mut self, number: u32, cents: u64, pieces: u32) {
        if self.marks.clear(number, CHARGED) {
            self.actual_cents -= cents as i64;
            self.refunds += 1;
        }
        if self.marks.clear(number, RESERVED) {
            self.actual_pieces -= i64::from(pieces);
        }
    }

    /// What the books take, in bytes.
    pub fn memory_bytes(&self) -> usize {
        self.marks.0.capacity() * size_of::<u64>()
    }
}

/// The marks of an order.
const CHARGED: u64 = 1;
const RESERVED: u64 = 2;

/// Two marks of every order, by number. A run's order numbers are dense, so that those of a
/// million orders take 250 kB.
#[derive(Clone, Debug, Default)]
struct Marks(Vec<u64>);

/// Orders whose marks are in one word.
const IN_A_WORD: u32 = 32;

impl Marks {
    const fn place(number: u32, mark: u64) -> (usize, u64) {
        ((number / IN_A_WORD) as usize, mark << (number % IN_A_WORD * 2))
    }

    /// Sets a mark; whether it was not set before.
    fn set(&mut self, number: u32, mark: u64) -> bool {
        let (word, bit) = Self::place(number, mark);
        if word >= self.0.len() {
            self.0.resize((word + 1).next_multiple_of(1024), 0);
        }
        let new = self.0[word] & bit == 0;
        self.0[word] |= bit;
        new
    }

    fn is_set(&self, number: u32, mark: u64) -> bool {
        let (word, bit) = Self::place(number, mark);
        self.0.get(word).is_some_and(|marks| marks & bit != 0)
    }

    /// Takes a mark away; whether it was set.
    fn clear(&mut self, number: u32, mark: u64) -> bool {
        let was = self.is_set(number, mark);
        if was {
            let (word, bit) = Self::place(number, mark);
            self.0[word] &= !bit;
        }
        was
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idempotent_charge_is_made_once_and_given_back_once() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.charge(7, 500, true), Charge::Made);
        assert_eq!(ledger.charge(7, 500, true), Charge::Suppressed);
        ledger.reserve(7, 2, true);
        ledger.reserve(7, 2, true);
        assert_eq!((ledger.actual_cents, ledger.actual_pieces), (500, 2));
        ledger.give_back(7, 500, 2);
        ledger.give_back(7, 500, 2);
        assert_eq!((ledger.actual_cents, ledger.actual_pieces, ledger.refunds), (0, 0, 1));
    }

    #[test]
    fn without_a_key_the_customer_pays_twice_and_the_books_show_it() {
        let mut ledger = Ledger::default();
        ledger.charge(100_000, 500, false);
        assert_eq!(ledger.charge(100_000, 500, false), Charge::Doubled);
        ledger.complete(500, 1);
        assert_eq!((ledger.actual_cents, ledger.expected_cents), (1000, 500));
        assert_eq!((ledger.double_charges, ledger.refunds), (1, 0));
    }
}
