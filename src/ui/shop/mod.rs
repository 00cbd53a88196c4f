//! The shop: products, cart, and the orders of this page.

pub mod basket;
pub mod cart;
pub mod orders;
mod pictures;
mod timeline;

pub use timeline::{Timeline, outcome_name};

use crate::say;
use crate::shop::catalogue::{Category, PRODUCTS, Product};
use crate::ui::{
    i18n::{Texts, use_speech},
    widgets::{
        choice::Segmented,
        icon::{Glyph, Icon},
    },
};
use crate::view::{format::fill, locale::Locale};
use basket::use_basket;
use leptos::prelude::*;
use pictures::Picture;

/// What a product is called in a language.
pub fn product_name(product: &Product, locale: Locale) -> &'static str {
    match locale {
        Locale::English => product.name_en,
        Locale::Spanish => product.name_es,
    }
}

const CATEGORIES: [Category; 7] = [
    Category::Computing,
    Category::Audio,
    Category::Mobile,
    Category::Photo,
    Category::Play,
    Category::Home,
    Category::Outdoor,
];

fn category_name(texts: &Texts, category: Option<Category>) -> &'static str {
    match category {
        None => texts.category_all,
        Some(Category::Computing) => texts.category_computing,
        Some(Category::Audio) => texts.category_audio,
        Some(Category::Mobile) => texts.category_mobile,
        Some(Category::Photo) => texts.category_photo,
        Some(Category::Play) => texts.category_play,
        Some(Category::Home) => texts.category_home,
        Some(Category::Outdoor) => texts.category_outdoor,
    }
}

/// The products.
#[component]
pub fn Shop() -> impl IntoView {
    let speech = use_speech();
    let category = RwSignal::new(None::<Category>);
    let choices = std::iter::once(None)
        .chain(CATEGORIES.into_iter().map(Some))
        .map(|category| {
            let text = Signal::derive(move || category_name(speech.texts(), category).to_owned());
            (category, text)
        })
        .collect();
    let label = speech.text(|t| t.category_label);
    let said = RwSignal::new(None::<&'static Product>);
    let added = move || {
        said.get().map(|product| {
            let name = product_name(product, speech.locale());
            fill(speech.texts().cart_added, &[("product", name)])
        })
    };
    view! {
        <div class="view">
            <div class="view-head">
                <h1>{say!(speech.nav_shop)}</h1>
                <Segmented
                    name="category"
                    label=label
                    choices=choices
                    chosen=category
                    choose=Callback::new(move |chosen| category.set(chosen))
                />
            </div>
            <p class="hint" role="status">
                {move || added().unwrap_or_else(|| speech.texts().shop_hint.to_owned())}
            </p>
            <ul class="products">
                {PRODUCTS
                    .iter()
                    .map(|product| {
                        let hidden = move || {
                            category.get().is_some_and(|category| category != product.category)
                        };
                        view! {
                            <li hidden=hidden>
                                <ProductCard product=product said=said />
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </div>
    }
}

#[component]
fn ProductCard(
    product: &'static Product,
    said: RwSignal<Option<&'static Product>>,
) -> impl IntoView {
    let (speech, basket) = (use_speech(), use_basket());
    let name = move || product_name(product, speech.locale());
    let held = Memo::new(move |_| basket.quantity(product.sku));
    view! {
        <article class="product" data-sku=product.sku>
            <Picture sku=product.sku />
            <Show when=move || { held.get() > 0 }>
                <p class="badge held">
                    <span class="visually-hidden">{say!(speech.cart_title)} ": "</span>
                    {move || speech.format().whole(held.get())}
                </p>
            </Show>
            <h2>{name}</h2>
            <p class="price">
                {move || speech.format().money(i64::from(product.price_cents))}
            </p>
            <button
                class="button"
                aria-label=move || fill(speech.texts().cart_add_named, &[("product", name())])
                on:click=move |_| {
                    basket.add(product.sku);
                    said.set(Some(product));
                }
            >
                <Icon glyph=Glyph::Cart />
                {say!(speech.cart_add)}
            </button>
        </article>
    }
}
