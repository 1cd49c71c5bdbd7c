//! Writes a script for the shell of the build platform: bash on Unix, cmd on
//! Windows. The only place where arguments become text.

mod bash;
mod cmd;

use rattler_conda_types::Subdir;

use crate::backend::script::Script;

/// The commands of `script`, one element each, for a build on `platform`.
pub(super) fn commands(script: &Script, platform: Subdir) -> Vec<String> {
    let write = if platform.is_windows() {
        cmd::step
    } else {
        bash::step
    };
    script.steps.iter().map(write).collect()
}
