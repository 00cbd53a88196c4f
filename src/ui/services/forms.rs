//! A service's failures and policies, in force as soon as they are right.

use super::{
    choices::{self, FieldMenu, Named},
    service_name,
    specs::FORMS,
};
use crate::core::status::Service;
use crate::say;
use crate::scenario::{
    Scenario, policies,
    services::{Fallback, Nesting, WaitPlace},
};
use crate::ui::{
    i18n::{Texts, use_speech},
    page::use_page,
    room::specs::Spec,
    widgets::{
        choice::{Menu, Segmented},
        field::{Form, NumberField},
        panel::Panel,
    },
};
use leptos::prelude::*;

/// A switch between the services, and the chosen one's forms.
#[component]
pub fn ServiceForms() -> impl IntoView {
    let speech = use_speech();
    let title = speech.text(|t| t.services_title);
    let chosen = RwSignal::new(Service::Payment);
    // In the order that an attempt calls them.
    let choices =
        [Service::Payment, Service::Stock, Service::Recommendations, Service::Notifications]
            .into_iter()
            .map(|service| {
                let name = Signal::derive(move || service_name(speech.texts(), service).to_owned());
                (service, name)
            })
            .collect();
    view! {
        <Panel id="services" title=title>
            <p class="hint">{say!(speech.services_hint)}</p>
            <Segmented
                name="service-choice"
                label=title
                choices=choices
                chosen=chosen
                choose=Callback::new(move |service| chosen.set(service))
            />
            {move || view! { <OneService service=chosen.get() /> }}
        </Panel>
    }
}

/// The name of a service's fields in the scripting API, with the dot behind it.
const fn prefix(service: Service) -> &'static str {
    match service {
        Service::Payment => "",
        Service::Recommendations => "recommendations.",
        Service::Notifications => "notifications.",
        Service::Stock => "stock.",
    }
}

#[component]
fn OneService(service: Service) -> impl IntoView {
    let forms = &FORMS[service as usize];
    let prefix = prefix(service);
    let is_payment = service == Service::Payment;
    let failure = if is_payment { "gateway" } else { "failure" };
    view! {
        <div class="settings services">
            <Group legend=|t| t.service_failures specs=forms.failures>
                {(!is_payment).then(|| view! { <CalledBox service=service /> })}
                <FieldMenu
                    path=format!("{prefix}{failure}.latencyKind")
                    label=|t| t.latency_kind
                    get=|scenario, service| &mut choices::failure(scenario, service).latency_kind
                    service=service
                />
            </Group>
            <Group legend=|t| t.policy_retry specs=forms.retry>
                {is_payment.then(|| view! { <PresetMenu /> })}
                {is_payment.then(|| view! { <WaitMenu /> })}
                <FieldMenu
                    path=format!("{prefix}retry.backoff")
                    label=|t| t.policy_backoff
                    get=choices::backoff
                    service=service
                />
                <FieldMenu
                    path=format!("{prefix}retry.jitter")
                    label=|t| t.policy_jitter
                    get=choices::jitter
                    service=service
                />
                {is_payment.then(|| view! { <FallbackMenu /> })}
                {is_payment.then(|| view! { <NestingMenu /> })}
            </Group>
            <div>
                <Group legend=|t| t.policy_breaker specs=forms.breaker>
                    <FieldMenu
                        path=format!("{prefix}breaker.mode")
                        label=|t| t.breaker_mode
                        get=|scenario, service| &mut choices::breaker(scenario, service).mode
                        service=service
                    />
                    <FieldMenu
                        path=format!("{prefix}breaker.window")
                        label=|t| t.breaker_window
                        get=|scenario, service| &mut choices::breaker(scenario, service).window
                        service=service
                    />
                </Group>
                <Group legend=|t| t.policy_budget specs=forms.budget>
                    <FieldMenu
                        path=format!("{prefix}budget.kind")
                        label=|t| t.budget_kind
                        get=|scenario, service| &mut choices::budget(scenario, service).kind
                        service=service
                    />
                </Group>
            </div>
        </div>
    }
}

/// Menus first, then the number fields.
#[component]
fn Group(
    legend: fn(&Texts) -> &'static str,
    specs: &'static [Spec],
    children: Children,
) -> impl IntoView {
    let speech = use_speech();
    let form = Form::new(specs);
    view! {
        <fieldset class="group">
            <legend>{move || legend(speech.texts())}</legend>
            <div class="fields">
                {children()}
                {specs
                    .iter()
                    .map(|spec| view! { <NumberField spec=spec form=form /> })
                    .collect_view()}
            </div>
        </fieldset>
    }
}

/// Whether a service beside the payment is called.
const fn called(scenario: &mut Scenario, service: Service) -> Option<&mut bool> {
    match service {
        Service::Payment => None,
        Service::Recommendations => Some(&mut scenario.recommendations.called),
        Service::Notifications => Some(&mut scenario.notifications.called),
        Service::Stock => Some(&mut scenario.stock.called),
    }
}

#[component]
fn CalledBox(service: Service) -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let checked = move || called(&mut page.scenario.get(), service).is_some_and(|called| *called);
    let id = format!("{}called", prefix(service).replace('.', "-"));
    let target = id.clone();
    view! {
        <label class="check" for=target>
            <input
                type="checkbox"
                id=id
                prop:checked=checked
                on:change=move |event| {
                    let mut scenario = page.scenario.get_untracked();
                    if let Some(called) = called(&mut scenario, service) {
                        *called = event_target_checked(&event);
                    }
                    page.configure(scenario);
                }
            />
            <span>
                {move || match service {
                    Service::Stock => speech.texts().stock_called,
                    _ => speech.texts().service_called,
                }}
            </span>
        </label>
    }
}

/// What the chosen value of a menu means.
#[component]
fn Meaning<C: Named + Send + Sync>(
    get: fn(&Scenario) -> C,
    text: fn(&Texts, C) -> &'static str,
) -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let chosen = Memo::new(move |_| get(&page.scenario.read()));
    view! {
        <p class="meaning wide" aria-live="polite">
            {move || text(speech.texts(), chosen.get())}
        </p>
    }
}

/// Takes over a known system's retry policy, breaker and budget.
#[component]
fn PresetMenu() -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let own = (None, Signal::derive(move || speech.texts().policy_own.to_owned()));
    let known = policies::PRESETS
        .iter()
        .map(|preset| (Some(preset.id), Signal::derive(move || preset.title.to_owned())));
    let chosen = Memo::new(move |_| {
        let scenario = page.scenario.read();
        policies::PRESETS.iter().map(|preset| preset.id).find(|id| {
            policies::preset(id).is_some_and(|preset| scenario.with_policy(preset) == *scenario)
        })
    });
    view! {
        <Menu
            id="service-preset".into()
            wide=true
            label=speech.text(|t| t.policy_preset)
            choices=std::iter::once(own).chain(known).collect()
            chosen=chosen
            choose=Callback::new(move |id: Option<&'static str>| {
                if let Some(preset) = id.and_then(policies::preset) {
                    page.configure(page.scenario.get_untracked().with_policy(preset));
                }
            })
        />
    }
}

#[component]
fn WaitMenu() -> impl IntoView {
    view! {
        <FieldMenu
            path="retry.wait".to_owned()
            label=|t| t.policy_wait
            get=|scenario, _| &mut scenario.retry.wait
            service=Service::Payment
        />
        <Meaning
            get=|scenario| scenario.retry.wait
            text=|texts, place| match place {
                WaitPlace::Redeliver => texts.wait_redeliver_text,
                WaitPlace::Consumer => texts.wait_consumer_text,
                WaitPlace::Lane => texts.wait_lane_text,
                WaitPlace::Delayed => texts.wait_delayed_text,
                WaitPlace::Parking => texts.wait_parking_text,
            }
        />
    }
}

#[component]
fn FallbackMenu() -> impl IntoView {
    view! {
        <FieldMenu
            path="retry.fallback".to_owned()
            label=|t| t.policy_fallback
            get=|scenario, _| &mut scenario.retry.fallback
            service=Service::Payment
        />
        <Meaning
            get=|scenario| scenario.retry.fallback
            text=|texts, fallback| match fallback {
                Fallback::DeadLetter => texts.fallback_dead_letter_text,
                Fallback::Park => texts.fallback_park_text,
                Fallback::Block => texts.fallback_block_text,
                Fallback::Cancel => texts.fallback_cancel_text,
            }
        />
    }
}

#[component]
fn NestingMenu() -> impl IntoView {
    view! {
        <FieldMenu
            path="retry.nesting".to_owned()
            label=|t| t.policy_nesting
            get=|scenario, _| &mut scenario.retry.nesting
            service=Service::Payment
        />
        <Meaning
            get=|scenario| scenario.retry.nesting
            text=|texts, nesting| match nesting {
                Nesting::RetryBreakerTimeout => texts.nesting_retry_text,
                Nesting::BreakerRetryTimeout => texts.nesting_breaker_text,
                Nesting::TimeoutRetryBreaker => texts.nesting_timeout_text,
            }
        />
    }
}
