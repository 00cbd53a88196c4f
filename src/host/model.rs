//! From the scenario to the broker's settings and to what consumers are told.

use crate::core::{
    breaker::{BreakerConfig, Window},
    budget::{BudgetConfig, BudgetKind},
    config::Config,
    retry::RetryPolicy,
    status::Service,
    time::{Span, Timestamp},
};
use crate::scenario::{
    Scenario, ServiceKind,
    services::{
        Breaker, BreakerWindow, Budget, Gateway, Nesting, Retry, SideRetry, SideService, Stock,
        WaitPlace,
    },
};
use crate::shop::{
    client::Policy,
    failure::FailureModel,
    work::{ServiceModel, WorkModel},
};

/// The broker's settings.
pub(super) fn broker_config(scenario: &Scenario) -> Config {
    let side = |service: Service, called: bool| u8::from(called) << service as u8;
    Config {
        ordering: scenario.ordering,
        partitions: u32::from(scenario.partitions),
        prefetch: u32::from(scenario.prefetch),
        lease: Span::from_millis(u64::from(scenario.lease_ms)),
        max_deliveries: scenario.max_deliveries,
        queue_limit: scenario.queue_limit,
        overflow: scenario.overflow,
        idempotency: scenario.idempotency,
        wait: scenario.retry.wait,
        fallback: scenario.retry.fallback,
        side_services: side(Service::Stock, scenario.stock.called)
            | side(Service::Recommendations, scenario.recommendations.called)
            | side(Service::Notifications, scenario.notifications.called),
    }
}

/// How consumers are to work, in a run that began at `began_at`.
pub(super) fn work_model(scenario: &Scenario, began_at: Timestamp) -> WorkModel {
    let Retry { wait, nesting, layers, .. } = scenario.retry;
    let waits_here = wait == WaitPlace::Consumer;
    WorkModel {
        seed: scenario.seed,
        epoch: began_at,
        service: Span::from_millis_f64(scenario.service_time_ms),
        spread: scenario.service_spread,
        burn: scenario.service_kind == ServiceKind::Burn,
        idempotent: scenario.idempotency,
        retries: wait != WaitPlace::Redeliver,
        waits_here,
        stock_rows: scenario.stock.rows,
        services: [
            ServiceModel {
                called: true,
                failure: failure(&scenario.gateway),
                policy: Policy {
                    retry: payment_retry(&scenario.retry),
                    layers: if waits_here { layers } else { 1 },
                    nesting,
                    mode: scenario.breaker.mode,
                    breaker: breaker(&scenario.breaker),
                    budget: budget(&scenario.budget),
                },
            },
            side_service(&scenario.recommendations),
            side_service(&scenario.notifications),
            stock(&scenario.stock),
        ],
    }
}

fn side_service(service: &SideService) -> ServiceModel {
    let SideService { called, failure, retry, breaker, budget } = service;
    beside(*called, failure, retry, (breaker, budget))
}

fn stock(stock: &Stock) -> ServiceModel {
    let Stock { called, failure, retry, breaker, budget, .. } = stock;
    beside(*called, failure, retry, (breaker, budget))
}

fn beside(
    called: bool,
    fails: &Gateway,
    retry: &SideRetry,
    (opens, spends): (&Breaker, &Budget),
) -> ServiceModel {
    ServiceModel {
        called,
        failure: failure(fails),
        policy: Policy {
            retry: side_retry(retry),
            layers: 1,
            nesting: Nesting::default(),
            mode: opens.mode,
            breaker: breaker(opens),
            budget: budget(spends),
        },
    }
}

fn failure(gateway: &Gateway) -> FailureModel {
    let span = Span::from_millis_f64;
    FailureModel {
        latency: span(gateway.latency_ms),
        latency_kind: gateway.latency_kind,
        fail_first: gateway.fail_first,
        transient_rate: gateway.transient_rate,
        permanent_rate: gateway.permanent_rate,
        poison_rate: gateway.poison_rate,
        throttle_rate: gateway.throttle_rate,
        retry_after: span(gateway.retry_after_ms),
        slow_rate: gateway.slow_rate,
        slow: span(gateway.slow_ms),
        outage_from: span(gateway.outage_from_ms),
        outage: span(gateway.outage_ms),
        outage_every: span(gateway.outage_every_ms),
    }
}

fn payment_retry(retry: &Retry) -> RetryPolicy {
    let Retry { attempts, backoff, base_ms, factor, cap_ms, jitter, timeout_ms, .. } = *retry;
    side_retry(&SideRetry { attempts, backoff, base_ms, factor, cap_ms, jitter, timeout_ms })
}

fn side_retry(retry: &SideRetry) -> RetryPolicy {
    RetryPolicy {
        attempts: retry.attempts,
        backoff: retry.backoff,
        base: Span::from_millis_f64(retry.base_ms),
        factor: retry.factor,
        cap: Span::from_millis_f64(retry.cap_ms),
        jitter: retry.jitter,
        timeout: Span::from_millis_f64(retry.timeout_ms),
    }
}

fn breaker(breaker: &Breaker) -> BreakerConfig {
    let span = Span::from_millis_f64;
    BreakerConfig {
        enabled: true,
        window: match breaker.window {
            BreakerWindow::Calls => Window::Count(breaker.window_calls),
            BreakerWindow::Time => Window::Time(span(breaker.window_ms)),
        },
        minimum_calls: breaker.minimum_calls,
        failure_rate: breaker.failure_rate,
        slow_call: span(breaker.slow_call_ms),
        slow_rate: breaker.slow_call_rate,
        open: span(breaker.open_ms),
        trial_calls: breaker.trial_calls,
    }
}

fn budget(budget: &Budget) -> BudgetConfig {
    let known = match budget.kind {
        BudgetKind::None => BudgetConfig::NONE,
        BudgetKind::Grpc => BudgetConfig::GRPC,
        BudgetKind::AwsSdk => BudgetConfig::AWS_SDK,
    };
    BudgetConfig { tokens: budget.tokens.unwrap_or(known.tokens), ..known }
}
