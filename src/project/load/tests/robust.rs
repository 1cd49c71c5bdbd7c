//! Every text gives a result: a package or at least one error.

use super::super::load;
use super::Tree;

fn answers(tree: &Tree, path: &str, text: &str) {
    let manifest = tree.request.current_folder.join(path);
    fs_err::write(manifest, text).unwrap();
    match load(&tree.request) {
        Ok(loaded) => drop(loaded.initialize_params("/cache".into(), "/scratch".into())),
        Err(errors) => {
            assert!(!errors.mistakes.is_empty(), "{text}");
            // Every label is inside its file.
            assert!(
                !tree.render(&errors).contains("Failed to read contents"),
                "{text}"
            );
        }
    }
}

/// The text without one of its lines, and with the value of that line replaced.
fn damaged(text: &str) -> Vec<String> {
    let lines: Vec<_> = text.lines().collect();
    let mut all = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let with = |line: &str| {
            let mut changed = lines.clone();
            changed[index] = line;
            changed.join("\n")
        };
        all.push(with(""));
        all.push(with(line.get(..line.len() / 2).unwrap_or_default()));
        if let Some((key, _)) = line.split_once(" = ") {
            let values = [
                "-0.5",
                "true",
                "\"é (\"",
                "[{}]",
                "{}",
                "{ workspace = true }",
            ];
            all.extend(values.map(|value| with(&format!("{key} = {value}"))));
        }
        if let Some(header) = line.strip_prefix('[') {
            all.push(with(&format!("[[{}]", header)));
            all.push(with(&format!("[[{header}]")));
            all.push(with(&header.replace(']', " = 1")));
        }
    }
    all
}

#[test]
fn damaged_manifest_has_an_answer() {
    let text = include_str!("fixtures/rich.toml");
    let tree = ["LICENSE", "README.md", "ci/pins.yaml"]
        .iter()
        .fold(Tree::new(), |tree, file| {
            tree.file(&format!("ws/{file}"), "")
        })
        .file("ws/pixi.toml", text)
        .at("ws");
    for text in damaged(text) {
        answers(&tree, "ws/pixi.toml", &text);
    }
}

#[test]
fn damaged_workspace_has_an_answer() {
    let text = include_str!("fixtures/toolbox.toml");
    let tree = Tree::new()
        .file("ws/pixi.toml", text)
        .file(
            "ws/crates/tool/pixi.toml",
            include_str!("fixtures/tool.toml"),
        )
        .at("ws/crates/tool");
    for text in damaged(text) {
        answers(&tree, "ws/pixi.toml", &text);
    }
}

#[test]
fn damaged_member_has_an_answer() {
    let text = include_str!("fixtures/tool.toml");
    let tree = Tree::new()
        .file("ws/LICENSE", "")
        .file("ws/variants/base.yaml", "")
        .file("ws/native/tool-src/Cargo.toml", "")
        .file("ws/pixi.toml", include_str!("fixtures/toolbox.toml"))
        .file("ws/crates/tool/pixi.toml", text)
        .at("ws/crates/tool");
    for text in damaged(text) {
        answers(&tree, "ws/crates/tool/pixi.toml", &text);
    }
}
