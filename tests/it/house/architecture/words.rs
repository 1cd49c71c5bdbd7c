//! Words that only the backends may use, and names that have one meaning.

use std::collections::BTreeMap;
use std::path::Path;

use super::sources;

/// The layers that serve all backends equally.
const SHARED: [&str; 6] = [
    "backend",
    "recipe",
    "engine",
    "server",
    "environments",
    "cli",
];

/// The tools of individual backends.
const TOOLS: [&str; 5] = ["cargo", "rustc", "cmake", "python", "mojo"];

/// Parts of lines in which such a word belongs to conda or to a library.
const CONDA: [&str; 13] = [
    // Variables that Cargo sets while this project is compiled.
    "env!(\"CARGO_",
    // The section of a recipe, and the package with the interpreter.
    "PythonBuild",
    "\"build: python\"",
    "python_site_packages_path",
    "is_python",
    "_cpython",
    ".python.",
    "\"python",
    // The only language whose name is part of build strings and variants.
    "\"numpy\", \"python\"",
    "python=3.12",
    // Variables that the activation of conda's compilers sets.
    "\"CMAKE_ARGS\",",
    "\"CMAKE_PREFIX_PATH\" => Self::Prepended",
    // Common names of the compiler of Rust.
    "\"rustc\" | \"cargo\" => Some(\"rust\")",
];

#[test]
fn shared_layers_know_no_tool_of_a_backend() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let is_shared = SHARED.iter().any(|layer| path.starts_with(layer));
        if !is_shared {
            continue;
        }
        let code = text
            .split("#[cfg(test)]\nmod tests {")
            .next()
            .unwrap_or_default();
        for (number, line) in code.lines().enumerate() {
            let is_comment = line.trim_start().starts_with("//");
            let is_condas = CONDA.iter().any(|known| line.contains(known));
            let lower = line.to_lowercase();
            if !is_comment && !is_condas && TOOLS.iter().any(|tool| lower.contains(tool)) {
                wrong.push(format!(
                    "{}:{}: {}",
                    path.display(),
                    number + 1,
                    line.trim()
                ));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "see docs/writing-a-backend.md");
}

/// Names that the code always uses together with their module.
const QUALIFIED: [&str; 4] = ["Params", "Answer", "Config", "Metadata"];

#[test]
fn the_name_of_a_public_type_means_one_thing() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, text) in sources() {
        // Only the backend itself uses its own types.
        if path.starts_with("backends") {
            continue;
        }
        let code = text
            .split("#[cfg(test)]\nmod tests {")
            .next()
            .unwrap_or_default();
        for line in code.lines() {
            if let Some(name) = declared(line) {
                places
                    .entry(name.to_string())
                    .or_default()
                    .push(show(&path));
            }
        }
    }
    places.retain(|name, files| files.len() > 1 && !QUALIFIED.contains(&name.as_str()));
    assert_eq!(places, BTreeMap::new());
}

/// The name of the type that a line declares for other files.
fn declared(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("pub")?;
    let rest = rest.trim_start_matches(|c| c != ' ').trim_start();
    let kinds = ["struct ", "enum ", "trait ", "type "];
    let rest = kinds.iter().find_map(|kind| rest.strip_prefix(kind))?;
    rest.split(|c: char| !c.is_alphanumeric() && c != '_')
        .next()
}

fn show(path: &Path) -> String {
    path.display().to_string()
}
