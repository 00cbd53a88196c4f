//! What the user should know: a worker of another build, a worker that failed, a bad link.

use crate::platform::dom;
use crate::say;
use crate::ui::{
    i18n::{refusal_text, use_speech},
    page::{Notice, use_page},
    widgets::icon::{Glyph, Icon},
};
use crate::view::format::fill;
use leptos::prelude::*;

/// The notices, the newest last.
#[component]
pub fn Notices() -> impl IntoView {
    let page = use_page();
    view! {
        <div class="notices" role="alert">
            <For
                each=move || page.notices.get()
                key=|notice| format!("{notice:?}")
                children=|notice| view! { <Banner notice=notice /> }
            />
        </div>
    }
}

#[component]
fn Banner(notice: Notice) -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let reloads = matches!(notice, Notice::StaleBuild { .. } | Notice::WorkerFailed(_));
    let serious = reloads;
    let text = {
        let notice = notice.clone();
        move || {
            let texts = speech.texts();
            match &notice {
                Notice::StaleBuild { page, worker } => {
                    let short = |build: &str| build.chars().take(8).collect::<String>();
                    fill(texts.notice_stale, &[("page", &short(page)), ("worker", &short(worker))])
                }
                Notice::WorkerFailed(why) => fill(texts.notice_worker_failed, &[("why", why)]),
                Notice::BadLink(refusal) => {
                    let why = refusal_text(speech.locale(), refusal);
                    fill(texts.notice_bad_link, &[("why", &why)])
                }
                Notice::Refused(refusal) => {
                    let why = refusal_text(speech.locale(), refusal);
                    fill(texts.notice_refused, &[("why", &why)])
                }
            }
        }
    };
    view! {
        <div class="notice" class:serious=serious>
            <Icon glyph=Glyph::Alert />
            <p>{text}</p>
            {reloads
                .then(|| {
                    view! {
                        <button class="button" on:click=|_| dom::reload()>
                            {say!(speech.reload)}
                        </button>
                    }
                })}
            <button
                class="button quiet square"
                aria-label=say!(speech.dismiss)
                on:click=move |_| page.dismiss(&notice)
            >
                <Icon glyph=Glyph::Close />
            </button>
        </div>
    }
}
