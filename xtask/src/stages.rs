//! `cargo xtask test`: every check and every test in a fixed order, counted.
//!
//! A failed stage does not hide the next ones; only what has nothing to run on is skipped, and
//! counts as failed. The last line of output is the sum over all stages.

use std::{
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use crate::{
    dist, run,
    setup::{Need, Toolbox},
    tally::Tally,
    text, unknown,
};

/// One stage: its name on the command line, what it is, and what it needs.
struct Stage {
    name: &'static str,
    title: &'static str,
    needs: &'static [Need],
    work: Work,
}

/// What a stage does. A check passes or fails as a whole and adds no test to the sum.
enum Work {
    Check(fn(&Toolbox) -> Result<()>),
    Tests(fn(&Toolbox) -> Result<Command>),
}

const STAGES: [Stage; 7] = [
    Stage {
        name: "format",
        title: "Format",
        needs: &[Need::Rustfmt],
        work: Work::Check(|tools| {
            run::run(tools.native("cargo").args(["fmt", "--all", "--check"]))
        }),
    },
    Stage {
        name: "lint",
        title: "Lint, native",
        needs: &[Need::Clippy],
        work: Work::Check(lint_native),
    },
    Stage {
        name: "lint-wasm",
        title: "Lint, WebAssembly",
        needs: &[Need::Clippy, Need::WasmTarget],
        work: Work::Check(lint_wasm),
    },
    Stage { name: "native", title: "Native tests", needs: &[], work: Work::Tests(native_tests) },
    Stage {
        name: "browser",
        title: "In-browser tests",
        needs: &[Need::WasmTarget, Need::WasmBindgen, Need::Browser],
        work: Work::Tests(browser_tests),
    },
    Stage {
        name: "build",
        title: "Release build",
        needs: &dist::NEEDS,
        work: Work::Check(dist::build),
    },
    Stage {
        name: "e2e",
        title: "End-to-end tests",
        needs: &[Need::Browser],
        work: Work::Tests(e2e_tests),
    },
];

/// How a stage ended.
struct Outcome {
    stage: &'static Stage,
    tally: Tally,
    took: Duration,
}

/// Runs the stages that `names` names, or all of them.
///
/// # Errors
/// A name is not one of a stage.
pub fn test(names: &[&str]) -> Result<ExitCode> {
    let stages = chosen(names)?;
    let start = Instant::now();
    let needs: Vec<Need> = stages.iter().flat_map(|stage| stage.needs).copied().collect();
    let toolbox = Toolbox::prepare(&needs);
    let set_up = start.elapsed();

    let mut outcomes: Vec<Outcome> = Vec::new();
    for (index, stage) in stages.iter().enumerate() {
        text::heading(&format!("{}/{} {}", index + 1, stages.len(), stage.title));
        let failed_build = outcomes
            .iter()
            .any(|earlier| earlier.stage.name == "build" && earlier.tally.failed > 0);
        let blocked = stage.name == "e2e" && failed_build;
        let outcome = if blocked {
            text::note("skipped: there is no fresh build to test");
            Outcome { stage, tally: Tally { passed: 0, failed: 1 }, took: Duration::ZERO }
        } else {
            stage.run(&toolbox)
        };
        text::note(outcome.line());
        outcomes.push(outcome);
    }
    Ok(summary(&outcomes, set_up, start.elapsed()))
}

fn chosen(names: &[&str]) -> Result<Vec<&'static Stage>> {
    if let Some(name) = names.iter().find(|name| !STAGES.iter().any(|stage| stage.name == **name)) {
        return Err(unknown("no such stage", name));
    }
    let wanted = |stage: &&Stage| names.is_empty() || names.contains(&stage.name);
    Ok(STAGES.iter().filter(wanted).collect())
}

impl Stage {
    fn run(&'static self, toolbox: &Toolbox) -> Outcome {
        let start = Instant::now();
        let tally = self.attempt(toolbox).unwrap_or_else(|error| {
            text::note(format_args!("{} {error:#}", text::red("error:")));
            Tally { passed: 0, failed: 1 }
        });
        Outcome { stage: self, tally, took: start.elapsed() }
    }

    fn attempt(&self, toolbox: &Toolbox) -> Result<Tally> {
        toolbox.check(self.needs)?;
        match self.work {
            Work::Check(check) => check(toolbox).map(|()| Tally::default()),
            Work::Tests(tests) => {
                let mut tally = Tally::default();
                let ended_well = run::run_reading(&mut tests(toolbox)?, |line| tally.read(line))?;
                if tally == Tally::default() {
                    text::note("no test ran: that counts as a failure");
                }
                Ok(tally.judged(ended_well))
            }
        }
    }
}

impl Outcome {
    fn verdict(&self) -> String {
        let good = self.tally.failed == 0;
        let words = match (&self.stage.work, good) {
            (Work::Check(_), true) => "clean".into(),
            (Work::Check(_), false) => "failed".into(),
            (Work::Tests(_), _) => self.tally.closing_line(),
        };
        let padded = format!("{words:<24}");
        if good { text::green(&padded) } else { text::red(&padded) }
    }

    fn line(&self) -> String {
        let took = text::duration(self.took);
        format!("{:<20}{}{took:>14}", self.stage.title, self.verdict())
    }
}

fn summary(outcomes: &[Outcome], set_up: Duration, all: Duration) -> ExitCode {
    text::heading("Summary");
    text::note(format_args!("{:<20}{:<24}{:>14}", "Set-up", "", text::duration(set_up)));
    let mut sum = Tally::default();
    for outcome in outcomes {
        text::note(outcome.line());
        sum.add(outcome.tally);
    }
    text::note(format_args!("{:<20}{:<24}{:>14}", "All", "", text::duration(all)));
    // The last line is for machines too: plain, alone, and nothing after it.
    println!("\n{}", sum.closing_line());
    if sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn lint_native(tools: &Toolbox) -> Result<()> {
    let mut cargo = tools.native("cargo");
    cargo.args(["clippy", "--workspace", "--all-targets", "--features", "convoy-lab/ui"]);
    run::run(cargo.args(["--", "-D", "warnings"]))
}

fn lint_wasm(tools: &Toolbox) -> Result<()> {
    let mut cargo = tools.wasm("cargo");
    if tools.has_wasm_clippy() {
        cargo.arg("clippy");
    } else {
        text::note("Debian's Rust has no clippy: the compiler's own warnings have to do");
        cargo.arg("check");
    }
    cargo.args(WASM_TARGETS).args(["--lib", "--bins"]);
    if tools.has_wasm_clippy() {
        cargo.args(["--", "-D", "warnings"]);
    } else {
        cargo.env("RUSTFLAGS", "-D warnings");
    }
    run::run(&mut cargo)
}

/// The package as it is built for the browser, and the tests that run there.
const WASM_TARGETS: [&str; 8] = [
    "--target",
    "wasm32-unknown-unknown",
    "--package",
    "convoy-lab",
    "--features",
    "ui",
    "--test",
    "browser*",
];

fn native_tests(tools: &Toolbox) -> Result<Command> {
    let mut cargo = tools.native("cargo");
    // Without the page: it has nothing to run outside of a browser, and takes long to build.
    cargo.args(["test", "--no-fail-fast", "--package", "convoy-lab", "--package", "xtask"]);
    cargo.args(["--package", "convoy-bench"]);
    Ok(cargo)
}

fn browser_tests(tools: &Toolbox) -> Result<Command> {
    let mut cargo = tools.wasm("cargo");
    // Not optimised: these tests wait for the browser, and the page takes long to optimise.
    cargo.args(["test", "--profile", "dev", "--no-fail-fast"]).args(WASM_TARGETS);
    cargo.env("CHROMEDRIVER", &tools.browser().driver);
    cargo.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", webdriver_settings(tools)?);
    Ok(cargo)
}

/// The repository's `webdriver.json` with the browser that set-up found, in a file beside the
/// build.
fn webdriver_settings(tools: &Toolbox) -> Result<std::path::PathBuf> {
    let text = std::fs::read_to_string(run::root().join("webdriver.json"))?;
    let mut settings: serde_json::Value = serde_json::from_str(&text)?;
    settings["goog:chromeOptions"]["binary"] = tools.browser().chrome.to_string_lossy().into();
    let folder = run::root().join("target");
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("webdriver.json");
    std::fs::write(&file, settings.to_string())?;
    Ok(file)
}

fn e2e_tests(tools: &Toolbox) -> Result<Command> {
    let dist = run::root().join("dist");
    if !dist.join("index.html").is_file() {
        bail!("there is no build to test: run `cargo xtask dist` first");
    }
    let mut cargo = tools.native("cargo");
    cargo.args(["test", "--no-fail-fast", "--package", "convoy-e2e"]);
    cargo.env("CONVOY_DIST", dist);
    cargo.env("CONVOY_CHROME", &tools.browser().chrome);
    cargo.env("CONVOY_CHROMEDRIVER", &tools.browser().driver);
    Ok(cargo)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(names: &[&str], expected: Option<&[&str]>) {
        let names_of = |stages: Vec<&Stage>| stages.iter().map(|stage| stage.name).collect();
        let stages: Option<Vec<&str>> = chosen(names).ok().map(names_of);
        assert_eq!(stages.as_deref(), expected, "{names:?}");
    }

    #[test]
    fn stages_are_chosen_by_name_and_keep_their_order() {
        let all = ["format", "lint", "lint-wasm", "native", "browser", "build", "e2e"];
        check(&[], Some(&all));
        check(&["browser", "native"], Some(&["native", "browser"]));
        check(&["unit"], None);
    }

    #[test]
    fn a_crashed_runner_and_an_empty_one_are_failures() {
        fn outcome(program: &'static str) -> Tally {
            let mut tally = Tally::default();
            let ended_well =
                run::run_reading(&mut Command::new(program), |line| tally.read(line)).unwrap();
            tally.judged(ended_well)
        }
        assert_eq!(outcome("true"), Tally { passed: 0, failed: 1 });
        assert_eq!(outcome("false"), Tally { passed: 0, failed: 1 });
    }
}
