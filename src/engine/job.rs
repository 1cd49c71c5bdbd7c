//! A build in the types of rattler-build.

use std::collections::BTreeMap;
use std::path::PathBuf;

use miette::Report;
use rattler_build_core::console_utils::LoggingOutputHandler;
use rattler_build_core::render::resolved_dependencies::{
    FinalizedDependencies, FinalizedRunDependencies,
};
use rattler_build_core::system_tools::SystemTools;
use rattler_build_core::tool_configuration::Configuration;
use rattler_build_core::types::{
    BuildConfiguration, Directories, Output, PackageIdentifier, PlatformWithVirtualPackages,
};
use rattler_conda_types::{PackageName, Subdir};

use crate::backend::Platforms;
use crate::engine::finish::Finish;
use crate::engine::own::OwnBuild;
use crate::engine::shell_safe_paths::Aliases;
use crate::engine::sources::SourceSnapshot;
use crate::engine::steps::Packed;
use crate::engine::to_rattler_build::{
    channel_urls, dependencies, exports, packaging, resolved, revision,
};
use crate::engine::{Plan, drafted, own_run};
use crate::protocol::build::Params;
use crate::recipe::{Rendered, Sibling};

/// The data that rattler-build needs, before it is converted to rattler-build's types.
#[derive(Clone)]
pub(super) struct Job<'a> {
    pub(super) backend: &'static str,
    pub(super) recipe_path: PathBuf,
    pub(super) plan: &'a Plan<'a>,
    pub(super) rendered: Rendered,
    pub(super) params: Params,
    pub(super) now: jiff::Timestamp,
}

impl Job<'_> {
    /// Aliases for the directories that the script uses.
    pub(super) fn aliases(&self) -> Result<Aliases, Report> {
        let params = &self.params;
        let recipe = self.recipe_path.parent().unwrap_or(&self.recipe_path);
        Ok(Aliases::of(&[
            &params.work_directory,
            &params.host_folder(),
            &params.build_folder(),
            recipe,
        ])?)
    }

    /// Runs the script and packages the files that it installed.
    ///
    /// # Errors
    /// All errors of rattler-build.
    pub(super) async fn run(
        &self,
        aliases: &Aliases,
        own: Option<(&OwnBuild, &mut SourceSnapshot)>,
        finish: &Finish<'_>,
    ) -> Result<Packed, Report> {
        // The caller shows the steps.
        let shown = LoggingOutputHandler::default();
        shown.set_progress_bars_hidden(true);
        let tools = Configuration::builder()
            .with_logging_output_handler(shown)
            .with_cache_dir(self.params.work_directory.join(".rattler-build"))
            .with_environments_externally_managed(true)
            .with_keep_build(true)
            .with_testing(false)
            .with_allow_absolute_license_paths(true)
            .finish();
        let mut output = self.output(aliases)?;
        let Some((own, kept)) = own else {
            return drafted::run(output, &tools, finish).await;
        };
        own.prepare(&mut output, &tools, kept).await?;
        own_run::run(output, &tools, own, finish).await
    }

    fn output(&self, aliases: &Aliases) -> Result<Output, Report> {
        let directories = self.directories(aliases);
        let Self {
            backend,
            recipe_path: _,
            plan,
            rendered,
            params,
            now,
        } = self.clone();
        let target_platform = rendered.subdir(plan.platforms.host);
        let noarch = rendered.noarch();
        let Rendered {
            mut recipe,
            variant,
            hash,
            build_string,
            wire: _,
            siblings,
            sources: _,
        } = rendered;
        let host = params.host_prefix.as_ref();
        let is_solved = host.is_some_and(|host| host.packages.is_some());
        if noarch.is_none() && !is_solved {
            // rattler-build starts programs with the interpreter of a solved environment.
            // The scripts of the installer work without one.
            recipe.build.python.entry_points.clear();
        }
        let itself = Sibling {
            name: recipe.package().name().clone(),
            version: recipe.package().version().clone(),
            build_string,
        };
        let channels = channel_urls(&params.channels);
        let packaging_settings = packaging(params.package_format)?;
        let finalized = finalized(params)?;
        let Platforms { build, host } = plan.platforms;
        let configuration = BuildConfiguration {
            target_platform,
            host_platform: platform(host),
            build_platform: platform(build),
            variant,
            hash,
            directories,
            channels,
            channel_priority: Default::default(),
            solve_strategy: Default::default(),
            timestamp: now,
            subpackages: identifiers(siblings.into_values().chain([itself])),
            packaging_settings,
            // The recipe contains paths of this machine.
            store_recipe: false,
            force_colors: console::colors_enabled_stderr(),
            experimental: plan.recipe.own().is_some_and(|own| own.experimental),
            env_isolation: Default::default(),
            sandbox_config: None,
            exclude_newer: None,
            repodata_revision: revision(&recipe.build().flags, &finalized.run),
        };
        Ok(Output {
            recipe,
            build_configuration: configuration,
            finalized_dependencies: Some(finalized),
            finalized_sources: None,
            finalized_cache_dependencies: None,
            finalized_cache_sources: None,
            build_summary: Default::default(),
            system_tools: SystemTools::new(backend, env!("CARGO_PKG_VERSION")),
            extra_meta: None,
            staging_library_name_map: None,
        })
    }

    fn directories(&self, aliases: &Aliases) -> Directories {
        let Self {
            recipe_path,
            params,
            ..
        } = self;
        let work_directory = &params.work_directory;
        Directories {
            recipe_dir: aliases.name(recipe_path.parent().unwrap_or(recipe_path)),
            recipe_path: recipe_path.clone(),
            cache_dir: work_directory.join(".rattler-build"),
            host_prefix: aliases.name(&params.host_folder()),
            build_prefix: aliases.name(&params.build_folder()),
            work_dir: aliases.name(&params.script_folder()),
            output_dir: params.output_folder(),
            build_dir: aliases.name(work_directory),
        }
    }
}

/// The dependencies that the client has solved.
fn finalized(params: Params) -> Result<FinalizedDependencies, Report> {
    let Params {
        build_prefix,
        host_prefix,
        run_dependencies,
        run_constraints,
        run_exports,
        extra_dependencies,
        channels: _,
        output: _,
        work_directory: _,
        output_directory: _,
        // The backend has already used it.
        editable: _,
        package_format: _,
    } = params;
    let extra = extra_dependencies.unwrap_or_default().into_iter();
    let extra = extra.map(|(group, specs)| Ok((group, dependencies(specs)?)));
    let run = FinalizedRunDependencies {
        depends: dependencies(run_dependencies.unwrap_or_default())?,
        constraints: dependencies(run_constraints.unwrap_or_default())?,
        extra_depends: extra.collect::<Result<BTreeMap<_, _>, Report>>()?,
        run_exports: exports(run_exports.unwrap_or_default())?,
    };
    Ok(FinalizedDependencies {
        build: resolved(build_prefix)?,
        host: resolved(host_prefix)?,
        run,
    })
}

fn identifiers(
    packages: impl Iterator<Item = Sibling>,
) -> BTreeMap<PackageName, PackageIdentifier> {
    let identified = packages.map(|package| {
        let Sibling {
            name,
            version,
            build_string,
        } = package;
        let identifier = PackageIdentifier {
            name: name.clone(),
            version,
            build_string,
        };
        (name, identifier)
    });
    identified.collect()
}

fn platform(platform: Subdir) -> PlatformWithVirtualPackages {
    PlatformWithVirtualPackages {
        platform,
        virtual_packages: Vec::new(),
    }
}
