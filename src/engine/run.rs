//! The answer to `conda/build_v1`: runs the script and packs what it installed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report};
use rattler_build_recipe::stage1::build::BuildPlan;
use rattler_build_types::GlobVec;
use rattler_conda_types::Subdir;
use thiserror::Error;

use crate::backend::inputs::escape;
use crate::backend::{Backend, Built, Env, Platforms, SHOW_PROGRESS};
use crate::diagnostic::create_folder;
use crate::disk;
use crate::engine::debug::DebugFolder;
use crate::engine::globs::globs;
use crate::engine::job::Job;
use crate::engine::log::{Log, remove_lines};
use crate::engine::secrets::Secrets;
use crate::engine::{Ask, Plan, Session, again, built_inputs, failure, plan, prepare, sweep};
use crate::protocol::build::{Answer, Params, Prefix};
use crate::protocol::outputs::VariantValue;
use crate::recipe::variants::Choice;

/// Plans and runs one build.
///
/// # Errors
/// Mistakes in the user's files, an output that is not what was described, a
/// failed build.
pub async fn build<B: Backend>(
    session: &Session<B>,
    params: Params,
    debug: &DebugFolder,
) -> Result<Answer, Report> {
    debug.project(session);
    let current = Subdir::current().unwrap_or(params.output.subdir);
    let ask = Ask {
        platforms: platforms(&params, current),
        choice: Choice::Pinned(params.output.variant.clone()),
    };
    let plan = plan(session, &ask)?;
    debug.plan(&plan);
    run(session, &plan, params).await
}

/// What the platforms of a build are: those of its prefixes, else those that the
/// output was described with, else this machine's.
fn platforms(params: &Params, current: Subdir) -> Platforms {
    let of = |prefix: &Option<Prefix>| prefix.as_ref().map(|prefix| prefix.platform);
    let described = |key: &str| match params.output.variant.get(key) {
        Some(VariantValue::String(subdir)) => subdir.parse().ok(),
        _ => None,
    };
    Platforms {
        build: of(&params.build_prefix)
            .or_else(|| described("build_platform"))
            .unwrap_or(current),
        host: of(&params.host_prefix)
            .or_else(|| described("target_platform"))
            .unwrap_or(params.output.subdir),
    }
}

/// Builds the output that `params` name.
///
/// # Errors
/// [`BuildFailed`] with the first compiler errors; whatever packing runs into.
async fn run<B: Backend>(
    session: &Session<B>,
    plan: &Plan,
    params: Params,
) -> Result<Answer, Report> {
    let mut rendered = plan.select(&params.output)?.clone();
    for warning in &plan.warnings {
        tracing::warn!("{warning}");
    }

    let work_directory = params.work_directory.clone();
    let host_prefix = params.host_folder();
    create_folder(&work_directory)?;
    let foreign = sweep::sweep(&host_prefix, &work_directory)?;
    rendered.recipe.build.files = everything_but(&foreign)?;
    pass_on(&session.env, &mut rendered.recipe.build.plan);
    let secrets = secrets(&session.env, &mut rendered.recipe.build.plan);
    secrets.watch();
    let job = Job {
        backend: B::NAME,
        recipe_path: session.project.manifest.path().to_path_buf(),
        plan,
        rendered,
        params,
        now: source_date(&session.env)?,
    };
    let aliases = job.aliases()?;
    let built = Built {
        script_folder: job.params.script_folder(),
        build_prefix: job.params.build_folder(),
        host_prefix,
        packages: job.params.output_folder(),
        alias: aliases.folder().map(Path::to_path_buf),
        work_directory: work_directory.clone(),
    };
    let log = Log::begin(&work_directory, &secrets);
    let source = session.project.source.clone();
    let alone = match &plan.lock {
        Some(path) => Some(prepare::alone(path.clone()).await?),
        None => None,
    };
    prepare::write(&plan.script_files)?;
    again(session, plan, |request| {
        session.backend.before_build(request, &built)
    })?;
    let result = job.run(&aliases).await;
    let log = log.finish();
    if session.env.get(SHOW_PROGRESS).is_some() {
        remove_lines(&log, |line| B::progress(line).is_some());
    }
    let (output, archive) = result.map_err(|error| failure::explained(error, &log, &source))?;
    let made = sweep::made(&built.host_prefix, &foreign)?;
    let checked = match made.is_empty() {
        true => Err(failure::nothing_installed(&log)),
        false => secrets.check_package(&built.host_prefix, made),
    };
    if let Err(error) = checked {
        disk::remove_file(&archive)?;
        return Err(error);
    }

    let inputs = built_inputs(session, plan, &built);
    drop(alone);
    DebugFolder::of(&work_directory).inputs(&inputs);
    let (input_globs, input_glob_sets) = globs(&inputs, &source);
    Ok(Answer {
        output_file: archive,
        input_globs,
        input_glob_sets,
        name: output.name().as_normalized().to_string(),
        version: output.version().to_string(),
        build: output.build_string().into_owned(),
        subdir: *output.target_platform(),
    })
}

/// Variables that change how fast Cargo works, or whether it may use the network. They
/// change no package, so they are no part of the recipe.
const PASSED_ON: [&str; 2] = ["CARGO_BUILD_JOBS", "CARGO_NET_OFFLINE"];

/// Lets the script see those variables of this process. What the user configured wins,
/// because the script sets it.
fn pass_on(env: &Env, plan: &mut BuildPlan) {
    let BuildPlan::Script(script) = plan else {
        return;
    };
    for name in PASSED_ON {
        if let Some(value) = env.get(name) {
            script.env.insert(name.to_string(), value.to_string());
        }
    }
}

/// The secrets that the script sees. rattler-build would mask an empty value between
/// any two signs.
fn secrets(env: &Env, plan: &mut BuildPlan) -> Secrets {
    let BuildPlan::Script(script) = plan else {
        return Secrets::default();
    };
    let secrets = Secrets::of(script.secrets.iter().map(String::as_str), env);
    script.secrets.retain(|name| secrets.has(name));
    secrets
}

/// Packs everything new except what was in the prefix and belongs to nobody.
fn everything_but(foreign: &BTreeSet<PathBuf>) -> Result<Option<GlobVec>, Report> {
    if foreign.is_empty() {
        return Ok(None);
    }
    let paths = foreign.iter().filter_map(|path| path.to_str());
    let excluded = paths.map(escape).collect();
    GlobVec::from_strings(vec!["**".to_string()], excluded)
        .map(Some)
        .map_err(|error| miette::miette!("files of the host prefix cannot be left out: {error}"))
}

/// The seconds since 1970 that an archive can name: from 1980 until 2107.
const DATES: (i64, i64) = (315_532_800, 4_354_819_199);

/// `SOURCE_DATE_EPOCH`, for builds that must come out the same every time, or the nearest
/// date that an archive can name; else now.
///
/// # Errors
/// [`BadSourceDate`].
fn source_date(env: &Env) -> Result<jiff::Timestamp, BadSourceDate> {
    let Some(value) = env.get("SOURCE_DATE_EPOCH") else {
        return Ok(jiff::Timestamp::now());
    };
    let seconds: Option<i64> = value.parse().ok().filter(|seconds| *seconds >= 0);
    let seconds = seconds.map(|seconds| seconds.clamp(DATES.0, DATES.1));
    let date = seconds.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    date.ok_or_else(|| BadSourceDate(value.to_string()))
}

/// A date that compilers would refuse, each with an error of its own.
#[derive(Debug, Error, Diagnostic)]
#[error("`SOURCE_DATE_EPOCH` is `{0}`, which is no date")]
#[diagnostic(
    code(build::source_date),
    help("it is a number of seconds since the beginning of 1970, such as 1767225600")
)]
struct BadSourceDate(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_that_an_archive_can_name() {
        let date = |value: &str| {
            let variable = ("SOURCE_DATE_EPOCH".to_string(), value.to_string());
            source_date(&Env::from_iter([variable])).map(|date| date.as_second())
        };
        assert_eq!(date("0").expect("a date"), 315_532_800);
        assert_eq!(date("1700000000").expect("a date"), 1_700_000_000);
        assert_eq!(date("99999999999").expect("a date"), 4_354_819_199);
        for value in ["-1", "1e9", "yesterday", "99999999999999999999"] {
            assert!(date(value).is_err(), "{value}");
        }
    }
}
