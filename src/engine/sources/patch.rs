//! The patches of a source.

use std::path::Path;

use miette::{Diagnostic, Report, SourceSpan};
use rattler_build_core::source::SourceError;
use rattler_build_core::source::patch::apply_patch_custom;
use rattler_build_core::types::Directories;
use rattler_build_types::LateBoundPath;
use thiserror::Error;

use super::{NoSuchPath, Sources};
use crate::diagnostic::SourceFile;
use crate::recipe::RecipeText;

impl Sources<'_> {
    /// Applies a patch to the files in `target`.
    ///
    /// # Errors
    /// A patch that does not exist, cannot be read or does not apply.
    pub(super) fn patch(&self, patch: &LateBoundPath, target: &Path) -> Result<(), Report> {
        let Directories {
            work_dir,
            recipe_dir,
            build_dir,
            ..
        } = self.directories;
        let resolved = patch.resolve(|name| match name {
            "SRC_DIR" => Some(work_dir.clone()),
            "RECIPE_DIR" => Some(recipe_dir.clone()),
            "BUILD_DIR" => Some(build_dir.clone()),
            _ => None,
        });
        let file = recipe_dir.join(resolved);
        let written = patch.as_str().to_string();
        if !file.is_file() {
            return Err(NoSuchPath::new(self.text, &file, &written).into());
        }
        tracing::info!("applying {}", file.display());
        apply_patch_custom(target, &file).map_err(|error| {
            let is_unreadable = matches!(error, SourceError::PatchParseFailed(_));
            let reason = match missing(&file, target) {
                Some(name) => format!("the sources do not contain `{name}`"),
                None => error.to_string(),
            };
            let is_quoted = is_unreadable && quotes_names(&file);
            NotPatched::new(self.text, written, &reason, is_quoted).into()
        })
    }
}

/// Whether a patch has names in quotes, as git writes names that are not ASCII. rattler-build does
/// not read them.
fn quotes_names(patch: &Path) -> bool {
    let text = std::fs::read(patch).unwrap_or_default();
    let mut lines = text.split(|byte| *byte == b'\n');
    lines.any(|line| line.starts_with(b"--- \"") || line.starts_with(b"+++ \""))
}

/// The file that a patch changes and that does not exist in `target`, neither with the first
/// directory of its name nor without.
fn missing(patch: &Path, target: &Path) -> Option<String> {
    let text = std::fs::read(patch).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    // A patch may change a file that it creates before.
    if text.contains("--- /dev/null") || text.contains("rename to ") {
        return None;
    }
    let names = text.lines().filter_map(|line| {
        let name = line.strip_prefix("--- ")?.split('\t').next()?.trim();
        (!name.contains([' ', '"'])).then_some(name)
    });
    let exists = |name: &str| {
        let short = name.split_once('/').map_or(name, |(_, rest)| rest);
        let names = [name, short];
        names
            .iter()
            .any(|name| target.join(name.trim_end_matches(".orig")).exists())
    };
    let mut missing = names.filter(|name| !exists(name));
    let name = missing.next()?;
    Some(name.strip_prefix("a/").unwrap_or(name).to_string())
}

/// A patch that cannot be read or does not apply.
#[derive(Debug, Error, Diagnostic)]
#[error("the patch {patch} cannot be applied: {reason}")]
#[diagnostic(code(source::patch), help("{help}"))]
struct NotPatched {
    help: &'static str,
    patch: String,
    reason: String,
    #[source_code]
    file: SourceFile,
    #[label("this patch")]
    at: Option<SourceSpan>,
}

impl NotPatched {
    /// `quotes_names` is whether the patch cannot be read and has names of files in quotes.
    fn new(text: &RecipeText, patch: String, reason: &str, quotes_names: bool) -> Self {
        let words: Vec<&str> = reason.split_whitespace().collect();
        let reason = words.join(" ");
        let start = "Patch application error: ";
        Self {
            help: if quotes_names {
                "a name in it is in quotes, because it is not ASCII: create the patch again with \
                 `git -c core.quotePath=false`"
            } else {
                "it may belong to another version of the sources: create it again from these"
            },
            reason: reason.strip_prefix(start).unwrap_or(&reason).to_string(),
            file: text.file(),
            at: text.find(&patch),
            patch,
        }
    }
}
