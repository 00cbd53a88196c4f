//! `cargo xtask mutants`: breaks the engine on purpose, one way at a time, in a copy of the
//! sources, and makes sure that the tests catch each. See TESTING.md.

mod list;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{ExitCode, Stdio},
};

use anyhow::{Context, Result, bail};

use self::list::{MUTANTS, Mutant};
use crate::{run, setup::Toolbox, text, unknown};

/// The tests that are to catch a mutant; the first that fails is enough.
const TESTS: [&str; 7] = ["--lib", "--test", "stories", "--test", "properties", "--test", "model"];

/// Seeds of the simulation that a mutant must not survive.
const SEEDS: &str = "500";

/// Breaks the engine in every way that `names` names, or in all.
///
/// # Errors
/// A name is unknown, a mutant no longer fits the sources, or the unbroken copy fails.
pub fn mutants(names: &[&str]) -> Result<ExitCode> {
    if let Some(name) = names.iter().find(|name| MUTANTS.iter().all(|known| known.name != **name)) {
        return Err(unknown("no such mutant", name));
    }
    let chosen = MUTANTS.iter().filter(|known| names.is_empty() || names.contains(&known.name));
    let toolbox = Toolbox::prepare(&[]);
    text::heading("Mutants (about half a minute each)");
    let folder = run::root().join("target").join("mutants");
    let tree = folder.join("tree");
    copy_sources(&toolbox, &tree)?;
    if !passes(&toolbox, &tree, &folder)? {
        bail!("the tests fail on the sources as they are");
    }
    let mut survivors = Vec::new();
    for mutant in chosen {
        let caught = !with(mutant, &tree, || passes(&toolbox, &tree, &folder))?;
        let verdict = if caught { text::green("caught") } else { text::red("survived") };
        text::note(format_args!("{verdict:<18} {:<28} {}", mutant.name, mutant.what));
        if !caught {
            survivors.push(mutant.name);
        }
    }
    if survivors.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    bail!("no test noticed: {}", survivors.join(", "))
}

/// The tracked files, as they are now.
fn copy_sources(toolbox: &Toolbox, tree: &Path) -> Result<()> {
    let mut git = toolbox.native("git");
    let files = run::output_of(git.args(["ls-files"])).context("git ls-files failed")?;
    let _ = fs::remove_dir_all(tree);
    for file in files.lines() {
        let (from, to) = (run::root().join(file), tree.join(file));
        if from.is_file() {
            fs::create_dir_all(to.parent().expect("a file is in a folder"))?;
            fs::copy(&from, &to).with_context(|| format!("cannot copy {file}"))?;
        }
    }
    Ok(())
}

/// Does something with the sources broken, and mends them.
fn with<T>(mutant: &Mutant, tree: &Path, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let file: PathBuf = tree.join(mutant.file);
    let sound = fs::read_to_string(&file).with_context(|| format!("no {}", mutant.file))?;
    fs::write(&file, mutant.broken(&sound)?)?;
    let done = work();
    fs::write(&file, sound)?;
    done
}

/// Whether the tests pass.
fn passes(toolbox: &Toolbox, tree: &Path, folder: &Path) -> Result<bool> {
    let cargo = |arguments: &[&str]| -> Result<bool> {
        let mut cargo = toolbox.native("cargo");
        cargo.current_dir(tree).env("CARGO_TARGET_DIR", folder.join("build"));
        cargo.env("CONVOY_SEEDS", SEEDS).args(arguments);
        cargo.stdout(Stdio::null()).stderr(Stdio::null());
        Ok(cargo.status().context("cannot start cargo")?.success())
    };
    let package = ["--package", "convoy-lab"];
    if !cargo(&[&["build", "--tests"][..], &package].concat())? {
        bail!("a mutant does not compile");
    }
    Ok(cargo(&[&["test"][..], &package, &TESTS].concat())?
        && cargo(&[&["test"][..], &package, &["--test", "simulation"]].concat())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mutant_fits_the_sources() {
        for mutant in MUTANTS {
            let text = fs::read_to_string(run::root().join(mutant.file)).expect(mutant.file);
            if let Err(why) = mutant.broken(&text) {
                panic!("{why:#}");
            }
        }
    }
}
