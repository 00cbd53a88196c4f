//! What came of the calls: over time, added up, and as each consumer's client remembers it.

use super::service_name;
use crate::core::status::Service;
use crate::say;
use crate::scenario::services::WaitPlace;
use crate::ui::{
    i18n::{Texts, use_speech},
    page::{column, use_page},
    room::charts::{Line, LineChart, Spec},
    widgets::{
        icon::{Glyph, Icon},
        panel::Panel,
    },
};
use crate::view::format::{Format, fill};
use crate::wire::page::{BreakerState, ClientView, Intent, ServiceView};
use leptos::prelude::*;

static CALLS: Spec = Spec {
    panel: "calls",
    chart: "calls-chart",
    table: "calls-table",
    title: |t| t.calls_title,
    lines: &[
        Line { column: column::CALLS, tint: 1, dash: &[], label: |t| t.calls_all },
        Line { column: column::RETRIES, tint: 6, dash: &[5.0, 3.0], label: |t| t.calls_retries },
        Line { column: column::FAILURES, tint: 2, dash: &[2.0, 2.0], label: |t| t.calls_failed },
        Line { column: column::HELD_BACK, tint: 5, dash: &[8.0, 3.0], label: |t| t.calls_held },
    ],
    write: |format, figure| format.compact(figure.round()),
    unit: |t| t.unit_per_second,
    whole: true,
};

static BREAKERS: Spec = Spec {
    panel: "breakers",
    chart: "breakers-chart",
    table: "breakers-table",
    title: |t| t.breakers_title,
    lines: &[
        Line { column: column::FAILURE_SHARE, tint: 2, dash: &[], label: |t| t.breakers_failed },
        Line { column: column::OPEN, tint: 6, dash: &[5.0, 3.0], label: |t| t.breakers_open },
        Line {
            column: column::HALF_OPEN,
            tint: 4,
            dash: &[2.0, 2.0],
            label: |t| t.breakers_half_open,
        },
    ],
    write: |format, figure| format.compact(figure.round()),
    unit: |t| t.unit_percent,
    whole: true,
};

static TOKENS: Spec = Spec {
    panel: "tokens",
    chart: "tokens-chart",
    table: "tokens-table",
    title: |t| t.tokens_title,
    lines: &[
        Line { column: column::TOKENS_MEAN, tint: 1, dash: &[], label: |t| t.tokens_mean },
        Line {
            column: column::TOKENS_LEAST,
            tint: 6,
            dash: &[5.0, 3.0],
            label: |t| t.tokens_least,
        },
    ],
    write: tokens,
    unit: |_| "",
    whole: false,
};

/// The payment's calls over time (the thundering herd), its breakers over the failure rate, and
/// its retry budgets.
#[component]
pub fn CallCharts() -> impl IntoView {
    let speech = use_speech();
    let panel = |spec: &'static Spec| {
        let title = Signal::derive(move || (spec.title)(speech.texts()).to_owned());
        view! {
            <Panel id=spec.panel title=title>
                <LineChart spec=spec title=title />
            </Panel>
        }
    };
    [&CALLS, &BREAKERS, &TOKENS].map(panel).collect_view()
}

/// All calls of each service, and by how much the retries multiplied them.
#[component]
pub fn Tallies() -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let services = Memo::new(move |_| page.snapshot.read().services.clone());
    let accepted = Memo::new(move |_| page.snapshot.read().counts.accepted);
    let parked = Memo::new(move |_| page.snapshot.read().counts.parked);
    let most = move || {
        let scenario = page.scenario.read();
        let retry = &scenario.retry;
        let layers = if retry.wait == WaitPlace::Consumer { retry.layers } else { 1 };
        (retry.wait != WaitPlace::Redeliver)
            .then(|| (retry.attempts, layers, u32::from(retry.attempts).pow(layers.into())))
    };
    let row = move |view: ServiceView| {
        let (texts, format) = (speech.texts(), speech.format());
        let tally = view.tally;
        let whole = |count: u64| format.whole(count);
        let orders = accepted.get();
        let times = (orders > 0).then(|| tally.calls as f64 / orders as f64);
        view! {
            <tr>
                <th scope="row">
                    {service_name(texts, view.service)}
                    {view.out.then(|| view! { " " <b class="bad">{say!(speech.service_out)}</b> })}
                </th>
                <td>{whole(tally.calls)}</td>
                <td>{whole(tally.retries)}</td>
                <td>{whole(tally.failed)}</td>
                <td>{whole(tally.throttled)}</td>
                <td>{whole(tally.declined)}</td>
                <td>{whole(tally.timed_out)}</td>
                <td>{whole(tally.conflicts)}</td>
                <td>{whole(tally.held_back)}</td>
                <td>{times.map_or("–".to_owned(), |times| format!("× {}", format.decimal(times, 2)))}</td>
            </tr>
        }
    };
    let theory = move || {
        let texts = speech.texts();
        most().map(|(attempts, layers, most)| {
            let values = [
                ("r", (attempts - 1).to_string()),
                ("k", layers.to_string()),
                ("most", most.to_string()),
            ];
            fill(
                texts.calls_theory,
                &values.each_ref().map(|(name, value)| (*name, value.as_str())),
            )
        })
    };
    view! {
        <Panel id="tallies" title=speech.text(|t| t.tallies_title)>
            <div class="table-scroll" tabindex="0" role="group" aria-label=say!(speech.tallies_title)>
                <table class="figures">
                    <thead>
                        <tr>
                            <th scope="col">{say!(speech.tally_service)}</th>
                            <th scope="col">{say!(speech.calls_all)}</th>
                            <th scope="col">{say!(speech.calls_retries)}</th>
                            <th scope="col">{say!(speech.tally_failed)}</th>
                            <th scope="col">"429"</th>
                            <th scope="col">{say!(speech.tally_declined)}</th>
                            <th scope="col">{say!(speech.tally_timed_out)}</th>
                            <th scope="col">{say!(speech.tally_conflicts)}</th>
                            <th scope="col">{say!(speech.calls_held)}</th>
                            <th scope="col">{say!(speech.tally_per_order)}</th>
                        </tr>
                    </thead>
                    <tbody>{move || services.get().into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
            <p class="hint">{theory}</p>
            <Show when=move || { parked.get() > 0 }>
                <p class="parked" role="status">
                    <Icon glyph=Glyph::Pause />
                    {move || {
                        let count = speech.format().whole(parked.get());
                        fill(speech.texts().parked, &[("n", &count)])
                    }}
                    <button type="button" id="unpark" on:click=move |_| page.send(Intent::Unpark)>
                        {say!(speech.unpark)}
                    </button>
                </p>
            </Show>
        </Panel>
    }
}

/// The consumers' breakers and retry budgets.
#[component]
pub fn Clients() -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let has_budget = move |service: Service| {
        let scenario = page.scenario.read();
        let kind = match service {
            Service::Payment => scenario.budget.kind,
            Service::Recommendations => scenario.recommendations.budget.kind,
            Service::Notifications => scenario.notifications.budget.kind,
            Service::Stock => scenario.stock.budget.kind,
        };
        kind != crate::core::budget::BudgetKind::None
    };
    let clients = Memo::new(move |_| {
        let snapshot = page.snapshot.read();
        let of = |view: &ServiceView| {
            let service = view.service;
            let remembers = |client: &&ClientView| {
                client.breaker != BreakerState::Disabled || has_budget(service)
            };
            let clients = view.clients.iter().filter(remembers);
            clients.map(|client| (service, *client)).collect::<Vec<_>>()
        };
        snapshot.services.iter().flat_map(of).collect::<Vec<_>>()
    });
    let rows = move || {
        let (texts, format) = (speech.texts(), speech.format());
        let row = |(service, client): (Service, ClientView)| {
            let tokens = has_budget(service).then(|| tokens(format, client.tokens));
            view! {
                <tr>
                    <th scope="row">{client.worker.to_string()}</th>
                    <td>{service_name(texts, service)}</td>
                    <td class=breaker_class(client.breaker)>
                        {breaker_name(texts, client.breaker)}
                    </td>
                    <td>{tokens.unwrap_or_else(|| "–".to_owned())}</td>
                </tr>
            }
        };
        clients.get().into_iter().map(row).collect_view()
    };
    view! {
        <Panel id="clients" title=speech.text(|t| t.clients_title)>
            <p class="hint">{say!(speech.clients_hint)}</p>
            <Show
                when=move || !clients.read().is_empty()
                fallback=move || view! { <p class="empty">{say!(speech.clients_empty)}</p> }
            >
                <table class="figures clients">
                    <thead>
                        <tr>
                            <th scope="col">{say!(speech.client_worker)}</th>
                            <th scope="col">{say!(speech.tally_service)}</th>
                            <th scope="col">{say!(speech.policy_breaker)}</th>
                            <th scope="col">{say!(speech.budget_tokens)}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </Show>
        </Panel>
    }
}

fn tokens(format: Format, tokens: f64) -> String {
    format.decimal(tokens, 1)
}

const fn breaker_class(state: BreakerState) -> &'static str {
    match state {
        BreakerState::Open | BreakerState::ForcedOpen => "bad",
        BreakerState::HalfOpen => "busy",
        _ => "",
    }
}

const fn breaker_name(texts: &Texts, state: BreakerState) -> &'static str {
    match state {
        BreakerState::Closed => texts.state_closed,
        BreakerState::Open => texts.state_open,
        BreakerState::HalfOpen => texts.state_half_open,
        BreakerState::Disabled => texts.state_disabled,
        BreakerState::MetricsOnly => texts.state_metrics_only,
        BreakerState::ForcedOpen => texts.state_forced_open,
    }
}
