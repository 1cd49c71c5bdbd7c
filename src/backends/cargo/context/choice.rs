//! The selected features and profile of a crate. The options become arguments of Cargo, so that
//! the build, the tests and the license bundle use the same selection.

use std::path::Path;

use miette::{Diagnostic, Report, SourceSpan};
use thiserror::Error;
use toml_edit::TableLike;

use crate::backend::Request;
use crate::backends::cargo::config::Config;
use crate::backends::cargo::context::arguments::Arguments;
use crate::backends::cargo::option_checks;
use crate::diagnostic::SourceFile;
use crate::project::config::written_at;

/// The profile that `cargo install` uses by default.
const RELEASE: &str = "release";

/// The arguments of Cargo that select features.
const CHOICES: [&str; 3] = ["--features", "--no-default-features", "--all-features"];

/// The options as arguments of Cargo.
pub(crate) fn words(config: &Config) -> Vec<String> {
    let mut words = Vec::new();
    if !config.features.is_empty() {
        words.extend(["--features".to_string(), config.features.join(",")]);
    }
    if config.default_features == Some(false) {
        words.push("--no-default-features".to_string());
    }
    if config.all_features {
        words.push("--all-features".to_string());
    }
    if let Some(profile) = &config.profile {
        words.extend(["--profile".to_string(), profile.clone()]);
    }
    let profile = config.profile.as_deref().unwrap_or(RELEASE);
    for (key, value) in &config.profile_settings {
        if let Some(value) = option_checks::setting(value) {
            let setting = format!("profile.{profile}.{key}={value}");
            words.extend(["--config".to_string(), setting]);
        }
    }
    words
}

/// The option in which the user wrote `name`: `option`, whose value is `values`, or an option that
/// contains arguments of Cargo. `None` if no option contains it.
pub(crate) fn option_with(
    config: &Config,
    option: (&'static str, &[String]),
    name: &str,
) -> Option<&'static str> {
    let test_arguments = config.test_arguments().unwrap_or_default();
    let options = [
        option,
        ("extra-args", &config.extra_args),
        ("cargo-test", test_arguments),
    ];
    let is_named = |word: &String| word.split([',', ' ', '=']).any(|part| part == name);
    let mut options = options.into_iter();
    let found = options.find(|(_, words)| words.iter().any(is_named));
    found.map(|(key, _)| key)
}

/// The end of a message about something that does not exist: the option that names it.
pub(crate) fn named_by(option: Option<&str>) -> String {
    option.map_or(String::new(), |key| format!(", which `{key}` names"))
}

/// The help that turns on features, in the option that the user already uses for them.
pub(crate) fn turn_on(config: &Config, features: &[&str]) -> String {
    const TABLE: &str = "`[package.build.config]` of pixi.toml";
    let arguments = Arguments::of(&config.extra_args, Path::new(""));
    if CHOICES.iter().any(|argument| arguments.has(argument)) {
        let features = features.join(",");
        return format!("add `\"--features\", \"{features}\"` to `extra-args` in {TABLE}");
    }
    let features: Vec<String> = features.iter().map(|it| format!("\"{it}\"")).collect();
    let features = features.join(", ");
    if config.features.is_empty() {
        format!("write `features = [{features}]` into {TABLE}")
    } else {
        format!("add `{features}` to `features` in {TABLE}")
    }
}

/// Notes about settings in the manifest of the workspace that `profile-settings` overrides.
pub(crate) fn overridden(config: &Config, manifest: &dyn TableLike) -> Vec<String> {
    let profile = config.profile.as_deref().unwrap_or(RELEASE);
    let table = manifest.get("profile").and_then(|it| it.get(profile));
    let settings = config.profile_settings.keys();
    let found = settings.filter_map(|key| {
        let value = table?.get(key)?.to_string();
        let value = value.trim();
        Some(format!(
            "`profile-settings.{key}` replaces `{key} = {value}` in Cargo.toml"
        ))
    });
    found.collect()
}

/// Refuses a feature or a profile that is selected in two places, because one of the two
/// selections would be lost.
///
/// # Errors
/// [`Twice`].
pub(crate) fn check(request: &Request<'_, Config>) -> Result<(), Report> {
    let config = request.config;
    let arguments = Arguments::of(&config.extra_args, &request.project.source);
    let features = [
        ("features", !config.features.is_empty()),
        ("default-features", config.default_features.is_some()),
        ("all-features", config.all_features),
    ];
    let features = features.into_iter().filter(|(_, is_set)| *is_set);
    let features: Vec<&str> = features.map(|(key, _)| key).collect();
    let argument = CHOICES.into_iter().find(|it| arguments.has(it));
    if let (Some(key), Some(argument)) = (features.first(), argument) {
        return Err(twice(request, &[*key], argument, &["extra-args"]));
    }
    if config.all_features && features.len() > 1 {
        return Err(twice(
            request,
            &["all-features"],
            features[0],
            &[features[0]],
        ));
    }
    let profile = ["--profile", "--debug"]
        .into_iter()
        .find(|it| arguments.has(it));
    let asks = [("profile", config.profile.is_some())];
    let asks = asks
        .into_iter()
        .chain([("profile-settings", !config.profile_settings.is_empty())]);
    let mut asks = asks.filter(|(_, is_set)| *is_set);
    if let (Some((key, _)), Some(argument)) = (asks.next(), profile) {
        return Err(twice(request, &[key], argument, &["extra-args"]));
    }
    let profile = config.profile.as_deref().unwrap_or(RELEASE);
    for key in config.profile_settings.keys() {
        let shout = |text: &str| text.to_uppercase().replace('-', "_");
        let variable = format!("CARGO_PROFILE_{}_{}", shout(profile), shout(key));
        if config.env.contains_key(&variable) {
            let place = ["profile-settings", key.as_str()];
            return Err(twice(request, &place, &variable, &["env", &variable]));
        }
    }
    Ok(())
}

fn twice(request: &Request<'_, Config>, keys: &[&str], other: &str, there: &[&str]) -> Report {
    let manifest = &request.project.manifest;
    let host = request.platforms.host;
    Twice {
        option: keys.join("."),
        other: other.to_string(),
        file: manifest.file(),
        at: written_at(manifest, host, keys),
        there: written_at(manifest, host, there),
    }
    .into()
}

/// The same selection in two places.
#[derive(Debug, Error, Diagnostic)]
#[error("`{option}` and `{other}` make the same choice in two places")]
#[diagnostic(
    code(config::choice_twice),
    help("keep `{option}`, which also applies to licenses and tests, and remove `{other}`")
)]
struct Twice {
    option: String,
    other: String,
    #[source_code]
    file: SourceFile,
    #[label("chosen here")]
    at: Option<SourceSpan>,
    #[label("and here")]
    there: Option<SourceSpan>,
}
