//! Run exports: dependencies that packages add to packages that are built with them.

use miette::{Diagnostic, Report};
use rattler_conda_types::{
    MatchSpec, ParseMatchSpecOptions, RepoDataRecord, RepodataRevision, package::RunExportsJson,
};
use thiserror::Error;

use crate::environments::EnvironmentKind;
use crate::environments::dependency_spec::DependencySpec;
use crate::protocol::build::DependencyOrigin;
use crate::protocol::outputs::IgnoreRunExports;

/// The run exports of one environment, by kind.
#[derive(Debug, Default)]
pub(super) struct ExportedDependencies {
    pub(super) weak: Vec<DependencySpec>,
    pub(super) strong: Vec<DependencySpec>,
    pub(super) noarch: Vec<DependencySpec>,
    pub(super) weak_constrains: Vec<DependencySpec>,
    pub(super) strong_constrains: Vec<DependencySpec>,
}

/// Whether the package is a direct dependency. Only direct dependencies have run exports that
/// apply to the package that is built.
pub(super) fn is_direct(dependencies: &[DependencySpec], record: &RepoDataRecord) -> bool {
    let name = record.package_record.name.as_normalized();
    dependencies
        .iter()
        .any(|dependency| dependency.name() == Some(name))
}

impl ExportedDependencies {
    /// The run exports of the direct dependencies among `records`, without those that the
    /// package ignores.
    ///
    /// # Errors
    /// An export that is not a match spec.
    pub(super) fn collect(
        role: EnvironmentKind,
        dependencies: &[DependencySpec],
        records: &[RepoDataRecord],
        ignored: &IgnoreRunExports,
    ) -> Result<Self, Report> {
        let mut exports = Self::default();
        for record in records
            .iter()
            .filter(|record| is_direct(dependencies, record))
        {
            let name = record.package_record.name.as_normalized();
            let same = |other: &String| other.eq_ignore_ascii_case(name);
            if ignored.from_package.iter().any(same) {
                continue;
            }
            if let Some(found) = &record.package_record.run_exports {
                let reader = Reader {
                    role,
                    name,
                    ignored,
                };
                exports.add(&reader, found)?;
            }
        }
        Ok(exports)
    }

    fn add(&mut self, reader: &Reader<'_>, found: &RunExportsJson) -> Result<(), Report> {
        let RunExportsJson {
            weak,
            strong,
            noarch,
            weak_constrains,
            strong_constrains,
        } = found;
        self.weak.extend(reader.read(weak)?);
        self.strong.extend(reader.read(strong)?);
        self.noarch.extend(reader.read(noarch)?);
        self.weak_constrains.extend(reader.read(weak_constrains)?);
        self.strong_constrains
            .extend(reader.read(strong_constrains)?);
        Ok(())
    }
}

/// Reads the run exports of one package.
struct Reader<'a> {
    role: EnvironmentKind,
    name: &'a str,
    ignored: &'a IgnoreRunExports,
}

impl Reader<'_> {
    fn read(&self, texts: &[String]) -> Result<Vec<DependencySpec>, Report> {
        let options = ParseMatchSpecOptions::lenient().with_repodata_revision(RepodataRevision::V3);
        let mut dependencies = Vec::new();
        for text in texts {
            let spec = MatchSpec::from_str(text, options).map_err(|error| BadExport {
                package: self.name.to_string(),
                text: text.clone(),
                reason: error.to_string(),
            })?;
            let dependency = DependencySpec {
                spec,
                source: Some(DependencyOrigin::RunExport {
                    from: self.role.to_string(),
                    run_export: self.name.to_string(),
                }),
            };
            let ignored = |name: &str| {
                let same = |other: &String| other.eq_ignore_ascii_case(name);
                self.ignored.by_name.iter().any(same)
            };
            if !dependency.name().is_some_and(ignored) {
                dependencies.push(dependency);
            }
        }
        Ok(dependencies)
    }
}

/// A package of a channel has an invalid run export.
#[derive(Debug, Error, Diagnostic)]
#[error("`{package}` exports `{text}`, which is not a match spec: {reason}")]
#[diagnostic(
    code(environment::bad_export),
    help("the package is broken: ask for another version of `{package}`")
)]
struct BadExport {
    package: String,
    text: String,
    reason: String,
}
