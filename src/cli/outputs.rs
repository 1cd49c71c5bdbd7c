//! `outputs`: prints the outputs without building them.

use std::collections::BTreeMap;

use clap::Args;
use console::Term;
use miette::Report;
use rattler_conda_types::Subdir;
use serde::Serialize;

use crate::backend::Env;
use crate::cli::package::{Package, PackageArguments};
use crate::cli::report::Reporter;
use crate::cli::table::table;
use crate::engine::Described;
use crate::protocol::outputs::{Dependencies, Metadata, Output};
use crate::protocol::spec::NamedSpec;
use crate::protocol::variant::VariantValue;
use crate::recipe::shown;
use crate::recipe::variants::PLATFORM_KEYS;

#[derive(Debug, Args)]
pub(super) struct OutputsArguments {
    #[command(flatten)]
    pub(super) package: PackageArguments,

    /// Print the outputs of every package of the workspace
    #[arg(long)]
    all: bool,

    /// Print one JSON document, with the dependencies
    #[arg(long)]
    pub(super) json: bool,
}

pub(super) fn outputs(
    env: Env,
    arguments: &OutputsArguments,
    reporter: &Reporter,
) -> Result<u8, Report> {
    let packages = Package::open_all(&env, &arguments.package, arguments.all)?;
    let described: Vec<Described<'_>> = (packages.iter())
        .map(Package::outputs)
        .collect::<Result<_, _>>()?;
    let outputs = || described.iter().flat_map(|one| &one.answer.outputs);
    // Several packages can have the same warning.
    let warnings = described.iter().flat_map(|one| {
        let name = one
            .answer
            .outputs
            .first()
            .map(|output| &output.metadata.name);
        let name = name.filter(|_| described.len() > 1);
        let start = name.map_or(String::new(), |name| format!("`{name}`: "));
        let warnings = one.plan.early_warnings();
        warnings.map(move |warning| format!("{start}{warning}"))
    });
    if arguments.json {
        let document = Document {
            outputs: outputs().map(Planned::new).collect(),
            warnings: warnings.collect(),
        };
        let text = serde_json::to_string_pretty(&document)
            .map_err(|error| miette::miette!("the outputs cannot be written: {error}"))?;
        reporter.print(&text)?;
    } else {
        for warning in warnings {
            tracing::warn!("{warning}");
        }
        let heads = ["Name", "Version", "Build", "Platform", "Variant"];
        reporter.print(&table(heads, outputs().map(row), &Term::stdout()))?;
    }
    Ok(0)
}

fn row(output: &Output) -> [String; 5] {
    let Metadata {
        name,
        version,
        build,
        subdir,
        variant,
        ..
    } = &output.metadata;
    let variant: Vec<String> = variant
        .iter()
        .filter(|(key, _)| !PLATFORM_KEYS.contains(&key.as_str()))
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    [
        name.clone(),
        version.clone(),
        build.clone(),
        subdir.to_string(),
        variant.join(" "),
    ]
}

/// The document that `--json` prints.
#[derive(Serialize)]
struct Document<'a> {
    outputs: Vec<Planned<'a>>,
    warnings: Vec<String>,
}

/// A package that would be built. Dependencies are match specs; those that are built from
/// source have the place of the source.
#[derive(Serialize)]
struct Planned<'a> {
    name: &'a str,
    version: &'a str,
    build: &'a str,
    build_number: u64,
    subdir: Subdir,
    license: Option<&'a str>,
    variant: &'a BTreeMap<String, VariantValue>,
    build_dependencies: Vec<String>,
    host_dependencies: Vec<String>,
    run_dependencies: Vec<String>,
    run_constraints: Vec<String>,
    extra_dependencies: BTreeMap<&'a str, Vec<String>>,
}

impl<'a> Planned<'a> {
    fn new(output: &'a Output) -> Self {
        let Output {
            metadata,
            build_dependencies,
            host_dependencies,
            run_dependencies,
            extra_dependencies,
            ignore_run_exports: _,
            run_exports: _,
            input_globs: _,
        } = output;
        let depends = |dependencies: &Dependencies| specs(&dependencies.depends);
        Self {
            name: &metadata.name,
            version: &metadata.version,
            build: &metadata.build,
            build_number: metadata.build_number,
            subdir: metadata.subdir,
            license: metadata.license.as_deref(),
            variant: &metadata.variant,
            build_dependencies: depends(build_dependencies),
            host_dependencies: depends(host_dependencies),
            run_dependencies: depends(run_dependencies),
            run_constraints: specs(&run_dependencies.constraints),
            extra_dependencies: extra_dependencies
                .iter()
                .map(|(group, dependencies)| (group.as_str(), specs(dependencies)))
                .collect(),
        }
    }
}

fn specs(specs: &[NamedSpec]) -> Vec<String> {
    specs.iter().map(shown).collect()
}
