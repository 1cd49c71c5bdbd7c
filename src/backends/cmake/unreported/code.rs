//! The files that the code of `install(CODE)` and `install(SCRIPT)` reads. It runs during
//! the installation, which has no trace, so only paths without variables of that time are
//! known.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Unreported;
use crate::backends::cmake::listfile::{Command, Variables, commands};

/// What a script names.
pub(in super::super) fn of_script(script: &Path) -> Unreported {
    let mut code = Code::default();
    code.add_script(script);
    code.found()
}

/// What `text`, which is in a file next to `beside`, names.
pub(super) fn of_text(text: &str, beside: &Path) -> Unreported {
    let mut code = Code::default();
    code.add_text(text, beside);
    code.found()
}

/// Code with the scripts that it includes.
#[derive(Default)]
struct Code {
    found: Unreported,
    scripts: BTreeSet<PathBuf>,
}

impl Code {
    fn add_script(&mut self, script: &Path) {
        if self.scripts.insert(script.to_path_buf()) {
            let text = std::fs::read(script).unwrap_or_default();
            let beside = script.parent().unwrap_or(Path::new("/"));
            self.add_text(&String::from_utf8_lossy(&text), beside);
        }
    }

    fn add_text(&mut self, text: &str, beside: &Path) {
        let folder = beside.display().to_string();
        let mut variables = Variables::from([("CMAKE_CURRENT_LIST_DIR".to_string(), folder)]);
        for command in commands(text) {
            let values = values(&command, &variables);
            match (command.name.as_str(), values.as_slice()) {
                ("set", [name, rest @ ..]) => {
                    variables.remove(name);
                    let known = !rest.iter().any(String::is_empty);
                    variables.extend(known.then(|| (name.clone(), rest.join(";"))));
                }
                ("include", [script, ..]) if Path::new(script).is_absolute() => {
                    self.found.read.insert(PathBuf::from(script));
                    self.add_script(Path::new(script));
                }
                ("file" | "execute_process" | "configure_file", _) => {
                    (self.found).add(&command.name, &values, Path::new("/"), beside);
                }
                _ => {}
            }
        }
    }

    fn found(mut self) -> Unreported {
        // An empty path is the root of the file system.
        let is_path = |path: &PathBuf| path.parent().is_some();
        self.found.read.retain(is_path);
        self.found.copied.retain(is_path);
        self.found
    }
}

/// The values of the arguments. One with an unknown variable is empty, and keeps its place.
fn values(command: &Command, variables: &Variables) -> Vec<String> {
    let arguments = command.arguments.iter();
    let values = arguments.map(|argument| argument.value(variables).unwrap_or_default());
    values.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_of_the_installation_names_files() {
        let text = r#"
set(from "/s/set")
set(unknown "${UNKNOWN}")
file(INSTALL "/s/a b.txt" DESTINATION "${CMAKE_INSTALL_PREFIX}/share")
file(INSTALL DESTINATION "${CMAKE_INSTALL_PREFIX}/share" TYPE FILE RENAME "/s/no" FILES "/s/c.txt" "/s/d.txt")
file(COPY "${CMAKE_CURRENT_LIST_DIR}/dir" ${UNKNOWN}/x "${unknown}/x" "${from}" DESTINATION "/p" PATTERN "/s/no")
file(GLOB found "/s/g/*.txt")
message("/s/no.txt")
"#;
        let found = of_text(text, Path::new("/s/cmake"));
        let expected = [
            "/s/a b.txt",
            "/s/c.txt",
            "/s/cmake/dir",
            "/s/d.txt",
            "/s/set",
        ];
        assert_eq!(found.copied, BTreeSet::from(expected.map(PathBuf::from)));
        let globs = found.globs.iter().map(|glob| glob.expression.as_str());
        assert_eq!(globs.collect::<Vec<_>>(), ["/s/g/*.txt"]);
    }

    #[test]
    fn scripts_that_include_each_other_are_read_once() {
        let folder = tempfile::tempdir().expect("a temporary directory can be created");
        let path = |name: &str| folder.path().join(name);
        let include = |name: &str| format!("include(\"{}\")\n", path(name).display());
        fs_err::write(path("a.cmake"), include("b.cmake")).expect("writable");
        let text = include("a.cmake") + "file(READ \"/s/x\" text)\n";
        fs_err::write(path("b.cmake"), text).expect("writable");
        let found = of_script(&path("a.cmake"));
        let expected = [PathBuf::from("/s/x"), path("a.cmake"), path("b.cmake")];
        assert_eq!(found.read, BTreeSet::from(expected));
    }
}
