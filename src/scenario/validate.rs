//! Whether a scenario that was put together by hand is within its limits.

use super::fields::{Number, Visit};
use super::{Burst, Scenario, limits::Limits};
use crate::core::refusal::Refusal;

impl Scenario {
    /// Checks every field against its limits.
    ///
    /// # Errors
    /// The first field out of its limits, by its path: `gateway.transientRate`.
    pub fn validate(&self) -> Result<(), Refusal> {
        self.clone().visit(&mut Check)?;
        self.check_policies()
    }

    /// Checks what fields say together.
    pub(super) fn check_policies(&self) -> Result<(), Refusal> {
        self.retry.check().map_err(|refusal| refusal.within("retry"))?;
        self.stock.check().map_err(|refusal| refusal.within("stock"))?;
        self.recommendations.check().map_err(|refusal| refusal.within("recommendations"))?;
        self.notifications.check().map_err(|refusal| refusal.within("notifications"))
    }
}

impl Burst {
    /// Checks every field against its limits, for a burst by itself.
    ///
    /// # Errors
    /// The first field out of its limits, by its name: `orders`.
    pub fn validate(&self) -> Result<(), Refusal> {
        self.clone().visit(&mut Check)
    }
}

/// Compares numbers with their limits.
struct Check;

impl Visit for Check {
    fn number<N: Number>(
        &mut self,
        name: &'static str,
        value: &mut N,
        limits: Limits,
    ) -> Result<(), Refusal> {
        limits.check(value.as_f64()).map(drop).map_err(|refusal| refusal.within(name))
    }

    fn optional<N: Number>(
        &mut self,
        name: &'static str,
        value: &mut Option<N>,
        limits: Limits,
    ) -> Result<(), Refusal> {
        value.as_mut().map_or(Ok(()), |value| self.number(name, value, limits))
    }

    fn group(
        &mut self,
        name: &'static str,
        fields: impl FnOnce(&mut Self) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        fields(self).map_err(|refusal| refusal.within(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::presets::PRESETS;

    fn check(change: impl FnOnce(&mut Scenario), refused: Option<&str>) {
        let mut scenario = Scenario::default();
        change(&mut scenario);
        let field = scenario.validate().err().map(|refusal| refusal.field);
        assert_eq!(field.as_deref(), refused);
    }

    #[test]
    fn what_is_out_of_its_limits_is_named() {
        check(|_| (), None);
        check(|s| s.seed = (1 << 53) - 1, None);
        check(|s| s.seed = 1 << 53, Some("seed"));
        check(|s| s.seed = u64::MAX, Some("seed"));
        check(|s| s.partitions = 0, Some("partitions"));
        check(|s| s.partitions = 65, Some("partitions"));
        check(|s| s.workers = 33, Some("workers"));
        check(|s| s.prefetch = 4_097, Some("prefetch"));
        check(|s| s.lease_ms = 99, Some("leaseMs"));
        check(|s| s.max_deliveries = 0, Some("maxDeliveries"));
        check(|s| s.queue_limit = 10_000_001, Some("queueLimit"));
        check(|s| s.service_time_ms = 0.0, None);
        check(|s| s.service_time_ms = f64::NAN, Some("serviceTimeMs"));
        check(|s| s.service_spread = 1.01, Some("serviceSpread"));
        check(|s| s.gateway.transient_rate = -0.1, Some("gateway.transientRate"));
        check(|s| s.gateway.permanent_rate = f64::INFINITY, Some("gateway.permanentRate"));
        check(|s| s.gateway.fail_first = 101, Some("gateway.failFirst"));
        check(|s| s.gateway.latency_ms = 60_001.0, Some("gateway.latencyMs"));
        check(|s| s.burst.orders = 0, Some("burst.orders"));
        check(|s| s.burst.customers = 1_000_001, Some("burst.customers"));
        check(|s| s.burst.skew = 3.5, Some("burst.skew"));
        check(|s| s.burst.seed = Some(u64::MAX), Some("burst.seed"));
        check(|s| s.burst.rate_per_second = Some(f64::NAN), Some("burst.ratePerSecond"));
        check(|s| s.burst.rate_per_second = Some(0.5), Some("burst.ratePerSecond"));
    }

    #[test]
    fn a_burst_by_itself_has_names_without_the_prefix() {
        let burst = Burst { orders: 0, ..Scenario::default().burst };
        assert_eq!(burst.validate().err().map(|refusal| refusal.field), Some("orders".into()));
    }

    #[test]
    fn presets_are_within_their_limits() {
        for preset in PRESETS {
            assert_eq!((preset.scenario)().validate(), Ok(()), "{}", preset.id);
        }
    }
}
