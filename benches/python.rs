//! Compares the time of a package with the time of the tools that build it.
//!
//! `cargo bench --bench python` builds a pure Python project with uv. It also builds a project
//! of scikit-build-core and one of maturin after an edit of one line. It prints each case
//! beside the same work of uv alone in the same environment.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;

use test_support::build::Build;
use test_support::channel::Channel;
use test_support::comparison::Comparison;
use test_support::packages::Package;
use test_support::pixi::Pixi;
use test_support::prefix::output;
use test_support::project::Project;
use test_support::python::channel_or_skip;
use test_support::requests::{Initialize, Outputs};

const NAME: &str = "pixi-build-python";

/// The number of modules of the pure project.
const MODULES: usize = 100;

/// The number of runs of a case that takes a second or less.
const TURNS: usize = 9;

fn main() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    description();
    pure(channel);
    edited(
        channel,
        "scikit-build-core",
        &scikit_build(),
        &["cmake", "ninja"],
        "core.c",
    );
    edited(channel, "maturin", &maturin(), &[], "src/main.rs");
    crates(channel);
}

/// A module with crates from the registry, in one environment and then in another. The same
/// without anything shared downloads the crates first.
fn crates(channel: &Channel) {
    let project = module();
    let mut channel_with_more = Channel::new(project.cache().join("channel"));
    channel_with_more.include(channel);
    channel_with_more.add(Package::new("libmore", "1.0").file("lib/libmore.txt", "more"));
    let channel = &channel_with_more;
    let initialize = || Initialize::of(&project).dependency("hostDependencies", "maturin", "*");
    let with_more = || initialize().dependency("hostDependencies", "libmore", "*");
    let nothing = with_more().configuration(json!({"build-dir": "temporary"}));
    built(&project, &nothing, channel, "downloads");
    let (unshared, ..) = built(&project, &nothing, channel, "unshared");
    let (cold, ..) = built(&project, &initialize(), channel, "one");
    let (other, ..) = built(&project, &with_more(), channel, "two");
    let print = |case: &str, backend: Duration, alone: Duration, named: &str| {
        Comparison { backend, alone }.print_ratio(case, named);
    };
    print("maturin, cold", cold, unshared, "nothing shared");
    print("maturin, one more host package", other, cold, "cold");
}

/// Measures the first response about a project whose dependencies are mapped to conda.
fn description() {
    let project = Project::of(NAME)
        .pixi_toml("[package]\n")
        .file("pyproject.toml", PURE)
        .file("src/pure/__init__.py", "");
    let best = (0..TURNS).map(|_| {
        let mut pixi = Pixi::of(&project);
        let mapping = json!({"ignore-pypi-mapping": false});
        pixi.initialize(&Initialize::of(&project).configuration(mapping));
        let start = Instant::now();
        pixi.outputs(&Outputs::new(&project.metadata_work("pure")));
        start.elapsed()
    });
    let best = best.min().expect("several");
    println!(
        "first `conda/outputs` with the mapping on: {:.2} ms",
        best.as_secs_f64() * 1e3
    );
}

const PURE: &str = "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n\
    [project]\nname = \"pure\"\nversion = \"1.0\"\nrequires-python = \">=3.9\"\n\
    dependencies = [\"click>=8\", \"msgpack~=1.0\", \"torch; sys_platform == 'linux'\"]\n";

/// Compares a package with an installation by uv and an archive of the installed files.
fn pure(channel: &Channel) {
    let mut project = Project::of(NAME)
        .pixi_toml("[package]\n")
        .file("pyproject.toml", PURE)
        .file("src/pure/__init__.py", "");
    for module in 0..MODULES {
        let text = "def function(argument):\n    return argument\n".repeat(100);
        project = project.file(&format!("src/pure/module{module}.py"), text);
    }
    let initialize = Initialize::of(&project).dependency("hostDependencies", "hatchling", "*");
    let turns = (0..TURNS).map(|turn| {
        let work = format!("pure{turn}");
        let (backend, build, archive) = built(&project, &initialize, channel, &work);
        let packing = packed(&archive, &build);
        remove_byte_code(build.host_prefix());
        let alone = alone(&project, &build) + packing;
        Comparison { backend, alone }
    });
    Comparison::median(turns).print_ratio("a pure package, cold", "uv and packing");
}

/// Measures builds after an edit of one line, when everything else is already compiled.
fn edited(channel: &Channel, name: &str, project: &Project, programs: &[&str], file: &str) {
    let mut initialize = Initialize::of(project).dependency("hostDependencies", name, "*");
    for program in programs {
        initialize = initialize.dependency("hostDependencies", program, "*");
    }
    let text = fs_err::read_to_string(project.dir().join(file)).expect("it is there");
    let (_, build, _) = built(project, &initialize, channel, name);
    alone(project, &build);
    let turns = (0..TURNS).map(|turn| {
        project.write(file, format!("{text}// {turn}\n"));
        Comparison {
            backend: built(project, &initialize, channel, name).0,
            alone: alone(project, &build),
        }
    });
    Comparison::median(turns).print_difference(&format!("{name}, one-line edit"));
}

fn built(
    project: &Project,
    initialize: &Initialize,
    channel: &Channel,
    work: &str,
) -> (Duration, Build, String) {
    let mut pixi = Pixi::of(project);
    pixi.initialize(initialize);
    let work = project.build_work(work);
    let outputs = pixi.outputs(&Outputs::new(&work).channel(channel));
    let build = Build::prepare(&outputs[0], &work, channel).set("editable", json!(false));
    let start = Instant::now();
    let answer = pixi
        .build(&build)
        .unwrap_or_else(|error| panic!("{error:#}"));
    let path = answer["output_file"].as_str().expect("text").to_string();
    (start.elapsed(), build, path)
}

/// Removes the byte code of the build tools that a build leaves in its environment. A build in a new
/// environment has none.
fn remove_byte_code(prefix: &Path) {
    let files = walkdir::WalkDir::new(prefix).into_iter();
    for file in files.map(|entry| entry.expect("the bench owns the directory")) {
        if file
            .path()
            .extension()
            .is_some_and(|ending| ending == "pyc")
        {
            fs_err::remove_file(file.path()).expect("the bench owns the directory");
        }
    }
}

/// Returns the time of uv in the environment of a build, with a build directory that stays.
fn alone(project: &Project, build: &Build) -> Duration {
    let host = build.host_prefix();
    let path = [host.join("bin"), build.build_prefix().join("bin")];
    let path = path.map(|folder| folder.display().to_string()).join(":");
    let machine = std::env::var("PATH").unwrap_or_default();
    let tree = project.cache().join("alone");
    let mut command = Command::new(host.join("bin/uv"));
    command.args([
        "pip",
        "install",
        "--reinstall",
        "--no-deps",
        "--no-build-isolation",
    ]);
    command
        .args(["--no-index", "--python"])
        .arg(host.join("bin/python"));
    command
        .arg(format!("-Cbuild-dir={}", tree.display()))
        .arg(project.dir());
    command.env("PATH", format!("{path}:{machine}"));
    command.env("UV_CACHE_DIR", project.cache().join("uv-cache"));
    command
        .env("CARGO_TARGET_DIR", &tree)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let start = Instant::now();
    output(&mut command);
    start.elapsed()
}

/// Returns the time of writing an archive with the same files.
fn packed(archive: &str, build: &Build) -> Duration {
    let unpacked = test_support::archive::Archive::open(archive);
    let package = test_support::packages::Package::new("packed", "1").folder(unpacked.root());
    let target = build.build_prefix().join("packed.conda");
    let start = Instant::now();
    test_support::packing::pack(&package, Path::new(&target));
    start.elapsed()
}

fn scikit_build() -> Project {
    let cmake = "cmake_minimum_required(VERSION 3.15)\nproject(fast LANGUAGES C)\n\
        find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)\n\
        python_add_library(core MODULE core.c WITH_SOABI)\ninstall(TARGETS core DESTINATION fast)\n";
    let core = "#include <Python.h>\n\
        static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, \"core\", 0, -1, 0};\n\
        PyMODINIT_FUNC PyInit_core(void) { return PyModule_Create(&module); }\n";
    let text = "[build-system]\nrequires = [\"scikit-build-core\"]\n\
        build-backend = \"scikit_build_core.build\"\n[project]\nname = \"fast\"\nversion = \"1.0\"\n";
    Project::of(NAME)
        .pixi_toml("[package]\n")
        .file("pyproject.toml", text)
        .file("CMakeLists.txt", cmake)
        .file("core.c", core)
        .file("src/fast/__init__.py", "")
}

fn maturin() -> Project {
    let text = "[build-system]\nrequires = [\"maturin\"]\nbuild-backend = \"maturin\"\n\
        [project]\nname = \"fast\"\nversion = \"1.0\"\n[tool.maturin]\nbindings = \"bin\"\n";
    let cargo = "[package]\nname = \"fast\"\nversion = \"1.0.0\"\nedition = \"2021\"\n";
    Project::of(NAME)
        .pixi_toml("[package]\n")
        .file("pyproject.toml", text)
        .file("Cargo.toml", cargo)
        .file(
            "Cargo.lock",
            "version = 4\n\n[[package]]\nname = \"fast\"\nversion = \"1.0.0\"\n",
        )
        .file("src/main.rs", "fn main() { println!(\"fast\") }\n")
}

fn module() -> Project {
    let text = "[build-system]\nrequires = [\"maturin\"]\nbuild-backend = \"maturin\"\n\
        [project]\nname = \"fast\"\nversion = \"1.0\"\n";
    let cargo = "[package]\nname = \"fast\"\nversion = \"1.0.0\"\nedition = \"2021\"\n\
        [lib]\ncrate-type = [\"cdylib\"]\n[dependencies]\nregex = \"1\"\nserde_json = \"1\"\n\
        serde = { version = \"1\", features = [\"derive\"] }\n\
        pyo3 = { version = \"0.27\", features = [\"extension-module\"] }\n";
    let code = "use pyo3::prelude::*;\n\
        #[derive(serde::Serialize)]\nstruct Found(bool);\n\
        #[pyfunction]\nfn find(text: &str) -> String {\n\
        let found = regex::Regex::new(\"[a-z]+\").is_ok_and(|it| it.is_match(text));\n\
        serde_json::to_string(&Found(found)).unwrap_or_default()\n}\n\
        #[pymodule]\nfn fast(module: &Bound<'_, PyModule>) -> PyResult<()> {\n\
        module.add_function(wrap_pyfunction!(find, module)?)\n}\n";
    Project::of(NAME)
        .pixi_toml("[package]\n")
        .file("pyproject.toml", text)
        .file("Cargo.toml", cargo)
        .file("src/lib.rs", code)
        .lock()
}
