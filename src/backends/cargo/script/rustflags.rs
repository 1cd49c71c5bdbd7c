//! Adds flags for rustc that every build needs to all places from which Cargo reads flags.
//!
//! Cargo reads flags from only one place: `RUSTFLAGS`, or all `target` tables that match, or
//! `build`. Flags in one place would disable those of the project or the user in another. The
//! flags are therefore added to each place that contains flags.

use std::collections::BTreeSet;
use std::path::PathBuf;

use toml_edit::{Array, DocumentMut, Item, Key, Value};

use crate::backend::script::{Step, Word};
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::backends::cargo::context::layout;
use crate::backends::cargo::script::embedded_paths::may_embed_paths;

/// The variable with the highest priority. Its flags are separated by U+001F.
const ENCODED: &str = "CARGO_ENCODED_RUSTFLAGS";

/// Adds the flags to the variables that Cargo reads.
pub(crate) fn variables(build: CrateBuild<'_>) -> Vec<Step> {
    let holds_flags = |name: &&String| {
        let of_a_target = name.starts_with("CARGO_TARGET_") && name.ends_with("_RUSTFLAGS");
        name.as_str() == "RUSTFLAGS" || of_a_target
    };
    let platforms = build.request.platforms;
    let env = &build.request.config.env;
    let own = env.keys().filter(holds_flags).map(String::as_str);
    let names = own.chain(["CARGO_BUILD_RUSTFLAGS"]);
    let flags = flags(build);
    let text: Vec<&str> = flags
        .iter()
        .map(String::as_str)
        .filter(|it| is_one(it))
        .collect();
    let append = |name: &str| Step::Append(name.to_string(), Word::literal(text.join(" ")));
    let mut steps = Vec::new();
    if !text.is_empty() {
        steps.extend(names.map(append));
    }
    // An empty value, or a value with a template of rattler-build, is not changed.
    let encoded = env
        .get(ENCODED)
        .filter(|value| !value.is_empty() && !value.contains("${{"));
    steps.extend(encoded.map(|value| {
        let more: String = flags.iter().map(|flag| format!("\u{1f}{flag}")).collect();
        Step::Set(
            ENCODED.to_string(),
            Word::with_references_on(platforms.build, value).then(more),
        )
    }));
    steps
}

/// Arguments for cargo that add the flags to the tables of the project's configuration. Flags
/// that a variable cannot contain are added to `build`.
pub(crate) fn arguments(build: CrateBuild<'_>) -> Vec<String> {
    let flags = flags(build);
    let settings = || build.cargo_config.settings();
    let mut arguments = Vec::new();
    let mut add = |place: String, flags: Value| {
        let flags = flags.to_string();
        let setting = format!("{place}.rustflags={}", flags.trim());
        arguments.extend(["--config".to_string(), setting]);
    };
    let tables = settings().filter_map(|content| content.get("target")?.as_table_like());
    let mut seen = BTreeSet::new();
    for (target, table) in tables.flat_map(|targets| targets.iter()) {
        let Some(found) = table.get("rustflags").filter(|_| seen.insert(target)) else {
            continue;
        };
        // If several settings are texts, only the one with the highest priority applies. Lists
        // are concatenated.
        let place = format!("target.{}", Key::new(target));
        match found.as_str() {
            Some(text) => {
                let ours = flags.iter().map(String::as_str).filter(|flag| is_one(flag));
                let all: Vec<&str> = std::iter::once(text).chain(ours).collect();
                add(place, all.join(" ").into());
            }
            None => add(place, flags.iter().collect::<Array>().into()),
        }
    }
    let rest: Array = flags.iter().filter(|flag| !is_one(flag)).collect();
    let is_text = |content: &DocumentMut| {
        let flags = content.get("build").and_then(|it| it.get("rustflags"));
        flags.is_some_and(Item::is_str)
    };
    // Cargo cannot add a list to a text.
    if !rest.is_empty() && !settings().any(is_text) {
        add("build".to_string(), rest.into());
    }
    arguments
}

/// The run paths of programs, names for directories of this machine that programs would
/// otherwise contain, and the flags of the user.
///
/// Cargo and sccache compile everything again when a flag changes. Therefore no flag contains a
/// path that differs between work directories, and a flag contains the path of the project only
/// if a program may contain it.
fn flags(build: CrateBuild<'_>) -> Vec<String> {
    let host = build.request.platforms.host;
    let run_path = layout::run_path(host);
    let run_path = run_path.map(|path| format!("-Clink-arg=-Wl,-rpath,{path}"));
    let top = build.cargo_config.top();
    let project = may_embed_paths(build).then_some((top, "/project".to_string()));
    let home = cargo_home(build);
    let home = home.as_deref().map(|home| (home, "/cargo".to_string()));
    let elsewhere = build.path_crates.values().filter_map(|local| {
        let folder = local.root.as_path();
        (!folder.starts_with(top))
            .then(|| (folder, format!("/{}", local.name().unwrap_or("crate"))))
    });
    let remap = project.into_iter().chain(home).chain(elsewhere);
    let remap =
        remap.map(|(folder, name)| format!("--remap-path-prefix={}={name}", folder.display()));
    let config = build.request.config;
    // A library finds other libraries in its own directory. rattler-build sets this run path
    // after the build, but a file has room for it only if it was linked with one.
    let beside = layout::origin(host).filter(|_| config.has_libraries());
    let beside = beside.map(|origin| format!("-Clink-arg=-Wl,-rpath,{origin}/"));
    let own = config.rustflags.iter().cloned();
    let paths = run_path.into_iter().chain(beside);
    paths.chain(remap).chain(own).collect()
}

/// The directory in which Cargo keeps the crates of registries.
fn cargo_home(build: CrateBuild<'_>) -> Option<PathBuf> {
    match build.request.config.env.get("CARGO_HOME") {
        // The value of a variable in it is not known here.
        Some(chosen) => Some(PathBuf::from(chosen)).filter(|home| home.is_absolute()),
        None => layout::cargo_home(build.request.folders),
    }
}

/// Whether a flag remains one flag in a list that is separated by spaces. Spaces cannot be
/// quoted or escaped there.
fn is_one(flag: &str) -> bool {
    !flag.contains(char::is_whitespace)
}
