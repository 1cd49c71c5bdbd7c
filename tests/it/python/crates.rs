//! maturin projects share compiled crates with builds in other environments, and with Rust packages
//! of the workspace.

use std::process::Command;

use indoc::indoc;
use serde_json::json;

use super::edits::finished;
use super::{initialize, project};
use test_support::archive::Archive;
use test_support::build::Build;
use test_support::channel::Channel;
use test_support::edits::Verdict::{Rebuild, Reuse};
use test_support::packages::Package;
use test_support::pixi::Pixi;
use test_support::prefix::output;
use test_support::project::Project;
use test_support::python::channel_or_skip;
use test_support::requests::{Initialize, Outputs};

/// A module with a crate from the registry and two crates of the project. The build script of
/// `inner` generates a source file, and the build script of `asks` runs Python.
const MODULE: [(&str, &str); 10] = [
    (
        "pyproject.toml",
        indoc! {r#"
            [build-system]
            requires = ["maturin"]
            build-backend = "maturin"
            [project]
            name = "fast"
            version = "1.0"
            requires-python = ">=3.9"
            [tool.maturin]
            python-source = "python"
            module-name = "fast.core"
        "#},
    ),
    (
        "Cargo.toml",
        indoc! {r#"
            [package]
            name = "fast"
            version = "1.0.0"
            edition = "2021"
            [lib]
            name = "core"
            crate-type = ["cdylib"]
            [dependencies]
            asks = { path = "asks" }
            inner = { path = "inner" }
            itoa = "1"
            pyo3 = { version = "0.27", features = ["extension-module"] }
        "#},
    ),
    (
        "src/lib.rs",
        indoc! {r#"
            use pyo3::prelude::*;
            #[pyfunction]
            fn one() -> String {
                let number = itoa::Buffer::new().format(42).to_owned();
                format!("{} {number} {}", inner::WORD, asks::VERSION.len())
            }
            #[pymodule]
            fn core(module: &Bound<'_, PyModule>) -> PyResult<()> {
                module.add_function(wrap_pyfunction!(one, module)?)
            }
        "#},
    ),
    (
        "asks/Cargo.toml",
        "[package]\nname = \"asks\"\nversion = \"1.0.0\"\nedition = \"2021\"\n",
    ),
    (
        "asks/src/lib.rs",
        "pub const VERSION: &str = env!(\"PYTHON_VERSION\");\n",
    ),
    (
        "asks/build.rs",
        indoc! {r#"
            fn main() {
                let mut python = std::process::Command::new("python3");
                python.args(["-c", "import sys; print(len(sys.version_info))"]);
                let output = python.output().unwrap();
                let version = String::from_utf8(output.stdout).unwrap();
                println!("cargo::rerun-if-changed=build.rs");
                println!("cargo::rustc-env=PYTHON_VERSION={}", version.trim());
            }
        "#},
    ),
    (
        "inner/Cargo.toml",
        "[package]\nname = \"inner\"\nversion = \"1.0.0\"\nedition = \"2021\"\n",
    ),
    (
        "inner/src/lib.rs",
        "include!(concat!(env!(\"OUT_DIR\"), \"/word.rs\"));\n",
    ),
    (
        "inner/build.rs",
        indoc! {r#"
            fn main() {
                println!("cargo::rerun-if-changed=word.txt");
                let word = std::fs::read_to_string("word.txt").unwrap();
                let text = format!("pub const WORD: &str = {:?};", word.trim());
                let folder = std::env::var("OUT_DIR").unwrap();
                std::fs::write(format!("{folder}/word.rs"), text).unwrap();
            }
        "#},
    ),
    ("inner/word.txt", "first\n"),
];

const PYTHON: (&str, &str) = ("python/fast/__init__.py", "from fast.core import one\n");

/// Another package whose library has the same name.
const NAMESAKE: [(&str, &str); 4] = [
    (
        "namesake/pyproject.toml",
        indoc! {r#"
            [build-system]
            requires = ["maturin"]
            build-backend = "maturin"
            [project]
            name = "namesake"
            version = "1.0"
        "#},
    ),
    (
        "namesake/Cargo.toml",
        indoc! {r#"
            [package]
            name = "namesake"
            version = "1.0.0"
            edition = "2021"
            [lib]
            name = "core"
            crate-type = ["cdylib"]
            [dependencies]
            itoa = "1"
            pyo3 = { version = "0.27", features = ["extension-module"] }
        "#},
    ),
    (
        "namesake/src/lib.rs",
        indoc! {r#"
            use pyo3::prelude::*;
            #[pymodule]
            fn core(module: &Bound<'_, PyModule>) -> PyResult<()> {
                module.add("word", itoa::Buffer::new().format(1).to_owned())
            }
        "#},
    ),
    ("namesake/pixi.toml", "[package]\nname = \"namesake\"\n"),
];

/// A finished build.
struct Built {
    package: Archive,
    log: String,
    build: Build,
}

impl Built {
    fn compiled(&self, name: &str) -> bool {
        self.log.contains(&format!("Compiling {name} v"))
    }

    /// Runs the module in the host environment, and returns the output.
    fn run(&self) -> String {
        let mut python = Command::new(self.build.host_prefix().join("bin/python"));
        python.args(["-B", "-c", "import fast; print(fast.one())"]);
        output(python.current_dir("/"))
    }

    /// The content of the only compiled module.
    fn module(&self) -> Vec<u8> {
        let files = self.package.files();
        let mut modules = files.iter().filter(|file| file.ends_with(".so"));
        let module = modules.next();
        let module = module.unwrap_or_else(|| panic!("no module in {files:#?}"));
        assert_eq!(modules.next(), None, "{files:#?}");
        self.package.read(module)
    }
}

/// A channel with additional packages for a host environment.
fn channel(project: &Project) -> Option<Channel> {
    let mut channel = Channel::new(project.cache().join("channel"));
    channel.include(channel_or_skip()?);
    for name in ["libmore", "libother"] {
        channel.add(Package::new(name, "1.0").file(&format!("lib/{name}.txt"), "more"));
    }
    Some(channel)
}

/// Builds in the work directory `work`.
#[track_caller]
fn built(project: &Project, channel: &Channel, work: &str, initialize: &Initialize) -> Built {
    built_by(Pixi::of(project), project, channel, work, initialize)
}

#[track_caller]
fn built_by(
    mut pixi: Pixi,
    project: &Project,
    channel: &Channel,
    work: &str,
    initialize: &Initialize,
) -> Built {
    pixi.initialize(initialize);
    let work = project.build_work(work);
    let outputs = pixi.outputs(&Outputs::new(&work).channel(channel));
    let build = Build::prepare(&outputs[0], &work, channel).set("editable", json!(false));
    let answer = pixi
        .build(&build)
        .unwrap_or_else(|error| panic!("{error:#}"));
    let log = fs_err::read_to_string(work.join("debug/build.log")).expect("the build writes a log");
    Built {
        package: Archive::open(
            answer["output_file"]
                .as_str()
                .expect("`output_file` is text"),
        ),
        log,
        build,
    }
}

fn with_host(project: &Project, more: &[&str]) -> Initialize {
    let host: Vec<&str> = ["maturin"].iter().chain(more).copied().collect();
    initialize(project, &host, json!({}))
}

/// Checks that the module searches the library directory of its own prefix, and neither that of
/// another build nor the directory that programs search.
#[track_caller]
fn finds_libraries_like_any_module(built: &Built) {
    let module = built.module();
    let has = |text: &str| memchr::memmem::find(&module, text.as_bytes()).is_some();
    assert!(
        has("$ORIGIN/../../.."),
        "the run path is relative to the module"
    );
    assert!(
        !has("$ORIGIN/../lib"),
        "the run path is not the one of a program"
    );
    assert!(
        !has("host_env_placehold") && !has("/.pixi/bld/"),
        "the module does not contain the path of a prefix"
    );
}

#[test]
fn another_host_package_compiles_only_what_depends_on_python() {
    let project = project(&[&MODULE[..], &[PYTHON], &NAMESAKE].concat());
    let Some(channel) = channel(&project) else {
        return;
    };
    let first = built(&project, &channel, "one", &with_host(&project, &[]));
    for name in ["itoa", "inner", "asks", "pyo3-ffi", "fast"] {
        assert!(first.compiled(name), "{name}: {}", first.log);
    }
    assert_eq!(first.run(), "first 42 1");

    let more = with_host(&project, &["libmore"]);
    let second = built(&project, &channel, "two", &more);
    for name in ["itoa", "inner", "libc"] {
        assert!(!second.compiled(name), "{name}: {}", second.log);
    }
    // The build scripts of `asks` and `pyo3-ffi` use the Python of the environment, and `fast`
    // depends on both.
    for name in ["asks", "pyo3-ffi", "fast"] {
        assert!(second.compiled(name), "{name}: {}", second.log);
    }
    assert_eq!(second.run(), "first 42 1");
    assert!(
        first.module() == second.module(),
        "the same sources result in the same module"
    );
    finds_libraries_like_any_module(&second);

    // Nothing is modified.
    let again = built(&project, &channel, "two", &more);
    for name in ["itoa", "inner", "asks", "pyo3-ffi", "fast"] {
        assert!(!again.compiled(name), "{name}: {}", again.log);
    }
    project.write("inner/word.txt", "second\n");
    let edited = built(&project, &channel, "two", &more);
    assert!(edited.compiled("inner") && !edited.compiled("pyo3-ffi"));
    assert_eq!(edited.run(), "second 42 1");

    // Another package writes a library of the same name into the shared tree.
    let namesake = Initialize::member(&project, "namesake");
    let namesake = namesake.dependency("hostDependencies", "maturin", "*");
    built(&project, &channel, "namesake", &namesake);
    let again = built(&project, &channel, "two", &more);
    assert!(!again.compiled("inner"), "{}", again.log);
    assert_eq!(again.run(), "second 42 1");
    assert!(
        again.module() == edited.module(),
        "the same sources result in the same module"
    );

    // The same work directory, with other packages in its environment.
    let other = with_host(&project, &["libother"]);
    let other = built(&project, &channel, "two", &other);
    for name in ["asks", "pyo3-ffi", "fast"] {
        assert!(other.compiled(name), "{name}: {}", other.log);
    }
    assert!(!other.compiled("itoa"), "{}", other.log);
    assert_eq!(other.run(), "second 42 1");
}

/// A program that maturin builds. It prints a word from another crate, and formats a number with a
/// crate from the registry.
const PROGRAM: [(&str, &str); 5] = [
    (
        "pyproject.toml",
        indoc! {r#"
            [build-system]
            requires = ["maturin"]
            build-backend = "maturin"
            [project]
            name = "says"
            version = "1.0"
            [tool.maturin]
            bindings = "bin"
        "#},
    ),
    (
        "Cargo.toml",
        indoc! {r#"
            [package]
            name = "says"
            version = "1.0.0"
            edition = "2021"
            [features]
            loud = []
            [dependencies]
            inner = { path = "inner" }
            itoa = "1"
            [workspace]
            members = ["inner"]
        "#},
    ),
    (
        "src/main.rs",
        indoc! {r#"
            fn main() {
                let sign = if cfg!(feature = "loud") { "!" } else { "" };
                println!("{} {}{sign}", inner::WORD, itoa::Buffer::new().format(42));
            }
        "#},
    ),
    (
        "inner/Cargo.toml",
        "[package]\nname = \"inner\"\nversion = \"1.0.0\"\nedition = \"2021\"\n",
    ),
    ("inner/src/lib.rs", "pub const WORD: &str = \"first\";\n"),
];

/// A Rust package of the same workspace.
const TOOL: [(&str, &str); 3] = [
    (
        "tool/Cargo.toml",
        indoc! {r#"
            [package]
            name = "tool"
            version = "1.0.0"
            edition = "2021"
            [dependencies]
            itoa = "1"
            [workspace]
        "#},
    ),
    (
        "tool/src/main.rs",
        "fn main() { println!(\"{}\", itoa::Buffer::new().format(7)) }\n",
    ),
    ("tool/pixi.toml", "[package]\nname = \"tool\"\n"),
];

fn said(built: &Built, program: &str) -> String {
    output(&mut Command::new(
        built.build.host_prefix().join("bin").join(program),
    ))
}

#[test]
fn a_rust_package_and_a_project_of_maturin_share_crates() {
    let project = project(&[&PROGRAM[..], &TOOL].concat());
    let Some(channel) = channel(&project) else {
        return;
    };
    let project = project.lock().lock_in("tool");
    let tool = |work: &str, host: &[&str]| {
        let initialize = Initialize::member(&project, "tool");
        let host = host.iter().fold(initialize, |initialize, name| {
            initialize.dependency("hostDependencies", name, "*")
        });
        built_by(Pixi::start(), &project, &channel, work, &host)
    };
    let first = tool("tool", &[]);
    assert!(first.compiled("itoa"), "{}", first.log);
    let says = built(&project, &channel, "says", &with_host(&project, &[]));
    assert!(!says.compiled("itoa"), "{}", says.log);
    assert!(says.compiled("says"), "{}", says.log);
    assert_eq!(said(&says, "says"), "first 42");
    let second = tool("other", &["libmore"]);
    assert!(!second.compiled("itoa"), "{}", second.log);
    assert_eq!(said(&second, "tool"), "7");
    let same = first.package.read("bin/tool") == second.package.read("bin/tool");
    assert!(
        same,
        "a build with maturin in between does not modify the program"
    );

    // Cargo compares modification times, and this file is older than the last build.
    let file = project.dir().join("inner/src/lib.rs");
    project.write("inner/src/lib.rs", "pub const WORD: &str = \"older\";\n");
    let earlier = std::time::SystemTime::now() - std::time::Duration::from_secs(60 * 60);
    let opened = fs_err::OpenOptions::new().write(true).open(file);
    let opened = opened.expect("the test owns the file");
    opened
        .file()
        .set_modified(earlier)
        .expect("the test owns the file");
    let older = built(
        &project,
        &channel,
        "more",
        &with_host(&project, &["libmore"]),
    );
    assert_eq!(said(&older, "says"), "older 42");

    // The build keeps the arguments of the user, and shares nothing with `temporary`.
    let config = json!({"config-settings": {"build-args": "--features loud"}});
    let loud = initialize(&project, &["maturin"], config);
    let loud = built(&project, &channel, "says", &loud);
    assert!(!loud.compiled("itoa"), "{}", loud.log);
    assert_eq!(said(&loud, "says"), "older 42!");
    let alone = initialize(&project, &["maturin"], json!({"build-dir": "temporary"}));
    let alone = built(&project, &channel, "says", &alone);
    assert!(alone.compiled("itoa"), "{}", alone.log);
    assert_eq!(said(&alone, "says"), "older 42");
}

#[test]
fn edits_of_crates_and_of_files_that_build_scripts_read_count() {
    let lock = indoc! {r#"
        version = 4

        [[package]]
        name = "inner"
        version = "1.0.0"

        [[package]]
        name = "says"
        version = "1.0.0"
        dependencies = ["inner"]
    "#};
    let with_script = &MODULE[6..];
    let own = [
        PROGRAM[0],
        (
            "Cargo.toml",
            indoc! {r#"
                [package]
                name = "says"
                version = "1.0.0"
                edition = "2021"
                [dependencies]
                inner = { path = "inner" }
            "#},
        ),
        (
            "src/main.rs",
            "fn main() { println!(\"{}\", inner::WORD) }\n",
        ),
        ("src/unused.rs", ""),
        ("Cargo.lock", lock),
    ];
    let Some(finished) = finished(&[&own[..], with_script].concat(), &["maturin"], false) else {
        return;
    };
    let globs = finished.answer["input_globs"].to_string();
    assert!(!globs.contains("scratch"), "{globs}");
    finished.assert_verdicts(&[
        ("edit", "src/main.rs", Rebuild),
        ("edit", "inner/src/lib.rs", Rebuild),
        ("edit", "inner/build.rs", Rebuild),
        ("edit", "inner/word.txt", Rebuild),
        ("edit", "inner/Cargo.toml", Rebuild),
        ("edit", "Cargo.toml", Rebuild),
        ("edit", "Cargo.lock", Rebuild),
        ("edit", "src/unused.rs", Reuse),
        ("new", "target/debug/x.rs", Reuse),
    ]);
}
