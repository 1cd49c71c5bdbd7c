//! Decides whether maturin uses the shared tree of the workspace, and passes arguments for Cargo
//! to maturin.
//!
//! In the shared tree, crates that do not depend on an environment survive a change to it, and
//! Rust packages of the workspace use the same crates.

use crate::backend::Request;
use crate::backend::script::{Part, Step, Word};
use crate::backends::cargo::guest::Guest;

use super::Config;
use super::config::{BuildDir, Profile};
use super::project::Files;
use super::project::pyproject::Pyproject;

/// The keys of the setting with arguments for Cargo. If both are set, the first applies.
const BUILD_ARGS: [&str; 2] = ["maturin.build-args", "build-args"];

/// The variable with arguments for Cargo, which maturin reads if there is no such setting.
const VARIABLE: &str = "MATURIN_PEP517_ARGS";

/// Arguments of the user with which the crate, its configuration or its output is in another
/// place.
const ELSEWHERE: [&str; 6] = [
    "--config",
    "--manifest-path",
    "--target",
    "--target-dir",
    "--zig",
    "-m",
];

/// The crate of the project, if it uses the shared tree.
pub(super) fn guest(request: &Request<'_, Config>, files: &Files) -> Option<Guest> {
    let config = request.config;
    let platforms = request.platforms;
    if config.build_dir == BuildDir::Temporary
        || platforms.build.is_windows()
        || platforms.host.is_windows()
    {
        return None;
    }
    if let Some(reason) = obstacle(config, files.pyproject.as_ref()) {
        tracing::info!("Rust code does not use the shared artifacts: {reason} is set");
        return None;
    }
    let profile = config.profile.filter(|it| *it == Profile::Debug);
    Guest::of(request, &config.common, profile.map(Profile::cargo))
}

/// A setting of the user that does not fit the shared tree.
fn obstacle(config: &Config, pyproject: Option<&Pyproject>) -> Option<String> {
    let env = &config.common.env;
    let variables = ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"];
    let variable = variables.into_iter().find(|name| env.contains_key(name));
    let keys = ["config", "manifest-path", "target", "use-cross"];
    let is_set =
        |key: &&str| pyproject.is_some_and(|file| file.value(&["tool", "maturin", key]).is_some());
    let key = keys.into_iter().find(is_set);
    let settings = BUILD_ARGS.iter();
    let settings = settings.filter_map(|key| config.config_settings.get(*key));
    let arguments = settings
        .flat_map(|setting| setting.values())
        .chain(env.get(VARIABLE).cloned());
    let arguments: Vec<String> = arguments.collect();
    let mut words = arguments.iter().flat_map(|it| it.split_whitespace());
    let word = words.find(|word| {
        let name = word.split('=').next().unwrap_or(word);
        ELSEWHERE.contains(&name.trim_matches(['"', '\'']))
    });
    // The value of this argument would have to be parsed as the installer does.
    let mut extra = config.common.extra_args.iter();
    let extra = extra.find(|argument| argument.contains("build-args"));
    variable
        .or(word)
        .map(|name| format!("`{name}`"))
        .or(key.map(|key| format!("`tool.maturin.{key}`")))
        .or(extra.map(|argument| format!("`{argument}` in `extra-args`")))
}

/// The key of the setting with which the user passes arguments to Cargo.
fn chosen(config: &Config) -> Option<&'static str> {
    let mut keys = BUILD_ARGS.into_iter();
    keys.find(|key| config.config_settings.contains_key(*key))
}

/// Passes the arguments on in a variable, if no setting contains arguments for Cargo.
pub(super) fn variable(config: &Config, arguments: &[Word]) -> Option<Step> {
    let is_free = chosen(config).is_none() && config.profile.is_none();
    is_free.then(|| Step::Append(VARIABLE.to_string(), quoted(arguments)))
}

/// Adds the arguments to the words `KEY=VALUE` of a setting, if the setting contains arguments
/// for Cargo. maturin splits a single value like a shell, and does not split several values.
pub(super) fn with_arguments(
    config: &Config,
    key: &str,
    mut values: Vec<Word>,
    arguments: &[Word],
) -> Vec<Word> {
    if chosen(config).is_some_and(|chosen| chosen != key) || !BUILD_ARGS.contains(&key) {
        return values;
    }
    if let [value] = values.as_mut_slice() {
        *value = continued(std::mem::take(value), arguments);
        return values;
    }
    let more = arguments.iter().map(|argument| {
        let mut value = Word::literal(format!("{key}="));
        value.0.extend(argument.0.iter().cloned());
        value
    });
    values.extend(more);
    values
}

/// Adds the arguments to a text with arguments for Cargo, which maturin splits like a shell.
pub(super) fn continued(text: Word, arguments: &[Word]) -> Word {
    let mut text = text.then(" ");
    text.0.extend(quoted(arguments).0);
    text
}

/// The arguments in one word, each in single quotes.
fn quoted(arguments: &[Word]) -> Word {
    let mut word = Word::default();
    for (index, argument) in arguments.iter().enumerate() {
        let start = if index == 0 { "'" } else { " '" };
        word.0.push(Part::Literal(start.to_string()));
        word.0.extend(argument.0.iter().map(|part| match part {
            Part::Literal(text) => Part::Literal(text.replace('\'', r#"'"'"'"#)),
            Part::Variable(name) => Part::Variable(name.clone()),
        }));
        word.0.push(Part::Literal("'".to_string()));
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backends::python::config::Setting;

    fn with(settings: &[(&str, Setting)]) -> Config {
        let settings = settings.iter().cloned();
        Config {
            config_settings: settings.map(|(key, it)| (key.to_string(), it)).collect(),
            ..Config::default()
        }
    }

    fn arguments() -> Vec<Word> {
        let file = Word::variable("SRC_DIR").then("/shared.toml");
        vec!["--config".into(), file, "--config".into(), "a='b'".into()]
    }

    fn text(word: &Word) -> String {
        let parts = word.0.iter().map(|part| match part {
            Part::Literal(text) => text.clone(),
            Part::Variable(name) => format!("${name}"),
        });
        parts.collect()
    }

    const QUOTED: &str = r#"'--config' '$SRC_DIR/shared.toml' '--config' 'a='"'"'b'"'"''"#;

    #[test]
    fn arguments_are_in_a_variable_unless_there_is_a_setting() {
        let Some(Step::Append(name, value)) = variable(&with(&[]), &arguments()) else {
            panic!("it is a variable");
        };
        assert_eq!((name.as_str(), text(&value).as_str()), (VARIABLE, QUOTED));
        let setting = Setting::Text("--locked".to_string());
        assert_eq!(variable(&with(&[("build-args", setting)]), &[]), None);
        let config = Config {
            profile: Some(Profile::Debug),
            ..Config::default()
        };
        assert_eq!(variable(&config, &[]), None);
    }

    #[test]
    fn a_value_is_one_text_and_several_values_are_arguments() {
        let setting = Setting::Text("--locked".to_string());
        let config = with(&[("build-args", setting)]);
        let values = |values: &[&str]| values.iter().map(|it| Word::literal(*it)).collect();
        let one = values(&["build-args=--locked"]);
        let one = with_arguments(&config, "build-args", one, &arguments());
        assert_eq!(
            one.iter().map(text).collect::<Vec<_>>(),
            [format!("build-args=--locked {QUOTED}")]
        );
        let two = values(&["build-args=-F", "build-args=x"]);
        let two = with_arguments(&config, "build-args", two, &arguments()[..2]);
        let two: Vec<String> = two.iter().map(text).collect();
        let added = ["build-args=--config", "build-args=$SRC_DIR/shared.toml"];
        assert_eq!(two[2..], added);
        let other = values(&["maturin.build-args=x"]);
        let other = with_arguments(&config, "maturin.build-args", other.clone(), &arguments());
        assert_eq!(other, values(&["maturin.build-args=x"]));
    }

    #[test]
    fn settings_for_another_place_are_obstacles() {
        let found = |config: &Config| obstacle(config, None);
        assert_eq!(found(&with(&[])), None);
        let setting = |text: &str| [("build-args", Setting::Text(text.to_string()))];
        assert_eq!(found(&with(&setting("--features x"))), None);
        for text in ["--target-dir=x", "-F x --config a.toml", "-m x/Cargo.toml"] {
            assert!(found(&with(&setting(text))).is_some(), "{text}");
        }
    }
}
