//! Writes a script for the shell of the build platform: bash on Unix, cmd on
//! Windows. The only place where arguments become text.

mod bash;
mod cmd;

use rattler_conda_types::Subdir;

use crate::backend::script::Script;

/// The commands of `script`, one element each, for a build on `platform`.
pub(super) fn commands(script: &Script, platform: Subdir) -> Vec<String> {
    if platform.is_windows() {
        return script.steps.iter().map(cmd::step).collect();
    }
    let steps = script.steps.iter().map(bash::step);
    std::iter::once(bash::NOTE_FAILURE.to_string())
        .chain(steps)
        .collect()
}

/// A value with templates, protected from the shell that will set it: in what
/// stands around the templates only references to variables mean something.
pub(super) fn template(text: &str, platform: Subdir) -> String {
    if platform.is_windows() {
        return text.to_string();
    }
    bash::template(text)
}
