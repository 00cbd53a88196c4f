//! How the cost of an order grows with orders, keys and workers, and what a waiting order weighs.

use anyhow::{Context, Result};
use convoy_e2e::{Lab, Page};

use super::run::{Burst, Setting, USUAL};
use crate::{
    chart::{Chart, Scale},
    figure::{Figure, Unit, grouped},
    plan::{Part, Plan},
    report::Section,
    statistics::{Sample, unevenness},
    table::Table,
};

const MILLION: u64 = 1_000_000;
const CUSTOMERS: u64 = 1_000;
const WARM_UP: u64 = 100_000;

/// A point of a series.
#[derive(Clone, Copy)]
struct Point {
    setting: Setting,
    burst: Burst,
    /// What the series varies.
    value: u64,
}

/// Points that differ in one thing.
struct Series {
    name: &'static str,
    title: &'static str,
    points: Vec<Point>,
}

fn series(plan: &Plan) -> [Series; 3] {
    let point = |workers, orders, customers, value| Point {
        setting: Setting { workers, ..USUAL },
        burst: Burst { orders, customers },
        value,
    };
    let million = plan.orders(MILLION);
    // A quick run ends a point earlier.
    let mut orders = vec![1_000, 10_000, 100_000, MILLION, 10 * MILLION];
    orders.retain(|&orders| orders <= plan.orders(10 * MILLION));
    let keys = [1, 100, 10_000, MILLION];
    let workers = [1_u32, 2, 4, 8, 16];
    [
        Series {
            name: "orders",
            title: "Cost by orders, 1,000 keys, 2 workers",
            points: orders.into_iter().map(|n| point(2, n, CUSTOMERS, n)).collect(),
        },
        Series {
            name: "keys",
            title: "Cost by keys, 2 workers",
            points: keys.map(|n| point(2, million, n, n)).to_vec(),
        },
        Series {
            name: "workers",
            title: "Cost by workers, 1,000 keys",
            points: workers.map(|n| point(n, million, CUSTOMERS, n.into())).to_vec(),
        },
    ]
}

pub async fn measure(lab: &Lab, plan: &Plan) -> Result<Section> {
    let series = series(plan);
    let mut costs: Vec<Vec<Vec<f64>>> =
        series.iter().map(|one| vec![Vec::new(); one.points.len()]).collect();
    let mut weights = Vec::new();
    for _ in 0..plan.repetitions() {
        let page = lab.open("#/room").await?;
        for (one, costs) in series.iter().zip(&mut costs) {
            for (point, costs) in one.points.iter().zip(costs) {
                costs.push(point.micros_per_order(&page, plan).await?);
            }
        }
        // A page of its own: what ten million orders have left behind is not what a million take.
        let page = lab.open("#/room").await?;
        weights.push(bytes_per_waiting_order(&page, plan).await?);
        page.check_console().await?;
    }
    Ok(section(plan, &series, costs, weights))
}

impl Point {
    async fn micros_per_order(&self, page: &Page<'_>, plan: &Plan) -> Result<f64> {
        let bursts = self.bursts();
        let warm_up = plan.orders(WARM_UP);
        let took_ms = self.setting.measure(page, warm_up, self.burst, bursts).await?;
        Ok(took_ms * 1_000.0 / self.burst.orders as f64)
    }

    /// A small burst is over within a few ticks of the browser's clock: the mean of several.
    fn bursts(&self) -> u64 {
        (200_000 / self.burst.orders).clamp(1, 20)
    }
}

/// The broker's memory with all consumers paused and a million orders waiting, by their number.
async fn bytes_per_waiting_order(page: &Page<'_>, plan: &Plan) -> Result<f64> {
    let orders = plan.orders(MILLION);
    USUAL.begin(page).await?;
    let script = format!(
        "(async () => {{
            for (const worker of await convoy.workers()) await convoy.pause(worker.id);
            await convoy.burst({{orders: {orders}, customers: {CUSTOMERS}}});
            return await convoy.snapshot();
        }})()"
    );
    let snapshot = page.convoy(&script).await??;
    anyhow::ensure!(snapshot["ready"] == orders, "not all are waiting: {snapshot}");
    let bytes = snapshot["memoryBytes"].as_f64().context("a snapshot says its memory")?;
    Ok(bytes / orders as f64)
}

fn section(
    plan: &Plan,
    series: &[Series],
    costs: Vec<Vec<Vec<f64>>>,
    weights: Vec<f64>,
) -> Section {
    let mut section = Section::new(Part::Growth.title(), method(plan));
    for (one, costs) in series.iter().zip(costs) {
        let figures: Vec<Figure> = one
            .points
            .iter()
            .zip(costs)
            .map(|(point, costs)| {
                let name = format!("growth.{}.{}", one.name, point.value);
                Figure::new(name, Unit::MicrosPerOrder, Sample::new(costs))
            })
            .collect();
        section.tables.push(table(one, &figures));
        let (name, title) = match one.name {
            "orders" => ("growth-orders", "Cost of an order by number of orders"),
            "keys" => ("growth-keys", "Cost of an order by number of keys"),
            _ => ("growth-workers", "Cost of an order by number of workers"),
        };
        let mut chart = Chart::new(name, title, Unit::MicrosPerOrder, Scale::Linear);
        for (point, figure) in one.points.iter().zip(&figures) {
            chart.bar(format!("{} {}", grouped(point.value as f64), one.name), figure);
        }
        section.charts.push(chart);
        let medians: Vec<f64> = figures.iter().map(|figure| figure.sample.median()).collect();
        let name = format!("growth.{}.unevenness", one.name);
        let uneven = Sample::new([unevenness(&medians)]);
        section.figures.extend(figures);
        section.figures.push(Figure::new(name, Unit::Percent, uneven));
    }
    let weight =
        Figure::new("growth.bytesPerWaitingOrder", Unit::BytesPerOrder, Sample::new(weights));
    let mut table = Table::new("Memory", &["what", "median", "min–max"]);
    table.row(["bytes per waiting order".into(), weight.middle(), weight.spread()]);
    section.tables.push(table);
    section.figures.push(weight);
    section
}

/// A row per point; the last column tells apart what every burst costs and what every order does.
fn table(series: &Series, figures: &[Figure]) -> Table {
    let by_orders = series.name == "orders";
    let mut head = vec![series.name, "µs/order", "min–max", "orders/s"];
    if by_orders {
        head.push("µs per further order");
    }
    let mut table = Table::new(series.title, &head);
    let mut before: Option<(f64, f64)> = None;
    for (point, figure) in series.points.iter().zip(figures) {
        let cost = figure.sample.median();
        let per_second = Unit::OrdersPerSecond.show(1e6 / cost);
        let mut row =
            vec![grouped(point.value as f64), figure.middle(), figure.spread(), per_second];
        if by_orders {
            let orders = point.burst.orders as f64;
            let further =
                before.map(|(fewer, cheaper)| (cost * orders - cheaper * fewer) / (orders - fewer));
            row.push(further.map_or_else(String::new, |it| Unit::MicrosPerOrder.show(it)));
            before = Some((orders, cost));
        }
        table.row(row);
    }
    table
}

fn method(plan: &Plan) -> String {
    format!(
        "Sessions, service time 0, prefetch 4,096, timed as above after a warm-up of {} orders; \
         the mean of up to 20 bursts where one is too short for the browser's clock. Where \
         nothing else is said, {} orders. \"Per further order\" is the difference to the row above \
         over the difference in orders: what is left when the fixed price of a burst (two calls \
         between threads) is taken off. The budget judges the plain cost. Memory: `memoryBytes` \
         of the broker with both consumers paused and {} orders of {CUSTOMERS} customers waiting.",
        grouped(plan.orders(WARM_UP) as f64),
        grouped(plan.orders(MILLION) as f64),
        grouped(plan.orders(MILLION) as f64),
    )
}
