//! The dependencies in `pixi.toml`.
//!
//! A recipe names packages, but only `pixi.toml` can name a source for a package. Sources
//! are therefore mapped by name, and all other dependencies are refused, because they
//! belong in the recipe.

use miette::{Diagnostic, Report, SourceSpan};
use thiserror::Error;

use crate::backend::{MappingCondition, SourceMapping};
use crate::diagnostic::SourceFile;
use crate::project::Project;
use crate::protocol::model::{DependencyTable, RunExportTables, Target};
use crate::protocol::spec::PackageSpec;

/// The packages that are mapped to a source.
///
/// # Errors
/// [`Misplaced`] for every dependency that is not a source.
pub(super) fn sources(project: &Project) -> Result<Vec<SourceMapping>, Report> {
    let mut found = Vec::new();
    let Some(targets) = &project.model.targets else {
        return Ok(found);
    };
    let default = targets.default_target.iter().map(|target| (None, target));
    let conditional = targets.conditional.iter().flatten();
    let conditional = conditional.map(|(condition, target)| {
        let condition = MappingCondition::Expression(condition.clone());
        (Some(condition), target)
    });
    // API 4 has names of platforms where later versions have expressions.
    let named = targets.targets.iter().flatten();
    let named = named.map(|(selector, target)| {
        let condition = MappingCondition::Selector(selector.clone());
        (Some(condition), target)
    });
    for (condition, target) in default.chain(conditional).chain(named) {
        let table = Table { project, condition };
        table.target(target, &mut found)?;
    }
    Ok(found)
}

/// The tables of one condition.
struct Table<'a> {
    project: &'a Project,
    condition: Option<MappingCondition>,
}

impl Table<'_> {
    fn target(&self, target: &Target, found: &mut Vec<SourceMapping>) -> Result<(), Report> {
        let Target {
            host_dependencies,
            build_dependencies,
            run_dependencies,
            run_constraints,
            extra_dependencies,
            run_exports,
        } = target;
        let environments = [
            ("build-dependencies", "build", build_dependencies),
            ("host-dependencies", "host", host_dependencies),
            ("run-dependencies", "run", run_dependencies),
            ("run-constraints", "run_constraints", run_constraints),
        ];
        for (table, section, dependencies) in environments {
            for (name, spec) in dependencies.iter().flatten() {
                let at = self.at(&[table], name);
                found.extend(self.mapped(&[section], name, spec, at)?);
            }
        }
        for (group, dependencies) in extra_dependencies.iter().flatten() {
            for (name, spec) in dependencies {
                let at = self.at(&["extra-dependencies", group], name);
                found.extend(self.mapped(&["extras", group], name, spec, at)?);
            }
        }
        match run_exports {
            Some(exports) => self.run_exports(exports, found),
            None => Ok(()),
        }
    }

    fn run_exports(
        &self,
        exports: &RunExportTables,
        found: &mut Vec<SourceMapping>,
    ) -> Result<(), Report> {
        let RunExportTables {
            weak,
            strong,
            noarch,
            weak_constraints,
            strong_constraints,
        } = exports;
        let kinds: [(&str, &Option<DependencyTable>); 5] = [
            ("weak", weak),
            ("strong", strong),
            ("noarch", noarch),
            ("weak-constraints", weak_constraints),
            ("strong-constraints", strong_constraints),
        ];
        for (kind, dependencies) in kinds {
            for (name, spec) in dependencies.iter().flatten() {
                let at = self.at(&["run-exports", kind], name);
                let at = at.or_else(|| self.at(&["run-exports"], name));
                let keys = ["run_exports", &kind.replace('-', "_")];
                found.extend(self.mapped(&keys, name, spec, at)?);
            }
        }
        Ok(())
    }

    /// The place of the dependency in the manifest.
    fn at(&self, table: &[&str], name: &str) -> Option<SourceSpan> {
        let manifest = &self.project.manifest;
        let find = |start: &[&str], end: &[&str]| {
            let keys = [&["package"][..], start, table, end].concat();
            let below_tool = [&["tool", "pixi"][..], &keys].concat();
            let place = manifest.key_span(&keys);
            place.or_else(|| manifest.key_span(&below_tool))
        };
        match &self.condition {
            None => find(&[], &[name]),
            Some(MappingCondition::Expression(condition)) => {
                find(&[], &[&format!("if({condition})"), name])
            }
            // pixi converts `osx` to `macos` before it sends the selector.
            Some(MappingCondition::Selector(selector)) if selector == "macos" => {
                let mut selectors = ["macos", "osx"].into_iter();
                selectors.find_map(|selector| find(&["target", selector], &[name]))
            }
            Some(MappingCondition::Selector(selector)) => find(&["target", selector], &[name]),
        }
    }

    /// The mapping of a source dependency, which belongs below `keys` of the requirements.
    ///
    /// # Errors
    /// A dependency that is not built from source.
    fn mapped(
        &self,
        keys: &[&str],
        name: &str,
        spec: &PackageSpec,
        at: Option<SourceSpan>,
    ) -> Result<Option<SourceMapping>, Report> {
        let binary = match spec {
            PackageSpec::Source(spec) => {
                return Ok(Some(SourceMapping {
                    condition: self.condition.clone(),
                    name: name.to_string(),
                    spec: spec.clone(),
                    at,
                }));
            }
            PackageSpec::Binary(binary) => match binary.version.as_deref() {
                None | Some("*") => name.to_string(),
                Some(version) => format!("{name} {version}"),
            },
            PackageSpec::PinCompatible(_) => format!("${{{{ pin_compatible('{name}') }}}}"),
            PackageSpec::PinSubpackage(_) => format!("${{{{ pin_subpackage('{name}') }}}}"),
        };
        Err(Misplaced {
            what: match (keys, spec) {
                (["run_exports", ..], _) => "the run export",
                (_, PackageSpec::PinCompatible(_) | PackageSpec::PinSubpackage(_)) => "the pin",
                _ => "the binary dependency",
            },
            name: name.to_string(),
            lines: lines(keys, &binary),
            file: self.project.manifest.file(),
            at,
        }
        .into())
    }
}

/// The lines that add `item` below `keys` of the requirements in a recipe.
fn lines(keys: &[&str], item: &str) -> String {
    let indent = |depth: usize| "  ".repeat(depth + 1);
    let sections = keys.iter().enumerate();
    let sections = sections.map(|(depth, key)| format!("{}{key}:\n", indent(depth)));
    sections.collect::<String>() + &format!("{}- {item}", indent(keys.len()))
}

/// A dependency that belongs in the recipe.
#[derive(Debug, Error, Diagnostic)]
#[error(
    "{what} `{name}` is not allowed in pixi.toml. Please specify all binary dependencies in the \
     recipe"
)]
#[diagnostic(
    code(dependency::belongs_into_recipe),
    help("remove it here, and write into the recipe:\nrequirements:\n{lines}")
)]
struct Misplaced {
    what: &'static str,
    name: String,
    lines: String,
    #[source_code]
    file: SourceFile,
    #[label("this dependency")]
    at: Option<SourceSpan>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_and_kinds_of_run_exports_are_keys() {
        assert_eq!(lines(&["host"], "zlib"), "  host:\n    - zlib");
        assert_eq!(
            lines(&["run_exports", "strong"], "zlib >=1"),
            "  run_exports:\n    strong:\n      - zlib >=1"
        );
    }
}
