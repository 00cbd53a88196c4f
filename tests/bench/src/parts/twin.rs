//! The deterministic twin: how much faster than real time the presets run.

use anyhow::{Context, Result, ensure};
use convoy_e2e::Lab;
use convoy_lab::scenario::presets::PRESETS;
use serde_json::{Value, json};

use crate::{
    chart::{Chart, Scale},
    figure::{Figure, Unit},
    plan::{Part, Plan},
    report::Section,
    statistics::Sample,
    table::Table,
};

/// A day: every preset's burst is over long before.
const UNTIL_MS: u32 = 86_400_000;

/// What the browser's clock tells apart: a run that takes less counts as much.
const CLOCK_MS: f64 = 0.1;

const METHOD: &str = "`convoy.simulate` of each preset with seed 1, until everything is at rest: \
                      the virtual time until then over the time it took (`wallMs`), as the twin's \
                      own thread measures it. One run first, which loads the twin.";

struct Run {
    virtual_ms: f64,
    wall_ms: f64,
}

pub async fn measure(lab: &Lab, plan: &Plan) -> Result<Section> {
    let page = lab.open("#/room").await?;
    let mut runs: Vec<Vec<Run>> = PRESETS.iter().map(|_| Vec::new()).collect();
    // One more than is kept: the first loads the twin.
    for repetition in 0..=plan.repetitions() {
        for (preset, runs) in PRESETS.iter().zip(&mut runs) {
            let scenario: Value = serde_json::from_str(&(preset.scenario)().to_json())?;
            let call = json!({ "scenario": scenario, "seed": 1, "untilMs": UNTIL_MS });
            let answer = page.call("simulate", call).await?;
            let run = Run::read(&answer).with_context(|| preset.id.to_string())?;
            if repetition > 0 {
                runs.push(run);
            }
        }
    }
    page.check_console().await?;
    Ok(section(&runs))
}

impl Run {
    fn read(answer: &Value) -> Result<Self> {
        ensure!(answer["atRest"] == true, "not at rest after a virtual day: {answer}");
        let virtual_ms = answer["snapshot"]["atMs"].as_f64().context("no virtual time")?;
        let wall_ms = answer["wallMs"].as_f64().context("no time taken")?.max(CLOCK_MS);
        Ok(Self { virtual_ms, wall_ms })
    }

    fn ratio(&self) -> f64 {
        self.virtual_ms / self.wall_ms
    }
}

fn section(runs: &[Vec<Run>]) -> Section {
    let mut section = Section::new(Part::Twin.title(), METHOD.into());
    let head = ["preset", "virtual ms", "wall ms", "× real time", "min–max"];
    let mut table = Table::new("Virtual over real time", &head);
    let mut chart = Chart::new("twin", "The twin over real time", Unit::Times, Scale::Logarithmic);
    for (preset, runs) in PRESETS.iter().zip(runs) {
        let ratios = Sample::new(runs.iter().map(Run::ratio));
        let figure = Figure::new(format!("twin.preset.{}", preset.id), Unit::Times, ratios);
        let wall = Sample::new(runs.iter().map(|run| run.wall_ms));
        table.row([
            preset.id.into(),
            Unit::Millis.show(runs[0].virtual_ms),
            Unit::Millis.show(wall.median()),
            figure.middle(),
            figure.spread(),
        ]);
        chart.bar(preset.id, &figure);
        section.figures.push(figure);
    }
    let medians = Sample::new(section.figures.iter().map(|figure| figure.sample.median()));
    for (name, value) in [("twin.slowest", medians.min()), ("twin.fastest", medians.max())] {
        section.figures.push(Figure::new(name, Unit::Times, Sample::new([value])));
    }
    section.tables.push(table);
    section.charts.push(chart);
    section
}
