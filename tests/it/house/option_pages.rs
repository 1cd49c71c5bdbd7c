//! The page of each backend describes every option, and the backend accepts its examples.

use std::path::Path;

use pixi_build_backends::backend::AnyBackend;
use pixi_build_backends::backends;
use pixi_build_backends::project::manifest::Manifest;
use serde_json::Value;

fn page(backend: &dyn AnyBackend) -> String {
    let name = backend.name().trim_start_matches("pixi-build-");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/backends");
    fs_err::read_to_string(folder.join(format!("{name}.md"))).expect("every backend has a page")
}

/// The section of an option: its heading has the key in backticks.
fn section<'p>(page: &'p str, key: &str) -> Option<&'p str> {
    let quoted = format!("`{key}`");
    let mut sections = page.split("\n## ").flat_map(|part| part.split("\n### "));
    sections.find(|section| {
        let heading = section.lines().next();
        heading.is_some_and(|heading| heading.contains(&quoted))
    })
}

#[test]
fn every_option_has_a_section_with_type_default_merging_and_an_example() {
    let mut missing = Vec::new();
    for backend in backends::ALL {
        let page = page(backend);
        for key in backend.option_keys() {
            let Some(section) = section(&page, key) else {
                missing.push(format!("{}: `{key}` has no heading", backend.name()));
                continue;
            };
            for part in ["* Type: ", "* Default: ", "* Merging: ", "```toml\n"] {
                if !section.contains(part) {
                    missing.push(format!("{}: `{key}` lacks {part:?}", backend.name()));
                }
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn every_example_is_a_configuration_that_the_backend_takes() {
    for backend in backends::ALL {
        let page = page(backend);
        let blocks = page.split("```toml\n").skip(1);
        let blocks = blocks.map(|block| block.split("```").next().expect("a block ends"));
        for example in blocks {
            let manifest: Value = toml_edit::de::from_str(example).expect("examples are TOML");
            let build = &manifest["package"]["build"];
            let targets = build["target"].as_object().into_iter().flatten();
            let targets = targets.map(|(name, table)| (name.clone(), table["config"].clone()));
            let missing = Manifest::at("does-not-exist/pixi.toml".as_ref());
            let configuration = Some(build["config"].clone());
            let tables = backend.tables(configuration, Some(targets.collect()), &missing);
            if let Err(report) = tables {
                panic!("{}: {report:?} in\n{example}", backend.name());
            }
        }
    }
}
