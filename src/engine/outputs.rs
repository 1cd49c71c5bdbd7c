//! The response to `conda/outputs`.

use indexmap::IndexMap;
use miette::Report;
use rattler_build_recipe::stage1::Dependency;
use rattler_conda_types::{MatchSpec, PackageName};

use crate::backend::Packaging;
use crate::engine::globs::globs;
use crate::engine::{Plan, PlanRequest, Session, plan};
use crate::protocol::outputs::{
    Answer, Dependencies, IgnoreRunExports, Metadata, NoArch, Output, RunExports,
};
use crate::protocol::spec::{BinarySpec, NamedSpec, PackageSpec, SourceSpec};
use crate::recipe::{Environments, PassthroughSpecs, Rendered, UnknownPin, pin, spec};

/// The response, with the plan that it was made from.
#[derive(Debug)]
pub struct Described<'s> {
    /// The response in the form of the protocol.
    pub answer: Answer,
    /// The plan for building the outputs.
    pub plan: Plan<'s>,
}

/// Plans and describes all outputs. It does not build anything, run a tool or use the
/// network.
///
/// # Errors
/// Errors in the user's files, variants that cannot be used as a pin, pins that cannot be
/// applied.
pub fn outputs<'s>(session: &'s Session, ask: &PlanRequest) -> Result<Described<'s>, Report> {
    let plan = plan(session, ask)?;
    let outputs = plan
        .outputs
        .iter()
        .map(|rendered| output(&plan, rendered).map_err(|error| pointed(&plan, error)))
        .collect::<Result<_, _>>()?;
    let ignored = session.backend.output_directories();
    let (input_globs, input_glob_sets) = globs(&plan.metadata_inputs, session.source(), ignored);
    let answer = Answer {
        outputs,
        input_globs,
        input_glob_sets,
    };
    Ok(Described { answer, plan })
}

/// An invalid pin, with its place in the recipe.
fn pointed(plan: &Plan<'_>, error: Report) -> Report {
    match (error.downcast::<UnknownPin>(), plan.recipe.own()) {
        (Ok(UnknownPin(name)), Some(own)) => own.unknown_pin(&name),
        (Ok(pin), None) => pin.into(),
        (Err(other), _) => other,
    }
}

fn output(plan: &Plan<'_>, rendered: &Rendered) -> Result<Output, Report> {
    let requirements = rendered.recipe.requirements();
    let environments = Environments::of(&rendered.recipe);
    let write = Write {
        rendered,
        passthrough: &plan.recipe.passthrough,
    };
    let about = rendered.recipe.about();
    let exports = &requirements.run_exports;
    let mut extra_dependencies = IndexMap::new();
    for (group, dependencies) in &requirements.extras {
        extra_dependencies.insert(group.clone(), write.as_stated(dependencies)?);
    }
    let environment = |depends| Dependencies {
        depends,
        constraints: Vec::new(),
    };
    Ok(Output {
        metadata: Metadata {
            name: rendered.name().to_string(),
            version: rendered.version().to_string(),
            build: rendered.build_string.clone(),
            build_number: rendered.build_number(),
            subdir: rendered.subdir(plan.platforms.host),
            license: about.license.as_ref().map(ToString::to_string),
            license_family: about.license_family.clone(),
            flags: rendered
                .recipe
                .build()
                .flags
                .iter()
                .map(ToString::to_string)
                .collect(),
            track_features: track_features(rendered),
            noarch: NoArch(rendered.noarch()),
            purls: purls(&plan.packaging),
            python_site_packages_path: rendered.site_packages_path(),
            variant: rendered.wire.clone(),
        },
        build_dependencies: environment(write.environment(&environments.build)?),
        host_dependencies: environment(write.environment(&environments.host)?),
        run_dependencies: Dependencies {
            depends: write.as_stated(&requirements.run)?,
            constraints: write.limits(&requirements.run_constraints)?,
        },
        extra_dependencies,
        ignore_run_exports: ignored(&environments),
        run_exports: RunExports {
            weak: write.with_variants(&exports.weak)?,
            strong: write.with_variants(&exports.strong)?,
            noarch: write.with_variants(&exports.noarch)?,
            weak_constrains: write.limits_with_variants(&exports.weak_constraints)?,
            strong_constrains: write.limits_with_variants(&exports.strong_constraints)?,
        },
        input_globs: None,
    })
}

fn purls(packaging: &Packaging) -> Option<Vec<String>> {
    let purls = &packaging.purls;
    (!purls.is_empty()).then(|| purls.clone())
}

/// Track features, which make solvers prefer other variants of the package.
fn track_features(rendered: &Rendered) -> Vec<String> {
    let down = rendered.recipe.build().variant.down_prioritize_variant;
    let count = down.unwrap_or_default().unsigned_abs();
    let feature = |number| format!("{}-p-{number}", rendered.name());
    (0..count).map(feature).collect()
}

fn ignored(environments: &Environments) -> IgnoreRunExports {
    let names = |names: &[PackageName]| {
        let names = names.iter();
        names.map(|name| name.as_normalized().to_string()).collect()
    };
    IgnoreRunExports {
        by_name: names(&environments.ignored_names),
        from_package: names(&environments.ignored_packages),
    }
}

/// Converts dependencies to the form of the protocol.
struct Write<'a> {
    rendered: &'a Rendered,
    passthrough: &'a PassthroughSpecs,
}

/// The purpose of a dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    /// A requirement of the build. It is never the package itself, which does not exist
    /// yet.
    Build,
    /// A requirement of users of the package.
    Run,
    /// A constraint, which cannot have a source.
    Limit,
}

impl Write<'_> {
    /// The requirements of an environment. Those without a version get the version of
    /// their variant.
    fn environment(&self, dependencies: &[Dependency]) -> Result<Vec<NamedSpec>, Report> {
        self.all(dependencies, |spec| self.pinned(spec, Use::Build))
    }

    fn as_stated(&self, dependencies: &[Dependency]) -> Result<Vec<NamedSpec>, Report> {
        self.all(dependencies, |spec| self.named(spec, Use::Run))
    }

    fn limits(&self, dependencies: &[Dependency]) -> Result<Vec<NamedSpec>, Report> {
        self.all(dependencies, |spec| self.named(spec, Use::Limit))
    }

    /// Dependencies without a version get the version of the variant with their name.
    fn with_variants(&self, dependencies: &[Dependency]) -> Result<Vec<NamedSpec>, Report> {
        self.all(dependencies, |spec| self.pinned(spec, Use::Run))
    }

    /// Like [`Write::with_variants`], for lists that cannot contain a source.
    fn limits_with_variants(&self, dependencies: &[Dependency]) -> Result<Vec<NamedSpec>, Report> {
        self.all(dependencies, |spec| self.pinned(spec, Use::Limit))
    }

    fn all(
        &self,
        dependencies: &[Dependency],
        write: impl Fn(&Dependency) -> Result<NamedSpec, Report>,
    ) -> Result<Vec<NamedSpec>, Report> {
        dependencies.iter().map(write).collect()
    }

    fn pinned(&self, dependency: &Dependency, usage: Use) -> Result<NamedSpec, Report> {
        let pinned = match dependency {
            Dependency::Spec(spec) => self.rendered.pinned_by_variant(spec)?,
            _ => None,
        };
        match pinned {
            Some(pinned) => self.spec(&pinned, usage),
            None => self.named(dependency, usage),
        }
    }

    fn named(&self, dependency: &Dependency, usage: Use) -> Result<NamedSpec, Report> {
        if let Dependency::PinCompatible(stated) = dependency {
            let compatible = &stated.pin_compatible;
            return Ok(NamedSpec {
                name: compatible.name.as_source().to_string(),
                spec: PackageSpec::PinCompatible(pin::from_pin(compatible)),
            });
        }
        let resolved = self.rendered.resolved(dependency)?;
        let resolved = resolved.expect("only compatible pins stay open");
        if matches!(dependency, Dependency::PinSubpackage(_)) && usage != Use::Limit {
            // An output of this recipe is built from source, in the directory of the
            // manifest.
            let binary = spec::from_match_spec(&resolved)?;
            let name = spec::exact_name(&resolved).to_string();
            let spec = PackageSpec::Source(self.at_source(&name, binary));
            return Ok(NamedSpec { name, spec });
        }
        self.spec(&resolved, usage)
    }

    fn spec(&self, spec: &MatchSpec, usage: Use) -> Result<NamedSpec, Report> {
        let name = spec::exact_name(spec).to_string();
        let spec = match self.passthrough.behind(spec) {
            Some(original) => original.clone(),
            None => {
                let binary = spec::from_match_spec(spec)?;
                if usage != Use::Limit && self.is_source(&name, usage) {
                    PackageSpec::Source(self.at_source(&name, binary))
                } else {
                    PackageSpec::Binary(binary)
                }
            }
        };
        Ok(NamedSpec { name, spec })
    }

    /// Whether a package is built from source: it is another output of the recipe, or the
    /// manifest maps it to a source.
    fn is_source(&self, name: &str, usage: Use) -> bool {
        let name = name.to_lowercase();
        let is_itself = name == self.rendered.name() && usage == Use::Build;
        let is_output = self.rendered.siblings.contains_key(&name);
        self.rendered.sources.contains_key(&name) || (is_output && !is_itself)
    }

    /// The source of a package, with the selectors of the recipe. They have priority over
    /// those of the manifest.
    fn at_source(&self, name: &str, binary: BinarySpec) -> SourceSpec {
        let written = spec::at_own_source(binary);
        match self.rendered.sources.get(&name.to_lowercase()) {
            None => written,
            Some(mapped) => SourceSpec {
                location: mapped.location.clone(),
                version: written.version.or_else(|| mapped.version.clone()),
                build: written.build.or_else(|| mapped.build.clone()),
                build_number: written.build_number.or_else(|| mapped.build_number.clone()),
                extras: written.extras.or_else(|| mapped.extras.clone()),
                flags: written.flags.or_else(|| mapped.flags.clone()),
                subdir: written.subdir.or_else(|| mapped.subdir.clone()),
                license: written.license.or_else(|| mapped.license.clone()),
                condition: written.condition.or_else(|| mapped.condition.clone()),
            },
        }
    }
}
