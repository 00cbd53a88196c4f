//! One of a few: radio buttons side by side.

use leptos::prelude::*;

/// A group of radio buttons that looks like one divided button. `choices` are values with what
/// they are called.
#[component]
pub fn Segmented<T>(
    /// The name of the group, unique on the page.
    name: &'static str,
    /// What the group is called, for screen readers.
    #[prop(into)]
    label: Signal<String>,
    choices: Vec<(T, Signal<String>)>,
    #[prop(into)] chosen: Signal<T>,
    #[prop(into)] choose: Callback<T>,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let buttons = choices
        .into_iter()
        .enumerate()
        .map(|(index, (value, text))| {
            let id = format!("{name}-{index}");
            let target = id.clone();
            view! {
                <label class="segment" for=target>
                    <input
                        type="radio"
                        id=id
                        name=name
                        prop:checked=move || chosen.get() == value
                        on:change=move |_| choose.run(value)
                    />
                    <span>{move || text.get()}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <div class="segmented" role="radiogroup" id=name aria-label=move || label.get()>
            {buttons}
        </div>
    }
}

/// A labelled menu of a few values.
#[component]
pub fn Menu<T>(
    /// Its id, unique on the page.
    id: String,
    #[prop(into)] label: Signal<String>,
    choices: Vec<(T, Signal<String>)>,
    #[prop(into)] chosen: Signal<T>,
    #[prop(into)] choose: Callback<T>,
    /// Whether only screen readers get the label.
    #[prop(optional)]
    quiet: bool,
    /// Whether it takes a whole row of its form.
    #[prop(optional)]
    wide: bool,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let values: Vec<T> = choices.iter().map(|(value, _)| *value).collect();
    let options = choices
        .into_iter()
        .enumerate()
        .map(|(index, (value, text))| {
            view! {
                <option value=index.to_string() prop:selected=move || chosen.get() == value>
                    {move || text.get()}
                </option>
            }
        })
        .collect_view();
    view! {
        <div class="field" class:wide=wide>
            <label for=id.clone() class:visually-hidden=quiet>
                {move || label.get()}
            </label>
            <select
                id=id
                on:change=move |event| {
                    let index = event_target_value(&event).parse::<usize>().ok();
                    if let Some(value) = index.and_then(|index| values.get(index)) {
                        choose.run(*value);
                    }
                }
            >
                {options}
            </select>
        </div>
    }
}
