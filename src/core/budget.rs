//! Retry budgets: a caller may retry only while enough of its calls succeed.
//!
//! Without one, every call of an outage is made `attempts` times, just when the service can bear
//! it least. A budget is shared by all calls to a service.

use serde::{Deserialize, Serialize};

/// Whose rules a budget follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BudgetKind {
    /// Any number of retries.
    None,
    /// Failures cost, successes give back a little; a retry itself costs nothing.
    Grpc,
    /// A retry costs, and the success after it gives that back.
    AwsSdk,
}

/// A budget's numbers, in tokens: finite, not negative, told apart by thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BudgetConfig {
    /// Whose rules.
    pub kind: BudgetKind,
    /// The most there can be, and what it starts with.
    pub tokens: f64,
    /// What a failure (gRPC) or a retry (AWS SDK) costs.
    pub retry_cost: f64,
    /// What a retry after throttling (429) costs with the AWS SDK.
    pub throttle_cost: f64,
    /// What a success that needed no retry gives back; with gRPC every success.
    pub success_refund: f64,
    /// Whether a retry needs more than half of the tokens (gRPC).
    pub half_rule: bool,
}

impl BudgetConfig {
    /// Any number of retries.
    pub const NONE: Self = Self {
        kind: BudgetKind::None,
        tokens: 0.0,
        retry_cost: 0.0,
        throttle_cost: 0.0,
        success_refund: 0.0,
        half_rule: false,
    };

    /// gRPC's retry throttling: 10 tokens, a failure takes 1, a success gives 0.1, and no retry
    /// at or below half.
    ///
    /// # Source
    /// gRFC A6, "Throttling retry attempts and hedged RPCs", and its example.
    pub const GRPC: Self = Self {
        kind: BudgetKind::Grpc,
        tokens: 10.0,
        retry_cost: 1.0,
        throttle_cost: 1.0,
        success_refund: 0.1,
        half_rule: true,
    };

    /// The AWS SDK's retry quota: 500 tokens, a retry takes 14, or 5 after throttling. The
    /// success after a retry gives back what that took, any other 1.
    ///
    /// # Source
    /// AWS SDKs and Tools Reference Guide, "Retry behavior", standard mode.
    pub const AWS_SDK: Self = Self {
        kind: BudgetKind::AwsSdk,
        tokens: 500.0,
        retry_cost: 14.0,
        throttle_cost: 5.0,
        success_refund: 1.0,
        half_rule: false,
    };

    /// What [`Budget::allows_retry`] takes when it allows, in tokens. Whoever retried passes it on
    /// to [`Budget::on_success`].
    pub fn price(&self, throttled: bool) -> f64 {
        match self.kind {
            BudgetKind::None | BudgetKind::Grpc => 0.0,
            BudgetKind::AwsSdk if throttled => self.throttle_cost,
            BudgetKind::AwsSdk => self.retry_cost,
        }
    }
}

/// What is left of a budget. It never holds less than nothing nor more than its maximum.
#[derive(Clone, Debug, PartialEq)]
pub struct Budget {
    config: BudgetConfig,
    /// In thousandths of a token: a hundred successes of 0.1 are exactly 10.
    left: u64,
}

impl Budget {
    /// A full one.
    pub fn new(config: BudgetConfig) -> Self {
        Self { config, left: thousandths(config.tokens) }
    }

    /// Whether a retry may be made, after a failure or, if `throttled`, after a 429. If it may,
    /// its price is taken.
    pub fn allows_retry(&mut self, throttled: bool) -> bool {
        let half = thousandths(self.config.tokens) / 2;
        let price = thousandths(self.config.price(throttled));
        let allowed = match self.config.kind {
            BudgetKind::None => true,
            _ if self.config.half_rule && self.left <= half => false,
            BudgetKind::Grpc => self.left > 0,
            BudgetKind::AwsSdk => self.left >= price,
        };
        if allowed {
            self.left = self.left.saturating_sub(price);
        }
        allowed
    }

    /// An attempt failed, the first one or a retry.
    pub fn on_failure(&mut self) {
        if self.config.kind == BudgetKind::Grpc {
            self.left = self.left.saturating_sub(thousandths(self.config.retry_cost));
        }
    }

    /// An attempt succeeded. `after_retry_cost` is the [price](BudgetConfig::price) of the retry
    /// that it was, 0 for a first attempt.
    pub fn on_success(&mut self, after_retry_cost: f64) {
        let back = match self.config.kind {
            BudgetKind::AwsSdk if after_retry_cost > 0.0 => after_retry_cost,
            _ => self.config.success_refund,
        };
        let most = thousandths(self.config.tokens);
        self.left = self.left.saturating_add(thousandths(back)).min(most);
    }

    /// The tokens left.
    pub fn tokens(&self) -> f64 {
        self.left as f64 / 1000.0
    }
}

fn thousandths(tokens: f64) -> u64 {
    (tokens * 1000.0 + 0.5) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// gRFC A6: "If token_count is less than or equal to the threshold (maxTokens / 2), RPCs will
    /// not be retried until it rises over the threshold."
    #[test]
    fn grpc_stops_at_half_and_goes_on_above_it() {
        let mut budget = Budget::new(BudgetConfig::GRPC);
        for failures in 1..=4 {
            budget.on_failure();
            assert!(budget.allows_retry(false), "after {failures}");
            assert_eq!(budget.tokens(), f64::from(10 - failures), "a retry costs nothing");
        }
        budget.on_failure();
        assert_eq!(budget.tokens(), 5.0);
        assert!(!budget.allows_retry(false) && !budget.allows_retry(true));
        budget.on_success(0.0);
        assert_eq!(budget.tokens(), 5.1);
        assert!(budget.allows_retry(false));
    }

    #[test]
    fn grpc_stays_within_nothing_and_its_maximum_and_counts_exactly() {
        let mut budget = Budget::new(BudgetConfig::GRPC);
        (0..30).for_each(|_| budget.on_failure());
        assert_eq!(budget.tokens(), 0.0);
        (0..50).for_each(|_| budget.on_success(0.0));
        assert_eq!(budget.tokens(), 5.0, "fifty tenths are five, and not above half");
        assert!(!budget.allows_retry(false));
        (0..500).for_each(|_| budget.on_success(0.0));
        assert_eq!(budget.tokens(), 10.0);
    }

    #[test]
    fn aws_sdk_pays_for_retries_and_not_for_failures() {
        let mut budget = Budget::new(BudgetConfig::AWS_SDK);
        budget.on_failure();
        assert_eq!(budget.tokens(), 500.0);
        // 35 retries cost 490, and 10 tokens are left: two more only after throttling.
        assert_eq!((0..100).filter(|_| budget.allows_retry(false)).count(), 35);
        assert_eq!(budget.tokens(), 10.0);
        assert_eq!((0..100).filter(|_| budget.allows_retry(true)).count(), 2);
        assert_eq!(budget.tokens(), 0.0);
        assert!(!budget.allows_retry(true));
    }

    #[test]
    fn aws_sdk_refunds_what_the_retry_cost() {
        let mut budget = Budget::new(BudgetConfig::AWS_SDK);
        for throttled in [false, true] {
            assert!(budget.allows_retry(throttled));
            assert_eq!(budget.tokens(), if throttled { 495.0 } else { 486.0 });
            budget.on_success(BudgetConfig::AWS_SDK.price(throttled));
            assert_eq!(budget.tokens(), 500.0);
        }
        assert!(budget.allows_retry(false));
        budget.on_success(0.0);
        assert_eq!(budget.tokens(), 487.0, "a success at the first attempt gives 1");
        (0..100).for_each(|_| budget.on_success(0.0));
        assert_eq!(budget.tokens(), 500.0);
    }

    /// What budgets are for: in an outage each of 10,000 calls would be made three times.
    #[test]
    fn an_outage_is_hardly_amplified() {
        for (config, most) in [
            (BudgetConfig::GRPC, 10_010),
            (BudgetConfig::AWS_SDK, 10_036),
            (BudgetConfig::NONE, 30_000),
        ] {
            let mut budget = Budget::new(config);
            let mut calls = 0;
            for _ in 0..10_000 {
                calls += 1;
                budget.on_failure();
                for _ in 0..2 {
                    if budget.allows_retry(false) {
                        calls += 1;
                        budget.on_failure();
                    }
                }
            }
            assert!(calls <= most, "{:?}: {calls}", config.kind);
        }
    }

    #[test]
    fn without_a_budget_every_retry_is_allowed() {
        let mut budget = Budget::new(BudgetConfig::NONE);
        budget.on_failure();
        assert!((0..1_000).all(|_| budget.allows_retry(false)));
        assert_eq!(budget.tokens(), 0.0);
    }
}
