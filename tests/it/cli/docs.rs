//! `docs/cli.md` and `docs/ci.md` agree with the executable.

use std::collections::BTreeSet;
use std::path::Path;

use super::guides::pages;
use super::{pixi_build_rust, text};

fn page(name: &str) -> String {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    fs_err::read_to_string(docs.join(name)).expect("the page exists")
}

fn help(command: &str) -> String {
    let run = pixi_build_rust().args([command, "--help"]).unwrap();
    text(&run.stdout)
}

/// The commands that the help lists.
pub(super) fn commands() -> Vec<String> {
    let run = pixi_build_rust().arg("--help").unwrap();
    let help = text(&run.stdout);
    let (_, list) = help.split_once("Commands:\n").expect("a list of commands");
    let list = list.split("\n\n").next().expect("it ends");
    let names = list.lines().filter_map(|line| {
        let is_name = line.starts_with("  ") && !line.starts_with("   ");
        is_name.then(|| line.split_whitespace().next())?
    });
    names
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

/// Every `--option` that `text` names.
fn options(text: &str) -> BTreeSet<String> {
    let starts = text.match_indices("--").map(|(at, _)| &text[at..]);
    let names = starts.filter_map(|start| {
        let name = start[2..]
            .split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '-')
            .next()?;
        let is_name = name.starts_with(|sign: char| sign.is_ascii_lowercase());
        is_name.then(|| name.to_owned())
    });
    names.collect()
}

/// The options that a command has: those at the start of a line of its help.
pub(super) fn options_of(help: &str) -> BTreeSet<String> {
    let starts = help.lines().filter_map(|line| {
        let line = line.trim_start();
        line.starts_with('-')
            .then(|| line.split("  ").next().expect("the first part"))
    });
    starts.flat_map(options).collect()
}

/// Returns the text below a heading.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let start = page.find(&format!("\n## {heading}\n"));
    let start = start.unwrap_or_else(|| panic!("docs/cli.md has no section {heading}"));
    let rest = &page[start + 1..];
    let end = rest[3..].find("\n## ").map_or(rest.len(), |end| end + 3);
    &rest[..end]
}

#[test]
fn the_page_has_every_option_of_every_command_and_no_other() {
    let page = page("cli.md");
    let common = options(section(&page, "Every command"));
    let package = options(section(&page, "Which package"));
    for command in commands() {
        let own = options_of(&help(&command));
        let section = section(&page, &format!("`{command}`"));
        let takes_a_package = own.contains("target-platform");
        let mut told = options_of_tables(section);
        told.extend(options(section));
        for option in &own {
            let is_told = told.contains(option)
                || common.contains(option)
                || (takes_a_package && package.contains(option));
            assert!(is_told, "docs/cli.md: `{command}` has `--{option}`");
        }
        for option in options_of_tables(section) {
            assert!(
                own.contains(&option),
                "docs/cli.md: `{command}` has no `--{option}`"
            );
        }
    }
    for option in package {
        assert!(
            options_of(&help("build")).contains(&option),
            "docs/cli.md: `build` has no `--{option}`"
        );
    }
}

/// The options in the first column of tables.
fn options_of_tables(section: &str) -> BTreeSet<String> {
    let rows = section.lines().filter(|line| line.starts_with("| `-"));
    let cells = rows.filter_map(|row| row.split('|').nth(1));
    cells.flat_map(options).collect()
}

#[test]
fn every_command_line_of_the_pages_is_understood() {
    let mut count = 0;
    for (path, page) in pages() {
        let lines = page.lines().filter_map(|line| {
            let line = line.trim_start().trim_start_matches("- run: ");
            let line = line.strip_prefix("$ ").unwrap_or(line);
            line.starts_with("pixi-build-").then_some(line)
        });
        for line in lines.filter(|line| !line.contains(" without ")) {
            let words = line.split(['>', '#', '|']).next().expect("the first part");
            let words: Vec<&str> = words.split_whitespace().collect();
            let [executable, arguments @ ..] = words.as_slice() else {
                continue;
            };
            let program = assert_cmd::cargo::cargo_bin(executable);
            let run = std::process::Command::new(program)
                .args(arguments)
                .arg("--help")
                .output()
                .unwrap_or_else(|error| panic!("{}: {line}: {error}", path.display()));
            assert!(run.status.success(), "{}: {line}", path.display());
            count += 1;
        }
    }
    assert!(count > 30, "{count} command lines");
}

#[test]
fn the_workflow_is_one() {
    let page = page("ci.md");
    let (_, workflow) = page.split_once("```yaml\n").expect("a workflow");
    let workflow = workflow.split("```").next().expect("it ends");
    let workflow: serde_yaml::Value = serde_yaml::from_str(workflow).expect("it is YAML");
    let steps = workflow["jobs"]["build"]["steps"].as_sequence();
    for step in steps.expect("a list") {
        let kinds = ["uses", "run"].map(|key| step.get(key).is_some());
        assert_eq!(kinds.iter().filter(|there| **there).count(), 1, "{step:?}");
    }
}

#[test]
fn the_example_of_the_last_line_has_the_members_of_a_real_one() {
    let page = page("ci.md");
    let (_, example) = page.split_once("```json\n").expect("an example");
    let example = example.split("```").next().expect("it ends");
    let example: serde_json::Value = serde_json::from_str(example).expect("it is JSON");
    let package = example["packages"][0].as_object().expect("a package");
    let members: Vec<&str> = package.keys().map(String::as_str).collect();
    assert_eq!(
        members,
        [
            "path", "sha256", "size", "name", "version", "build", "subdir"
        ]
    );
}
