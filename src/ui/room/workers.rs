//! The consumers: one card each, to pause, slow down and kill.

use crate::core::ids::WorkerId;
use crate::say;
use crate::ui::{
    i18n::{Texts, use_speech},
    page::use_page,
    widgets::{
        choice::Menu,
        icon::{Glyph, Icon},
        panel::Panel,
    },
};
use crate::view::format::fill;
use crate::wire::page::{Intent, WorkerState, WorkerView};
use leptos::prelude::*;

/// The most consumers, as a scenario may have.
const MAX_WORKERS: usize = 32;

/// How much slower a consumer can be made.
const FACTORS: [f64; 6] = [0.25, 1.0, 2.0, 4.0, 10.0, 100.0];

/// Silence shorter than this is the ordinary distance of heartbeats, in milliseconds.
const SILENT_MS: f64 = 1_500.0;

/// How many colours there are for consumers; the name tells them apart for certain.
pub const TINTS: u16 = 8;

/// Which colour a consumer has, 1 … [`TINTS`].
pub const fn tint(worker: WorkerId) -> u16 {
    worker.0.wrapping_sub(1) % TINTS + 1
}

/// All consumers.
#[component]
pub fn WorkersPanel() -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let title = speech.text(|t| t.workers_title);
    let ids = Memo::new(move |_| -> Vec<WorkerId> {
        let mut ids: Vec<WorkerId> =
            page.snapshot.read().workers.iter().map(|worker| worker.id).collect();
        ids.sort_unstable();
        ids
    });
    let alive = Memo::new(move |_| {
        let (snapshot, killed) = (page.snapshot.read(), page.killed.read());
        let alive = |worker: &&WorkerView| {
            worker.state != WorkerState::Dead && !killed.contains(&worker.id)
        };
        snapshot.workers.iter().filter(alive).count()
    });
    let actions: Children = Box::new(move || {
        view! {
            <button
                class="button small"
                id="worker-remove"
                disabled=move || alive.get() <= 1
                on:click=move |_| page.scale((alive.get_untracked().max(2) - 1) as u16)
            >
                <Icon glyph=Glyph::Remove />
                {say!(speech.worker_remove)}
            </button>
            <button
                class="button small"
                id="worker-add"
                disabled=move || { alive.get() >= MAX_WORKERS }
                on:click=move |_| page.scale((alive.get_untracked() + 1) as u16)
            >
                <Icon glyph=Glyph::Add />
                {say!(speech.worker_add)}
            </button>
        }
        .into_any()
    });
    view! {
        <Panel id="workers" title=title actions=actions>
            <ul class="workers">
                <For
                    each=move || ids.get()
                    key=|id| *id
                    children=|id| view! { <WorkerCard id=id /> }
                />
            </ul>
            <Show when=move || ids.read().is_empty()>
                <p class="empty">
                    {move || {
                        let texts = speech.texts();
                        if page.up.get() { texts.workers_none } else { texts.lab_starting }
                    }}
                </p>
            </Show>
        </Panel>
    }
}

/// What is shown of a consumer's state.
fn shown_state(texts: &Texts, state: WorkerState, killed: bool) -> (&'static str, &'static str) {
    match (state, killed) {
        (WorkerState::Dead, _) => ("dead", texts.state_dead),
        (_, true) => ("killed", texts.state_killed),
        (WorkerState::Starting, _) => ("starting", texts.state_starting),
        (WorkerState::Idle, _) => ("idle", texts.state_idle),
        (WorkerState::Busy, _) => ("busy", texts.state_busy),
        (WorkerState::Paused, _) => ("paused", texts.state_paused),
    }
}

fn glyph(state: &str) -> Glyph {
    match state {
        "dead" => Glyph::Dead,
        "killed" => Glyph::Kill,
        "starting" => Glyph::Hourglass,
        "busy" => Glyph::Play,
        "paused" => Glyph::Pause,
        _ => Glyph::Idle,
    }
}

#[component]
fn WorkerCard(id: WorkerId) -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let worker = Memo::new(move |_| {
        page.snapshot.read().workers.iter().find(|worker| worker.id == id).cloned()
    });
    let of = move |field: fn(&WorkerView) -> f64| {
        Memo::new(move |_| worker.read().as_ref().map_or(0.0, field))
    };
    let killed = Memo::new(move |_| page.killed.read().contains(&id));
    let state = Memo::new(move |_| {
        let state = worker.read().as_ref().map_or(WorkerState::Dead, |worker| worker.state);
        shown_state(speech.texts(), state, killed.get())
    });
    let over = Memo::new(move |_| matches!(state.get().0, "dead" | "killed"));
    let paused = Memo::new(move |_| state.get().0 == "paused");
    let busy = Memo::new(move |_| {
        let share = worker.read().as_ref().map_or(0.0, |worker| worker.busy_fraction);
        if over.get() { 0.0 } else { (share * 100.0).round() }
    });
    let silent = of(|worker| (worker.silent_ms / 100.0).round() * 100.0);
    let whole = move |field: fn(&WorkerView) -> f64| {
        let memo = of(field);
        move || speech.format().whole(memo.get() as i64)
    };
    let named = move |text: fn(&Texts) -> &'static str| {
        move || fill(text(speech.texts()), &[("worker", &id.to_string())])
    };
    view! {
        <li
            class=format!("worker tint-{}", tint(id))
            class:over=move || over.get()
            data-worker=id.to_string()
            data-state=move || state.get().0
        >
            <div class="worker-head">
                <span class="worker-badge">{id.to_string()}</span>
                <span class="worker-state">
                    <Icon glyph=Signal::derive(move || glyph(state.get().0)) />
                    <span>{move || state.get().1}</span>
                    <Show when=move || { silent.get() > SILENT_MS && state.get().0 != "starting" }>
                        <span class="worker-silent">
                            {move || {
                                let silent = speech.format().duration(silent.get());
                                fill(speech.texts().worker_silent, &[("time", &silent)])
                            }}
                        </span>
                    </Show>
                </span>
                <Show when=move || !over.get()>
                <div class="worker-tools">
                    <SlowMenu id=id />
                    <button
                        class="button small square"
                        aria-label=move || {
                            if paused.get() {
                                named(|t| t.worker_resume)()
                            } else {
                                named(|t| t.worker_pause)()
                            }
                        }
                        title=move || {
                            let texts = speech.texts();
                            if paused.get() { texts.resume } else { texts.pause }
                        }
                        on:click=move |_| {
                            page.send(
                                if paused.get_untracked() {
                                    Intent::Resume(id)
                                } else {
                                    Intent::Pause(id)
                                },
                            );
                        }
                    >
                        <Icon glyph=Signal::derive(move || {
                            if paused.get() { Glyph::Play } else { Glyph::Pause }
                        }) />
                    </button>
                    <button
                        class="button small danger"
                        aria-label=named(|t| t.worker_kill)
                        on:click=move |_| page.kill(id)
                    >
                        {say!(speech.kill)}
                    </button>
                </div>
                </Show>
            </div>
            <dl class="worker-figures">
                <div>
                    <dt>{say!(speech.worker_processed)}</dt>
                    <dd>{whole(|worker| worker.processed as f64)}</dd>
                </div>
                <div>
                    <dt>{say!(speech.worker_holds)}</dt>
                    <dd>{whole(|worker| f64::from(worker.in_flight))}</dd>
                </div>
                <div>
                    <dt>{say!(speech.worker_lanes)}</dt>
                    <dd>{whole(|worker| f64::from(worker.lanes))}</dd>
                </div>
                <div class="worker-busy">
                    <dt>{say!(speech.worker_busy)}</dt>
                    <dd>
                        <span class="meter" aria-hidden="true">
                            <span style:width=move || format!("{}%", busy.get().clamp(0.0, 100.0))>
                            </span>
                        </span>
                        {move || speech.format().percent(busy.get() / 100.0, 0)}
                    </dd>
                </div>
            </dl>
        </li>
    }
}

/// How much slower (or faster) than set the consumer works.
#[component]
fn SlowMenu(id: WorkerId) -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let factor = Memo::new(move |_| {
        let snapshot = page.snapshot.read();
        let found = snapshot.workers.iter().find(|worker| worker.id == id);
        found.map_or(1.0, |worker| worker.slow_factor)
    });
    let label =
        Signal::derive(move || fill(speech.texts().worker_slow, &[("worker", &id.to_string())]));
    let choices = FACTORS
        .into_iter()
        .map(|factor| {
            let text = Signal::derive(move || format!("×{}", speech.format().plain(factor, 2)));
            (factor, text)
        })
        .collect();
    view! {
        <Menu
            id=format!("slow-{id}")
            label=label
            quiet=true
            choices=choices
            chosen=factor
            choose=Callback::new(move |factor| {
                page.send(Intent::Slow { worker: id, factor });
            })
        />
    }
}
