//! The menus of the services' forms.

use crate::core::{
    budget::BudgetKind,
    retry::{Backoff, Jitter},
    status::Service,
};
use crate::scenario::{
    Scenario,
    fields::Choice,
    services::{
        Breaker, BreakerMode, BreakerWindow, Budget, Fallback, Gateway, LatencyKind, Nesting,
        WaitPlace,
    },
};
use crate::ui::{
    i18n::{Texts, use_speech},
    page::use_page,
    widgets::choice::Menu,
};
use leptos::prelude::*;

/// What a value of a menu is called.
pub trait Named: Choice {
    /// Its name on the page.
    fn name_in(self, texts: &Texts) -> &'static str;
}

macro_rules! named {
    ($type:ident { $($value:ident: $text:ident),* $(,)? }) => {
        impl Named for $type {
            fn name_in(self, texts: &Texts) -> &'static str {
                match self {
                    $(Self::$value => texts.$text,)*
                }
            }
        }
    };
}

named!(LatencyKind {
    Constant: latency_constant,
    Uniform: latency_uniform,
    Exponential: latency_exponential,
    LogNormal: latency_log_normal,
    HeavyTail: latency_heavy_tail,
});
named!(WaitPlace {
    Redeliver: wait_redeliver,
    Consumer: wait_consumer,
    Lane: wait_lane,
    Delayed: wait_delayed,
    Parking: wait_parking,
});
named!(Fallback {
    DeadLetter: fallback_dead_letter,
    Park: fallback_park,
    Block: fallback_block,
    Cancel: fallback_cancel,
});
named!(Nesting {
    RetryBreakerTimeout: nesting_retry,
    BreakerRetryTimeout: nesting_breaker,
    TimeoutRetryBreaker: nesting_timeout,
});
named!(Backoff {
    None: backoff_none,
    Fixed: backoff_fixed,
    Linear: backoff_linear,
    Exponential: backoff_exponential,
    Sidekiq: backoff_sidekiq,
});
named!(Jitter {
    None: jitter_none,
    Full: jitter_full,
    Equal: jitter_equal,
    Decorrelated: jitter_decorrelated,
    Randomized: jitter_randomized,
});
named!(BreakerMode {
    Off: breaker_off,
    Auto: breaker_auto,
    MetricsOnly: breaker_metrics_only,
    ForcedOpen: breaker_forced_open,
    Disabled: breaker_disabled,
});
named!(BreakerWindow { Calls: breaker_calls, Time: breaker_time });
named!(BudgetKind { None: budget_none, Grpc: budget_grpc, AwsSdk: budget_aws });

/// A menu of a field of the scenario.
#[component]
pub fn FieldMenu<C: Named + Send + Sync>(
    /// The field's path in the scripting API.
    path: String,
    label: fn(&Texts) -> &'static str,
    get: fn(&mut Scenario, Service) -> &mut C,
    service: Service,
) -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let choices = C::ALL.iter().map(|(value, _)| {
        let value = *value;
        (value, Signal::derive(move || value.name_in(speech.texts()).to_owned()))
    });
    let chosen = Memo::new(move |_| *get(&mut page.scenario.get(), service));
    view! {
        <Menu
            id=path.replace('.', "-")
            wide=true
            label=Signal::derive(move || label(speech.texts()).to_owned())
            choices=choices.collect()
            chosen=chosen
            choose=Callback::new(move |value| {
                let mut scenario = page.scenario.get_untracked();
                *get(&mut scenario, service) = value;
                page.configure(scenario);
            })
        />
    }
}

/// How a service fails.
pub const fn failure(scenario: &mut Scenario, service: Service) -> &mut Gateway {
    match service {
        Service::Payment => &mut scenario.gateway,
        Service::Recommendations => &mut scenario.recommendations.failure,
        Service::Notifications => &mut scenario.notifications.failure,
        Service::Stock => &mut scenario.stock.failure,
    }
}

/// The backoff of a service's retries, and its jitter.
pub const fn backoff(scenario: &mut Scenario, service: Service) -> &mut Backoff {
    match service {
        Service::Payment => &mut scenario.retry.backoff,
        Service::Recommendations => &mut scenario.recommendations.retry.backoff,
        Service::Notifications => &mut scenario.notifications.retry.backoff,
        Service::Stock => &mut scenario.stock.retry.backoff,
    }
}

/// The jitter of a service's retries.
pub const fn jitter(scenario: &mut Scenario, service: Service) -> &mut Jitter {
    match service {
        Service::Payment => &mut scenario.retry.jitter,
        Service::Recommendations => &mut scenario.recommendations.retry.jitter,
        Service::Notifications => &mut scenario.notifications.retry.jitter,
        Service::Stock => &mut scenario.stock.retry.jitter,
    }
}

/// A service's breaker.
pub const fn breaker(scenario: &mut Scenario, service: Service) -> &mut Breaker {
    match service {
        Service::Payment => &mut scenario.breaker,
        Service::Recommendations => &mut scenario.recommendations.breaker,
        Service::Notifications => &mut scenario.notifications.breaker,
        Service::Stock => &mut scenario.stock.breaker,
    }
}

/// A service's retry budget.
pub const fn budget(scenario: &mut Scenario, service: Service) -> &mut Budget {
    match service {
        Service::Payment => &mut scenario.budget,
        Service::Recommendations => &mut scenario.recommendations.budget,
        Service::Notifications => &mut scenario.notifications.budget,
        Service::Stock => &mut scenario.stock.budget,
    }
}
