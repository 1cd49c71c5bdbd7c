//! The metadata fields of `[package]`: written there, inherited, or taken from `pyproject.toml`.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use rattler_conda_types::Version;
use url::Url;

use crate::project::document::{Data, Field, Table, Value};
use crate::project::load::build::Code;
use crate::project::load::mistake::Findings;
use crate::project::load::mistake::package::{BadInheritance, FileMissing, NothingToInherit};
use crate::project::load::mistake::warning::{Dropped, NoEffect};
use crate::project::load::paths;
use crate::project::load::pyproject::Defaults;
use crate::project::load::read::{header, nearest};
use crate::project::load::{Scope, targets};
use crate::protocol::model::ProjectModel;

const FIELDS: [&str; 10] = [
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

/// Notes keys that `[package]` does not have.
pub(crate) fn check_keys(scope: &Scope<'_>, findings: &mut Findings) {
    let tables = targets::TABLES;
    let keys: Vec<_> = FIELDS
        .into_iter()
        .chain([
            "publish",
            "build",
            "target",
            "extra-dependencies",
            "run-exports",
        ])
        .chain(tables.iter().map(|table| table.key))
        .collect();
    for field in scope.package.fields() {
        if keys.contains(&field.name) {
            continue;
        }
        let help = match field.name {
            "dependencies" | "test-dependencies" | "dev-dependencies" => format!(
                "dependencies of a package go into {}",
                tables
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
    scope: &Scope<'_>,
    code: Option<&Code>,
    findings: &mut Findings,
) -> ProjectModel {
    let own = Defaults::of(scope.member());
    let shared = scope
        .workspace
        .map(|table| Defaults::of(table.document))
        .unwrap_or_default();
    let mut reader = Reader { scope, findings };
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

/// Where the value of a field comes from.
enum Origin<'d> {
    /// Nobody wrote it.
    Absent,
    /// `[package]`.
    Literal(Value<'d>),
    /// `[workspace]`.
    Inherited(Value<'d>),
    /// The workspace was asked and has no such key.
    Nowhere(Value<'d>),
}

struct Reader<'a, 'd> {
    scope: &'a Scope<'d>,
    findings: &'a mut Findings,
}

impl<'d> Reader<'_, 'd> {
    fn origin(&mut self, key: &str) -> Origin<'d> {
        let Some(field) = self.scope.package.get(key) else {
            return Origin::Absent;
        };
        let Data::Table(table) = field.value.read() else {
            return Origin::Literal(field.value);
        };
        if asks_workspace(&table, &field, self.findings).is_none() {
            return Origin::Absent;
        }
        match self
            .scope
            .workspace
            .and_then(|workspace| workspace.get(key))
        {
            Some(inherited) => Origin::Inherited(inherited.value),
            None => Origin::Nowhere(field.value),
        }
    }

    /// The value of a field that has no default in the workspace's manifest.
    fn value(&mut self, key: &str) -> Option<Value<'d>> {
        match self.origin(key) {
            Origin::Absent => None,
            Origin::Literal(value) | Origin::Inherited(value) => Some(value),
            Origin::Nowhere(at) => self.nothing_to_inherit(key, at),
        }
    }

    fn text(&mut self, key: &str, shared: Option<String>) -> Option<String> {
        match self.origin(key) {
            Origin::Absent => None,
            Origin::Literal(value) | Origin::Inherited(value) => {
                value.text(self.findings).map(str::to_owned)
            }
            Origin::Nowhere(at) => shared.or_else(|| self.nothing_to_inherit(key, at)),
        }
    }

    fn version(&mut self, shared: Option<String>) -> Option<String> {
        let value = match self.origin("version") {
            Origin::Absent => return None,
            Origin::Literal(value) | Origin::Inherited(value) => value,
            Origin::Nowhere(at) => {
                return shared.or_else(|| self.nothing_to_inherit("version", at));
            }
        };
        let text = value.text(self.findings)?;
        match Version::from_str(text) {
            Ok(version) => Some(version.to_string()),
            Err(error) => {
                let plain: String = text.chars().filter(|c| *c != '-').collect();
                let help = Version::from_str(&plain)
                    .is_ok()
                    .then(|| format!("conda versions have no `-`: write `{plain}`"));
                value.invalid(
                    "a conda version",
                    error.kind.to_string(),
                    help,
                    self.findings,
                )
            }
        }
    }

    fn authors(&mut self, shared: Option<Vec<String>>) -> Option<Vec<String>> {
        match self.origin("authors") {
            Origin::Absent => None,
            Origin::Literal(value) | Origin::Inherited(value) => {
                let texts = value.texts(self.findings)?;
                Some(texts.into_iter().map(|(text, _)| text.to_owned()).collect())
            }
            Origin::Nowhere(at) => shared.or_else(|| self.nothing_to_inherit("authors", at)),
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
                    None => "see https://spdx.org/licenses; for a licence of your own write `LicenseRef-<name>`".to_owned(),
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

    /// A path, relative to the code. pixi means the same, but loses inherited relative
    /// paths and all paths of code that comes from elsewhere.
    fn file(&mut self, key: &'static str, code: &Code) -> Option<String> {
        let folder = code.folder.as_deref()?;
        match self.origin(key) {
            Origin::Absent => None,
            Origin::Nowhere(at) => {
                self.findings.warn(NoEffect {
                    key: key.to_owned(),
                    reason: "because the workspace has none to inherit",
                    help: format!("add `{key}` to `[workspace]`, or write the path here"),
                    file: at.document.file(),
                    at: at.at,
                });
                None
            }
            Origin::Literal(value) => {
                let text = value.text(self.findings)?;
                let sent =
                    self.existing(value, folder.join(text), ("the source folder", folder))?;
                if code.remote {
                    self.dropped(key, value, "with a `git` or `url` source", &sent);
                }
                Some(sent)
            }
            Origin::Inherited(value) => {
                let text = value.text(self.findings)?;
                let path = self.scope.workspace_folder().join(text);
                let sent = self.existing(value, path, ("the workspace", folder))?;
                if !Path::new(text).is_absolute() {
                    self.dropped(key, value, "when it is inherited", &sent);
                }
                Some(sent)
            }
        }
    }

    /// `path` relative to `folder`; `base` is what the user's text is relative to.
    fn existing(
        &mut self,
        value: Value<'d>,
        path: PathBuf,
        (base, folder): (&'static str, &Path),
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

    fn dropped(&mut self, key: &str, value: Value<'d>, reason: &'static str, sent: &str) {
        self.findings.warn(Dropped {
            key: key.to_owned(),
            reason,
            value: sent.to_owned(),
            help: format!(
                "for the same package with pixi write `{key} = \"{sent}\"` in `[package]`"
            ),
            file: value.document.file(),
            at: value.at,
        });
    }

    fn nothing_to_inherit<T>(&mut self, key: &str, at: Value<'d>) -> Option<T> {
        let help = match self.scope.workspace {
            Some(table) => format!(
                "add `{key}` to {} of `{}`, or write it here",
                table.title(),
                table.document.file().name()
            ),
            None => "there is no workspace above this manifest; write the value here".to_owned(),
        };
        self.findings.mistake(NothingToInherit {
            key: key.to_owned(),
            help,
            file: at.document.file(),
            at: at.at,
        });
        None
    }

    /// The name in `[package]` of the workspace's manifest, which names the workspace too.
    fn workspace_package_name(&self) -> Option<String> {
        let document = self.scope.workspace?.document;
        match document.field(&["package", "name"])?.value.read() {
            Data::Text(text) => Some(text.to_owned()),
            _ => None,
        }
    }
}

/// Whether a table is exactly `{ workspace = true }`; notes what else it is.
fn asks_workspace(table: &Table<'_>, field: &Field<'_>, findings: &mut Findings) -> Option<()> {
    let fields = table.fields();
    let problem = match fields.as_slice() {
        [] => format!("`{}` is an empty table", field.name),
        [one] if one.name == "workspace" => match one.value.read() {
            Data::Boolean(true) => return Some(()),
            _ => "`workspace` can only be `true`".to_owned(),
        },
        more => {
            let other = more.iter().find(|one| one.name != "workspace")?;
            format!("`{}` says nothing about `{}`", other.name, field.name)
        }
    };
    findings.mistake(BadInheritance {
        problem,
        key: field.name.to_owned(),
        otherwise: "a value of its own",
        file: table.document.file(),
        at: field.value.at,
    });
    None
}
