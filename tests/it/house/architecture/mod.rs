//! The rules of `docs/architecture.md` that a machine can check.

mod imports;
mod words;

use std::path::{Path, PathBuf};

/// The layers from bottom to top. A layer imports only itself and the layers before it.
const LAYERS: [&str; 11] = [
    "diagnostic",
    "disk",
    "protocol",
    "project",
    "backend",
    "backends",
    "recipe",
    "engine",
    "server",
    "environments",
    "cli",
];

/// Crates that only these layers may use.
const HEAVYWEIGHTS: [(&str, &[&str]); 10] = [
    ("jsonrpsee", &["server"]),
    ("rattler_build_core", &["engine"]),
    ("rattler_index", &["environments"]),
    ("rattler_repodata_gateway", &["environments"]),
    ("rattler_solve", &["environments"]),
    ("rattler_build_recipe", &["recipe", "engine"]),
    ("cargo_toml", &["backends"]),
    ("toml_edit", &["project", "backends", "engine"]),
    ("clap", &["cli"]),
    ("indicatif", &["cli"]),
];

pub fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(folder).expect("the sources are readable") {
            let path = entry.expect("the sources are readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs_err::read_to_string(&path).expect("the sources are readable");
                let path = path.strip_prefix(&root).expect("below the root");
                files.push((path.to_path_buf(), text));
            }
        }
    }
    files
}

/// The layer of a file below `src`. `None` for `lib.rs` and the executables.
fn layer(path: &Path) -> Option<&'static str> {
    let first = path.iter().next()?.to_str()?.trim_end_matches(".rs");
    LAYERS.into_iter().find(|layer| *layer == first)
}

#[test]
fn a_layer_imports_only_layers_below_it() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let Some(own) = layer(&path) else { continue };
        let height = |name: &str| LAYERS.iter().position(|layer| *layer == name);
        for (number, line) in text.lines().enumerate() {
            for import in line.split("crate::").skip(1) {
                let name = import
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .next();
                if let Some(other) = name
                    && height(other) > height(own)
                {
                    wrong.push(format!("{}:{}: {other}", path.display(), number + 1));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "imports of a layer above");
}

#[test]
fn a_heavyweight_is_known_to_its_layers_alone() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let Some(own) = layer(&path) else { continue };
        for (heavyweight, layers) in HEAVYWEIGHTS {
            let named = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .any(|line| line.contains(&format!("{heavyweight}::")));
            if named && !layers.contains(&own) {
                wrong.push(format!("{}: {heavyweight}", path.display()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "see docs/architecture.md");
}

#[test]
fn only_the_protocol_and_the_command_line_write_to_stdout() {
    let allowed = |path: &Path| path.starts_with("cli") || path == Path::new("server/stdio.rs");
    let wrong: Vec<PathBuf> = sources()
        .into_iter()
        .filter(|(path, text)| {
            let writes = ["println!(", "print!(", "stdout()"];
            let text = text.replace("eprintln!(", "").replace("eprint!(", "");
            !allowed(path) && writes.iter().any(|call| text.contains(call))
        })
        .map(|(path, _)| path)
        .collect();
    assert_eq!(wrong, Vec::<PathBuf>::new());
}

#[test]
fn every_layer_has_a_row_in_the_architecture() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md");
    let page = fs_err::read_to_string(page).expect("the page exists");
    let rows: Vec<usize> = LAYERS
        .iter()
        .map(|layer| {
            page.find(&format!("\n| `{layer}` |"))
                .unwrap_or_else(|| panic!("no row for {layer}"))
        })
        .collect();
    assert!(rows.is_sorted_by(|a, b| a > b), "top layer first");
}
