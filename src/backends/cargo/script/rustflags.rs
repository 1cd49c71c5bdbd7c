//! Flags for rustc that every build needs, wherever Cargo takes flags from.
//!
//! Cargo takes them from one place alone: `RUSTFLAGS`, or every `target` table that
//! applies, or `build`. What the project or the user writes in one of them would put those
//! in another out of action. So they are added in each place that holds flags.

use std::collections::BTreeSet;
use std::path::PathBuf;

use toml_edit::{Array, DocumentMut, Item, Key, Value};

use crate::backend::script::{Step, Word};
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::backends::cargo::context::layout;
use crate::backends::cargo::script::embedded_paths::may_embed_paths;

/// Counts before every other place. U+001F stands between the flags.
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
    // One that is empty or a template of rattler-build's stays as it is.
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

/// Arguments for cargo that add the flags to what the project configures, and to `build`
/// those that no variable can hold.
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
        // The strongest of several texts counts alone, and lists are put together.
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
    // A list cannot be added to a text.
    if !rest.is_empty() && !settings().any(is_text) {
        add("build".to_string(), rest.into());
    }
    arguments
}

/// Where programs look for libraries, and other names for the folders of this machine,
/// which they would hold.
///
/// Cargo and sccache compile everything again when a flag changes. So nothing that
/// changes from work directory to work directory is in one, and the project's path only
/// where a crate knows it.
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
    // A library finds others beside itself; rattler-build wants to say so, and has no room
    // for it otherwise.
    let has_libraries = !config.libraries.is_empty() || !config.c_library.is_null();
    let beside = layout::origin(host).filter(|_| has_libraries);
    let beside = beside.map(|origin| format!("-Clink-arg=-Wl,-rpath,{origin}/"));
    let own = config.rustflags.iter().cloned();
    let paths = run_path.into_iter().chain(beside);
    paths.chain(remap).chain(own).collect()
}

/// Where the crates of registries are.
fn cargo_home(build: CrateBuild<'_>) -> Option<PathBuf> {
    match build.request.config.env.get("CARGO_HOME") {
        // Nobody knows here what a variable in it stands for.
        Some(chosen) => Some(PathBuf::from(chosen)).filter(|home| home.is_absolute()),
        None => layout::cargo_home(build.request.folders),
    }
}

/// Whether a flag stays one where flags are separated by blanks: no sign protects them.
fn is_one(flag: &str) -> bool {
    !flag.contains(char::is_whitespace)
}
