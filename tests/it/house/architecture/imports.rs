//! The graph of `use` lines between the files of `src`.
//!
//! A file may import from the modules that contain it, because it is a part of them. Any other
//! cycle is an error.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use indoc::indoc;

use super::sources;

/// The files that each file imports from, by their module paths.
type Graph = BTreeMap<String, BTreeSet<String>>;

#[test]
fn no_files_import_each_other_in_a_circle() {
    let circles = circles(&graph());
    assert_eq!(circles, Vec::<Vec<String>>::new());
}

fn graph() -> Graph {
    let sources = sources();
    let modules: BTreeSet<String> = sources.iter().map(|(path, _)| module(path)).collect();
    let mut graph = Graph::new();
    for (path, text) in &sources {
        let own = module(path);
        let code = code(text);
        let targets = imports(&code).into_iter().filter_map(|import| {
            let target = absolute(&import, &own, &modules);
            let mut file = target.as_str();
            // The file that contains an item is the longest module that its path begins with.
            while !modules.contains(file) {
                file = file.rsplit_once("::")?.0;
            }
            Some(file.to_string())
        });
        // A file may use the items of the modules that contain it.
        let is_above = |target: &String| format!("{own}::").starts_with(&format!("{target}::"));
        let targets = targets.filter(|target| !is_above(target));
        // A file can use its own modules by their paths, without an import.
        let targets = targets.chain(modules.iter().filter_map(|below| {
            let name = below.strip_prefix(&own)?.strip_prefix("::")?;
            names_module(&code, name).then(|| below.clone())
        }));
        graph.insert(own.clone(), targets.collect());
    }
    graph
}

/// `engine/log.rs` is `engine::log`, `engine/mod.rs` is `engine`.
fn module(path: &Path) -> String {
    let text = path.with_extension("").display().to_string();
    let text = text.strip_suffix("/mod").unwrap_or(&text);
    text.replace('/', "::")
}

/// The text of a file without comments and tests.
fn code(text: &str) -> String {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let code: Vec<&str> = code.collect();
    let code = code.join("\n");
    // Tests may import from all files.
    let code = code.split("#[cfg(test)]\nmod tests {").next();
    code.unwrap_or_default().to_owned()
}

/// Whether a path in the code begins with the module `name`.
fn names_module(code: &str, name: &str) -> bool {
    let begins_path = |(at, _): (usize, &str)| {
        let before = code[..at].chars().next_back();
        before.is_none_or(|it| !it.is_alphanumeric() && it != '_' && it != ':')
    };
    code.match_indices(&format!("{name}::")).any(begins_path)
}

/// Every path that the `use` items of a file name, with braces resolved.
fn imports(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for item in code.split(';') {
        let start = [
            "\nuse ",
            "\npub use ",
            "\npub(super) use ",
            "\npub(crate) use ",
        ]
        .iter()
        .filter_map(|start| Some(item.rfind(start)? + start.len()))
        .max();
        if let Some(start) = start {
            let tree: String = item[start..].split_whitespace().collect();
            expand("", &tree, &mut found);
        }
    }
    found
}

/// `a::{b, c::{d, e}}` is `a::b`, `a::c::d` and `a::c::e`.
fn expand(prefix: &str, tree: &str, found: &mut Vec<String>) {
    let Some(open) = tree.find('{') else {
        found.push(format!("{prefix}{tree}"));
        return;
    };
    let prefix = format!("{prefix}{}", &tree[..open]);
    let inner = tree[open + 1..].trim_end_matches('}');
    let inner = &tree[open + 1..open + 1 + inner.len() + closing(inner)];
    let mut depth = 0;
    let mut start = 0;
    for (at, character) in inner.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                expand(&prefix, &inner[start..at], found);
                start = at + 1;
            }
            _ => {}
        }
    }
    if start < inner.len() {
        expand(&prefix, &inner[start..], found);
    }
}

/// The number of closing braces at the end that belong to groups in `inner`.
fn closing(inner: &str) -> usize {
    inner.matches('{').count() - inner.matches('}').count()
}

/// The path of an import from the root of the crate. Empty for other crates.
fn absolute(import: &str, own: &str, modules: &BTreeSet<String>) -> String {
    if let Some(rest) = import.strip_prefix("crate::") {
        return rest.to_string();
    }
    let mut base = own;
    let mut rest = import;
    while let Some(above) = rest.strip_prefix("super::") {
        base = base.rsplit_once("::").map_or("", |(parent, _)| parent);
        rest = above;
    }
    let below = format!("{base}::{rest}");
    let first = rest.split("::").next().unwrap_or_default();
    if import.starts_with("super::") || modules.contains(&format!("{base}::{first}")) {
        below
    } else {
        // This path leads to another crate.
        String::new()
    }
}

/// Sets of files in which each file reaches all others.
fn circles(graph: &Graph) -> Vec<Vec<String>> {
    let reach: BTreeMap<&String, BTreeSet<&String>> = graph
        .keys()
        .map(|file| (file, reachable(graph, file)))
        .collect();
    let mut circles: Vec<Vec<String>> = Vec::new();
    for (file, reached) in &reach {
        if !reached.contains(*file) || circles.iter().flatten().any(|known| known == *file) {
            continue;
        }
        let circle = reached.iter().filter(|other| reach[*other].contains(*file));
        circles.push(circle.map(ToString::to_string).collect());
    }
    circles
}

fn reachable<'g>(graph: &'g Graph, from: &str) -> BTreeSet<&'g String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&String> = graph[from].iter().collect();
    while let Some(file) = open.pop() {
        if found.insert(file) {
            open.extend(graph.get(file).into_iter().flatten());
        }
    }
    found
}

#[test]
fn braces_are_resolved_and_circles_are_found() {
    let text = indoc! {"
        //! Docs.

        use crate::a::{b::{C, D}, e};
        use super::f;
    "};
    assert_eq!(
        imports(&code(text)),
        [
            "crate::a::b::C",
            "crate::a::b::D",
            "crate::a::e",
            "super::f"
        ]
    );
    let names = |list: &[&str]| list.iter().map(ToString::to_string).collect();
    let graph = Graph::from([
        ("a".to_string(), names(&["b"])),
        ("b".to_string(), names(&["c", "d"])),
        ("c".to_string(), names(&["a"])),
        ("d".to_string(), names(&[])),
    ]);
    assert_eq!(circles(&graph), [["a", "b", "c"]]);
}
