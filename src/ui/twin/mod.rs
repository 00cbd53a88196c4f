//! The twin: the present scenario under a virtual clock, beside a live run of it; and the live
//! run's tape, lived again.
//!
//! What was measured and what was computed never share a column.

mod compare;
mod replay;

use self::{compare::Compare, replay::ReplayPanel};
use crate::core::refusal::Refusal;
use crate::runtime::page::Lab;
use crate::say;
use crate::ui::{
    i18n::use_speech,
    page::{Notice, Page, use_page},
    room::ordering,
    widgets::{
        icon::{Glyph, Icon},
        panel::Panel,
    },
};
use crate::view::format::fill;
use crate::wire::{
    page::{Intent, Reply, Snapshot},
    twin::TwinAnswer,
};
use leptos::{prelude::*, task::spawn_local};
use std::sync::Arc;

/// The longest run, in virtual milliseconds: a day. It ends earlier when everything is at rest.
const UNTIL_MS: u32 = 86_400_000;

/// The longest live run that is waited for, in milliseconds.
const LIVE_MS: u32 = 600_000;

/// What is under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Nothing,
    Live,
    Twin,
}

/// What the view found out.
#[derive(Clone, Copy)]
struct Study {
    stage: RwSignal<Stage>,
    /// Counts up with every start and stop: what an earlier one found is not wanted any more.
    turn: StoredValue<u32>,
    live: RwSignal<Option<Arc<Snapshot>>>,
    twin: RwSignal<Option<TwinAnswer>>,
}

impl Study {
    fn new() -> Self {
        Self {
            stage: RwSignal::new(Stage::Nothing),
            turn: StoredValue::new(0),
            live: RwSignal::new(None),
            twin: RwSignal::new(None),
        }
    }

    /// Runs the scenario, live first if that is wanted, then in the twin.
    fn start(self, page: Page, live_too: bool) {
        let Some(lab) = page.lab() else { return };
        let mine = self.next_turn();
        self.stage.set(if live_too { Stage::Live } else { Stage::Twin });
        self.twin.set(None);
        self.live.set(None);
        spawn_local(async move {
            let found = self.run(&lab, page, live_too, mine).await;
            // The view may be gone, or something else may have been started.
            if self.turn.try_get_value() != Some(mine) {
                return;
            }
            self.stage.set(Stage::Nothing);
            if let Err(refusal) = found {
                page.notify(Notice::Refused(refusal));
            }
        });
    }

    async fn run(self, lab: &Lab, page: Page, live_too: bool, mine: u32) -> Result<(), Refusal> {
        let scenario = lab.scenario();
        let wanted = || self.turn.try_get_value() == Some(mine);
        if live_too {
            lab.reset(scenario.clone()).await?;
            page.request(Intent::Burst(scenario.burst.clone())).await?;
            let idle = page.request(Intent::Idle { timeout_ms: LIVE_MS }).await?;
            let Reply::Snapshot(snapshot) = idle else { return Ok(()) };
            if !wanted() {
                return Ok(());
            }
            self.live.set(Some(Arc::from(snapshot)));
            self.stage.set(Stage::Twin);
        }
        let answer = lab.simulate(scenario, UNTIL_MS).await?;
        if wanted() {
            self.twin.set(Some(answer));
        }
        Ok(())
    }

    fn stop(self, page: Page) {
        self.next_turn();
        if let Some(lab) = page.lab() {
            if self.stage.get_untracked() == Stage::Live {
                page.send(Intent::StopBurst);
            }
            lab.stop_simulating();
        }
        self.stage.set(Stage::Nothing);
    }

    fn next_turn(self) -> u32 {
        self.turn.update_value(|turn| *turn = turn.wrapping_add(1));
        self.turn.get_value()
    }
}

/// The view.
#[component]
pub fn TwinView() -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let study = Study::new();
    on_cleanup(move || {
        if let Some(lab) = page.lab() {
            lab.stop_simulating();
        }
    });
    let title = Signal::derive(move || speech.texts().twin_run_title.to_owned());
    let busy = Memo::new(move |_| study.stage.get() != Stage::Nothing);
    let waits = move || busy.get() || !page.up.get();
    let scenario = move || {
        let (texts, format) = (speech.texts(), speech.format());
        let scenario = page.scenario.read();
        fill(
            texts.twin_scenario,
            &[
                ("orders", &format.whole(scenario.burst.orders)),
                ("customers", &format.whole(scenario.burst.customers)),
                ("ordering", ordering::name(texts, scenario.ordering)),
                ("workers", &format.whole(scenario.workers)),
                ("seed", &scenario.seed.to_string()),
            ],
        )
    };
    let progress = move || {
        let texts = speech.texts();
        match study.stage.get() {
            Stage::Nothing => "",
            Stage::Live => texts.twin_live_runs,
            Stage::Twin => texts.twin_twin_runs,
        }
    };
    view! {
        <div class="view">
            <div class="view-head">
                <h1>{say!(speech.nav_twin)}</h1>
            </div>
            <p class="hint">{say!(speech.twin_hint)}</p>
            <Panel id="twin-run" title=title>
                <p>{scenario}</p>
                <div class="button-row">
                    <button
                        id="twin-both"
                        class="button primary"
                        disabled=waits
                        on:click=move |_| study.start(page, true)
                    >
                        <Icon glyph=Glyph::Burst />
                        {say!(speech.twin_both)}
                    </button>
                    <button
                        id="twin-alone"
                        class="button"
                        disabled=waits
                        on:click=move |_| study.start(page, false)
                    >
                        <Icon glyph=Glyph::Twin />
                        {say!(speech.twin_alone)}
                    </button>
                    <button
                        id="twin-stop"
                        class="button"
                        disabled=move || !busy.get()
                        on:click=move |_| study.stop(page)
                    >
                        <Icon glyph=Glyph::Stop />
                        {say!(speech.twin_stop)}
                    </button>
                </div>
                <p class="hint" role="status">
                    {progress}
                </p>
                <Compare live=study.live twin=study.twin />
            </Panel>
            <ReplayPanel />
        </div>
    }
}
