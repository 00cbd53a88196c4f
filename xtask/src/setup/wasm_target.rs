//! The standard library for WebAssembly: of the user's own Rust, by rustup, or else the fallback.
//!
//! The fallback is for a network that reaches a Debian mirror and cargo's registry but not Rust's
//! own servers. It unpacks Debian's Rust into our cache folder, builds the standard library for
//! WebAssembly from Debian's sources there, and lets only our WebAssembly builds see it. Nothing is
//! installed in the system: Debian's packages would conflict with a rustup that came from Debian.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use super::{Toolbox, announce, version::cache};
use crate::{run, text};

const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's newest Rust (kept for its browsers, hence the name), with its sources and its linker.
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];

const BY_HAND: &str = "install Rust's target wasm32-unknown-unknown by hand, for instance with \
                       `rustup target add wasm32-unknown-unknown`";

/// # Errors
/// Neither rustup nor the fallback gives a standard library for WebAssembly.
pub fn ensure(toolbox: &mut Toolbox) -> Result<String> {
    let forced = env::var_os("CONVOY_FORCE_WASM_FALLBACK").is_some_and(|value| value == "1");
    if !forced && has_target(&mut run::command("rustc")) {
        return Ok(format!("Rust's {TARGET}"));
    }
    if !forced && add_by_rustup() {
        return Ok(format!("Rust's {TARGET} (added by rustup)"));
    }
    let rust = PrivateRust::ensure().context(BY_HAND)?;
    toolbox.private_rust = Some(rust);
    Ok(format!("Rust's {TARGET} (Debian's Rust in our cache)"))
}

/// Whether this rustc finds a standard library for WebAssembly.
fn has_target(rustc: &mut Command) -> bool {
    let libraries = run::output_of(rustc.args(["--print", "target-libdir", "--target", TARGET]));
    libraries.is_some_and(|folder| holds_std(Path::new(&folder)))
}

fn holds_std(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
}

fn add_by_rustup() -> bool {
    if run::find_on_path(&["rustup"]).is_none() {
        return false;
    }
    announce(TARGET, "the page is WebAssembly", "10 seconds");
    let added = run::run(run::command("rustup").args(["target", "add", TARGET]));
    if let Err(error) = &added {
        text::note(format_args!("{error:#}: trying Debian's packages instead"));
    }
    added.is_ok() && has_target(&mut run::command("rustc"))
}

/// Debian's Rust, unpacked in our cache folder.
pub struct PrivateRust {
    /// The unpacked packages: `usr/bin/rustc` and so on.
    tree: PathBuf,
}

impl PrivateRust {
    /// # Errors
    /// This is no Debian, its mirror or cargo's registry cannot be reached, or a build fails.
    fn ensure() -> Result<Self> {
        if run::find_on_path(&["apt-get"]).is_none() || run::find_on_path(&["dpkg-deb"]).is_none() {
            bail!("the fallback needs a Debian system (apt-get, dpkg-deb)");
        }
        let home = cache()?.join("private-rust");
        let rust = Self { tree: home.join("tree") };
        if has_target(&mut rust.command("rustc")) {
            return Ok(rust);
        }
        announce(
            "a private Rust",
            "rustup cannot add the WebAssembly target here, Debian's packages can",
            "3 minutes and 1.5 GB",
        );
        unpack_packages(&home, &rust.tree)?;
        rust.link_linker()?;
        rust.build_std(&home)?;
        if !has_target(&mut rust.command("rustc")) {
            bail!("the standard library was built, but rustc does not find it");
        }
        Ok(rust)
    }

    /// The folder of its programs.
    pub fn programs(&self) -> PathBuf {
        self.tree.join("usr/bin")
    }

    /// Lets a command run these programs, given that their folder is first on its `PATH`.
    pub fn set_up(&self, command: &mut Command) {
        let libraries = [self.tree.join("usr/lib").join(multiarch())];
        let users = env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
        let all = libraries.into_iter().chain(env::split_paths(&users));
        let all = env::join_paths(all).expect("no folder of ours has a colon in its name");
        command.env("LD_LIBRARY_PATH", all).env_remove("RUSTC").env_remove("RUSTC_WRAPPER");
    }

    fn command(&self, program: &str) -> Command {
        let mut command = run::command(self.programs().join(program));
        self.set_up(&mut command);
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = [self.programs()].into_iter().chain(env::split_paths(&path));
        command.env("PATH", env::join_paths(folders).expect("as above"));
        command
    }

    /// rustc calls its linker for WebAssembly `rust-lld` and looks for it in its own tree.
    fn link_linker(&self) -> Result<()> {
        let host = run::output_of(self.command("rustc").args(["--print", "host-tuple"]))
            .context("Debian's rustc does not run")?;
        let folder = self.rustlib(&host).join("bin");
        fs::create_dir_all(&folder)?;
        let linker = self.tree.join("usr/lib/llvm-22/bin/lld");
        let link = folder.join("rust-lld");
        if fs::symlink_metadata(&link).is_err() {
            #[cfg(unix)]
            std::os::unix::fs::symlink(&linker, &link).context("cannot link rust-lld")?;
        }
        Ok(())
    }

    /// Builds the standard library in an empty crate and puts it where rustc looks.
    fn build_std(&self, home: &Path) -> Result<()> {
        let empty = home.join("empty");
        fs::create_dir_all(empty.join("src"))?;
        fs::write(empty.join("src/lib.rs"), "")?;
        let manifest = "[package]\nname = \"empty\"\nedition = \"2024\"\n[workspace]\n";
        fs::write(empty.join("Cargo.toml"), manifest)?;
        let target_folder = home.join("target");
        let mut cargo = self.command("cargo");
        cargo.current_dir(&empty).args(["build", "--release", "--target", TARGET]);
        cargo.arg("-Zbuild-std=std,panic_abort,test").env("RUSTC_BOOTSTRAP", "1");
        // Without bitcode in the library, link-time optimisation of the page cannot see into it.
        cargo.env("RUSTFLAGS", "-Cembed-bitcode=yes").env("CARGO_TARGET_DIR", &target_folder);
        run::run(&mut cargo).context("cannot build the standard library for WebAssembly")?;

        let built = target_folder.join(TARGET).join("release/deps");
        let libraries = self.rustlib(TARGET).join("lib");
        fs::create_dir_all(&libraries)?;
        for entry in fs::read_dir(&built)?.flatten() {
            let path = entry.path();
            let ours = entry.file_name().to_string_lossy().starts_with("libempty-");
            if path.extension().is_some_and(|extension| extension == "rlib") && !ours {
                fs::copy(&path, libraries.join(entry.file_name()))?;
            }
        }
        fs::remove_dir_all(&target_folder).context("cannot tidy up after the build")
    }

    fn rustlib(&self, target: &str) -> PathBuf {
        self.tree.join("usr/lib/rustlib").join(target)
    }
}

/// Downloads the packages and those they need, and unpacks them into `tree`, all with a package
/// index of our own: that needs no privilege and leaves the system's as it is.
fn unpack_packages(home: &Path, tree: &Path) -> Result<()> {
    let lists = home.join("apt/lists");
    let archives = home.join("apt/cache");
    let packages = home.join("packages");
    for folder in [&lists.join("partial"), &archives.join("archives/partial"), &packages, tree] {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let apt = |words: &[&str]| {
        let mut command = run::command("apt-get");
        command.current_dir(&packages).arg("-qq");
        command.arg("-o").arg(format!("Dir::State::lists={}", lists.display()));
        command.arg("-o").arg(format!("Dir::Cache={}", archives.display()));
        command.args(["-o", "APT::Sandbox::User=root"]).args(words);
        command
    };
    run::run(&mut apt(&["update"])).context("cannot reach a Debian mirror")?;
    let mut plan = apt(&["install", "--simulate", "--no-install-recommends", "--reinstall"]);
    let plan = run::output_of(plan.args(PACKAGES))
        .with_context(|| format!("this Debian does not have {}", PACKAGES.join(", ")))?;
    run::run(apt(&["download"]).args(planned(&plan))).context("cannot download the packages")?;
    for entry in fs::read_dir(&packages)?.flatten() {
        run::run(run::command("dpkg-deb").arg("-x").arg(entry.path()).arg(tree))?;
    }
    fs::remove_dir_all(&packages).context("cannot tidy up the packages")
}

/// The packages that apt's simulation would install: what of the tree is not in the system yet.
fn planned(simulation: &str) -> Vec<&str> {
    let installs = simulation.lines().filter_map(|line| line.strip_prefix("Inst "));
    installs.filter_map(|rest| rest.split_whitespace().next()).collect()
}

/// Debian's name of the folder of this machine's libraries.
fn multiarch() -> String {
    format!("{}-linux-gnu", env::consts::ARCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_lists_what_would_be_installed() {
        let simulation = "NOTE: This is only a simulation!\n\
                          Inst libllvm22 (1:22.1.8 Debian:12 [amd64])\n\
                          Inst rustc-web [1.95] (1.96.0 Debian:12 [amd64])\n\
                          Conf rustc-web (1.96.0 Debian:12 [amd64])\n";
        assert_eq!(planned(simulation), ["libllvm22", "rustc-web"]);
        assert!(planned("").is_empty());
    }

    #[test]
    fn a_folder_without_the_library_is_told() {
        assert!(!holds_std(Path::new("no/such/folder")));
        assert!(!holds_std(Path::new(env!("CARGO_MANIFEST_DIR"))));
    }
}
