//! Reads `Cargo.toml` and the Cargo workspace from which it inherits values.
//!
//! Only values that conda can use are read. Cargo checks the rest of the file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cargo_toml::{Inheritable, Package, PackageTemplate};
use miette::Report;

use crate::backend::project_files;
use crate::backends::cargo::manifest::cargo_toml::CargoToml;
use crate::backends::cargo::manifest::errors::{NoCargoToml, NotInherited, NothingInherited};
use crate::backends::cargo::manifest::licenses;
use crate::backends::cargo::manifest::manifests::Manifests;
use crate::backends::cargo::manifest::version::{self, CondaVersion};
use crate::backends::cargo::manifest::workspace_members::{self, Wanted};
use crate::diagnostic::Warning;
use crate::project::Metadata;

/// The crate in the source directory and the Cargo workspace around it.
#[derive(Debug)]
pub(crate) struct Crate {
    pub(crate) manifest: Arc<CargoToml>,
    /// The manifest of the workspace. It is the same as `manifest` if the crate is the root of
    /// its workspace, or does not belong to a workspace.
    pub(crate) workspace: Arc<CargoToml>,
    package: Package,
    /// The values that members can inherit. `None` if there are none.
    template: Option<PackageTemplate>,
    in_workspace: bool,
}

impl Crate {
    /// Reads the crate in `source` and its workspace, if it belongs to one. In a workspace,
    /// `wanted` selects the member.
    ///
    /// # Errors
    /// [`NoCargoToml`], [`Broken`], [`NoWorkspace`], [`workspace_members::NoChoice`], and files
    /// that cannot be read.
    ///
    /// [`Broken`]: crate::backends::cargo::manifest::errors::Broken
    /// [`NoWorkspace`]: crate::backends::cargo::manifest::errors::NoWorkspace
    pub(crate) fn read(
        manifests: &mut Manifests,
        source: &Path,
        wanted: Wanted<'_>,
    ) -> Result<Self, Report> {
        let Some(found) = manifests.find(source)? else {
            return Err(NoCargoToml {
                folder: source.to_path_buf(),
            }
            .into());
        };
        // An error in the manifest is reported before a missing member.
        found.checked()?;
        let (manifest, workspace) = match workspace_members::choose(manifests, &found, wanted)? {
            Some(member) => (member, Some(found)),
            None => {
                let workspace = manifests.workspace_of(&found)?;
                (found, workspace)
            }
        };
        let package = manifest.checked()?.package.clone();
        let root = match &workspace {
            Some(workspace) => workspace.checked()?.workspace.as_ref(),
            None => None,
        };
        Ok(Self {
            package: package.expect("a crate that is chosen has a package"),
            in_workspace: workspace.is_some(),
            template: root.and_then(|root| root.package.clone()),
            workspace: workspace.unwrap_or_else(|| Arc::clone(&manifest)),
            manifest,
        })
    }

    /// The directory of the crate, for `cargo install --path`.
    pub(crate) fn folder(&self) -> &Path {
        self.manifest.folder()
    }

    /// The directory of the Cargo workspace, or that of the crate if there is no workspace.
    pub(crate) fn workspace_root(&self) -> &Path {
        self.workspace.folder()
    }

    /// The metadata of the crate.
    ///
    /// # Errors
    /// [`NotInherited`] for an inherited value that the workspace does not have.
    pub(crate) fn metadata(&self, warnings: &mut Vec<Warning>) -> Result<Metadata, Report> {
        let package = &self.package;
        let mut inherit = Inherit {
            krate: self,
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
            version: version.map(|version| conda_version(&version.to_string(), warnings)),
            summary: description.as_deref().map(first_sentence),
            license: license.and_then(|license| licenses::normalize(&license, warnings)),
            license_files: Vec::from_iter(license_file),
            homepage,
            repository,
            documentation,
            description,
        })
    }

    /// The version in Cargo's form, which programs usually print.
    pub(crate) fn version(&self) -> Option<String> {
        match &self.package.version {
            Inheritable::Set(version) => Some(version.to_string()),
            Inheritable::Inherited => {
                let version = self.template.as_ref()?.version.as_ref()?;
                Some(version.to_string())
            }
        }
    }

    /// The oldest version of Rust that the crate supports.
    pub(crate) fn rust_version(&self) -> Option<String> {
        match self.package.rust_version.as_ref()? {
            Inheritable::Set(version) => Some(version.clone()),
            Inheritable::Inherited => self.template.as_ref()?.rust_version.clone(),
        }
    }

    /// The name of its library, as it appears in file names.
    pub(crate) fn library_name(&self) -> String {
        let named = self.manifest.root().get("lib");
        let named = named.and_then(|lib| lib.get("name")?.as_str());
        named.unwrap_or(&self.package.name).replace('-', "_")
    }

    /// A warning if the crate does not have a version. Cargo uses `0.0.0` for such a crate, and
    /// it is unlikely that the user wants to release that.
    pub(crate) fn missing_version(&self) -> Option<Warning> {
        let manifest = &self.manifest;
        if manifest.package_key("version").is_some() {
            return None;
        }
        let path = manifest.path.display();
        let warning = Warning::new(format!("{path} has no `version`, so the package is 0.0.0"));
        let help = "write `version = \"0.1.0\"` below `[package]` there or in pixi.toml";
        Some(warning.help(help))
    }

    /// The license file that the manifest names. Its path is relative to the manifest that
    /// contains the value.
    fn named_license_file(&self, package: &Package, inherit: &mut Inherit<'_>) -> Option<PathBuf> {
        match package.license_file.as_ref()? {
            Inheritable::Set(file) => Some(self.manifest.folder().join(file)),
            Inheritable::Inherited => {
                let file = inherit.inherited("license-file", |ws| ws.license_file.clone())?;
                Some(self.workspace_root().join(file))
            }
        }
    }

    /// The license texts in the crate, or else those in the root of the workspace. This is for
    /// crates that do not name a license file.
    pub(crate) fn license_files(&self, warnings: &mut Vec<Warning>) -> Vec<PathBuf> {
        let mut found = project_files::licenses(self.folder());
        if found.is_empty() {
            found = project_files::licenses(self.workspace_root());
        }
        if found.is_empty() {
            let folder = self.folder().display();
            warnings.push(
                Warning::new(format!("no license text was found in {folder}"))
                    .help(
                        "add a file `LICENSE` there, or name one with `license-file` below \
                         `[package]` of Cargo.toml",
                    )
                    .when_built(),
            );
        }
        found
    }
}

/// The conda version for a version of Cargo, with a warning if conda may sort it differently.
fn conda_version(version: &str, warnings: &mut Vec<Warning>) -> String {
    let CondaVersion { text, sorts_alike } = version::from_semver(version);
    if !sorts_alike {
        let message = format!(
            "the version `{version}` of Cargo.toml becomes `{text}`, which conda may sort \
             differently"
        );
        let help = "write a conda version into `[package]` of pixi.toml if the order matters";
        warnings.push(Warning::new(message).help(help));
    }
    text
}

/// Resolves `field.workspace = true`.
struct Inherit<'a> {
    krate: &'a Crate,
    /// Values that the workspace does not have. Cargo would refuse the manifest.
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

    /// The value in the workspace. If there is none, it is added to `lost`.
    fn inherited<T>(
        &mut self,
        field: &'static str,
        inherited: impl Fn(&PackageTemplate) -> Option<T>,
    ) -> Option<T> {
        let Crate {
            manifest,
            workspace,
            template,
            in_workspace,
            ..
        } = self.krate;
        let value = template.as_ref().and_then(inherited);
        if value.is_none() {
            self.lost.push(NotInherited {
                field,
                reason: match in_workspace {
                    true => format!(
                        "{} has no `workspace.package.{field}`",
                        workspace.path.display()
                    ),
                    false => "no Cargo workspace was found in the parent directories".to_string(),
                },
                file: manifest.file(),
                at: manifest.span(&["package", field]),
            });
        }
        value
    }
}

/// The first sentence, without its full stop and on one line.
fn first_sentence(description: &str) -> String {
    let line = description.split_whitespace().collect::<Vec<_>>().join(" ");
    // `e.g.`, `U.S.` and `Dr.` do not end a sentence.
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
