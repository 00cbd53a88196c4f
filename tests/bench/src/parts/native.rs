//! The core without a browser: what `cargo bench --bench engine` has printed.

use std::fs;

use anyhow::{Context, Result};

use crate::{plan::Part, report::Section, site::Places};

const METHOD: &str = "`cargo bench --bench engine`, as printed: the broker's own cost without \
                      threads, frames between them, or a browser.";

pub fn measure(places: &Places) -> Result<Section> {
    let file = places.native();
    let printed = fs::read_to_string(&file)
        .with_context(|| format!("{} is written by `cargo xtask bench`", file.display()))?;
    let mut section = Section::new(Part::Native.title(), METHOD.into());
    section.printed = Some(printed);
    Ok(section)
}
