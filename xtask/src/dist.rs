//! `cargo xtask dist`: the release build that a static host serves.

use std::{fs, path::Path, process::ExitCode, time::Instant};

use anyhow::{Context, Result};

use crate::{
    run,
    setup::{Need, Toolbox},
    text,
};

/// What the build needs.
pub const NEEDS: [Need; 4] = [Need::WasmTarget, Need::Trunk, Need::WasmBindgen, Need::WasmOpt];

/// # Errors
/// A tool is missing or the build fails.
pub fn dist() -> Result<ExitCode> {
    let toolbox = Toolbox::prepare(&NEEDS);
    toolbox.check(&NEEDS)?;
    text::heading("Release build (about 3 minutes the first time)");
    let start = Instant::now();
    build(&toolbox)?;
    text::note(format_args!("took {}", text::duration(start.elapsed())));
    println!("\nThe page is in dist/: copy the folder to any static host, at any path.");
    Ok(ExitCode::SUCCESS)
}

/// Builds into `dist/` and lists what is there.
///
/// # Errors
/// The build fails.
pub fn build(toolbox: &Toolbox) -> Result<()> {
    // Relative links let the folder be served from any path.
    let words = ["build", "--release", "--public-url", "./"];
    run::run(trunk(toolbox).args(words)).context("the release build failed")?;
    list(&run::root().join("dist"))
}

/// Trunk, spared what it stumbles over.
pub fn trunk(toolbox: &Toolbox) -> std::process::Command {
    let mut trunk = toolbox.wasm("trunk");
    // It reads NO_COLOR as a truth value and rejects `1`; and it need not ask for its own news.
    trunk.env_remove("NO_COLOR").env("TRUNK_SKIP_VERSION_CHECK", "true");
    trunk
}

fn list(folder: &Path) -> Result<()> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).context("no dist/ after the build")? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            files.push((entry.metadata()?.len(), entry.file_name()));
        }
    }
    files.sort();
    for (bytes, name) in files.iter().rev() {
        text::note(format_args!("{:>11}  {}", text::size(*bytes), name.to_string_lossy()));
    }
    Ok(())
}
