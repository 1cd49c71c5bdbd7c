//! Finds binaries that Cargo leaves out without an error, because their required features are
//! off.

use std::path::Path;

use toml_edit::Item;

use crate::backend::InstalledPackage;
use crate::backends::cargo::config::Config;
use crate::backends::cargo::context::choice;
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::backends::cargo::libraries::installs_programs;
use crate::backends::cargo::manifest::binaries::listed_binaries;
use crate::diagnostic::Warning;

/// The warnings about the binaries of a finished package.
pub(crate) fn warnings(build: CrateBuild<'_>, package: &InstalledPackage<'_>) -> Vec<Warning> {
    let chosen = ["--bin", "--example", "--examples"];
    let chooses = chosen.iter().any(|option| build.arguments.has(option));
    let is_chosen = chooses || !build.request.config.binaries.is_empty();
    if is_chosen || !installs_programs(build) {
        return Vec::new();
    }
    let is_there = |name: &str| {
        let paths = [
            format!("bin/{name}"),
            format!("bin/{name}.exe"),
            format!("Library/bin/{name}.exe"),
        ];
        paths
            .iter()
            .any(|path| package.files.contains(Path::new(path)))
    };
    let left_out = listed_binaries(&build.krate.manifest)
        .into_iter()
        .filter_map(|binary| {
            let name = binary.get("name").and_then(Item::as_str)?;
            let features = binary.get("required-features").and_then(Item::as_array)?;
            let features: Vec<&str> = features.iter().filter_map(|it| it.as_str()).collect();
            let config = build.request.config;
            (!is_there(name) && !features.is_empty()).then(|| not_packed(config, name, &features))
        });
    left_out.collect()
}

fn not_packed(config: &Config, name: &str, features: &[&str]) -> Warning {
    Warning::new(format!(
        "the binary `{name}` is not in the package: it needs the features `{}`, which are not \
         enabled",
        features.join(",")
    ))
    .help(format!(
        "{}, or name the binaries to install with `binaries`",
        choice::turn_on(config, features)
    ))
}
