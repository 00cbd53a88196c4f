//! A scenario to and from the JSON of the scripting API.

use super::{Scenario, read};
use crate::core::refusal::{Problem, Refusal};
use serde_json::Value;

/// The longest text of a patch, in characters. A whole scenario has under a thousand.
const PATCH_MAX: u32 = 100_000;

/// What a patch as a whole is called in refusals.
const PATCH: &str = "patch";

impl Scenario {
    /// This scenario with the fields that `json`, a partial scenario, gives (a JSON merge patch).
    /// Fields that may be absent become so by `null`.
    ///
    /// # Errors
    /// The first field that is unknown, of the wrong type or out of its limits, by its path; or
    /// `patch` itself when it is no JSON object or longer than 100,000 characters.
    ///
    /// ```
    /// use convoy_lab::scenario::Scenario;
    /// let scenario = Scenario::default().patched(r#"{"gateway": {"failFirst": 2}}"#)?;
    /// assert_eq!(scenario.gateway.fail_first, 2);
    /// # Ok::<(), convoy_lab::core::refusal::Refusal>(())
    /// ```
    pub fn patched(&self, json: &str) -> Result<Self, Refusal> {
        if json.len() > PATCH_MAX as usize && json.chars().count() > PATCH_MAX as usize {
            return Err(Refusal::new(PATCH, Problem::TooLong { max: PATCH_MAX }));
        }
        let patch = serde_json::from_str(json)
            .map_err(|_| Refusal::new(PATCH, Problem::WrongType("a JSON object".into())))?;
        self.merged(&patch)
    }

    /// [`Scenario::patched`] for JSON that was parsed already.
    ///
    /// # Errors
    /// As [`Scenario::patched`].
    pub fn merged(&self, patch: &Value) -> Result<Self, Refusal> {
        if !patch.is_object() {
            return Err(Refusal::new(PATCH, Problem::WrongType("an object".into())));
        }
        let mut scenario = self.clone();
        read::object(patch, |fields| scenario.visit(fields))?;
        scenario.check_policies()?;
        Ok(scenario)
    }

    /// The whole scenario as JSON, every field with its value.
    ///
    /// # Panics
    /// Never: a scenario is plain data with text keys.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a scenario is plain data with text keys")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Ordering;

    fn check(patch: &str, refused: &str) {
        let before = Scenario::default();
        let message = before.patched(patch).err().map(|refusal| refusal.to_string());
        assert_eq!(message.as_deref(), Some(refused), "{patch}");
    }

    #[test]
    fn what_is_wrong_is_named_by_its_path() {
        for (patch, refused) in [
            ("", "patch: must be a JSON object"),
            ("{", "patch: must be a JSON object"),
            ("{} {}", "patch: must be a JSON object"),
            ("3", "patch: must be an object"),
            ("null", "patch: must be an object"),
            ("[]", "patch: must be an object"),
            (r#"{"worker": 3}"#, "worker: there is no such field; leave it out"),
            (r#"{"Workers": 3}"#, "Workers: there is no such field; leave it out"),
            (r#"{"gateway": {"x": 1}}"#, "gateway.x: there is no such field; leave it out"),
            (
                r#"{"gateway.failFirst": 1}"#,
                "gateway.failFirst: there is no such field; leave it out",
            ),
            (r#"{"gateway": 1}"#, "gateway: must be an object"),
            (r#"{"gateway": null}"#, "gateway: must be an object"),
            (r#"{"burst": []}"#, "burst: must be an object"),
            (r#"{"workers": "3"}"#, "workers: must be a number"),
            (r#"{"workers": null}"#, "workers: must be a number"),
            (r#"{"workers": true}"#, "workers: must be a number"),
            (r#"{"workers": [3]}"#, "workers: must be a number"),
            (r#"{"workers": 0}"#, "workers: must be from 1 to 32"),
            (r#"{"workers": -1}"#, "workers: must be from 1 to 32"),
            (r#"{"workers": 33}"#, "workers: must be from 1 to 32"),
            (r#"{"workers": 1e300}"#, "workers: must be from 1 to 32"),
            (r#"{"workers": 1.5}"#, "workers: must be a whole number"),
            (r#"{"seed": 9007199254740992}"#, "seed: must be from 0 to 9007199254740991"),
            (r#"{"idempotency": 1}"#, "idempotency: must be true or false"),
            (r#"{"idempotency": null}"#, "idempotency: must be true or false"),
            (r#"{"ordering": 1}"#, "ordering: must be text"),
            (
                r#"{"ordering": "Sessions"}"#,
                "ordering: must be one of single, competing, partitions, sessions",
            ),
            (r#"{"serviceTimeMs": -0.1}"#, "serviceTimeMs: must be from 0 to 60000"),
            (r#"{"gateway": {"transientRate": 2}}"#, "gateway.transientRate: must be from 0 to 1"),
            (r#"{"burst": {"orders": 0}}"#, "burst.orders: must be from 1 to 10000000"),
            (r#"{"burst": {"seed": "1"}}"#, "burst.seed: must be a number"),
        ] {
            check(patch, refused);
        }
    }

    #[test]
    fn what_is_too_long_is_refused() {
        let word = "x".repeat(1_000_000);
        check(
            &format!(r#"{{"ordering": "{word}"}}"#),
            "patch: is too long; at most 100000 are allowed",
        );
        let word = &word[..99_000];
        check(
            &format!(r#"{{"ordering": "{word}"}}"#),
            "ordering: is too long; at most 64 are allowed",
        );
        let name = &word[..40];
        check(
            &format!(r#"{{"{word}": 1}}"#),
            &format!("{name}…: there is no such field; leave it out"),
        );
        check(&"[".repeat(90_000), "patch: must be a JSON object");
    }

    #[test]
    fn a_patch_changes_what_it_names_and_nothing_else() {
        let before = Scenario::default();
        assert_eq!(before.patched("{}"), Ok(before.clone()));
        let json = r#"{"ordering": "partitions", "workers": 2.0, "idempotency": false,
            "gateway": {"transientRate": 0.25}, "burst": {"seed": 7, "ratePerSecond": 1.5}}"#;
        let after = before.patched(json).expect("a good patch");
        let mut expected = before.clone();
        expected.ordering = Ordering::Partitions;
        expected.workers = 2;
        expected.idempotency = false;
        expected.gateway.transient_rate = 0.25;
        expected.burst.seed = Some(7);
        expected.burst.rate_per_second = Some(1.5);
        assert_eq!(after, expected);

        let json = r#"{"burst": {"seed": null, "ratePerSecond": null}}"#;
        let without = after.patched(json).expect("null empties what may be absent");
        assert_eq!(without.burst, before.burst);
    }

    #[test]
    fn the_json_is_whole_and_is_itself_a_patch() {
        let scenario = Scenario { workers: 7, ..Scenario::default() };
        let json = scenario.to_json();
        assert!(json.contains(r#""ratePerSecond":null"#), "{json}");
        assert_eq!(Scenario::default().patched(&json), Ok(scenario));
    }
}
