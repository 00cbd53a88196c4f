//! The benchmark as a program. `cargo xtask bench` gets everything ready and runs it; by itself it
//! takes the same words, the build that `CONVOY_DIST` names or `dist/`, and what an earlier
//! `cargo xtask bench` has left in `target/bench/`.

// A command line tool talks on standard output.
#![allow(clippy::print_stdout)]

use std::{
    fs,
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use convoy_bench::{
    budgets,
    machine::Machine,
    plan::{Part, Plan},
    report::{Report, Section, with_results},
    site::Places,
};
use convoy_e2e::{Lab, dist, run_at};
use serde_json::{Value, json};

/// All that shares a browser takes a quarter of an hour; on a slow and busy machine more.
const LIMIT: Duration = Duration::from_secs(2 * 60 * 60);

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let report = Plan::parse(words.iter().map(String::as_str)).and_then(|plan| bench(&plan));
    match report {
        Ok(report) if report.sections.iter().all(|it| it.failed.is_none()) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn bench(plan: &Plan) -> Result<Report> {
    let start = Instant::now();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.ancestors().nth(2).expect("this crate is in tests/bench of the repository");
    let places = Places { root: root.to_path_buf(), dist: dist()? };
    places.assemble(plan.parts.contains(&Part::Path))?;

    // Always, though some parts have no use for it: the report says which browser this is.
    let (shared, alone): (Vec<Part>, Vec<Part>) =
        plan.parts.iter().partition(|part| part.shares_the_browser());
    let (machine, measured) = run_at(&places.site(), LIMIT, async |lab| {
        let machine = Machine::look(&places.root, &browser(lab).await?);
        print!("\n{}", machine.table().text());
        let mut measured = Vec::new();
        for part in shared {
            measured.push((part, told(part, part.measure_in(lab, plan, &places).await)));
        }
        Ok((machine, measured))
    })?;
    let alone = alone.into_iter().map(|part| (part, told(part, part.measure(plan, &places))));
    let all: Vec<(Part, Section)> = measured.into_iter().chain(alone).collect();

    let sections = plan.parts.iter().filter_map(|part| {
        all.iter().find(|(other, _)| other == part).map(|(_, section)| section.clone())
    });
    let report = Report { machine, quick: plan.quick, sections: sections.collect() };
    report.write(&places.folder())?;
    if plan.write {
        write_results(&places.root.join("BENCHMARKS.md"), &report)?;
    }
    println!("\n{}", budgets::table(&report.judgements()).text());
    println!("   took {} s; target/bench/report.md, report.json", start.elapsed().as_secs());
    Ok(report)
}

/// The browser's name and version, as it says itself.
async fn browser(lab: &Lab) -> Result<String> {
    let version: Value = lab.devtools("Browser.getVersion", json!({})).await?;
    let product = version["product"].as_str().context("a browser says its version")?;
    Ok(product.replace('/', " "))
}

/// Prints what a part gave. A part that fails does not keep the others from being measured.
fn told(part: Part, outcome: Result<Section>) -> Section {
    let section = outcome.unwrap_or_else(|error| Section::failure(part.title(), &error));
    print!("{}", section.text());
    section
}

fn write_results(page: &Path, report: &Report) -> Result<()> {
    let text = fs::read_to_string(page).context("BENCHMARKS.md")?;
    let text = with_results(&text, &report.markdown(false))?;
    fs::write(page, text).context("cannot write BENCHMARKS.md")
}
