//! What the figures were measured on, and when.

use std::{fs, path::Path, process::Command, thread};

use serde::Serialize;

use crate::table::Table;

/// The circumstances of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Machine {
    /// When the run began, as an RFC 3339 time in UTC.
    pub date: String,
    /// The sources' commit; `+` after it says that there were changes beside it.
    pub commit: String,
    pub browser: String,
    pub processor: String,
    /// Threads that can run at once.
    pub cores: usize,
    pub memory: String,
    pub system: String,
    /// The system's load averages before the run, over 1, 5 and 15 minutes.
    pub load: String,
}

impl Machine {
    /// Looks around; what cannot be found is "unknown".
    pub fn look(root: &Path, browser: &str) -> Self {
        let file = |path| fs::read_to_string(path).unwrap_or_default();
        let git = |words: &[&str]| output(Command::new("git").current_dir(root).args(words));
        let changed = git(&["status", "--porcelain", "--untracked-files=no"]).is_some();
        let commit = git(&["rev-parse", "--short", "HEAD"])
            .map(|commit| if changed { format!("{commit}+") } else { commit });
        let memory = field(&file("/proc/meminfo"), "MemTotal").and_then(gibibytes);
        let load = file("/proc/loadavg");
        let load: Vec<&str> = load.split_whitespace().take(3).collect();
        let known = |found: Option<String>| found.unwrap_or_else(|| "unknown".into());
        Self {
            date: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            commit: known(commit),
            browser: browser.into(),
            processor: known(field(&file("/proc/cpuinfo"), "model name")),
            cores: thread::available_parallelism().map_or(0, usize::from),
            memory: known(memory),
            system: known(output(Command::new("uname").arg("-sr"))),
            load: known((!load.is_empty()).then(|| load.join(" "))),
        }
    }

    pub fn table(&self) -> Table {
        let mut table = Table::of_words("Machine", &["what", "is"]);
        let mut row = |what: &str, is: &str| table.row([what.into(), is.into()]);
        row("date", &self.date);
        row("commit", &self.commit);
        row("browser", &self.browser);
        row("processor", &format!("{}, {} cores", self.processor, self.cores));
        row("memory", &self.memory);
        row("system", &self.system);
        row("load before", &self.load);
        table
    }
}

/// The first line `name : value` of one of the system's files.
fn field(text: &str, name: &str) -> Option<String> {
    let mut pairs = text.lines().filter_map(|line| line.split_once(':'));
    let (_, value) = pairs.find(|(key, _)| key.trim() == name)?;
    Some(value.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// `16384000 kB` as `15.6 GiB`.
fn gibibytes(kilobytes: String) -> Option<String> {
    let count: f64 = kilobytes.strip_suffix(" kB")?.parse().ok()?;
    Some(format!("{:.1} GiB", count / 1024.0 / 1024.0))
}

/// What a program prints, trimmed; `None` if it fails or prints nothing.
fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_files_are_read() {
        let cpu = "processor\t: 0\nmodel name\t: Some  CPU @ 2 GHz\nmodel name\t: other\n";
        assert_eq!(field(cpu, "model name").as_deref(), Some("Some CPU @ 2 GHz"));
        assert_eq!(field(cpu, "model"), None);
        let memory = field("MemTotal:       16384000 kB\n", "MemTotal").and_then(gibibytes);
        assert_eq!(memory.as_deref(), Some("15.6 GiB"));
        assert_eq!(gibibytes("much".into()), None);
    }

    #[test]
    fn a_program_that_is_not_there_prints_nothing() {
        assert_eq!(output(&mut Command::new("no-such-program-of-ours")), None);
    }
}
