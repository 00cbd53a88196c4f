//! The cart and its checkout: 202 with the order's number, or 429 and the cart stays.

use super::{
    basket::{Answer, use_basket},
    pictures::Picture,
    product_name,
};
use crate::core::refusal::Problem;
use crate::platform::dom;
use crate::say;
use crate::shop::catalogue::{MAX_QUANTITY, Product, find};
use crate::ui::{
    i18n::{problem_text, refusal_text, use_speech},
    widgets::{
        empty::Empty,
        icon::{Glyph, Icon},
    },
};
use crate::view::{format::fill, parse};
use crate::wire::page::Submitted;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// The longest name of a customer, in characters.
const MAX_NAME: usize = 64;

/// The lines of the cart whose quantity is wrong.
#[derive(Clone, Copy)]
struct WrongLines(RwSignal<BTreeSet<&'static str>>);

/// The cart.
#[component]
pub fn CartView() -> impl IntoView {
    let (speech, basket) = (use_speech(), use_basket());
    let skus = Memo::new(move |_| -> Vec<String> {
        basket.lines.read().iter().map(|line| line.sku.clone()).collect()
    });
    let total = basket.total_cents();
    let name_problem = RwSignal::new(None::<Problem>);
    let check_name = move || {
        let length = basket.customer.read_untracked().trim().chars().count();
        name_problem.set(match length {
            0 => Some(Problem::Empty),
            length if length > MAX_NAME => Some(Problem::TooLong { max: MAX_NAME as u32 }),
            _ => None,
        });
        name_problem.read_untracked().is_none()
    };
    let name_customer = move |name: String| {
        if *basket.customer.read_untracked() != name {
            basket.customer.set(name);
            basket.changed();
        }
    };
    // Lines whose quantity is wrong: as long as there are any, nothing is ordered.
    let wrong = RwSignal::new(BTreeSet::<&'static str>::new());
    provide_context(WrongLines(wrong));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(sku) = wrong.read_untracked().first() {
            dom::focus(&format!("#quantity-{sku}"));
        } else if check_name() {
            basket.check_out();
        } else {
            dom::focus("#customer");
        }
    };
    let name_error = move || {
        name_problem.get().map(|problem| {
            let text = problem_text(speech.locale(), &problem, 1.0);
            format!("{}: {text}", speech.texts().shop_customer)
        })
    };
    view! {
        <div class="view narrow">
            <div class="view-head">
                <h1>{say!(speech.cart_title)}</h1>
                <Show when=move || !skus.read().is_empty()>
                    <a href="#/shop">{say!(speech.cart_back)}</a>
                </Show>
            </div>
            <CheckoutAnswer />
            <Show
                when=move || !skus.read().is_empty()
                fallback=move || {
                    view! {
                        <Empty
                            glyph=Glyph::Cart
                            title=speech.text(|t| t.cart_empty)
                            hint=speech.text(|t| t.cart_empty_hint)
                            leads_to=("#/shop", speech.text(|t| t.cart_back))
                            boxed=true
                        />
                    }
                }
            >
                <form class="panel cart" on:submit=submit novalidate>
                    <ul class="cart-lines">
                        <For
                            each=move || skus.get()
                            key=|sku| sku.clone()
                            children=|sku| {
                                find(&sku)
                                    .map(|(_, product)| view! { <CartLine product=product /> })
                            }
                        />
                    </ul>
                    <p class="cart-total">
                        <span>{say!(speech.cart_total)}</span>
                        <b>{move || speech.format().money(total.get())}</b>
                    </p>
                    <div class="checkout">
                        <div class="field" class:wrong=move || name_problem.read().is_some()>
                            <label for="customer">{say!(speech.shop_customer)}</label>
                            <input
                                id="customer"
                                type="text"
                                autocomplete="off"
                                aria-invalid=move || {
                                    name_problem.read().is_some().then_some("true")
                                }
                                aria-describedby="customer-error"
                                prop:value=move || basket.customer.get()
                                on:input=move |event| {
                                    name_customer(event_target_value(&event));
                                    if name_problem.read_untracked().is_some() {
                                        check_name();
                                    }
                                }
                                on:change=move |event| {
                                    name_customer(event_target_value(&event));
                                    check_name();
                                }
                            />
                            <p class="error" id="customer-error" role="alert">
                                {name_error}
                            </p>
                        </div>
                        <button
                            type="submit"
                            id="checkout"
                            class="button primary big"
                            disabled=move || basket.sending.get()
                        >
                            {say!(speech.cart_checkout)}
                        </button>
                    </div>
                </form>
            </Show>
        </div>
    }
}

/// One product of the cart, and how many.
#[component]
fn CartLine(product: &'static Product) -> impl IntoView {
    let (speech, basket) = (use_speech(), use_basket());
    let sku = product.sku;
    let id = format!("quantity-{sku}");
    let error_id = format!("{id}-error");
    let quantity = Memo::new(move |_| basket.quantity(sku));
    let problem = RwSignal::new(None::<Problem>);
    let WrongLines(lines) = expect_context();
    let judge = move |wrong: Option<Problem>| {
        lines.update(|lines| {
            if wrong.is_some() {
                lines.insert(sku)
            } else {
                lines.remove(sku)
            };
        });
        problem.set(wrong);
    };
    on_cleanup(move || {
        // The line was taken out, or the whole cart was left.
        let _ = lines.try_update(|lines| lines.remove(sku));
    });
    let name = move || product_name(product, speech.locale());
    let take = move |text: String| {
        let range = Problem::OutOfRange { min: 1.0, max: f64::from(MAX_QUANTITY) };
        let read = match parse::number(speech.0.get_untracked(), &text) {
            Ok(Some(number)) if number.fract() != 0.0 => Err(Problem::NotWhole),
            Ok(Some(number)) if (1.0..=f64::from(MAX_QUANTITY)).contains(&number) => {
                Ok(number as u32)
            }
            Ok(Some(_)) => Err(range),
            Ok(None) => Err(Problem::Missing),
            Err(_) => Err(Problem::WrongType("a number".into())),
        };
        match read {
            Ok(number) => {
                judge(None);
                basket.set(sku, number);
            }
            Err(wrong) => judge(Some(wrong)),
        }
    };
    let error = move || {
        problem.get().map(|problem| {
            let text = problem_text(speech.locale(), &problem, 1.0);
            format!("{}: {text}", speech.texts().cart_quantity)
        })
    };
    view! {
        <li class="cart-line" data-sku=sku>
            <Picture sku=sku />
            <span class="cart-name">{name}</span>
            <span class="cart-price">
                {move || speech.format().money(i64::from(product.price_cents))}
            </span>
            <div class="field" class:wrong=move || problem.read().is_some()>
                <label class="visually-hidden" for=id.clone()>
                    {move || fill(speech.texts().cart_quantity_of, &[("product", name())])}
                </label>
                <input
                    id=id
                    type="text"
                    inputmode="numeric"
                    autocomplete="off"
                    aria-invalid=move || problem.read().is_some().then_some("true")
                    aria-describedby=error_id.clone()
                    prop:value=move || quantity.get().to_string()
                    on:change=move |event| take(event_target_value(&event))
                />
            </div>
            <b class="cart-sum">
                {move || {
                    let cents = i64::from(product.price_cents) * i64::from(quantity.get());
                    speech.format().money(cents)
                }}
            </b>
            <button
                type="button"
                class="button quiet square"
                aria-label=move || fill(speech.texts().cart_remove, &[("product", name())])
                on:click=move |_| basket.set(sku, 0)
            >
                <Icon glyph=Glyph::Close />
            </button>
            <p class="error" id=error_id role="alert">
                {error}
            </p>
        </li>
    }
}

/// What the API answered.
#[component]
fn CheckoutAnswer() -> impl IntoView {
    let (speech, basket) = (use_speech(), use_basket());
    let shown = move || {
        let (texts, format) = (speech.texts(), speech.format());
        Some(match basket.answer.get()? {
            Answer::Said(Submitted::Accepted { order, accept_ms }) => {
                let name = order.to_string();
                let time = format.duration(accept_ms);
                view! {
                    <div class="answer good" id="answer" data-status="202">
                        <Icon glyph=Glyph::Check />
                        <p>
                            <b>"202 Accepted"</b>
                            " "
                            {fill(texts.answer_accepted, &[("order", &name), ("time", &time)])}
                        </p>
                        <a class="button" href=format!("#/orders/{name}")>
                            {texts.answer_follow}
                        </a>
                    </div>
                }
                .into_any()
            }
            Answer::Said(Submitted::Full { retry_after_ms }) => {
                let time = format.duration(retry_after_ms);
                view! {
                    <div class="answer bad" id="answer" data-status="429">
                        <Icon glyph=Glyph::Alert />
                        <p>
                            <b>"429 Too Many Requests"</b>
                            " "
                            {fill(texts.answer_full, &[("time", &time)])}
                        </p>
                    </div>
                }
                .into_any()
            }
            Answer::Refused(refusal) => view! {
                <div class="answer bad" id="answer">
                    <Icon glyph=Glyph::Alert />
                    <p>{refusal_text(speech.locale(), &refusal)}</p>
                </div>
            }
            .into_any(),
        })
    };
    view! { <div role="status">{shown}</div> }
}
