//! Failures of the toolchain: none there, or too old.

use crate::backend::failure::Diagnosis;
use crate::backend::log::Log;

/// How people ask for a newer toolchain, when they need at least `version`.
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
    let help = "ask for a newer one with `rust_compiler_version` in \
                `[workspace.build-variants]` of pixi.toml";
    let message = if let Some(edition) =
        log.between("this version of Cargo is older than the `", "`")
    {
        format!("the edition {edition} needs a newer cargo than the environment has")
    } else if let Some(version) = log.between("lock file version `", "` was found") {
        format!(
            "Cargo.lock has version {version}, which needs a newer cargo than the environment has"
        )
    } else if log.has("failed to parse manifest at")
        && let Some(feature) = log.between("feature `", "` is required")
    {
        format!("the Cargo feature `{feature}` needs a newer cargo than the environment has")
    } else {
        return None;
    };
    let place = [
        "failed to parse manifest at `",
        "failed to parse lock file at: ",
    ]
    .iter()
    .find_map(|start| log.after(start))
    .map(|path| format!("in {}", path.trim_end_matches('`')));
    Some(Diagnosis {
        code: "build::old_cargo",
        message,
        details: place.into_iter().collect(),
        help: Some(help.to_string()),
        ..Default::default()
    })
}
