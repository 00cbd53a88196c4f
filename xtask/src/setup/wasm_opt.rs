//! wasm-opt, which shrinks the WebAssembly of a release by a fifth.
//!
//! It comes from npm's `binaryen` package; Debian's is years too old for what rustc writes today.

use std::{fs, path::Path};

use anyhow::{Context, Result};

use super::{
    Toolbox, announce, npm,
    version::{Version, cache, cargo_home},
};
use crate::run;

const VERSION: Version = Version(132, 0, 0);

/// # Errors
/// It is not there, and npm is missing or fails.
pub fn ensure(toolbox: &mut Toolbox) -> Result<String> {
    let on_path = run::find_on_path(&["wasm-opt"]);
    if let Some(found) = on_path.as_ref().and_then(Version::of).filter(|found| *found >= VERSION) {
        return Ok(format!("wasm-opt {} (on PATH)", found.0));
    }
    let home = cache()?.join(format!("binaryen-{}", VERSION.0));
    let programs = home.join("node_modules").join(".bin");
    let program = programs.join("wasm-opt");
    if Version::of(&program).is_none() {
        npm::ensure()?;
        announce("wasm-opt", "shrinks the release's WebAssembly", "5 seconds");
        install(&home)?;
        Version::of(&program).context("npm installed binaryen, but its wasm-opt does not run")?;
    }
    if on_path.is_none() {
        link_for_trunk(&program)?;
    }
    toolbox.folders.push(programs);
    Ok(format!("wasm-opt {}", VERSION.0))
}

fn install(home: &Path) -> Result<()> {
    fs::create_dir_all(home).with_context(|| format!("cannot make {}", home.display()))?;
    let mut npm = run::command("npm");
    npm.current_dir(home).args(["install", "--silent", "--no-audit", "--no-fund"]);
    npm.arg("--ignore-scripts").arg("--prefix").arg(home).arg(format!("binaryen@{VERSION}"));
    run::run(&mut npm).context("cannot install npm's binaryen 132; put wasm-opt 132 on PATH")
}

/// Puts a link beside cargo's programs, so that a plain `trunk build --release` finds it too.
fn link_for_trunk(program: &Path) -> Result<()> {
    let link = cargo_home()?.join("bin").join("wasm-opt");
    #[cfg(unix)]
    if fs::symlink_metadata(&link).is_err() {
        // Only a convenience: our own commands have it on their PATH in any case.
        let _ = std::os::unix::fs::symlink(program, link);
    }
    #[cfg(not(unix))]
    let _ = (program, link);
    Ok(())
}
