//! Chromium and its driver, in which the tests open the page.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::{Toolbox, system, version::Version};
use crate::{run, text};

/// A browser and the WebDriver server that steers it, of the same major version.
pub struct Browser {
    pub chrome: PathBuf,
    pub driver: PathBuf,
}

const BROWSER_PACKAGES: [&str; 2] = ["chromium", "chromium-driver"];
const FONT_PACKAGES: [&str; 2] = ["fonts-liberation", "fonts-noto-color-emoji"];

/// # Errors
/// There is no browser with a driver of its version and none can be installed.
pub fn ensure(toolbox: &mut Toolbox) -> Result<String> {
    let browser = match find() {
        Some(browser) => browser,
        None => {
            let why = "the tests open the page in a browser";
            system::install(&BROWSER_PACKAGES, why, "2 minutes")?;
            find().context("chromium is installed but neither it nor its driver is on PATH")?
        }
    };
    let chrome = Version::of(&browser.chrome).context("the browser does not tell its version")?;
    let driver = Version::of(&browser.driver).context("the driver does not tell its version")?;
    if chrome.0 != driver.0 {
        bail!(
            "{} is version {} but {} is version {}: install a pair, or name one by CHROME and \
             CHROMEDRIVER",
            browser.chrome.display(),
            chrome.0,
            browser.driver.display(),
            driver.0,
        );
    }
    if lacks_emoji() {
        // Only the looks of screenshots hang on it, so a refusal is no failure.
        let why = "pictures in screenshots are boxes without them";
        if let Err(error) = system::install(&FONT_PACKAGES, why, "20 seconds") {
            text::note(format_args!("screenshots will lack emoji: {error:#}"));
        }
    }
    let found = format!("Chromium {} with its driver", chrome.0);
    toolbox.browser = Some(browser);
    Ok(found)
}

/// The browser that the environment names, or else the first on `PATH`.
fn find() -> Option<Browser> {
    let named = |variable| std::env::var_os(variable).map(PathBuf::from);
    let chromes = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    Some(Browser {
        chrome: named("CHROME").or_else(|| run::find_on_path(&chromes))?,
        driver: named("CHROMEDRIVER").or_else(|| run::find_on_path(&["chromedriver"]))?,
    })
}

/// Whether this system can tell its fonts and has none for emoji (U+1F4BB, the laptop).
fn lacks_emoji() -> bool {
    let fonts = run::output_of(run::command("fc-list").arg(":charset=1f4bb"));
    fonts.is_some_and(|fonts| fonts.is_empty())
}
