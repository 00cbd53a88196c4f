//! A chromedriver of our own on a free port, and one browser session with a fresh profile.
//!
//! Both are ended by their process id, whatever happens: a browser left behind would slow down
//! everything that runs after it.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use anyhow::{Context, Result, anyhow};
use fantoccini::{Client, ClientBuilder, wd::WebDriverCompatibleCommand};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::places;

/// Machines with little memory for shared pages and without user namespaces run these too; the
/// rest keeps the browser from calling home.
const FLAGS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    // Lets a script ask for an element's computed role and name.
    "--enable-blink-features=ComputedAccessibilityInfo",
];

/// How long the driver and the browser may take to start, and a script or a page to end.
const START: Duration = Duration::from_secs(60);
const SCRIPT: Duration = Duration::from_secs(300);

pub struct Browser {
    client: Option<Client>,
    driver: Driver,
    profile: TempDir,
}

impl Browser {
    /// # Errors
    /// The driver or the browser is missing or does not start.
    pub async fn start() -> Result<Self> {
        let driver = Driver::start()?;
        let profile = tempfile::Builder::new().prefix("convoy-profile-").tempdir()?;
        // From here on the drop takes care of whatever the driver has started.
        let mut browser = Self { client: None, driver, profile };
        let capabilities = capabilities(&places::chrome()?, browser.profile.path());
        let connecting = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&browser.driver.url)
            .await;
        browser.client = Some(connecting.map_err(|error| anyhow!("no session: {error}"))?);
        Ok(browser)
    }

    pub fn client(&self) -> &Client {
        self.client.as_ref().expect("a started browser has its client until it is closed")
    }

    /// Sends a command of the browser's own debugging protocol.
    ///
    /// # Errors
    /// The browser refuses it or is gone.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Result<Value> {
        let body = json!({ "cmd": command, "params": parameters });
        let answer = self.client().issue_cmd(Extension { path: "goog/cdp/execute", body }).await;
        answer.with_context(|| format!("{command} failed"))
    }

    /// The console's entries since this was last asked, as the driver gives them.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn take_console(&self) -> Result<Value> {
        let command = Extension { path: "se/log", body: json!({ "type": "browser" }) };
        self.client().issue_cmd(command).await.context("cannot read the console")
    }

    /// Ends the session in the ordinary way; the drop does the rest.
    pub async fn close(mut self) {
        if let Some(client) = self.client.take() {
            // A browser that has crashed cannot close: the drop ends it.
            let _ = client.close().await;
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.driver.stop();
        // While it runs, Chromium keeps a link in its profile: to its host's name and its id.
        if let Ok(owner) = fs::read_link(self.profile.path().join("SingletonLock"))
            && let Some((_, id)) = owner.to_string_lossy().rsplit_once('-')
        {
            let _ = Command::new("kill").arg(id).stderr(Stdio::null()).status();
        }
    }
}

fn capabilities(chrome: &Path, profile: &Path) -> Map<String, Value> {
    let profile = format!("--user-data-dir={}", profile.display());
    let flags: Vec<&str> = FLAGS.into_iter().chain([profile.as_str()]).collect();
    let capabilities = json!({
        "goog:chromeOptions": { "binary": chrome, "args": flags },
        "goog:loggingPrefs": { "browser": "ALL" },
        "timeouts": { "script": SCRIPT.as_millis() as u64, "pageLoad": START.as_millis() as u64 },
    });
    let Value::Object(capabilities) = capabilities else { unreachable!("an object was written") };
    capabilities
}

/// The driver's process.
struct Driver {
    process: Child,
    url: String,
}

impl Driver {
    fn start() -> Result<Self> {
        let program = places::chromedriver()?;
        let mut process = Command::new(&program)
            .args(["--port=0", "--log-level=WARNING"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let output = process.stdout.take().expect("standard output was piped above");
        let mut driver = Self { process, url: String::new() };
        let port = announced_port(output);
        let port = port.inspect_err(|_| driver.stop()).context("chromedriver did not start")?;
        driver.url = format!("http://127.0.0.1:{port}");
        Ok(driver)
    }

    fn stop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The port that the driver says it has taken: it listens before it says so.
fn announced_port(output: impl std::io::Read + Send + 'static) -> Result<u16> {
    let (sender, receiver) = mpsc::channel();
    // The thread goes on reading to the end, so that the driver never blocks on a full pipe.
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let port = line.split_once("started successfully on port ");
            if let Some(port) = port.and_then(|(_, rest)| rest.trim_end_matches('.').parse().ok()) {
                let _ = sender.send(port);
            }
        }
    });
    Ok(receiver.recv_timeout(START)?)
}

/// A command that the driver has beyond the standard's.
#[derive(Debug)]
struct Extension {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}
