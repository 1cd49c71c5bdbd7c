//! The option `packages`: other members of the Cargo workspace whose programs are also
//! installed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::{Diagnostic, Report, SourceSpan};
use thiserror::Error;
use toml_edit::Item;

use crate::backend::Request;
use crate::backends::cargo::config::Config;
use crate::backends::cargo::context::arguments::Arguments;
use crate::backends::cargo::manifest::binaries::{binaries, listed_binaries};
use crate::backends::cargo::manifest::cargo_toml::CargoToml;
use crate::backends::cargo::manifest::features::features;
use crate::backends::cargo::manifest::manifests::Manifests;
use crate::backends::cargo::manifest::package::Crate;
use crate::backends::cargo::manifest::workspace_members::members;
use crate::diagnostic::{SourceFile, list};
use crate::project::config::written_at;

/// A member whose programs are installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) folder: PathBuf,
    /// The name of the package. Empty if Cargo would refuse it.
    pub(crate) name: String,
    /// The selected binaries that belong to this member. Empty if all of its binaries are
    /// installed.
    pub(crate) binaries: Vec<String>,
    /// The arguments of the user, with those features that the member has.
    pub(crate) arguments: Arguments,
}

/// The members whose programs are installed: the crate itself first, then the members that
/// `packages` names. A member without a selected binary is left out, and so is a library that
/// only a pattern names, or that `libraries` installs.
///
/// # Errors
/// [`NoSuchMember`], [`NotOneBinary`], and members whose manifest cannot be read.
pub(crate) fn chosen(
    request: &Request<'_, Config>,
    manifests: &mut Manifests,
    krate: &Crate,
    arguments: &Arguments,
) -> Result<Vec<Member>, Report> {
    let config = request.config;
    if config.packages.is_empty() {
        return Ok(vec![Member {
            folder: krate.folder().to_path_buf(),
            name: package_name(&krate.manifest),
            binaries: config.binaries.clone(),
            arguments: arguments.clone(),
        }]);
    }
    let all = members(manifests, &krate.workspace)?;
    let mut found = Vec::new();
    if installs_something(&krate.manifest, arguments) {
        found.push(Arc::clone(&krate.manifest));
    }
    for (index, pattern) in config.packages.iter().enumerate() {
        let fits = |name: &str| glob::Pattern::new(pattern).is_ok_and(|it| it.matches(name));
        let named = all.iter().filter(|it| it.name().is_some_and(fits));
        let mut named = named.peekable();
        if named.peek().is_none() {
            let names = all.iter().filter_map(|it| it.name());
            let reason = "is not a member of the Cargo workspace";
            let help = format!("the members are {}", list(names));
            return Err(no_such_member(request, index, reason, help));
        }
        for manifest in named {
            if found.iter().any(|it| it.folder() == manifest.folder()) {
                continue;
            }
            let is_library = config.has_libraries() && manifest.folder() == krate.folder();
            if installs_something(manifest, arguments) {
                found.push(Arc::clone(manifest));
            } else if !is_pattern(pattern) && !is_library {
                let programs = all.iter().filter(|it| installs_something(it, arguments));
                let names = list(programs.filter_map(|it| it.name()));
                let reason = "is a library and has no binary";
                let help = format!("the members with binaries are {names}");
                return Err(no_such_member(request, index, reason, help));
            }
        }
    }
    if found.is_empty() && !config.has_libraries() {
        // cargo says what the crate lacks.
        found.push(Arc::clone(&krate.manifest));
    }
    check_binaries(request, &found, arguments)?;
    let members = found.iter().map(|manifest| {
        let binaries = binaries(manifest);
        let chosen = config.binaries.iter();
        let chosen = chosen.filter(|name| binaries.contains(name));
        Member {
            folder: manifest.folder().to_path_buf(),
            name: package_name(manifest),
            binaries: chosen.cloned().collect(),
            arguments: arguments_for(manifest, &found, config, arguments),
        }
    });
    // `cargo install` without `--bin` would install all binaries of the member.
    let installs = |member: &Member| config.binaries.is_empty() || !member.binaries.is_empty();
    Ok(members.filter(installs).collect())
}

/// The name of a package. It is empty if Cargo would refuse it, because this backend uses the name
/// in paths before Cargo checks it.
pub(crate) fn package_name(manifest: &CargoToml) -> String {
    let is_name = |sign: char| sign.is_alphanumeric() || "-_".contains(sign);
    let name = manifest.name();
    let name = name.filter(|name| name.chars().all(is_name));
    name.unwrap_or_default().to_string()
}

/// Whether an element of `packages` is a pattern and not a name.
pub(crate) fn is_pattern(element: &str) -> bool {
    element.contains(['*', '?', '['])
}

/// Whether `cargo install` finds something to install in a member.
fn installs_something(manifest: &CargoToml, arguments: &Arguments) -> bool {
    let asks_for_examples = arguments.has("--example") || arguments.has("--examples");
    asks_for_examples || !binaries(manifest).is_empty()
}

/// Refuses a name in `binaries` that not exactly one member has, and a binary of one member that
/// would replace that of another.
fn check_binaries(
    request: &Request<'_, Config>,
    found: &[Arc<CargoToml>],
    arguments: &Arguments,
) -> Result<(), Report> {
    let owners = |name: &String| -> Vec<&Path> {
        let owners = found.iter().filter(|it| binaries(it).contains(name));
        owners.map(|it| it.folder()).collect()
    };
    let selected = &request.config.binaries;
    for name in selected {
        let owners = owners(name);
        if owners.len() != 1 {
            return Err(not_one(request, "binaries", name, &owners));
        }
    }
    let selects = ["--bin", "--bins", "--example", "--examples"];
    if !selected.is_empty() || selects.iter().any(|option| arguments.has(option)) {
        return Ok(());
    }
    for name in found.iter().flat_map(|it| binaries(it)) {
        let owners = owners(&name);
        // A binary that needs features may be off.
        let needs_features = found
            .iter()
            .flat_map(|it| listed_binaries(it))
            .any(|binary| {
                binary.get("name").and_then(Item::as_str) == Some(&name)
                    && binary.contains_key("required-features")
            });
        if owners.len() > 1 && !needs_features {
            return Err(not_one(request, "packages", &name, &owners));
        }
    }
    Ok(())
}

/// The arguments with those features of the option `features` that the member has, as Cargo
/// selects them for several packages. A feature that no member has stays, so that Cargo reports it.
fn arguments_for(
    manifest: &CargoToml,
    members: &[Arc<CargoToml>],
    config: &Config,
    arguments: &Arguments,
) -> Arguments {
    if config.features.is_empty() {
        return arguments.clone();
    }
    let own = features(manifest.root());
    let has = |known: &[String], feature: &str| {
        // `default` always exists, and Cargo checks a feature of a dependency.
        feature == "default" || feature.contains('/') || known.iter().any(|it| it == feature)
    };
    let others: Vec<Vec<String>> = members.iter().map(|it| features(it.root())).collect();
    let is_known = |feature: &str| others.iter().any(|known| has(known, feature));
    arguments.with_features(|feature| has(&own, feature) || !is_known(feature))
}

fn no_such_member(
    request: &Request<'_, Config>,
    index: usize,
    reason: &'static str,
    help: String,
) -> Report {
    let manifest = &request.project.manifest;
    let keys = ["packages", &index.to_string()];
    NoSuchMember {
        pattern: request.config.packages[index].clone(),
        reason,
        help,
        file: manifest.file(),
        at: written_at(manifest, request.platforms.host, &keys),
    }
    .into()
}

fn not_one(
    request: &Request<'_, Config>,
    option: &'static str,
    name: &str,
    owners: &[&Path],
) -> Report {
    let manifest = &request.project.manifest;
    let paths: Vec<String> = owners.iter().map(|it| it.display().to_string()).collect();
    let paths = paths.join(" and ");
    let (message, help) = if option == "packages" {
        let message = format!("`packages` names members that install the same binary `{name}`");
        (
            format!("{message}: {paths}"),
            "remove one of the members, rename its binary, or name other binaries in `binaries`",
        )
    } else {
        let what = if owners.is_empty() {
            "no member that `packages` names has it".to_string()
        } else {
            format!("{paths} have one each")
        };
        (
            format!("`binaries` names `{name}`, but {what}"),
            "each name must belong to exactly one of the `packages`",
        )
    };
    NotOneBinary {
        message,
        help,
        file: manifest.file(),
        at: written_at(manifest, request.platforms.host, &[option]),
    }
    .into()
}

/// A name in `packages` that no member has, or that a library has.
#[derive(Debug, Error, Diagnostic)]
#[error("`packages` names `{pattern}`, which {reason}")]
#[diagnostic(code(cargo::no_such_member), help("{help}"))]
struct NoSuchMember {
    pattern: String,
    reason: &'static str,
    help: String,
    #[source_code]
    file: SourceFile,
    #[label("no such member")]
    at: Option<SourceSpan>,
}

/// A binary that no member has, or that several members have.
#[derive(Debug, Error, Diagnostic)]
#[error("{message}")]
#[diagnostic(code(cargo::not_one_binary), help("{help}"))]
struct NotOneBinary {
    message: String,
    help: &'static str,
    #[source_code]
    file: SourceFile,
    #[label("chosen here")]
    at: Option<SourceSpan>,
}
