//! `cargo xtask bench`: how fast the release build is, beside its peers, in one report.
//!
//! What measures is a crate of its own, `tests/bench`, which drives the browser. This gets ready
//! what it needs: the tools, the build, the peers from npm, and the table of the native benchmarks.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::Instant,
};

use anyhow::{Context, Result, bail};

use crate::{
    dist, run,
    setup::{Need, Toolbox},
    text, unknown,
};

/// The report's parts, as `tests/bench` names them.
const PARTS: [&str; 6] = ["path", "growth", "response", "download", "twin", "native"];

/// The peers, as npm names them. They are fetched for the benchmark and never part of the page.
const PEERS: [&str; 2] = ["workerpool@10.0.3", "comlink@4.4.2"];

/// Names a finished build to measure, instead of building one.
const DIST: &str = "CONVOY_DIST";

/// What the user asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    parts: Vec<String>,
    quick: bool,
    write: bool,
}

impl Options {
    /// # Errors
    /// A word is neither an option nor a part of the report; `--write` with less than all of it.
    pub fn parse(words: &[&str]) -> Result<Self> {
        let mut options = Self { parts: Vec::new(), quick: false, write: false };
        for &word in words {
            match word {
                "--quick" => options.quick = true,
                "--write" => options.write = true,
                _ if PARTS.contains(&word) => options.parts.push(word.into()),
                _ => return Err(unknown("no such option or part of bench", word)),
            }
        }
        let whole = options.parts.is_empty() && !options.quick;
        if options.write && !whole {
            bail!("--write takes neither --quick nor a part: BENCHMARKS.md holds whole runs");
        }
        Ok(options)
    }

    fn wants(&self, part: &str) -> bool {
        self.parts.is_empty() || self.parts.iter().any(|named| named == part)
    }

    /// The words again, for the program that measures.
    fn words(&self) -> Vec<&str> {
        let mut words: Vec<&str> = self.parts.iter().map(String::as_str).collect();
        words.extend(self.quick.then_some("--quick"));
        words.extend(self.write.then_some("--write"));
        words
    }
}

/// Measures, and prints and writes the report.
///
/// # Errors
/// A tool or a peer cannot be had, a build fails, or a part of the report cannot be measured.
pub fn bench(options: &Options) -> Result<ExitCode> {
    let start = Instant::now();
    let named = env::var_os(DIST).map(PathBuf::from);
    let mut needs = vec![Need::Browser];
    if options.wants("path") {
        needs.push(Need::Npm);
    }
    if named.is_none() {
        needs.extend(dist::NEEDS);
    }
    let toolbox = Toolbox::prepare(&needs);
    toolbox.check(&needs)?;
    let folder = run::root().join("target").join("bench");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;

    if named.is_none() {
        text::heading("Release build");
        dist::build(&toolbox)?;
    }
    if options.wants("path") {
        text::heading("Peers");
        fetch_peers(&toolbox, &folder.join("npm"))?;
    }
    // Built first and measured last: nothing compiles while something is measured.
    text::heading("Building what measures");
    let mut build = toolbox.native("cargo");
    run::run(build.args(["build", "--package", "convoy-bench"]))?;
    if options.wants("native") {
        text::heading("Native micro-benchmarks (about 2 minutes)");
        measure_natively(&toolbox, options.quick, &folder.join("native.txt"))?;
    }
    text::heading("In the browser (a whole run takes about 15 minutes)");
    let mut measure = toolbox.native("cargo");
    measure.args(["run", "--quiet", "--package", "convoy-bench", "--"]).args(options.words());
    measure.env(DIST, named.unwrap_or_else(|| run::root().join("dist")));
    measure.env("CONVOY_CHROME", &toolbox.browser().chrome);
    measure.env("CONVOY_CHROMEDRIVER", &toolbox.browser().driver);
    run::run(&mut measure)?;
    text::note(format_args!("all in all {}", text::duration(start.elapsed())));
    Ok(ExitCode::SUCCESS)
}

fn fetch_peers(toolbox: &Toolbox, home: &Path) -> Result<()> {
    text::note(format_args!("{} from npm, into target/bench", PEERS.join(" and ")));
    fs::create_dir_all(home).with_context(|| format!("cannot make {}", home.display()))?;
    let mut npm: Command = toolbox.native("npm");
    npm.current_dir(home).args(["install", "--silent", "--no-audit", "--no-fund"]);
    npm.args(["--ignore-scripts", "--no-package-lock", "--no-save", "--prefix"]).arg(home);
    run::run(npm.args(PEERS)).context("the peers cannot be had from npm")
}

/// Keeps divan's table in a file for the report.
fn measure_natively(toolbox: &Toolbox, quick: bool, file: &Path) -> Result<()> {
    let mut cargo = toolbox.native("cargo");
    cargo.args(["bench", "--package", "convoy-lab", "--bench", "engine"]);
    if quick {
        cargo.args(["--", "--sample-count", "1"]);
    }
    let mut table = String::new();
    let ended_well = run::run_reading(&mut cargo, |line| {
        table.push_str(line.trim_end());
        table.push('\n');
    })?;
    if !ended_well {
        bail!("`cargo bench --bench engine` failed");
    }
    fs::write(file, table).with_context(|| format!("cannot write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: Option<&[&str]>) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let options = Options::parse(&words).ok();
        assert_eq!(options.as_ref().map(Options::words).as_deref(), expected, "{line:?}");
    }

    #[test]
    fn words_are_read_or_refused() {
        check("", Some(&[]));
        check("--quick twin", Some(&["twin", "--quick"]));
        check("path growth", Some(&["path", "growth"]));
        check("--write", Some(&["--write"]));
        check("--write --quick", None);
        check("--write path", None);
        check("--slow", None);
    }

    #[test]
    fn all_parts_are_wanted_unless_some_are_named() {
        let wanted = |words: &[&str]| {
            let options = Options::parse(words).expect("good words");
            PARTS.into_iter().filter(|part| options.wants(part)).count()
        };
        assert_eq!((wanted(&[]), wanted(&["twin", "native"])), (6, 2));
    }
}
