//! Sets up the compilation of native code, so that the next build can reuse the results.
//!
//! The directory in which the script runs remains after a build, as long as the environments
//! stay the same. A build with other environments starts with an empty directory.

use crate::backend::Request;
use crate::backend::script::{Step, StepCondition, Word};
use crate::backends::cargo::guest::{self, GuestScript, Linking, TARGET_DIR};
use crate::backends::cmake::guest as cmake;
use crate::backends::python::Config;
use crate::backends::python::config::Profile;
use crate::backends::python::layout::{BUILD, CMAKE_TRACE, SETUPTOOLS};
use crate::backends::python::maturin;
use crate::backends::python::shape::Shape;
use crate::backends::python::source::Source;

use super::{below, program, rustflags};

/// The parts of the script with which Cargo uses the shared tree of the workspace. `None` if the
/// build compiles all crates for itself.
pub(super) fn shared(
    request: &Request<'_, Config>,
    source: &Source,
    shape: &Shape,
) -> Option<GuestScript> {
    let guest = shape.guest(source)?;
    let prefix = "-Wl,-rpath,$PREFIX/lib".to_string();
    let arguments = [prefix].into_iter().chain(no_build_id(request));
    let linking = Linking {
        arguments: arguments.collect(),
        variable: rustflags::variable(request.platforms.host, source, &source.top(request)),
    };
    Some(guest.script(request, linking))
}

/// The steps that set variables for native code, before the installer runs. `crates` are the
/// parts of the script for the shared tree.
pub(super) fn prepare(
    request: &Request<'_, Config>,
    source: &Source,
    shape: &Shape,
    crates: Option<&GuestScript>,
) -> Vec<Step> {
    let env = &request.config.common.env;
    let mut steps = Vec::new();
    let mut set = |name: &str, value: Word| {
        if !env.contains_key(name) {
            steps.push(Step::Set(name.to_string(), value));
        }
    };
    if uses_setuptools(source) {
        set("DIST_EXTRA_CONFIG", below(request, SETUPTOOLS));
    }
    if shape.languages.is_empty() {
        return steps;
    }
    if source.uses_cargo() {
        let target = match crates {
            Some(_) => TARGET_DIR.to_string(),
            None => format!("{BUILD}/cargo"),
        };
        set("CARGO_TARGET_DIR", below(request, &target));
        set("PYO3_PYTHON", Word::variable("PYTHON"));
        if let Some(home) = guest::cargo_home(request.folders) {
            // The Rust backend uses the same directory, so that both share downloads.
            set("CARGO_HOME", Word::literal(home.display().to_string()));
        }
    }
    if let Some(profile) = request.config.profile {
        set("CMAKE_BUILD_TYPE", profile.cmake().into());
        set("SETUPTOOLS_RUST_CARGO_PROFILE", profile.cargo().into());
    }
    if source.runs_cmake() {
        steps.push(traces_cmake(request));
    }
    if !request.platforms.build.is_windows() {
        if request.config.profile == Some(Profile::Debug) {
            // The last flags win: Python and the compilers of conda set `-O2`.
            let append = |name: &str, flags: &str| Step::Append(name.to_string(), flags.into());
            steps.extend(["CFLAGS", "CXXFLAGS"].map(|name| append(name, "-O0 -g")));
            // `_FORTIFY_SOURCE` requires optimization.
            steps.push(append("CPPFLAGS", "-O0 -U_FORTIFY_SOURCE"));
        }
        if uses_setuptools(source) {
            // The compiler lists the files that it reads beside each object. Other build tools
            // request this themselves.
            steps.push(Step::Append("CFLAGS".to_string(), "-MD".into()));
        }
        if crates.is_none() {
            // In the shared tree, the flags are the same for Rust packages.
            steps.extend(same_everywhere(source));
        }
        steps.extend(finds_libraries(request, source, crates));
    }
    if let Some(crates) = crates {
        steps.extend(crates.steps.clone());
        steps.extend(maturin::variable(request.config, &crates.arguments));
    }
    steps
}

/// Makes CMake record what it reads, if the file for this has been created.
fn traces_cmake(request: &Request<'_, Config>) -> Step {
    let file = || below(request, CMAKE_TRACE);
    let mut arguments = Word::literal(cmake::ARGUMENTS.join(" "));
    arguments.0.extend(file().0);
    let step = Step::Append("CMAKE_ARGS".to_string(), arguments);
    Step::When(StepCondition::File(file()), vec![step])
}

/// Keeps the paths of the source directory and of the work directory out of compiled files, so
/// that the files are the same on every machine.
fn same_everywhere(source: &Source) -> Vec<Step> {
    let folder = source.files.folder.display().to_string();
    let replaced = |name: &str, path: Word| {
        let mut flag = Word::literal("-ffile-prefix-map=");
        flag.0.extend(path.0);
        Step::Append(name.to_string(), flag.then("=."))
    };
    if folder.contains(char::is_whitespace) {
        return Vec::new();
    }
    let flags = ["CFLAGS", "CXXFLAGS"];
    let paths = [Word::literal(folder), Word::variable("SRC_DIR")];
    let flags = flags.iter().flat_map(|name| {
        let paths = paths.clone().into_iter();
        paths.map(|path| replaced(name, path))
    });
    flags.collect()
}

/// Makes linkers add the library directory of the prefix to the run path, as the compilers of
/// conda do, and prevents content that depends on the path of the prefix.
fn finds_libraries(
    request: &Request<'_, Config>,
    source: &Source,
    crates: Option<&GuestScript>,
) -> Vec<Step> {
    if request.platforms.host.is_windows() {
        return Vec::new();
    }
    let path = || Word::variable("PREFIX").then("/lib");
    let with = |flag: &str| {
        let mut word = Word::literal(flag);
        word.0.extend(path().0);
        word
    };
    let no_id = no_build_id(request);
    let mut flags = vec![with("-Wl,-rpath,")];
    flags.extend(no_id.iter().map(Word::literal));
    let mut steps: Vec<Step> = flags
        .into_iter()
        .map(|flag| Step::Append("LDFLAGS".to_string(), flag))
        .collect();
    // In the shared tree, the linker adds them: flags with a prefix would compile every crate again.
    if source.uses_cargo() && crates.is_none() {
        let mut flags = vec![with("-Clink-arg=-Wl,-rpath,")];
        flags.extend(no_id.map(|flag| Word::literal(format!("-Clink-arg={flag}"))));
        let name = rustflags::variable(request.platforms.host, source, &source.top(request));
        let appended = flags.into_iter();
        steps.extend(appended.map(|flag| Step::Append(name.clone(), flag)));
    }
    steps
}

/// The argument of the linker that leaves out the build ID. A build ID is a hash of the file, which
/// contains the path of the prefix.
fn no_build_id(request: &Request<'_, Config>) -> Option<String> {
    let is_linux = request.platforms.host.is_linux();
    is_linux.then(|| "-Wl,--build-id=none".to_string())
}

/// The settings of the build backend for its build directory and for the profile.
pub(super) fn settings(
    request: &Request<'_, Config>,
    source: &Source,
    shape: &Shape,
    crates: Option<&GuestScript>,
) -> Vec<Word> {
    let kept = build_directory(request, source, shape);
    let profile = profile(request, source).map(|setting| match crates {
        Some(crates) => maturin::continued(Word::literal(setting), &crates.arguments),
        None => Word::literal(setting),
    });
    kept.into_iter()
        .chain(profile)
        .flat_map(|setting| ["-C".into(), setting])
        .collect()
}

/// The setting that chooses the profile, unless the user has set it.
fn profile(request: &Request<'_, Config>, source: &Source) -> Option<String> {
    let profile = request.config.profile?;
    let (key, value) = match source.build_module() {
        "scikit_build_core" => ("cmake.build-type", profile.cmake().to_string()),
        "mesonpy" => ("setup-args", format!("-Dbuildtype={}", profile.meson())),
        "maturin" => ("build-args", format!("--profile={}", profile.cargo())),
        _ => return None,
    };
    // meson-python accepts several values of `setup-args`, and the last one wins.
    let is_set = request.config.config_settings.contains_key(key);
    (!is_set || key == "setup-args").then(|| format!("{key}={value}"))
}

/// The setting for the build directory, which makes the build backend reuse compiled files.
fn build_directory(request: &Request<'_, Config>, source: &Source, shape: &Shape) -> Option<Word> {
    let key = match source.build_module() {
        "scikit_build_core" => "build-dir",
        "mesonpy" => "builddir",
        _ => return None,
    };
    if shape.languages.is_empty() || is_chosen(request.config) {
        return None;
    }
    let mut setting = Word::literal(format!("{key}="));
    setting.0.extend(below(request, BUILD).0);
    Some(setting)
}

/// Whether the user sets the build directory. A setting of the installer wins over
/// `pyproject.toml`.
pub(in super::super) fn is_chosen(config: &Config) -> bool {
    let names = ["build-dir", "builddir"];
    let settings = config.config_settings.keys();
    let mut settings = settings.map(String::as_str);
    let mut arguments = config.common.extra_args.iter();
    config.common.env.contains_key("SKBUILD_BUILD_DIR")
        || settings.any(|key| names.contains(&key))
        || arguments.any(|argument| names.iter().any(|name| argument.contains(name)))
}

/// The step that adds the files that the compilers read to the list of opened files.
pub(super) fn finish(request: &Request<'_, Config>, source: &Source, shape: &Shape) -> Vec<Step> {
    if shape.languages.is_empty() {
        return Vec::new();
    }
    let folder = source.files.folder.display().to_string();
    vec![Step::Run(program(request, "compiled.py", [folder]))]
}

/// Whether setuptools may build the project, perhaps below another build backend.
pub(in super::super) fn uses_setuptools(source: &Source) -> bool {
    let runs = ["setuptools", "poetry", "pdm"];
    runs.contains(&source.build_module()) || source.files.setup_py.is_some()
}
