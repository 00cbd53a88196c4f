//! Share links: short, exact, and never mistaken for something else.

use convoy_lab::core::refusal::Problem;
use convoy_lab::scenario::{
    Burst, Deal, Gateway, Naming, Ordering, Overflow, Scenario, ServiceKind,
    fields::Choice,
    link::{LINK_MAX, decode, encode},
    presets::PRESETS,
};
use proptest::{option, prelude::*, sample::select};

const SEEDS: std::ops::RangeInclusive<u64> = 0..=(1 << 53) - 1;

fn any_choice<C: Choice + std::fmt::Debug>() -> impl Strategy<Value = C> {
    select(C::ALL).prop_map(|(value, _)| value)
}

/// A number as people and forms write it, to the thousandth. (Of numbers with 16 or 17 digits
/// serde_json reads the neighbour, unless its feature `float_roundtrip` is on.)
fn decimal(max: u32) -> impl Strategy<Value = f64> {
    (0..=max * 1_000).prop_map(|thousandths| f64::from(thousandths) / 1_000.0)
}

fn any_gateway() -> impl Strategy<Value = Gateway> {
    (decimal(1), decimal(1), 0..=100_u16, decimal(60_000)).prop_map(
        |(transient_rate, permanent_rate, fail_first, latency_ms)| Gateway {
            transient_rate,
            permanent_rate,
            fail_first,
            latency_ms,
        },
    )
}

fn any_burst() -> impl Strategy<Value = Burst> {
    (
        1..=10_000_000_u32,
        1..=1_000_000_u32,
        any_choice(),
        any_choice(),
        decimal(3),
        option::of(SEEDS),
        option::of(decimal(1_000_000).prop_map(|rate| rate + 1.0)),
    )
        .prop_map(|(orders, customers, naming, deal, skew, seed, rate_per_second)| Burst {
            orders,
            customers,
            naming,
            deal,
            skew,
            seed,
            rate_per_second,
        })
}

fn any_scenario() -> impl Strategy<Value = Scenario> {
    let words = (any_choice(), any_choice(), any_choice(), any::<bool>());
    let counts = (SEEDS, 1..=64_u16, 1..=32_u16, 1..=4_096_u16, 1..=100_u16);
    let sizes = (100..=600_000_u32, 1..=10_000_000_u32, decimal(60_000), decimal(1));
    (words, counts, sizes, any_gateway(), any_burst()).prop_map(
        |(words, counts, sizes, gateway, burst)| {
            let (ordering, overflow, service_kind, idempotency) = words;
            let (seed, partitions, workers, prefetch, max_deliveries) = counts;
            let (lease_ms, queue_limit, service_time_ms, service_spread) = sizes;
            Scenario {
                seed,
                ordering,
                partitions,
                workers,
                prefetch,
                lease_ms,
                max_deliveries,
                queue_limit,
                overflow,
                idempotency,
                service_time_ms,
                service_spread,
                service_kind,
                gateway,
                burst,
            }
        },
    )
}

/// The longest link there can be: every field differs and takes as many digits as it may.
fn wordiest() -> Scenario {
    Scenario {
        seed: *SEEDS.end(),
        ordering: Ordering::Competing,
        partitions: 64,
        workers: 32,
        prefetch: 4_096,
        lease_ms: 600_000,
        max_deliveries: 100,
        queue_limit: 9_999_999,
        overflow: Overflow::DeadLetterOldest,
        idempotency: false,
        service_time_ms: 0.123_456_789_012_345,
        service_spread: 0.123_456_789_012_345,
        service_kind: ServiceKind::Burn,
        gateway: Gateway {
            transient_rate: 0.123_456_789_012_345,
            permanent_rate: 0.123_456_789_012_345,
            fail_first: 100,
            latency_ms: 0.123_456_789_012_345,
        },
        burst: Burst {
            orders: 10_000_000,
            customers: 1_000_000,
            naming: Naming::User,
            deal: Deal::Round,
            skew: 0.123_456_789_012_345,
            seed: Some(*SEEDS.end()),
            rate_per_second: Some(1_234_567.890_123_45),
        },
    }
}

#[test]
fn presets_and_the_wordiest_scenario_fit_and_come_back() {
    let presets = PRESETS.iter().map(|preset| (preset.scenario)());
    for scenario in presets.chain([Scenario::default(), wordiest()]) {
        let link = encode(&scenario);
        assert!(link.len() <= LINK_MAX as usize / 2, "room for fields to come: {}", link.len());
        assert!(link.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        assert_eq!(decode(&link), Ok(scenario));
    }
}

#[test]
fn every_truncation_is_called_damaged() {
    let link = encode(&(PRESETS[1].scenario)());
    for end in 0..link.len() {
        let refusal = decode(&link[..end]).expect_err("cut off");
        assert_eq!((refusal.field.as_str(), refusal.problem), ("link", Problem::Damaged), "{end}");
    }
}

/// Behind the mark, that is: with another mark the link is not ours.
#[test]
fn every_altered_character_is_called_damaged() {
    let link = encode(&(PRESETS[0].scenario)());
    for place in 2..link.len() {
        for other in ["A", "b", "7", "_", "*", "="] {
            let mut altered = link.clone();
            altered.replace_range(place..=place, other);
            if altered != link {
                let refusal = decode(&altered).expect_err("altered");
                assert_eq!(refusal.problem, Problem::Damaged, "{place} {other}");
            }
        }
    }
}

proptest! {
    #[test]
    fn any_scenario_comes_back(scenario in any_scenario()) {
        prop_assert_eq!(scenario.validate(), Ok(()));
        let link = encode(&scenario);
        prop_assert!(link.len() <= LINK_MAX as usize);
        prop_assert_eq!(&link, &encode(&scenario));
        prop_assert_eq!(decode(&link), Ok(scenario));
    }

    #[test]
    fn any_scenario_is_its_own_patch(scenario in any_scenario()) {
        prop_assert_eq!(Scenario::default().patched(&scenario.to_json()), Ok(scenario));
    }

    /// Two altered characters, one put in or left out: refused, and never a panic.
    #[test]
    fn an_altered_link_never_passes(
        scenario in any_scenario(),
        places in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        characters in ("[A-Za-z0-9_-]", "[A-Za-z0-9_-]"),
        change in 0..3,
    ) {
        let link = encode(&scenario);
        let (first, second) = (places.0.index(link.len()), places.1.index(link.len()));
        let mut altered = link.clone();
        match change {
            0 => altered.insert_str(first, &characters.0),
            1 => drop(altered.remove(first)),
            _ => {
                altered.replace_range(first..=first, &characters.0);
                altered.replace_range(second..=second, &characters.1);
            }
        }
        if altered != link {
            let problem = decode(&altered).expect_err("altered").problem;
            prop_assert!(matches!(problem, Problem::Damaged | Problem::Foreign));
        }
    }

    #[test]
    fn any_text_is_answered(link in "(c1)?[A-Za-z0-9_-]{0,60}|\\PC{0,40}") {
        let _ = decode(&link);
    }
}
