//! Components of Rust itself that a minimal installation lacks: rustfmt and clippy.

use anyhow::{Context, Result};

use super::announce;
use crate::run;

/// # Errors
/// The component is not there and rustup cannot add it.
pub fn ensure(component: &str, subcommand: &str, why: &str) -> Result<String> {
    let version = || run::output_of(run::command("cargo").args([subcommand, "--version"]));
    if let Some(version) = version() {
        return Ok(version);
    }
    announce(component, why, "10 seconds");
    run::run(run::command("rustup").args(["component", "add", component]))
        .with_context(|| format!("add the Rust component {component} by hand"))?;
    version().with_context(|| format!("{component} is installed but `cargo {subcommand}` fails"))
}
