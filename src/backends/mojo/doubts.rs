//! Warnings about projects that can be built, although the result is probably not what was meant.

use std::path::{Path, PathBuf};

use super::arguments;
use super::closure::Closure;
use super::config::Config;
use super::mistakes::{near, sibling};
use super::plan::{Item, Kind, Plan};
use super::requirements;
use super::source::Source;
use crate::backend::Request;
use crate::backend::inputs::plain;
use crate::diagnostic::Warning;

/// All warnings of this kind.
pub(super) fn about(request: &Request<'_, Config>, source: &Source) -> Vec<Warning> {
    let Source { plan, closure, .. } = source;
    let mut doubts = import_paths(request, plan);
    doubts.extend(python_modules(plan, closure));
    doubts.extend(processor(request, plan));
    doubts
}

/// Import paths that do not exist. The compiler ignores them, and then does not find the imports.
fn import_paths(request: &Request<'_, Config>, plan: &Plan) -> Vec<Warning> {
    let source = &request.project.source;
    let configured = request.config.import_paths.iter().map(String::as_str);
    let configured = configured.map(|path| ("import-paths", path));
    let arguments = plan.items.iter().map(|item| item.arguments.as_slice());
    let arguments = arguments.flat_map(arguments::import_paths);
    // A path such as `$PREFIX/lib` is known only to the script.
    let arguments = arguments.filter(|path| !path.contains('$'));
    let paths = configured.chain(arguments.map(|path| ("extra-args", path)));
    paths
        .filter_map(|(option, written)| {
            let path = plain(&source.join(written));
            (!path.is_dir()).then(|| no_directory(option, written, &path))
        })
        .collect()
}

/// Extension modules without the function by which Python imports them. It may be in any file that
/// is compiled with them.
fn python_modules(plan: &Plan, closure: &Closure) -> Vec<Warning> {
    let modules = plan.items.iter();
    let modules = modules.filter(|item| item.kind == Kind::PythonModule);
    let without = modules.filter(|item| {
        let function = format!("PyInit_{}", item.name);
        let has_it = |file: &PathBuf| {
            let bytes = std::fs::read(file).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            let mut after = text.split(&function).skip(1);
            after.any(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
        };
        !closure.read.iter().any(has_it)
    });
    without
        .map(|Item { name, .. }| {
            Warning::new(format!(
                "Python cannot import the module `{name}`: no function is called `PyInit_{name}`"
            ))
            .help("give the entry of `python-modules` the name that the function has")
        })
        .collect()
}

/// A processor that not every machine has, although the package can be installed on all. A package
/// of conda-forge for the build requires the level of the processor in every environment.
fn processor(request: &Request<'_, Config>, plan: &Plan) -> Option<Warning> {
    const LEVEL: &str = "x86_64-microarch-level";
    let cpu = request.config.target_cpu.as_deref()?;
    let level = cpu.strip_prefix("x86-64-v").filter(|level| *level > "2")?;
    let is_compiled = plan.items.iter().any(|item| !item.kind.is_library());
    if !is_compiled || requirements::names(request).any(|name| name.contains(LEVEL)) {
        return None;
    }
    let warning = Warning::new(format!(
        "the package can be installed on processors that cannot run it, because of \
         `target-cpu = \"{cpu}\"`"
    ));
    Some(warning.help(format!(
        "write `{LEVEL} = \"{level}.*\"` into `[package.build-dependencies]`; the package is in conda-forge"
    )))
}

fn no_directory(option: &str, written: &str, path: &Path) -> Warning {
    let warning = Warning::new(format!("there is no directory `{written}` (`{option}`)"));
    match near(path) {
        Some(near) => warning.help(format!("did you mean `{}`?", sibling(written, &near))),
        None => warning.help("paths are relative to the source"),
    }
}
