//! The answer to `conda/outputs`.

use indexmap::IndexMap;
use miette::Report;
use rattler_build_recipe::stage1::{self, Dependency};
use rattler_conda_types::{MatchSpec, PackageName};

use crate::backend::Packaging;
use crate::engine::globs::globs;
use crate::engine::{Ask, Plan, Session, plan};
use crate::protocol::outputs::{
    Answer, Dependencies, IgnoreRunExports, Metadata, NoArch, Output, RunExports,
};
use crate::protocol::spec::{NamedSpec, PackageSpec};
use crate::recipe::variants::to_wire;
use crate::recipe::{Rendered, Stated, pin, spec};

/// What would be built, with the plan behind it.
#[derive(Debug)]
pub struct Described<'s> {
    /// As it goes over the wire.
    pub answer: Answer,
    /// How it would be built.
    pub plan: Plan<'s>,
}

/// Plans and describes every output. Builds nothing, asks no tool and no network.
///
/// # Errors
/// Mistakes in the user's files; variants that cannot pin, pins that cannot be applied.
pub fn outputs<'s>(session: &'s Session, ask: &Ask) -> Result<Described<'s>, Report> {
    let plan = plan(session, ask)?;
    let outputs = plan
        .outputs
        .iter()
        .map(|rendered| output(&plan, rendered))
        .collect::<Result<_, _>>()?;
    let ignored = session.backend.output_directories();
    let (input_globs, input_glob_sets) = globs(&plan.inputs.metadata, session.source(), ignored);
    let answer = Answer {
        outputs,
        input_globs,
        input_glob_sets,
    };
    Ok(Described { answer, plan })
}

fn output(plan: &Plan<'_>, rendered: &Rendered) -> Result<Output, Report> {
    let requirements = rendered.recipe.requirements();
    let write = Write {
        rendered,
        stated: &plan.recipe.stated,
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
            license_family: None,
            flags: rendered
                .recipe
                .build()
                .flags
                .iter()
                .map(ToString::to_string)
                .collect(),
            track_features: Vec::new(),
            noarch: NoArch(rendered.noarch()),
            purls: purls(&plan.packaging),
            python_site_packages_path: None,
            variant: to_wire(&rendered.variant),
        },
        build_dependencies: environment(write.with_variants(&requirements.build)?),
        host_dependencies: environment(write.with_variants(&requirements.host)?),
        run_dependencies: Dependencies {
            depends: write.as_stated(&requirements.run)?,
            constraints: write.limits(&requirements.run_constraints)?,
        },
        extra_dependencies,
        ignore_run_exports: ignored(&requirements.ignore_run_exports),
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

fn ignored(ignored: &stage1::requirements::IgnoreRunExports) -> IgnoreRunExports {
    let names = |names: &[PackageName]| {
        let names = names.iter();
        names.map(|name| name.as_normalized().to_string()).collect()
    };
    IgnoreRunExports {
        by_name: names(&ignored.by_name),
        from_package: names(&ignored.from_package),
    }
}

/// Writes dependencies in wire form.
struct Write<'a> {
    rendered: &'a Rendered,
    stated: &'a Stated,
}

impl Write<'_> {
    fn as_stated(&self, dependencies: &[Dependency]) -> Result<Vec<NamedSpec>, Report> {
        dependencies.iter().map(|spec| self.named(spec)).collect()
    }

    fn limits(&self, dependencies: &[Dependency]) -> Result<Vec<NamedSpec>, Report> {
        dependencies.iter().map(|spec| self.limit(spec)).collect()
    }

    /// Bare dependencies get the version that the variant of their name has.
    fn with_variants(&self, dependencies: &[Dependency]) -> Result<Vec<NamedSpec>, Report> {
        let named = |spec| match self.pinned(spec)? {
            Some(pinned) => Ok(pinned),
            None => self.named(spec),
        };
        dependencies.iter().map(named).collect()
    }

    /// Like [`Write::with_variants`], for lists that have no room for a source.
    fn limits_with_variants(&self, dependencies: &[Dependency]) -> Result<Vec<NamedSpec>, Report> {
        let limit = |spec| match self.pinned(spec)? {
            Some(pinned) => Ok(pinned),
            None => self.limit(spec),
        };
        dependencies.iter().map(limit).collect()
    }

    fn pinned(&self, dependency: &Dependency) -> Result<Option<NamedSpec>, Report> {
        let Dependency::Spec(spec) = dependency else {
            return Ok(None);
        };
        let pinned = self.rendered.pinned_by_variant(spec)?;
        pinned.map(|pinned| self.spec(&pinned)).transpose()
    }

    /// A constraint limits whatever there is, also of the package itself.
    fn limit(&self, dependency: &Dependency) -> Result<NamedSpec, Report> {
        match self.rendered.resolved(dependency)? {
            Some(spec) => self.spec(&spec),
            None => self.named(dependency),
        }
    }

    fn named(&self, dependency: &Dependency) -> Result<NamedSpec, Report> {
        if let Dependency::PinCompatible(stated) = dependency {
            let compatible = &stated.pin_compatible;
            return Ok(NamedSpec {
                name: compatible.name.as_source().to_string(),
                spec: PackageSpec::PinCompatible(pin::from_pin(compatible)),
            });
        }
        let resolved = self.rendered.resolved(dependency)?;
        let resolved = resolved.expect("only compatible pins stay open");
        if matches!(dependency, Dependency::PinSubpackage(_)) {
            // The package itself is built from source, in the manifest's folder.
            let binary = spec::from_match_spec(&resolved)?;
            return Ok(NamedSpec {
                name: spec::exact_name(&resolved).to_string(),
                spec: PackageSpec::Source(spec::at_own_source(binary)),
            });
        }
        self.spec(&resolved)
    }

    fn spec(&self, spec: &MatchSpec) -> Result<NamedSpec, Report> {
        let name = spec::exact_name(spec).to_string();
        let spec = match self.stated.behind(spec) {
            Some(stated) => stated.clone(),
            None => PackageSpec::Binary(spec::from_match_spec(spec)?),
        };
        Ok(NamedSpec { name, spec })
    }
}
