//! The data that a tree is configured with. When it changes, the earlier results of CMake
//! are not valid.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::super::arguments;
use super::super::script;
use super::super::view::View;
use super::environment::{Environment, digest};

/// The beginnings of the names of lines that do not affect compilers.
const OF_THE_ENVIRONMENTS: [&str; 2] = ["package ", "prefix "];

/// One line for each value that affects configuring and is not in a file of the project.
pub(super) fn of(
    view: &View<'_>,
    host: &Environment,
    build: &Environment,
) -> BTreeMap<String, String> {
    let config = view.request.config;
    let mut lines = BTreeMap::new();
    let mut add = |name: String, value: String| {
        lines.insert(name, value);
    };
    add("extra-args".to_string(), format!("{:?}", config.extra_args));
    add(
        "source-dir".to_string(),
        view.source.folder.display().to_string(),
    );
    add(
        "initial cache".to_string(),
        digest(script::configuration(view).as_bytes()),
    );
    add(
        "preset".to_string(),
        config.preset.clone().unwrap_or_default(),
    );
    add(
        "version".to_string(),
        view.request
            .project
            .model
            .version
            .clone()
            .unwrap_or_default(),
    );
    for (name, value) in &config.define {
        add(format!("define.{name}"), value.text());
    }
    for (name, value) in &config.env {
        add(format!("env.{name}"), digest(value.as_bytes()));
    }
    for name in config.env.removed() {
        add(format!("env.{name}"), "removed".to_string());
    }
    // Variables of the machine that affect a compiler on macOS.
    for name in ["SDKROOT", "DEVELOPER_DIR"] {
        let value = view.request.env.get(name).unwrap_or_default();
        add(name.to_string(), value.to_string());
    }
    for file in files(view) {
        let content = std::fs::read(&file).map(|content| digest(&content));
        add(file.display().to_string(), content.unwrap_or_default());
    }
    for (kind, environment) in [("host", host), ("build", build)] {
        add(
            format!("prefix {kind}"),
            environment.prefix.display().to_string(),
        );
        for (name, package) in &environment.packages {
            add(format!("package {name} ({kind})"), package.identity.clone());
        }
    }
    lines
}

/// Files that configuring reads but CMake does not report.
pub(in super::super) fn files(view: &View<'_>) -> Vec<PathBuf> {
    let preset = view.source.preset.as_ref();
    let presets = preset
        .into_iter()
        .flat_map(|preset| preset.files.iter().chain(&preset.toolchain));
    let own = arguments::files(&view.request.config.extra_args);
    let own = own
        .iter()
        .map(|file| view.request.project.source.join(file));
    presets.cloned().chain(own).collect()
}

/// The names of the lines that differ.
pub(super) fn difference(
    before: &BTreeMap<String, String>,
    now: &BTreeMap<String, String>,
) -> Vec<String> {
    let mut names: Vec<&String> = before.keys().chain(now.keys()).collect();
    names.sort();
    names.dedup();
    let differs = |name: &&String| before.get(*name) != now.get(*name);
    names.into_iter().filter(differs).cloned().collect()
}

/// Whether a change in this line may affect a compiler or a command of the project
/// although its command is the same. Flags are part of the command.
pub(super) fn is_seen_by_commands(name: &str) -> bool {
    let is_flag = |name: &str| {
        let known = ["CMAKE_ARGS", "CMAKE_PREFIX_PATH"];
        name.ends_with("FLAGS") || known.contains(&name)
    };
    match name.strip_prefix("env.") {
        Some(variable) => !is_flag(variable),
        None => ["SDKROOT", "DEVELOPER_DIR"].contains(&name),
    }
}

/// Whether changes in these lines do not affect compilers.
pub(super) fn keeps_compilers(names: &[String]) -> bool {
    let is_of_an_environment = |name: &String| {
        OF_THE_ENVIRONMENTS
            .iter()
            .any(|start| name.starts_with(start))
    };
    names.iter().all(is_of_an_environment)
}
