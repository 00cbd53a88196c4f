//! wasm-bindgen's command line tool, which writes the JavaScript beside the WebAssembly, and its
//! test runner.
//!
//! It must have exactly the version of the library in `Cargo.lock`: the two share a format that
//! changes with every release.

use std::fs;

use anyhow::{Context, Result};

use super::{Toolbox, cargo_tool::CargoTool, version};
use crate::run;

/// # Errors
/// `Cargo.lock` cannot be read, or the tool is not there and cannot be installed.
pub fn ensure(toolbox: &mut Toolbox) -> Result<String> {
    let lock = fs::read_to_string(run::root().join("Cargo.lock")).context("Cargo.lock")?;
    let version =
        version::locked(&lock, "wasm-bindgen").context("no wasm-bindgen in Cargo.lock")?;
    let tool = CargoTool {
        package: "wasm-bindgen-cli",
        programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
        version,
        accepts: |found, wanted| found == wanted,
        // Its lock file names a release of a dependency that was withdrawn.
        locked: false,
        why: "joins WebAssembly to JavaScript, and must equal the library in Cargo.lock",
        about: "2 minutes",
    };
    tool.ensure(toolbox)
}
