//! A program that cargo builds: found on `PATH`, found in our cache, or else installed.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{
    Toolbox, announce,
    version::{Version, cache, cargo_home},
};
use crate::run;

/// What is wanted, and why.
pub struct CargoTool {
    /// The package's name on the registry.
    pub package: &'static str,
    /// Its programs; all must have the version.
    pub programs: &'static [&'static str],
    /// What we install.
    pub version: Version,
    /// What we take if it is there already.
    pub accepts: fn(found: Version, wanted: Version) -> bool,
    /// Its own lock file can be used.
    pub locked: bool,
    pub why: &'static str,
    pub about: &'static str,
}

impl CargoTool {
    /// # Errors
    /// It is not there and cargo cannot install it.
    pub fn ensure(&self, toolbox: &mut Toolbox) -> Result<String> {
        let named = format!("{} {}", self.package, self.version);
        let elsewhere = run::find_on_path(&self.programs[..1]);
        if let Some(folder) = elsewhere.as_deref().and_then(Path::parent)
            && let Some(found) = self.accepted_in(folder)
        {
            return Ok(format!("{} {found} (on PATH)", self.package));
        }
        let ours = cache()?.join(format!("{}-{}", self.package, self.version));
        let users = cargo_home()?;
        for home in [&ours, &users] {
            if self.accepted_in(&home.join("bin")).is_some() {
                toolbox.folders.push(home.join("bin"));
                return Ok(format!("{named} (in {})", home.display()));
            }
        }
        if let Some(other) = &elsewhere {
            crate::text::note(format_args!(
                "{} is version {}: leaving it alone, installing {} for this project only",
                other.display(),
                Version::of(other).map_or("unknown".into(), |version| version.to_string()),
                self.version,
            ));
        }
        let home = if elsewhere.is_none() { users } else { ours };
        announce(&named, self.why, self.about);
        self.install(&home)?;
        toolbox.folders.push(home.join("bin"));
        Ok(named)
    }

    fn accepted_in(&self, folder: &Path) -> Option<Version> {
        let versions = self.programs.iter().map(|program| Version::of(folder.join(program)));
        let versions: Option<Vec<Version>> = versions.collect();
        let versions = versions?;
        let all = versions.iter().all(|version| (self.accepts)(*version, self.version));
        all.then_some(versions[0])
    }

    fn install(&self, home: &PathBuf) -> Result<()> {
        let mut cargo = run::command("cargo");
        // Elsewhere than in the repository, whose `.cargo/config.toml` is not meant for this.
        cargo.current_dir(std::env::temp_dir());
        cargo.args(["install", "--quiet", self.package, "--version", &self.version.to_string()]);
        cargo.arg("--root").arg(home);
        if self.locked {
            cargo.arg("--locked");
        }
        // A tool needs no link-time optimisation across its whole tree: that doubles the wait.
        cargo.env("CARGO_PROFILE_RELEASE_LTO", "off");
        cargo.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
        cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
        run::run(&mut cargo).with_context(|| {
            format!(
                "cannot install {0} {1}; try by hand: cargo install {0} --version {1}",
                self.package, self.version
            )
        })
    }
}
