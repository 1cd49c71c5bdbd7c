//! The option `packages`: other members of the Cargo workspace whose programs are also
//! installed.

use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report, SourceSpan};
use thiserror::Error;

use crate::backend::Request;
use crate::backends::cargo::config::Config;
use crate::backends::cargo::manifest::binaries::binaries;
use crate::backends::cargo::manifest::manifests::Manifests;
use crate::backends::cargo::manifest::package::Crate;
use crate::backends::cargo::manifest::workspace_members::members;
use crate::diagnostic::{SourceFile, list};
use crate::project::config::written_at;

/// A member whose programs are installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) folder: PathBuf,
    /// The selected binaries that belong to this member. Empty if all of its binaries are
    /// installed.
    pub(crate) binaries: Vec<String>,
}

/// The members whose programs are installed: the crate itself first, then the members that
/// `packages` names. A member without a selected binary is left out.
///
/// # Errors
/// [`NoSuchMember`], [`NotOneBinary`], and members whose manifest cannot be read.
pub(crate) fn chosen(
    request: &Request<'_, Config>,
    manifests: &mut Manifests,
    krate: &Crate,
) -> Result<Vec<Member>, Report> {
    let config = request.config;
    let itself = Member {
        folder: krate.folder().to_path_buf(),
        binaries: config.binaries.clone(),
    };
    if config.packages.is_empty() {
        return Ok(vec![itself]);
    }
    let all = members(manifests, &krate.workspace)?;
    let mut found = vec![(itself.folder.clone(), binaries(&krate.manifest))];
    for (index, pattern) in config.packages.iter().enumerate() {
        let fits = |name: &str| glob::Pattern::new(pattern).is_ok_and(|it| it.matches(name));
        let named = all.iter().filter(|it| it.name().is_some_and(fits));
        let mut named = named.peekable();
        if named.peek().is_none() {
            let names: Vec<&str> = all.iter().filter_map(|it| it.name()).collect();
            return Err(no_such_member(request, index, pattern, &names));
        }
        for manifest in named {
            if found.iter().all(|(folder, _)| folder != manifest.folder()) {
                found.push((manifest.folder().to_path_buf(), binaries(manifest)));
            }
        }
    }
    for name in &config.binaries {
        let owners = found.iter().filter(|(_, binaries)| binaries.contains(name));
        let owners: Vec<&Path> = owners.map(|(folder, _)| folder.as_path()).collect();
        if owners.len() != 1 {
            return Err(not_one(request, name, &owners));
        }
    }
    let members = found.into_iter().map(|(folder, binaries)| Member {
        folder,
        binaries: if config.binaries.is_empty() {
            Vec::new()
        } else {
            let chosen = config.binaries.iter();
            let chosen = chosen.filter(|name| binaries.contains(name));
            chosen.cloned().collect()
        },
    });
    // `cargo install` without `--bin` would install all binaries of the member.
    let installs = |member: &Member| config.binaries.is_empty() || !member.binaries.is_empty();
    Ok(members.filter(installs).collect())
}

fn no_such_member(
    request: &Request<'_, Config>,
    index: usize,
    pattern: &str,
    names: &[&str],
) -> Report {
    let manifest = &request.project.manifest;
    let keys = ["packages", &index.to_string()];
    NoSuchMember {
        pattern: pattern.to_string(),
        members: list(names.iter().copied()),
        file: manifest.file(),
        at: written_at(manifest, request.platforms.host, &keys),
    }
    .into()
}

fn not_one(request: &Request<'_, Config>, name: &str, owners: &[&Path]) -> Report {
    let manifest = &request.project.manifest;
    let owners: Vec<String> = owners.iter().map(|it| it.display().to_string()).collect();
    NotOneBinary {
        name: name.to_string(),
        what: if owners.is_empty() {
            "no member that `packages` names has it".to_string()
        } else {
            format!("{} have one each", owners.join(" and "))
        },
        file: manifest.file(),
        at: written_at(manifest, request.platforms.host, &["binaries"]),
    }
    .into()
}

/// A name in `packages` that no member has.
#[derive(Debug, Error, Diagnostic)]
#[error("`packages` names `{pattern}`, which is not a member of the Cargo workspace")]
#[diagnostic(code(cargo::no_such_member), help("the members are {members}"))]
struct NoSuchMember {
    pattern: String,
    members: String,
    #[source_code]
    file: SourceFile,
    #[label("no such member")]
    at: Option<SourceSpan>,
}

/// A name in `binaries` that no member has, or that several members have.
#[derive(Debug, Error, Diagnostic)]
#[error("`binaries` names `{name}`, and {what}")]
#[diagnostic(
    code(cargo::not_one_binary),
    help("each name belongs to one of the `packages`")
)]
struct NotOneBinary {
    name: String,
    what: String,
    #[source_code]
    file: SourceFile,
    #[label("chosen here")]
    at: Option<SourceSpan>,
}
