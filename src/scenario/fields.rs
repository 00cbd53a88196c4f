//! Every field of a scenario, once: its name in the scripting API, its limits, its place.
//!
//! Whoever deals with all fields (the check of the limits, the patch, the forms' limits) is a
//! [`Visit`] and is led through this list; so none of them can forget a field.

use super::services::{BreakerMode, BreakerWindow, Fallback, LatencyKind, Nesting, WaitPlace};
use super::{Burst, Deal, Naming, Ordering, Overflow, Scenario, ServiceKind};
use crate::core::budget::BudgetKind;
use crate::core::refusal::Refusal;
use crate::scenario::limits::{Limits, real, whole};

/// The largest seed: 2⁵³ − 1, the last whole number that JavaScript counts to.
pub const SEED_MAX: f64 = 9_007_199_254_740_991.0;

/// A share of a whole.
const SHARE: Limits = real(0.0, 1.0);

/// The longest that one step of a consumer's work may take.
pub const WORK_MS: Limits = real(0.0, 60_000.0);

/// Consumers: 1 … 32, of the scenario as of `convoy.scale`.
pub const WORKERS: Limits = whole(1.0, 32.0);

/// Any seed.
pub const SEED: Limits = whole(0.0, SEED_MAX);

/// Somebody who looks at each field in turn, and may change or refuse it.
pub trait Visit: Sized {
    /// A number.
    fn number<N: Number>(
        &mut self,
        name: &'static str,
        value: &mut N,
        limits: Limits,
    ) -> Result<(), Refusal>;

    /// A number that may be absent.
    fn optional<N: Number>(
        &mut self,
        name: &'static str,
        value: &mut Option<N>,
        limits: Limits,
    ) -> Result<(), Refusal>;

    /// A yes or no. Looks away unless told otherwise, as at a word: neither can be wrong.
    fn flag(&mut self, _name: &'static str, _value: &mut bool) -> Result<(), Refusal> {
        Ok(())
    }

    /// One of a few words.
    fn choice<C: Choice>(&mut self, _name: &'static str, _value: &mut C) -> Result<(), Refusal> {
        Ok(())
    }

    /// Fields that belong together under one name.
    fn group(
        &mut self,
        name: &'static str,
        fields: impl FnOnce(&mut Self) -> Result<(), Refusal>,
    ) -> Result<(), Refusal>;
}

impl Scenario {
    /// Leads `visit` through all fields.
    pub fn visit(&mut self, visit: &mut impl Visit) -> Result<(), Refusal> {
        visit.number("seed", &mut self.seed, SEED)?;
        visit.choice("ordering", &mut self.ordering)?;
        visit.number("partitions", &mut self.partitions, whole(1.0, 64.0))?;
        visit.number("workers", &mut self.workers, WORKERS)?;
        visit.number("prefetch", &mut self.prefetch, whole(1.0, 4_096.0))?;
        visit.number("leaseMs", &mut self.lease_ms, whole(100.0, 600_000.0))?;
        visit.number("maxDeliveries", &mut self.max_deliveries, whole(1.0, 100.0))?;
        visit.number("queueLimit", &mut self.queue_limit, whole(1.0, 10_000_000.0))?;
        visit.choice("overflow", &mut self.overflow)?;
        visit.flag("idempotency", &mut self.idempotency)?;
        visit.number("serviceTimeMs", &mut self.service_time_ms, WORK_MS)?;
        visit.number("serviceSpread", &mut self.service_spread, SHARE)?;
        visit.choice("serviceKind", &mut self.service_kind)?;
        visit.group("gateway", |visit| self.gateway.visit(visit))?;
        visit.group("retry", |visit| self.retry.visit(visit))?;
        visit.group("breaker", |visit| self.breaker.visit(visit))?;
        visit.group("budget", |visit| self.budget.visit(visit))?;
        visit.group("stock", |visit| self.stock.visit(visit))?;
        visit.group("recommendations", |visit| self.recommendations.visit(visit))?;
        visit.group("notifications", |visit| self.notifications.visit(visit))?;
        visit.group("burst", |visit| self.burst.visit(visit))
    }
}

impl Burst {
    /// Leads `visit` through all fields.
    pub fn visit(&mut self, visit: &mut impl Visit) -> Result<(), Refusal> {
        visit.number("orders", &mut self.orders, whole(1.0, 10_000_000.0))?;
        visit.number("customers", &mut self.customers, whole(1.0, 1_000_000.0))?;
        visit.optional("amountCents", &mut self.amount_cents, whole(1.0, 100_000_000.0))?;
        visit.choice("naming", &mut self.naming)?;
        visit.choice("deal", &mut self.deal)?;
        visit.number("skew", &mut self.skew, real(0.0, 3.0))?;
        visit.optional("seed", &mut self.seed, SEED)?;
        visit.optional("ratePerSecond", &mut self.rate_per_second, real(1.0, 10_000_000.0))
    }
}

/// The path of every field, as the scripting API writes it, and the limits of the numeric ones.
pub fn paths() -> Vec<(String, Option<Limits>)> {
    let mut lister = Lister::default();
    // The lister refuses nothing.
    let _ = Scenario::default().visit(&mut lister);
    lister.found
}

/// Notes every field it is led past.
#[derive(Default)]
struct Lister {
    found: Vec<(String, Option<Limits>)>,
}

impl Lister {
    fn note(&mut self, name: &str, limits: Option<Limits>) -> Result<(), Refusal> {
        self.found.push((name.to_owned(), limits));
        Ok(())
    }
}

impl Visit for Lister {
    fn number<N: Number>(
        &mut self,
        name: &'static str,
        _: &mut N,
        limits: Limits,
    ) -> Result<(), Refusal> {
        self.note(name, Some(limits))
    }

    fn optional<N: Number>(
        &mut self,
        name: &'static str,
        _: &mut Option<N>,
        limits: Limits,
    ) -> Result<(), Refusal> {
        self.note(name, Some(limits))
    }

    fn flag(&mut self, name: &'static str, _: &mut bool) -> Result<(), Refusal> {
        self.note(name, None)
    }

    fn choice<C: Choice>(&mut self, name: &'static str, _: &mut C) -> Result<(), Refusal> {
        self.note(name, None)
    }

    fn group(
        &mut self,
        name: &'static str,
        fields: impl FnOnce(&mut Self) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let first = self.found.len();
        fields(self)?;
        for (field, _) in &mut self.found[first..] {
            field.insert_str(0, &format!("{name}."));
        }
        Ok(())
    }
}

/// A type that a numeric field may have.
pub trait Number: Copy {
    /// As JavaScript has it; beyond 2⁵³ the nearest that it has.
    fn as_f64(self) -> f64;
    /// Of a value within the field's limits, which are within this type's.
    fn from_f64(value: f64) -> Self;
}

macro_rules! numbers {
    ($($number:ty),*) => {
        $(impl Number for $number {
            fn as_f64(self) -> f64 {
                self as f64
            }

            fn from_f64(value: f64) -> Self {
                value as Self
            }
        })*
    };
}

numbers!(u8, u16, u32, u64, f64);

/// An enum whose values have names in the scripting API.
pub trait Choice: Copy + PartialEq + 'static {
    /// All values with their names, in the order that a list shows them.
    const ALL: &'static [(Self, &'static str)];

    /// The value's name.
    ///
    /// # Panics
    /// When `ALL` misses a value.
    fn name(self) -> &'static str {
        let entry = Self::ALL.iter().find(|(value, _)| *value == self);
        entry.expect("ALL lists every value").1
    }

    /// The value of that name.
    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, listed)| *listed == name).map(|(value, _)| *value)
    }
}

impl Choice for Ordering {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Single, "single"),
        (Self::Competing, "competing"),
        (Self::Partitions, "partitions"),
        (Self::Sessions, "sessions"),
    ];
}

impl Choice for Overflow {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Reject, "reject"),
        (Self::DropOldest, "dropOldest"),
        (Self::DeadLetterOldest, "deadLetterOldest"),
    ];
}

impl Choice for ServiceKind {
    const ALL: &'static [(Self, &'static str)] = &[(Self::Wait, "wait"), (Self::Burn, "burn")];
}

impl Choice for Naming {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::Customer, "customer"), (Self::User, "user")];
}

impl Choice for Deal {
    const ALL: &'static [(Self, &'static str)] = &[(Self::Drawn, "drawn"), (Self::Round, "round")];
}

impl Choice for LatencyKind {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Constant, "constant"),
        (Self::Uniform, "uniform"),
        (Self::Exponential, "exponential"),
        (Self::LogNormal, "logNormal"),
        (Self::HeavyTail, "heavyTail"),
    ];
}

impl Choice for WaitPlace {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Redeliver, "redeliver"),
        (Self::Consumer, "consumer"),
        (Self::Lane, "lane"),
        (Self::Delayed, "delayed"),
        (Self::Parking, "parking"),
    ];
}

impl Choice for Fallback {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::DeadLetter, "deadLetter"),
        (Self::Park, "park"),
        (Self::Block, "block"),
        (Self::Cancel, "cancel"),
    ];
}

impl Choice for Nesting {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::RetryBreakerTimeout, "retryBreakerTimeout"),
        (Self::BreakerRetryTimeout, "breakerRetryTimeout"),
        (Self::TimeoutRetryBreaker, "timeoutRetryBreaker"),
    ];
}

impl Choice for BreakerMode {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Off, "off"),
        (Self::Auto, "auto"),
        (Self::MetricsOnly, "metricsOnly"),
        (Self::ForcedOpen, "forcedOpen"),
        (Self::Disabled, "disabled"),
    ];
}

impl Choice for BudgetKind {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::None, "none"), (Self::Grpc, "grpc"), (Self::AwsSdk, "awsSdk")];
}

impl Choice for BreakerWindow {
    const ALL: &'static [(Self, &'static str)] = &[(Self::Calls, "calls"), (Self::Time, "time")];
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Serialize;
    use serde_json::{Value, json};

    /// The names here are those that serde writes.
    fn check<C: Choice + Serialize>() {
        for (value, name) in C::ALL {
            assert_eq!(serde_json::to_value(value).ok(), Some(json!(name)));
            assert_eq!(C::named(name).map(Choice::name), Some(*name));
        }
        assert_eq!(C::named("").map(Choice::name), None);
    }

    #[test]
    fn choices_are_called_as_serde_calls_them() {
        check::<Ordering>();
        check::<Overflow>();
        check::<ServiceKind>();
        check::<Naming>();
        check::<Deal>();
        check::<LatencyKind>();
        check::<WaitPlace>();
        check::<Fallback>();
        check::<Nesting>();
        check::<BreakerMode>();
        check::<BreakerWindow>();
        check::<BudgetKind>();
    }

    #[test]
    fn the_list_has_exactly_the_fields_that_serde_writes() {
        let mut listed: Vec<String> = paths().into_iter().map(|(path, _)| path).collect();
        let mut written = Vec::new();
        written_paths(
            "",
            &serde_json::to_value(Scenario::default()).expect("plain data"),
            &mut written,
        );
        listed.sort();
        written.sort();
        assert_eq!(listed, written);
    }

    fn written_paths(path: &str, value: &Value, found: &mut Vec<String>) {
        let Value::Object(fields) = value else {
            found.push(path.into());
            return;
        };
        for (name, value) in fields {
            let dot = if path.is_empty() { "" } else { "." };
            written_paths(&format!("{path}{dot}{name}"), value, found);
        }
    }
}
