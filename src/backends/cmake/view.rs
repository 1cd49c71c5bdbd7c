//! One request: the project, its directories and its options.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::Report;

use super::Config;
use super::config::Tests;
use super::listfile::LISTS;
use super::mistakes::{BadPreset, NoCMakeLists};
use super::presets::{self, Preset, Wanted};
use super::project::{self, CMakeProject};
use super::tree::Tree;
use crate::backend::script::Word;
use crate::backend::{Request, Section};
use crate::diagnostic::{SourceFile, read_text};
use crate::protocol::model::{DependencyTable, Targets};
use crate::protocol::spec::PackageSpec;

/// The data that is read from a project.
#[derive(Debug)]
pub struct Source {
    /// The directory with `CMakeLists.txt`.
    pub(super) folder: PathBuf,
    pub(super) project: CMakeProject,
    pub(super) preset: Option<Preset>,
    /// The text of `CMakeLists.txt`.
    text: Arc<str>,
}

impl Source {
    /// Reads the project of a request.
    ///
    /// # Errors
    /// [`NoCMakeLists`], [`BadPreset`], files that cannot be read.
    pub(super) fn read(request: &Request<'_, Config>) -> Result<Self, Report> {
        let chosen = request.config.source_dir.as_deref();
        let folder = match chosen.filter(|chosen| *chosen != Path::new(".")) {
            Some(chosen) => request.project.source.join(chosen),
            None => request.project.source.clone(),
        };
        let file = folder.join(LISTS);
        if !file.is_file() {
            return Err(NoCMakeLists::new(request, folder).into());
        }
        let text = read_text(&file)?;
        let preset = match request.config.preset() {
            Some(name) => {
                let wanted = Wanted {
                    name,
                    source: &folder,
                    build: request.platforms.build,
                };
                let found = presets::find(&wanted)?;
                Some(found.map_err(|unusable| BadPreset::new(request, &unusable))?)
            }
            None => None,
        };
        Ok(Self {
            project: project::read(&text, &folder),
            folder,
            preset,
            text: Arc::from(text),
        })
    }

    /// `CMakeLists.txt`.
    pub(super) fn lists(&self) -> PathBuf {
        self.folder.join(LISTS)
    }

    /// `CMakeLists.txt`, for the places of errors.
    pub(super) fn file(&self) -> SourceFile {
        SourceFile::new(self.lists().display().to_string(), self.text.clone())
    }
}

/// A request with derived data.
pub(super) struct View<'a> {
    pub(super) request: &'a Request<'a, Config>,
    pub(super) source: &'a Source,
    pub(super) tree: Tree,
}

impl<'a> View<'a> {
    pub(super) fn of(request: &'a Request<'a, Config>, source: &'a Source) -> Self {
        Self {
            request,
            source,
            tree: Tree::of(request, &source.folder),
        }
    }

    /// Whether the tests are configured to run and can run on this machine.
    pub(super) fn runs_tests(&self) -> bool {
        let platforms = self.request.platforms;
        self.request.config.tests == Some(Tests::Run) && platforms.build == platforms.host
    }

    /// The user's unconditional requirements.
    fn dependencies(&self, section: Section) -> Option<&DependencyTable> {
        let targets = self.request.project.model.targets.as_ref()?;
        let target = targets.default_target.as_ref()?;
        match section {
            Section::Build => target.build_dependencies.as_ref(),
            Section::Host => target.host_dependencies.as_ref(),
            _ => None,
        }
    }

    /// Whether the user requires the package `name`.
    pub(super) fn names(&self, section: Section, name: &str) -> bool {
        self.dependencies(section)
            .is_some_and(|dependencies| dependencies.contains_key(name))
    }

    /// Whether the user requires certain versions of the package `name`.
    pub(super) fn has_version(&self, section: Section, name: &str) -> bool {
        let spec = self.dependencies(section).and_then(|all| all.get(name));
        match spec {
            Some(PackageSpec::Binary(spec)) => spec
                .version
                .as_deref()
                .is_some_and(|version| version != "*"),
            other => other.is_some(),
        }
    }

    /// Whether the user requires a compiler package, on any platform.
    pub(super) fn names_a_compiler(&self) -> bool {
        let starts = ["gcc", "gxx", "clang", "gfortran", "flang", "vs20"];
        let targets = self.request.project.model.targets.iter();
        let build = targets
            .flat_map(Targets::all)
            .flat_map(|target| &target.build_dependencies);
        build.flat_map(DependencyTable::keys).any(|name| {
            let rest = starts.iter().find_map(|start| name.strip_prefix(start));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['_', '-', 'x', '1', '2']))
        })
    }

    /// A file in an argument, relative to the package.
    pub(super) fn file(&self, file: &str) -> String {
        if file.starts_with('$') || Path::new(file).is_absolute() {
            file.to_string()
        } else {
            self.request.project.source.join(file).display().to_string()
        }
    }

    pub(super) fn cmake(&self) -> Word {
        self.tool("cmake")
    }

    /// A program of the build environment.
    pub(super) fn tool(&self, name: &str) -> Word {
        let prefix = Word::variable("BUILD_PREFIX");
        if self.request.platforms.build.is_windows() {
            prefix.then(format!("\\Library\\bin\\{name}.exe"))
        } else {
            prefix.then(format!("/bin/{name}"))
        }
    }
}
