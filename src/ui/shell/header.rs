//! The header: name, navigation, language, colour scheme.

use crate::say;
use crate::ui::{
    i18n::use_speech,
    prefs::{Theme, use_prefs},
    shop::basket::use_basket,
    widgets::icon::{Glyph, Icon},
};
use crate::view::{locale::Locale, route::Route};
use leptos::prelude::*;

/// The header of the page.
#[component]
pub fn Header(#[prop(into)] route: Signal<Route>) -> impl IntoView {
    let speech = use_speech();
    let pieces = use_basket().pieces();
    let link = move |part: Route, glyph: Glyph, text: fn() -> Signal<String>| {
        let href = part.fragment();
        let here = move || route.read().within(&part).then_some("page");
        let text = text();
        view! {
            <li>
                <a href=href aria-current=here>
                    <Icon glyph=glyph />
                    <span>{move || text.get()}</span>
                </a>
            </li>
        }
    };
    view! {
        <header class="header">
            <a class="brand" href="#/room">
                <Logo />
                <span>"Convoy Lab"</span>
            </a>
            <nav aria-label=say!(speech.nav_label)>
                <ul>
                    {link(Route::Room, Glyph::Room, || label(|t| t.nav_room))}
                    {link(Route::Shop, Glyph::Shop, || label(|t| t.nav_shop))}
                    {link(Route::Orders, Glyph::Orders, || label(|t| t.nav_orders))}
                    {link(Route::Dead, Glyph::Dead, || label(|t| t.nav_dead))}
                    {link(Route::Retry, Glyph::Retry, || label(|t| t.nav_retry))}
                    {link(Route::Twin, Glyph::Twin, || label(|t| t.nav_twin))}
                </ul>
            </nav>
            <div class="header-tools">
                <a class="cart-link" href="#/shop/cart">
                    <Icon glyph=Glyph::Cart />
                    <span class="visually-hidden">{say!(speech.cart_title)} ": "</span>
                    <span class="badge" class:empty=move || pieces.get() == 0>
                        {move || speech.format().whole(pieces.get())}
                    </span>
                </a>
                <ThemeSwitch />
                <LanguageSwitch />
            </div>
        </header>
    }
}

fn label(text: fn(&crate::ui::i18n::Texts) -> &'static str) -> Signal<String> {
    let speech = use_speech();
    Signal::derive(move || text(speech.texts()).to_owned())
}

/// Three orders in their lanes behind one another.
#[component]
fn Logo() -> impl IntoView {
    view! {
        <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <rect class="logo-back" width="32" height="32" rx="7" />
            <path class="logo-a" d="M5 8h6v4H5zM13 8h6v4h-6zM21 8h6v4h-6z" />
            <path class="logo-b" d="M5 14h6v4H5zM13 14h6v4h-6z" />
            <path class="logo-c" d="M5 20h6v4H5zM13 20h6v4h-6zM21 20h6v4h-6z" />
        </svg>
    }
}

/// System, light, dark: one button that goes round.
#[component]
fn ThemeSwitch() -> impl IntoView {
    let (speech, prefs) = (use_speech(), use_prefs());
    let name = move |theme: Theme| match theme {
        Theme::System => speech.texts().theme_system,
        Theme::Light => speech.texts().theme_light,
        Theme::Dark => speech.texts().theme_dark,
    };
    let glyph = Signal::derive(move || match prefs.theme.get() {
        Theme::System => Glyph::System,
        Theme::Light => Glyph::Sun,
        Theme::Dark => Glyph::Moon,
    });
    view! {
        <div class="tool-menu">
            <Icon glyph=glyph />
            <select
                id="theme"
                aria-label=say!(speech.theme_label)
                on:change=move |event| {
                    let index = event_target_value(&event).parse::<usize>().unwrap_or_default();
                    prefs.wear(Theme::ALL.get(index).copied().unwrap_or_default());
                }
            >
                {Theme::ALL
                    .into_iter()
                    .enumerate()
                    .map(|(index, theme)| {
                        view! {
                            <option
                                value=index.to_string()
                                prop:selected=move || prefs.theme.get() == theme
                            >
                                {move || name(theme)}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
        </div>
    }
}

/// The languages, each named in itself.
#[component]
fn LanguageSwitch() -> impl IntoView {
    let (speech, prefs) = (use_speech(), use_prefs());
    view! {
        <div class="tool-menu">
            <select
                id="language"
                aria-label=say!(speech.language_label)
                on:change=move |event| {
                    if let Some(locale) = Locale::from_tag(&event_target_value(&event)) {
                        prefs.speak(locale);
                    }
                }
            >
                {Locale::ALL
                    .into_iter()
                    .map(|locale| {
                        view! {
                            <option
                                value=locale.tag()
                                lang=locale.tag()
                                prop:selected=move || prefs.locale.get() == locale
                            >
                                {locale.name()}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
        </div>
    }
}
