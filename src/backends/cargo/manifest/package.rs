//! Reads `Cargo.toml` and the Cargo workspace it inherits from.
//!
//! Only values conda can use are read; everything else in the file is Cargo's
//! business.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cargo_toml::{Inheritable, Manifest, Package, PackageTemplate};
use miette::{Report, SourceSpan};
use toml_edit::Document;

use crate::backends::cargo::manifest::errors::{
    Broken, NoCargoToml, NoWorkspace, NotInherited, NothingInherited,
};
use crate::backends::cargo::manifest::licenses;
use crate::backends::cargo::manifest::version;
use crate::backends::cargo::manifest::workspace_members;
use crate::diagnostic::{SourceFile, Warning, read_text};
use crate::project::Metadata;

/// The crate in the source folder and the Cargo workspace around it.
#[derive(Debug)]
pub struct Crate {
    manifest: CargoToml,
    workspace: Option<CargoToml>,
}

/// One `Cargo.toml`.
#[derive(Debug)]
pub(crate) struct CargoToml {
    pub(crate) path: PathBuf,
    pub(crate) text: Arc<str>,
    pub(crate) parsed: Manifest,
}

impl Crate {
    /// Reads the crate in `source` and, when it belongs to one, its workspace. In
    /// a virtual workspace the crate is the member that builds `package`.
    ///
    /// # Errors
    /// [`NoCargoToml`], [`Broken`], [`NoWorkspace`], [`workspace_members::NoChoice`], and files
    /// that cannot be read.
    pub(crate) fn read(source: &Path, package: Option<&str>) -> Result<Self, Report> {
        let path = source.join("Cargo.toml");
        if !path.is_file() {
            return Err(NoCargoToml {
                folder: source.to_path_buf(),
            }
            .into());
        }
        let manifest = CargoToml::read(path)?;
        if manifest.parsed.package.is_none() {
            return Ok(Self {
                manifest: workspace_members::choose(&manifest, package)?,
                workspace: Some(manifest),
            });
        }
        let workspace = manifest.workspace()?;
        Ok(Self {
            manifest,
            workspace,
        })
    }

    /// The folder of the crate, for `cargo install --path`.
    pub(crate) fn folder(&self) -> &Path {
        self.manifest.folder()
    }

    /// The folder of the Cargo workspace, or of the crate when it is alone.
    pub(crate) fn workspace_root(&self) -> &Path {
        self.workspace.as_ref().unwrap_or(&self.manifest).folder()
    }

    /// The name Cargo knows the crate by.
    pub(crate) fn package_name(&self) -> Option<&str> {
        let package = self.manifest.parsed.package.as_ref()?;
        Some(package.name.as_str())
    }

    /// What the crate says about itself.
    ///
    /// # Errors
    /// [`NotInherited`] for a value the workspace was to supply and does not.
    pub(crate) fn metadata(&self, warnings: &mut Vec<Warning>) -> Result<Metadata, Report> {
        let Some(package) = &self.manifest.parsed.package else {
            return Ok(Metadata::default());
        };
        let mut inherit = Inherit {
            member: &self.manifest,
            workspace: self.workspace.as_ref(),
            lost: Vec::new(),
        };
        let Package {
            name,
            version,
            description,
            homepage,
            documentation,
            license,
            repository,
            ..
        } = package;

        let description = inherit.text("description", description.as_ref(), |ws| &ws.description);
        let version = match version {
            Inheritable::Set(version) => Some(version.clone()),
            Inheritable::Inherited => inherit.inherited("version", |ws| ws.version.clone()),
        };
        let license = inherit.text("license", license.as_ref(), |ws| &ws.license);
        let license_file = self.named_license_file(package, &mut inherit);
        let homepage = inherit.text("homepage", homepage.as_ref(), |ws| &ws.homepage);
        let repository = inherit.text("repository", repository.as_ref(), |ws| &ws.repository);
        let documentation = inherit.text("documentation", documentation.as_ref(), |ws| {
            &ws.documentation
        });
        NothingInherited::check(inherit.lost)?;
        Ok(Metadata {
            name: Some(name.clone()),
            version: version.map(|version| version::from_semver(&version.to_string())),
            summary: description.as_deref().map(first_sentence),
            license: license.and_then(|license| licenses::normalize(&license, warnings)),
            license_files: Vec::from_iter(license_file),
            homepage,
            repository,
            documentation,
            description,
        })
    }

    /// The licence text the crate names, relative to the manifest that names it.
    fn named_license_file(&self, package: &Package, inherit: &mut Inherit<'_>) -> Option<PathBuf> {
        match package.license_file.as_ref()? {
            Inheritable::Set(file) => Some(self.manifest.folder().join(file)),
            Inheritable::Inherited => {
                let file = inherit.inherited("license-file", |ws| ws.license_file.clone())?;
                Some(self.workspace_root().join(file))
            }
        }
    }

    /// The licence texts in the crate, else those at the workspace root, for
    /// crates that name none.
    pub(crate) fn license_files(&self, warnings: &mut Vec<Warning>) -> Vec<PathBuf> {
        let mut found = licenses::in_folder(self.folder());
        if found.is_empty() {
            found = licenses::in_folder(self.workspace_root());
        }
        if found.is_empty() {
            let folder = self.folder().display();
            warnings.push(
                Warning::new(format!("no licence text was found in {folder}"))
                    .help("add a file `LICENSE`, or name one with `license-file` in `[package]`"),
            );
        }
        found
    }
}

impl CargoToml {
    pub(crate) fn read(path: PathBuf) -> Result<Self, Report> {
        let text = read_text(&path)?;
        let parsed =
            Manifest::from_str(&text).map_err(|source| Broken::report(&path, &text, source))?;
        Ok(Self {
            path,
            text: text.into(),
            parsed,
        })
    }

    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    pub(crate) fn file(&self) -> SourceFile {
        SourceFile::new(self.path.display().to_string(), self.text.clone())
    }

    /// The workspace in the folder that `package.workspace` names.
    fn named_workspace(&self, folder: &Path) -> Result<Self, Report> {
        let folder = self.folder().join(folder);
        // `../..` would stay in every message and input otherwise.
        let folder = dunce::canonicalize(&folder).unwrap_or(folder);
        let path = folder.join("Cargo.toml");
        if path.is_file() {
            let found = Self::read(path)?;
            if found.parsed.workspace.is_some() {
                return Ok(found);
            }
        }
        Err(NoWorkspace {
            folder,
            file: self.file(),
            at: span(&self.text, &["package", "workspace"]),
        }
        .into())
    }

    /// The workspace this manifest belongs to, unless it is one itself.
    fn workspace(&self) -> Result<Option<Self>, Report> {
        if self.parsed.workspace.is_some() {
            return Ok(None);
        }
        let explicit = self
            .parsed
            .package
            .as_ref()
            .and_then(|package| package.workspace.as_ref());
        if let Some(folder) = explicit {
            return self.named_workspace(folder).map(Some);
        }
        for folder in self.folder().ancestors().skip(1) {
            let path = folder.join("Cargo.toml");
            if path.is_file() {
                let found = Self::read(path)?;
                if let Some(workspace) = &found.parsed.workspace {
                    let apart = workspace_members::is_excluded(
                        folder,
                        &workspace.exclude,
                        &workspace.members,
                        self.folder(),
                    );
                    return Ok((!apart).then_some(found));
                }
            }
        }
        Ok(None)
    }
}

/// Resolves `field.workspace = true`.
struct Inherit<'a> {
    member: &'a CargoToml,
    workspace: Option<&'a CargoToml>,
    /// What was not found. Cargo would refuse the manifest.
    lost: Vec<NotInherited>,
}

impl Inherit<'_> {
    fn text(
        &mut self,
        field: &'static str,
        value: Option<&Inheritable<String>>,
        inherited: impl Fn(&PackageTemplate) -> &Option<String>,
    ) -> Option<String> {
        match value? {
            Inheritable::Set(text) => Some(text.clone()),
            Inheritable::Inherited => self.inherited(field, |template| inherited(template).clone()),
        }
    }

    /// The value in the workspace. Without one it is noted as lost.
    fn inherited<T>(
        &mut self,
        field: &'static str,
        inherited: impl Fn(&PackageTemplate) -> Option<T>,
    ) -> Option<T> {
        let root = self.workspace.unwrap_or(self.member);
        let workspace = root.parsed.workspace.as_ref();
        let template = workspace.and_then(|workspace| workspace.package.as_ref());
        let value = template.and_then(inherited);
        if value.is_none() {
            self.lost.push(NotInherited {
                field,
                reason: match workspace {
                    Some(_) => {
                        format!("{} has no `workspace.package.{field}`", root.path.display())
                    }
                    None => "no Cargo workspace was found in the folders above".to_string(),
                },
                file: self.member.file(),
                at: span(&self.member.text, &["package", field]),
            });
        }
        value
    }
}

/// Where the key at the end of `keys` stands in a manifest.
pub(crate) fn span(text: &str, keys: &[&str]) -> Option<SourceSpan> {
    let document = Document::parse(text).ok()?;
    let (last, tables) = keys.split_last()?;
    let table = tables
        .iter()
        .try_fold(document.as_item(), |item, key| item.get(key))?;
    let (key, _) = table.as_table_like()?.get_key_value(last)?;
    key.span().map(Into::into)
}

/// The text up to the first full stop that ends a sentence, on one line.
fn first_sentence(description: &str) -> String {
    let line = description.split_whitespace().collect::<Vec<_>>().join(" ");
    // `e.g.`, `U.S.` and `Dr.` end none.
    let ends = |(end, _): &(usize, &str)| {
        let word = line[..*end].rsplit(' ').next().unwrap_or_default();
        word.len() > 2 && !word.contains('.')
    };
    let end = line.match_indices(". ").find(ends);
    let sentence = end.map_or(line.as_str(), |(end, _)| &line[..end]);
    sentence.trim_end_matches('.').to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_does_not_end_with_an_abbreviation() {
        for (description, expected) in [
            ("Does one thing. And another.", "Does one thing"),
            (
                "Parses files, e.g. CSV\nand JSON. Fast.",
                "Parses files, e.g. CSV and JSON",
            ),
            (
                "Taxes of the U.S. government.",
                "Taxes of the U.S. government",
            ),
            ("By Dr. Who", "By Dr. Who"),
        ] {
            assert_eq!(first_sentence(description), expected);
        }
    }
}
