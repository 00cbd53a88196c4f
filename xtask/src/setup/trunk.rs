//! Trunk, which builds the page from `index.html` and serves it.

use anyhow::Result;

use super::{Toolbox, cargo_tool::CargoTool, version::Version};

/// 0.22 wants a newer Rust than we ask for and has other attributes.
const TRUNK: CargoTool = CargoTool {
    package: "trunk",
    programs: &["trunk"],
    version: Version(0, 21, 14),
    accepts: |found, wanted| found >= wanted && found < Version(0, 22, 0),
    locked: true,
    why: "builds the page and serves it",
    about: "5 minutes",
};

/// # Errors
/// It is not there and cannot be installed.
pub fn ensure(toolbox: &mut Toolbox) -> Result<String> {
    TRUNK.ensure(toolbox)
}
