//! Selected features that the crate does not have.

use toml_edit::TableLike;

use crate::backend::failure::Diagnosis;
use crate::backend::log::Log;
use crate::backends::cargo::context::choice::{named_by, option_with};
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::diagnostic::{list, nearest};

/// Explains that a selected feature does not exist, and names those that exist.
pub(super) fn unknown(log: &Log, build: CrateBuild<'_>) -> Option<Diagnosis> {
    let one = log.after("does not contain this feature: ");
    let several = || log.after("does not contain these features: ");
    let names: Vec<&str> = one.or_else(several)?.split(',').map(str::trim).collect();
    let known = features(build.krate.manifest.root());
    let known = || known.iter().map(String::as_str);
    let near = names.iter().find_map(|name| nearest(name, known()));
    let word = match names.len() {
        1 => "feature",
        _ => "features",
    };
    let config = build.request.config;
    let option = ("features", config.features.as_slice());
    let mut options = names.iter().map(|name| option_with(config, option, name));
    let option = options.find_map(|option| option);
    Some(Diagnosis {
        code: "build::unknown_name",
        message: format!(
            "the crate has no {word} {}{}",
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

/// The names that `--features` accepts: those of the table `[features]`, and optional
/// dependencies that no feature enables with `dep:`. Dependencies of a single platform are not
/// included.
fn features(manifest: &dyn TableLike) -> Vec<String> {
    let table = |key: &str| manifest.get(key).and_then(|item| item.as_table_like());
    let mut known = Vec::new();
    let mut hidden = Vec::new();
    for (name, enables) in table("features").into_iter().flat_map(TableLike::iter) {
        known.push(name.to_string());
        let enables = enables.as_array().into_iter().flatten();
        let enables = enables.filter_map(|value| value.as_str()?.strip_prefix("dep:"));
        hidden.extend(enables.map(str::to_string));
    }
    let dependencies = ["dependencies", "build-dependencies"].into_iter();
    for (name, dependency) in dependencies.filter_map(table).flat_map(TableLike::iter) {
        let optional = dependency.as_table_like().and_then(|it| it.get("optional"));
        let is_optional = optional.and_then(|it| it.as_bool()).unwrap_or_default();
        if is_optional && !hidden.iter().any(|it| it == name) {
            known.push(name.to_string());
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn optional_dependencies_are_features_unless_one_hides_them() {
        let text = "[features]\ndefault = [\"tls\"]\ntls = [\"dep:rustls\"]\n\n[dependencies]\n\
                    rustls = { version = \"1\", optional = true }\n\
                    serde = { version = \"1\", optional = true }\nlog = \"1\"\n";
        let manifest: toml_edit::DocumentMut = text.parse().expect("it is TOML");
        assert_eq!(features(manifest.as_table()), ["default", "tls", "serde"]);
    }
}
