//! The files that the code of `install(CODE)` and `install(SCRIPT)` reads. It runs during
//! the installation, which has no trace, so only paths without variables of that time are
//! known.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Unreported;
use crate::backends::cmake::listfile::{Variables, commands};

/// The files of a script.
pub(super) fn of_script(script: &Path) -> BTreeSet<PathBuf> {
    let text = std::fs::read(script).unwrap_or_default();
    let beside = script.parent().unwrap_or(Path::new("/"));
    of_text(&String::from_utf8_lossy(&text), beside)
}

/// The files of `text`, which is in a file next to `beside`.
pub(super) fn of_text(text: &str, beside: &Path) -> BTreeSet<PathBuf> {
    let folder = beside.display().to_string();
    let variables = Variables::from([("CMAKE_CURRENT_LIST_DIR".to_string(), folder)]);
    let mut found = Unreported::default();
    for command in commands(text) {
        if command.name != "file" && command.name != "execute_process" {
            continue;
        }
        let arguments = command.arguments.iter();
        // An argument with an unknown variable keeps its place.
        let values = arguments.map(|argument| argument.value(&variables).unwrap_or_default());
        let values: Vec<String> = values.collect();
        found.add(&command.name, &values, Path::new("/"), beside);
    }
    let named = found.read.into_iter().chain(found.copied);
    // An empty path is the root of the file system.
    named.filter(|path| path.parent().is_some()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_of_the_installation_names_files() {
        let text = r#"
file(INSTALL "/s/a b.txt" DESTINATION "${CMAKE_INSTALL_PREFIX}/share")
file(COPY "${CMAKE_CURRENT_LIST_DIR}/dir" ${UNKNOWN}/x DESTINATION "/p")
message("/s/no.txt")
"#;
        let found = of_text(text, Path::new("/s/cmake"));
        let expected = ["/s/a b.txt", "/s/cmake/dir"].map(PathBuf::from);
        assert_eq!(found, BTreeSet::from(expected));
    }
}
