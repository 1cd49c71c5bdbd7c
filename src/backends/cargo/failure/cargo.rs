//! Problems that Cargo reports before it compiles anything.

use super::siblings;
use crate::backend::failure::Diagnosis;
use crate::backend::log::Log;
use crate::backends::cargo::context::choice;
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::diagnostic::list;

/// The crate contains only a library.
pub(super) fn nothing_to_install(log: &Log, build: CrateBuild<'_>) -> Option<Diagnosis> {
    let empty = log.has("no packages found with binaries or examples")
        || log.has("there is nothing to install in");
    let message = "the crate is a library: it has no binary to install";
    empty.then(|| match siblings::library_for(build) {
        Some((what, help)) => Diagnosis {
            code: "build::other_backend",
            message: format!("{message}, but {what}"),
            help: Some(help),
            ..Default::default()
        },
        None => Diagnosis {
            code: "build::library_only",
            message: message.to_string(),
            help: Some(
                "add `src/main.rs` or a `[[bin]]` table to Cargo.toml, or build the directory of \
                 another crate with `source = { path = \"…\" }` in `[package.build]` of pixi.toml; \
                 libraries that other crates use need no package"
                    .to_string(),
            ),
            ..Default::default()
        },
    })
}

/// A crate below a workspace that neither lists nor excludes it.
pub(super) fn not_a_member(log: &Log) -> Option<Diagnosis> {
    let mut lines = log.from("current package believes it's in a workspace when it's not");
    let current = lines
        .find_map(|line| line.trim().strip_prefix("current:"))?
        .trim();
    let workspace = lines
        .find_map(|line| line.trim().strip_prefix("workspace:"))?
        .trim();
    let folder = log.between("this may be fixable by adding `", "`");
    let folder = folder.unwrap_or("its directory");
    Some(Diagnosis {
        code: "build::not_a_member",
        message: format!(
            "{current} is below the Cargo workspace {workspace}, which does not list it"
        ),
        help: Some(format!(
            "add `{folder}` to `members` in `[workspace]` of {workspace}, or to `exclude` to keep it \
             apart, or add an empty `[workspace]` table to {current}"
        )),
        ..Default::default()
    })
}

/// A workspace without a root package.
pub(super) fn virtual_workspace(log: &Log) -> Option<Diagnosis> {
    let manifest = log.between("found a virtual manifest at `", "`")?;
    Some(Diagnosis {
        code: "build::virtual_workspace",
        message: format!("{manifest} is a workspace without a package of its own"),
        details: Vec::new(),
        help: Some(
            "build the directory of a member with `source = { path = \"…\" }` in `[package.build]` of \
             pixi.toml"
                .to_string(),
        ), ..Default::default()
})
}

/// The option that names a binary or an example.
fn option_of_target(build: CrateBuild<'_>, name: &str) -> Option<&'static str> {
    let config = build.request.config;
    choice::option_with(config, ("binaries", &config.binaries), name)
}

/// Binaries whose required features are off. If no binary is left, Cargo prints a warning,
/// installs nothing and succeeds. If such a binary is named, Cargo fails.
pub(super) fn nothing_selected(log: &Log, build: CrateBuild<'_>) -> Option<Diagnosis> {
    const NEEDS: &str = " requires the features: ";
    let none = log.has("binaries are available for install using the selected features");
    let named = log.lines().find_map(|line| {
        let line = line.trim_start();
        let line = line.strip_prefix("error: ").unwrap_or(line);
        let target = line
            .strip_prefix("target `")
            .filter(|_| line.contains(NEEDS));
        Some(target?.split_once('`')?.0)
    });
    let features = log.after(NEEDS).filter(|_| none || named.is_some())?;
    let features = features.replace(['`', ' '], "");
    let features: Vec<&str> = features.split(',').collect();
    Some(Diagnosis {
        code: "build::missing_features",
        message: match named.filter(|_| !none) {
            None => "every binary needs features that are not enabled".to_string(),
            Some(name) => {
                let option = option_of_target(build, name);
                let option = option.map_or(String::new(), |key| format!(", which `{key}` names,"));
                format!("the target `{name}`{option} needs features that are not enabled")
            }
        },
        details: Vec::new(),
        help: Some(format!(
            "{}, or make them default features of the crate",
            choice::turn_on(build.request.config, &features)
        )),
        ..Default::default()
    })
}

/// The package would not contain any file.
pub(super) fn nothing_installed() -> Diagnosis {
    Diagnosis {
        code: "build::nothing_installed",
        message: "nothing was installed into the prefix".to_string(),
        details: Vec::new(),
        help: Some(
            "check that `extra-args` selects a binary or an example of the crate and does not \
             change where it is installed"
                .to_string(),
        ),
        ..Default::default()
    }
}

/// A binary or an argument that does not exist.
pub(super) fn no_such_target(log: &Log, build: CrateBuild<'_>) -> Option<Diagnosis> {
    let explanation = |message: String, help: String| Diagnosis {
        code: "build::unknown_name",
        message,
        details: Vec::new(),
        help: Some(help),
        ..Default::default()
    };
    let binary = log.between("no bin target named `", "`");
    let example = || log.between("no example target named `", "`");
    let target = binary.map(|name| ("bin", name));
    if let Some((kind, name)) = target.or_else(|| Some(("example", example()?))) {
        let word = if kind == "bin" { "binary" } else { kind };
        let present: Vec<&str> = (log.from(&format!("available {kind} targets:")).skip(1))
            .map(str::trim)
            .take_while(|line| !line.is_empty() && !line.contains(' '))
            .collect();
        let help = match (log.after("similar name exists: "), present.as_slice()) {
            (Some(near), _) => format!("did you mean {}?", near.trim()),
            (None, []) => format!("name another {word} of the crate, or remove it"),
            (None, names) => format!("the crate has {}", list(names.iter().copied())),
        };
        let option = choice::named_by(option_of_target(build, name));
        let message = format!("the crate has no {word} `{name}`{option}");
        return Some(explanation(message, help));
    }
    let name = log.between("error: unexpected argument '", "' found")?;
    let tip = log.after("  tip: ").filter(|tip| tip.contains("similar"));
    let tip = tip
        .map(|tip| format!("{}; ", tip.trim()))
        .unwrap_or_default();
    Some(explanation(
        format!("`cargo install` does not have the argument `{name}`, which `extra-args` names"),
        format!(
            "{tip}each element of `extra-args` is one argument: write `[\"--features\", \"tls\"]`"
        ),
    ))
}
