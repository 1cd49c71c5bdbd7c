//! Whether a program gets debug information, which names the folders of its sources.

use toml_edit::{DocumentMut, Item, TableLike};

use crate::backends::cargo::context::crate_context::View;

/// Whether something asks for it. In doubt it does: nothing is lost but that builds of
/// another checkout take less from the compiler cache.
pub(crate) fn is_asked_for(view: &View<'_>) -> bool {
    let config = view.request.config;
    // Any profile but the one that is used without this.
    let by_argument = config.extra_args.iter().any(|word| {
        ["--debug", "--profile"].contains(&word.as_str()) || word.starts_with("--profile=")
    });
    let by_variable = config.env.iter().any(|(name, value)| {
        (name.starts_with("CARGO_PROFILE_") && name.ends_with("_DEBUG") && !is_none(value))
            || (name.ends_with("RUSTFLAGS") && is_flag(value))
    });
    let manifest = view.workspace_manifest();
    by_argument
        || by_variable
        || manifest.iter().any(by_profile)
        || view.surroundings.settings().any(by_configuration)
}

/// A profile of a manifest or of Cargo's configuration.
fn by_profile(content: &DocumentMut) -> bool {
    fn is_asked_for(table: &dyn TableLike) -> bool {
        table.iter().any(|(key, item)| {
            let below = item.as_table_like().is_some_and(is_asked_for);
            below || (key == "debug" && is_level(item))
        })
    }
    let profiles = content.get("profile").and_then(Item::as_table_like);
    profiles.is_some_and(is_asked_for)
}

fn by_configuration(content: &DocumentMut) -> bool {
    by_profile(content) || is_flag(&content.to_string())
}

fn is_level(item: &Item) -> bool {
    let number = item.as_integer().map(|level| level != 0);
    let word = item.as_str().map(|level| !is_none(level));
    item.as_bool().or(number).or(word).unwrap_or(false)
}

/// The values of `debug` that mean none.
fn is_none(level: &str) -> bool {
    ["", "0", "false", "none"].contains(&level)
}

/// Whether the text holds one of the flags of rustc that ask for it.
fn is_flag(text: &str) -> bool {
    let mut words = text.split(|sign: char| sign.is_whitespace() || "\"'[],=".contains(sign));
    text.contains("debuginfo=") || words.any(|word| word == "-g")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_counts() {
        let asked = |text: &str| by_configuration(&text.parse().expect("TOML"));
        for text in [
            "[profile.release]\ndebug = true",
            "[profile.release]\ndebug = 1",
            "[profile.release]\ndebug = \"line-tables-only\"",
            "profile.release.package.near.debug = 2",
            "[build]\nrustflags = [\"-g\"]",
            "[build]\nrustflags = \"-O -g\"",
            "[target.'cfg(unix)']\nrustflags = [\"-Cdebuginfo=1\"]",
        ] {
            assert!(asked(text), "{text}");
        }
        for text in [
            "[profile.release]\ndebug = false",
            "[profile.release]\ndebug = 0 # none",
            "[profile.release]\ndebug = \"none\"",
            "[profile.release]\nstrip = \"debuginfo\"",
            "[build]\nrustflags = [\"-Ctarget-cpu=x86-64\"]",
        ] {
            assert!(!asked(text), "{text}");
        }
    }
}
