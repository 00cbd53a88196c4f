//! How the lab answers: `submit` → 202, and the main thread's tasks and frames during a burst.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use convoy_e2e::{Lab, Page};
use serde_json::Value;

use super::run::USUAL;
use crate::{
    chart::{Chart, Scale},
    figure::{Figure, Unit},
    plan::{Part, Plan},
    report::Section,
    statistics::{Sample, percentile},
    table::Table,
};

const SUBMITS: usize = 1_000;
const MILLION: u64 = 1_000_000;
const CUSTOMERS: u64 = 1_000;

/// When so many submits take longer than this, those that were answered have to do.
const LIMIT: Duration = Duration::from_secs(120);

/// Functions for the scripts below: one submit, timed; and a promise of idleness.
const TOOLS: &str = "
    const order = { customer: 'customer-1', lines: [{ sku: 'mouse', quantity: 1 }] };
    const submit = async () => {
        const start = performance.now();
        const answer = await convoy.submit(order);
        if (answer.status !== 202) throw new Error(`refused: ${JSON.stringify(answer)}`);
        return performance.now() - start;
    };
    const idle = () => convoy.idle({ timeoutMs: 280000 });
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
";

/// One figure by repetition for each of p50, p99 and the largest.
#[derive(Default)]
struct Spread {
    p50: Vec<f64>,
    p99: Vec<f64>,
    max: Vec<f64>,
}

/// All that is measured.
#[derive(Default)]
struct Found {
    idle: Spread,
    idle_broker: Spread,
    burst: Spread,
    burst_broker: Spread,
    frames: Spread,
    long_tasks: Vec<f64>,
    longest_task: Vec<f64>,
    /// The fewest submits of a repetition.
    submits: usize,
}

pub async fn measure(lab: &Lab, plan: &Plan) -> Result<Section> {
    let mut found = Found { submits: usize::MAX, ..Found::default() };
    for _ in 0..plan.repetitions() {
        let page = lab.open("#/room").await?;
        USUAL.begin(&page).await?;
        found.submit(&page, &submits_idle()).await?;
        USUAL.begin(&page).await?;
        found.submit_in_burst(&page, &submits_in_bursts(plan)).await?;
        USUAL.begin(&page).await?;
        found.watch(&page, plan).await?;
        page.check_console().await?;
    }
    Ok(section(plan, found))
}

fn submits_idle() -> String {
    format!(
        "(async () => {{ {TOOLS}
            const took = [];
            for (let warm = 0; warm < 50; warm++) await submit();
            while (took.length < {SUBMITS}) took.push(await submit());
            const end = await idle();
            return {{ took, accept: end.latencyMs.accept }};
        }})()"
    )
}

/// Submits one after the other for as long as a burst's orders are on their way, burst after burst
/// until there were enough.
fn submits_in_bursts(plan: &Plan) -> String {
    let orders = plan.orders(MILLION);
    let limit = LIMIT.as_millis();
    format!(
        "(async () => {{ {TOOLS}
            const took = [];
            const start = performance.now();
            while (took.length < {SUBMITS} && performance.now() - start < {limit}) {{
                let busy = true;
                const burst = convoy.burst({{orders: {orders}, customers: {CUSTOMERS}}})
                    .then(() => convoy.snapshot())
                    .then((state) => state.ready > 0 ? idle() : state)
                    .finally(() => busy = false);
                while (busy && took.length < {SUBMITS}) {{
                    const one = await submit();
                    if (busy) took.push(one);
                }}
                await burst;
            }}
            const end = await idle();
            return {{ took, accept: end.latencyMs.accept }};
        }})()"
    )
}

/// Frame times and long tasks from the call of `burst` until everything has ended.
fn frames_of_a_burst(plan: &Plan) -> String {
    let orders = plan.orders(MILLION);
    format!(
        "(async () => {{ {TOOLS}
            const took = [];
            let over = false;
            await frame();
            window.__longTasks.length = 0;
            const watch = (async () => {{
                let last = await frame();
                while (!over) {{
                    const now = await frame();
                    took.push(now - last);
                    last = now;
                }}
            }})();
            await convoy.burst({{orders: {orders}, customers: {CUSTOMERS}}});
            await idle();
            over = true;
            await watch;
            // The observer is told of a task after it has ended.
            await frame().then(frame);
            return {{ took, tasks: window.__longTasks }};
        }})()"
    )
}

impl Found {
    async fn submit(&mut self, page: &Page<'_>, script: &str) -> Result<()> {
        let answer = page.convoy(script).await??;
        self.submits = self.submits.min(self.idle.add(&answer["took"])?);
        self.idle_broker.add_percentiles(&answer["accept"])
    }

    async fn submit_in_burst(&mut self, page: &Page<'_>, script: &str) -> Result<()> {
        let answer = page.convoy(script).await??;
        self.submits = self.submits.min(self.burst.add(&answer["took"])?);
        self.burst_broker.add_percentiles(&answer["accept"])
    }

    async fn watch(&mut self, page: &Page<'_>, plan: &Plan) -> Result<()> {
        let answer = page.convoy(&frames_of_a_burst(plan)).await??;
        self.frames.add(&answer["took"])?;
        let tasks = numbers(&answer["tasks"])?;
        self.long_tasks.push(tasks.len() as f64);
        self.longest_task.push(tasks.iter().copied().fold(0.0, f64::max));
        Ok(())
    }
}

impl Spread {
    /// Adds a repetition by its values and gives how many those are.
    fn add(&mut self, values: &Value) -> Result<usize> {
        let values = numbers(values)?;
        ensure!(!values.is_empty(), "nothing was measured: it was over too soon");
        self.p50.push(percentile(&values, 0.5));
        self.p99.push(percentile(&values, 0.99));
        self.max.push(percentile(&values, 1.0));
        Ok(values.len())
    }

    /// Adds a repetition by the broker's own percentiles.
    fn add_percentiles(&mut self, latency: &Value) -> Result<()> {
        for (values, field) in
            [(&mut self.p50, "p50"), (&mut self.p99, "p99"), (&mut self.max, "max")]
        {
            let value = latency[field].as_f64();
            values.push(value.with_context(|| format!("no {field} in {latency}"))?);
        }
        Ok(())
    }

    fn figures(self, name: &str) -> [Figure; 3] {
        [("p50", self.p50), ("p99", self.p99), ("max", self.max)].map(|(which, values)| {
            Figure::new(format!("{name}.{which}"), Unit::Millis, Sample::new(values))
        })
    }
}

fn numbers(values: &Value) -> Result<Vec<f64>> {
    let values = values.as_array().context("a list of numbers")?;
    values.iter().map(|value| value.as_f64().context("a number")).collect()
}

fn section(plan: &Plan, found: Found) -> Section {
    let mut section = Section::new(Part::Response.title(), method(plan, found.submits));
    let head = ["ms", "p50", "min–max", "p99", "min–max", "max", "min–max"];
    let mut table = Table::new("Latency and frames, median of the repetitions", &head);
    let mut chart = Chart::new("response", "Latencies, p99", Unit::Millis, Scale::Logarithmic);
    for (title, name, spread) in [
        ("submit → 202, idle", "response.idle", found.idle),
        ("… the broker's own part", "response.idle.broker", found.idle_broker),
        ("submit → 202, in a burst", "response.burst", found.burst),
        ("… the broker's own part, burst", "response.burst.broker", found.burst_broker),
        ("frames in a burst", "response.frames", found.frames),
    ] {
        let figures = spread.figures(name);
        let cells = figures.iter().flat_map(|figure| {
            let places = |value: f64| format!("{value:.2}");
            let sample = &figure.sample;
            let spread = format!("{}–{}", places(sample.min()), places(sample.max()));
            [places(sample.median()), spread]
        });
        table.row([title.into()].into_iter().chain(cells));
        chart.bar(title, &figures[1]);
        section.figures.extend(figures);
    }
    section.tables.push(table);
    section.charts.push(chart);

    let mut table = Table::new("Main thread during a burst", &["what", "median", "min–max"]);
    for (title, name, unit, values) in [
        ("tasks over 50 ms", "response.longTasks", Unit::Count, found.long_tasks),
        ("longest of them, ms", "response.longestTask", Unit::Millis, found.longest_task),
    ] {
        let figure = Figure::new(name, unit, Sample::new(values));
        table.row([title.into(), figure.middle(), figure.spread()]);
        section.figures.push(figure);
    }
    section.tables.push(table);
    section
}

fn method(plan: &Plan, submits: usize) -> String {
    format!(
        "Sessions, two consumers, service time 0. Submits one after the other ({submits} or more a \
         repetition), timed by the caller in the page with `performance.now()`, whose step is \
         0.1 ms without cross-origin isolation; and `latencyMs.accept`, the broker's own time. In \
         a burst: from the call of `burst` with {} orders until they have ended, bursts one \
         after the other until there are enough submits. Frames: the time between two calls of \
         `requestAnimationFrame` during such a burst. Tasks: what the browser reports as long \
         tasks (over 50 ms) meanwhile; 0 if there was none.",
        crate::figure::grouped(plan.orders(MILLION) as f64),
    )
}
