//! Where things are: the build, the browser, its driver, and the folder for screenshots.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// The release build.
///
/// # Errors
/// There is none.
pub fn dist() -> Result<PathBuf> {
    let dist = env::var_os("CONVOY_DIST").map_or_else(|| root().join("dist"), PathBuf::from);
    let built = dist.join("index.html").is_file();
    built.then_some(dist).context("there is no release build: run `cargo xtask dist` first")
}

/// # Errors
/// No browser is named by the environment or on `PATH`.
pub fn chrome() -> Result<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    program("CONVOY_CHROME", &names)
}

/// # Errors
/// No driver is named by the environment or on `PATH`.
pub fn chromedriver() -> Result<PathBuf> {
    program("CONVOY_CHROMEDRIVER", &["chromedriver"])
}

pub fn screenshots() -> PathBuf {
    root().join("target").join("screenshots")
}

fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("this crate is in tests/e2e of the repository")
}

fn program(variable: &str, names: &[&str]) -> Result<PathBuf> {
    if let Some(named) = env::var_os(variable) {
        return Ok(named.into());
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    let candidates = names.iter().flat_map(|name| folders.iter().map(move |dir| dir.join(name)));
    let found = candidates.into_iter().find(|candidate| candidate.is_file());
    found.with_context(|| format!("set {variable} or put one of {names:?} on PATH"))
}
