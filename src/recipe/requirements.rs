//! The dependencies of the project model and of the backend, as the requirements of a
//! recipe.

use miette::{Diagnostic, Report};
use rattler_build_recipe::stage0::{
    Conditional, ConditionalList, Item, JinjaExpression, JinjaTemplate, NestedItemList,
    Requirements, SerializableMatchSpec, Value,
};
use rattler_conda_types::{MatchSpec, PackageName};
use thiserror::Error;

use crate::backend::{self, Draft, IgnoredRunExports, Requirement};
use crate::project::Project;
use crate::protocol::model::{DependencyTable, RunExportTables, Target};
use crate::protocol::spec::{BinarySpec, PackageSpec};
use crate::recipe::condition::ManifestCondition;
use crate::recipe::located::located;
use crate::recipe::passthrough::PassthroughSpecs;
use crate::recipe::sections::{RequirementSections, Specs};
use crate::recipe::{jinja_text, pin, spec};

/// The table of a dependency, which limits its possible kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Build,
    Host,
    Run,
    Extra,
    RunExport,
    /// Run constraints, and the two kinds of exported constraints.
    Constraints,
}

/// The requirements of a recipe, with the data that they do not contain.
pub(super) struct Written {
    pub(super) requirements: Requirements,
    pub(super) passthrough: PassthroughSpecs,
    /// All conditions, in the order of the manifest.
    pub(super) conditions: Vec<ManifestCondition>,
}

/// Converts all dependencies: first those of the manifest in its order, then the
/// conditional ones, and finally those of the backend.
///
/// # Errors
/// Invalid names, selectors, pins and expressions.
pub(super) fn requirements(
    project: &Project,
    own_name: &str,
    draft: &Draft,
) -> Result<Written, Report> {
    let mut writer = Writer {
        project,
        own_name: own_name.to_lowercase(),
        passthrough: PassthroughSpecs::default(),
        tables: RequirementSections::default(),
    };
    let mut conditions = Vec::new();
    let manifest = &project.manifest;
    if let Some(targets) = &project.model.targets {
        if let Some(target) = &targets.default_target {
            writer.target(target, None)?;
        }
        for (expression, target) in targets.conditional.iter().flatten() {
            let condition = ManifestCondition::expression(expression, manifest)?;
            writer.target(target, Some(&condition))?;
            conditions.push(condition);
        }
        // API 4 has names of platforms where later versions have expressions.
        for (selector, target) in targets.targets.iter().flatten() {
            let condition = ManifestCondition::selector(selector, manifest)?;
            writer.target(target, Some(&condition))?;
            conditions.push(condition);
        }
    }
    for group in &draft.groups {
        writer.tables.extras.entry(group.clone()).or_default();
    }
    for requirement in &draft.requirements {
        writer.added(requirement)?;
    }
    let mut requirements = writer.tables.finish();
    let IgnoredRunExports {
        by_name,
        from_package,
    } = &draft.packaging.ignored_run_exports;
    requirements.ignore_run_exports.by_name = names(by_name)?;
    requirements.ignore_run_exports.from_package = names(from_package)?;
    Ok(Written {
        requirements,
        passthrough: writer.passthrough,
        conditions,
    })
}

/// Names of packages as a list of the recipe.
fn names(names: &[String]) -> Result<ConditionalList<PackageName>, Report> {
    let names = names.iter().map(|name| {
        let parsed = name.parse().map_err(|_| BadName(name.clone()))?;
        Ok(Item::Value(Value::new_concrete(parsed, None)))
    });
    Ok(ConditionalList::new(names.collect::<Result<_, BadName>>()?))
}

struct Writer<'a> {
    project: &'a Project,
    own_name: String,
    passthrough: PassthroughSpecs,
    tables: RequirementSections,
}

/// A list of the sections.
type Field = fn(&mut RequirementSections) -> &mut Specs;

impl Writer<'_> {
    fn target(
        &mut self,
        target: &Target,
        condition: Option<&ManifestCondition>,
    ) -> Result<(), Report> {
        let Target {
            host_dependencies,
            build_dependencies,
            run_dependencies,
            run_constraints,
            extra_dependencies,
            run_exports,
        } = target;
        let tables: [(_, _, _, Field); 4] = [
            (
                Section::Build,
                "build-dependencies",
                build_dependencies,
                |it| &mut it.build,
            ),
            (
                Section::Host,
                "host-dependencies",
                host_dependencies,
                |it| &mut it.host,
            ),
            (Section::Run, "run-dependencies", run_dependencies, |it| {
                &mut it.run
            }),
            (
                Section::Constraints,
                "run-constraints",
                run_constraints,
                |it| &mut it.run_constraints,
            ),
        ];
        for (section, table, dependencies, field) in tables {
            let specs = self.specs(section, &[table], dependencies, condition)?;
            field(&mut self.tables).extend(specs);
        }
        for (group, dependencies) in extra_dependencies.iter().flatten() {
            let extra = self.specs(
                Section::Extra,
                &["extra-dependencies", group],
                Some(dependencies),
                condition,
            )?;
            let table = self.tables.extras.entry(group.clone()).or_default();
            table.extend(extra);
        }
        if let Some(exports) = run_exports {
            self.run_exports(exports, condition)?;
        }
        Ok(())
    }

    fn run_exports(
        &mut self,
        exports: &RunExportTables,
        condition: Option<&ManifestCondition>,
    ) -> Result<(), Report> {
        let RunExportTables {
            weak,
            strong,
            noarch,
            weak_constraints,
            strong_constraints,
        } = exports;
        let tables: [(_, _, _, Field); 5] = [
            (Section::RunExport, "weak", weak, |it| &mut it.weak),
            (Section::RunExport, "strong", strong, |it| &mut it.strong),
            (Section::RunExport, "noarch", noarch, |it| &mut it.noarch),
            (
                Section::Constraints,
                "weak-constraints",
                weak_constraints,
                |it| &mut it.weak_constraints,
            ),
            (
                Section::Constraints,
                "strong-constraints",
                strong_constraints,
                |it| &mut it.strong_constraints,
            ),
        ];
        for (section, table, dependencies, field) in tables {
            let specs = self.specs(section, &["run-exports", table], dependencies, condition)?;
            field(&mut self.tables).extend(specs);
        }
        Ok(())
    }

    fn specs<'d>(
        &mut self,
        section: Section,
        table: &[&str],
        dependencies: impl IntoIterator<Item = &'d DependencyTable>,
        condition: Option<&ManifestCondition>,
    ) -> Result<Specs, Report> {
        let mut items = Vec::new();
        for (name, spec) in dependencies.into_iter().flatten() {
            let manifest = &self.project.manifest;
            let item = (self.item(section, name, spec))
                .map_err(|error| located(error, manifest, table, condition, name))?;
            items.push(match condition {
                None => item,
                Some(condition) => conditional(condition.jinja(), item),
            });
        }
        Ok(items)
    }

    fn added(&mut self, requirement: &Requirement) -> Result<(), Report> {
        let item = self.added_item(requirement)?;
        self.table(requirement).push(item);
        Ok(())
    }

    fn added_item(
        &mut self,
        requirement: &Requirement,
    ) -> Result<Item<SerializableMatchSpec>, Report> {
        match requirement {
            Requirement::Compiler(language) => {
                template(format!("${{{{ compiler({}) }}}}", jinja_text(language)))
            }
            Requirement::Stdlib(language) => {
                template(format!("${{{{ stdlib({}) }}}}", jinja_text(language)))
            }
            Requirement::Package(section, name, spec) => {
                let kind = match section {
                    backend::Section::Build => Section::Build,
                    backend::Section::Host => Section::Host,
                    backend::Section::Run => Section::Run,
                    backend::Section::RunConstraints => Section::Constraints,
                    backend::Section::Extra(_) => Section::Extra,
                };
                self.item(kind, name, spec)
            }
            Requirement::When(condition, requirement) => {
                let condition = JinjaExpression::new(condition.clone()).map_err(unwritable)?;
                Ok(conditional(condition, self.added_item(requirement)?))
            }
        }
    }

    /// The table to which a requirement of the backend is added.
    fn table(&mut self, requirement: &Requirement) -> &mut Specs {
        let section = match requirement {
            Requirement::Compiler(_) | Requirement::Stdlib(_) => &backend::Section::Build,
            Requirement::Package(section, ..) => section,
            Requirement::When(_, requirement) => return self.table(requirement),
        };
        let tables = &mut self.tables;
        match section {
            backend::Section::Build => &mut tables.build,
            backend::Section::Host => &mut tables.host,
            backend::Section::Run => &mut tables.run,
            backend::Section::RunConstraints => &mut tables.run_constraints,
            backend::Section::Extra(group) => tables.extras.entry(group.clone()).or_default(),
        }
    }

    fn item(
        &mut self,
        section: Section,
        name: &str,
        dependency: &PackageSpec,
    ) -> Result<Item<SerializableMatchSpec>, Report> {
        let package: PackageName = name.parse().map_err(|_| BadName(name.to_string()))?;
        match dependency {
            PackageSpec::Binary(binary) => Ok(concrete(self.binary(section, &package, binary)?)),
            PackageSpec::Source(_) if section == Section::Constraints => Err(miette::miette!(
                code = "dependency::source_constraint",
                help = "give a version instead of a path, git or url",
                "the run constraint `{name}` cannot be a source"
            )),
            PackageSpec::Source(_) => {
                let placeholder = self.passthrough.keep_named(&package, dependency.clone());
                Ok(concrete(placeholder))
            }
            PackageSpec::PinCompatible(_) | PackageSpec::PinSubpackage(_)
                if matches!(section, Section::Build | Section::Extra) =>
            {
                let kind = if section == Section::Build {
                    "build"
                } else {
                    "extra"
                };
                Err(miette::miette!(
                    code = "dependency::misplaced_pin",
                    help = "give a version, or move it to the host or run dependencies",
                    "pin specs are not supported in {kind} dependencies: `{name}`"
                ))
            }
            PackageSpec::PinCompatible(spec) => {
                // Only pixi can resolve the pin, so it must be returned unchanged.
                if pin::from_pin(&pin::to_pin(&package, spec)?) == *spec {
                    return template(pin::call("pin_compatible", &package, spec)?);
                }
                Ok(concrete(
                    self.passthrough.keep_named(&package, dependency.clone()),
                ))
            }
            PackageSpec::PinSubpackage(spec) if package.as_normalized() == self.own_name => {
                template(pin::call("pin_subpackage", &package, spec)?)
            }
            PackageSpec::PinSubpackage(_) => Err(miette::miette!(
                code = "dependency::pin_subpackage",
                help = "use `pin-compatible` for other packages",
                "`pin-subpackage` must name the package itself, `{}`, not `{name}`",
                self.own_name
            )),
        }
    }

    fn binary(
        &mut self,
        section: Section,
        name: &PackageName,
        binary: &BinarySpec,
    ) -> Result<MatchSpec, Report> {
        let match_spec = spec::to_match_spec(name, binary)?;
        let canonical = spec::from_match_spec(&match_spec)?;
        // A dependency of a package on itself refers to the package that is built. A
        // constraint does not have a source.
        if name.as_normalized() == self.own_name && section != Section::Constraints {
            let source = PackageSpec::Source(spec::at_own_source(canonical));
            return Ok(self.passthrough.keep_named(name, source));
        }
        let lossless = BinarySpec {
            version: canonical.version.clone(),
            ..binary.clone()
        };
        if canonical == lossless {
            return Ok(match_spec);
        }
        Ok(self
            .passthrough
            .keep(match_spec, PackageSpec::Binary(lossless)))
    }
}

fn concrete(spec: MatchSpec) -> Item<SerializableMatchSpec> {
    Item::Value(Value::new_concrete(spec.into(), None))
}

fn template(text: String) -> Result<Item<SerializableMatchSpec>, Report> {
    let template = JinjaTemplate::new(text).map_err(unwritable)?;
    Ok(Item::Value(Value::new_template(template, None)))
}

fn unwritable(reason: String) -> Report {
    miette::miette!("a requirement cannot be written: {reason}")
}

/// An item that is part of the list only if the condition is true.
fn conditional(
    condition: JinjaExpression,
    item: Item<SerializableMatchSpec>,
) -> Item<SerializableMatchSpec> {
    Item::Conditional(Conditional {
        condition,
        then: NestedItemList::new(vec![item]),
        else_value: None,
        condition_span: None,
    })
}

/// A name that is not valid for a package.
#[derive(Debug, Error, Diagnostic)]
#[error("`{0}` cannot be the name of a conda package")]
#[diagnostic(
    code(dependency::bad_name),
    help("names consist of letters, digits, `-`, `_` and `.`")
)]
struct BadName(String);
