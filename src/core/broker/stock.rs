//! The warehouse: a version for every product's row, for optimistic concurrency.
//!
//! It knows nothing of leases and orders: a claim that is granted counts the row's version up, so
//! that whoever read it before has read in vain. What is in stock is the ledger's business.

use super::{Broker, Output};
use crate::core::delivery::{Claim, ClaimAnswer};

/// Rows there are; a claim names one modulo this.
pub const ROWS: u32 = 64;

impl Broker {
    /// Answers a consumer's claims, in their order.
    pub(super) fn claim(&mut self, index: usize, claims: &[Claim]) {
        if claims.is_empty() {
            return;
        }
        let answers = claims.iter().map(|claim| {
            let version = &mut self.rows[(claim.row % ROWS) as usize];
            let granted = claim.version == Claim::READ || claim.version == *version;
            *version += u64::from(granted && claim.version != Claim::READ);
            ClaimAnswer { version: *version, number: claim.number, granted: u32::from(granted) }
        });
        let answers = answers.collect();
        let consumer = &mut self.consumers[index];
        let (worker, header) = (consumer.id, consumer.header());
        self.outputs.push_back(Output::Stock { worker, header, answers });
    }
}
