//! The address: which view is shown, and the scenario that came with the link.
//!
//! All of it is in the fragment, so any static host serves any link.

use crate::core::ids::OrderId;

/// A view of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// The control room, the default.
    Room,
    /// The shop's products.
    Shop,
    /// What is in the cart.
    Cart,
    /// The orders of this page.
    Orders,
    /// One of them.
    Order(OrderId),
    /// The dead letters.
    Dead,
    /// Retries: policies and what they lead to.
    Retry,
    /// The deterministic twin, and the replay of the live run.
    Twin,
    /// There is no such view; the path, shortened.
    Unknown(String),
}

/// What a fragment says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub route: Route,
    /// The link of a scenario, if there is one.
    pub scenario: Option<String>,
}

/// How somebody came to the entry of the history that the address bar shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// By a link, also by the one that led there before.
    Followed,
    /// Back or forward through the history.
    Returned,
}

impl Arrival {
    /// Of an entry with this mark, when the entry marked `shown` was shown until now. Entries are
    /// marked when they are first come to.
    pub fn at(mark: Option<&str>, shown: &str) -> Self {
        if mark.is_none_or(|mark| mark == shown) { Self::Followed } else { Self::Returned }
    }
}

/// The longest part of an unknown path that is repeated to the user, in characters.
const SHOWN: usize = 60;

impl Route {
    /// The fragment of the view, with its `#`.
    pub fn fragment(&self) -> String {
        match self {
            Self::Room => "#/room".into(),
            Self::Shop => "#/shop".into(),
            Self::Cart => "#/shop/cart".into(),
            Self::Orders => "#/orders".into(),
            Self::Order(order) => format!("#/orders/{order}"),
            Self::Dead => "#/dead".into(),
            Self::Retry => "#/retry".into(),
            Self::Twin => "#/twin".into(),
            Self::Unknown(path) => format!("#{path}"),
        }
    }

    /// Whether this view belongs to that part of the navigation.
    pub fn within(&self, part: &Self) -> bool {
        match part {
            Self::Shop => matches!(self, Self::Shop | Self::Cart),
            Self::Orders => matches!(self, Self::Orders | Self::Order(_)),
            _ => self == part,
        }
    }
}

/// Reads a fragment, with or without its `#`.
///
/// ```
/// use convoy_lab::view::route::{Route, read};
/// assert_eq!(read("#/shop/cart").route, Route::Cart);
/// ```
pub fn read(fragment: &str) -> Address {
    let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
    let (path, query) = fragment.split_once('?').unwrap_or((fragment, ""));
    let scenario = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("s="))
        .filter(|link| !link.is_empty())
        .map(str::to_owned);
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let route = match parts[..] {
        [] | ["room"] => Route::Room,
        ["shop"] => Route::Shop,
        ["shop", "cart"] => Route::Cart,
        ["orders"] => Route::Orders,
        ["orders", id] => id.parse().map_or_else(|_| unknown(path), Route::Order),
        ["dead"] => Route::Dead,
        ["retry"] => Route::Retry,
        ["twin"] => Route::Twin,
        _ => unknown(path),
    };
    Address { route, scenario }
}

fn unknown(path: &str) -> Route {
    let mut shown: String = path.chars().take(SHOWN).collect();
    if shown.len() < path.len() {
        shown.push('…');
    }
    Route::Unknown(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_view_has_an_address_that_leads_back() {
        let order = OrderId { slot: 11, generation: 0 };
        for route in [
            Route::Room,
            Route::Shop,
            Route::Cart,
            Route::Orders,
            Route::Order(order),
            Route::Dead,
            Route::Retry,
            Route::Twin,
        ] {
            assert_eq!(read(&route.fragment()), Address { route, scenario: None });
        }
    }

    #[test]
    fn odd_addresses_are_read_kindly() {
        for (fragment, route) in [
            ("", Route::Room),
            ("#", Route::Room),
            ("#/", Route::Room),
            ("#room", Route::Room),
            ("#/shop/", Route::Shop),
            ("#/shop/nothing", Route::Unknown("/shop/nothing".into())),
            ("#/orders/x", Route::Unknown("/orders/x".into())),
            ("#/Room", Route::Unknown("/Room".into())),
        ] {
            assert_eq!(read(fragment).route, route, "{fragment}");
        }
        let Route::Unknown(shown) = read(&"ñ".repeat(5_000)).route else { panic!() };
        assert_eq!(shown.chars().count(), SHOWN + 1);
    }

    #[test]
    fn only_another_entry_that_was_seen_before_is_returned_to() {
        for (mark, arrival) in [
            (None, Arrival::Followed),
            (Some("here"), Arrival::Followed),
            (Some("there"), Arrival::Returned),
        ] {
            assert_eq!(Arrival::at(mark, "here"), arrival, "{mark:?}");
        }
    }

    #[test]
    fn a_link_comes_with_the_view() {
        for (fragment, scenario) in [
            ("#/room?s=abc", Some("abc")),
            ("#/room?x=1&s=abc-_", Some("abc-_")),
            ("#/room?s=", None),
            ("#/room?", None),
            ("#?s=abc", Some("abc")),
        ] {
            assert_eq!(read(fragment).scenario.as_deref(), scenario, "{fragment}");
        }
    }
}
