//! What a visitor waits for: bytes to download, first paint, and a lab that is ready.

use std::{fs, io::Write, time::Duration};

use anyhow::{Context, Result};
use brotli::CompressorWriter;
use convoy_e2e::{Lab, run_at};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use crate::{
    chart::{Chart, Scale},
    figure::{Figure, Unit},
    plan::{Part, Plan},
    report::Section,
    site::{Places, files_of},
    statistics::Sample,
    table::Table,
};

/// A browser that has not shown the page by then is stuck.
const LIMIT: Duration = Duration::from_secs(180);

/// brotli's usual window, and the level of a host that compresses once.
const BROTLI_WINDOW: u32 = 22;
const BROTLI_LEVEL: u32 = 11;
const BROTLI_BUFFER: usize = 64 * 1024;

const METHOD: &str = "Sizes of the files in `dist/`, raw and by gzip -9 and brotli 11. The first \
                      load is everything but the twin, which is fetched when first wanted. Times \
                      from the start of the navigation, each in a browser of its own with a \
                      profile that has never seen the page, served from loopback uncompressed: so \
                      they are the machine's part, without a network's.";

/// Notes when `convoy.ready` has resolved. Looks often, to be there before it does.
const NOTE_READY: &str = "
    const look = setInterval(() => {
        const ready = window.convoy?.ready;
        if (!ready) return;
        clearInterval(look);
        ready.then(() => window.__readyAt = performance.now());
    }, 1);
";

/// Bytes of a file, or of several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Size {
    raw: u64,
    gzip: u64,
    brotli: u64,
}

pub fn measure(plan: &Plan, places: &Places) -> Result<Section> {
    let mut section = Section::new(Part::Download.title(), METHOD.into());
    sizes(&mut section, places)?;
    let mut times: [Vec<f64>; 3] = Default::default();
    for _ in 0..plan.repetitions() {
        let found = run_at(&places.site(), LIMIT, start)?;
        for (times, one) in times.iter_mut().zip(found) {
            times.push(one);
        }
    }
    let mut table = Table::new("Start with a cold profile, ms", &["until", "median", "min–max"]);
    let mut chart = Chart::new("start", "Start with a cold profile", Unit::Millis, Scale::Linear);
    let names = ["first paint", "first contentful paint", "convoy.ready"];
    let figures = ["firstPaint", "firstContentfulPaint", "ready"];
    for ((title, name), times) in names.into_iter().zip(figures).zip(times) {
        let figure = Figure::new(format!("start.{name}"), Unit::Millis, Sample::new(times));
        table.row([title.into(), figure.middle(), figure.spread()]);
        chart.bar(title, &figure);
        section.figures.push(figure);
    }
    section.tables.push(table);
    section.charts.push(chart);
    Ok(section)
}

/// First paint, first contentful paint and readiness of one visit.
async fn start(lab: &Lab) -> Result<[f64; 3]> {
    let note = json!({ "source": NOTE_READY });
    lab.devtools("Page.addScriptToEvaluateOnNewDocument", note).await?;
    let page = lab.open("").await?;
    let painted = "window.__readyAt && performance.getEntriesByType('paint').length >= 2";
    page.wait_until("it is painted and ready", &format!("!!({painted})")).await?;
    let paints = "({
        ready: window.__readyAt,
        paints: performance.getEntriesByType('paint').map((it) => [it.name, it.startTime]),
    })";
    let found = page.evaluate(paints).await??;
    let paint = |name: &str| {
        let all = found["paints"].as_array().into_iter().flatten();
        let one = all.clone().find(|entry| entry[0] == name).map(|entry| &entry[1]);
        one.and_then(Value::as_f64).with_context(|| format!("no {name} in {found}"))
    };
    let ready = found["ready"].as_f64().context("the page is ready")?;
    Ok([paint("first-paint")?, paint("first-contentful-paint")?, ready])
}

fn sizes(section: &mut Section, places: &Places) -> Result<()> {
    let mut table = Table::new("Bytes", &["file", "raw", "gzip -9", "brotli 11"]);
    let mut row = |name: &str, size: Size| {
        let bytes = [size.raw, size.gzip, size.brotli];
        let cells = bytes.map(|bytes| Unit::Bytes.show(bytes as f64));
        table.row([name.to_owned()].into_iter().chain(cells));
    };
    let (mut first, mut twin, mut worker) = (Size::default(), Size::default(), Size::default());
    for name in files_of(&places.dist)? {
        let content = fs::read(places.dist.join(&name)).with_context(|| name.clone())?;
        let size = Size::of(&content)?;
        row(&name, size);
        if is_of_the_twin(&name) {
            twin.add(size);
        } else {
            first.add(size);
        }
        if name.starts_with("worker") && name.ends_with(".wasm") {
            worker.add(size);
        }
    }
    row("first load", first);
    row("the twin, when wanted", twin);
    section.tables.push(table);
    let bytes =
        |name: &str, bytes: u64| Figure::new(name, Unit::Bytes, Sample::new([bytes as f64]));
    section.figures.extend([
        bytes("download.raw", first.raw),
        bytes("download.gzip", first.gzip),
        bytes("download.brotli", first.brotli),
        bytes("download.gzip.worker", worker.gzip),
        bytes("download.gzip.twin", twin.gzip),
    ]);
    Ok(())
}

/// Its style is part of the page; its code is not loaded with it.
fn is_of_the_twin(name: &str) -> bool {
    name.starts_with("twin") && !name.ends_with(".css")
}

impl Size {
    fn of(content: &[u8]) -> Result<Self> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(content)?;
        let mut brotli =
            CompressorWriter::new(Vec::new(), BROTLI_BUFFER, BROTLI_LEVEL, BROTLI_WINDOW);
        brotli.write_all(content)?;
        Ok(Self {
            raw: content.len() as u64,
            gzip: gzip.finish()?.len() as u64,
            brotli: brotli.into_inner().len() as u64,
        })
    }

    fn add(&mut self, other: Self) {
        self.raw += other.raw;
        self.gzip += other.gzip;
        self.brotli += other.brotli;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_of_whole_streams() {
        let content = b"convoy ".repeat(1_000);
        let size = Size::of(&content).unwrap();
        assert_eq!(size.raw, 7_000);
        assert!((20..200).contains(&size.gzip), "{size:?}");
        assert!((10..200).contains(&size.brotli), "{size:?}");
        // An empty gzip stream is a head of ten bytes, an empty block of two, and a tail of eight.
        assert_eq!(Size::of(b"").unwrap().gzip, 20);
    }

    #[test]
    fn the_twin_is_no_part_of_the_first_load() {
        for (name, twin) in [
            ("twin_bg.wasm", true),
            ("twin_loader.js", true),
            ("twin-f0b74f83c34dbfc6.css", false),
            ("worker_bg.wasm", false),
            ("index.html", false),
        ] {
            assert_eq!(is_of_the_twin(name), twin, "{name}");
        }
    }
}
