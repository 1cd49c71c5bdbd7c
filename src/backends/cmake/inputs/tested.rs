//! The files that the tests of a directory read. They are known only if a test names them,
//! so that all files next to the tests count too.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::super::listfile::{Variables, commands};
use super::super::ninja;
use super::{Own, named, outside_build_trees};
use crate::backend::GlobSet;

/// The file that CMake writes for CTest.
const TESTS: &str = "CTestTestfile.cmake";

const REASON: &str = "a test may read it";

/// The tests of a directory.
#[derive(Default)]
pub(super) struct Tests {
    any: bool,
    /// Files and directories that tests name with an absolute path.
    named: BTreeSet<PathBuf>,
}

impl Tests {
    /// Reads the tests of the directory of a build tree.
    pub(super) fn read(tree: &Path) -> Self {
        let text = std::fs::read(tree.join(TESTS)).unwrap_or_default();
        Self::parse(&String::from_utf8_lossy(&text))
    }

    fn parse(text: &str) -> Self {
        let mut tests = Self::default();
        for command in commands(text) {
            let values = command.arguments.iter();
            let values = values.filter_map(|argument| argument.value(&Variables::new()));
            let values: Vec<String> = values.collect();
            match command.name.as_str() {
                "add_test" => {
                    tests.any = true;
                    tests.add(values.iter().skip(1).map(String::as_str));
                }
                "set_tests_properties" => {
                    let required = values.windows(2).filter(|pair| pair[0] == "REQUIRED_FILES");
                    tests.add(required.flat_map(|pair| pair[1].split(';')));
                }
                _ => {}
            }
        }
        tests
    }

    fn add<'a>(&mut self, arguments: impl Iterator<Item = &'a str>) {
        let paths = arguments.flat_map(ninja::named).map(PathBuf::from);
        self.named.extend(paths.filter(|path| path.is_absolute()));
    }

    /// What the tests may read: the files in `folder`, which contains the tests, and those that
    /// they name. The directory `source` of the whole project does not say which.
    pub(super) fn inputs(&self, folder: &Path, source: &Path, own: &Own) -> Vec<GlobSet> {
        let beside = own.path(folder).filter(|_| self.any);
        let beside = beside.map(|folder| {
            let set = GlobSet::tree(&folder, ["**"], REASON);
            outside_build_trees(set).without_leftovers()
        });
        let named = self.named.iter().filter(|path| path.exists());
        let named = named.filter_map(|path| own.path(path));
        let named = named.filter(|path| !source.starts_with(path));
        let named = named.filter_map(|path| named::below(&path, REASON));
        beside.into_iter().chain(named).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_name_files() {
        let text = r#"
add_test([=[t]=] "/t/app" "--in=/s/data/in.txt" "relative" "/s/x y")
set_tests_properties([=[t]=] PROPERTIES  REQUIRED_FILES "/s/a;/s/b" _BACKTRACE_TRIPLES "/s/CMakeLists.txt;3;add_test;;")
subdirs("deep")
"#;
        let tests = Tests::parse(text);
        assert!(tests.any);
        let expected = ["/t/app", "/s/data/in.txt", "/s/x y", "/s/a", "/s/b"];
        assert_eq!(tests.named, expected.map(PathBuf::from).into());
        assert!(!Tests::parse("subdirs(\"deep\")\n").any);
    }
}
