//! Converts `[package]` of a manifest as pixi does, for the keys that tests use.

use serde_json::{Map, Value, json};

use super::project::Project;
use super::requests::Initialize;

/// The parameters of `initialize` for the `pixi.toml` of the project.
pub fn initialize(project: &Project) -> Initialize {
    initialize_member(project, "")
}

/// The parameters of `initialize` for the `pixi.toml` in a directory of the project.
pub fn initialize_member(project: &Project, folder: &str) -> Initialize {
    let path = project.dir().join(folder).join("pixi.toml");
    let text = fs_err::read_to_string(path).expect("the manifest exists");
    let manifest: Value = toml_edit::de::from_str(&text).expect("tests write valid TOML");
    let package = &manifest["package"];
    let build = &package["build"];
    let mut params = Initialize::member(project, folder).model(json!({
        "name": package["name"],
        "version": package["version"],
        "description": package["description"],
        "license": package["license"],
        "licenseFile": package["license-file"],
        "homepage": package["homepage"],
    }));
    for (written, sent) in [
        ("build-dependencies", "buildDependencies"),
        ("host-dependencies", "hostDependencies"),
        ("run-dependencies", "runDependencies"),
    ] {
        for (name, version) in package[written].as_object().into_iter().flatten() {
            // Tests of conditional tables create their model themselves.
            if version.is_object() {
                continue;
            }
            let version = version.as_str().expect("tests write plain versions");
            params = params.dependency(sent, name, version);
        }
    }
    let mut targets = Map::new();
    for (selector, table) in build["target"].as_object().into_iter().flatten() {
        let selector = if selector == "osx" { "macos" } else { selector };
        targets.insert(selector.to_owned(), table["config"].clone());
    }
    if !targets.is_empty() {
        params = params.target_configuration(Value::Object(targets));
    }
    params.configuration(build["config"].clone())
}
