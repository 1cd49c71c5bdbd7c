//! `explain`: the outputs, and the files that trigger a rebuild, with the reason
//! for each.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use bytesize::ByteSize;
use clap::Args;
use miette::Report;

use crate::backend::{Cache, Env, GlobSet};
use crate::cli::package::{Package, PackageArguments};
use crate::cli::report::Reporter;
use crate::engine::debug::{DebugFolder, latest_build};
use crate::engine::input_snapshot::{Change, What, changes};
use crate::engine::{Described, Plan, Session};
use crate::protocol::outputs::Output;
use crate::protocol::spec::PackageSpec;

#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    #[command(flatten)]
    pub(super) package: PackageArguments,

    /// Explain every package of the workspace
    #[arg(long, conflicts_with = "work_dir")]
    all: bool,

    /// Explain the build in this work directory [default: the latest below .pixi/bld/<package>]
    #[arg(long, value_name = "DIRECTORY", value_hint = clap::ValueHint::DirPath)]
    work_dir: Option<PathBuf>,
}

pub(super) fn explain(
    env: Env,
    arguments: &ExplainArguments,
    reporter: &Reporter,
) -> Result<u8, Report> {
    let packages = Package::open_all(&env, &arguments.package, arguments.all)?;
    let told = packages.iter().map(|package| of(package, arguments));
    let told: Vec<String> = told.collect::<Result<_, _>>()?;
    reporter.print(told.join("\n").trim_end())?;
    Ok(0)
}

/// The explanation of one package.
fn of(package: &Package, arguments: &ExplainArguments) -> Result<String, Report> {
    let Described { answer, plan } = package.outputs()?;
    let debug = match &arguments.work_dir {
        Some(work) => Some(DebugFolder::at(work)?),
        None => (plan.outputs.first())
            .and_then(|output| latest_build(&package.builds(output.name())))
            .map(|work| DebugFolder::of(&work)),
    };
    let recorded = match debug {
        Some(debug) => debug.recorded_inputs()?.map(|inputs| (inputs, debug)),
        None => None,
    };
    let mut text = text(&plan, &package.session, recorded.as_ref());
    text.push_str(&built_from_source(&answer.outputs));
    if let Some((inputs, debug)) = &recorded {
        text.push_str(&reuse(&plan, inputs, debug)?);
        text.push_str(&installed(debug)?);
    }
    text.push_str(&shared(&package.caches()));
    Ok(text)
}

fn text(plan: &Plan, session: &Session, recorded: Option<&(Vec<GlobSet>, DebugFolder)>) -> String {
    let mut text = String::new();
    let mut line = |indent: usize, line: &str| {
        let blanks = " ".repeat(indent);
        writeln!(text, "{blanks}{line}").expect("text can be written into a string");
    };
    for output in &plan.outputs {
        let host = plan.platforms.host;
        line(0, &format!("{} for {host}", output.identifier()));
    }
    for warning in plan.early_warnings() {
        line(0, &format!("warning: {warning}"));
    }
    line(
        0,
        "\npixi asks for the metadata again when one of these files changes:",
    );
    sets(&plan.metadata_inputs, &mut line);
    match recorded {
        Some((inputs, debug)) => {
            let work = debug.work();
            line(
                0,
                "\npixi rebuilds the package when one of these files changes,",
            );
            line(0, &format!("according to the build in {}:", work.display()));
            sets(inputs, &mut line);
        }
        None => {
            line(
                0,
                "\nno finished build is recorded. The next build reads at most:",
            );
            sets(&plan.inputs(session), &mut line);
        }
    }
    text
}

/// The packages in the environments of the build that are built from source, too.
fn built_from_source(outputs: &[Output]) -> String {
    let environments =
        (outputs.iter()).flat_map(|output| [&output.build_dependencies, &output.host_dependencies]);
    let stated = environments.flat_map(|environment| &environment.depends);
    let lines: BTreeSet<String> = stated
        .filter_map(|stated| match &stated.spec {
            PackageSpec::Source(source) => {
                Some(format!("  {} ({})\n", stated.name, source.location))
            }
            _ => None,
        })
        .collect();
    if lines.is_empty() {
        return String::new();
    }
    let lines: String = lines.into_iter().collect();
    format!(
        "\npixi also rebuilds the package after these packages, which are built from source:\n{lines}"
    )
}

/// The reason why each file is in the package that was built last.
fn installed(debug: &DebugFolder) -> Result<String, Report> {
    let reasons = debug.recorded_reasons()?;
    if reasons.is_empty() {
        return Ok(String::new());
    }
    let lines = reasons.iter();
    let lines = lines.map(|(path, reason)| format!("  {path} ({reason})\n"));
    let lines: String = lines.collect();
    Ok(format!(
        "\nthe package contains these files, each with its reason:\n{lines}"
    ))
}

/// The caches that later builds use.
fn shared(caches: &[Cache]) -> String {
    let mut text = "\nlater builds reuse the content of these directories:\n".to_string();
    for cache in caches {
        let size = ByteSize(cache.size());
        let folder = cache.folder.display();
        text.push_str(&format!("  {}, {size} in {folder}\n", cache.what));
    }
    text
}

/// Whether the package that was built last can be reused, and the reason if it cannot.
fn reuse(plan: &Plan, inputs: &[GlobSet], debug: &DebugFolder) -> Result<String, Report> {
    let built = debug.recorded_build()?.1.output;
    if let [output] = plan.outputs.as_slice() {
        let (version, build) = (output.version().to_string(), &output.build_string);
        let is_same = built
            .version
            .as_ref()
            .is_none_or(|before| *before == version)
            && built.build.as_ref().is_none_or(|before| before == build);
        if !is_same {
            return Ok(format!(
                "\nthe last build cannot be reused: it built {built}\n"
            ));
        }
    }
    let before = debug.recorded_files()?;
    let changes = changes(inputs, &before);
    if changes.is_empty() {
        let count = before.len();
        return Ok(format!(
            "\nthe last build can be reused: none of its {count} files was modified\n"
        ));
    }
    let mut text = "\nthe last build cannot be reused, because of these files:\n".to_string();
    for Change { file, what, reason } in changes {
        let what = match what {
            What::Changed => "modified",
            What::New => "added",
            What::Gone => "deleted",
        };
        let file = file.display();
        text.push_str(&format!("  {what:8}  {file} ({reason})\n"));
    }
    Ok(text)
}

fn sets(sets: &[GlobSet], line: &mut impl FnMut(usize, &str)) {
    for set in sets {
        line(2, &format!("{}, in {}", set.reason, set.root.display()));
        // Exclusions would fill the screen. The debug directory contains them.
        for pattern in set.patterns.iter().filter(|p| !p.starts_with('!')) {
            line(6, pattern);
        }
    }
}
