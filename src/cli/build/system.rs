//! Building with the tools of this machine: no environment is solved.

use miette::Report;

use crate::backend::{Env, Platforms};
use crate::engine::toolchain;
use crate::environments::Prefixes;
use crate::protocol::build::{Dep, DepSpec, Params, Prefix};
use crate::protocol::outputs::Output;
use crate::protocol::spec::{MatchSpec, NamedSpec, PackageSpec};

/// Completes a request for environments that hold this machine's toolchain and nothing
/// else, and makes them.
///
/// # Errors
/// No toolchain, folders that cannot be written.
pub(super) fn request(
    env: &Env,
    platforms: Platforms,
    output: &Output,
    rest: Params,
) -> Result<Params, Report> {
    let host = &output.host_dependencies.depends;
    if !host.is_empty() {
        let names: Vec<&str> = host.iter().map(|spec| spec.name.as_str()).collect();
        tracing::warn!(
            "host dependencies are not installed with --system-toolchain: {}",
            names.join(", ")
        );
    }
    let prefix = |prefix, platform| Prefix {
        prefix,
        platform,
        dependencies: None,
        constraints: None,
        packages: None,
    };
    let prefixes = Prefixes::below(&rest.work_directory, platforms.host);
    let params = Params {
        build_prefix: Some(prefix(prefixes.build, platforms.build)),
        host_prefix: Some(prefix(prefixes.host, platforms.host)),
        run_dependencies: Some(stated(&output.run_dependencies.depends)),
        run_constraints: Some(stated(&output.run_dependencies.constraints)),
        ..rest
    };
    toolchain::link_system_tools(env, platforms, &params)?;
    Ok(params)
}

/// Dependencies as the manifest states them. Pins and sources need environments
/// that are not there.
fn stated(specs: &[NamedSpec]) -> Vec<Dep> {
    let mut deps = Vec::new();
    for NamedSpec { name, spec } in specs {
        let PackageSpec::Binary(binary) = spec else {
            tracing::warn!(
                "`{name}` is left out of the package's dependencies: it needs an environment"
            );
            continue;
        };
        deps.push(Dep {
            spec: DepSpec::Object(Box::new(MatchSpec {
                name: name.clone(),
                version: binary.version.clone(),
                build: binary.build.clone(),
                build_number: binary.build_number.clone(),
                ..Default::default()
            })),
            source: None,
        });
    }
    deps
}
