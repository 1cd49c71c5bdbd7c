//! The programs and libraries of a project, from the options or from the files that are
//! found.

use std::path::{Path, PathBuf};

use miette::Report;

use super::closure::INIT;
use super::config::{Config, Entry, Format};
use super::mistakes::{self, PkgAndPkgs, Unbuildable, WrongPath};
use super::names::normalized;
use super::suggestions;
use crate::backend::Request;
use crate::backend::inputs::plain;
use crate::diagnostic::Warning;

/// The main file of the default program.
const MAIN: &str = "main.mojo";

/// The programs and libraries to build. Libraries come first, because programs of the
/// package may import them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) items: Vec<Item>,
    pub(super) warnings: Vec<Warning>,
    /// Files whose existence affects the plan.
    pub(super) decisive: Vec<PathBuf>,
}

/// A program or library to build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) kind: Kind,
    /// The name of the installed file, without an extension.
    pub(super) name: String,
    /// The main file, or the directory of a library. Absolute.
    pub(super) path: PathBuf,
    /// Arguments of the compiler.
    pub(super) arguments: Vec<String>,
}

/// The kind of a program or library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Library(Format),
    Program,
    SharedLibrary,
    PythonModule,
}

impl Kind {
    pub(super) fn is_library(self) -> bool {
        matches!(self, Self::Library(_))
    }
}

impl Item {
    /// Whether the directory of a library has another name than the library.
    pub(super) fn is_renamed(&self) -> bool {
        self.kind.is_library() && self.path.file_name().is_none_or(|name| *name != *self.name)
    }
}

impl Plan {
    /// Determines the programs and libraries to build.
    ///
    /// # Errors
    /// Nothing to build, or paths that are not a program or library.
    pub(super) fn of(request: &Request<'_, Config>) -> Result<Self, Report> {
        let config = request.config;
        let mut reader = Reader {
            source: &request.project.source,
            name: normalized(request.project.name().unwrap_or_default()),
            items: Vec::new(),
            wrong: Vec::new(),
            decisive: Vec::new(),
            request,
        };
        if config.pkg.is_some() && !config.pkgs.is_empty() {
            return Err(PkgAndPkgs {
                file: request.project.manifest.file(),
                at: mistakes::span_of_option(request, &["pkgs"]),
            }
            .into());
        }
        let nothing_said = config.bins.is_none()
            && config.pkg.is_none()
            && config.pkgs.is_empty()
            && config.libs.is_empty()
            && config.python_modules.is_empty();
        let finds_library = nothing_said || config.bins.as_ref().is_some_and(Vec::is_empty);
        let mut warnings = Vec::new();
        reader.configured(config);
        if finds_library && config.pkg.is_none() && config.pkgs.is_empty() {
            warnings.extend(reader.found(nothing_said));
        }
        reader.finish(warnings)
    }

    pub(super) fn libraries(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.kind.is_library())
    }

    /// Whether the package contains a file that only the compiler of the build can read.
    pub(super) fn has_precompiled(&self) -> bool {
        let precompiled = Kind::Library(Format::Precompiled);
        self.items.iter().any(|item| item.kind == precompiled)
    }

    /// Whether the package contains only sources.
    pub(super) fn is_source_only(&self) -> bool {
        let source = Kind::Library(Format::Source);
        self.items.iter().all(|item| item.kind == source)
    }
}

struct Reader<'a> {
    source: &'a Path,
    /// The default name, derived from that of the package.
    name: String,
    items: Vec<Item>,
    wrong: Vec<WrongPath>,
    decisive: Vec<PathBuf>,
    request: &'a Request<'a, Config>,
}

impl Reader<'_> {
    fn configured(&mut self, config: &Config) {
        let library = |entry: &Entry| Kind::Library(entry.format.unwrap_or_default());
        if let Some(entry) = &config.pkg {
            self.library(entry, library(entry), &["pkg"]);
        }
        let lists = [
            ("pkgs", config.pkgs.as_slice(), None),
            (
                "bins",
                config.bins.as_deref().unwrap_or_default(),
                Some(Kind::Program),
            ),
            ("libs", config.libs.as_slice(), Some(Kind::SharedLibrary)),
            (
                "python-modules",
                &config.python_modules,
                Some(Kind::PythonModule),
            ),
        ];
        for (option, entries, kind) in lists {
            for (index, entry) in entries.iter().enumerate() {
                let keys = [option, &index.to_string()];
                match kind {
                    Some(kind) => self.program(entry, kind, &keys),
                    None => self.library(entry, library(entry), &keys),
                }
            }
        }
    }

    /// Adds the item without configuration: the program of the main file, or else the library.
    /// Warns about a library that is not built.
    fn found(&mut self, also_programs: bool) -> Option<Warning> {
        let main = self.source.join(MAIN);
        let library = self.default_library(None);
        if also_programs {
            self.decisive.push(main.clone());
        }
        if also_programs && main.is_file() {
            self.items.push(Item {
                kind: Kind::Program,
                name: self.name.clone(),
                path: main,
                arguments: Vec::new(),
            });
            let library = library?;
            let library = library.strip_prefix(self.source).unwrap_or(&library);
            let warning = Warning::new(format!(
                "the library in `{}` is not built, because there is a {MAIN}",
                library.display()
            ));
            return Some(warning.help(
                "write `bins = [{}]` and `pkg = {}` into `[package.build.config]` to build both, or `bins = []` to build the library alone",
            ));
        }
        let path = library?;
        self.items.push(Item {
            kind: Kind::Library(Format::default()),
            name: self.name.clone(),
            path,
            arguments: Vec::new(),
        });
        None
    }

    /// The default directory of the library.
    fn default_library(&mut self, name: Option<&str>) -> Option<PathBuf> {
        let names = name.into_iter().chain([self.name.as_str(), "src"]);
        let places: Vec<PathBuf> = names.map(|name| self.source.join(name)).collect();
        let inits = places.iter().map(|place| place.join(INIT));
        self.decisive.extend(inits);
        places.into_iter().find(|place| place.join(INIT).is_file())
    }

    fn program(&mut self, entry: &Entry, kind: Kind, keys: &[&str]) {
        let written = entry.path.as_deref().unwrap_or(MAIN);
        let path = plain(&self.source.join(written));
        self.decisive.push(path.clone());
        if !path.is_file() {
            let wrong = mistakes::no_file(written, &path, entry.path.is_some());
            return self.wrong(wrong, keys, entry);
        }
        self.push(entry, kind, path);
    }

    fn library(&mut self, entry: &Entry, kind: Kind, keys: &[&str]) {
        let path = match &entry.path {
            Some(path) => plain(&self.source.join(path)),
            None => match self.default_library(entry.name.as_deref()) {
                Some(path) => path,
                None => {
                    let name = entry.name.as_deref().unwrap_or(&self.name);
                    return self.wrong(mistakes::no_library(name), keys, entry);
                }
            },
        };
        self.decisive.push(path.join(INIT));
        if !path.join(INIT).is_file() {
            let written = entry.path.as_deref().unwrap_or_default();
            return self.wrong(mistakes::no_package(written, &path), keys, entry);
        }
        self.push(entry, kind, path);
    }

    fn push(&mut self, entry: &Entry, kind: Kind, path: PathBuf) {
        self.items.push(Item {
            kind,
            name: entry.name.clone().unwrap_or_else(|| self.name.clone()),
            path,
            arguments: entry.extra_args.clone(),
        });
    }

    fn wrong(&mut self, (message, help): (String, String), keys: &[&str], entry: &Entry) {
        let manifest = &self.request.project.manifest;
        let keys: Vec<&str> = match entry.path {
            Some(_) => keys.iter().copied().chain(["path"]).collect(),
            None => keys.to_vec(),
        };
        self.wrong.push(WrongPath {
            message,
            help,
            file: manifest.file(),
            at: mistakes::span_of_option(self.request, &keys),
        });
    }

    fn finish(self, warnings: Vec<Warning>) -> Result<Plan, Report> {
        Unbuildable::check(self.wrong)?;
        if self.items.is_empty() {
            return Err(suggestions::nothing_to_build(self.source, &self.name).into());
        }
        Ok(Plan {
            items: self.items,
            warnings,
            decisive: self.decisive,
        })
    }
}
