//! Refusals in the user's language: which field, what is wrong, what would be right.

use super::{Texts, texts};
use crate::core::refusal::{Code, Problem, Refusal};
use crate::ui::room::specs::{SPECS, Spec};
use crate::view::{
    format::{Format, fill},
    locale::Locale,
};

/// What is wrong, without the field's name. Figures are shown `scale` times as large.
pub fn problem_text(locale: Locale, problem: &Problem, scale: f64) -> String {
    let texts = texts(locale);
    let format = Format::new(locale);
    let figure = |value: &f64| format.plain(value * scale, 6);
    match problem {
        Problem::Missing => texts.problem_missing.into(),
        Problem::UnknownField => texts.problem_unknown_field.into(),
        Problem::WrongType(_) => texts.problem_wrong_type.into(),
        Problem::OutOfRange { min, max } => {
            fill(texts.problem_out_of_range, &[("min", &figure(min)), ("max", &figure(max))])
        }
        Problem::NotWhole => texts.problem_not_whole.into(),
        Problem::Empty => texts.problem_empty.into(),
        Problem::TooLong { max } => fill(texts.problem_too_long, &[("max", &format.whole(*max))]),
        Problem::NotOneOf(allowed) => {
            fill(texts.problem_not_one_of, &[("allowed", &allowed.join(", "))])
        }
        Problem::Unknown(name) => fill(texts.problem_unknown, &[("name", name)]),
        Problem::Damaged => texts.problem_damaged.into(),
        Problem::Foreign => texts.problem_foreign.into(),
        Problem::Stands(why) => stands(texts, why),
    }
}

/// A refusal as one sentence: the field and what is wrong with it.
pub fn refusal_text(locale: Locale, refusal: &Refusal) -> String {
    let texts = texts(locale);
    let spec = SPECS.iter().copied().flatten().find(|spec| spec.path == refusal.field);
    let problem = match refusal.code {
        Code::Overloaded if !matches!(refusal.problem, Problem::OutOfRange { .. }) => {
            texts.problem_overloaded.into()
        }
        Code::Unavailable => texts.problem_unavailable.into(),
        Code::Timeout => texts.problem_timeout.into(),
        _ => problem_text(locale, &refusal.problem, spec.map_or(1.0, |spec| spec.scale)),
    };
    let label = field_label(locale, &refusal.field);
    if label.is_empty() { problem } else { format!("{label}: {problem}") }
}

/// What the field of that path is called in the forms; the path itself when it is in none.
pub fn field_label(locale: Locale, path: &str) -> String {
    let texts = texts(locale);
    let of_spec = |spec: &&Spec| spec.path == path;
    if let Some(spec) = SPECS.iter().copied().flatten().find(of_spec) {
        return (spec.label)(texts).into();
    }
    match path {
        "customer" => texts.shop_customer,
        "lines" => texts.cart_title,
        "link" => texts.share_link,
        "burst" => texts.burst_title,
        "worker" => texts.worker,
        "workers" => texts.workers_title,
        // What is not of one field: the sentence stands alone.
        "lab" | "idle" | "patch" | "" => return String::new(),
        other => return quantity_label(texts, other),
    }
    .into()
}

/// `lines.2.quantity` and the like.
fn quantity_label(texts: &Texts, path: &str) -> String {
    if path.ends_with("quantity") { texts.cart_quantity.into() } else { path.into() }
}

/// The states and bounds that the engine names in English, as far as a user meets them.
fn stands(texts: &Texts, why: &str) -> String {
    if why.contains("burst") { texts.problem_burst_running.into() } else { why.into() }
}
