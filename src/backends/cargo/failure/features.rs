//! Selected features that the crate does not have.

use indexmap::IndexSet;

use crate::backend::failure::Diagnosis;
use crate::backend::log::Log;
use crate::backends::cargo::context::choice::{named_by, option_with};
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::backends::cargo::manifest::cargo_toml::CargoToml;
use crate::backends::cargo::manifest::features::features;
use crate::diagnostic::{list, nearest};

/// Explains that a selected feature does not exist, and names those that exist.
pub(super) fn unknown(log: &Log, build: CrateBuild<'_>) -> Option<Diagnosis> {
    let one = log.after("does not contain this feature: ");
    let several = || log.after("does not contain these features: ");
    let names: Vec<&str> = one.or_else(several)?.split(',').map(str::trim).collect();
    let manifests = build.members.iter().filter_map(|member| {
        // A manifest that cannot be read now was readable when the build began.
        CargoToml::read(&member.folder.join("Cargo.toml")).ok()
    });
    let known: IndexSet<String> = manifests
        .flat_map(|manifest| features(manifest.root()))
        .collect();
    let known = || known.iter().map(String::as_str);
    let near = names.iter().find_map(|name| nearest(name, known()));
    let word = match names.len() {
        1 => "feature",
        _ => "features",
    };
    let crates = match build.members.len() {
        1 => "the crate has no",
        _ => "none of the crates has the",
    };
    let config = build.request.config;
    let option = ("features", config.features.as_slice());
    let mut options = names.iter().map(|name| option_with(config, option, name));
    let option = options.find_map(|option| option);
    Some(Diagnosis {
        code: "build::unknown_name",
        message: format!(
            "{crates} {word} {}{}",
            list(names.iter().copied()),
            named_by(option)
        ),
        help: Some(match (near, known().count()) {
            (Some(near), _) => format!("did you mean `{near}`? The features are {}", list(known())),
            (None, 0) => match option {
                Some(key) => format!("Cargo.toml has no `[features]`: remove it from `{key}`"),
                None => "Cargo.toml has no `[features]`".to_string(),
            },
            (None, _) => format!("the features are {}", list(known())),
        }),
        ..Default::default()
    })
}
