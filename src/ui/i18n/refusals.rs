//! Refusals in the user's language: which field, what is wrong, what would be right.

use super::{Texts, texts};
use crate::core::{
    obstacle::Obstacle,
    refusal::{Problem, Refusal},
};
use crate::ui::{
    room::specs::{SPECS, Spec},
    services::specs::FORMS,
};
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
        Problem::Stands(obstacle) => obstacle_text(texts, format, *obstacle),
    }
}

/// A refusal as one sentence: the field and what is wrong with it.
pub fn refusal_text(locale: Locale, refusal: &Refusal) -> String {
    let spec = every_spec().find(|spec| spec.path == refusal.field);
    let problem = problem_text(locale, &refusal.problem, spec.map_or(1.0, |spec| spec.scale));
    let label = field_label(locale, &refusal.field);
    if label.is_empty() { capitalised(&problem) } else { format!("{label}: {problem}") }
}

/// The text with its first letter as a sentence begins.
fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// What the field of that path is called in the forms; the path itself when it is in none.
pub fn field_label(locale: Locale, path: &str) -> String {
    let texts = texts(locale);
    let of_spec = |spec: &&Spec| spec.path == path;
    if let Some(spec) = every_spec().find(of_spec) {
        return (spec.label)(texts).into();
    }
    match path {
        "customer" => texts.shop_customer,
        "lines" => texts.cart_title,
        "link" => texts.share_link,
        "burst" => texts.burst_title,
        "id" | "worker" => texts.worker,
        "orderId" => texts.dead_order,
        "workers" => texts.workers_title,
        // What is not of one field: the sentence stands alone.
        "lab" | "broker" | "idle" | "timeoutMs" | "idempotencyKey" | "patch" | "" => {
            return String::new();
        }
        other => return quantity_label(texts, other),
    }
    .into()
}

/// `lines.2.quantity` and the like.
fn quantity_label(texts: &Texts, path: &str) -> String {
    if path.ends_with("quantity") { texts.cart_quantity.into() } else { path.into() }
}

fn obstacle_text(texts: &Texts, format: Format, obstacle: Obstacle) -> String {
    match obstacle {
        Obstacle::BurstRunning => texts.obstacle_burst_running.into(),
        Obstacle::DeadAlready(worker) => {
            fill(texts.obstacle_dead_already, &[("worker", &worker.to_string())])
        }
        Obstacle::KeyUsed => texts.obstacle_key_used.into(),
        Obstacle::ManyCustomers => texts.obstacle_many_customers.into(),
        Obstacle::ManyWaiting | Obstacle::ManyRequests => texts.obstacle_many_requests.into(),
        Obstacle::StillBusy { after_ms } => {
            let time = format.duration(f64::from(after_ms));
            fill(texts.obstacle_still_busy, &[("time", &time)])
        }
        Obstacle::BrokerNotStarted => texts.obstacle_broker_not_started.into(),
        Obstacle::BrokerGone => texts.obstacle_broker_gone.into(),
        Obstacle::RedriveRunning => texts.obstacle_redrive_running.into(),
        Obstacle::NotDead => texts.obstacle_not_dead.into(),
        Obstacle::ReplayRunning => texts.obstacle_replay_running.into(),
        Obstacle::NothingRecorded => texts.obstacle_nothing_recorded.into(),
        Obstacle::BegunAnew => texts.obstacle_begun_anew.into(),
        Obstacle::TwinNotStarted => texts.obstacle_twin_not_started.into(),
        Obstacle::TwinStopped => texts.obstacle_twin_stopped.into(),
        Obstacle::Misfit => texts.obstacle_misfit.into(),
    }
}

/// The number fields of all forms.
fn every_spec() -> impl Iterator<Item = &'static Spec> {
    let services = FORMS.iter().flat_map(|it| [it.failures, it.retry, it.breaker, it.budget]);
    SPECS.iter().copied().chain(services).flatten()
}
