//! Hooks: commands of the user. Each has its own exit code and its own part of the log.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use miette::Report;
use rattler_build_core::tool_configuration::Configuration;
use rattler_build_core::types::Output;
use rattler_build_recipe::stage1::build::BuildPlan;
use rattler_build_script::InterpreterError;

use super::Finish;
use super::mistakes::{HookChangedSources, HookFailed, Spot};
use crate::backend::Log;
use crate::backend::hooks::{Hook, HookCommand};
use crate::backend::script::{Script, Step, Word};
use crate::backend::tree::Tree;
use crate::engine::steps;
use crate::recipe;

/// The time when a hook runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Moment {
    BeforeBuild,
    AfterInstall,
}

/// Runs the hook of `moment`.
///
/// # Errors
/// [`HookFailed`], [`HookChangedSources`].
pub(super) async fn run(
    moment: Moment,
    finish: &Finish<'_>,
    output: &Output,
    tools: &Configuration,
    spot: Spot<'_>,
) -> Result<(), Report> {
    let extras = &finish.plan.extras;
    let hook = match moment {
        Moment::BeforeBuild => extras.hooks.before_build.as_ref(),
        Moment::AfterInstall => extras.hooks.after_install.as_ref(),
    };
    let Some(hook) = hook else {
        return Ok(());
    };
    let name = hook.name().to_string();
    tracing::info!("running the hook `{name}`");
    let script = script(hook, &extras.root, &extras.hooks.variables);
    let mut script = recipe::extra_script(&script, finish.plan.platforms.build)?;
    let mut hooked = output.clone();
    if let BuildPlan::Script(main) = &output.recipe.build.plan {
        script.env = main.env.clone();
        script.secrets = main.secrets.clone();
    }
    hooked.recipe.build.plan = BuildPlan::Script(script);
    // In a copy of the sources, hooks may edit files.
    let tree = finish.plan.copied_sources.is_none().then(|| tree(finish));
    let before = tree.as_ref().map(states);
    let ended = steps::execute(&hooked, tools).await;
    ended.map_err(|error| failed(&error, &name, hook, finish, spot))?;
    let after = tree.as_ref().map(states);
    let change = before.zip(after);
    match change.and_then(|(before, after)| changed(&before, &after)) {
        None => Ok(()),
        Some(path) => Err(HookChangedSources {
            name,
            path,
            file: spot.file(),
            at: spot.at(&hook.at),
        }
        .into()),
    }
}

fn script(hook: &Hook, root: &Path, variables: &[Step]) -> Script {
    let words = match &hook.run {
        HookCommand::Words(words) => words.iter().map(Word::literal).collect(),
        HookCommand::File(file) => {
            let path = root.join(file).display().to_string();
            let mut words = interpreter(file);
            words.push(path);
            words.iter().map(Word::literal).collect()
        }
    };
    let folder = Word::literal(root.display().to_string());
    let mut steps = variables.to_vec();
    steps.push(Step::RunIn(folder, words));
    Script {
        steps,
        ..Script::default()
    }
}

/// Returns the interpreter for a file, according to its suffix.
fn interpreter(file: &str) -> Vec<String> {
    let words: &[&str] = match file.rsplit('.').next() {
        Some("sh") => &["bash", "-e"],
        Some("bat") => &["cmd", "/d", "/c", "call"],
        Some("ps1") => &["pwsh", "-NoProfile", "-File"],
        Some("py") => &["python"],
        _ => &["nu"],
    };
    words.iter().map(ToString::to_string).collect()
}

fn failed(
    error: &InterpreterError,
    name: &str,
    hook: &Hook,
    finish: &Finish<'_>,
    spot: Spot<'_>,
) -> HookFailed {
    let text = std::fs::read(&finish.log).unwrap_or_default();
    let log = Log::new(&String::from_utf8_lossy(&text));
    let ended = match (error, log.exit()) {
        (InterpreterError::ExecutionFailed(_), Some((_, code))) => {
            format!("ended with exit code {code}")
        }
        (InterpreterError::ExecutionFailed(_), None) => "failed".to_string(),
        (other, _) => format!("cannot run: {other}"),
    };
    // The commands, which the shell itself prints, are removed.
    let lines: Vec<&str> = log.lines().filter(|line| !line.starts_with("+ ")).collect();
    let lines = &lines[lines.len().saturating_sub(6)..];
    HookFailed {
        name: name.to_string(),
        ended,
        printed: if lines.is_empty() {
            String::new()
        } else {
            format!(": {}", lines.join("\n"))
        },
        help: format!(
            "its tools come from `[package.build-dependencies]`; everything it printed is in {}",
            finish.log.display()
        ),
        file: spot.file(),
        at: spot.at(&hook.at),
    }
}

/// Returns the sources, without the directories that builds write to.
fn tree(finish: &Finish<'_>) -> Tree {
    let session = finish.session;
    let scratch = session.folders.scratch.iter().cloned();
    let root = &finish.plan.extras.root;
    let outputs = session.backend.output_directories().iter();
    Tree {
        root: root.clone(),
        include: Vec::new(),
        exclude: Vec::new(),
        use_gitignore: true,
        pruned: scratch
            .chain([
                finish.paths.work_directory.clone(),
                finish.paths.packages.clone(),
                // Git writes there even when it is only asked something.
                root.join(".git"),
            ])
            .chain(outputs.map(|name| root.join(name)))
            .collect(),
    }
}

type States = BTreeMap<PathBuf, (u64, Option<SystemTime>)>;

fn states(tree: &Tree) -> States {
    let entries = tree.walk().build().flatten();
    let files = entries.filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
    let files = files.filter_map(|entry| {
        let about = entry.metadata().ok()?;
        Some((entry.into_path(), (about.len(), about.modified().ok())))
    });
    files.collect()
}

/// Returns the first file that was added, modified or deleted.
fn changed(before: &States, after: &States) -> Option<PathBuf> {
    let new = after
        .iter()
        .find(|(path, state)| before.get(*path) != Some(state));
    let gone = || before.keys().find(|path| !after.contains_key(*path));
    new.map(|(path, _)| path).or_else(gone).cloned()
}
