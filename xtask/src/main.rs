//! The project's own commands: `cargo xtask serve | test | dist | bench | soak | mutants`.
//!
//! Everything a command needs is installed by the command itself (`setup`), so a machine that has
//! Rust needs nothing else typed. This crate decides nothing about the page: it only runs tools.

// A command line tool talks on standard output.
#![allow(clippy::print_stdout)]

mod bench;
mod dist;
mod mutants;
mod run;
mod serve;
mod setup;
mod soak;
mod stages;
mod tally;
mod text;

use std::process::ExitCode;

const HELP: &str = "\
Convoy Lab's own commands. Each installs what it lacks first and says so.

  cargo xtask serve [--port N] [--release]
      Builds the page, serves it on http://127.0.0.1:8080/ and rebuilds on change.

  cargo xtask test [STAGE ...]
      Runs every check and every test, or only the stages named:
      format  lint  lint-wasm  native  browser  build  e2e

  cargo xtask dist
      Builds the page for release into dist/. The folder works from any path of any
      static host.

  cargo xtask bench [--quick] [--write] [PART ...]
      Measures the release build beside its peers: a table here, and a page, charts and JSON
      in target/bench/. All of it takes about 20 minutes on an idle machine, or only a part:
      path  growth  response  download  twin  native
      --quick does a tenth of the work; --write renews the results in BENCHMARKS.md.

  cargo xtask soak [--seeds N] [--first N]
      Lives more seeds of the simulation than the tests do: 100,000 unless told.

  cargo xtask mutants [NAME ...]
      Breaks the engine on purpose, one way at a time, and makes sure that a test notices.

Environment:
  CHROME, CHROMEDRIVER          the browser and its driver, if not the ones on PATH
  CONVOY_DIST                   a finished build for bench to measure, instead of a fresh one
  CONVOY_FORCE_WASM_FALLBACK=1  sets up WebAssembly without rustup's help (Debian only)
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.split_first() {
        Some((&"serve", options)) => serve::Options::parse(options).and_then(serve::serve),
        Some((&"test", names)) => stages::test(names),
        Some((&"bench", options)) => {
            bench::Options::parse(options).and_then(|options| bench::bench(&options))
        }
        Some((&"soak", options)) => {
            soak::Options::parse(options).and_then(|options| soak::soak(&options))
        }
        Some((&"mutants", names)) => mutants::mutants(names),
        Some((&"dist", [])) => dist::dist(),
        Some((&"dist", [extra, ..])) => Err(unknown("dist takes no argument", extra)),
        None | Some((&("help" | "--help" | "-h"), _)) => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        Some((other, _)) => Err(unknown("no such command", other)),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("{} {error:#}", text::red("error:"));
        ExitCode::FAILURE
    })
}

/// The error for a word we don't know: it names the word and where the known ones are listed.
fn unknown(what: &str, word: &str) -> anyhow::Error {
    anyhow::anyhow!("{what}: {word:?} (`cargo xtask help` lists the commands)")
}
