//! The response to `conda/build_v1`: runs the script and packages the files that it
//! installed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use miette::Report;
use rattler_build_recipe::Stage1Recipe;
use rattler_build_recipe::stage1::build::BuildPlan;
use rattler_conda_types::Subdir;

use crate::backend::named::Named;
use crate::backend::{BuildPaths, Env, GlobSet, InstalledPackage, Platforms};
use crate::diagnostic::create_folder;
use crate::engine::clean_prefix::{self, Swept};
use crate::engine::debug::DebugFolder;
use crate::engine::finish::Finish;
use crate::engine::globs::globs;
use crate::engine::job::Job;
use crate::engine::log::{LogCapture, remove_lines};
use crate::engine::own::{self, OwnBuild};
use crate::engine::own_failure;
use crate::engine::secrets::Secrets;
use crate::engine::shell_safe_paths::Aliases;
use crate::engine::source_copy::SourceCopy;
use crate::engine::source_date::source_date;
use crate::engine::steps::{self, Packed};
use crate::engine::{Plan, PlanRequest, Session, built_inputs, failure, plan, prepare};
use crate::protocol::build::{Answer, Params, Prefix};
use crate::protocol::outputs::VariantValue;
use crate::recipe::variants::VariantSelection;

/// The response, with the files that the package was built from.
#[derive(Debug)]
pub struct Built {
    /// The response in the form of the protocol.
    pub answer: Answer,
    /// The inputs of the build, with reasons.
    pub inputs: Vec<GlobSet>,
}

/// Plans and runs one build.
///
/// # Errors
/// Errors in the user's files, an output that does not match its description, a failed
/// build.
pub async fn build(
    session: &Session,
    params: Params,
    debug: &DebugFolder,
) -> Result<Built, Report> {
    debug.project(session);
    let current = Subdir::current().unwrap_or(params.output.subdir);
    let ask = PlanRequest {
        platforms: platforms(&params, current),
        choice: VariantSelection::Pinned {
            output: params.output.name.clone(),
            values: params.output.variant.clone(),
        },
        editable: params.editable.unwrap_or_default(),
    };
    let described = plan(session, &ask)?;
    debug.plan(&described);
    for warning in &described.warnings {
        tracing::warn!("{warning}");
    }
    let Some(sources) = &described.copied_sources else {
        return run(session, &described, params, None).await;
    };
    let copy = SourceCopy::make(
        session,
        sources,
        &params.work_directory,
        &params.output_folder(),
    )?;
    let copied = copy.session(session);
    // An installation that refers to the project must not refer to the copy.
    let ask = PlanRequest {
        editable: false,
        ..ask
    };
    let in_copy = plan(&copied, &ask)?;
    run(&copied, &in_copy, params, Some(&copy)).await
}

/// Runs one build, in the checkout or in a copy of the checkout.
async fn run(
    session: &Session,
    plan: &Plan<'_>,
    params: Params,
    copy: Option<&SourceCopy>,
) -> Result<Built, Report> {
    let build = Build::prepare(session, plan, params, copy)?;
    // The lock is held until the engine knows the files that the build read.
    let _exclusive = build.lock().await?;
    build.invalidate()?;
    let checked = build.execute_and_check().await;
    if checked.is_err()
        && let Err(error) = plan.project.after_failure(&build.paths)
    {
        tracing::warn!("the next build may not notice every change: {error}");
    }
    Ok(build.collect(&checked?))
}

/// The platforms of a build: those of its prefixes, or else those in the variant of the
/// output, or else the platform of this machine.
fn platforms(params: &Params, current: Subdir) -> Platforms {
    let of = |prefix: &Option<Prefix>| prefix.as_ref().map(|prefix| prefix.platform);
    let described = |key: &str| match params.output.variant.get(key) {
        // `noarch` is a subdir, but not a platform.
        Some(VariantValue::String(subdir)) => {
            subdir.parse().ok().filter(|it| *it != Subdir::NoArch)
        }
        _ => None,
    };
    Platforms {
        build: of(&params.build_prefix)
            .or_else(|| described("build_platform"))
            .unwrap_or(current),
        host: of(&params.host_prefix)
            .or_else(|| described("target_platform"))
            .or_else(|| Some(params.output.subdir).filter(|it| *it != Subdir::NoArch))
            .unwrap_or(current),
    }
}

/// One build, in stages.
struct Build<'a> {
    session: &'a Session,
    plan: &'a Plan<'a>,
    /// Set if the build takes place in a copy of the checkout.
    copy: Option<&'a SourceCopy>,
    /// Set for a recipe that the user wrote.
    own: Option<OwnBuild>,
    job: Job<'a>,
    aliases: Aliases,
    paths: BuildPaths,
    secrets: Secrets,
    /// What was in the host prefix before the build.
    swept: Swept,
}

/// The result of the script.
struct Executed {
    packed: Packed,
    log: PathBuf,
}

impl<'a> Build<'a> {
    /// Selects the output and creates the directories.
    ///
    /// # Errors
    /// An output that does not match its description, directories that cannot be written.
    fn prepare(
        session: &'a Session,
        plan: &'a Plan<'a>,
        params: Params,
        copy: Option<&'a SourceCopy>,
    ) -> Result<Self, Report> {
        let mut rendered = plan.select(&params.output)?.clone();
        let host_prefix = params.host_folder();
        create_folder(&params.work_directory)?;
        let swept = clean_prefix::sweep(&host_prefix, &params.work_directory)?;
        let files = rendered.recipe.build.files.take();
        rendered.recipe.build.files = clean_prefix::everything_but(&swept.foreign, files)?;
        pass_on(session, &mut rendered.recipe.build.plan);
        let secrets = secrets(&session.env, &mut rendered.recipe);
        secrets.mask_in_logs();
        let recipe_path = match plan.recipe.own() {
            Some(own) => own.text.path(),
            None => session.project.manifest.path(),
        };
        let job = Job {
            backend: session.backend.name(),
            recipe_path: recipe_path.to_path_buf(),
            plan,
            rendered,
            params,
            now: source_date(&session.env)?,
        };
        let aliases = job.aliases()?;
        let mut paths = BuildPaths {
            script_name: aliases.name(&job.params.script_folder()),
            script_folder: job.params.script_folder(),
            build_prefix: job.params.build_folder(),
            host_prefix,
            packages: job.params.output_folder(),
            alias: aliases.folder().map(Path::to_path_buf),
            work_directory: job.params.work_directory.clone(),
            sources: copy.map(|copy| copy.folder().to_path_buf()),
            named: Named::default(),
        };
        let own = plan
            .recipe
            .own()
            .map(|own| own::of(session, own, &job.rendered.recipe, &job.params, &mut paths));
        Ok(Self {
            session,
            plan,
            copy,
            own,
            job,
            aliases,
            paths,
            secrets,
            swept,
        })
    }

    /// Waits for the only lock that a build may need.
    async fn lock(&self) -> Result<Option<std::fs::File>, Report> {
        match &self.plan.lock {
            Some(path) => Ok(Some(prepare::alone(path.clone()).await?)),
            None => Ok(None),
        }
    }

    /// Writes the files of the script and removes files that the build tool would wrongly
    /// reuse.
    ///
    /// # Errors
    /// Files that cannot be written or removed.
    fn invalidate(&self) -> Result<(), Report> {
        prepare::write(&self.plan.script_files, &self.paths.script_folder)?;
        self.plan.project.before_build(&self.paths)
    }

    /// Creates the package, and removes it if it must not be used.
    ///
    /// # Errors
    /// The build failed, or the package is refused.
    async fn execute_and_check(&self) -> Result<Executed, Report> {
        let executed = self.execute().await?;
        self.check(&executed)?;
        Ok(executed)
    }

    /// Runs the script and packages the files that it installed.
    ///
    /// # Errors
    /// The build failed.
    async fn execute(&self) -> Result<Executed, Report> {
        let mut kept = match &self.own {
            Some(own) => Some(own.work.prepare(own.keeps_work)?),
            None => None,
        };
        let log = LogCapture::begin(&self.paths.work_directory, &self.secrets);
        let own = self.own.as_ref().zip(kept.as_mut());
        let finish = Finish {
            session: self.session,
            plan: self.plan,
            paths: &self.paths,
            log: log.kept().to_path_buf(),
            swept: &self.swept,
        };
        let result = self.job.run(&self.aliases, own, &finish).await;
        let log = log.finish();
        let backend = self.session.backend;
        if self.session.run.progress {
            remove_lines(&log, |line| backend.progress(line).is_some());
        }
        if self.plan.extras.needs_out_dir() {
            // `finish` needed these lines, and there are many of them.
            remove_lines(&log, |line| line.starts_with(MESSAGE));
        }
        let explained = |error| {
            let error = match &self.own {
                Some(own) => own_failure::pointed(error, &own.text),
                None => error,
            };
            failure::explained(
                error,
                self.plan.project.as_ref(),
                &log,
                &self.session.project.source,
            )
        };
        let packed = result.map_err(explained)?;
        if let (Some(own), Some(kept)) = (&self.own, &kept) {
            own.work.finish(kept);
        }
        Ok(Executed { packed, log })
    }

    /// Checks the package, and removes it if it must not be used.
    ///
    /// # Errors
    /// Nothing was installed, a file contains a secret, or the backend refuses the
    /// package.
    fn check(&self, executed: &Executed) -> Result<(), Report> {
        let Packed {
            archive, installed, ..
        } = &executed.packed;
        self.record_reasons(installed);
        let checked = match self.check_files(executed) {
            Ok(()) => (self.secrets).check_package(&self.paths.host_prefix, installed),
            Err(error) => Err(error),
        };
        checked.map_err(|reason| steps::refuse(archive, reason))
    }

    /// Records why each file is in the package.
    fn record_reasons(&self, installed: &BTreeSet<PathBuf>) {
        let debug = DebugFolder::of(&self.paths.work_directory);
        let mut reasons = debug.recorded_reasons().unwrap_or_default();
        let named = |path: &PathBuf| path.display().to_string().replace('\\', "/");
        let installed: BTreeSet<String> = installed.iter().map(named).collect();
        reasons.retain(|path, _| installed.contains(path));
        let usual = self.plan.project.installs();
        for path in installed {
            reasons.entry(path).or_insert_with(|| usual.to_string());
        }
        debug.installed(&reasons);
    }

    fn check_files(&self, executed: &Executed) -> Result<(), Report> {
        let Packed {
            archive,
            installed: files,
            ..
        } = &executed.packed;
        if files.is_empty() && !self.plan.packaging.may_be_empty {
            let project = self.plan.project.as_ref();
            return Err(failure::nothing_installed(project, &executed.log));
        }
        let package = InstalledPackage {
            paths: &self.paths,
            files,
            archive,
            log: &executed.log,
        };
        for warning in self.plan.project.check_package(&package)? {
            tracing::warn!("{warning}");
        }
        Ok(())
    }

    /// Creates the response: the package and the files that it was built from.
    fn collect(&self, executed: &Executed) -> Built {
        let inputs = built_inputs(self.session, self.plan, &self.paths);
        let source = &self.session.project.source;
        let (inputs, source) = match self.copy {
            Some(copy) => (copy.originals(inputs), copy.original(source)),
            None => (inputs, source.clone()),
        };
        let ignored = self.session.backend.output_directories();
        let (input_globs, input_glob_sets) = globs(&inputs, &source, ignored);
        let output = &executed.packed.output;
        let answer = Answer {
            output_file: executed.packed.archive.clone(),
            input_globs,
            input_glob_sets,
            name: output.name().as_normalized().to_string(),
            version: output.version().to_string(),
            build: output.build_string().into_owned(),
            subdir: *output.target_platform(),
        };
        Built { answer, inputs }
    }
}

/// Passes on the variables that the command line and the environment of this process set for the
/// build. Variables in the user's configuration have priority, because the script sets them.
fn pass_on(session: &Session, plan: &mut BuildPlan) {
    if let BuildPlan::Script(script) = plan {
        let variables = session.backend.passed_on(&session.env, &session.run);
        script.env.extend(variables);
    }
}

/// Returns the secrets that the script can read. Secrets with an empty value are removed, because
/// rattler-build would insert its mask between all characters of the log.
fn secrets(env: &Env, recipe: &mut Stage1Recipe) -> Secrets {
    let stagings = recipe.staging_caches.iter_mut();
    let plans = stagings.map(|staging| &mut staging.build.plan);
    let plans = plans.chain([&mut recipe.build.plan]);
    let mut scripts: Vec<_> = plans
        .filter_map(|plan| match plan {
            BuildPlan::Script(script) => Some(script),
            BuildPlan::Steps(_) => None,
        })
        .collect();
    let names: BTreeSet<String> = scripts
        .iter()
        .flat_map(|script| script.secrets.iter().cloned())
        .collect();
    let secrets = Secrets::of(names.iter().map(String::as_str), env);
    for script in &mut scripts {
        script.secrets.retain(|name| secrets.has(name));
    }
    secrets
}

/// The start of a line that a build tool prints when it reports its messages as JSON.
const MESSAGE: &str = "{\"reason\":\"";
