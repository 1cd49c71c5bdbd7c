//! Builds with the tools of this machine, without solving environments.

use indexmap::IndexSet;
use miette::Report;

use crate::cli::package::Package;
use crate::engine::toolchain;
use crate::environments::{DependencySpec, Prefixes};
use crate::protocol::build::{FinalRunExports, Params, Prefix, ResolvedDependency};
use crate::protocol::outputs::Output;
use crate::protocol::spec::NamedSpec;

/// Creates environments that contain only the toolchain of this machine, and completes the
/// request with them.
///
/// # Errors
/// A missing toolchain, directories that cannot be written, invalid selectors.
pub(super) fn request(package: &Package, output: &Output, rest: Params) -> Result<Params, Report> {
    let platforms = package.platforms;
    let session = &package.session;
    let compilers = format!("_{}", platforms.host);
    let build = output.build_dependencies.depends.iter();
    let build = build.filter(|spec| !spec.name.ends_with(&compilers));
    let tools = session.backend().system_tools(session.env(), platforms)?;
    let left_out: IndexSet<&str> = build
        .chain(&output.host_dependencies.depends)
        .map(|spec| spec.name.as_str())
        .filter(|name| !tools.packages.contains(name))
        .collect();
    if !left_out.is_empty() {
        let names = left_out.into_iter().collect::<Vec<_>>().join(", ");
        tracing::warn!("not installed because of --system-toolchain: {names}");
    }
    let prefix = |prefix, platform| Prefix {
        prefix,
        platform,
        dependencies: None,
        constraints: None,
        packages: None,
    };
    let prefixes = Prefixes::below(&rest.work_directory, platforms.host);
    let run = &output.run_dependencies;
    let exports = &output.run_exports;
    let extra = output.extra_dependencies.iter();
    let extra = extra.map(|(group, specs)| Ok((group.clone(), stated(specs)?)));
    let params = Params {
        build_prefix: Some(prefix(prefixes.build, platforms.build)),
        host_prefix: Some(prefix(prefixes.host, platforms.host)),
        run_dependencies: Some(stated(&run.depends)?),
        run_constraints: Some(stated(&run.constraints)?),
        run_exports: Some(FinalRunExports {
            weak: stated(&exports.weak)?,
            strong: stated(&exports.strong)?,
            noarch: stated(&exports.noarch)?,
            weak_constrains: stated(&exports.weak_constrains)?,
            strong_constrains: stated(&exports.strong_constrains)?,
        }),
        extra_dependencies: Some(extra.collect::<Result<_, Report>>()?),
        ..rest
    };
    toolchain::link_system_tools(&tools, platforms, &params)?;
    Ok(params)
}

/// The dependencies of the manifest, without pins, which need solved environments.
///
/// # Errors
/// An invalid name or selector.
fn stated(specs: &[NamedSpec]) -> Result<Vec<ResolvedDependency>, Report> {
    let mut deps = Vec::new();
    for spec in specs {
        match DependencySpec::stated(spec)? {
            Some(wish) => deps.push(wish.to_wire()?),
            None => {
                let name = &spec.name;
                tracing::warn!(
                    "the pin of `{name}` is left out of the package: pins need an environment"
                );
            }
        }
    }
    Ok(deps)
}
