//! The errors in the source: their codes, and their messages with placeholders.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use super::examples::files;

/// The codes of all errors.
pub fn codes() -> BTreeSet<String> {
    let texts = texts();
    texts
        .iter()
        .flat_map(|text| stated(text))
        .map(|(code, _)| code)
        .collect()
}

/// The errors as the source writes them, by their code.
pub fn templates() -> BTreeMap<String, String> {
    let mut templates = BTreeMap::new();
    for text in texts() {
        for (code, at) in stated(&text) {
            let found = derived(&text, at).or_else(|| diagnosis(&text, at, &code));
            if let Some((message, help)) = found {
                let shown = render_error(&code, &message, help.as_deref());
                templates.entry(code).or_insert(shown);
            }
        }
    }
    templates
}

fn texts() -> Vec<String> {
    let sources = files("rs").into_iter();
    let sources = sources.filter(|path| !path.components().any(|part| part.as_os_str() == "it"));
    sources
        .map(|path| fs_err::read_to_string(path).expect("sources are text"))
        .collect()
}

/// The codes with their offsets, in attributes and in string literals.
fn stated(text: &str) -> Vec<(String, usize)> {
    let code = Regex::new(r#"code\(\s*([a-z_]+::[a-z_0-9]+)\s*\)|"([a-z_]+::[a-z_0-9]+)""#);
    let code = code.expect("it is a pattern");
    let found = code.captures_iter(text).map(|found| {
        let name = found.get(1).or_else(|| found.get(2)).expect("one of both");
        (
            name.as_str().to_owned(),
            found.get(0).expect("all of it").start(),
        )
    });
    found.collect()
}

/// The message and the help of a struct with attributes.
fn derived(text: &str, at: usize) -> Option<(String, Option<String>)> {
    text[at..].starts_with("code(").then_some(())?;
    let error = text[..at].rfind("#[error(")?;
    let message = literal(&text[error + "#[error(".len()..])?;
    let rest = &text[at..];
    let item = rest.find("struct ")?;
    let help = rest[..item]
        .find("help(")
        .and_then(|at| literal(&rest[at + 5..]));
    Some((message, help))
}

/// The message and the help of a value that is created where the failure is found.
fn diagnosis(text: &str, at: usize, code: &str) -> Option<(String, Option<String>)> {
    let rest = &text[at + code.len() + 2..];
    let end = ["..Default", "..Diagnosis", "\n}\n"]
        .iter()
        .filter_map(|end| rest.find(end))
        .min();
    let rest = &rest[..end.unwrap_or(rest.len())];
    if text[..at].ends_with("code = ") {
        // The arguments of `miette!`.
        let rest = rest.trim_start_matches([',', ' ', '\n']);
        let Some(help) = rest.strip_prefix("help = ") else {
            return Some((literal(rest)?, None));
        };
        let (_, message) = help.split_once("\",\n")?;
        return Some((literal(message)?, literal(help)));
    }
    if let Some(message) = rest.find("message:").filter(|at| *at < 40) {
        let help = rest
            .find("help: Some(")
            .and_then(|at| literal(&rest[at + 11..]));
        return Some((literal(&rest[message + 8..])?, help));
    }
    // The arguments of a call.
    let message = literal(rest)?;
    let after = rest.find("\",\n").map(|at| &rest[at + 3..]);
    Some((message, after.and_then(literal)))
}

/// Returns the first string literal of the source, if only the start of a call precedes it. A
/// placeholder becomes a word in ‹angle quotes›.
fn literal(source: &str) -> Option<String> {
    let start = source.find('"')?;
    let before = source[..start].trim();
    let is_call = ["", "format!(", "Some(format!(", "Some("].contains(&before);
    is_call.then_some(())?;
    let mut text = String::new();
    let mut signs = source[start + 1..].char_indices().peekable();
    let mut end = start;
    while let Some((at, sign)) = signs.next() {
        match sign {
            '"' => {
                end = start + 1 + at + 1;
                break;
            }
            '\\' => match signs.next()?.1 {
                '\n' => while signs.next_if(|(_, sign)| sign.is_whitespace()).is_some() {},
                'n' => text.push('\n'),
                other => text.push(other),
            },
            other => text.push(other),
        }
    }
    Some(filled(&text, &source[end..]))
}

fn filled(text: &str, arguments: &str) -> String {
    let gap = Regex::new(r"\{(\w*)(:[^}]*)?\}").expect("it is a pattern");
    let arguments = arguments
        .split_once(")\n")
        .map_or(arguments, |(before, _)| before);
    let name = Regex::new(r"[a-z_]{2,}").expect("it is a pattern");
    let skipped = ["list", "self", "display", "iter", "map", "str", "as_str"];
    let mut names = arguments.split(',').skip(1).filter_map(|argument| {
        // A tuple member does not have a name.
        if argument.trim().starts_with(".0") {
            return Some("…".to_owned());
        }
        let mut words = name.find_iter(argument).map(|word| word.as_str());
        words
            .find(|word| !skipped.contains(word))
            .map(str::to_owned)
    });
    let text = text.replace("{{", "\u{1}").replace("}}", "\u{2}");
    let text = gap.replace_all(&text, |found: &regex::Captures<'_>| {
        let word = match &found[1] {
            "" => names.next(),
            number if number.starts_with(|sign: char| sign.is_ascii_digit()) => None,
            word => Some(word.to_owned()),
        };
        format!(
            "‹{}›",
            word.unwrap_or_else(|| "…".to_owned())
                .replace('_', " ")
                .replace("folder", "directory")
        )
    });
    text.replace('\u{1}', "{").replace('\u{2}', "}")
}

/// Returns an error as a terminal shows it.
pub fn render_error(code: &str, message: &str, help: Option<&str>) -> String {
    let mut lines = vec![code.to_owned(), String::new()];
    lines.extend(wrapped("  × ", "  │ ", message));
    // A help that consists of one placeholder says nothing.
    let is_gap =
        |help: &str| help.starts_with('‹') && help.find('›') == Some(help.len() - '›'.len_utf8());
    if let Some(help) = help.filter(|help| !is_gap(help)) {
        lines.extend(wrapped("  help: ", "        ", help));
    }
    lines.join("\n")
}

fn wrapped(first: &str, next: &str, text: &str) -> Vec<String> {
    const WIDTH: usize = 80;
    let mut lines = vec![first.to_owned()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("one is there");
        if line.chars().count() + word.chars().count() >= WIDTH && !line.ends_with(next) {
            lines.push(format!("{next}{word}"));
        } else if line.as_str() == first || line.as_str() == next {
            line.push_str(word);
        } else {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines
}
