//! The policy explorer: a preset or own numbers, the waits that follow, and the herd of many
//! calls that fail together.

use super::{names, waits::WaitsTable};
use crate::core::{
    retry::{Backoff, Jitter, RetryPolicy},
    time::Span,
};
use crate::say;
use crate::scenario::{
    fields::{Choice, Number, SEED},
    limits::Limits,
    policies::{self, PRESETS, UNCAPPED},
};
use crate::ui::{
    i18n::{Texts, use_speech},
    widgets::{
        choice::Menu,
        number::{NumberInput, NumberSpec, Says},
        panel::Panel,
        plot::{PlotChart, PlotSpec},
    },
};
use crate::view::{
    format::{Format, fill},
    herd::{Herd, JITTERS},
    plot::Ticks,
};
use leptos::prelude::*;
use std::sync::Arc;

const HERD: PlotSpec = PlotSpec {
    id: "herd-chart",
    table: "herd-table",
    ticks: Ticks::Times,
    write_x: Format::duration,
    write_y: |format, retries| format.compact(retries),
    stepped: true,
};

/// What is explored.
#[derive(Clone, Copy)]
pub struct Explored {
    /// As the form has it; its fields may not fit each other.
    wanted: RwSignal<RetryPolicy>,
    /// The last one whose fields fit.
    pub policy: Memo<RetryPolicy>,
    pub seed: RwSignal<u64>,
}

impl Explored {
    fn new() -> Self {
        let wanted = RwSignal::new(policies::ASYNC_RETRY.retry);
        let policy = Memo::new(move |before: Option<&RetryPolicy>| {
            let wanted = wanted.get();
            let fits = wanted.check().is_ok();
            if fits { wanted } else { before.copied().unwrap_or(RetryPolicy::NONE) }
        });
        Self { wanted, policy, seed: RwSignal::new(1) }
    }

    fn change(self, change: impl FnOnce(&mut RetryPolicy)) {
        self.wanted.update(change);
    }
}

/// The section.
#[component]
pub fn PolicySection() -> impl IntoView {
    let speech = use_speech();
    let explored = Explored::new();
    let herd = Memo::new(move |_| Arc::new(Herd::new(&explored.policy.get(), explored.seed.get())));
    let title = speech.text(|t| t.policy_title);
    view! {
        <Panel id="policy" title=title>
            <p class="hint">{say!(speech.policy_hint)}</p>
            <div class="policy-columns">
                <div class="policy-form">
                    <PolicyForm explored=explored />
                    <WaitsTable explored=explored />
                </div>
                <div class="policy-herd">
                    <HerdChart explored=explored herd=herd />
                </div>
            </div>
        </Panel>
    }
}

#[component]
fn PolicyForm(explored: Explored) -> impl IntoView {
    let speech = use_speech();
    let wanted = explored.wanted;
    let own = PRESETS.len();
    let presets = PRESETS
        .iter()
        .enumerate()
        .map(|(index, preset)| (index, Signal::derive(move || preset.title.to_owned())));
    let presets = presets.chain([(own, speech.text(|t| t.policy_own))]).collect();
    let preset = Memo::new(move |_| {
        let wanted = wanted.get();
        PRESETS.iter().position(|preset| preset.retry == wanted).unwrap_or(own)
    });
    let take_preset = Callback::new(move |index: usize| {
        if let Some(preset) = PRESETS.get(index) {
            wanted.set(preset.retry);
        }
    });
    let backoffs = Backoff::ALL.iter().map(|(value, _)| {
        (*value, Signal::derive(move || names::backoff(speech.texts(), *value).to_owned()))
    });
    let jitters = JITTERS.into_iter().map(|value| {
        (value, Signal::derive(move || names::jitter(speech.texts(), value).to_owned()))
    });
    let mismatch =
        Signal::derive(move || wanted.get().check().err().map(|refusal| refusal.problem));
    let multiplies = move || wanted.read().backoff == Backoff::Exponential;
    view! {
        <div class="fields">
            <Menu
                id="policy-preset".into()
                label=speech.text(|t| t.policy_preset)
                choices=presets
                chosen=preset
                choose=take_preset
                wide=true
            />
            <Menu
                id="policy-backoff".into()
                label=speech.text(|t| t.policy_backoff)
                choices=backoffs.collect()
                chosen=Signal::derive(move || wanted.read().backoff)
                choose=Callback::new(move |it: Backoff| explored.change(|p| p.backoff = it))
            />
            <Menu
                id="policy-jitter".into()
                label=speech.text(|t| t.policy_jitter)
                choices=jitters.collect()
                chosen=Signal::derive(move || wanted.read().jitter)
                choose=Callback::new(move |it: Jitter| explored.change(|p| p.jitter = it))
            />
            <NumberInput
                spec=number("policy-attempts", |t| t.policy_attempts, nothing, policies::ATTEMPTS)
                value=Signal::derive(move || wanted.read().attempts.as_f64())
                set=Callback::new(move |it: f64| explored.change(|p| p.attempts = it as u16))
            />
            <NumberInput
                spec=number("policy-base", |t| t.policy_base, |t| t.unit_ms, policies::BASE_MS)
                value=Signal::derive(move || wanted.read().base.as_f64())
                set=Callback::new(move |it: f64| explored.change(|p| p.base = Span::from_f64(it)))
            />
            <Show when=multiplies>
                <NumberInput
                    spec=number("policy-factor", |t| t.policy_factor, nothing, policies::FACTOR)
                    value=Signal::derive(move || wanted.read().factor)
                    set=Callback::new(move |it: f64| explored.change(|p| p.factor = it))
                />
            </Show>
            <NumberInput
                spec=NumberSpec {
                    blank: Some((UNCAPPED.as_millis_f64(), |t| t.policy_cap_none)),
                    ..number("policy-cap", |t| t.policy_cap, |t| t.unit_ms, policies::CAP_MS)
                }
                value=Signal::derive(move || wanted.read().cap.as_f64())
                set=Callback::new(move |it: f64| explored.change(|p| p.cap = Span::from_f64(it)))
                also=mismatch
            />
            <NumberInput
                spec=number("policy-seed", |t| t.seed, nothing, SEED)
                value=Signal::derive(move || explored.seed.get().as_f64())
                set=Callback::new(move |it: f64| explored.seed.set(it as u64))
            />
        </div>
    }
}

#[component]
fn HerdChart(explored: Explored, herd: Memo<Arc<Herd>>) -> impl IntoView {
    let speech = use_speech();
    let title = Signal::derive(move || {
        let calls = speech.format().whole(herd.read().calls as u64);
        fill(speech.texts().herd_title, &[("calls", &calls)])
    });
    let part = move || {
        let shown = herd.read().retries;
        (shown > 0 && shown + 1 < explored.policy.read().attempts)
            .then(|| fill(speech.texts().herd_part, &[("n", &speech.format().whole(shown))]))
    };
    let step = move || {
        let format = speech.format();
        format.trimmed(&format.duration(herd.read().step_ms))
    };
    let reading = move || fill(speech.texts().herd_reading, &[("step", &step())]);
    let cut_off = move || {
        let herd = herd.read();
        herd.is_cut_off().then(|| {
            let most = speech.format().whole(herd.most_at_once as u64);
            fill(speech.texts().herd_cut_off, &[("n", &most), ("step", &step())])
        })
    };
    let beyond = move || {
        let beyond = herd.read().beyond;
        (beyond > 0.0).then(|| {
            let share = speech.format().percent(beyond, 1);
            fill(speech.texts().herd_beyond, &[("share", &share)])
        })
    };
    let chosen = Signal::derive(move || {
        let chosen = explored.policy.read().jitter;
        JITTERS.iter().position(|jitter| *jitter == chosen)
    });
    view! {
        <h3 id="policy-herd-title">{move || title.get()}</h3>
        <PlotChart
            spec=HERD
            title=title
            across=speech.text(|t| t.herd_across)
            lines=names::jitter_lines()
            strong=chosen
            data=Signal::derive(move || Arc::new(herd.read().data.clone()))
            empty=speech.text(|t| t.herd_empty)
        />
        <p class="hint" id="herd-notes">{reading} " " {part} " " {cut_off} " " {beyond}</p>
    }
}

fn number(id: &'static str, label: Says, unit: Says, limits: Limits) -> NumberSpec {
    NumberSpec { id, label, unit, limits, blank: None }
}

fn nothing(_: &Texts) -> &'static str {
    ""
}
