//! Reads numbers as people type them: with or without thousands' marks, in either language.

use super::locale::Locale;

/// The text is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotANumber;

/// The number that the text means; nothing when it is blank.
///
/// The language decides what `1.000` is: a thousand in Spanish, one in English. What cannot be a
/// thousands' mark is the decimal point, so `0.5` and `0,5` are a half in both.
///
/// # Errors
/// When the text is not blank and not a number.
pub fn number(locale: Locale, text: &str) -> Result<Option<f64>, NotANumber> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '\'').collect();
    if text.is_empty() {
        return Ok(None);
    }
    let (sign, digits) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.as_str()),
    };
    let plain = plain(locale, digits).ok_or(NotANumber)?;
    // `parse` would also take "inf", "nan" and "1e9".
    let only_digits = plain.chars().all(|c| c.is_ascii_digit() || c == '.');
    if !only_digits || !plain.contains(|c: char| c.is_ascii_digit()) {
        return Err(NotANumber);
    }
    plain.parse::<f64>().map(|number| Some(sign * number)).map_err(|_| NotANumber)
}

/// The digits with a point at most before the fraction, if the marks make sense.
fn plain(locale: Locale, digits: &str) -> Option<String> {
    let (group, point) = (locale.group(), locale.point());
    if let Some((whole, fraction)) = digits.split_once(point) {
        if fraction.contains(group) {
            return None;
        }
        if fraction.contains(point) {
            // Several: they can only be the other language's thousands' marks.
            return ungrouped(digits, point);
        }
        let whole = if whole.contains(group) { ungrouped(whole, group)? } else { whole.into() };
        return Some(format!("{whole}.{fraction}"));
    }
    if !digits.contains(group) {
        return Some(digits.to_owned());
    }
    ungrouped(digits, group).or_else(|| {
        let single = digits.matches(group).count() == 1;
        single.then(|| digits.replace(group, "."))
    })
}

/// The digits without thousands' marks, if these stand where they must.
fn ungrouped(digits: &str, mark: char) -> Option<String> {
    let mut parts = digits.split(mark);
    let first = parts.next()?;
    let leads = (1..=3).contains(&first.len()) && !first.starts_with('0');
    let follow = parts.all(|part| part.len() == 3 && part.bytes().all(|b| b.is_ascii_digit()));
    (leads && follow).then(|| digits.replace(mark, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, english: Result<Option<f64>, NotANumber>, spanish: Option<f64>) {
        assert_eq!(number(Locale::English, text), english, "{text} in English");
        let expected = if english.is_err() { Err(NotANumber) } else { Ok(spanish) };
        assert_eq!(number(Locale::Spanish, text), expected, "{text} in Spanish");
    }

    #[test]
    fn both_ways_of_writing_are_understood() {
        for (text, english, spanish) in [
            ("", None, None),
            (" ", None, None),
            ("10000", Some(10_000.0), Some(10_000.0)),
            ("10 000", Some(10_000.0), Some(10_000.0)),
            ("0.5", Some(0.5), Some(0.5)),
            ("0,5", Some(0.5), Some(0.5)),
            (".5", Some(0.5), Some(0.5)),
            ("1,000", Some(1_000.0), Some(1.0)),
            ("1.000", Some(1.0), Some(1_000.0)),
            ("1,000,000", Some(1e6), Some(1e6)),
            ("1.000.000", Some(1e6), Some(1e6)),
            ("-3", Some(-3.0), Some(-3.0)),
            ("0.125", Some(0.125), Some(0.125)),
        ] {
            check(text, Ok(english), spanish);
        }
        assert_eq!(number(Locale::English, "1,234.5"), Ok(Some(1_234.5)));
        assert_eq!(number(Locale::Spanish, "1.234,5"), Ok(Some(1_234.5)));
    }

    #[test]
    fn the_rest_is_not_a_number() {
        for text in ["ten", "1e9", "inf", "nan", "-", ".", "1,2,3", "1.2.3", "1-2", "0x10", "٣"] {
            check(text, Err(NotANumber), None);
        }
    }
}
