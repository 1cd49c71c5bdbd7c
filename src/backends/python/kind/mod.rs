//! Determines whether a project contains compiled code.
//!
//! No code is run. The build backend, its requirements and its settings determine the
//! languages. The finished package is checked against the result.

mod meson;

use std::path::{Path, PathBuf};

use super::own_files::own_files;
use super::project::{Files, setup_cfg, setup_py};
use crate::backend::inputs::plain;
use crate::backends::cmake::guest::Compilers;

/// The compiled languages, and how they were found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Kind {
    /// The languages whose compilers the build needs, in conda's spelling.
    pub(super) languages: Vec<String>,
    /// The reason, for messages. Empty if nothing is compiled.
    pub(super) because: String,
    /// Whether the package is a program without Python code.
    pub(super) is_program: bool,
    /// The files that were read to find out, except for `pyproject.toml`, `setup.cfg` and `setup.py`.
    /// Some may not exist.
    pub(super) files: Vec<PathBuf>,
}

impl Kind {
    /// Whether the package is for one platform.
    pub(super) fn is_compiled(&self) -> bool {
        !self.languages.is_empty()
    }

    fn of(languages: &[&str], because: impl Into<String>) -> Self {
        Self {
            languages: languages.iter().map(|name| name.to_string()).collect(),
            because: because.into(),
            ..Self::default()
        }
    }

    /// Nothing is compiled.
    fn pure(files: Vec<PathBuf>) -> Self {
        Self {
            files,
            ..Self::default()
        }
    }

    /// The languages of the `CMakeLists.txt` in a directory of the project; C and C++ where it tells
    /// none.
    fn of_cmake(project: &Files, folder: &str, because: impl Into<String>) -> Self {
        let Compilers { languages, files } = Compilers::of(&plain(&project.folder.join(folder)));
        let languages: &[&str] = match languages.as_slice() {
            [] => &["c", "cxx"],
            known => known,
        };
        Self::of(languages, because).having_read(files)
    }

    /// C, and C++ if the project contains it.
    fn of_c(project: &Files, because: impl Into<String>) -> Self {
        let (has_cxx, files) = has_cxx(project);
        let languages: &[&str] = if has_cxx { &["c", "cxx"] } else { &["c"] };
        Self::of(languages, because).having_read(files)
    }

    fn having_read(mut self, files: impl IntoIterator<Item = PathBuf>) -> Self {
        self.files.extend(files);
        self
    }
}

/// Determines what a project compiles.
pub(super) fn of(project: &Files) -> Kind {
    if project.ignored.is_some() {
        return setuptools(project);
    }
    let backend = project.build_backend().to_string();
    let because = format!("the build backend is `{backend}`");
    match project.build_module() {
        "maturin" => maturin(project, because),
        "scikit_build_core" => scikit_build(project, because),
        "py_build_cmake" => py_build_cmake(project, because),
        "skbuild" | "cmake_build_extension" => Kind::of_cmake(project, ".", because),
        "sipbuild" => Kind::of(&["c", "cxx"], because),
        "mesonpy" => meson(project, because),
        "setuptools" => setuptools(project),
        "hatchling" => hatchling(project),
        "poetry" | "poetry_dynamic_versioning" | "pdm" => build_script(project),
        // Other build backends may wrap setuptools, which runs `setup.py`.
        _ if project.setup_py.is_some() => setuptools(project),
        _ => in_tree(project),
    }
}

fn maturin(project: &Files, because: String) -> Kind {
    let bindings = project.toml(&["tool", "maturin", "bindings"]);
    let manifest = project.toml(&["tool", "maturin", "manifest-path"]);
    let manifest = manifest.map_or("Cargo.toml", |path| path.text);
    let manifest = plain(&project.folder.join(manifest));
    let cargo = std::fs::read_to_string(&manifest).unwrap_or_default();
    let mut kind = Kind::of(&["rust", "c"], because);
    kind.is_program = match bindings {
        Some(bindings) => bindings.text == "bin",
        // maturin treats a crate without a library as a program. Cargo finds programs and libraries
        // at these paths.
        None => {
            let [program, library] =
                ["src/main.rs", "src/lib.rs"].map(|path| manifest.with_file_name(path));
            let is_program = program.is_file() && !library.is_file();
            kind.files.extend([program, library]);
            !cargo.contains("[lib]") && is_program
        }
    };
    kind.having_read([manifest])
}

fn scikit_build(project: &Files, because: String) -> Kind {
    // An override may enable CMake again. Its condition is known only during the build.
    let is_off = project.pyproject.as_ref().is_some_and(|file| {
        let overrides = ["tool", "scikit-build", "overrides"];
        file.flag(&["tool", "scikit-build", "wheel", "cmake"]) == Some(false)
            && !file
                .flags_in(&overrides, &["wheel", "cmake"])
                .contains(&true)
    });
    if is_off {
        return Kind::default();
    }
    let source = project.toml(&["tool", "scikit-build", "cmake", "source-dir"]);
    Kind::of_cmake(project, source.map_or(".", |source| source.text), because)
}

/// Without a table for CMake, the project is pure.
fn py_build_cmake(project: &Files, because: String) -> Kind {
    const CMAKE: [&str; 3] = ["tool", "py-build-cmake", "cmake"];
    let has_table = project
        .pyproject
        .as_ref()
        .is_some_and(|file| file.table(&CMAKE).is_some());
    if !has_table {
        return Kind::default();
    }
    let source = project.toml(&[CMAKE[0], CMAKE[1], CMAKE[2], "source_path"]);
    Kind::of_cmake(project, source.map_or(".", |source| source.text), because)
}

fn meson(project: &Files, because: String) -> Kind {
    let file = project.folder.join("meson.build");
    let languages = meson::languages(&file);
    if languages.is_empty() {
        return Kind::pure(vec![file]);
    }
    Kind::of(&languages, because).having_read([file])
}

/// Words in `setup.py` that indicate C or C++ code, or a wheel of a platform.
const EXTENSIONS: [&str; 11] = [
    "ext_modules",
    "Extension(",
    "cythonize(",
    "cffi_modules",
    "mypycify(",
    "Pybind11Extension",
    "CMakeExtension",
    "nanobind",
    "build_ext",
    "has_ext_modules",
    "root_is_pure",
];

fn setuptools(project: &Files) -> Kind {
    let requires = build_requires(project);
    let has = |name: &str| requires.iter().any(|required| required == name);
    if has("setuptools-rust") || project.has_tool("setuptools-rust") {
        let because = "the build needs `setuptools-rust`";
        return Kind::of(&["rust", "c"], because);
    }
    if has("scikit-build") {
        return Kind::of_cmake(project, ".", "the build needs `scikit-build`");
    }
    let because = extension(project);
    because.map_or_else(Kind::default, |because| Kind::of_c(project, because))
}

/// The place at which a project of setuptools declares compiled code.
fn extension(project: &Files) -> Option<String> {
    let toml = project.pyproject.as_ref().and_then(|file| {
        let at = file.value(&["tool", "setuptools", "ext-modules"])?.at;
        Some(format!("line {} of pyproject.toml", file.line(at)))
    });
    let py = || {
        let (line, text) = project.setup_py.as_ref()?.line_with(&EXTENSIONS)?;
        Some(format!("line {line} of {}, `{text}`", setup_py::NAME))
    };
    let cfg = || {
        let sections = ["build_ext", "options.ext_modules"];
        let section = sections
            .into_iter()
            .find(|name| project.setup_cfg.has_section(name))?;
        Some(format!("`[{section}]` of {}", setup_cfg::NAME))
    };
    toml.or_else(py).or_else(cfg)
}

/// Whether the project has C++ code outside of tests and documentation, and the modules of Cython
/// that were read to find out.
fn has_cxx(project: &Files) -> (bool, Vec<PathBuf>) {
    let words = [
        "c++",
        "Pybind11Extension",
        ".cpp",
        ".cc",
        ".cxx",
        "nanobind",
    ];
    let mentioned = project.setup_py.as_ref();
    if mentioned.is_some_and(|file| file.line_with(&words).is_some()) {
        return (true, Vec::new());
    }
    let ending = |path: &Path| {
        path.extension()
            .and_then(|it| it.to_str())
            .map(str::to_owned)
    };
    let mut modules = Vec::new();
    for path in sources(project) {
        match ending(&path).as_deref() {
            Some("cpp" | "cc" | "cxx" | "hpp") => return (true, Vec::new()),
            Some("pyx") => modules.push(path),
            _ => {}
        }
    }
    modules.sort();
    let has_cxx = modules.iter().any(|path| is_cython_for_cxx(path));
    (has_cxx, modules)
}

/// Whether a Cython module asks for C++, in a comment `# distutils: language = c++`.
fn is_cython_for_cxx(path: &Path) -> bool {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let mut comments = text.lines().filter(|line| line.starts_with('#'));
    comments.any(|line| line.contains("distutils") && line.contains("c++"))
}

/// The files of a project, without hidden files, tests, documentation and build results.
fn sources(project: &Files) -> impl Iterator<Item = PathBuf> {
    const OTHER: [&str; 5] = ["tests", "test", "docs", "venv", "node_modules"];
    let root = project.folder.clone();
    own_files(&project.folder).filter(move |path| {
        let below = path.strip_prefix(&root).unwrap_or(path);
        let mut names = below.iter().filter_map(|name| name.to_str());
        !names.any(|name| name.starts_with('.') || OTHER.contains(&name))
    })
}

/// A build backend in the project compiles code if it uses a tool for extensions.
fn in_tree(project: &Files) -> Kind {
    const WORDS: [&str; 5] = [
        "Cython",
        "cythonize",
        "mypycify",
        "ext_modules",
        "Extension(",
    ];
    let files = project.in_tree_backend();
    for file in &files {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let found = text
            .lines()
            .position(|line| WORDS.iter().any(|word| line.contains(word)));
        if let Some(index) = found {
            let below = file.strip_prefix(&project.folder).unwrap_or(file);
            let because = format!("line {} of {}", index + 1, below.display());
            return Kind::of(&["c"], because).having_read(files);
        }
    }
    Kind::pure(files)
}

/// The file with the build hook of a project of hatch.
fn hatch_hook(project: &Files) -> &str {
    let places: [&[&str]; 2] = [
        &[
            "tool", "hatch", "build", "targets", "wheel", "hooks", "custom", "path",
        ],
        &["tool", "hatch", "build", "hooks", "custom", "path"],
    ];
    let path = places.into_iter().find_map(|keys| project.toml(keys));
    path.map_or("hatch_build.py", |path| path.text)
}

fn hatchling(project: &Files) -> Kind {
    const HOOKS: [(&str, &[&str]); 5] = [
        ("cython", &["c"]),
        ("mypyc", &["c"]),
        ("scikit-build", &["c", "cxx"]),
        ("zig", &["c"]),
        ("rust", &["rust", "c"]),
    ];
    let tables: [&[&str]; 2] = [
        &["tool", "hatch", "build", "hooks"],
        &["tool", "hatch", "build", "targets", "wheel", "hooks"],
    ];
    for hooks in tables {
        for (name, languages) in HOOKS {
            let keys: Vec<&str> = hooks.iter().copied().chain([name]).collect();
            let enabled: Vec<&str> = keys.iter().copied().chain(["enable-by-default"]).collect();
            let runs = project.pyproject.as_ref().is_some_and(|file| {
                file.table(&keys).is_some() && file.flag(&enabled) != Some(false)
            });
            if runs {
                return Kind::of(languages, format!("hatch has the build hook `{name}`"));
            }
        }
    }
    let file = hatch_hook(project);
    let path = project.folder.join(file);
    let hook = std::fs::read_to_string(&path).unwrap_or_default();
    let compact: String = hook.split_whitespace().collect();
    let compiles = [
        "pure_python\"]=False",
        "pure_python']=False",
        "infer_tag\"]=True",
        "infer_tag']=True",
    ];
    if compiles.iter().any(|words| compact.contains(words)) {
        let because = format!("the build hook in {file} makes a wheel of a platform");
        return Kind::of(&["c"], because).having_read([path]);
    }
    Kind::pure(vec![path])
}

/// poetry and pdm run a script of the project, which usually compiles code.
fn build_script(project: &Files) -> Kind {
    let keys: [&[&str]; 4] = [
        &["tool", "poetry", "build"],
        &["tool", "poetry", "build", "script"],
        &["tool", "pdm", "build", "custom-hook"],
        &["tool", "pdm", "build", "setup-script"],
    ];
    let script = keys.into_iter().find_map(|keys| project.toml(keys));
    let setuptools = project.pyproject.as_ref();
    let setuptools =
        setuptools.and_then(|file| file.flag(&["tool", "pdm", "build", "run-setuptools"]));
    match (script, setuptools) {
        (None, None | Some(false)) => Kind::default(),
        (script, _) => {
            let script = script.map_or("setup.py", |script| script.text);
            Kind::of_c(project, format!("the build runs `{script}`"))
        }
    }
}

/// The normalized names in `build-system.requires`.
fn build_requires(project: &Files) -> Vec<String> {
    let requires = project.pyproject.as_ref();
    let requires = requires.map(|file| file.texts(&["build-system", "requires"]));
    let names = requires.into_iter().flatten().map(|entry| {
        let name = entry.text.trim();
        let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)));
        super::dependency::normalized(&name[..end.unwrap_or(name.len())])
    });
    names.collect()
}
