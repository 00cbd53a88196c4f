//! Counting tests: reads the result lines of test runners and adds them up.
//!
//! A stage that ran no test has failed, whatever its exit code: runners call that a success.

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
}

impl Tally {
    /// Reads a line of a runner's output: Rust's own harness and wasm-bindgen's close each binary
    /// with `test result: ok. 3 passed; 0 failed; …`. Any other line counts nothing.
    pub fn read(&mut self, line: &str) {
        if let Some(counts) = result_line(line) {
            self.add(counts);
        }
    }

    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// The tally of a whole stage, given whether its runner ended well. A runner that ended badly
    /// without naming a failed test (it did not compile, it crashed) counts as one failure, and so
    /// does one that ran nothing.
    pub fn judged(mut self, ended_well: bool) -> Self {
        let ran_none = self.passed + self.failed == 0;
        if self.failed == 0 && (!ended_well || ran_none) {
            self.failed = 1;
        }
        self
    }

    /// The plain closing line that people and machines read.
    pub fn closing_line(self) -> String {
        format!("{} passed, {} failed", self.passed, self.failed)
    }
}

fn result_line(line: &str) -> Option<Tally> {
    let (_verdict, counts) = line.trim_end().strip_prefix("test result: ")?.split_once(". ")?;
    let count_of = |what: &str| {
        counts.split("; ").find_map(|part| part.strip_suffix(what)?.trim().parse().ok())
    };
    Some(Tally { passed: count_of("passed")?, failed: count_of("failed")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u64, failed: u64) -> Tally {
        Tally { passed, failed }
    }

    fn check(lines: &[&str], expected: Tally) {
        let mut counted = Tally::default();
        lines.iter().for_each(|line| counted.read(line));
        assert_eq!(counted, expected, "from {lines:?}");
    }

    #[test]
    fn result_lines_add_up() {
        let native = "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; \
                      0 filtered out; finished in 0.31s";
        let browser = "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 filtered out; \
                       finished in 1.2s";
        check(&[native], tally(12, 0));
        check(&[browser], tally(2, 1));
        check(&["running 12 tests", native, "", browser], tally(14, 1));
    }

    #[test]
    fn other_lines_count_nothing() {
        check(
            &[
                "",
                "test result",
                "test result: ok",
                "test result: ok. many passed; 0 failed",
                "  test result: ok. 3 passed; 0 failed",
                "test lanes::keep_order ... ok",
                "3 passed, 0 failed",
            ],
            tally(0, 0),
        );
    }

    #[test]
    fn a_stage_that_ran_none_or_crashed_has_failed() {
        assert_eq!(tally(3, 0).judged(true), tally(3, 0));
        assert_eq!(tally(0, 0).judged(true), tally(0, 1));
        assert_eq!(tally(0, 0).judged(false), tally(0, 1));
        assert_eq!(tally(3, 0).judged(false), tally(3, 1));
        assert_eq!(tally(3, 2).judged(false), tally(3, 2));
    }

    #[test]
    fn the_closing_line_is_plain() {
        assert_eq!(tally(41, 2).closing_line(), "41 passed, 2 failed");
    }
}
