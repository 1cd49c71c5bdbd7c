//! `recipe`: prints the generated recipe for rattler-build.

use clap::Args;
use miette::Report;

use crate::backend::Env;
use crate::cli::package::{Package, PackageArguments};
use crate::cli::report::Reporter;
use crate::diagnostic::list;

#[derive(Debug, Args)]
pub(super) struct RecipeArguments {
    #[command(flatten)]
    pub(super) package: PackageArguments,

    /// Print the variants instead, for `rattler-build build --variant-config`
    #[arg(long)]
    variant_config: bool,
}

pub(super) fn recipe(
    env: Env,
    arguments: &RecipeArguments,
    reporter: &Reporter,
) -> Result<u8, Report> {
    let package = Package::open(env, &arguments.package)?.alone();
    let plan = package.plan()?;
    if arguments.variant_config {
        reporter.print(plan.variant_config()?.trim_end())?;
        return Ok(0);
    }
    for warning in plan.early_warnings() {
        tracing::warn!("{warning}");
    }
    let (text, warnings) = plan.recipe.to_yaml()?;
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    let lost = plan.extras.options();
    if !lost.is_empty() {
        let options = list(lost);
        tracing::warn!(
            "the recipe does not contain the effect of {options}: only the backend applies these \
             options"
        );
    }
    reporter.print(text.trim_end())?;
    Ok(0)
}
