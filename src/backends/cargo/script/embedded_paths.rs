//! Whether a program may contain the paths of its sources.

use toml_edit::{DocumentMut, Item, TableLike};

use crate::backends::cargo::context::crate_context::CrateBuild;

/// Whether a program may contain an absolute path of a path crate. Debug information contains
/// such paths. rustc also gets absolute paths for crates outside the Cargo workspace and for
/// files that a build script generates.
pub(crate) fn may_embed_paths(build: CrateBuild<'_>) -> bool {
    let mut crates = build.path_crates.iter();
    crates.any(|(folder, path_crate)| {
        !folder.starts_with(&build.workspace) || path_crate.has_build_script
    }) || has_debug_info(build)
}

/// Whether a setting requests debug information. In doubt the result is `true`; the only cost
/// is that builds of another checkout find fewer results in the compiler cache.
fn has_debug_info(build: CrateBuild<'_>) -> bool {
    let config = build.request.config;
    // A profile that the user selects may request debug information.
    let by_argument = build.arguments.has("--debug") || build.arguments.has("--profile");
    let by_variable = config.env.iter().any(|(name, value)| {
        (name.starts_with("CARGO_PROFILE_") && name.ends_with("_DEBUG") && !is_none(value))
            || (name.ends_with("RUSTFLAGS") && is_flag(value))
    });
    by_argument
        || by_variable
        || is_flag(&config.rustflags.join(" "))
        || by_profile(build.krate.workspace.root())
        || build.cargo_config.settings().any(by_configuration)
}

/// Whether a profile in a manifest or in Cargo's configuration requests debug information.
fn by_profile(content: &dyn TableLike) -> bool {
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
    by_profile(content.as_table()) || is_flag(&content.to_string())
}

fn is_level(item: &Item) -> bool {
    let number = item.as_integer().map(|level| level != 0);
    let word = item.as_str().map(|level| !is_none(level));
    item.as_bool().or(number).or(word).unwrap_or(false)
}

/// Whether a value of `debug` turns debug information off.
fn is_none(level: &str) -> bool {
    ["", "0", "false", "none"].contains(&level)
}

/// Whether the text contains a flag of rustc that requests debug information.
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
