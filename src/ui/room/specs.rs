//! The number fields of the forms: which part of the scenario each one is, and how it is shown.

use crate::scenario::Scenario;
use crate::ui::i18n::Texts;

/// A number field.
pub struct Spec {
    /// Its path in the scripting API, which also finds its limits.
    pub path: &'static str,
    /// What it is called.
    pub label: fn(&Texts) -> &'static str,
    /// The unit behind it.
    pub unit: fn(&Texts) -> &'static str,
    /// What stands in it while it is blank.
    pub placeholder: fn(&Texts) -> &'static str,
    /// Whether it may be blank.
    pub optional: bool,
    /// It is shown so many times as large: 100 for percentages.
    pub scale: f64,
    /// Reads it.
    pub get: fn(&Scenario) -> Option<f64>,
    /// Writes it; the value is within the limits.
    pub set: fn(&mut Scenario, Option<f64>),
}

impl Spec {
    /// The id of its input: its path with dashes.
    pub fn id(&self) -> String {
        self.path.replace('.', "-")
    }
}

/// All fields of all forms.
pub const SPECS: &[&[Spec]] = &[BURST, SEED, PARTITIONS, SERVICE, GATEWAY, QUEUE];

const fn nothing(_: &Texts) -> &'static str {
    ""
}

/// A field that is never blank. `$($at).+` is its place in the scenario.
macro_rules! number {
    ($path:literal, $label:ident, $unit:expr, $scale:literal, $($at:ident).+ as $type:ty) => {
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

/// The burst form.
pub const BURST: &[Spec] = &[
    number!("burst.orders", burst_orders, nothing, 1.0, burst.orders as u32),
    number!("burst.customers", burst_customers, nothing, 1.0, burst.customers as u32),
    Spec {
        path: "burst.ratePerSecond",
        label: |texts| texts.burst_rate,
        unit: |texts| texts.unit_per_second,
        placeholder: |texts| texts.burst_rate_blank,
        optional: true,
        scale: 1.0,
        get: |scenario| scenario.burst.rate_per_second,
        set: |scenario, value| scenario.burst.rate_per_second = value,
    },
    number!("burst.skew", burst_skew, nothing, 1.0, burst.skew as f64),
    Spec {
        path: "burst.seed",
        label: |texts| texts.burst_seed,
        unit: nothing,
        placeholder: |texts| texts.burst_seed_blank,
        optional: true,
        scale: 1.0,
        get: |scenario| scenario.burst.seed.map(|seed| seed as f64),
        set: |scenario, value| scenario.burst.seed = value.map(|seed| seed as u64),
    },
];

/// The seed of all.
pub const SEED: &[Spec] = &[number!("seed", seed, nothing, 1.0, seed as u64)];

/// Beside the ordering.
pub const PARTITIONS: &[Spec] =
    &[number!("partitions", partitions, nothing, 1.0, partitions as u16)];

/// What a consumer does.
pub const SERVICE: &[Spec] = &[
    number!("serviceTimeMs", service_time, |t| t.unit_ms, 1.0, service_time_ms as f64),
    number!("serviceSpread", service_spread, |t| t.unit_percent, 100.0, service_spread as f64),
];

/// How the gateway fails.
pub const GATEWAY: &[Spec] = &[
    number!(
        "gateway.transientRate",
        gateway_transient,
        |t| t.unit_percent,
        100.0,
        gateway.transient_rate as f64
    ),
    number!(
        "gateway.permanentRate",
        gateway_permanent,
        |t| t.unit_percent,
        100.0,
        gateway.permanent_rate as f64
    ),
    number!("gateway.failFirst", gateway_fail_first, nothing, 1.0, gateway.fail_first as u16),
    number!("gateway.latencyMs", gateway_latency, |t| t.unit_ms, 1.0, gateway.latency_ms as f64),
];

/// The queue and its leases.
pub const QUEUE: &[Spec] = &[
    number!("prefetch", prefetch, nothing, 1.0, prefetch as u16),
    number!("leaseMs", lease, |t| t.unit_ms, 1.0, lease_ms as u32),
    number!("maxDeliveries", max_deliveries, nothing, 1.0, max_deliveries as u16),
    number!("queueLimit", queue_limit, nothing, 1.0, queue_limit as u32),
];
