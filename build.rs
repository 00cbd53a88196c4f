//! Computes the build id: a fingerprint of the sources, the same for the page and the worker.
//!
//! Worker files carry no hash in their names, so a browser may hold an old worker beside a new
//! page. The handshake compares this id and refuses a worker of another build.

use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    let mut paths = Vec::new();
    for root in ["src", "Cargo.toml"] {
        collect(Path::new(root), &mut paths)?;
        println!("cargo::rerun-if-changed={root}");
    }
    paths.sort();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64; // FNV-1a, 64 bits
    for path in &paths {
        for byte in fs::read(path)? {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    println!("cargo::rustc-env=CONVOY_BUILD={hash:016x}");
    Ok(())
}

fn collect(path: &Path, paths: &mut Vec<std::path::PathBuf>) -> io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), paths)?;
        }
    } else {
        paths.push(path.to_path_buf());
    }
    Ok(())
}
