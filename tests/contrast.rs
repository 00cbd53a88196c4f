//! Whether what is written can be read: contrasts of the style sheet's tokens, in both schemes.
//!
//! The least ratios are those of WCAG 2.2, level AA: 4.5 for text (criterion 1.4.3), 3 for the
//! edges of controls and for what a picture shows (criterion 1.4.11).
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;

/// Texts, and the backgrounds that they stand on.
const TEXTS: [(&str, &[&str]); 11] = [
    (
        "text-primary",
        &[
            "background-page",
            "background-panel",
            "background-sunken",
            "background-hover",
            "background-input",
            "background-chosen",
            "background-good",
            "background-bad",
            "background-warn",
        ],
    ),
    (
        "text-muted",
        &[
            "background-page",
            "background-panel",
            "background-sunken",
            "background-input",
            "background-chosen",
        ],
    ),
    ("text-accent", &["background-page", "background-panel", "background-chosen"]),
    ("text-on-accent", &["background-accent", "background-accent-hover"]),
    ("text-on-header", &["background-header", "background-header-hover"]),
    ("text-on-header-muted", &["background-header", "background-header-hover"]),
    (
        "text-on-tint",
        &[
            "data-1",
            "data-2",
            "data-3",
            "data-4",
            "data-5",
            "data-6",
            "data-7",
            "data-8",
            "state-bad",
        ],
    ),
    ("state-good", &["background-panel", "background-good"]),
    ("state-bad", &["background-page", "background-panel", "background-sunken", "background-bad"]),
    ("state-warn", &["background-panel", "background-sunken"]),
    ("border-focus", &["background-page", "background-panel", "background-sunken"]),
];

/// Edges and shapes, and what they stand out from.
const SHAPES: [(&str, &[&str]); 12] = [
    ("border-strong", &["background-panel", "background-input"]),
    ("background-accent", &["background-panel", "background-sunken"]),
    ("picture-waiting", &["background-panel", "background-sunken"]),
    ("picture-head", &["background-panel", "background-sunken"]),
    ("data-1", &["background-panel", "background-sunken"]),
    ("data-2", &["background-panel", "background-sunken"]),
    ("data-3", &["background-panel", "background-sunken"]),
    ("data-4", &["background-panel", "background-sunken"]),
    ("data-5", &["background-panel", "background-sunken"]),
    ("data-6", &["background-panel", "background-sunken"]),
    ("data-7", &["background-panel", "background-sunken"]),
    ("data-8", &["background-panel", "background-sunken"]),
];

#[test]
fn every_text_stands_out_from_its_backgrounds() {
    check(&TEXTS, 4.5);
}

#[test]
fn every_edge_and_shape_stands_out_too() {
    check(&SHAPES, 3.0);
}

#[test]
fn no_text_colour_is_left_out() {
    for name in tokens().keys() {
        let is_text = name.starts_with("text-") || name.starts_with("state-");
        assert!(!is_text || TEXTS.iter().any(|(text, _)| text == name), "--{name} is not checked");
    }
}

#[test]
fn contrasts_are_computed_as_wcag_does() {
    let black = [0, 0, 0];
    assert!((contrast(black, [255, 255, 255]) - 21.0).abs() < 1e-9);
    assert!((contrast([119, 119, 119], [255, 255, 255]) - 4.478).abs() < 1e-3);
    assert!((contrast(black, black) - 1.0).abs() < 1e-9);
}

fn check(pairs: &[(&str, &[&str])], least: f64) {
    let tokens = tokens();
    let mut findings = Vec::new();
    for scheme in [Scheme::Light, Scheme::Dark] {
        for (front, backs) in pairs {
            for back in *backs {
                let colour = |name: &str| colour(&tokens, &format!("var(--{name})"), scheme);
                let ratio = contrast(colour(front), colour(back));
                if ratio < least {
                    findings.push(format!("{scheme:?}: --{front} on --{back} is {ratio:.2}"));
                }
            }
        }
    }
    assert!(findings.is_empty(), "less than {least}:\n{}", findings.join("\n"));
}

#[derive(Clone, Copy, Debug)]
enum Scheme {
    Light,
    Dark,
}

type Rgb = [u8; 3];

/// The tokens and their values as they are written.
fn tokens() -> BTreeMap<String, String> {
    let declared = include_str!("../style/tokens.css").lines().filter_map(|line| {
        let (name, value) = line.trim().strip_prefix("--")?.split_once(':')?;
        Some((name.to_owned(), value.trim().strip_suffix(';')?.to_owned()))
    });
    declared.collect()
}

/// The colour of a value: `#rrggbb`, `var(--name)` or `light-dark(value, value)`.
fn colour(tokens: &BTreeMap<String, String>, value: &str, scheme: Scheme) -> Rgb {
    let within =
        |name: &str| value.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')').map(str::trim);
    if let Some(name) = within("var") {
        let value = tokens.get(name.trim_start_matches("--"));
        return colour(tokens, value.unwrap_or_else(|| panic!("there is no {name}")), scheme);
    }
    if let Some((light, dark)) = within("light-dark").and_then(|both| both.split_once(',')) {
        let value = match scheme {
            Scheme::Light => light,
            Scheme::Dark => dark,
        };
        return colour(tokens, value.trim(), scheme);
    }
    let digits = value.strip_prefix('#').filter(|digits| digits.len() == 6);
    let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let [_, rgb @ ..] = number.unwrap_or_else(|| panic!("not a colour: {value}")).to_be_bytes();
    rgb
}

/// From 1, the same, to 21, black on white.
///
/// # Source
/// WCAG 2.2, “contrast ratio” and “relative luminance”.
fn contrast(one: Rgb, other: Rgb) -> f64 {
    let luminance = |rgb: Rgb| -> f64 {
        let linear = rgb.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        linear.iter().zip([0.212_6, 0.715_2, 0.072_2]).map(|(part, weight)| part * weight).sum()
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}
