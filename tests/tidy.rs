//! Reads the sources and enforces what ARCHITECTURE.md says of them, as far as text can show it.
//!
//! One test per rule; a finding names the file, the line and the rule. What clippy can see
//! (`iter_over_hash_type`: no iteration over unordered maps) is left to clippy.
#![cfg(not(target_arch = "wasm32"))]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Modules that decide: pure, synchronous, the same natively and in the browser.
const PURE: [&str; 8] = ["core", "shop", "load", "scenario", "wire", "view", "host", "console"];

/// Every module of `src`, and the only others of ours that it may name. A new module needs a line.
const LAYERS: [(&str, &[&str]); 12] = [
    ("core", &[]),
    ("shop", &["core"]),
    ("load", &["core", "shop"]),
    ("scenario", &["core", "shop", "load"]),
    ("wire", &["core", "shop", "load", "scenario"]),
    ("view", &["core", "shop", "load", "scenario", "wire"]),
    ("host", &["core", "shop", "load", "scenario", "wire"]),
    ("console", &["core", "shop", "load", "scenario", "wire", "view"]),
    ("sim", &["core", "shop", "load", "scenario", "wire", "host"]),
    ("platform", &["core", "wire"]),
    ("runtime", &["core", "shop", "load", "scenario", "wire", "host", "sim", "platform"]),
    ("ui", &["core", "shop", "scenario", "wire", "view", "console", "platform", "runtime"]),
];

#[test]
fn there_are_sources_to_read() {
    let files = sources().iter().filter(|source| source.is_in("src/") && source.is("rs")).count();
    assert!(files > 0, "no source found: is this test looking in the right place?");
}

#[test]
fn pure_modules_name_no_browser_no_clock_and_no_chance() {
    let mut forbidden = vec!["leptos", "web_sys", "js_sys", "wasm_bindgen", "gloo"];
    forbidden.extend(["SystemTime", "Instant", "rand", "thread_rng", "getrandom", "RandomState"]);
    forbidden.extend(["async", "await"]);
    let places: Vec<String> =
        PURE.iter().chain(&["sim"]).map(|module| format!("src/{module}/")).collect();
    check("a pure module names no browser, clock, chance or async", |source| {
        let pure = places.iter().any(|place| source.is_in(place));
        if pure && source.is("rs") { source.lines_naming(&forbidden) } else { vec![] }
    });
}

#[test]
fn modules_look_only_downwards() {
    check("a module names only those below it (LAYERS in tests/tidy.rs)", |source| {
        let Some(module) = source.module() else { return vec![] };
        let Some((_, below)) = LAYERS.iter().find(|(name, _)| *name == module) else {
            return vec![(1, format!("src/{module} is not in LAYERS"))];
        };
        let is_ours = |name: &str| LAYERS.iter().any(|(layer, _)| *layer == name);
        let paths = source.crate_paths().into_iter();
        let upwards = paths.filter(|(_, path)| {
            let named = path.split("::").next().unwrap_or_default();
            is_ours(named) && named != module && !below.contains(&named)
        });
        upwards.map(|(line, path)| (line, format!("crate::{path}"))).collect()
    });
}

#[test]
fn the_page_never_names_the_broker() {
    check("src/ui sends intents and reads snapshots: no broker, no loop but its own", |source| {
        if source.module() != Some("ui") {
            return vec![];
        }
        let paths = source.crate_paths().into_iter().filter(|(_, path)| {
            let loops = path.starts_with("runtime") && !path.starts_with("runtime::page");
            loops || path.starts_with("core::broker") || path.starts_with("host")
        });
        let paths = paths.map(|(line, path)| (line, format!("crate::{path}")));
        paths.chain(source.lines_naming(&["Broker"])).collect()
    });
}

#[test]
fn only_the_page_names_leptos() {
    check("Leptos stays in src/ui and src/bin/app.rs: the worker is built without it", |source| {
        let elsewhere = source.is_in("src/") && !source.is_in("src/ui/");
        if elsewhere && source.path != "src/bin/app.rs" {
            source.lines_naming(&["leptos", "leptos_i18n", "reactive_stores", "leptos_use"])
        } else {
            vec![]
        }
    });
}

#[test]
fn only_the_platform_names_the_browser() {
    check("web_sys and js_sys stay in src/platform", |source| {
        if source.is_in("src/") && !source.is_in("src/platform/") {
            source.lines_naming(&["web_sys", "js_sys"])
        } else {
            vec![]
        }
    });
}

#[test]
fn raw_colours_are_only_in_the_tokens() {
    check("a raw colour belongs in style/tokens.css, elsewhere a token is named", |source| {
        let styled = source.is_in("src/") || source.is_in("style/") || source.path == "index.html";
        if !styled || source.path == "style/tokens.css" || !source.is_text() {
            return vec![];
        }
        let text = if source.is("rs") { blank(&source.text, false) } else { uncommented(source) };
        // The colour of the browser's own frame is told before any style is read.
        let exempt = |line: &str| line.contains("theme-color");
        numbered(&text).filter(|(_, line)| !exempt(line) && has_raw_colour(line)).collect()
    });
}

#[test]
fn nothing_is_left_unfinished() {
    check("no todo!, unimplemented!, dbg! or ignored test", |source| {
        if !source.is("rs") {
            return vec![];
        }
        let leftovers = ["todo!", "unimplemented!", "dbg!", "#[ignore"];
        let code = source.code();
        numbered(&code).filter(|(_, line)| leftovers.iter().any(|it| line.contains(it))).collect()
    });
}

#[test]
fn tests_wait_for_conditions() {
    check("a test waits for a condition, it does not sleep", |source| {
        if !source.is_in("tests/") || !source.is("rs") {
            return vec![];
        }
        let code = source.code();
        numbered(&code).filter(|(_, line)| line.contains("sleep(")).collect()
    });
}

#[test]
fn files_and_lines_are_short() {
    check(
        "at most 100 columns a line, texts excepted, and 600 lines a file (aim at 400)",
        |source| {
            if !source.is("rs") {
                return vec![];
            }
            let count = source.text.lines().count();
            if (501..=600).contains(&count) {
                eprintln!("{}: {count} lines: time to split it", source.path);
            }
            // A text is not broken for its length: it is read, and searched for, as a whole.
            let long = |line: &str| line.chars().count() > 100 && !line.contains('"');
            let mut found: Vec<Finding> =
                numbered(&source.text).filter(|(_, line)| long(line)).collect();
            if count > 600 {
                found.push((count, format!("{count} lines")));
            }
            found
        },
    );
}

#[test]
fn every_file_says_what_it_is() {
    check("a Rust file starts with a `//!` line that says what it is", |source| {
        let lacking = source.is("rs") && !source.text.starts_with("//! ");
        let first = source.text.lines().next().unwrap_or_default();
        if lacking { vec![(1, first.to_owned())] } else { vec![] }
    });
}

#[test]
fn nothing_names_a_machine_or_a_registry() {
    // In pieces, so that this file does not name them either.
    let words = [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
        concat!("crates", ".io"),
        concat!("npmjs", "."),
        concat!("pypi", ".org"),
        concat!("deb.", "debian"),
    ];
    check("no path of one machine and no registry's host", |source| {
        // The lock file is cargo's: it names its registry on every line.
        if source.path == "Cargo.lock" || !source.is_text() {
            return vec![];
        }
        let names = |line: &str| words.iter().any(|word| line.contains(word));
        numbered(&source.text).filter(|(_, line)| names(line)).collect()
    });
}

#[test]
fn no_text_of_the_page_is_empty() {
    check("every text exists in every language (that none lacks a key, the compiler sees)", |it| {
        let code = blank(&it.text, false);
        let empty = |line: &str| line.contains("\"\"");
        let texts = ["src/ui/i18n/en.rs", "src/ui/i18n/es.rs"].contains(&it.path.as_str());
        if texts { numbered(&code).filter(|(_, line)| empty(line)).collect() } else { vec![] }
    });
}

/// A line's number, from 1, and what is wrong with it.
type Finding = (usize, String);

/// Applies a rule to every file and fails with all its findings.
fn check(rule: &str, find: impl Fn(&Source) -> Vec<Finding>) {
    let mut findings = Vec::new();
    for source in sources() {
        for (line, what) in find(&source) {
            findings.push(format!("{}:{line}: {}", source.path, what.trim()));
        }
    }
    assert!(findings.is_empty(), "rule: {rule}\n{}", findings.join("\n"));
}

/// A file of the repository.
struct Source {
    /// From the root, with `/` between folders.
    path: String,
    text: String,
}

impl Source {
    fn is_in(&self, folder: &str) -> bool {
        self.path.starts_with(folder)
    }

    fn is(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == extension)
    }

    /// Whether people wrote it: pictures and data files may hold anything.
    fn is_text(&self) -> bool {
        let kinds = ["rs", "css", "html", "toml", "md", "json", "yml", "js", "lock", "txt"];
        kinds.iter().any(|kind| self.is(kind)) || self.is_in(".ci/")
    }

    /// The module of `src` it belongs to, if it is in one that is a folder.
    fn module(&self) -> Option<&str> {
        let (module, _) = self.path.strip_prefix("src/")?.split_once('/')?;
        (module != "bin" && self.is("rs")).then_some(module)
    }

    /// The text without comments and without what strings hold.
    fn code(&self) -> String {
        blank(&self.text, true)
    }

    /// The lines of code that name one of these words.
    fn lines_naming(&self, words: &[&str]) -> Vec<Finding> {
        let code = self.code();
        let names = |line: &str| {
            line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| words.contains(&word))
        };
        numbered(&code).filter(|(_, line)| names(line)).collect()
    }

    /// Every path after `crate::`, with groups in braces spelled out: `core::time::Span`.
    fn crate_paths(&self) -> Vec<Finding> {
        let code = self.code();
        let mut paths = Vec::new();
        for (start, word) in code.match_indices("crate::") {
            let line = code[..start].matches('\n').count() + 1;
            let mut ends = Vec::new();
            spell_out(&code[start + word.len()..], "", &mut ends);
            paths.extend(ends.into_iter().map(|path| (line, path)));
        }
        paths
    }
}

/// Reads one path or group of a `use`, appends each path to `paths`, and gives what follows.
fn spell_out<'a>(text: &'a str, prefix: &str, paths: &mut Vec<String>) -> &'a str {
    let text = text.trim_start();
    let Some(mut rest) = text.strip_prefix('{') else {
        let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
        let path = format!("{prefix}{}", &text[..end]);
        return match text[end..].strip_prefix("::") {
            Some(rest) => spell_out(rest, &format!("{path}::"), paths),
            None => {
                paths.push(path);
                &text[end..]
            }
        };
    };
    loop {
        rest = spell_out(rest, prefix, paths);
        let end = rest.find([',', '}']).unwrap_or(rest.len());
        let comma = rest[end..].starts_with(',');
        rest = rest.get(end + 1..).unwrap_or_default();
        if !comma || rest.trim_start().is_empty() {
            return rest;
        }
        if let Some(after) = rest.trim_start().strip_prefix('}') {
            return after;
        }
    }
}

/// The text with comments, and on request what strings hold, replaced by spaces: lines stay lines.
fn blank(text: &str, strings_too: bool) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (length, hidden) = if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), true)
        } else if rest.starts_with("/*") {
            (rest.find("*/").map_or(rest.len(), |end| end + 2), true)
        } else if let Some(length) = raw_string(rest, kept.chars().next_back()) {
            (length, strings_too)
        } else if first == '"' {
            (string(rest), strings_too)
        } else if let Some(length) = character(rest) {
            (length, strings_too)
        } else {
            (first.len_utf8(), false)
        };
        let (part, after) = rest.split_at(length);
        if hidden {
            kept.extend(part.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        } else {
            kept.push_str(part);
        }
        rest = after;
    }
    kept
}

/// The length of a string at the start of `text`.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (index, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return index + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a raw string at the start of `text`, if one is there.
fn raw_string(text: &str, before: Option<char>) -> Option<usize> {
    if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let hashes = text.strip_prefix('r')?;
    let body = hashes.trim_start_matches('#');
    let count = hashes.len() - body.len();
    let body = body.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(count));
    let opening = 2 + count;
    Some(body.find(&end).map_or(text.len(), |at| opening + at + end.len()))
}

/// The length of a character at the start of `text`, unless it is a lifetime.
fn character(text: &str) -> Option<usize> {
    let body = text.strip_prefix('\'')?;
    let end = if let Some(escape) = body.strip_prefix('\\') {
        2 + escape.char_indices().skip(1).find(|(_, c)| *c == '\'')?.0
    } else {
        let end = body.chars().next()?.len_utf8();
        body[end..].starts_with('\'').then_some(1 + end)?
    };
    Some(end + 1)
}

/// A style or a document without its comments.
fn uncommented(source: &Source) -> String {
    let (open, close) = if source.is("html") { ("<!--", "-->") } else { ("/*", "*/") };
    let mut kept = String::new();
    let mut rest = source.text.as_str();
    while let Some((before, after)) = rest.split_once(open) {
        let (comment, after) = after.split_once(close).unwrap_or((after, ""));
        kept.push_str(before);
        kept.extend(comment.chars().filter(|c| *c == '\n'));
        rest = after;
    }
    kept + rest
}

/// Whether a line holds `#abc`, `#aabbcc` (with or without opacity) or a colour function.
fn has_raw_colour(line: &str) -> bool {
    let functions = ["rgb(", "rgba(", "hsl(", "hsla(", "hwb(", "oklab(", "oklch("];
    let named = functions.iter().any(|function| {
        line.match_indices(function).any(|(at, _)| {
            !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '-')
        })
    });
    let hexadecimal = line.match_indices('#').any(|(at, _)| {
        let word = |c: &char| c.is_ascii_alphanumeric() || *c == '-' || *c == '_';
        let digits: String = line[at + 1..].chars().take_while(word).collect();
        let colour = matches!(digits.len(), 3 | 4 | 6 | 8);
        // `&#8230;` is a character of HTML.
        colour && digits.chars().all(|c| c.is_ascii_hexdigit()) && !line[..at].ends_with('&')
    });
    named || hexadecimal
}

fn numbered(text: &str) -> impl Iterator<Item = Finding> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line.to_owned()))
}

/// Every file of the repository that people write.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    collect(root, &mut paths);
    paths.sort();
    let read = |path: &PathBuf| {
        let name = path.strip_prefix(root).ok()?.to_string_lossy().replace('\\', "/");
        Some(Source { path: name, text: fs::read_to_string(path).ok()? })
    };
    paths.iter().filter_map(read).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    if folder.join("CACHEDIR.TAG").is_file() {
        return; // A target folder of another name.
    }
    let built = ["dist", "node_modules", "target", ".git"];
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_file() {
            paths.push(path);
        } else if !built.iter().any(|name| entry.file_name() == *name) {
            collect(&path, paths);
        }
    }
}

mod readers {
    //! The rules are only as good as the readers they stand on.

    use super::{Source, blank, has_raw_colour};

    #[test]
    fn comments_and_strings_are_blanked() {
        for (text, strings_too, expected) in [
            ("a // b\nc", true, "a     \nc"),
            ("a /* b\n */ c", true, "a     \n    c"),
            ("a \"// b\" c", true, "a        c"),
            ("a \"// b\" c", false, "a \"// b\" c"),
            (r#"a "\" b" c"#, true, "a        c"),
            ("r#\"a \" b\"# c", true, "           c"),
            ("for \"x\"", true, "for    "),
            ("'\"' a", true, "    a"),
            (r"'\'' a", true, "     a"),
            ("fn a<'b>(c: &'b str)", true, "fn a<'b>(c: &'b str)"),
        ] {
            assert_eq!(blank(text, strings_too), expected, "from {text:?}");
        }
    }

    #[test]
    fn paths_in_groups_are_spelled_out() {
        for (text, expected) in [
            ("use crate::core;", vec!["core"]),
            ("use crate::core::time::Span;", vec!["core::time::Span"]),
            ("crate::core::f(crate::shop::g())", vec!["core::f", "shop::g"]),
            (
                "use crate::{core, shop::{self, b::C}, wire::*};",
                vec!["core", "shop::self", "shop::b::C", "wire::"],
            ),
            (
                "use crate::{\n    core::{A, B,},\n    ui::D,\n};\nlet {e, f} = g;",
                vec!["core::A", "core::B", "ui::D"],
            ),
        ] {
            let source = Source { path: "src/x/y.rs".into(), text: text.into() };
            let paths: Vec<String> = source.crate_paths().into_iter().map(|(_, it)| it).collect();
            assert_eq!(paths, expected, "from {text:?}");
        }
    }

    #[test]
    fn raw_colours_are_recognised() {
        for line in ["color: #fff", "#1a2B3c;", "\"#12345678\"", "rgb(1 2 3)", "a:oklch(1 0 0)"] {
            assert!(has_raw_colour(line), "{line}");
        }
        for line in
            ["href=\"#/lanes\"", "&#8230;", "#[test]", "srgb(", "#dead-letters td {", "var(--ink)"]
        {
            assert!(!has_raw_colour(line), "{line}");
        }
    }
}
