//! The dependencies of the project model and those the backend adds, as the
//! requirements of a recipe.

use indexmap::IndexMap;
use miette::{Diagnostic, Report, SourceSpan};
use rattler_build_recipe::stage0::{
    Conditional, ConditionalList, Item, JinjaExpression, JinjaTemplate, NestedItemList,
    Requirements, SerializableMatchSpec, Value,
};
use rattler_build_types::PinBound;
use rattler_conda_types::{MatchSpec, PackageName};
use thiserror::Error;

use crate::backend::Requirement;
use crate::diagnostic::SourceFile;
use crate::project::Project;
use crate::protocol::model::{Dependencies, Target};
use crate::protocol::spec::{BinarySpec, PackageSpec, PinSpec, SourceSpec};
use crate::recipe::spec;

type Specs = Vec<Item<SerializableMatchSpec>>;

/// Packages built from source, by the number their stand-in in the recipe bears.
///
/// rattler-build knows no such dependency, but its position, condition and
/// variants count. The recipe holds a match spec with a namespace that no channel
/// can have, and the answer to pixi puts the source back in its place.
#[derive(Debug, Default)]
pub struct Sources(Vec<SourceSpec>);

impl Sources {
    const NAMESPACE: &str = "built-from-source-";

    fn stand_in(&mut self, name: &PackageName, source: SourceSpec) -> MatchSpec {
        let mut spec = MatchSpec::from(name.clone());
        spec.namespace = Some(format!("{}{}", Self::NAMESPACE, self.0.len()));
        self.0.push(source);
        spec
    }

    /// The source that `spec` stands for.
    pub fn behind(&self, spec: &MatchSpec) -> Option<&SourceSpec> {
        let number = spec.namespace.as_deref()?.strip_prefix(Self::NAMESPACE)?;
        self.0.get(number.parse::<usize>().ok()?)
    }
}

/// Which table a dependency stands in; decides what it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Build,
    Host,
    Run,
    Constraints,
    Extra,
    RunExports,
}

/// Writes down every dependency: the user's in the order of the manifest, the
/// conditional ones after them, what the backend adds at the end.
///
/// # Errors
/// Names, selectors, pins and expressions that mean nothing.
pub(super) fn requirements(
    project: &Project,
    own_name: &str,
    added: &[Requirement],
) -> Result<(Requirements, Sources), Report> {
    let mut writer = Writer {
        project,
        own_name: own_name.to_lowercase(),
        sources: Sources::default(),
        tables: Tables::default(),
    };
    let targets = project.model.targets.clone().unwrap_or_default();
    writer.target(&targets.default_target.unwrap_or_default(), None)?;
    for (expression, target) in targets.conditional.unwrap_or_default() {
        writer.target(&target, Some(&expression))?;
    }
    // API 4 names platforms where later versions have expressions.
    for (selector, target) in targets.targets.unwrap_or_default() {
        let expression = match selector.as_str() {
            "unix" | "linux" | "win" => selector,
            "macos" | "osx" => "osx".to_string(),
            subdir => format!("host_platform == '{}'", subdir.replace('\'', "")),
        };
        writer.target(&target, Some(&expression))?;
    }
    for requirement in added {
        let item = match requirement {
            Requirement::Compiler(language) => {
                template(format!("${{{{ compiler({}) }}}}", jinja_text(language)))?
            }
            Requirement::Stdlib(language) => {
                template(format!("${{{{ stdlib({}) }}}}", jinja_text(language)))?
            }
            Requirement::Build(name, spec) => {
                let spec = PackageSpec::Binary(spec.as_ref().clone());
                writer.item(Section::Build, name, &spec)?
            }
        };
        writer.tables.build.push(item);
    }
    Ok((writer.tables.finish(), writer.sources))
}

#[derive(Default)]
struct Tables {
    build: Specs,
    host: Specs,
    run: Specs,
    run_constraints: Specs,
    extras: IndexMap<String, Specs>,
    weak: Specs,
    strong: Specs,
    noarch: Specs,
    weak_constraints: Specs,
    strong_constraints: Specs,
}

impl Tables {
    fn finish(self) -> Requirements {
        let list = ConditionalList::new;
        let mut requirements = Requirements {
            build: list(self.build),
            host: list(self.host),
            run: list(self.run),
            run_constraints: list(self.run_constraints),
            extras: self
                .extras
                .into_iter()
                .map(|(group, specs)| (group, list(specs)))
                .collect(),
            ..Default::default()
        };
        let exports = &mut requirements.run_exports;
        exports.weak = list(self.weak);
        exports.strong = list(self.strong);
        exports.noarch = list(self.noarch);
        exports.weak_constraints = list(self.weak_constraints);
        exports.strong_constraints = list(self.strong_constraints);
        requirements
    }
}

struct Writer<'a> {
    project: &'a Project,
    own_name: String,
    sources: Sources,
    tables: Tables,
}

impl Writer<'_> {
    fn target(&mut self, target: &Target, condition: Option<&str>) -> Result<(), Report> {
        let Target {
            host_dependencies,
            build_dependencies,
            run_dependencies,
            run_constraints,
            extra_dependencies,
            run_exports,
        } = target;
        let build = self.specs(Section::Build, build_dependencies.as_ref(), condition)?;
        self.tables.build.extend(build);
        let host = self.specs(Section::Host, host_dependencies.as_ref(), condition)?;
        self.tables.host.extend(host);
        let run = self.specs(Section::Run, run_dependencies.as_ref(), condition)?;
        self.tables.run.extend(run);
        let limits = self.specs(Section::Constraints, run_constraints.as_ref(), condition)?;
        self.tables.run_constraints.extend(limits);
        for (group, dependencies) in extra_dependencies.iter().flatten() {
            let extra = self.specs(Section::Extra, Some(dependencies), condition)?;
            self.tables
                .extras
                .entry(group.clone())
                .or_default()
                .extend(extra);
        }
        if let Some(exports) = run_exports {
            let mut bucket = |dependencies: &Option<Dependencies>| {
                self.specs(Section::RunExports, dependencies.as_ref(), condition)
            };
            let weak = bucket(&exports.weak)?;
            let strong = bucket(&exports.strong)?;
            let noarch = bucket(&exports.noarch)?;
            let weak_constraints = bucket(&exports.weak_constraints)?;
            let strong_constraints = bucket(&exports.strong_constraints)?;
            self.tables.weak.extend(weak);
            self.tables.strong.extend(strong);
            self.tables.noarch.extend(noarch);
            self.tables.weak_constraints.extend(weak_constraints);
            self.tables.strong_constraints.extend(strong_constraints);
        }
        Ok(())
    }

    fn specs(
        &mut self,
        section: Section,
        dependencies: Option<&Dependencies>,
        condition: Option<&str>,
    ) -> Result<Specs, Report> {
        let mut items = Vec::new();
        for (name, spec) in dependencies.into_iter().flatten() {
            let item = self.item(section, name, spec)?;
            items.push(match condition {
                None => item,
                Some(expression) => Item::Conditional(Conditional {
                    condition: self.condition(expression)?,
                    then: NestedItemList::new(vec![item]),
                    else_value: None,
                    condition_span: None,
                }),
            });
        }
        Ok(items)
    }

    fn condition(&self, expression: &str) -> Result<JinjaExpression, Report> {
        JinjaExpression::new(as_jinja(expression)).map_err(|reason| {
            BadExpression {
                expression: expression.to_string(),
                reason,
                file: self.project.manifest.file(),
                at: self.project.manifest.condition_span(expression),
            }
            .into()
        })
    }

    fn item(
        &mut self,
        section: Section,
        name: &str,
        dependency: &PackageSpec,
    ) -> Result<Item<SerializableMatchSpec>, Report> {
        let package: PackageName = name.parse().map_err(|error| {
            miette::miette!("`{name}` cannot be the name of a conda package: {error}")
        })?;
        match dependency {
            PackageSpec::Binary(binary) => {
                let spec = spec::to_match_spec(&package, binary)?;
                // A package that depends on itself means what is being built.
                let spec = if package.as_normalized() == self.own_name {
                    let binary = BinarySpec {
                        version: spec.version.as_ref().map(ToString::to_string),
                        ..binary.clone()
                    };
                    self.sources.stand_in(&package, spec::at_own_source(binary))
                } else {
                    spec
                };
                Ok(concrete(spec))
            }
            PackageSpec::Source(_) if section == Section::Constraints => Err(miette::miette!(
                help = "give a version instead of a path, git or url",
                "the run constraint `{name}` cannot be a source"
            )),
            PackageSpec::Source(source) => {
                Ok(concrete(self.sources.stand_in(&package, source.clone())))
            }
            PackageSpec::PinCompatible(pin) | PackageSpec::PinSubpackage(pin)
                if matches!(section, Section::Build | Section::Extra) =>
            {
                let _ = pin;
                Err(miette::miette!(
                    help = "give a version, or move it to the host or run dependencies",
                    "pin specs are not supported in {} dependencies: `{name}`",
                    if section == Section::Build {
                        "build"
                    } else {
                        "extra"
                    }
                ))
            }
            PackageSpec::PinCompatible(pin) => pin_template("pin_compatible", &package, pin),
            PackageSpec::PinSubpackage(pin) => {
                if package.as_normalized() != self.own_name {
                    return Err(miette::miette!(
                        help = "use `pin-compatible` for other packages",
                        "`pin-subpackage` must name the package itself, `{}`, not `{name}`",
                        self.own_name
                    ));
                }
                pin_template("pin_subpackage", &package, pin)
            }
        }
    }
}

fn concrete(spec: MatchSpec) -> Item<SerializableMatchSpec> {
    Item::Value(Value::new_concrete(spec.into(), None))
}

fn template(text: String) -> Result<Item<SerializableMatchSpec>, Report> {
    let template = JinjaTemplate::new(text)
        .map_err(|reason| miette::miette!("a requirement cannot be written: {reason}"))?;
    Ok(Item::Value(Value::new_template(template, None)))
}

/// The call that rattler-build understands as a pin, with every bound explicit:
/// what is missing on the wire means no bound, what is missing in a call means
/// the default bound.
fn pin_template(
    function: &str,
    name: &PackageName,
    pin: &PinSpec,
) -> Result<Item<SerializableMatchSpec>, Report> {
    let pin = spec::to_pin(name, pin)?;
    let name = jinja_text(name.as_source());
    if pin.args.exact {
        return template(format!("${{{{ {function}({name}, exact=true) }}}}"));
    }
    let bound = |bound: &Option<PinBound>| match bound {
        None => "none".to_string(),
        Some(PinBound::Expression(text)) => jinja_text(&text.to_string()),
        Some(PinBound::Version(version)) => jinja_text(&version.to_string()),
    };
    let lower = bound(&pin.args.lower_bound);
    let upper = bound(&pin.args.upper_bound);
    let build = match &pin.args.build {
        None => String::new(),
        Some(build) => format!(", build={}", jinja_text(build)),
    };
    template(format!(
        "${{{{ {function}({name}, lower_bound={lower}, upper_bound={upper}{build}) }}}}"
    ))
}

/// `text` as a string literal of the template language.
fn jinja_text(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// The manual writes `matches(…)` and `macos`; the language has `match` and `osx`.
fn as_jinja(expression: &str) -> String {
    let mut out = String::new();
    let mut rest = expression;
    while let Some(first) = rest.chars().next() {
        let length = if first == '\'' || first == '"' {
            // A text literal, up to its closing quote.
            rest[1..].find(first).map_or(rest.len(), |end| end + 2)
        } else if first.is_alphanumeric() || first == '_' {
            rest.find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at(length);
        out.push_str(match token {
            "macos" => "osx",
            "matches" if after.trim_start().starts_with('(') => "match",
            other => other,
        });
        rest = after;
    }
    out
}

/// A condition that cannot be read.
#[derive(Debug, Error, Diagnostic)]
#[error("invalid selector expression `{expression}`: {reason}")]
#[diagnostic(
    code(dependency::bad_expression),
    help("conditions look like `if(unix and host_platform != 'osx-64')`")
)]
struct BadExpression {
    expression: String,
    reason: String,
    #[source_code]
    file: SourceFile,
    #[label("this condition")]
    at: Option<SourceSpan>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spellings_of_the_manual_are_understood() {
        assert_eq!(
            as_jinja("macos or matches(python, '>=3.10 macos')"),
            "osx or match(python, '>=3.10 macos')"
        );
    }
}
