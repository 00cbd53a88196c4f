//! The report: its sections, and how it is written for a terminal, for machines and for readers.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{
    budgets::{self, Judgement},
    chart::Chart,
    figure::Figure,
    machine::Machine,
    table::Table,
};

/// A part of the report.
#[derive(Clone, Debug, Default)]
pub struct Section {
    pub title: &'static str,
    /// What was done, in a paragraph.
    pub method: String,
    pub figures: Vec<Figure>,
    pub tables: Vec<Table>,
    pub charts: Vec<Chart>,
    /// What another program printed, as it is.
    pub printed: Option<String>,
    /// Why it could not be measured, if so.
    pub failed: Option<String>,
}

/// All that a run found.
pub struct Report {
    pub machine: Machine,
    /// A tenth of the work was done.
    pub quick: bool,
    pub sections: Vec<Section>,
}

impl Section {
    pub fn new(title: &'static str, method: String) -> Self {
        Self { title, method, ..Self::default() }
    }

    pub fn failure(title: &'static str, error: &anyhow::Error) -> Self {
        Self { title, failed: Some(format!("{error:#}")), ..Self::default() }
    }

    /// For a terminal.
    pub fn text(&self) -> String {
        let mut text = format!("\n── {} ──\n", self.title);
        for table in &self.tables {
            text += &format!("\n{}", table.text());
        }
        text += &self.printed.as_ref().map(|it| format!("\n{it}\n")).unwrap_or_default();
        text += &self.failed.as_ref().map(|it| format!("\nFAILED: {it}\n")).unwrap_or_default();
        text
    }

    fn markdown(&self, charts: bool) -> String {
        let mut parts = vec![format!("### {}\n", self.title)];
        if !self.method.is_empty() {
            parts.push(format!("{}\n", self.method));
        }
        if let Some(error) = &self.failed {
            parts.push(format!("**Failed:** {}\n", error.replace('\n', " ")));
        }
        parts.extend(self.tables.iter().map(Table::markdown));
        if let Some(printed) = &self.printed {
            parts.push(format!("```text\n{}\n```\n", printed.trim_end()));
        }
        if charts {
            let shown = self.charts.iter();
            parts.extend(shown.map(|it| format!("![{}]({}.svg)\n", it.title, it.name)));
        }
        parts.join("\n")
    }

    fn json(&self) -> Value {
        json!({
            "title": self.title,
            "method": self.method,
            "figures": self.figures,
            "printed": self.printed,
            "failed": self.failed,
        })
    }
}

impl Report {
    pub fn judgements(&self) -> Vec<Judgement> {
        let figures: Vec<&Figure> =
            self.sections.iter().flat_map(|section| &section.figures).collect();
        budgets::judge(&figures)
    }

    pub fn json(&self) -> Value {
        json!({
            "machine": self.machine,
            "quick": self.quick,
            "budgets": self.judgements(),
            "sections": self.sections.iter().map(Section::json).collect::<Vec<_>>(),
        })
    }

    /// The results in Markdown, with pictures that lie beside the page or without.
    pub fn markdown(&self, charts: bool) -> String {
        let mut parts = Vec::new();
        if self.quick {
            parts.push(
                "**A quick run: a tenth of the work, twice. Its figures say little.**\n".into(),
            );
        }
        parts.push(self.machine.table().markdown());
        parts.push(budgets::table(&self.judgements()).markdown());
        parts.extend(self.sections.iter().map(|section| section.markdown(charts)));
        parts.join("\n")
    }

    /// Writes `report.json`, `report.md` and the charts into a folder.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let write = |name: &str, text: String| {
            let file = folder.join(name);
            fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))
        };
        write("report.json", format!("{:#}\n", self.json()))?;
        write("report.md", format!("# Benchmark\n\n{}", self.markdown(true)))?;
        for chart in self.sections.iter().flat_map(|section| &section.charts) {
            write(&format!("{}.svg", chart.name), chart.svg())?;
        }
        Ok(())
    }
}

const BEGIN: &str = "<!-- results: begin (cargo xtask bench --write) -->";
const END: &str = "<!-- results: end -->";

/// A page with what is between its markers replaced.
///
/// # Errors
/// It has not exactly one of each marker, in their order.
pub fn with_results(page: &str, results: &str) -> Result<String> {
    let once = |marker: &str| page.matches(marker).count() == 1;
    let parts = page.split_once(BEGIN).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(END)?;
        Some((before, after))
    });
    let (before, after) = parts
        .filter(|_| once(BEGIN) && once(END))
        .with_context(|| format!("the page needs the lines {BEGIN} and {END}, once each"))?;
    Ok(format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", results.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{chart::Scale, figure::Unit, statistics::Sample};

    fn report() -> Report {
        let mut section = Section::new("Twin", "How.".into());
        let figure = Figure::new("twin.slowest", Unit::Times, Sample::new([900.0, 2_000.0, 950.0]));
        let mut table = Table::new("Presets", &["preset", "×"]);
        table.row(["one".into(), figure.middle()]);
        let mut chart = Chart::new("twin", "The twin", Unit::Times, Scale::Linear);
        chart.bar("one", &figure);
        section.tables.push(table);
        section.charts.push(chart);
        section.figures.push(figure);
        let machine = Machine::look(Path::new("."), "a browser");
        let failed = Section::failure("Native", &anyhow::anyhow!("no cargo"));
        Report { machine, quick: false, sections: vec![section, failed] }
    }

    #[test]
    fn a_missed_budget_and_a_failed_section_are_shown() {
        let markdown = report().markdown(true);
        for part in [
            "| twin over real time, slowest preset | ≥ 1,000× | 950× | MISSED |",
            "| – | not measured |",
            "| one | 950 |",
            "![The twin](twin.svg)",
            "**Failed:** no cargo",
            "| browser | a browser |",
        ] {
            assert!(markdown.contains(part), "{part} is missing in\n{markdown}");
        }
        assert!(!report().markdown(false).contains(".svg"));
        let json = report().json();
        assert_eq!(json["sections"][0]["figures"][0]["median"], 950.0);
        assert_eq!(json["sections"][1]["failed"], "no cargo");
    }

    #[test]
    fn results_go_between_the_markers() {
        let page = format!("# Title\n\n{BEGIN}\nold\n{END}\n\nend\n");
        let once = with_results(&page, "new\n").unwrap();
        assert_eq!(once, format!("# Title\n\n{BEGIN}\n\nnew\n\n{END}\n\nend\n"));
        assert_eq!(with_results(&once, "new").unwrap(), once);
        for wrong in [format!("{END} {BEGIN}"), BEGIN.into(), format!("{BEGIN}{BEGIN}{END}")] {
            assert!(with_results(&wrong, "new").is_err(), "{wrong}");
        }
    }
}
