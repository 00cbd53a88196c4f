//! Packages of the system, by Debian's `apt-get`: only for what user space cannot hold.

use std::process::Command;

use anyhow::{Context, Result, bail};

use super::announce;
use crate::run;

/// Installs `packages`, as root or by a `sudo` that asks nothing.
///
/// # Errors
/// There is no apt-get, no privilege, or no network; the message says what to install by hand.
pub fn install(packages: &[&str], why: &str, about: &str) -> Result<()> {
    let by_hand = format!("install by hand: {}", packages.join(" "));
    if run::find_on_path(&["apt-get"]).is_none() {
        bail!("no apt-get on this system; {by_hand} (or what your system calls them)");
    }
    let Some(prefix) = privilege() else {
        bail!("no right to install packages (neither root nor a sudo without password); {by_hand}");
    };
    announce(&packages.join(", "), why, about);
    run::run(&mut apt(prefix, &["update"])).with_context(|| by_hand.clone())?;
    let options = ["install", "--yes", "--no-install-recommends"];
    run::run(apt(prefix, &options).args(packages)).with_context(|| by_hand)
}

/// The words before a privileged command, if we may run one.
fn privilege() -> Option<&'static [&'static str]> {
    if run::output_of(Command::new("id").arg("-u"))? == "0" {
        return Some(&[]);
    }
    run::output_of(Command::new("sudo").args(["-n", "true"])).map(|_| &["sudo", "-n"][..])
}

fn apt(prefix: &[&str], words: &[&str]) -> Command {
    let mut all = prefix.iter().chain(&["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    let mut command = run::command(all.next().expect("the words above"));
    // Another package manager may hold the lock for a while, as on a machine that just started.
    command.args(all).args(["-qq", "-o", "DPkg::Lock::Timeout=300"]).args(words);
    command
}
