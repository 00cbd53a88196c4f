//! The number fields of the services' forms.

use crate::ui::room::specs::Spec;

const fn nothing(_: &crate::ui::i18n::Texts) -> &'static str {
    ""
}

/// A field that is never blank. `$($at).+` is its place in the scenario.
macro_rules! number {
    ($path:expr, $label:ident, $unit:expr, $scale:literal, $($at:ident).+ as $type:ty) => {
        Spec {
            path: $path,
            label: |texts| texts.$label,
            unit: $unit,
            placeholder: nothing,
            optional: false,
            scale: $scale,
            get: |scenario| Some(scenario.$($at).+ as f64),
            set: |scenario, value| {
                if let Some(value) = value {
                    scenario.$($at).+ = value as $type;
                }
            },
        }
    };
}

/// A share, shown in percent.
macro_rules! share {
    ($path:expr, $label:ident, $($at:ident).+) => {
        number!($path, $label, |t| t.unit_percent, 100.0, $($at).+ as f64)
    };
}

/// A time in milliseconds.
macro_rules! millis {
    ($path:expr, $label:ident, $($at:ident).+) => {
        number!($path, $label, |t| t.unit_ms, 1.0, $($at).+ as f64)
    };
}

/// A count.
macro_rules! whole {
    ($path:expr, $label:ident, $($at:ident).+ as $type:ty) => {
        number!($path, $label, nothing, 1.0, $($at).+ as $type)
    };
}

/// How a service fails: `$path` and `$($at).+` lead to its failures.
macro_rules! failures {
    ($path:literal, $($at:ident).+) => {
        [
            share!(concat!($path, ".transientRate"), gateway_transient, $($at).+.transient_rate),
            share!(concat!($path, ".permanentRate"), service_permanent, $($at).+.permanent_rate),
            whole!(
                concat!($path, ".failFirst"),
                gateway_fail_first,
                $($at).+.fail_first as u16
            ),
            millis!(concat!($path, ".latencyMs"), service_latency, $($at).+.latency_ms),
            share!(concat!($path, ".poisonRate"), service_poison, $($at).+.poison_rate),
            share!(concat!($path, ".throttleRate"), service_throttle, $($at).+.throttle_rate),
            millis!(concat!($path, ".retryAfterMs"), service_retry_after, $($at).+.retry_after_ms),
            share!(concat!($path, ".slowRate"), service_slow_rate, $($at).+.slow_rate),
            millis!(concat!($path, ".slowMs"), service_slow, $($at).+.slow_ms),
            millis!(concat!($path, ".outageFromMs"), outage_from, $($at).+.outage_from_ms),
            millis!(concat!($path, ".outageMs"), outage_length, $($at).+.outage_ms),
            millis!(concat!($path, ".outageEveryMs"), outage_every, $($at).+.outage_every_ms),
        ]
    };
}

/// What a retry policy of any service has.
macro_rules! retry {
    ($path:literal, $($at:ident).+) => {
        [
            whole!(concat!($path, ".attempts"), policy_attempts, $($at).+.attempts as u16),
            millis!(concat!($path, ".baseMs"), policy_base, $($at).+.base_ms),
            number!(
                concat!($path, ".factor"),
                policy_factor,
                nothing,
                1.0,
                $($at).+.factor as f64
            ),
            millis!(concat!($path, ".capMs"), policy_cap, $($at).+.cap_ms),
            millis!(concat!($path, ".timeoutMs"), policy_timeout, $($at).+.timeout_ms),
        ]
    };
}

macro_rules! breaker {
    ($path:literal, $($at:ident).+) => {
        &[
            whole!(
                concat!($path, ".windowCalls"),
                breaker_window_calls,
                $($at).+.window_calls as u32
            ),
            millis!(concat!($path, ".windowMs"), breaker_window_ms, $($at).+.window_ms),
            whole!(
                concat!($path, ".minimumCalls"),
                breaker_minimum,
                $($at).+.minimum_calls as u32
            ),
            share!(concat!($path, ".failureRate"), breaker_rate, $($at).+.failure_rate),
            millis!(concat!($path, ".slowCallMs"), breaker_slow, $($at).+.slow_call_ms),
            share!(concat!($path, ".slowCallRate"), breaker_slow_rate, $($at).+.slow_call_rate),
            millis!(concat!($path, ".openMs"), breaker_open, $($at).+.open_ms),
            whole!(concat!($path, ".trialCalls"), breaker_trials, $($at).+.trial_calls as u32),
        ]
    };
}

macro_rules! budget {
    ($path:literal, $($at:ident).+) => {
        &[Spec {
            path: concat!($path, ".tokens"),
            label: |texts| texts.budget_tokens,
            unit: nothing,
            placeholder: |texts| texts.budget_tokens_blank,
            optional: true,
            scale: 1.0,
            get: |scenario| scenario.$($at).+.tokens,
            set: |scenario, value| scenario.$($at).+.tokens = value,
        }]
    };
}

/// The forms of a service.
pub struct Forms {
    pub failures: &'static [Spec],
    pub retry: &'static [Spec],
    pub breaker: &'static [Spec],
    pub budget: &'static [Spec],
}

const fn with_layers(retry: [Spec; 5], layers: Spec) -> [Spec; 6] {
    let [attempts, base, factor, cap, timeout] = retry;
    [attempts, base, factor, cap, timeout, layers]
}

const fn with_rows(rows: Spec, failures: [Spec; 12]) -> [Spec; 13] {
    let [a, b, c, d, e, f, g, h, i, j, k, l] = failures;
    [rows, a, b, c, d, e, f, g, h, i, j, k, l]
}

static PAYMENT_RETRY: [Spec; 6] =
    with_layers(retry!("retry", retry), whole!("retry.layers", policy_layers, retry.layers as u8));
static RECOMMENDATIONS_RETRY: [Spec; 5] = retry!("recommendations.retry", recommendations.retry);
static NOTIFICATIONS_RETRY: [Spec; 5] = retry!("notifications.retry", notifications.retry);

static STOCK_RETRY: [Spec; 5] = retry!("stock.retry", stock.retry);
static STOCK_FAILURES: [Spec; 13] = with_rows(
    whole!("stock.rows", stock_rows, stock.rows as u32),
    failures!("stock.failure", stock.failure),
);

/// By the service's place in `Service::ALL`.
pub static FORMS: [Forms; 4] = [
    Forms {
        failures: &failures!("gateway", gateway),
        retry: &PAYMENT_RETRY,
        breaker: breaker!("breaker", breaker),
        budget: budget!("budget", budget),
    },
    Forms {
        failures: &failures!("recommendations.failure", recommendations.failure),
        retry: &RECOMMENDATIONS_RETRY,
        breaker: breaker!("recommendations.breaker", recommendations.breaker),
        budget: budget!("recommendations.budget", recommendations.budget),
    },
    Forms {
        failures: &failures!("notifications.failure", notifications.failure),
        retry: &NOTIFICATIONS_RETRY,
        breaker: breaker!("notifications.breaker", notifications.breaker),
        budget: budget!("notifications.budget", notifications.budget),
    },
    Forms {
        failures: &STOCK_FAILURES,
        retry: &STOCK_RETRY,
        breaker: breaker!("stock.breaker", stock.breaker),
        budget: budget!("stock.budget", stock.budget),
    },
];
