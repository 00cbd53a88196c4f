//! The folder that is served: the release build, and the peers' page in `peers/` beside it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// Our own files of the peers' page.
const PAGE: [(&str, &str); 8] = [
    ("peers.html", include_str!("../page/peers.html")),
    ("peers.js", include_str!("../page/peers.js")),
    ("decide.js", include_str!("../page/decide.js")),
    ("record.js", include_str!("../page/record.js")),
    ("workerpool-worker.js", include_str!("../page/workerpool-worker.js")),
    ("comlink-worker.js", include_str!("../page/comlink-worker.js")),
    ("message-worker.js", include_str!("../page/message-worker.js")),
    ("batch-worker.js", include_str!("../page/batch-worker.js")),
];

/// The peers' files, in npm's folder and in `peers/npm/`.
const PACKAGES: [(&str, &str); 2] = [
    ("workerpool/dist/workerpool.js", "workerpool.js"),
    ("comlink/dist/esm/comlink.mjs", "comlink.mjs"),
];

/// Where the benchmark's files are.
pub struct Places {
    /// The repository.
    pub root: PathBuf,
    /// The release build.
    pub dist: PathBuf,
}

impl Places {
    /// Where everything goes that the benchmark makes.
    pub fn folder(&self) -> PathBuf {
        self.root.join("target").join("bench")
    }

    /// The folder that is served.
    pub fn site(&self) -> PathBuf {
        self.folder().join("site")
    }

    /// Where `npm` has put the peers.
    pub fn packages(&self) -> PathBuf {
        self.folder().join("npm").join("node_modules")
    }

    /// What `cargo bench` has printed.
    pub fn native(&self) -> PathBuf {
        self.folder().join("native.txt")
    }

    /// Makes the folder that is served anew.
    ///
    /// # Errors
    /// A file cannot be copied; the peers are missing though they are wanted.
    pub fn assemble(&self, with_peers: bool) -> Result<()> {
        let site = self.site();
        if site.exists() {
            fs::remove_dir_all(&site)
                .with_context(|| format!("cannot empty {}", site.display()))?;
        }
        fs::create_dir_all(&site).with_context(|| format!("cannot make {}", site.display()))?;
        for file in files_of(&self.dist)? {
            copy(&self.dist.join(&file), &site.join(&file))?;
        }
        if !with_peers {
            return Ok(());
        }
        let peers = site.join("peers");
        fs::create_dir_all(peers.join("npm"))?;
        for (name, text) in PAGE {
            fs::write(peers.join(name), text)?;
        }
        for (from, to) in PACKAGES {
            copy(&self.packages().join(from), &peers.join("npm").join(to))?;
        }
        Ok(())
    }

    /// The version of a peer, as its own package says.
    ///
    /// # Errors
    /// It is not there.
    pub fn version_of(&self, package: &str) -> Result<String> {
        let file = self.packages().join(package).join("package.json");
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        let manifest: serde_json::Value = serde_json::from_str(&text)?;
        let version = manifest["version"].as_str().context("a package says its version")?;
        Ok(version.into())
    }
}

/// The names of a folder's files, sorted. The build has no folders in it.
///
/// # Errors
/// The folder cannot be read.
pub fn files_of(folder: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(folder).with_context(|| format!("no {}", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_page_is_served() {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("page");
        let mut served: Vec<&str> = PAGE.iter().map(|(name, _)| *name).collect();
        served.sort_unstable();
        assert_eq!(files_of(&page).unwrap(), served);
    }

    #[test]
    fn what_the_page_imports_is_there() {
        let ours = PAGE.iter().map(|(name, _)| format!("./{name}"));
        let theirs = PACKAGES.iter().map(|(_, name)| format!("./npm/{name}"));
        let known: Vec<String> = ours.chain(theirs).collect();
        for (name, text) in PAGE.iter().filter(|(name, _)| name.ends_with(".js")) {
            let imports = text.lines().filter(|line| line.starts_with("import "));
            for import in imports {
                let path = import.split('"').nth(1).unwrap_or_default();
                assert!(known.iter().any(|file| file == path), "{name}: {import}");
            }
        }
    }
}
