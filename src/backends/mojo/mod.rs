//! Mojo programs and libraries: `mojo build` and `mojo precompile`.
//!
//! Mojo does not have a project file. Options name the programs and libraries, or the
//! backend finds them. The backend follows imports to determine the inputs, because the
//! compiler does not record the files that it reads.

mod arguments;
mod caches;
mod closure;
mod config;
mod default_name;
mod doubts;
mod environments;
mod failure;
mod inputs;
mod installed;
mod licenses;
mod mistakes;
mod names;
mod neighbors;
mod order;
mod plan;
mod requirements;
mod scan;
mod script;
mod source;
mod suggestions;
mod system_tools;
mod test_files;
mod tree;
mod variables;

use miette::Report;
use rattler_conda_types::{NoArchType, Subdir};

pub use config::Config;

use crate::backend::{
    Backend, BuildPaths, Cache, Diagnosis, Draft, Env, Folders, GlobSet, InstalledPackage, Log,
    Packaging, Platforms, Request, RunOptions, SystemTools,
};
use crate::diagnostic::Warning;
use crate::project::Metadata;
use mistakes::{CrossCompilation, NoCompiler};
use plan::Plan;
use source::Source;

/// The backend for Mojo programs and libraries.
#[derive(Debug, Clone, Copy)]
pub struct Mojo;

impl Backend for Mojo {
    const NAME: &'static str = "pixi-build-mojo";

    const BUILDS: &'static str = "Mojo programs and libraries";

    const INSTALLS: &'static str = "mojo build";

    // Mojo does not have a file for the name and version.
    const METADATA_FILE: &'static str = "pixi.toml";

    const OUTPUT_DIRECTORIES: &'static [&'static str] = &[tree::COMPILED];

    type Config = Config;

    type Source = Source;

    fn read(&self, request: &Request<'_, Config>) -> Result<Source, Report> {
        Source::read(request)
    }

    fn draft(&self, request: &Request<'_, Config>, source: &Source) -> Result<Draft, Report> {
        let plan = &source.plan;
        let (requirements, open) = requirements::all(request, source);
        let nowhere = (!has_compiler(request.platforms.host)).then(|| {
            let host = request.platforms.host;
            Warning::new(format!("Mojo does not have a compiler for {host}"))
                .help("the package can be described, but not built")
        });
        let warnings = plan.warnings.iter().cloned();
        let draft = Draft {
            metadata: Metadata {
                license_files: licenses::found(request),
                ..Metadata::default()
            },
            requirements,
            variants: Vec::new(),
            script: script::of(request, source),
            packaging: Packaging {
                noarch: if plan.is_source_only() {
                    NoArchType::generic()
                } else {
                    NoArchType::none()
                },
                ..Packaging::default()
            },
            metadata_inputs: inputs::metadata(request, source),
            warnings: warnings
                .chain(doubts::about(request, source))
                .chain(open)
                .chain(nowhere)
                .collect(),
            ..Draft::default()
        };
        let Config {
            package, common, ..
        } = request.config;
        package.applied(draft, request, common)
    }

    fn inputs(&self, request: &Request<'_, Config>, source: &Source) -> Vec<GlobSet> {
        inputs::build(request, source)
    }

    fn before_build(
        &self,
        request: &Request<'_, Config>,
        source: &Source,
        paths: &BuildPaths,
    ) -> Result<(), Report> {
        check_platforms(request.platforms, &source.plan)?;
        environments::check(source, paths)?;
        caches::keep_within_limit(request);
        Ok(())
    }

    fn check_package(
        &self,
        request: &Request<'_, Config>,
        source: &Source,
        package: &InstalledPackage<'_>,
    ) -> Result<Vec<Warning>, Report> {
        let depends = requirements::names_to_run(request, source);
        Ok(neighbors::unnamed(source, package, &depends))
    }

    fn diagnose(
        &self,
        request: &Request<'_, Config>,
        source: &Source,
        log: &Log,
    ) -> Option<Diagnosis> {
        failure::of_build(request, &source.plan, log)
    }

    fn system_tools(&self, env: &Env, _: Platforms) -> Result<SystemTools, Report> {
        system_tools::find(env)
    }

    fn passed_on(&self, _: &Env, run: &RunOptions) -> Vec<(String, String)> {
        let jobs = run
            .jobs
            .map(|jobs| (variables::JOBS.to_string(), jobs.to_string()));
        jobs.into_iter().collect()
    }

    fn caches(&self, folders: &Folders) -> Vec<Cache> {
        caches::all(folders)
    }
}

/// Whether a compiler exists that runs on `platform`.
fn has_compiler(platform: Subdir) -> bool {
    let with_compiler = [Subdir::Linux64, Subdir::LinuxAarch64, Subdir::OsxArm64];
    with_compiler.contains(&platform) || platform == Subdir::NoArch
}

fn check_platforms(platforms: Platforms, plan: &Plan) -> Result<(), Report> {
    let Platforms { build, host } = platforms;
    if let Some(without) = [build, host]
        .into_iter()
        .find(|platform| !has_compiler(*platform))
    {
        return Err(NoCompiler {
            platform: without.to_string(),
        }
        .into());
    }
    let is_portable = plan.items.iter().all(|item| item.kind.is_library());
    if build == host || host == Subdir::NoArch || is_portable {
        return Ok(());
    }
    Err(CrossCompilation {
        build: build.to_string(),
        host: host.to_string(),
    }
    .into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_platforms_with_a_compiler_build() {
        let program = plan::Item {
            kind: plan::Kind::Program,
            name: "tool".to_string(),
            path: "main.mojo".into(),
            arguments: Vec::new(),
        };
        let plan = Plan {
            items: vec![program],
            ..Plan::default()
        };
        let said = |build, host| {
            let checked = check_platforms(Platforms { build, host }, &plan);
            checked.map_err(|report| report.to_string())
        };
        assert_eq!(said(Subdir::Linux64, Subdir::Linux64), Ok(()));
        let missing = Err("Mojo does not have a compiler for win-64".to_string());
        assert_eq!(said(Subdir::Win64, Subdir::Win64), missing);
        assert_eq!(said(Subdir::Linux64, Subdir::Win64), missing);
        let crossed = "a Mojo program for osx-arm64 cannot be built on linux-64".to_string();
        assert_eq!(said(Subdir::Linux64, Subdir::OsxArm64), Err(crossed));
    }
}
