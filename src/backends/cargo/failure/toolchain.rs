//! A toolchain that is missing or too old.

use crate::backend::failure::Diagnosis;
use crate::backend::log::Log;

/// The help for requesting a toolchain that has at least `version`.
fn newer(version: &str) -> String {
    format!(
        "ask for a newer one with `rust_compiler_version = [\"{version}\"]` in \
         `[workspace.build-variants]` of pixi.toml"
    )
}

/// The build environment has no cargo.
pub(super) fn no_cargo(log: &Log) -> Option<Diagnosis> {
    let absent = log.lines().any(|line| {
        let missing = line.contains("No such file or directory") || line.contains("not found");
        missing && line.contains("bin/cargo:") && !line.contains("error")
    });
    absent.then(|| Diagnosis {
        code: "build::no_cargo",
        message: "there is no cargo in the build environment".to_string(),
        details: Vec::new(),
        help: Some(
            "add `\"rust\"` to `compilers` in `[package.build.config]`, or a package with cargo, \
             such as `rust`, to `[package.build-dependencies]`"
                .to_string(),
        ),
        ..Default::default()
    })
}

/// A crate needs a newer rustc.
pub(super) fn old_rustc(log: &Log) -> Option<Diagnosis> {
    let present = log.between("rustc ", " is not supported by the following package")?;
    let mut newest: Option<&str> = None;
    let mut details = Vec::new();
    for line in log
        .from("is not supported by the following package")
        .skip(1)
    {
        let Some((name, version)) = line.trim().split_once(" requires rustc ") else {
            break;
        };
        details.push(format!("{name} needs rustc {version}"));
        if newest.is_none_or(|newest| numbers(version) > numbers(newest)) {
            newest = Some(version);
        }
    }
    let needed = newest?;
    Some(Diagnosis {
        code: "build::old_rustc",
        message: format!("the build needs rustc {needed}, the environment has {present}"),
        details,
        help: Some(newer(needed)),
        ..Default::default()
    })
}

fn numbers(version: &str) -> Vec<u64> {
    version
        .split('.')
        .map_while(|part| part.parse().ok())
        .collect()
}

/// Cargo is too old for a manifest or a lock file.
pub(super) fn old_cargo(log: &Log) -> Option<Diagnosis> {
    let (what, needed) = beyond(log)?;
    let place = [
        "failed to parse manifest at `",
        "failed to parse lock file at: ",
    ]
    .iter()
    .find_map(|start| log.after(start))
    .map(|path| format!("in {}", path.trim_end_matches('`')));
    let variant = match needed {
        Some(version) => format!("rust_compiler_version = [\"{version}\"]"),
        None => "rust_compiler_version".to_string(),
    };
    Some(Diagnosis {
        code: "build::old_cargo",
        message: format!("{what} needs a newer cargo than the environment has"),
        details: place.into_iter().collect(),
        help: Some(format!(
            "ask for a newer one with `{variant}` in `[workspace.build-variants]` of pixi.toml"
        )),
        ..Default::default()
    })
}

/// The feature that Cargo is too old for, and the first version of Cargo that has it, if known.
fn beyond(log: &Log) -> Option<(String, Option<&'static str>)> {
    let edition = log
        .between("this version of Cargo is older than the `", "`")
        .or_else(|| newer_edition(log));
    if let Some(edition) = edition {
        let since = (edition == "2024").then_some("1.85");
        return Some((format!("the edition {edition}"), since));
    }
    // Cargo 1.78 reads version 4. Older versions of Cargo request a flag of nightly.
    let lock = log
        .between("lock file version `", "` was found")
        .or_else(|| log.between("lock file version ", " requires `-Znext-lockfile-bump`"));
    if let Some(version) = lock.map(|version| version.trim_matches('`')) {
        let since = (version == "4").then_some("1.78");
        return Some((format!("Cargo.lock has version {version}, which"), since));
    }
    if let Some(resolver) = log.between("`resolver` setting `", "` is not valid") {
        let since = (resolver == "3").then_some("1.84");
        return Some((format!("the resolver {resolver}"), since));
    }
    let is_manifest = log.has("failed to parse manifest at");
    let feature = log
        .between("feature `", "` is required")
        .filter(|_| is_manifest)?;
    let since = (feature == "edition2024").then_some("1.85");
    Some((format!("the Cargo feature `{feature}`"), since))
}

/// An edition that Cargo does not know.
fn newer_edition(log: &Log) -> Option<&str> {
    log.has("supported edition values are").then_some(())?;
    log.between("but `", "` is unknown")
}
