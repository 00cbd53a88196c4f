//! The experiment on backoff and jitter, run in the twin's thread: calls and time over clients.

use super::names;
use crate::core::refusal::Refusal;
use crate::runtime::page::Lab;
use crate::say;
use crate::scenario::{
    fields::{Number, SEED},
    limits::whole,
};
use crate::ui::{
    i18n::use_speech,
    page::{Notice, Page, use_page},
    widgets::{
        icon::{Glyph, Icon},
        number::{NumberInput, NumberSpec},
        panel::Panel,
        plot::{PlotChart, PlotSpec},
    },
};
use crate::view::{
    csv,
    format::{Format, fill},
    plot::{PlotData, Ticks},
};
use crate::wire::twin::{JITTER_CLIENTS, JITTER_RUNS, JITTER_RUNS_MAX, JitterRow, Strategy};
use leptos::{prelude::*, task::spawn_local};
use std::sync::Arc;

const CALLS: PlotSpec = PlotSpec {
    id: "jitter-calls",
    table: "jitter-calls-table",
    ticks: Ticks::Numbers,
    write_x: |format, clients| format.whole(clients as u64),
    write_y: |format, calls| format.compact(calls.round()),
    stepped: false,
};

const TIME: PlotSpec =
    PlotSpec { id: "jitter-time", table: "jitter-time-table", write_y: seconds, ..CALLS };

/// Seconds for all of them: minutes would be hard to compare.
fn seconds(format: Format, millis: f64) -> String {
    format!("{}\u{202f}s", format.plain(millis / 1000.0, 2))
}

/// What the section found out.
#[derive(Clone, Copy)]
struct Study {
    running: RwSignal<bool>,
    /// Counts up with every start and stop: what an earlier one finds is not wanted any more.
    turn: StoredValue<u32>,
    rows: RwSignal<Vec<JitterRow>>,
    runs: RwSignal<u16>,
    seed: RwSignal<u64>,
}

impl Study {
    fn new() -> Self {
        Self {
            running: RwSignal::new(false),
            turn: StoredValue::new(0),
            rows: RwSignal::new(Vec::new()),
            runs: RwSignal::new(JITTER_RUNS),
            seed: RwSignal::new(1),
        }
    }

    fn start(self, page: Page) {
        let Some(lab) = page.lab() else { return };
        let mine = self.next_turn();
        self.running.set(true);
        self.rows.set(Vec::new());
        spawn_local(async move {
            let found = self.run(&lab, mine).await;
            // The view may be gone, or something else may have been started.
            if self.turn.try_get_value() != Some(mine) {
                return;
            }
            self.running.set(false);
            if let Err(refusal) = found {
                page.notify(Notice::Refused(refusal));
            }
        });
    }

    /// One number of clients after the other, so that the charts grow.
    async fn run(self, lab: &Lab, mine: u32) -> Result<(), Refusal> {
        let (runs, seed) = (self.runs.get_untracked(), self.seed.get_untracked());
        for clients in JITTER_CLIENTS {
            let rows = lab.jitter(clients, runs, seed).await?;
            if self.turn.try_get_value() != Some(mine) {
                return Ok(());
            }
            self.rows.update(|all| all.extend(rows));
        }
        Ok(())
    }

    fn stop(self, page: Page) {
        if !self.running.get_untracked() {
            return;
        }
        self.next_turn();
        self.running.set(false);
        if let Some(lab) = page.lab() {
            lab.stop_simulating();
        }
    }

    fn next_turn(self) -> u32 {
        self.turn.update_value(|turn| *turn = turn.wrapping_add(1));
        self.turn.get_value()
    }

    /// The numbers of clients that are done, and a figure of each strategy.
    fn data(self, figure: fn(&JitterRow) -> f64) -> PlotData {
        let rows = self.rows.read();
        let of = |strategy: Strategy| rows.iter().filter(move |row| row.strategy == strategy);
        PlotData {
            x: of(Strategy::None).map(|row| f64::from(row.clients)).collect(),
            series: Strategy::ALL.map(|it| of(it).map(figure).collect()).into(),
            top: None,
        }
    }

    fn csv(self) -> String {
        let head = ["strategy", "clients", "calls", "completionMs"].map(str::to_owned).to_vec();
        let rows = self.rows.read();
        let row = |row: &JitterRow| {
            vec![
                row.strategy.name().to_owned(),
                row.clients.to_string(),
                row.calls.to_string(),
                row.completion_ms.to_string(),
            ]
        };
        csv::table(&std::iter::once(head).chain(rows.iter().map(row)).collect::<Vec<_>>())
    }
}

/// The section.
#[component]
pub fn ExperimentSection() -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let study = Study::new();
    on_cleanup(move || study.stop(page));
    let chart = move |spec: PlotSpec, title: Signal<String>, figure: fn(&JitterRow) -> f64| {
        view! {
            <div class="experiment-chart">
                <h3>{move || title.get()}</h3>
                <PlotChart
                    spec=spec
                    title=title
                    across=speech.text(|t| t.experiment_clients)
                    lines=names::strategy_lines()
                    data=Signal::derive(move || Arc::new(study.data(figure)))
                    empty=speech.text(|t| t.experiment_empty)
                />
            </div>
        }
    };
    view! {
        <Panel id="experiment" title=speech.text(|t| t.experiment_title)>
            <p class="hint">{say!(speech.experiment_hint)}</p>
            <Controls study=study />
            <Verdict study=study />
            <div class="experiment-charts">
                {chart(CALLS, speech.text(|t| t.experiment_calls), |row| row.calls)}
                {chart(TIME, speech.text(|t| t.experiment_time), |row| row.completion_ms)}
            </div>
            <Download study=study />
        </Panel>
    }
}

#[component]
fn Controls(study: Study) -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let runs = NumberSpec {
        id: "experiment-runs",
        label: |t| t.experiment_runs,
        unit: |_| "",
        limits: whole(1.0, f64::from(JITTER_RUNS_MAX)),
        blank: None,
    };
    let seed = NumberSpec { id: "experiment-seed", label: |t| t.seed, limits: SEED, ..runs };
    let done = Memo::new(move |_| study.rows.read().len() / Strategy::ALL.len());
    let progress = move || {
        let format = speech.format();
        let total = format.whole(JITTER_CLIENTS.len() as u64);
        let done = format.whole(done.get() as u64);
        fill(speech.texts().experiment_progress, &[("done", &done), ("total", &total)])
    };
    view! {
        <div class="experiment-controls">
            <NumberInput
                spec=runs
                value=Signal::derive(move || study.runs.get().as_f64())
                set=Callback::new(move |it: f64| study.runs.set(it as u16))
            />
            <NumberInput
                spec=seed
                value=Signal::derive(move || study.seed.get().as_f64())
                set=Callback::new(move |it: f64| study.seed.set(it as u64))
            />
            <div class="button-row">
                <button
                    id="experiment-run"
                    class="button primary"
                    disabled=move || study.running.get()
                    on:click=move |_| study.start(page)
                >
                    <Icon glyph=Glyph::Play />
                    {say!(speech.experiment_run)}
                </button>
                <button
                    id="experiment-stop"
                    class="button"
                    disabled=move || !study.running.get()
                    on:click=move |_| study.stop(page)
                >
                    <Icon glyph=Glyph::Stop />
                    {say!(speech.twin_stop)}
                </button>
            </div>
            <Show when=move || study.running.get()>
                <div class="experiment-progress">
                    <progress
                        max=JITTER_CLIENTS.len().to_string()
                        prop:value=move || done.get() as f64
                        aria-label=say!(speech.experiment_title)
                    ></progress>
                    <p class="hint" aria-hidden="true">{progress}</p>
                </div>
            </Show>
        </div>
    }
}

/// What the largest number of clients that is done shows.
#[component]
fn Verdict(study: Study) -> impl IntoView {
    let speech = use_speech();
    let words = move || {
        if study.running.get() {
            return None;
        }
        let rows = study.rows.read();
        let last = rows.last()?.clients;
        let of = |it: Strategy| rows.iter().find(|row| row.clients == last && row.strategy == it);
        let (none, full) = (of(Strategy::None)?, of(Strategy::Full)?);
        let format = speech.format();
        let calls = format.decimal(none.calls / full.calls, 1);
        let time = format.decimal(none.completion_ms / full.completion_ms, 1);
        let clients = format.whole(last);
        let values = [("clients", &*clients), ("calls", &calls), ("time", &time)];
        Some(fill(speech.texts().experiment_verdict, &values))
    };
    view! {
        <p class="experiment-verdict" id="experiment-verdict" role="status">
            {words}
        </p>
    }
}

#[component]
fn Download(study: Study) -> impl IntoView {
    let speech = use_speech();
    let there = Memo::new(move |_| !study.running.get() && !study.rows.read().is_empty());
    view! {
        <Show when=move || there.get()>
            <a
                id="experiment-csv"
                class="button"
                download="jitter-experiment.csv"
                href=move || csv::data_address(&study.csv())
            >
                <Icon glyph=Glyph::Download />
                {say!(speech.experiment_csv)}
            </a>
        </Show>
    }
}
