//! npm, which brings wasm-opt and the benchmark's peers.

use anyhow::Result;

use super::system;
use crate::run;

/// # Errors
/// It is not there and cannot be installed.
pub fn ensure() -> Result<String> {
    if run::find_on_path(&["npm"]).is_none() {
        system::install(&["nodejs", "npm"], "npm brings what JavaScript we run", "1 minute")?;
    }
    Ok("npm".into())
}
