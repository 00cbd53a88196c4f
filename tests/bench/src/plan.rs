//! What a run of the benchmark measures, how often, and how much at a time.

use anyhow::{Result, bail};

/// A part of the report, measured by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Path,
    Growth,
    Response,
    Download,
    Twin,
    Native,
}

/// All parts with their names on the command line, in the order of the report.
pub const PARTS: [(&str, Part); 6] = [
    ("path", Part::Path),
    ("growth", Part::Growth),
    ("response", Part::Response),
    ("download", Part::Download),
    ("twin", Part::Twin),
    ("native", Part::Native),
];

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub parts: Vec<Part>,
    /// A tenth of the work, to see that it runs: its figures say little.
    pub quick: bool,
    /// Put the results into `BENCHMARKS.md`.
    pub write: bool,
}

impl Plan {
    /// # Errors
    /// A word is neither an option nor a part.
    pub fn parse<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        let mut named = Vec::new();
        let (mut quick, mut write) = (false, false);
        for word in words {
            match word {
                "--quick" => quick = true,
                "--write" => write = true,
                _ => match PARTS.iter().find(|(name, _)| *name == word) {
                    Some((_, part)) => named.push(*part),
                    None => bail!("neither an option nor a part: {word:?}"),
                },
            }
        }
        let wanted = |part: &Part| named.is_empty() || named.contains(part);
        let parts: Vec<Part> = PARTS.iter().map(|(_, part)| *part).filter(wanted).collect();
        if write && (quick || parts.len() < PARTS.len()) {
            bail!("--write needs a whole run: no --quick, and every part");
        }
        Ok(Self { parts, quick, write })
    }

    /// How often each figure is measured.
    pub fn repetitions(&self) -> usize {
        if self.quick { 2 } else { 5 }
    }

    /// So many orders, or a tenth of them in a quick run.
    pub fn orders(&self, orders: u64) -> u64 {
        if self.quick { orders / 10 } else { orders }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: Option<(&[Part], bool, bool)>) {
        let plan = Plan::parse(line.split_whitespace()).ok();
        let found = plan.as_ref().map(|plan| (plan.parts.as_slice(), plan.quick, plan.write));
        assert_eq!(found, expected, "{line:?}");
    }

    #[test]
    fn words_are_read_or_refused() {
        let all = PARTS.map(|(_, part)| part);
        check("", Some((&all, false, false)));
        check("--quick", Some((&all, true, false)));
        check("--write", Some((&all, false, true)));
        // In the report's order, whatever the line's.
        check("twin path", Some((&[Part::Path, Part::Twin], false, false)));
        check("--quick --write", None);
        check("--write twin", None);
        check("speed", None);
    }

    #[test]
    fn a_whole_run_repeats_at_least_five_times() {
        let plan = Plan::parse([]).unwrap();
        assert!(plan.repetitions() >= 5);
        assert_eq!(plan.orders(1_000), 1_000);
    }
}
