//! `cargo xtask soak`: many more seeds of the simulation than the tests live.

use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::{run, setup::Toolbox, text, unknown};

/// What the user asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    seeds: u64,
    first: u64,
}

impl Options {
    /// # Errors
    /// An option is unknown, or has no number after it.
    pub fn parse(words: &[&str]) -> Result<Self> {
        // Behind those that the tests live.
        let mut options = Self { seeds: 100_000, first: 10_000 };
        for pair in words.chunks(2) {
            let number = || {
                let value = pair.get(1).with_context(|| format!("{} needs a number", pair[0]))?;
                value.parse().with_context(|| format!("{} needs a number, not {value:?}", pair[0]))
            };
            match pair[0] {
                "--seeds" => options.seeds = number()?,
                "--first" => options.first = number()?,
                other => return Err(unknown("no such option of soak", other)),
            }
        }
        Ok(options)
    }
}

/// Lives the seeds, on all cores.
///
/// # Errors
/// A seed fails; it is printed how to live it again.
pub fn soak(options: &Options) -> Result<ExitCode> {
    let Options { seeds, first } = options;
    text::heading(&format!("Soak: {seeds} lives from seed {first} (about 100 a second and core)"));
    let toolbox = Toolbox::prepare(&[]);
    let mut cargo = toolbox.native("cargo");
    cargo.args(["test", "--package", "convoy-lab", "--test", "simulation", "every_life"]);
    cargo.args(["--", "--nocapture"]);
    cargo.env("CONVOY_SEEDS", seeds.to_string()).env("CONVOY_FIRST_SEED", first.to_string());
    run::run(&mut cargo)?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_or_refused() {
        assert_eq!(Options::parse(&[]).unwrap(), Options { seeds: 100_000, first: 10_000 });
        let both = ["--seeds", "5", "--first", "7"];
        assert_eq!(Options::parse(&both).unwrap(), Options { seeds: 5, first: 7 });
        for wrong in [vec!["--seeds"], vec!["--seeds", "x"], vec!["--more", "1"]] {
            assert!(Options::parse(&wrong).is_err(), "{wrong:?}");
        }
    }
}
