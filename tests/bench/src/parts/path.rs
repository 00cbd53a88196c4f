//! The whole path with trivial work, and other ways to have two workers decide about orders.

use anyhow::{Context, Result};
use convoy_e2e::{Lab, Visit};

use super::run::{Burst, Setting};
use crate::{
    chart::{Chart, Scale},
    figure::{Figure, Unit},
    plan::{Part, Plan},
    report::Section,
    site::Places,
    statistics::Sample,
    table::Table,
};

/// A peer: its name in the peers' page, what it is, and about as many orders as take it a second
/// or two.
struct Peer {
    name: &'static str,
    title: &'static str,
    orders: u64,
}

const PEERS: [Peer; 4] = [
    Peer { name: "workerpool", title: "workerpool", orders: 50_000 },
    Peer { name: "comlink", title: "comlink", orders: 50_000 },
    Peer { name: "message", title: "one postMessage per order", orders: 100_000 },
    Peer { name: "batches", title: "bare transport, no broker", orders: 10_000_000 },
];

const ORDERINGS: [&str; 4] = ["sessions", "partitions", "competing", "single"];
const PREFETCHES: [(&str, Option<u32>); 2] = [("4096", Some(4_096)), ("default", None)];

const ORDERS: u64 = 1_000_000;
const WARM_UP: u64 = 200_000;
const CUSTOMERS: u64 = 1_000;

/// Rates by repetition, in orders per second, in the order of the contestants.
type Rates = Vec<Vec<f64>>;

pub async fn measure(lab: &Lab, plan: &Plan, places: &Places) -> Result<Section> {
    let mut peers: Rates = vec![Vec::new(); PEERS.len()];
    let mut labs: Rates = vec![Vec::new(); ORDERINGS.len() * PREFETCHES.len()];
    for repetition in 0..plan.repetitions() {
        // Whoever comes second finds a warmer machine: they take turns.
        if repetition % 2 == 0 {
            run_peers(lab, plan, &mut peers).await?;
            run_lab(lab, plan, &mut labs).await?;
        } else {
            run_lab(lab, plan, &mut labs).await?;
            run_peers(lab, plan, &mut peers).await?;
        }
    }
    section(plan, places, peers, labs)
}

async fn run_peers(lab: &Lab, plan: &Plan, rates: &mut Rates) -> Result<()> {
    let page = lab.open(Visit::to("peers/peers.html")).await?;
    page.wait_until("the peers are there", "typeof peers === 'object'").await?;
    for (peer, rates) in PEERS.iter().zip(rates) {
        let orders = plan.orders(peer.orders);
        let took = page.evaluate(&format!("await peers.run('{}', {orders})", peer.name)).await??;
        let took = took.as_f64().context("a peer gives its milliseconds")?;
        rates.push(rate(orders, took));
    }
    page.check_console().await
}

async fn run_lab(lab: &Lab, plan: &Plan, rates: &mut Rates) -> Result<()> {
    let page = lab.open("#/room").await?;
    let settings = ORDERINGS.iter().flat_map(|&ordering| {
        PREFETCHES.map(|(_, prefetch)| Setting { ordering, workers: 2, prefetch })
    });
    for (setting, rates) in settings.zip(rates) {
        let orders = plan.orders(ORDERS);
        let burst = Burst { orders, customers: CUSTOMERS };
        let took = setting.measure(&page, plan.orders(WARM_UP), burst, 1).await?;
        rates.push(rate(orders, took));
    }
    page.check_console().await
}

/// Orders per second.
fn rate(orders: u64, took_ms: f64) -> f64 {
    orders as f64 * 1_000.0 / took_ms
}

fn section(plan: &Plan, places: &Places, peers: Rates, labs: Rates) -> Result<Section> {
    let mut section = Section::new(Part::Path.title(), method(plan, places)?);
    let peers: Vec<Figure> = PEERS
        .iter()
        .zip(peers)
        .map(|(peer, rates)| figure(format!("path.peer.{}", peer.name), rates))
        .collect();
    let names = ORDERINGS
        .iter()
        .flat_map(|ordering| PREFETCHES.map(|(prefetch, _)| format!("path.{ordering}.{prefetch}")));
    let labs: Vec<Figure> = names.zip(labs).map(|(name, rates)| figure(name, rates)).collect();

    let head =
        ["orders/s", "median", "min–max", "× workerpool", "× comlink", "× postMessage", "× bare"];
    let mut table = Table::new("Orders per second, and how many times each peer's", &head);
    let mut chart =
        Chart::new("path", "Whole path and peers", Unit::OrdersPerSecond, Scale::Logarithmic);
    let settings = ORDERINGS.iter().flat_map(|ordering| {
        PREFETCHES.map(|(prefetch, _)| format!("lab, {ordering}, prefetch {prefetch}"))
    });
    let titles = settings.chain(PEERS.iter().map(|peer| peer.title.into()));
    for (title, figure) in titles.zip(labs.iter().chain(&peers)) {
        let ratios = peers.iter().map(|peer| {
            let ratio = figure.sample.over(&peer.sample);
            Unit::Times.show(ratio.median())
        });
        let cells = [title.clone(), figure.middle(), figure.spread()].into_iter();
        table.row(cells.chain(ratios));
        chart.bar(title.trim_start_matches("lab, "), figure);
    }
    let ratios = peers.iter().zip(&PEERS).map(|(figure, peer)| {
        let name = format!("path.over.{}", peer.name);
        Figure::new(name, Unit::Times, labs[0].sample.over(&figure.sample))
    });
    section.figures.extend(ratios);
    section.figures.extend(labs);
    section.figures.extend(peers);
    section.tables.push(table);
    section.charts.push(chart);
    Ok(section)
}

fn figure(name: String, rates: Vec<f64>) -> Figure {
    Figure::new(name, Unit::OrdersPerSecond, Sample::new(rates))
}

fn method(plan: &Plan, places: &Places) -> Result<String> {
    let orders = plan.orders(ORDERS);
    Ok(format!(
        "The lab: {orders} orders of {CUSTOMERS} customers, service time 0, two consumers, timed \
         from the call of `convoy.burst` until `convoy.idle` answers; ledger, auditor, leases, \
         idempotency, statistics and event records are on, and every run is checked for lost \
         orders, double charges and violations of the order. The peers: two module workers, the \
         same kind of decision per order (an integer hash of seed, number and attempt), outcomes \
         counted by the main thread and compared with what they must be; workerpool {} and comlink \
         {} with 256 calls under way, one `postMessage` there and back per order with 256 \
         under way, and the bare transport: transferred batches of 1,024 records of 32 bytes, four \
         under way to each worker, no broker. All warm up first; lab and peers take turns in the \
         same browser, and the ratios are of the same repetition.",
        places.version_of("workerpool")?,
        places.version_of("comlink")?,
    ))
}
