//! A number field that stands alone: what is typed stays until it is right, and says what is
//! wrong. Fields of the scenario are [`super::field`]'s.

use super::field::plain;
use crate::core::refusal::Problem;
use crate::scenario::limits::Limits;
use crate::ui::i18n::{Texts, problem_text, use_speech};
use crate::view::{format::fill, parse};
use leptos::prelude::*;

/// A text of the page.
pub type Says = fn(&Texts) -> &'static str;

/// What a number field is about.
#[derive(Clone, Copy)]
pub struct NumberSpec {
    /// Its id, unique on the page.
    pub id: &'static str,
    pub label: Says,
    pub unit: Says,
    pub limits: Limits,
    /// The value that a blank field stands for, and what it says then.
    pub blank: Option<(f64, Says)>,
}

/// A number field with its label, unit and error. `set` gets what is within the limits when the
/// field is left. `also` is what is wrong with the value beside others.
#[component]
pub fn NumberInput(
    spec: NumberSpec,
    #[prop(into)] value: Signal<f64>,
    #[prop(into)] set: Callback<f64>,
    #[prop(optional, into)] also: Signal<Option<Problem>>,
) -> impl IntoView {
    let speech = use_speech();
    let draft = RwSignal::new(None::<String>);
    let wrong = RwSignal::new(None::<Problem>);
    // Another value from elsewhere, a preset, clears what was typed.
    Effect::watch(
        move || value.get(),
        move |_, _, _| {
            draft.set(None);
            wrong.set(None);
        },
        false,
    );
    let read = move |text: &str| {
        let locale = speech.0.get_untracked();
        let number = parse::number(locale, text);
        match (number.map_err(|_| Problem::WrongType("a number".into()))?, spec.blank) {
            (Some(number), _) => spec.limits.check(number).map_err(|refusal| refusal.problem),
            (None, Some((value, _))) => Ok(value),
            (None, None) => Err(Problem::Missing),
        }
    };
    let type_in = move |text: String| {
        // Nobody is scolded while typing; but what was wrong says when it is right again.
        if wrong.read_untracked().is_some() {
            wrong.set(read(&text).err());
        }
        draft.set(Some(text));
    };
    let enter = move |text: String| match read(&text) {
        Ok(number) => {
            draft.set(None);
            wrong.set(None);
            set.run(number);
        }
        Err(problem) => {
            draft.set(Some(text));
            wrong.set(Some(problem));
        }
    };
    let text = Memo::new(move |_| {
        draft.get().unwrap_or_else(|| {
            let value = value.get();
            let blank = spec.blank.is_some_and(|(blank, _)| blank == value);
            if blank { String::new() } else { plain(value, speech.locale()) }
        })
    });
    let problem = Memo::new(move |_| wrong.get().or_else(|| also.get()));
    let error_id = format!("{}-error", spec.id);
    let described = {
        let error_id = error_id.clone();
        move || problem.read().is_some().then(|| error_id.clone())
    };
    let message = move || {
        problem.get().map(|problem| {
            let label = (spec.label)(speech.texts());
            let text = problem_text(speech.locale(), &problem, 1.0);
            fill("{label}: {text}", &[("label", label), ("text", &text)])
        })
    };
    view! {
        <div class="field" class:wrong=move || problem.read().is_some()>
            <label for=spec.id>{move || (spec.label)(speech.texts())}</label>
            <div class="field-box">
                <input
                    id=spec.id
                    type="text"
                    inputmode=if spec.limits.whole { "numeric" } else { "decimal" }
                    autocomplete="off"
                    spellcheck="false"
                    placeholder=move || spec.blank.map_or("", |(_, says)| says(speech.texts()))
                    aria-invalid=move || problem.read().is_some().then_some("true")
                    aria-describedby=described
                    prop:value=move || text.get()
                    on:input=move |event| type_in(event_target_value(&event))
                    on:change=move |event| enter(event_target_value(&event))
                />
                <span class="unit">{move || (spec.unit)(speech.texts())}</span>
            </div>
            <p class="error" id=error_id role="alert">
                {message}
            </p>
        </div>
    }
}
