//! Writes a script for the shell of the build platform: bash on Unix, cmd on Windows.
//! Only this module converts arguments to text.

mod bash;
mod cmd;

use miette::Diagnostic;
use rattler_conda_types::Subdir;
use thiserror::Error;

use crate::backend::script::{Part, Script, Step, Word};

/// The commands of `script`, one element each, for a build on `platform`.
///
/// # Errors
/// [`LineEnd`].
pub(super) fn commands(script: &Script, platform: Subdir) -> Result<Vec<String>, LineEnd> {
    if platform.is_windows() {
        script.steps.iter().try_for_each(one_line)?;
        return Ok(script.steps.iter().flat_map(cmd::lines).collect());
    }
    let steps = script.steps.iter().map(bash::step);
    let commands = std::iter::once(bash::note_failure()).chain(steps);
    Ok(commands.collect())
}

/// The text of a file with `steps` that a script on `platform` reads in its own shell, see
/// [`Step::Source`].
///
/// # Errors
/// [`LineEnd`].
pub fn sourced(steps: &[Step], platform: Subdir) -> Result<String, LineEnd> {
    if platform.is_windows() {
        steps.iter().try_for_each(one_line)?;
        return Ok(cmd::called(steps));
    }
    Ok(bash::sourced(steps))
}

/// Checks for line ends, because cmd reads its script line by line and cannot escape a
/// line end.
fn one_line(step: &Step) -> Result<(), LineEnd> {
    let check = |variable: Option<&String>, word: &Word| {
        let literals = word.0.iter().filter_map(|part| match part {
            Part::Literal(text) => Some(text),
            Part::Variable(_) => None,
        });
        let mut broken = literals.filter(|text| text.contains(['\n', '\r']));
        broken.next().map_or(Ok(()), |text| {
            Err(LineEnd {
                variable: variable.cloned(),
                text: text.clone(),
            })
        })
    };
    match step {
        Step::Run(words) | Step::Try(words) | Step::AtExit(words) => {
            words.iter().try_for_each(|word| check(None, word))
        }
        Step::Set(name, word) | Step::Append(name, word) => check(Some(name), word),
        Step::RunIn(folder, words) | Step::Keep(folder, words, _) => {
            check(None, folder)?;
            words.iter().try_for_each(|word| check(None, word))
        }
        Step::Source(word) => check(None, word),
        Step::When(_, steps) => steps.iter().try_for_each(one_line),
        Step::Unset(_) => Ok(()),
    }
}

/// A value with templates, escaped for the shell that sets it. Outside of the templates
/// only references to variables are special.
pub(super) fn template(text: &str, platform: Subdir) -> String {
    if platform.is_windows() {
        return text.to_string();
    }
    bash::template(text)
}

/// Text that the shell of Windows cannot pass on. The engine, which knows the tables of
/// the manifest, adds the place.
#[derive(Debug, Error, Diagnostic)]
#[error("{text:?} contains a line break")]
#[diagnostic(code(config::line_end))]
pub struct LineEnd {
    /// The variable with this value; `None` for an argument.
    pub variable: Option<String>,
    /// The text.
    pub text: String,
}
