//! The page as a test sees it: what it says, what can be done with it, what it complains about.

use std::{fmt, fs, path::PathBuf, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use fantoccini::elements::Element;
use serde_json::{Value, json};
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::{Visit, browser::Browser, places, server::Server};

/// How long a condition may take to come true, and how often it is looked at.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Runs in the page before its own scripts.
const ON_NEW_DOCUMENT: &str = "
    window.__longTasks = [];
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.__longTasks.push(entry.duration);
    }).observe({ type: 'longtask', buffered: true });
";

/// The page, opened.
pub struct Page<'lab> {
    browser: &'lab Browser,
    server: &'lab Server,
}

/// A refusal of `window.convoy`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// `invalid`, `not_found`, `conflict`, …; empty if it was no refusal but a plain error.
    pub code: String,
    pub message: String,
}

/// A line of the browser's console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleEntry {
    /// `SEVERE`, `WARNING`, `INFO` or `DEBUG`.
    pub level: String,
    pub message: String,
}

/// Opening, moving about, waiting.
impl<'lab> Page<'lab> {
    pub(crate) fn current(browser: &'lab Browser, server: &'lab Server) -> Self {
        Self { browser, server }
    }

    pub(crate) async fn open(
        browser: &'lab Browser,
        server: &'lab Server,
        visit: &Visit,
    ) -> Result<Self> {
        let page = Self::current(browser, server);
        // Another document first: a new fragment alone would not load the page anew.
        browser.client().goto("about:blank").await?;
        page.take_console().await?;
        server.take_missed();
        page.dress(visit).await?;
        let address = format!("{}{}", server.document(visit.sub_path), visit.fragment);
        browser.client().goto(&address).await.with_context(|| format!("cannot open {address}"))?;
        Ok(page)
    }

    /// Makes the browser look the way the visit says.
    async fn dress(&self, visit: &Visit) -> Result<()> {
        let view = visit.viewport;
        let metrics = json!({
            "width": view.width,
            "height": view.height,
            "deviceScaleFactor": view.scale,
            "mobile": view.mobile,
        });
        self.browser.devtools("Emulation.setDeviceMetricsOverride", metrics).await?;
        let touch = json!({ "enabled": view.mobile });
        self.browser.devtools("Emulation.setTouchEmulationEnabled", touch).await?;
        let scheme = if visit.dark { "dark" } else { "light" };
        let motion = if visit.reduced_motion { "reduce" } else { "no-preference" };
        self.set_media(&[("prefers-color-scheme", scheme), ("prefers-reduced-motion", motion)])
            .await?;
        let agent = self.script("return navigator.userAgent").await?;
        let language = json!({ "userAgent": agent, "acceptLanguage": visit.language });
        self.browser.devtools("Emulation.setUserAgentOverride", language).await?;
        let script = json!({ "source": ON_NEW_DOCUMENT });
        self.browser.devtools("Page.addScriptToEvaluateOnNewDocument", script).await?;
        Ok(())
    }

    /// Changes media features while the page is open: `[("prefers-color-scheme", "dark")]`.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn set_media(&self, features: &[(&str, &str)]) -> Result<()> {
        let features: Vec<Value> =
            features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        let parameters = json!({ "features": features });
        self.browser.devtools("Emulation.setEmulatedMedia", parameters).await?;
        Ok(())
    }

    /// Follows a fragment within the loaded page, as a link does.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn go(&self, fragment: &str) -> Result<()> {
        let script = "location.hash = arguments[0]";
        self.browser.client().execute(script, vec![json!(fragment)]).await?;
        Ok(())
    }

    /// # Errors
    /// The browser is gone.
    pub async fn reload(&self) -> Result<()> {
        Ok(self.browser.client().refresh().await?)
    }

    /// The document's address, with its fragment.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn address(&self) -> Result<String> {
        let address = self.script("return location.href").await?;
        Ok(address.as_str().unwrap_or_default().into())
    }

    /// Waits until a JavaScript expression, which may `await`, is true. An expression that throws
    /// is not true yet.
    ///
    /// # Errors
    /// It is not true after a minute; the message says `what` was waited for and what it last gave.
    pub async fn wait_until(&self, what: &str, condition: &str) -> Result<()> {
        let start = Instant::now();
        let mut looks = interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            let last = self.evaluate(condition).await?;
            if last == Ok(Value::Bool(true)) {
                return Ok(());
            }
            if start.elapsed() > PATIENCE {
                bail!("waited {PATIENCE:?} until {what}; `{condition}` last gave {last:?}");
            }
        }
    }
}

/// Asking the page.
impl Page<'_> {
    /// Awaits an expression on `window.convoy`, once the page has it and is ready.
    ///
    /// # Errors
    /// The outer one: the browser fails. The inner one: the page refuses.
    pub async fn convoy(&self, expression: &str) -> Result<Result<Value, Refusal>> {
        self.wait_until("the page is ready", "await convoy.ready, true").await?;
        self.evaluate(expression).await
    }

    /// Awaits any JavaScript expression.
    ///
    /// # Errors
    /// The outer one: the browser fails. The inner one: the expression throws.
    pub async fn evaluate(&self, expression: &str) -> Result<Result<Value, Refusal>> {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             (async () => ({expression}))().then(
                 (value) => done({{ value: value ?? null }}),
                 (error) => done({{
                     code: String(error?.code ?? ''),
                     message: String(error?.message ?? error),
                 }}),
             );"
        );
        let answer = self.browser.client().execute_async(&script, vec![]).await;
        let mut answer = answer.with_context(|| format!("cannot evaluate `{expression}`"))?;
        if answer.get("message").is_none() {
            return Ok(Ok(answer["value"].take()));
        }
        let text = |field: &str| answer[field].as_str().unwrap_or_default().to_owned();
        Ok(Err(Refusal { code: text("code"), message: text("message") }))
    }

    /// All the text that can be read on the page.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn text(&self) -> Result<String> {
        let text = self.script("return document.body?.innerText ?? ''").await?;
        Ok(text.as_str().unwrap_or_default().into())
    }

    /// The accessible names of everything visible with a role, in document order.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn names(&self, role: &str) -> Result<Vec<String>> {
        self.keep_roles().await?;
        let script = format!("{BY_ROLE} return byRole(arguments[0]).map((e) => e.computedName)");
        let names = self.browser.client().execute(&script, vec![json!(role)]).await?;
        let names = names.as_array().cloned().unwrap_or_default();
        Ok(names.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// Durations, in milliseconds, of the main thread's tasks over 50 ms since the page was opened.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn long_tasks(&self) -> Result<Vec<f64>> {
        let tasks = self.script("return window.__longTasks").await?;
        let tasks = tasks.as_array().context("the observer is not there")?;
        Ok(tasks.iter().filter_map(Value::as_f64).collect())
    }

    /// Forgets the long tasks so far, for instance those of loading.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn forget_long_tasks(&self) -> Result<()> {
        self.script("window.__longTasks.length = 0").await?;
        Ok(())
    }

    async fn script(&self, script: &str) -> Result<Value> {
        let answer = self.browser.client().execute(script, vec![]).await;
        answer.with_context(|| format!("the browser failed at `{script}`"))
    }
}

/// Doing what a person does.
impl Page<'_> {
    /// Clicks the one visible element with this role and accessible name, once it is there.
    ///
    /// # Errors
    /// There is none after a minute, or it cannot be clicked.
    pub async fn click(&self, role: &str, name: &str) -> Result<()> {
        let element = self.find(role, name).await?;
        element.click().await.with_context(|| format!("cannot click {role} {name:?}"))
    }

    /// Replaces what a field holds; `role` is mostly `textbox` or `spinbutton`.
    ///
    /// # Errors
    /// There is no such field after a minute, or it takes no text.
    pub async fn fill(&self, role: &str, name: &str, text: &str) -> Result<()> {
        let field = self.find(role, name).await?;
        field.clear().await.with_context(|| format!("cannot clear {role} {name:?}"))?;
        field.send_keys(text).await.with_context(|| format!("cannot fill {role} {name:?}"))
    }

    /// Chooses an option of a `<select>` by the text that is read on it.
    ///
    /// # Errors
    /// There is no such list or option after a minute.
    pub async fn choose(&self, name: &str, option: &str) -> Result<()> {
        let list = self.find("combobox", name).await?;
        let chosen = list.select_by_label(option).await;
        chosen.with_context(|| format!("cannot choose {option:?} of {name:?}"))
    }

    /// Presses keys where the focus is, in WebDriver's notation: `"\u{E004}"` is the tabulator.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn press(&self, keys: &str) -> Result<()> {
        Ok(self.browser.client().active_element().await?.send_keys(keys).await?)
    }

    /// The one visible element with this role and accessible name, once it is there.
    ///
    /// # Errors
    /// There is none after a minute, or more than one; the message lists the role's names.
    pub async fn find(&self, role: &str, name: &str) -> Result<Element> {
        let script = format!(
            "{BY_ROLE} return byRole(arguments[0]).filter((e) => e.computedName === arguments[1])"
        );
        self.keep_roles().await?;
        let start = Instant::now();
        let mut looks = interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            let arguments = vec![json!(role), json!(name)];
            let found = self.browser.client().execute(&script, arguments).await?;
            match found.as_array().map(Vec::as_slice) {
                Some([one]) => return self.element(one),
                Some([_, ..]) => bail!("more than one {role} is called {name:?}"),
                _ if start.elapsed() > PATIENCE => {
                    let names = self.names(role).await?;
                    bail!("no {role} is called {name:?} after {PATIENCE:?}; there are {names:?}");
                }
                _ => {}
            }
        }
    }

    /// Has the browser keep its tree of roles and names from now on. Otherwise it builds the whole
    /// tree anew for every element that is asked for its role, which takes seconds in all.
    async fn keep_roles(&self) -> Result<()> {
        self.browser.devtools("Accessibility.enable", json!({})).await?;
        self.browser.devtools("Accessibility.getRootAXNode", json!({})).await?;
        Ok(())
    }

    fn element(&self, reference: &Value) -> Result<Element> {
        let id = reference.as_object().and_then(|object| object.values().next());
        let id = id.and_then(Value::as_str).context("the browser gave no element")?;
        Ok(Element::from_element_id(self.browser.client().clone(), id.to_owned().into()))
    }
}

/// A function for scripts: the visible elements with a computed role, in document order.
const BY_ROLE: &str = "
    const byRole = (role) => [...document.querySelectorAll('body *')].filter((element) =>
        element.computedRole === role
        && element.checkVisibility({ opacityProperty: true, visibilityProperty: true }));
";

/// Keeping evidence.
impl Page<'_> {
    /// Writes what is seen to `target/screenshots/<name>.png` and gives the path.
    ///
    /// # Errors
    /// The browser is gone, or the folder cannot be written.
    pub async fn screenshot(&self, name: &str) -> Result<PathBuf> {
        self.capture(name, json!({ "format": "png" })).await
    }

    /// The same of the whole document, also what one must scroll to.
    ///
    /// # Errors
    /// As [`Page::screenshot`].
    pub async fn screenshot_whole(&self, name: &str) -> Result<PathBuf> {
        let metrics = self.browser.devtools("Page.getLayoutMetrics", json!({})).await?;
        let size = &metrics["cssContentSize"];
        let clip =
            json!({ "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1 });
        let options = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        self.capture(name, options).await
    }

    async fn capture(&self, name: &str, options: Value) -> Result<PathBuf> {
        let shot = self.browser.devtools("Page.captureScreenshot", options).await?;
        let png = BASE64.decode(shot["data"].as_str().context("no picture")?)?;
        let folder = places::screenshots();
        fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{name}.png"));
        fs::write(&path, png).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }

    /// The console's entries since this was last asked, or since the page was opened.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn take_console(&self) -> Result<Vec<ConsoleEntry>> {
        let entries = self.browser.take_console().await?;
        let entries = entries.as_array().cloned().unwrap_or_default();
        let text = |entry: &Value, field: &str| entry[field].as_str().unwrap_or("").to_owned();
        Ok(entries
            .iter()
            .map(|entry| ConsoleEntry {
                level: text(entry, "level"),
                message: text(entry, "message"),
            })
            .collect())
    }

    /// Checks that the console has no error and no warning, and that no file was missing.
    ///
    /// # Errors
    /// There is one.
    pub async fn check_console(&self) -> Result<()> {
        let entries = self.take_console().await?;
        let bad: Vec<String> = entries
            .iter()
            .filter(|entry| entry.level == "SEVERE" || entry.level == "WARNING")
            .map(ConsoleEntry::to_string)
            .collect();
        ensure!(bad.is_empty(), "the console is not clean:\n{}", bad.join("\n"));
        let missed = self.server.take_missed();
        ensure!(missed.is_empty(), "requests that found nothing: {missed:?}");
        Ok(())
    }
}

impl fmt::Display for ConsoleEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.level, self.message)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Refusal {}
