//! What the commands need on this machine: found, or else installed in user space where possible.
//!
//! A tool the user already has is used if its version is right and never overwritten if it is not:
//! ours then goes to a cache folder (`version::cache`) that only our own commands look into.

mod browser;
mod cargo_tool;
mod components;
mod npm;
mod system;
mod trunk;
mod version;
mod wasm_bindgen;
mod wasm_opt;
mod wasm_target;

use std::{
    env,
    ffi::OsString,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use crate::{run, text};
use browser::Browser;
use wasm_target::PrivateRust;

/// Something a command needs; those that are had soonest come first, so that what cannot be had
/// is told before the long installations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    Rustfmt,
    Clippy,
    WasmTarget,
    Npm,
    WasmOpt,
    Browser,
    WasmBindgen,
    Trunk,
}

/// The tools of one run, and which of them could not be had.
#[derive(Default)]
pub struct Toolbox {
    /// Folders that go before the user's on `PATH`.
    folders: Vec<PathBuf>,
    /// Builds for WebAssembly where the user's own Rust cannot.
    private_rust: Option<PrivateRust>,
    browser: Option<Browser>,
    missing: Vec<(Need, anyhow::Error)>,
}

impl Toolbox {
    /// Finds or installs each of `needs`. What cannot be had is remembered: [`Toolbox::check`]
    /// tells the stage that needs it.
    pub fn prepare(needs: &[Need]) -> Self {
        text::heading("Set-up");
        let mut needs = needs.to_vec();
        needs.sort();
        needs.dedup();
        let mut toolbox = Self::default();
        for need in needs {
            let start = Instant::now();
            match toolbox.ensure(need) {
                Ok(found) => {
                    let took = start.elapsed();
                    let slow = took > Duration::from_secs(3);
                    let took =
                        if slow { format!(" ({})", text::duration(took)) } else { "".into() };
                    text::note(format_args!("{} {found}{took}", text::green("✓")));
                }
                Err(error) => {
                    text::note(format_args!("{} {error:#}", text::red("✗")));
                    toolbox.missing.push((need, error));
                }
            }
        }
        toolbox
    }

    fn ensure(&mut self, need: Need) -> Result<String> {
        match need {
            Need::Rustfmt => components::ensure("rustfmt", "fmt", "formats the sources"),
            Need::Clippy => components::ensure("clippy", "clippy", "lints the sources"),
            Need::WasmTarget => wasm_target::ensure(self),
            Need::Npm => npm::ensure(),
            Need::WasmOpt => wasm_opt::ensure(self),
            Need::Browser => browser::ensure(self),
            Need::WasmBindgen => wasm_bindgen::ensure(self),
            Need::Trunk => trunk::ensure(self),
        }
    }

    /// Whether all of `needs` could be had.
    ///
    /// # Errors
    /// One could not; set-up has printed why.
    pub fn check(&self, needs: &[Need]) -> Result<()> {
        match self.missing.iter().find(|(need, _)| needs.contains(need)) {
            Some((need, error)) => bail!("{need:?} is missing: {error:#}"),
            None => Ok(()),
        }
    }

    /// A command for this machine's own kind of program, with our tools first on its `PATH`.
    pub fn native(&self, program: &str) -> Command {
        let mut command = run::command(program);
        command.env("PATH", self.path(&[]));
        command
    }

    /// A command that builds for WebAssembly: `cargo` or something that calls it.
    pub fn wasm(&self, program: &str) -> Command {
        let Some(rust) = &self.private_rust else { return self.native(program) };
        let mut command = run::command(program);
        command.env("PATH", self.path(&[rust.programs()]));
        rust.set_up(&mut command);
        command
    }

    /// Whether clippy can check what is built for WebAssembly: not with a private Rust, which
    /// comes without it.
    pub fn has_wasm_clippy(&self) -> bool {
        self.private_rust.is_none()
    }

    /// The browser and its driver.
    ///
    /// # Panics
    /// The browser was not among the needs, or [`Toolbox::check`] was not asked.
    pub fn browser(&self) -> &Browser {
        self.browser.as_ref().expect("a stage with a browser needs one and has checked its needs")
    }

    fn path(&self, before: &[PathBuf]) -> OsString {
        let users = env::var_os("PATH").unwrap_or_default();
        let folders = before.iter().chain(&self.folders).cloned().chain(env::split_paths(&users));
        env::join_paths(folders).expect("no folder of ours has a separator in its name")
    }
}

/// Says what is about to be installed, why, and about how long that takes.
fn announce(what: &str, why: &str, about: &str) {
    text::note(format_args!("{} {what}: {why}. About {about}.", text::bold("Installing")));
}
