//! `docs/errors.md` lists every error of the source, as users see it.
//!
//! The examples are snapshots of other tests. An error without a snapshot is shown as the
//! source writes it. After a change, run the test with `UPDATE_CATALOGUE=1`.

mod examples;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use examples::Example;
use indoc::indoc;

/// The actions of users, each with the codes of its errors and a description of each error.
const CODES: &str = include_str!("codes.txt");

/// The maximum number of examples of one error.
const EXAMPLES: usize = 3;

/// The actions of users, with the codes and the descriptions of their errors.
fn groups() -> Vec<(&'static str, Vec<(&'static str, &'static str)>)> {
    let mut groups: Vec<(&str, Vec<(&str, &str)>)> = Vec::new();
    for line in CODES.lines().filter(|line| !line.is_empty()) {
        if let Some(title) = line.strip_prefix("# ") {
            groups.push((title, Vec::new()));
        } else if let Some(entry) = line.split_once(" | ") {
            groups.last_mut().expect("a title first").1.push(entry);
        } else {
            panic!("codes.txt: {line}");
        }
    }
    groups
}

/// The messages that neither a snapshot nor the source shows, because most of their text comes
/// from other programs.
fn written() -> impl Iterator<Item = (&'static str, &'static str)> {
    let entries = groups().into_iter().flat_map(|(_, entries)| entries);
    entries.filter_map(|(code, about)| Some((code, about.split_once(" | ")?.1)))
}

fn page() -> String {
    let examples = examples::all();
    let mut templates = source::templates();
    templates.extend(
        written()
            .map(|(code, message)| (code.to_owned(), source::render_error(code, message, None))),
    );
    let codes = groups().into_iter().flat_map(|(_, entries)| entries);
    let is_shown = |code: &str| examples.contains_key(code) || templates.contains_key(code);
    let hidden: Vec<&str> = codes
        .map(|(code, _)| code)
        .filter(|code| !is_shown(code))
        .collect();
    assert_eq!(
        hidden, [""; 0],
        "neither a snapshot nor the source shows them"
    );
    let mut page = String::from(indoc! {"
            # Errors

            Every error and every warning that has a code, by the task of the user. The code is above the message, on this page
            and in pixi, and it is the `code` of `--json`. The examples come from the tests. A message without an example is shown
            as in the source: ‹words like these› stand for values. Several errors are reported together where that is possible.
        "});
    for (title, entries) in groups() {
        write!(page, "\n## {title}\n").expect("text can be written");
        for (code, about) in entries {
            let about = about.split(" | ").next().unwrap_or_default();
            write!(page, "\n### `{code}`\n\n{about}\n").expect("text can be written");
            let shown = examples.get(code).map(Vec::as_slice).unwrap_or_default();
            for Example { name, text } in shown.iter().take(EXAMPLES) {
                write!(page, "\n{name}:\n\n```text\n{text}\n```\n").expect("text can be written");
            }
            if shown.is_empty() {
                let text = &templates[code];
                write!(page, "\n```text\n{text}\n```\n").expect("text can be written");
            }
        }
    }
    page
}

#[test]
fn the_page_of_errors_is_what_the_tests_and_the_source_show() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/errors.md");
    let page = page();
    if std::env::var_os("UPDATE_CATALOGUE").is_some() {
        fs_err::write(&path, &page).expect("docs are writable");
    }
    let written = fs_err::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "run this test with UPDATE_CATALOGUE=1");
}

#[test]
fn every_code_of_the_source_is_in_one_group() {
    let mut described: BTreeMap<&str, usize> = BTreeMap::new();
    for (code, _) in groups().into_iter().flat_map(|(_, entries)| entries) {
        *described.entry(code).or_default() += 1;
    }
    let twice = described.iter().filter(|(_, count)| **count > 1);
    assert_eq!(twice.collect::<Vec<_>>(), [], "described twice");
    let described: BTreeSet<String> = described.keys().map(|code| code.to_string()).collect();
    let stated = source::codes();
    assert!(stated.len() > 200, "{} codes", stated.len());
    let missing: Vec<&String> = stated.difference(&described).collect();
    assert_eq!(
        missing, [""; 0],
        "add them to tests/it/errors/catalogue/codes.txt"
    );
    let gone: Vec<&String> = described.difference(&stated).collect();
    assert_eq!(gone, [""; 0], "no error has these codes");
}
