//! A selected profile that Cargo does not have.

use std::collections::BTreeSet;

use toml_edit::TableLike;

use crate::backend::failure::{Diagnosis, Place};
use crate::backend::log::Log;
use crate::backends::cargo::context::choice::{named_by, option_with};
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::backends::cargo::manifest::cargo_toml::CargoToml;
use crate::diagnostic::{list, nearest};
use crate::project::config::written_at;

/// The profiles that Cargo defines itself. The profiles `test` and `bench` are left out, because
/// they are not for programs.
const OWN: [&str; 2] = ["release", "dev"];

/// Explains that the selected profile does not exist, and names those that exist.
pub(super) fn unknown(log: &Log, build: CrateBuild<'_>) -> Option<Diagnosis> {
    // Settings of a profile, which the backend passes to Cargo, begin a new profile.
    let name = log
        .between("profile `", "` is not defined")
        .or_else(|| log.between("profile `", "` is missing an `inherits` directive"))?;
    // A manifest that cannot be read now was readable when the build began.
    let manifest = CargoToml::read(&build.workspace.join("Cargo.toml")).ok();
    let table = |root: &dyn TableLike| -> Vec<String> {
        let table = root.get("profile").and_then(|it| it.as_table_like());
        let names = table.into_iter().flat_map(TableLike::iter);
        names.map(|(name, _)| name.to_string()).collect()
    };
    let mut known: BTreeSet<String> = manifest
        .map(|manifest| table(manifest.root()))
        .into_iter()
        .flatten()
        .collect();
    for (_, file) in build.cargo_config.files() {
        known.extend(table(file.as_table()));
    }
    // Cargo's own message is about a profile of the project.
    if known.contains(name) {
        return None;
    }
    known.extend(OWN.map(str::to_string));
    let known = || known.iter().map(String::as_str);
    let config = build.request.config;
    let chosen: Vec<String> = config.profile.iter().cloned().collect();
    let option = option_with(config, ("profile", &chosen), name);
    let manifest = &build.request.project.manifest;
    let place = option
        .and_then(|key| written_at(manifest, build.request.platforms.host, &[key]))
        .map(|at| Place {
            file: manifest.file(),
            at,
            label: "chosen here".to_string(),
        });
    let profiles = list(known());
    Some(Diagnosis {
        code: "build::unknown_name",
        message: format!("Cargo has no profile `{name}`{}", named_by(option)),
        help: Some(match nearest(name, known()) {
            Some(near) => format!("did you mean `{near}`? The profiles are {profiles}"),
            None => format!(
                "the profiles are {profiles}; add `[profile.{name}]` to Cargo.toml for another one"
            ),
        }),
        place,
        ..Default::default()
    })
}
