//! Words that only the backends may know.

use super::sources;

/// Layers that serve every backend alike.
const SHARED: [&str; 6] = [
    "backend",
    "recipe",
    "engine",
    "server",
    "environments",
    "cli",
];

/// The tools of single backends.
const TOOLS: [&str; 5] = ["cargo", "rustc", "cmake", "python", "mojo"];

/// Lines in which such a word is conda's or that of a library, by what is in them.
const CONDA: [&str; 10] = [
    // Variables that Cargo sets while this project is compiled.
    "env!(\"CARGO_",
    // The section of a recipe, and the package that brings the interpreter.
    "PythonBuild",
    "python_site_packages_path",
    "is_python",
    "_cpython",
    ".python.",
    "\"python",
    // The one language whose name is part of build strings and variants.
    "\"numpy\", \"python\"",
    "python=3.12",
    // What people call the compiler of Rust.
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
