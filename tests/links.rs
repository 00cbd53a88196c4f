//! Share links: short, exact, and never mistaken for something else.

use convoy_lab::core::{
    refusal::{Problem, Refusal},
    rng::Rng,
};
use convoy_lab::scenario::{
    Scenario,
    fields::{Choice, Number, Visit},
    limits::Limits,
    link::{LINK_MAX, decode, encode},
    presets::PRESETS,
};
use proptest::prelude::*;

/// Sets every field to a value that the limits allow.
struct Fill<F> {
    /// The next number in [0, 1).
    draw: F,
    /// Numbers with as many digits as they may have; else to the thousandth, as people and forms
    /// write them.
    wordy: bool,
}

impl<F: FnMut() -> f64> Fill<F> {
    fn within(&mut self, limits: Limits) -> f64 {
        let number = limits.min + (self.draw)() * (limits.max - limits.min);
        let rounded = match (limits.whole, self.wordy) {
            (true, _) => number.round(),
            (false, false) => (number * 1_000.0).round() / 1_000.0,
            (false, true) => number,
        };
        rounded.clamp(limits.min, limits.max)
    }
}

impl<F: FnMut() -> f64> Visit for Fill<F> {
    fn number<N: Number>(
        &mut self,
        _: &'static str,
        value: &mut N,
        limits: Limits,
    ) -> Result<(), Refusal> {
        *value = N::from_f64(self.within(limits));
        Ok(())
    }

    fn optional<N: Number>(
        &mut self,
        _: &'static str,
        value: &mut Option<N>,
        limits: Limits,
    ) -> Result<(), Refusal> {
        let there = self.wordy || (self.draw)() < 0.5;
        *value = there.then(|| N::from_f64(self.within(limits)));
        Ok(())
    }

    fn flag(&mut self, _: &'static str, value: &mut bool) -> Result<(), Refusal> {
        *value = self.wordy || (self.draw)() < 0.5;
        Ok(())
    }

    fn choice<C: Choice>(&mut self, _: &'static str, value: &mut C) -> Result<(), Refusal> {
        let draw = (self.draw)();
        let longest = C::ALL.iter().max_by_key(|(_, name)| name.len());
        let drawn = C::ALL.get((draw * C::ALL.len() as f64) as usize);
        if let Some((chosen, _)) = if self.wordy { longest } else { drawn } {
            *value = *chosen;
        }
        Ok(())
    }

    fn group(
        &mut self,
        _: &'static str,
        fields: impl FnOnce(&mut Self) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        fields(self)
    }
}

fn filled(draw: impl FnMut() -> f64, wordy: bool) -> Scenario {
    let mut scenario = Scenario::default();
    scenario.visit(&mut Fill { draw, wordy }).expect("it refuses nothing");
    scenario.retry.layers = 1;
    scenario.retry.cap_ms = scenario.retry.cap_ms.max(scenario.retry.base_ms);
    scenario.stock.retry.cap_ms = scenario.stock.retry.cap_ms.max(scenario.stock.retry.base_ms);
    for side in [&mut scenario.recommendations, &mut scenario.notifications] {
        side.retry.cap_ms = side.retry.cap_ms.max(side.retry.base_ms);
    }
    scenario
}

/// Every field of it drawn, or most as they are by default.
fn any_scenario() -> impl Strategy<Value = Scenario> {
    (any::<u64>(), any::<bool>()).prop_map(|(seed, whole)| {
        let mut rng = Rng::new(seed);
        let drawn = filled(move || rng.unit(), false);
        let kept = Scenario::default();
        if whole {
            return drawn;
        }
        Scenario {
            stock: kept.stock,
            recommendations: kept.recommendations,
            notifications: kept.notifications,
            ..drawn
        }
    })
}

/// The longest link there can be: every field differs and takes as many digits as it may.
fn wordiest() -> Scenario {
    filled(|| 0.123_456_789_012_345, true)
}

#[test]
fn presets_and_the_wordiest_scenario_fit_and_come_back() {
    let presets = PRESETS.iter().map(|preset| (preset.scenario)());
    for scenario in presets.chain([Scenario::default(), wordiest()]) {
        let link = encode(&scenario);
        assert!(link.len() <= LINK_MAX as usize, "{}", link.len());
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
    fn any_text_is_answered(link in "(c[12])?[A-Za-z0-9_-]{0,60}|\\PC{0,40}") {
        let _ = decode(&link);
    }
}
