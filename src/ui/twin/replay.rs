//! The tape of the live run: how long it is, and whether it gives the same run again.

use super::compare::hash;
use crate::say;
use crate::ui::{
    i18n::use_speech,
    page::{Notice, use_page},
    widgets::{
        icon::{Glyph, Icon},
        panel::Panel,
    },
};
use crate::view::format::fill;
use crate::wire::page::{Intent, ReplayReport, Reply};
use leptos::{prelude::*, task::spawn_local};

/// The panel of the replay.
#[component]
pub fn ReplayPanel() -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let title = Signal::derive(move || speech.texts().replay_title.to_owned());
    let recording = Memo::new(move |_| page.snapshot.read().recording);
    let busy = RwSignal::new(false);
    let found = RwSignal::new(None::<ReplayReport>);
    let replay = move |_| {
        busy.set(true);
        found.set(None);
        spawn_local(async move {
            let reply = page.request(Intent::Replay).await;
            // The view may be gone.
            if busy.try_set(false).is_some() {
                return;
            }
            match reply {
                Ok(Reply::Replayed(report)) => found.set(Some(report)),
                Ok(_) => {}
                Err(refusal) => page.notify(Notice::Refused(refusal)),
            }
        });
    };
    let tape = move || {
        let (format, recording) = (speech.format(), recording.get());
        fill(
            speech.texts().replay_tape,
            &[
                ("entries", &format.whole(recording.entries)),
                ("bytes", &format.bytes(recording.bytes)),
            ],
        )
    };
    let full = move || {
        recording.get().full.then(|| view! { <p class="alarm">{say!(speech.replay_full)}</p> })
    };
    let result = move || {
        let report = found.get()?;
        let (texts, format) = (speech.texts(), speech.format());
        let same = report.is_same();
        let facts = [
            (texts.replay_hash_live, hash(report.pulse)),
            (texts.replay_hash_again, hash(report.replayed_pulse)),
            (texts.replay_state_live, report.state.map_or_else(|| "–".to_owned(), hash)),
            (texts.replay_state_again, hash(report.replayed_state)),
            (texts.twin_virtual, format.duration(report.virtual_ms)),
            (texts.twin_wall, format.duration(report.wall_ms)),
        ];
        let facts = facts.map(|(label, value)| {
            view! {
                <div>
                    <dt>{label}</dt>
                    <dd>{value}</dd>
                </div>
            }
        });
        let (glyph, words) = if same {
            (Glyph::Check, texts.replay_same)
        } else {
            (Glyph::Cross, texts.replay_other)
        };
        Some(view! {
            <p class="replay-verdict" class:alarm=!same data-same=same.to_string()>
                <Icon glyph=glyph />
                {words}
            </p>
            <dl class="result">{facts}</dl>
        })
    };
    view! {
        <Panel id="replay" title=title>
            <p class="hint">{say!(speech.replay_hint)}</p>
            <p>{tape}</p>
            {full}
            <div class="button-row">
                <button
                    id="replay-button"
                    class="button"
                    disabled=move || { busy.get() || recording.read().entries == 0 }
                    on:click=replay
                >
                    <Icon glyph=Glyph::Reset />
                    {say!(speech.replay_button)}
                </button>
            </div>
            <div role="status">{result}</div>
        </Panel>
    }
}
