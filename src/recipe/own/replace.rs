//! Replaces parts of a recipe with values from the options and `pixi.toml`.

use std::collections::BTreeMap;
use std::path::Path;

use miette::{Diagnostic, Report, SourceSpan};
use rattler_build_jinja::{Jinja, JinjaConfig, Variable};
use rattler_build_recipe::stage0::source::PathSource;
use rattler_build_recipe::stage0::{
    ConditionalList, IncludeExclude, Item, Output, Recipe as Stage0, Source, Value,
};
use thiserror::Error;

use super::Own;
use crate::backend::Platforms;
use crate::diagnostic::{SourceFile, Warning, list, nearest};
use crate::project::Project;
use crate::project::config::written_at;
use crate::protocol::outputs::VariantValue;
use crate::recipe::variants::variable;

/// The text for rattler-build. It has no byte order mark, and no key with the schema for
/// editors, which only recipes for one package may have.
pub(super) fn readable(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match text.find("$schema:") {
        Some(at) if at == 0 || text[..at].ends_with('\n') => {
            let mut text = text.to_string();
            text.replace_range(at..=at, "#");
            text
        }
        _ => text.to_string(),
    }
}

/// Replaces entries of the recipe's `context`, and adds the names for values of
/// `pixi.toml`.
///
/// # Errors
/// [`UnknownContext`].
pub(super) fn context(
    own: &mut Own,
    given: &BTreeMap<String, VariantValue>,
    project: &Project,
    platforms: Platforms,
) -> Result<(), Report> {
    let mut added: Vec<(String, Variable)> = manifest(project)
        .into_iter()
        .filter(|(name, _)| own.text.as_str().contains(name.as_str()))
        .collect();
    added.extend(platform_names(&own.stage0, platforms));
    let context = match &mut own.stage0 {
        Stage0::SingleOutput(single) => &mut single.context,
        Stage0::MultiOutput(multi) => &mut multi.context,
    };
    for (name, value) in given {
        let Some(entry) = context.get_mut(name) else {
            let keys = context.keys().map(String::as_str);
            return Err(UnknownContext {
                help: match nearest(name, keys.clone()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if context.is_empty() => "the recipe has no `context`".to_string(),
                    None => format!("its entries are {}", list(keys)),
                },
                name: name.clone(),
                at: written_at(&project.manifest, platforms.host, &["context", name]),
                file: project.manifest.file(),
            }
            .into());
        };
        *entry = Value::new_concrete(variable(value), None);
    }
    for (index, (name, value)) in added.into_iter().enumerate() {
        if !context.contains_key(&name) {
            context.shift_insert(
                index.min(context.len()),
                name,
                Value::new_concrete(value, None),
            );
        }
    }
    Ok(())
}

/// The values of `pixi.toml`, by their names in templates.
fn manifest(project: &Project) -> Vec<(String, Variable)> {
    let metadata = project.metadata();
    let values = [
        ("pixi_name", metadata.name),
        ("pixi_version", metadata.version),
        ("pixi_license", metadata.license),
        ("pixi_description", metadata.description),
        ("pixi_homepage", metadata.homepage),
        ("pixi_repository", metadata.repository),
    ];
    let known = values
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    known
        .map(|(name, value)| (name.to_string(), Variable::from(value)))
        .collect()
}

/// The names of platforms in a `build.string`, which rattler-build evaluates for the
/// platform of the machine instead of that of the package.
fn platform_names(stage0: &Stage0, platforms: Platforms) -> Vec<(String, Variable)> {
    let jinja = Jinja::new(JinjaConfig {
        target_platform: platforms.host,
        host_platform: platforms.host,
        build_platform: platforms.build,
        ..Default::default()
    });
    let mut names: Vec<String> = build_strings(stage0)
        .into_iter()
        .flat_map(|string| string.used_variables())
        .collect();
    names.sort();
    names.dedup();
    let values = names.into_iter().filter_map(|name| {
        let value = jinja.context().get(&name)?;
        let truth = bool::try_from(value.clone()).ok()?;
        Some((name, Variable::from(truth)))
    });
    values.collect()
}

/// Whether an output sets its build string.
pub(super) fn has_build_string(stage0: &Stage0) -> bool {
    !build_strings(stage0).is_empty()
}

fn build_strings(stage0: &Stage0) -> Vec<&Value<String>> {
    match stage0 {
        Stage0::SingleOutput(single) => single.build.string.iter().collect(),
        Stage0::MultiOutput(multi) => {
            let outputs = multi.outputs.iter().filter_map(|output| match output {
                Output::Package(package) => package.build.string.as_ref(),
                Output::Staging(_) => None,
            });
            multi.build.string.iter().chain(outputs).collect()
        }
    }
}

/// Replaces all sources with one directory.
pub(super) fn sources(stage0: &mut Stage0, folder: &Path, warnings: &mut Vec<Warning>) {
    let all = match stage0 {
        Stage0::SingleOutput(single) => {
            vec![&mut single.source]
        }
        Stage0::MultiOutput(multi) => {
            let outputs = multi.outputs.iter_mut().map(|output| match output {
                Output::Package(package) => &mut package.source,
                Output::Staging(staging) => &mut staging.source,
            });
            std::iter::once(&mut multi.source).chain(outputs).collect()
        }
    };
    let mut patches = 0;
    for (index, sources) in all.into_iter().enumerate() {
        patches += sources.iter().map(patches_of).sum::<usize>();
        *sources = match index {
            0 => ConditionalList::new(vec![directory(folder)]),
            _ => ConditionalList::default(),
        };
    }
    if patches > 0 {
        warnings.push(
            Warning::new(format!("{patches} patches of the recipe are not applied"))
                .help("`source` in the configuration replaces the sources they belong to"),
        );
    }
}

fn directory(folder: &Path) -> Item<Source> {
    let source = Source::Path(PathSource {
        path: Value::new_concrete(folder.to_path_buf(), None),
        sha256: None,
        md5: None,
        patches: ConditionalList::default(),
        target_directory: None,
        file_name: None,
        use_gitignore: true,
        filter: IncludeExclude::default(),
    });
    Item::Value(Value::new_concrete(source, None))
}

fn patches_of(item: &Item<Source>) -> usize {
    let of = |source: &Source| match source {
        Source::Git(git) => git.patches.len(),
        Source::Url(url) => url.patches.len(),
        Source::Path(path) => path.patches.len(),
    };
    match item {
        Item::Value(value) => value.as_concrete().map_or(0, of),
        Item::Conditional(conditional) => {
            let branches = conditional
                .then
                .iter()
                .chain(conditional.else_value.iter().flat_map(|list| list.iter()));
            branches.map(patches_of).sum()
        }
    }
}

/// A value for a name that is not in the recipe.
#[derive(Debug, Error, Diagnostic)]
#[error("the recipe has no `{name}` in its `context`")]
#[diagnostic(code(config::unknown_context), help("{help}"))]
struct UnknownContext {
    name: String,
    help: String,
    #[source_code]
    file: SourceFile,
    #[label("replaces nothing")]
    at: Option<SourceSpan>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_for_editors() {
        let text = "# ä\n$schema: https://x\npackage:\n";
        let without = readable(text);
        assert_eq!(without, "# ä\n#schema: https://x\npackage:\n");
        assert_eq!(readable("a: $schema:\n"), "a: $schema:\n");
    }
}
