//! `cargo xtask serve`: the page on this machine, built again whenever a source changes.

use std::{net::TcpListener, process::ExitCode};

use anyhow::{Context, Result, bail};

use crate::{
    dist,
    setup::{Need, Toolbox},
    text, unknown,
};

/// What the user asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    port: u16,
    release: bool,
}

impl Options {
    /// # Errors
    /// An option is unknown, or `--port` has no port after it.
    pub fn parse(words: &[&str]) -> Result<Self> {
        let mut options = Self { port: 8080, release: false };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--release" => options.release = true,
                "--port" => {
                    let value = words.next().context("--port needs a number")?;
                    let port = value.parse().ok().filter(|port| *port > 0);
                    options.port =
                        port.with_context(|| format!("--port must be 1 to 65535, not {value:?}"))?;
                }
                other => return Err(unknown("no such option of serve", other)),
            }
        }
        Ok(options)
    }
}

/// Serves until the user stops it.
///
/// # Errors
/// A tool is missing, the port is taken, or trunk fails.
pub fn serve(options: Options) -> Result<ExitCode> {
    let Options { port, release } = options;
    if TcpListener::bind(("127.0.0.1", port)).is_err() {
        bail!("port {port} is taken on this machine; choose another: cargo xtask serve --port N");
    }
    let mut needs = vec![Need::WasmTarget, Need::Trunk, Need::WasmBindgen];
    if release {
        needs.push(Need::WasmOpt);
    }
    let toolbox = Toolbox::prepare(&needs);
    toolbox.check(&needs)?;

    text::heading("Serve");
    text::note("The first build takes about 2 minutes, later ones seconds.");
    let url = format!("http://127.0.0.1:{port}/");
    text::note(format_args!("The page: {}   (stop with Ctrl-C)", text::bold(&url)));
    let mut trunk = dist::trunk(&toolbox);
    // A folder of its own, so that `dist/` is always a release.
    trunk.args(["serve", "--dist", "target/serve", "--port", &port.to_string()]);
    if release {
        trunk.arg("--release");
    }
    crate::run::run(&mut trunk)?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(words: &[&str], expected: Option<(u16, bool)>) {
        let parsed = Options::parse(words).ok().map(|options| (options.port, options.release));
        assert_eq!(parsed, expected, "{words:?}");
    }

    #[test]
    fn options_are_read() {
        check(&[], Some((8080, false)));
        check(&["--port", "9000"], Some((9000, false)));
        check(&["--release", "--port", "1"], Some((1, true)));
    }

    #[test]
    fn bad_options_are_refused() {
        check(&["--port"], None);
        check(&["--port", "0"], None);
        check(&["--port", "65536"], None);
        check(&["--port", "eighty"], None);
        check(&["--realease"], None);
    }
}
