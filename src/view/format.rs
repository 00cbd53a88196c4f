//! Numbers, money, times and sizes, written as people of a language write them.
//!
//! Every figure has its unit; figures of one place have the same number of digits, so that they
//! don't dance.

use super::locale::Locale;

/// Writes figures in one language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Format {
    locale: Locale,
}

/// A thin space that keeps number and unit on one line.
const GAP: char = '\u{202f}';

impl Format {
    /// The format of a language.
    pub const fn new(locale: Locale) -> Self {
        Self { locale }
    }

    /// Whole numbers: 12,345.
    ///
    /// ```
    /// use convoy_lab::view::{format::Format, locale::Locale};
    /// assert_eq!(Format::new(Locale::Spanish).whole(12_345), "12.345");
    /// ```
    pub fn whole(self, number: impl TryInto<i128>) -> String {
        let number = number.try_into().unwrap_or_default();
        let digits = number.unsigned_abs().to_string();
        let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
        if number < 0 {
            text.push('−');
        }
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(self.locale.group());
            }
            text.push(digit);
        }
        text
    }

    /// A number with so many digits after the point: 12,345.6. What is not finite is a dash.
    pub fn decimal(self, number: f64, places: usize) -> String {
        if !number.is_finite() || number.abs() >= 1e18 {
            return "–".into();
        }
        let text = format!("{:.places$}", number.abs());
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
        let sign = if number < 0.0 && !zero { "−" } else { "" };
        let whole = self.whole(whole.parse::<i128>().unwrap_or_default());
        if fraction.is_empty() {
            format!("{sign}{whole}")
        } else {
            format!("{sign}{whole}{}{fraction}", self.locale.point())
        }
    }

    /// A number with as many digits as it needs, at most `places` after the point.
    pub fn plain(self, number: f64, places: usize) -> String {
        let text = self.decimal(number, places);
        if !text.contains(self.locale.point()) {
            return text;
        }
        text.trim_end_matches('0').trim_end_matches(self.locale.point()).to_owned()
    }

    /// A figure with its unit, without zeros at the end of its fraction: 5.00 k becomes 5 k.
    pub fn trimmed(self, text: &str) -> String {
        let (number, unit) = text.split_at(text.find(GAP).unwrap_or(text.len()));
        if !number.contains(self.locale.point()) {
            return text.to_owned();
        }
        let number = number.trim_end_matches('0').trim_end_matches(self.locale.point());
        format!("{number}{unit}")
    }

    /// Three digits and a letter: 12.3 k, 4.56 M. Below a thousand as it is.
    pub fn compact(self, number: f64) -> String {
        let size = number.abs();
        for (unit, letter) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] {
            if size >= unit * 0.999_5 {
                let scaled = number / unit;
                let places = places_for(scaled);
                return format!("{}{GAP}{letter}", self.decimal(scaled, places));
            }
        }
        if number.fract() == 0.0 {
            self.decimal(number, 0)
        } else {
            self.decimal(number, places_for(number).min(2))
        }
    }

    /// Money in euros: €1,200.00 and 1.200,00 €.
    pub fn money(self, cents: i64) -> String {
        let amount = self.decimal(cents as f64 / 100.0, 2);
        match self.locale {
            Locale::English => match amount.strip_prefix('−') {
                Some(amount) => format!("−€{amount}"),
                None => format!("€{amount}"),
            },
            Locale::Spanish => format!("{amount}{GAP}€"),
        }
    }

    /// A length of time: 0.35 ms, 12.3 ms, 4.56 s, 2 min 05 s.
    pub fn duration(self, millis: f64) -> String {
        if !millis.is_finite() {
            return "–".into();
        }
        if millis < 999.5 {
            return format!("{}{GAP}ms", self.decimal(millis, places_for(millis)));
        }
        let seconds = millis / 1000.0;
        if seconds < 99.95 {
            return format!("{}{GAP}s", self.decimal(seconds, places_for(seconds)));
        }
        let whole = seconds.round() as u64;
        if whole < 3_600 {
            return format!("{}{GAP}min {:02}{GAP}s", whole / 60, whole % 60);
        }
        let minutes = whole / 60;
        format!("{}{GAP}h {:02}{GAP}min", self.whole(minutes / 60), minutes % 60)
    }

    /// A share as a percentage: 12.5 %.
    pub fn percent(self, share: f64, places: usize) -> String {
        let number = self.decimal(share * 100.0, places);
        match self.locale {
            Locale::English => format!("{number}%"),
            Locale::Spanish => format!("{number}{GAP}%"),
        }
    }

    /// A size in bytes: 512 B, 1.5 MB.
    pub fn bytes(self, bytes: u64) -> String {
        let size = bytes as f64;
        for (unit, name) in [(1e9, "GB"), (1e6, "MB"), (1e3, "kB")] {
            if size >= unit {
                return format!(
                    "{}{GAP}{name}",
                    self.decimal(size / unit, places_for(size / unit))
                );
            }
        }
        format!("{}{GAP}B", self.whole(bytes))
    }

    /// A moment of a run: 1:05.3, minutes and seconds since its beginning.
    pub fn moment(self, millis: f64) -> String {
        let tenths = (millis.max(0.0) / 100.0).round() as u64;
        let (minutes, rest) = (tenths / 600, tenths % 600);
        format!("{minutes}:{:02}{}{}", rest / 10, self.locale.point(), rest % 10)
    }
}

/// Digits after the point, so that there are three in all.
fn places_for(number: f64) -> usize {
    match number.abs() {
        size if size < 0.000_5 => 0,
        size if size < 9.995 => 2,
        size if size < 99.95 => 1,
        _ => 0,
    }
}

/// Puts values into the places `{name}` of a text.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut text = template.to_owned();
    for (name, value) in values {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(write: impl Fn(Format) -> String, english: &str, spanish: &str) {
        let plain = |text: String| text.replace(GAP, " ");
        assert_eq!(plain(write(Format::new(Locale::English))), english);
        assert_eq!(plain(write(Format::new(Locale::Spanish))), spanish);
    }

    #[test]
    fn numbers_read_as_each_language_writes_them() {
        check(|f| f.whole(0), "0", "0");
        check(|f| f.whole(999), "999", "999");
        check(|f| f.whole(1_234_567), "1,234,567", "1.234.567");
        check(|f| f.whole(-1_234), "−1,234", "−1.234");
        check(|f| f.decimal(12_345.67, 1), "12,345.7", "12.345,7");
        check(|f| f.decimal(-0.04, 1), "0.0", "0,0");
        check(|f| f.decimal(f64::NAN, 1), "–", "–");
        check(|f| f.plain(2.5, 3), "2.5", "2,5");
        check(|f| f.plain(1_000.0, 3), "1,000", "1.000");
        check(|f| f.plain(10.0, 0), "10", "10");
    }

    #[test]
    fn big_numbers_are_shortened() {
        check(|f| f.compact(0.0), "0", "0");
        check(|f| f.compact(999.0), "999", "999");
        check(|f| f.compact(999.7), "1.00 k", "1,00 k");
        check(|f| f.compact(12_345.0), "12.3 k", "12,3 k");
        check(|f| f.compact(4_560_000.0), "4.56 M", "4,56 M");
        check(|f| f.trimmed(&f.compact(5_000.0)), "5 k", "5 k");
        check(|f| f.trimmed(&f.compact(100.0)), "100", "100");
        check(|f| f.trimmed(&f.duration(2_500.0)), "2.5 s", "2,5 s");
    }

    #[test]
    fn units_come_with_the_number() {
        check(|f| f.money(120_000), "€1,200.00", "1.200,00 €");
        check(|f| f.money(-5), "−€0.05", "−0,05 €");
        check(|f| f.duration(0.0), "0 ms", "0 ms");
        check(|f| f.duration(0.346), "0.35 ms", "0,35 ms");
        check(|f| f.duration(12.34), "12.3 ms", "12,3 ms");
        check(|f| f.duration(4_560.0), "4.56 s", "4,56 s");
        check(|f| f.duration(125_000.0), "2 min 05 s", "2 min 05 s");
        check(|f| f.duration(3_720_000.0), "1 h 02 min", "1 h 02 min");
        check(|f| f.percent(0.125, 1), "12.5%", "12,5 %");
        check(|f| f.bytes(512), "512 B", "512 B");
        check(|f| f.bytes(1_500_000), "1.50 MB", "1,50 MB");
        check(|f| f.moment(65_340.0), "1:05.3", "1:05,3");
    }

    #[test]
    fn places_are_filled() {
        assert_eq!(fill("{n} of {total}", &[("n", "3"), ("total", "10")]), "3 of 10");
    }
}
