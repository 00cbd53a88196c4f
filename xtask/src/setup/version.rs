//! Versions as tools print them and as `Cargo.lock` keeps them, and the cache folder of versions
//! that only this project uses.

use std::{env, fmt, path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::run;

/// A version's three numbers; a tool that counts with one number, as wasm-opt, has zeros after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32, pub u32);

impl Version {
    /// The first version in a tool's answer to `--version`: `trunk 0.21.14`, `wasm-opt version
    /// 132 (version_132)`, `Chromium 156.0.8078.73 built on Debian`.
    pub fn first_in(text: &str) -> Option<Self> {
        text.split_whitespace().find_map(Self::parse)
    }

    fn parse(word: &str) -> Option<Self> {
        let release = word.split(['-', '+']).next()?;
        let mut numbers = release.split('.').map(str::parse::<u32>);
        let major = numbers.next()?.ok()?;
        let minor = numbers.next().unwrap_or(Ok(0)).ok()?;
        let patch = numbers.next().unwrap_or(Ok(0)).ok()?;
        Some(Self(major, minor, patch))
    }

    /// The version that a program says it has; `None` if it is not there or doesn't say.
    pub fn of(program: impl AsRef<std::ffi::OsStr>) -> Option<Self> {
        Self::first_in(&run::output_of(Command::new(program).arg("--version"))?)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// The version that a `Cargo.lock`, given as text, has of `package`.
pub fn locked(lock: &str, package: &str) -> Option<Version> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')?;
    Version::parse(version)
}

/// The folder of tools that only this project uses: `convoy-lab` in the user's cache folder.
///
/// # Errors
/// The environment names neither a cache folder nor a home.
pub fn cache() -> Result<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = set("XDG_CACHE_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".cache")))
        .or_else(|| set("LOCALAPPDATA"))
        .context("no place for tools: set HOME or XDG_CACHE_HOME")?;
    Ok(folder.join("convoy-lab"))
}

/// The folder where `cargo install` puts programs.
///
/// # Errors
/// The environment names neither `CARGO_HOME` nor a home.
pub fn cargo_home() -> Result<PathBuf> {
    let home = || env::home_dir().map(|home| home.join(".cargo"));
    let set = env::var_os("CARGO_HOME").map(PathBuf::from);
    set.or_else(home).context("no place for programs: set HOME or CARGO_HOME")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(said: &str, expected: Option<Version>) {
        assert_eq!(Version::first_in(said), expected, "in {said:?}");
    }

    #[test]
    fn versions_are_found_in_what_tools_say() {
        check("trunk 0.21.14", Some(Version(0, 21, 14)));
        check("wasm-bindgen 0.2.130", Some(Version(0, 2, 130)));
        check("wasm-bindgen 0.2.130 (5c11c5cb0 2026-01-01)", Some(Version(0, 2, 130)));
        check("wasm-opt version 132 (version_132)", Some(Version(132, 0, 0)));
        check("Chromium 156.0.8078.73 built on Debian GNU/Linux 12", Some(Version(156, 0, 8078)));
        check("trunk 0.22.0-beta.1", Some(Version(0, 22, 0)));
        check("v20.20.2", None);
        check("command not found", None);
        check("", None);
    }

    #[test]
    fn versions_are_ordered_by_number() {
        assert!(Version(0, 21, 14) > Version(0, 21, 9));
        assert!(Version(0, 22, 0) > Version(0, 21, 14));
    }

    #[test]
    fn the_lock_file_is_read() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"9.9.9\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"…\"\n";
        assert_eq!(locked(lock, "wasm-bindgen"), Some(Version(0, 2, 130)));
        assert_eq!(locked(lock, "bindgen"), None);
        assert_eq!(locked("", "wasm-bindgen"), None);
        let ours = std::fs::read_to_string(run::root().join("Cargo.lock")).unwrap();
        assert!(locked(&ours, "wasm-bindgen").is_some());
    }
}
