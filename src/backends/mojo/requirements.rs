//! The requirements of the build and of the users of the package.

mod versions;

use std::path::PathBuf;

use super::config::{CompilerPin, Config};
use super::neighbors;
use super::plan::{Kind, Plan};
use super::source::Source;
use crate::backend::{Request, Requirement, Section};
use crate::diagnostic::Warning;
use crate::protocol::model::{DependencyTable, Target};
use crate::protocol::spec::{BinarySpec, Bound, PackageSpec, PinSpec};

/// The package of the compiler and its runtime libraries.
pub(super) const COMPILER: &str = "mojo-compiler";

const PYTHON: &str = "python";

/// Packages that contain the compiler, or depend on it.
const WITH_COMPILER: [&str; 4] = [COMPILER, "mojo", "max", "modular"];

/// The requirements in addition to those in the manifest.
pub(super) fn all(
    request: &Request<'_, Config>,
    source: &Source,
) -> (Vec<Requirement>, Vec<Warning>) {
    let mut requirements: Vec<Requirement> = (request.config.compilers())
        .map(|language| Requirement::Compiler(language.clone()))
        .collect();
    if !requirements.is_empty() && request.variants.contains_key("c_stdlib") {
        requirements.push(Requirement::Stdlib("c".to_string()));
    }
    requirements.extend(compiler(request));
    let (run, warning) = runtime(request, &source.plan);
    requirements.extend(run);
    requirements.extend(libraries(request, source));
    requirements.extend(python(request, &source.plan));
    (requirements, warning.into_iter().collect())
}

/// Packages that a library imports. Code that uses the library is compiled with these
/// packages too, so they must be installed.
fn libraries(request: &Request<'_, Config>, source: &Source) -> Vec<Requirement> {
    let Some(target) = default_target(request) else {
        return Vec::new();
    };
    let imported = to_import(target).flatten().filter(|(name, spec)| {
        let mut modules = neighbors::modules(request, name, spec).into_iter();
        let is_imported = modules.any(|module| source.needed_by_libraries.contains(&module));
        is_imported && stated_to_run(request, name).is_none()
    });
    let imported = imported.map(|(name, spec)| {
        Requirement::Package(Section::Run, name.clone(), Box::new(spec.clone()))
    });
    imported.collect()
}

/// Whether a package may be imported, so that the imports of a library decide whether it depends
/// on that package.
pub(super) fn has_packages_to_import(request: &Request<'_, Config>) -> bool {
    let tables = default_target(request).into_iter().flat_map(to_import);
    let mut names = tables.flat_map(DependencyTable::keys).map(String::as_str);
    names.any(|name| name != PYTHON && !WITH_COMPILER.contains(&name))
}

/// The modules of the packages that can be imported, as far as they are known.
pub(super) fn modules_to_import(request: &Request<'_, Config>) -> Vec<String> {
    let tables = default_target(request).into_iter().flat_map(to_import);
    let modules = tables
        .flatten()
        .map(|(name, spec)| neighbors::modules(request, name, spec));
    modules.flatten().collect()
}

/// The tables of packages that can be imported.
fn to_import(target: &Target) -> impl Iterator<Item = &DependencyTable> {
    let tables = [&target.host_dependencies, &target.build_dependencies];
    tables.into_iter().flatten()
}

/// The manifests of packages in the same workspace that affect the dependencies of a
/// library.
pub(super) fn manifests(request: &Request<'_, Config>, source: &Source) -> Vec<PathBuf> {
    let target = default_target(request).filter(|_| !source.needed_by_libraries.is_empty());
    let tables = target.into_iter().flat_map(to_import);
    neighbors::manifests(request, tables)
}

/// The names of all dependencies in the manifest.
pub(super) fn names<'a>(request: &Request<'a, Config>) -> impl Iterator<Item = &'a String> {
    let tables = targets(request).flat_map(|target| to_import(target).chain(Table::Run.of(target)));
    tables.flat_map(DependencyTable::keys)
}

/// The names of the package's run dependencies.
pub(super) fn names_to_run(request: &Request<'_, Config>, source: &Source) -> Vec<String> {
    let stated = targets(request).filter_map(|target| Table::Run.of(target));
    let stated = stated.flat_map(DependencyTable::keys).cloned();
    let added = all(request, source).0.into_iter();
    let added = added.filter_map(|requirement| match requirement {
        Requirement::Package(Section::Run, name, _) => Some(name),
        _ => None,
    });
    stated
        .chain(added)
        .map(|name| name.to_lowercase())
        .collect()
}

/// The requirements on Python. An extension module is installed for one version of Python.
fn python(request: &Request<'_, Config>, plan: &Plan) -> Vec<Requirement> {
    if !plan
        .items
        .iter()
        .any(|item| item.kind == Kind::PythonModule)
    {
        return Vec::new();
    }
    let host = default_target(request).and_then(|target| target.host_dependencies.as_ref());
    let host = host.is_none_or(|host| !host.contains_key(PYTHON));
    let host = host.then(|| Requirement::package(Section::Host, PYTHON, BinarySpec::default()));
    let minor = || Some(Bound::Expression("x.x".to_string()));
    let pin = PackageSpec::PinCompatible(PinSpec {
        lower_bound: minor(),
        upper_bound: minor(),
        ..PinSpec::default()
    });
    let run = stated_to_run(request, PYTHON).is_none();
    let run = run.then(|| Requirement::Package(Section::Run, PYTHON.to_string(), Box::new(pin)));
    host.into_iter().chain(run).collect()
}

/// The compiler, unless the manifest names one.
fn compiler(request: &Request<'_, Config>) -> Option<Requirement> {
    let stated = default_target(request).and_then(|target| target.build_dependencies.as_ref());
    let is_chosen = |dependencies: &DependencyTable| {
        let mut names = WITH_COMPILER.iter();
        names.any(|name| dependencies.contains_key(*name))
    };
    if stated.is_some_and(is_chosen) {
        return None;
    }
    // The build must use the same compiler as users of the package.
    let stated = [Table::Run, Table::Host].into_iter().find_map(|table| {
        let dependencies = table.of(default_target(request)?)?;
        WITH_COMPILER.into_iter().find_map(|name| {
            let version = version(dependencies.get(name)?)?;
            let spec = BinarySpec {
                version: Some(version.to_string()),
                ..BinarySpec::default()
            };
            Some((name, spec))
        })
    });
    let (name, spec) = stated.unwrap_or((COMPILER, BinarySpec::default()));
    Some(Requirement::package(Section::Build, name, spec))
}

/// The run dependency on the compiler: programs need its runtime libraries, and only the
/// compiler that wrote a precompiled library can read it.
fn runtime(request: &Request<'_, Config>, plan: &Plan) -> (Option<Requirement>, Option<Warning>) {
    if request.config.compiler_pin == CompilerPin::None || plan.is_source_only() {
        return (None, None);
    }
    let built_with = build_version(request);
    if let Some(stated) = stated_to_run(request, COMPILER) {
        let warning = unreadable(stated, built_with).filter(|_| plan.has_precompiled());
        return (None, warning);
    }
    // Only `==` has one version. With any other requirement, the version is that of the compiler
    // in the build environment.
    let spec = match built_with.and_then(versions::exact) {
        Some(version) => PackageSpec::Binary(BinarySpec {
            version: Some(format!("=={version}")),
            ..BinarySpec::default()
        }),
        None => PackageSpec::PinCompatible(PinSpec {
            exact: true,
            ..PinSpec::default()
        }),
    };
    let run = Requirement::Package(Section::Run, COMPILER.to_string(), Box::new(spec));
    (Some(run), None)
}

/// The requirement of the build on the version of the compiler.
fn build_version<'a>(request: &Request<'a, Config>) -> Option<&'a str> {
    let dependencies = default_target(request)?.build_dependencies.as_ref()?;
    version(dependencies.get(COMPILER)?)
}

/// The warning that a precompiled library may be used with a compiler that cannot read it.
/// `stated` is the run dependency on the compiler, and `built_with` the requirement of the build.
fn unreadable(stated: &PackageSpec, built_with: Option<&str>) -> Option<Warning> {
    let PackageSpec::Binary(_) = stated else {
        return None;
    };
    let stated = version(stated).unwrap_or("*");
    let message = match built_with {
        Some(build) if versions::exclude_each_other(stated, build) => format!(
            "`{COMPILER} {stated}` in the run dependencies excludes the compiler of the build, \
             `{build}`, which alone can read the precompiled library"
        ),
        _ if versions::is_one_release(stated) => return None,
        _ => format!(
            "`{COMPILER}` in the run dependencies allows compilers that cannot read the \
             precompiled library"
        ),
    };
    let exact = built_with.and_then(versions::exact);
    let exact = exact.map_or("<version of the build>".to_string(), |version| {
        version.to_string()
    });
    Some(Warning::new(message).help(format!(
        "write `{COMPILER} = \"=={exact}\"`, remove it so that it is pinned, or use `format = \"source\"`"
    )))
}

/// The run dependency on a package in the manifest. One with a condition may be absent on this
/// platform.
fn stated_to_run<'a>(request: &Request<'a, Config>, name: &str) -> Option<&'a PackageSpec> {
    Table::Run.of(default_target(request)?)?.get(name)
}

/// The run dependency that has the module `module`, unless the compiler sees it too.
pub(super) fn run_dependency_with<'a>(
    request: &Request<'a, Config>,
    module: &str,
) -> Option<&'a str> {
    let is_seen = |name: &str| {
        let mut tables = default_target(request).into_iter().flat_map(to_import);
        tables.any(|table| table.contains_key(name))
    };
    let tables = targets(request).filter_map(|target| Table::Run.of(target));
    let mut hidden = tables.flatten().filter(|(name, _)| !is_seen(name));
    let found = hidden.find(|(name, spec)| {
        let modules = neighbors::modules(request, name, spec);
        modules.iter().any(|known| known == module)
    });
    found.map(|(name, _)| name.as_str())
}

/// All tables of dependencies, with any condition.
fn targets<'a>(request: &Request<'a, Config>) -> impl Iterator<Item = &'a Target> {
    let targets = request.project.model.targets.iter();
    targets.flat_map(|targets| {
        let conditional = targets.conditional.iter().flatten();
        let conditional = conditional.chain(targets.targets.iter().flatten());
        let conditional = conditional.map(|(_, target)| target);
        targets.default_target.iter().chain(conditional)
    })
}

#[derive(Debug, Clone, Copy)]
enum Table {
    Run,
    Host,
}

impl Table {
    fn of(self, target: &Target) -> Option<&DependencyTable> {
        match self {
            Self::Run => target.run_dependencies.as_ref(),
            Self::Host => target.host_dependencies.as_ref(),
        }
    }
}

fn default_target<'a>(request: &Request<'a, Config>) -> Option<&'a Target> {
    let targets = request.project.model.targets.as_ref()?;
    targets.default_target.as_ref()
}

fn version(spec: &PackageSpec) -> Option<&str> {
    match spec {
        PackageSpec::Binary(spec) => spec.version.as_deref(),
        _ => None,
    }
}
