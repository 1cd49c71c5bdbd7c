//! The files that sources of Fortran include with the statement `include`. The preprocessor does
//! not see it, and therefore ninja does not record them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Edge;
use super::command::split;

/// The included files that exist, if `edge` compiles or preprocesses a source of Fortran.
pub(super) fn included(edge: &Edge, tree: &Path) -> Vec<String> {
    let reads = edge.rule.contains("_COMPILER__") || edge.rule.contains("_PREPROCESS");
    let source = edge.inputs.first();
    let Some(source) = source.filter(|_| reads && edge.rule.starts_with("Fortran_")) else {
        return Vec::new();
    };
    let folders = searched(edge, tree);
    let mut found = BTreeSet::new();
    let mut open = vec![tree.join(source)];
    while let Some(file) = open.pop() {
        let text = std::fs::read(&file).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let beside = file.parent().map(Path::to_path_buf);
        for name in text.lines().filter_map(included_by) {
            let mut folders = beside.iter().chain(&folders);
            let file = folders.find_map(|folder| is_file(folder.join(name)));
            open.extend(file.filter(|file| found.insert(file.clone())));
        }
    }
    let found = found.iter().filter_map(|file| file.to_str());
    found.map(str::to_string).collect()
}

fn is_file(path: PathBuf) -> Option<PathBuf> {
    path.is_file().then_some(path)
}

/// The directories that the compiler searches.
fn searched(edge: &Edge, tree: &Path) -> Vec<PathBuf> {
    let texts = ["INCLUDES", "FLAGS"].into_iter();
    let texts = texts.filter_map(|name| edge.variables.get(name));
    let words = texts.flat_map(|text| split(text));
    let folders = words.filter_map(|word| Some(tree.join(word.strip_prefix("-I")?)));
    folders.collect()
}

/// The name in a line that includes a file.
fn included_by(line: &str) -> Option<&str> {
    const STATEMENT: &str = "include";
    let (statement, rest) = line.trim_start().split_at_checked(STATEMENT.len())?;
    let rest = rest.trim_start();
    let quote = rest.chars().next().filter(|first| "'\"".contains(*first))?;
    let (name, _) = rest[1..].split_once(quote)?;
    (statement.eq_ignore_ascii_case(STATEMENT) && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn a_line_includes_a_file() {
        assert_eq!(included_by("      INCLUDE 'a b.inc' ! x"), Some("a b.inc"));
        assert_eq!(included_by("include\"c.inc\""), Some("c.inc"));
        for line in [
            "#include \"c.h\"",
            "included = 'x'",
            "include",
            "! include 'x'",
            "größe",
        ] {
            assert_eq!(included_by(line), None, "{line}");
        }
    }

    #[test]
    fn included_files_include_others() {
        let folder = tempfile::tempdir().expect("a temporary directory can be created");
        let path = |name: &str| folder.path().join(name);
        fs_err::create_dir(path("in")).expect("writable");
        for (file, text) in [
            (
                "main.f90",
                "program p\n include 'a.inc'\n include 'absent.inc'\nend\n",
            ),
            ("in/a.inc", "include \"b.inc\"\n"),
            ("in/b.inc", "include \"a.inc\"\n"),
        ] {
            fs_err::write(path(file), text).expect("writable");
        }
        let include = format!("-O3 \"-I{}\"", path("in").display());
        let mut edge = Edge {
            rule: "Fortran_COMPILER__app_unscanned_Release".to_string(),
            inputs: vec![path("main.f90").display().to_string()],
            variables: HashMap::from([("INCLUDES".to_string(), include)]),
            ..Edge::default()
        };
        let expected = ["in/a.inc", "in/b.inc"].map(|file| path(file).display().to_string());
        assert_eq!(included(&edge, Path::new("/t")), expected);
        edge.rule = "CXX_COMPILER__app_Release".to_string();
        assert!(included(&edge, Path::new("/t")).is_empty());
    }
}
