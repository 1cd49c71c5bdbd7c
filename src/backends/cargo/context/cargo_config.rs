//! The files around a crate that affect its build although the crate does not name them:
//! Cargo's configuration files and the toolchain file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rattler_digest::{Sha256, compute_bytes_digest};
use toml_edit::{DocumentMut, Item};

use crate::backend::failure::Place;
use crate::backend::inputs::plain;
use crate::backend::variables::has_template;
use crate::backend::{GlobSet, Request};
use crate::backends::cargo::config::Config;
use crate::backends::cargo::context::arguments::{Arguments, Setting};
use crate::backends::cargo::context::path_dependencies::patches;
use crate::diagnostic::SourceFile;

/// The names of toolchain files. If a directory contains both, rustup reads the first.
const TOOLCHAIN: [&str; 2] = ["rust-toolchain", "rust-toolchain.toml"];

/// The names of configuration files. If a directory contains both, Cargo reads the first.
const CONFIGURATION: [&str; 2] = ["config", "config.toml"];

/// The configuration that applies to a crate, and the directories that were searched for it:
/// from the crate up to the top directory of the user's project.
#[derive(Debug)]
pub(crate) struct CargoConfig {
    folders: Vec<PathBuf>,
    top: PathBuf,
    configurations: Vec<Configuration>,
    /// Whether Cargo's configuration files in those directories apply.
    applies: bool,
}

/// One configuration file of Cargo, or one setting from the command line.
#[derive(Debug)]
struct Configuration {
    path: Option<PathBuf>,
    content: DocumentMut,
}

impl CargoConfig {
    /// Searches the directories above the crate in `root`. Its Cargo workspace is in
    /// `workspace`.
    pub(crate) fn of(
        request: &Request<'_, Config>,
        arguments: &Arguments,
        root: &Path,
        workspace: &Path,
    ) -> Self {
        let folders = request.folders;
        let tops = [folders.checkout.as_deref(), folders.workspace.as_deref()];
        let top = tops
            .into_iter()
            .flatten()
            .chain([workspace])
            .filter(|top| root.starts_with(top))
            .min_by_key(|top| top.components().count())
            .unwrap_or(root);
        let folders: Vec<PathBuf> = root
            .ancestors()
            .take_while(|folder| folder.starts_with(top))
            .map(Path::to_path_buf)
            .collect();
        let mut configurations = Vec::new();
        for setting in arguments.settings() {
            match setting {
                Setting::File(path) => load(path, &mut configurations),
                // Cargo reports a setting that cannot be parsed.
                Setting::Text(text) => {
                    configurations.extend(text.parse().ok().map(|content| Configuration {
                        path: None,
                        content,
                    }))
                }
            }
        }
        let applies = request.config.applies_cargo_config();
        for folder in folders.iter().filter(|_| applies) {
            let files = CONFIGURATION.map(|name| folder.join(".cargo").join(name));
            if let Some(file) = files.iter().find(|file| file.is_file()) {
                load(file, &mut configurations);
            }
        }
        Self {
            top: top.to_path_buf(),
            folders,
            configurations,
            applies,
        }
    }

    /// The configuration files with their text, for errors that point into them.
    pub(crate) fn texts(&self) -> Vec<(&Path, String)> {
        let files = self.configurations.iter();
        let files = files.filter_map(|file| file.path.as_deref());
        let text = |path| Some((path, std::fs::read_to_string(path).ok()?));
        files.filter_map(text).collect()
    }

    /// The place where a configuration file mentions `word` outside of a comment.
    pub(crate) fn mention(&self, word: &str) -> Option<Place> {
        self.texts().into_iter().find_map(|(path, text)| {
            let mut mentions = text.match_indices(word);
            let (at, _) = mentions.find(|(at, _)| {
                let line = text[..*at].rsplit('\n').next().unwrap_or_default();
                !line.trim_start().starts_with('#')
            })?;
            Some(Place {
                file: SourceFile::new(path.display().to_string(), text.as_str().into()),
                at: (at, word.len()).into(),
                label: "asked for here".to_string(),
            })
        })
    }

    /// The toolchain file that rustup would use, if there is one.
    pub(crate) fn toolchain_file(&self) -> Option<PathBuf> {
        let mut files = self
            .folders()
            .flat_map(|folder| TOOLCHAIN.map(|name| folder.join(name)));
        files.find(|file| file.is_file())
    }

    /// Globs that match Cargo's configuration files at any depth.
    pub(crate) fn globs() -> Vec<String> {
        let folders = ["", "**/"].into_iter();
        let files =
            folders.flat_map(|folder| CONFIGURATION.map(|name| format!("{folder}.cargo/{name}")));
        files.collect()
    }

    /// The top directory of the project. Files above it do not belong to the project.
    pub(crate) fn top(&self) -> &Path {
        &self.top
    }

    /// Configuration files that Cargo would read if it were called directly: those above the
    /// project, and those of the user.
    pub(crate) fn foreign(&self, request: &Request<'_, Config>) -> BTreeSet<PathBuf> {
        let env = request.env;
        let home = env.home().map(|home| home.join(".cargo"));
        let home = env.path("CARGO_HOME").map(Path::to_path_buf).or(home);
        let above = self.top.ancestors().skip(1);
        let folders = above.map(|folder| folder.join(".cargo")).chain(home);
        folders
            .flat_map(|folder| CONFIGURATION.map(|name| plain(&folder.join(name))))
            .filter(|file| file.is_file() && !file.starts_with(&self.top))
            .collect()
    }

    /// The searched directories, that of the crate first.
    pub(crate) fn folders(&self) -> impl Iterator<Item = &Path> {
        self.folders.iter().map(PathBuf::as_path)
    }

    /// The files that apply, and files that would apply if they existed.
    pub(crate) fn inputs(&self) -> Vec<GlobSet> {
        let reason = "Cargo's configuration";
        let mut sets: Vec<GlobSet> = self
            .folders()
            .filter(|_| self.applies)
            .map(|folder| GlobSet::names(&folder.join(".cargo"), CONFIGURATION, reason))
            .collect();
        let files = self.configurations.iter();
        let files = files.filter_map(|file| file.path.as_deref());
        sets.extend(files.filter_map(|file| GlobSet::file(file, reason)));
        sets.extend(self.toolchain_inputs());
        sets
    }

    /// The toolchain file that applies, and those that would replace it.
    pub(crate) fn toolchain_inputs(&self) -> Vec<GlobSet> {
        let mut sets = Vec::new();
        for folder in self.folders() {
            sets.push(GlobSet::names(folder, TOOLCHAIN, "the toolchain file"));
            // The nearest toolchain file applies. Files further up are ignored.
            if TOOLCHAIN.iter().any(|name| folder.join(name).is_file()) {
                break;
            }
        }
        sets
    }

    /// The content of each file, with the directory that its paths are relative to.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&Path, &DocumentMut)> {
        self.configurations.iter().filter_map(|file| {
            let path = file.path.as_deref()?;
            Some((base(path), &file.content))
        })
    }

    /// The content of all configuration, highest priority first.
    pub(crate) fn settings(&self) -> impl Iterator<Item = &DocumentMut> {
        self.configurations.iter().map(|file| &file.content)
    }

    /// The directories of crates that replace other crates, according to the configuration.
    pub(crate) fn overrides(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for (base, content) in self.files() {
            found.extend(patches(base, content.as_table()));
            let paths = content.get("paths").and_then(Item::as_array);
            let paths = paths.into_iter().flatten().filter_map(|path| path.as_str());
            found.extend(paths.map(|path| plain(&base.join(path))));
        }
        found
    }

    /// The directories of vendored crates, which replace registries.
    pub(crate) fn vendored(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for (base, content) in self.files() {
            let sources = content.get("source").and_then(Item::as_table_like);
            let sources = sources.into_iter().flat_map(|sources| sources.iter());
            let folders = sources.filter_map(|(_, source)| source.get("directory")?.as_str());
            found.extend(folders.map(|folder| plain(&base.join(folder))));
        }
        found
    }

    /// A fingerprint of the variables that the user sets in the options or in Cargo's
    /// configuration, and that build scripts and macros can read. `None` if the user does not
    /// set any.
    pub(crate) fn variables(&self, request: &Request<'_, Config>) -> Option<String> {
        let Request {
            config, variants, ..
        } = request;
        // Cargo and sccache take their own variables into account.
        let known = |name: &str| name.starts_with("CARGO_") || name.starts_with("SCCACHE_");
        let own = config.env.iter().filter(|(name, _)| !known(name));
        let mut set: Vec<String> = own.map(|(name, value)| format!("{name}={value}")).collect();
        set.extend(config.env.removed().iter().cloned());
        set.sort();
        if config.env.values().any(|value| has_template(value)) {
            // In a build, each variant has one value.
            set.push(format!("{variants:?}"));
        }
        let tables = self.settings().filter_map(|content| content.get("env"));
        let tables: String = tables.map(ToString::to_string).collect();
        set.extend(Some(tables).filter(|tables| !tables.is_empty()));
        let hash = || hex::encode(compute_bytes_digest::<Sha256>(format!("{set:?}")));
        (!set.is_empty()).then(|| hash()[..16].to_string())
    }

    /// The directories for build output that the user chooses for builds outside of pixi.
    pub(crate) fn target_dirs(&self, request: &Request<'_, Config>) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for (base, content) in self.files() {
            for key in ["target-dir", "build-dir"] {
                let folder = content.get("build").and_then(|build| build.get(key));
                let folder = folder.and_then(Item::as_str);
                found.extend(folder.map(|folder| plain(&base.join(folder))));
            }
        }
        for variable in ["CARGO_TARGET_DIR", "CARGO_BUILD_BUILD_DIR"] {
            let configured = request.config.env.get(variable).map(String::as_str);
            let chosen = [configured, request.env.get(variable)];
            let chosen = chosen.into_iter().flatten();
            found.extend(chosen.map(|folder| plain(&request.project.source.join(folder))));
        }
        found
    }
}

/// The directory that the paths in a configuration file are relative to.
fn base(file: &Path) -> &Path {
    let folder = file.parent().unwrap_or(file);
    folder.parent().unwrap_or(folder)
}

/// Reads a configuration file and the files that it includes.
fn load(path: &Path, into: &mut Vec<Configuration>) {
    if into.iter().any(|known| known.path.as_deref() == Some(path)) {
        return;
    }
    let text = std::fs::read_to_string(path).ok();
    let Some(content) = text.and_then(|text| text.parse::<DocumentMut>().ok()) else {
        return;
    };
    let includes = includes(&content);
    into.push(Configuration {
        path: Some(path.to_path_buf()),
        content,
    });
    for include in includes {
        let folder = path.parent().unwrap_or(path);
        load(&plain(&folder.join(include)), into);
    }
}

/// The paths in `include`, which is a path, a list of paths, or a list of tables with a `path`.
fn includes(content: &DocumentMut) -> Vec<String> {
    let Some(include) = content.get("include") else {
        return Vec::new();
    };
    if let Some(path) = include.as_str() {
        return vec![path.to_string()];
    }
    if let Some(tables) = include.as_array_of_tables() {
        let paths = tables.iter().filter_map(|table| table.get("path"));
        return paths.filter_map(Item::as_str).map(str::to_string).collect();
    }
    let values = include.as_array().into_iter().flatten();
    values
        .filter_map(|value| {
            let table = value.as_inline_table();
            let path = table.and_then(|table| table.get("path"));
            path.unwrap_or(value).as_str().map(str::to_string)
        })
        .collect()
}
