//! The first line of an installed program, which names the interpreter.
//!
//! The path of the interpreter is usually too long for this line. uv then starts it from a shell,
//! and hides the path in numbers if the program declares its encoding. Nothing could replace such
//! a path when the package is installed.

use std::path::{Path, PathBuf};

use miette::Report;

use crate::backend::BuildPaths;
use crate::diagnostic::Unreadable;
use crate::disk;

const SHELL: &str = "#!/bin/sh\n";

/// Starts the interpreter from Python's own syntax: for a shell, this is a command.
const COMMAND: &str = "'''exec' ";

/// The end of the part that only a shell reads.
const END: &str = "\n' '''\n";

/// The first lines of a file that a shell starts with the interpreter.
pub(super) fn is_started_by_shell(start: &[u8]) -> bool {
    let start = String::from_utf8_lossy(start);
    start.starts_with(SHELL) && start.contains(COMMAND)
}

/// Writes the interpreter of the host environment into the first line of the program `path`, if
/// uv has hidden it.
///
/// # Errors
/// A file that cannot be read or written.
pub(super) fn reveal(path: &Path, paths: &BuildPaths) -> Result<(), Report> {
    let text = std::fs::read(path).map_err(|source| Unreadable {
        path: path.to_path_buf(),
        source,
    })?;
    let revealed = String::from_utf8(text).ok();
    let revealed = revealed.and_then(|text| revealed_in(&text, &interpreter(paths)));
    match revealed {
        Some(text) => Ok(disk::write(path, &text)?),
        None => Ok(()),
    }
}

/// The interpreter, by the name that the script has for the host environment.
fn interpreter(paths: &BuildPaths) -> PathBuf {
    let prefix = match (paths.script_name.parent(), paths.host_prefix.file_name()) {
        (Some(work), Some(name)) if paths.script_name != paths.script_folder => work.join(name),
        _ => paths.host_prefix.clone(),
    };
    prefix.join("bin/python")
}

fn revealed_in(text: &str, interpreter: &Path) -> Option<String> {
    let rest = text.strip_prefix(SHELL)?;
    let command = rest.find(COMMAND)?;
    let (encoding, rest) = rest.split_at(command);
    let (command, rest) = rest.split_once(END)?;
    let is_hidden = command.contains("$(printf ");
    is_hidden.then(|| format!("#!{}\n{encoding}{rest}", interpreter.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_hidden_interpreter_is_replaced() {
        let hidden = "#!/bin/sh\n# coding: utf-8\n'''exec' \"$(printf %b '\\'0057)\" \"$0\" \"$@\"\n\
                      ' '''\nprint(1)\n";
        let python = Path::new("/p/bin/python");
        assert_eq!(
            revealed_in(hidden, python).as_deref(),
            Some("#!/p/bin/python\n# coding: utf-8\nprint(1)\n")
        );
        let plain = "#!/bin/sh\n'''exec' '/p/bin/python' \"$0\" \"$@\"\n' '''\nprint(1)\n";
        assert_eq!(revealed_in(plain, python), None);
        assert!(is_started_by_shell(plain.as_bytes()));
        assert_eq!(revealed_in("#!/bin/sh\necho\n", python), None);
    }
}
