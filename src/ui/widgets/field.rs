//! A number field of the scenario: what is typed stays until it is right, and says what is wrong.

use crate::core::refusal::Problem;
use crate::scenario::limits::limit;
use crate::ui::{
    i18n::{problem_text, use_speech},
    page::{Page, use_page},
    room::specs::Spec,
};
use crate::view::{format::fill, locale::Locale, parse};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// What was typed into a field and is not part of the scenario yet.
#[derive(Clone, Debug, PartialEq)]
struct Draft {
    text: String,
    problem: Option<Problem>,
}

/// The fields of a form, and what was typed into them.
#[derive(Clone, Copy)]
pub struct Form {
    specs: &'static [Spec],
    drafts: RwSignal<BTreeMap<&'static str, Draft>>,
    page: Page,
}

impl Form {
    /// A form of these fields. Another scenario as a whole clears what was typed.
    pub fn new(specs: &'static [Spec]) -> Self {
        let page = use_page();
        let form = Self { specs, drafts: RwSignal::new(BTreeMap::new()), page };
        Effect::watch(
            move || page.adopted.get(),
            move |_, _, _| form.drafts.update(BTreeMap::clear),
            false,
        );
        form
    }

    /// The fields.
    pub const fn specs(self) -> &'static [Spec] {
        self.specs
    }

    /// Takes all that was typed into the scenario. When something is wrong it says so, focuses
    /// the first such field, and gives false.
    pub fn commit_all(self, locale: Locale) -> bool {
        self.specs.iter().for_each(|spec| self.commit(spec, locale));
        let drafts = self.drafts.read_untracked();
        let wrong = self
            .specs
            .iter()
            .find(|spec| drafts.get(spec.path).is_some_and(|draft| draft.problem.is_some()));
        if let Some(spec) = wrong {
            crate::platform::dom::focus(&format!("#{}", spec.id()));
        }
        wrong.is_none()
    }

    fn type_in(self, spec: &'static Spec, text: String, locale: Locale) {
        self.drafts.update(|drafts| {
            let was_wrong = drafts.get(spec.path).is_some_and(|draft| draft.problem.is_some());
            // Nobody is scolded while typing; but what was wrong says when it is right again.
            let problem = was_wrong.then(|| read(spec, &text, locale).err()).flatten();
            drafts.insert(spec.path, Draft { text, problem });
        });
    }

    /// Takes what a field holds when it is left. Not every way to fill a field in is typing.
    fn enter(self, spec: &'static Spec, text: String, locale: Locale) {
        if untrack(|| self.text(spec, locale)) != text {
            self.type_in(spec, text, locale);
        }
        self.commit(spec, locale);
    }

    fn commit(self, spec: &'static Spec, locale: Locale) {
        let Some(draft) = self.drafts.read_untracked().get(spec.path).cloned() else { return };
        match read(spec, &draft.text, locale) {
            Ok(value) => {
                let mut scenario = self.page.scenario.get_untracked();
                (spec.set)(&mut scenario, value);
                self.drafts.update(|drafts| {
                    drafts.remove(spec.path);
                });
                self.page.configure(scenario);
            }
            Err(problem) => self.drafts.update(|drafts| {
                drafts.insert(spec.path, Draft { problem: Some(problem), ..draft });
            }),
        }
    }

    fn text(self, spec: &'static Spec, locale: Locale) -> String {
        if let Some(draft) = self.drafts.read().get(spec.path) {
            return draft.text.clone();
        }
        (spec.get)(&self.page.scenario.read())
            .map(|value| plain(value * spec.scale, locale))
            .unwrap_or_default()
    }

    fn problem(self, spec: &'static Spec) -> Option<Problem> {
        self.drafts.read().get(spec.path).and_then(|draft| draft.problem.clone())
    }
}

/// A number without thousands' marks, so that it is easy to edit.
pub fn plain(value: f64, locale: Locale) -> String {
    // Nine digits are enough for any field, and hide what binary fractions add.
    let text = format!("{value:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.replace('.', &locale.point().to_string())
}

fn read(spec: &Spec, text: &str, locale: Locale) -> Result<Option<f64>, Problem> {
    let number = parse::number(locale, text).map_err(|_| Problem::WrongType("a number".into()))?;
    match number {
        None if spec.optional => Ok(None),
        None => Err(Problem::Missing),
        Some(number) => {
            let limits = limit(spec.path);
            limits.check(number / spec.scale).map(Some).map_err(|refusal| refusal.problem)
        }
    }
}

/// A number field with its label, unit and error.
#[component]
pub fn NumberField(spec: &'static Spec, form: Form) -> impl IntoView {
    let speech = use_speech();
    let locale = move || speech.0.get_untracked();
    let id = spec.id();
    let error_id = format!("{id}-error");
    let problem = Memo::new(move |_| form.problem(spec));
    let text = Memo::new(move |_| form.text(spec, speech.locale()));
    let described = {
        let error_id = error_id.clone();
        move || problem.read().is_some().then(|| error_id.clone())
    };
    let message = move || {
        problem.get().map(|problem| {
            let label = (spec.label)(speech.texts());
            let text = problem_text(speech.locale(), &problem, spec.scale);
            fill("{label}: {text}", &[("label", label), ("text", &text)])
        })
    };
    view! {
        <div class="field" class:wrong=move || problem.read().is_some()>
            <label for=id.clone()>{move || (spec.label)(speech.texts())}</label>
            <div class="field-box">
                <input
                    id=id
                    type="text"
                    inputmode=if limit(spec.path).whole { "numeric" } else { "decimal" }
                    autocomplete="off"
                    spellcheck="false"
                    placeholder=move || (spec.placeholder)(speech.texts())
                    aria-invalid=move || problem.read().is_some().then_some("true")
                    aria-describedby=described
                    prop:value=move || text.get()
                    on:input=move |event| form.type_in(spec, event_target_value(&event), locale())
                    on:change=move |event| form.enter(spec, event_target_value(&event), locale())
                />
                <span class="unit">{move || (spec.unit)(speech.texts())}</span>
            </div>
            <p class="error" id=error_id role="alert">
                {message}
            </p>
        </div>
    }
}
