//! The metadata in `[package]`: literal, inherited, or from `pyproject.toml`.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use rattler_conda_types::Version;
use url::Url;

use crate::diagnostic::nearest;
use crate::project::document::{Data, Value};
use crate::project::load::ManifestScope;
use crate::project::load::code::Code;
use crate::project::load::inherit::{self, InheritOrigin};
use crate::project::load::mistake::Diagnostics;
use crate::project::load::mistake::package::FileMissing;
use crate::project::load::mistake::warning::{Dropped, NoEffect, WordVersion};
use crate::project::load::paths;
use crate::project::load::pyproject::Defaults;
use crate::project::load::read::header;
use crate::project::load::tables::TABLES;
use crate::protocol::model::ProjectModel;

/// The keys of `[package]` that a member may inherit from `[workspace]`.
pub(super) const FIELDS: [&str; 10] = [
    "name",
    "version",
    "description",
    "authors",
    "license",
    "license-file",
    "readme",
    "homepage",
    "repository",
    "documentation",
];

/// Reports unknown keys of `[package]`.
pub(crate) fn check_keys(scope: &ManifestScope<'_>, findings: &mut Diagnostics) {
    let keys: Vec<_> = FIELDS
        .into_iter()
        .chain([
            "publish",
            "build",
            "target",
            "extra-dependencies",
            "run-exports",
        ])
        .chain(TABLES.iter().map(|table| table.key))
        .collect();
    for field in scope.package.fields() {
        if keys.contains(&field.name) {
            continue;
        }
        let help = match field.name {
            "dependencies" | "test-dependencies" | "dev-dependencies" => format!(
                "dependencies of a package go into {}",
                TABLES
                    .map(|table| format!(
                        "`{}`",
                        header(scope.member(), &format!("package.{}", table.key))
                    ))
                    .join(", ")
            ),
            name => match nearest(name, keys.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!(
                    "backend options go into `{}`",
                    header(scope.member(), "package.build.config")
                ),
            },
        };
        scope.package.unknown(&field, help, findings);
    }
}

/// Reads the fields into a model that is otherwise empty.
pub(crate) fn read(
    scope: &ManifestScope<'_>,
    code: Option<&Code>,
    findings: &mut Diagnostics,
) -> ProjectModel {
    let own = Defaults::of(scope.member());
    let shared = scope
        .workspace
        .map(|table| Defaults::of(table.document))
        .unwrap_or_default();
    let mut reader = SpecReader { scope, findings };
    let name_beside = reader.workspace_package_name();
    ProjectModel {
        name: reader
            .text("name", name_beside.or(shared.name))
            .or(own.name),
        version: reader.version(shared.version).or(own.version),
        description: reader
            .text("description", shared.description)
            .or(own.description),
        authors: reader.authors(shared.authors).or(own.authors),
        license: reader.license(),
        license_file: code.and_then(|code| reader.file("license-file", code)),
        readme: code.and_then(|code| reader.file("readme", code)),
        homepage: reader.url("homepage"),
        repository: reader.url("repository"),
        documentation: reader.url("documentation"),
        ..ProjectModel::default()
    }
}

/// The reason why pixi does not send a path in the manifest.
enum Loss {
    /// The source is in a repository or an archive.
    RemoteCode,
    /// The path is relative and inherited.
    Inheritance,
}

struct SpecReader<'a, 'd> {
    scope: &'a ManifestScope<'d>,
    findings: &'a mut Diagnostics,
}

impl<'d> SpecReader<'_, 'd> {
    fn origin(&mut self, key: &str) -> InheritOrigin<'d> {
        inherit::origin(self.scope, key, self.findings)
    }

    /// The value of a field. The workspace's manifest has no default for it.
    fn value(&mut self, key: &str) -> Option<Value<'d>> {
        match self.origin(key) {
            InheritOrigin::Absent => None,
            InheritOrigin::Literal(value) | InheritOrigin::Inherited(value) => Some(value),
            InheritOrigin::Nowhere(at) => self.nothing_to_inherit(key, at),
        }
    }

    fn text(&mut self, key: &str, shared: Option<String>) -> Option<String> {
        match self.origin(key) {
            InheritOrigin::Absent => None,
            InheritOrigin::Literal(value) | InheritOrigin::Inherited(value) => {
                value.text(self.findings).map(str::to_owned)
            }
            InheritOrigin::Nowhere(at) => shared.or_else(|| self.nothing_to_inherit(key, at)),
        }
    }

    fn version(&mut self, shared: Option<String>) -> Option<String> {
        let value = match self.origin("version") {
            InheritOrigin::Absent => return None,
            InheritOrigin::Literal(value) | InheritOrigin::Inherited(value) => value,
            InheritOrigin::Nowhere(at) => {
                return shared.or_else(|| self.nothing_to_inherit("version", at));
            }
        };
        let text = value.text(self.findings)?;
        match Version::from_str(text) {
            Ok(version) => {
                if !text.contains(|character: char| character.is_ascii_digit()) {
                    self.findings.warn(WordVersion {
                        text: text.to_owned(),
                        file: value.document.file(),
                        at: value.at,
                    });
                }
                Some(version.to_string())
            }
            Err(error) => {
                let reason = error.kind.to_string();
                value.invalid("a conda version", reason, None, self.findings)
            }
        }
    }

    fn authors(&mut self, shared: Option<Vec<String>>) -> Option<Vec<String>> {
        match self.origin("authors") {
            InheritOrigin::Absent => None,
            InheritOrigin::Literal(value) | InheritOrigin::Inherited(value) => {
                let texts = value.texts(self.findings)?;
                Some(texts.into_iter().map(|(text, _)| text.to_owned()).collect())
            }
            InheritOrigin::Nowhere(at) => shared.or_else(|| self.nothing_to_inherit("authors", at)),
        }
    }

    fn license(&mut self) -> Option<String> {
        let value = self.value("license")?;
        let text = value.text(self.findings)?;
        match spdx::Expression::parse(text) {
            Ok(_) => Some(text.to_owned()),
            Err(error) => {
                let fixed = spdx::Expression::canonicalize(text).ok().flatten();
                let help = match fixed {
                    Some(fixed) => format!("write `{fixed}`"),
                    None => "see https://spdx.org/licenses; for a license of your own write `LicenseRef-<name>`".to_owned(),
                };
                value.invalid(
                    "an SPDX expression",
                    error.reason.to_string(),
                    Some(help),
                    self.findings,
                )
            }
        }
    }

    fn url(&mut self, key: &str) -> Option<String> {
        let value = self.value(key)?;
        let text = value.text(self.findings)?;
        match Url::parse(text) {
            Ok(url) => Some(url.into()),
            Err(error) => {
                let help = match error {
                    url::ParseError::RelativeUrlWithoutBase => {
                        Some(format!("write `https://{text}`"))
                    }
                    _ => None,
                };
                value.invalid("an absolute URL", error.to_string(), help, self.findings)
            }
        }
    }

    /// A path relative to the source. pixi uses the same path, but loses inherited
    /// relative paths and all paths in sources from repositories and archives.
    fn file(&mut self, key: &'static str, code: &Code) -> Option<String> {
        let folder = code.folder.as_deref()?;
        match self.origin(key) {
            InheritOrigin::Absent => None,
            InheritOrigin::Nowhere(at) => {
                self.findings.warn(NoEffect {
                    key: key.to_owned(),
                    reason: "because the workspace has none to inherit",
                    help: format!("add `{key}` to `[workspace]`, or write the path here"),
                    file: at.document.file(),
                    at: at.at,
                });
                None
            }
            InheritOrigin::Literal(value) => {
                let text = value.text(self.findings)?;
                let sent =
                    self.existing(value, folder.join(text), "the source directory", folder)?;
                if code.remote {
                    self.dropped(key, value, &sent, Loss::RemoteCode);
                }
                Some(sent)
            }
            InheritOrigin::Inherited(value) => {
                let text = value.text(self.findings)?;
                let path = self.scope.workspace_folder().join(text);
                let sent = self.existing(value, path, "the workspace", folder)?;
                if !Path::new(text).is_absolute() {
                    self.dropped(key, value, &sent, Loss::Inheritance);
                }
                Some(sent)
            }
        }
    }

    /// `path` relative to `folder`. `base` is the directory that the user's text is
    /// relative to.
    fn existing(
        &mut self,
        value: Value<'d>,
        path: PathBuf,
        base: &str,
        folder: &Path,
    ) -> Option<String> {
        if path.exists() {
            return Some(paths::relative(&path, folder));
        }
        self.findings.mistake(FileMissing {
            path: paths::fold(&path),
            help: format!("the path is relative to {base}"),
            file: value.document.file(),
            at: value.at,
        });
        None
    }

    fn dropped(&mut self, key: &str, value: Value<'d>, sent: &str, loss: Loss) {
        let (reason, help) = match loss {
            Loss::RemoteCode => (
                "with a `git` or `url` source",
                "pixi keeps it only when the code is local".to_owned(),
            ),
            Loss::Inheritance => (
                "when it is inherited",
                format!("for the same package with pixi write `{key} = \"{sent}\"` in `[package]`"),
            ),
        };
        self.findings.warn(Dropped {
            key: key.to_owned(),
            reason,
            value: sent.to_owned(),
            help,
            file: value.document.file(),
            at: value.at,
        });
    }

    fn nothing_to_inherit<T>(&mut self, key: &str, at: Value<'d>) -> Option<T> {
        inherit::nothing(self.scope, key, at, self.findings)
    }

    /// The name in `[package]` of the workspace's manifest, which is also the name of the
    /// workspace.
    fn workspace_package_name(&self) -> Option<String> {
        let document = self.scope.workspace?.document;
        match document.field(&["package", "name"])?.value.read() {
            Data::Text(text) => Some(text.to_owned()),
            _ => None,
        }
    }
}
