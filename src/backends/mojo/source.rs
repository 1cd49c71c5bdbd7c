//! The data that is read from a project: the plan and the imports.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use miette::Report;

use super::arguments;
use super::closure::{Closure, implicit_root};
use super::config::Config;
use super::default_name;
use super::plan::Plan;
use super::{order, test_files, tree};
use crate::backend::Request;
use crate::backend::inputs::plain;

/// The data that is read from a project.
#[derive(Debug)]
pub struct Source {
    pub(super) plan: Plan,
    /// The files that match `tests`, in a fixed order.
    pub(super) tests: Vec<PathBuf>,
    /// The files that are read when everything is compiled and every test is run.
    pub(super) closure: Closure,
    /// The part of them that is read when the libraries are compiled.
    pub(super) read_by_libraries: Closure,
    /// Modules that libraries import and that are not part of the project. Users of the
    /// libraries need them too.
    pub(super) needed_by_libraries: BTreeSet<String>,
}

impl Source {
    /// Reads the project and follows its imports.
    ///
    /// # Errors
    /// Nothing to build, or paths that are not a program or library.
    pub(super) fn read(request: &Request<'_, Config>) -> Result<Self, Report> {
        let mut plan = Plan::of(request)?;
        default_name::check(request, &plan.items)?;
        let own: BTreeSet<&str> = plan.libraries().map(|item| item.name.as_str()).collect();
        let mut closure = Closure::default();
        let mut read_by_libraries = Closure::default();
        let mut imports = BTreeMap::new();
        for item in &plan.items {
            let is_library = item.kind.is_library();
            let files = if is_library {
                tree::sources(&item.path)
            } else {
                vec![item.path.clone()]
            };
            let read = Closure::of(files, &roots(request, &item.path, &item.arguments));
            if is_library {
                let imported = read.elsewhere.keys().cloned().collect();
                imports.insert(item.name.clone(), imported);
                read_by_libraries.extend(read.clone());
            }
            closure.extend(read);
        }
        let (tests, warnings) = test_files::selected(request);
        for test in &tests {
            closure.extend(Closure::of([test.clone()], &roots(request, test, &[])));
        }
        let foreign = read_by_libraries.elsewhere.keys();
        let foreign = foreign.filter(|name| !own.contains(name.as_str()));
        let needed_by_libraries = foreign.cloned().collect();
        plan.items = order::by_imports(plan.items, &imports);
        plan.warnings.extend(warnings);
        Ok(Self {
            tests,
            closure,
            read_by_libraries,
            needed_by_libraries,
            plan,
        })
    }
}

/// The directories that are searched for imports of the file or package at `path`,
/// without the environments.
fn roots(request: &Request<'_, Config>, path: &Path, arguments: &[String]) -> Vec<PathBuf> {
    let source = &request.project.source;
    let implicit = implicit_root(path).map(Path::to_path_buf);
    let configured = request.config.import_paths.iter().map(String::as_str);
    let named = configured.chain(arguments::import_paths(arguments));
    let named = named.map(|path| plain(&source.join(path)));
    implicit.into_iter().chain(named).collect()
}
