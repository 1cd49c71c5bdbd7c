//! The examples in the README and the guides, which these tests write to files and use.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use indoc::indoc;
use regex::Regex;
use serde_json::Value;

use super::{pixi_build_rust, text};
use test_support::project::Project;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// README and every page below `docs`, relative to the repository.
pub(super) fn pages() -> BTreeMap<PathBuf, String> {
    let mut files: Vec<PathBuf> = [
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "SECURITY.md",
    ]
    .map(|name| root().join(name))
    .into();
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(folder).expect("docs are readable") {
            let path = entry.expect("docs are readable").path();
            if path.is_dir() {
                folders.push(path)
            } else {
                files.push(path)
            }
        }
    }
    let pages = files
        .into_iter()
        .filter(|path| path.extension().is_some_and(|it| it == "md"));
    let read = |path: PathBuf| {
        let text = fs_err::read_to_string(&path).expect("pages are text");
        let path = path.strip_prefix(root()).expect("below the root");
        (path.to_owned(), text)
    };
    pages.map(read).collect()
}

/// The language and the text of each block of a page.
pub(super) fn blocks(page: &str) -> Vec<(&str, &str)> {
    let starts = page.split("\n```").skip(1).step_by(2);
    starts.filter_map(|block| block.split_once('\n')).collect()
}

/// The files that blocks name in their first line, as in `# pixi.toml` or `// src/main.rs`.
fn files(page: &str) -> Vec<(String, String)> {
    let blocks = blocks(page).into_iter();
    let files = blocks.filter_map(|(_, block)| {
        let (first, rest) = block.split_once('\n')?;
        let name = first
            .strip_prefix("# ")
            .or_else(|| first.strip_prefix("// "))?;
        let name = name.split(',').next()?;
        let is_path = name.contains('.') && !name.contains(' ');
        is_path.then(|| (name.to_owned(), format!("{rest}\n")))
    });
    files.collect()
}

fn outputs(project: &Project, arguments: &[&str]) -> Vec<Value> {
    let mut command = pixi_build_rust();
    command
        .args(["outputs", "--json"])
        .args(arguments)
        .current_dir(project.dir());
    let run = command.env("PIXI_CACHE_DIR", project.cache()).unwrap();
    let document: Value = serde_json::from_slice(&run.stdout).expect("it is JSON");
    document["outputs"].as_array().expect("a list").clone()
}

/// The names of the packages that pixi would install from this workspace.
fn installed(manifest: &str) -> Vec<String> {
    let manifest: Value = toml_edit::de::from_str(manifest).expect("it is TOML");
    let dependencies = manifest["dependencies"].as_object();
    dependencies
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect()
}

#[test]
fn the_manifests_of_readme_install_the_program_that_they_promise() {
    let pages = pages();
    let readme = &pages[Path::new("README.md")];
    let files = files(readme);
    let named = |name: &str| -> Vec<&str> {
        let found = files.iter().filter(|(file, _)| file == name);
        found.map(|(_, text)| text.as_str()).collect()
    };
    let (manifests, members) = (named("pixi.toml"), named("greet/pixi.toml"));
    let ([alone, workspace], [member]) = (manifests.as_slice(), members.as_slice()) else {
        panic!("one manifest for a package, one for a workspace with one package");
    };
    assert!(readme.contains("$ pixi run hello"));
    let project = Project::hello().pixi_toml(alone);
    assert_eq!(outputs(&project, &["."])[0]["name"], "hello");
    assert_eq!(installed(alone), ["hello"]);

    let lines = workspace
        .lines()
        .chain(member.lines())
        .filter(|line| !line.is_empty());
    assert!(lines.count() <= 10, "ten lines are enough");
    let project = Project::new()
        .file("pixi.toml", workspace)
        .file("greet/pixi.toml", member)
        .file(
            "greet/Cargo.toml",
            indoc! {r#"
                [package]
                name = "greet"
                version = "1.0.0"
            "#},
        )
        .file("greet/src/main.rs", "fn main() {}\n");
    assert_eq!(outputs(&project, &["--all"])[0]["name"], "greet");
    assert_eq!(installed(workspace), ["greet"]);
}

#[test]
fn the_project_of_each_guide_is_one_that_its_backend_takes() {
    let mut count = 0;
    for (path, page) in pages() {
        let files = files(&page);
        let manifest = files.iter().find(|(name, _)| name == "pixi.toml");
        let Some((_, manifest)) = manifest.filter(|_| files.len() > 1) else {
            continue;
        };
        if path == Path::new("README.md") {
            continue;
        }
        let mut project = Project::new().pixi_toml(manifest);
        for (name, text) in files.iter().filter(|(name, _)| name != "pixi.toml") {
            project = project.file(name, text.as_str());
        }
        let outputs = outputs(&project, &[".", "--target-platform", "linux-64"]);
        assert_eq!(outputs.len(), 1, "{}", path.display());
        let name = outputs[0]["name"].as_str().expect("a name");
        for installed in installed(manifest) {
            assert_eq!(installed, name, "{}", path.display());
        }
        assert_eq!(outputs[0]["version"], "1.2.0", "{}", path.display());
        count += 1;
    }
    assert_eq!(count, 4, "a program, a library, a module and a recipe");
}

#[test]
fn the_example_of_a_table_of_outputs_is_a_real_one() {
    let pages = pages();
    let page = &pages[Path::new("docs/guides/program.md")];
    let mut project = Project::new();
    for (name, text) in files(page) {
        project = project.file(&name, text);
    }
    let run = pixi_build_rust()
        .args([
            "outputs",
            "--target-platform",
            "linux-64",
            "--build-platform",
            "linux-64",
        ])
        .current_dir(project.dir())
        .unwrap();
    let table = text(&run.stdout);
    let shown: Vec<&str> = table.lines().map(str::trim_end).collect();
    assert!(page.contains(&shown.join("\n")), "{table}");
}

#[test]
fn errors_that_pages_quote_are_on_the_page_of_errors() {
    let pages = pages();
    let errors = &pages[Path::new("docs/errors.md")];
    for (path, page) in &pages {
        let quotes = blocks(page).into_iter().filter(|(_, block)| {
            let first = block.lines().next().unwrap_or_default();
            first.contains("::") && !first.contains(' ')
        });
        for (_, quote) in quotes.filter(|(language, _)| *language == "text") {
            assert!(errors.contains(quote), "{}:\n{quote}", path.display());
        }
    }
}

#[test]
fn figures_of_the_front_page_were_measured() {
    let pages = pages();
    let (_, rest) = pages[Path::new("README.md")]
        .split_once("## What is different")
        .expect("a table");
    let table = rest.split("\n## ").next().unwrap_or_default();
    let measured = &pages[Path::new("docs/performance.md")];
    let figure = Regex::new(r"\d+\.\d+( ms| s| MiB)?|\d+ of \d+").expect("it is a pattern");
    let figures: Vec<&str> = figure
        .find_iter(table)
        .map(|found| found.as_str())
        .collect();
    assert!(figures.len() > 3, "{figures:?}");
    for figure in figures {
        assert!(
            measured.contains(figure),
            "docs/performance.md has no {figure}"
        );
    }
}

#[test]
fn links_lead_to_files_and_headings() {
    let pages = pages();
    let mut broken = Vec::new();
    for (path, page) in &pages {
        let links = page
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        for link in links.filter(|link| !link.contains("://") && !link.contains(' ')) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let folder = path.parent().unwrap_or(Path::new(""));
            let target = match file {
                "" => path.clone(),
                file => normalized(&folder.join(file)),
            };
            let is_there = root().join(&target).exists();
            let headings = pages.get(&target).map(|page| headings(page));
            let has_it = headings.is_none_or(|known| known.iter().any(|it| it == heading));
            if !is_there || (!heading.is_empty() && !has_it) {
                broken.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert_eq!(broken, [""; 0]);
}

/// Returns the path without `.` and `..`.
fn normalized(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                parts.pop();
            }
            std::path::Component::CurDir => {}
            part => parts.push(part),
        }
    }
    parts
}

/// The anchors of the headings of a page.
fn headings(page: &str) -> Vec<String> {
    let headings = page.lines().filter_map(|line| {
        let heading = line.strip_prefix('#')?.trim_start_matches('#').trim();
        let kept = heading.to_lowercase().replace(' ', "-");
        let is_kept = |sign: &char| sign.is_alphanumeric() || "-_".contains(*sign);
        Some(kept.chars().filter(is_kept).collect())
    });
    headings.collect()
}
