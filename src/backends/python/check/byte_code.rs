//! Warns about modules that Python cannot compile, such as templates.

use miette::Report;

use super::super::layout::UNCOMPILED;
use crate::backend::BuildPaths;
use crate::diagnostic::{Warning, read_text};

/// Warns about the modules without byte code that `script/compile.py` listed.
///
/// # Errors
/// A list that cannot be read.
pub(super) fn missing(paths: &BuildPaths) -> Result<Option<Warning>, Report> {
    let listed = read_text(&paths.script_folder.join(UNCOMPILED))?;
    let modules = listed.lines().filter_map(|line| line.split_once('\t'));
    let modules: Vec<(&str, &str)> = modules.collect();
    if modules.is_empty() {
        return Ok(None);
    }
    let shown: Vec<String> = modules
        .iter()
        .map(|(module, reason)| format!("{module}, {reason}"))
        .collect();
    let patterns: Vec<String> = modules
        .iter()
        .map(|(module, _)| format!("\"{module}\""))
        .collect();
    let warning = Warning::new(format!(
        "the Python of the package cannot compile some of its modules: {}",
        shown.join("; ")
    ));
    Ok(Some(warning.help(format!(
        "write `skip-pyc-compilation = [{}]` into `[package.build.config]` if these files are \
         templates or are for another version of Python",
        patterns.join(", ")
    ))))
}
