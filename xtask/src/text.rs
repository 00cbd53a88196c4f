//! How this tool's output looks: headings, durations, sizes, and colour where it is wanted.

use std::{env, fmt, io::IsTerminal, sync::OnceLock, time::Duration};

/// A heading with an empty line before it.
pub fn heading(title: &str) {
    println!(
        "\n{}",
        bold(&format!("── {title} {}", "─".repeat(72_usize.saturating_sub(title.len()))))
    );
}

/// A line under a heading.
pub fn note(line: impl fmt::Display) {
    println!("   {line}");
}

pub fn bold(text: &str) -> String {
    painted("1", text)
}

pub fn green(text: &str) -> String {
    painted("32", text)
}

pub fn red(text: &str) -> String {
    painted("31", text)
}

/// `text` in the terminal's colour `code`, or as it is where nobody sees colours.
fn painted(code: &str, text: &str) -> String {
    static COLOURED: OnceLock<bool> = OnceLock::new();
    let wanted = || std::io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none();
    if *COLOURED.get_or_init(wanted) { format!("\x1b[{code}m{text}\x1b[0m") } else { text.into() }
}

/// A duration for people: `0.4 s`, `38 s`, `2 min 05 s`.
pub fn duration(span: Duration) -> String {
    let seconds = span.as_secs_f64().round() as u64;
    match seconds {
        0..=9 => format!("{:.1} s", span.as_secs_f64()),
        10..=99 => format!("{seconds} s"),
        _ => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

/// A size for people, in decimal kilobytes as a network counts them.
pub fn size(bytes: u64) -> String {
    format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        for (millis, expected) in [
            (0, "0.0 s"),
            (449, "0.4 s"),
            (9_400, "9.4 s"),
            (38_000, "38 s"),
            (125_000, "2 min 05 s"),
            (3_600_000, "60 min 00 s"),
        ] {
            assert_eq!(duration(Duration::from_millis(millis)), expected);
        }
    }

    #[test]
    fn sizes_read_well() {
        assert_eq!(size(0), "0.0 kB");
        assert_eq!(size(22_950), "22.9 kB");
        assert_eq!(size(1_200_000), "1200.0 kB");
    }
}
