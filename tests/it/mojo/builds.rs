//! Real builds: the files of the packages, and the output of their programs.

use std::process::Command;

use indoc::{formatdoc, indoc};
use serde_json::json;

use super::compiler::{self, bare_channel, channel};
use super::{GREET, MAIN, backend, project};
use test_support::archive::Archive;
use test_support::channel::Channel;
use test_support::cli_command::CliCommand;
use test_support::machine::machine;
use test_support::manifest;
use test_support::packages::Package;
use test_support::pixi::Pixi;
use test_support::prefix::{install, output};
use test_support::project::Project;
use test_support::requests::Initialize;
use test_support::toolchain;

/// A module that Python imports.
const MODULE: &str = r#"from std.os import abort
from std.python import PythonObject
from std.python.bindings import PythonModuleBuilder


@export
def PyInit_greet_py() abi("C") -> PythonObject:
    try:
        var module = PythonModuleBuilder("greet_py")
        return module.finalize()
    except error:
        abort(String(error))
"#;

/// Installs the archive together with the Mojo compiler, runs one of its programs and returns
/// the output.
fn run(archive: &Archive, program: &str) -> String {
    let mut channel = channel();
    let package = channel.adopt(archive.path());
    let compiler = channel.records().iter();
    let compiler =
        compiler.filter(|record| record.package_record.name.as_normalized() == "mojo-compiler");
    let records: Vec<_> = compiler.cloned().chain([package]).collect();
    let prefix = tempfile::tempdir().expect("a temporary directory can be created");
    install(prefix.path(), machine().subdir, &records);
    output(&mut Command::new(prefix.path().join(program)))
}

#[test]
fn main_mojo_becomes_a_program() {
    let project = project()
        .file("main.mojo", MAIN)
        .file("LICENSE", "do as you like\n")
        .pixi_toml(indoc! {r#"
            [package]
            name = "my-tool"
            version = "0.1.0"
        "#});
    let mut pixi = Pixi::of(&project);
    pixi.initialize(&Initialize::of(&project).package("my-tool", "0.1.0"));
    let archive = pixi.package(&project, &channel(), "my-tool");
    archive.check_paths();
    assert_eq!(archive.files(), ["bin/my_tool"]);
    assert_eq!(
        archive.index()["depends"],
        json!(["mojo-compiler ==1.2.0 0"])
    );
    assert!(
        archive
            .info_files()
            .contains(&"info/licenses/LICENSE".to_string())
    );
    let program = archive.read("bin/my_tool");
    let text = String::from_utf8_lossy(&program).into_owned();
    let root = project.dir().to_str().expect("temporary paths are UTF-8");
    assert!(
        !text.contains(root),
        "the program contains the path of the project"
    );
    // The program must run without the build environment.
    let cache = cached(&project);
    fs_err::remove_dir_all(project.build_work("my-tool").join("bld"))
        .expect("the test owns the directory");
    assert_eq!(run(&archive, "bin/my_tool"), "hello from mojo");

    // A build in an empty work directory uses the cache of the compiler.
    fs_err::remove_dir_all(project.build_work("my-tool")).expect("the test owns the directory");
    let archive = pixi.package(&project, &channel(), "my-tool");
    assert!(
        archive.read("bin/my_tool") == program,
        "the second program differs from the first"
    );
    assert_eq!(
        cached(&project),
        cache,
        "the compiler added files to its cache"
    );
    assert_eq!(cache.is_empty(), compiler::real().is_none());
}

#[test]
fn the_c_compiler_of_the_environment_links_where_it_is_asked_for() {
    let folder = tempfile::tempdir().expect("a temporary directory can be created");
    let mut channel = Channel::new(folder.path().join("channel"));
    channel.add(compiler::package(true));
    let linker = indoc! {r#"
        #!/bin/sh
        echo 'the environment links' >&2
        exec cc "$@"
    "#};
    let activation = "export CC=\"$CONDA_PREFIX/bin/conda-cc\"\n";
    channel.add(
        Package::new(&toolchain::gcc_name(), "14.2.0")
            .executable("bin/conda-cc", linker)
            .file("etc/conda/activate.d/gcc.sh", activation),
    );
    let links_with = |config: &str| {
        let project = project()
            .file("main.mojo", MAIN)
            .file("pixi.toml", manifest_of("greet", config));
        let mut pixi = Pixi::of(&project);
        pixi.initialize(&manifest::initialize(&project));
        let archive = pixi.package(&project, &channel, "greet");
        assert_eq!(archive.files(), ["bin/greet"]);
        let lines = pixi.stderr();
        lines
            .iter()
            .any(|line| line.contains("the environment links"))
    };
    if compiler::real_or_skip().is_some() {
        assert!(links_with("compilers = [\"c\"]\n"));
        assert!(!links_with(""));
    }
}

#[test]
fn a_program_imports_a_library_that_imports_a_library() {
    let member = |folder: &str, tables: &str| format!("{}{tables}", manifest_of(folder, ""));
    let host =
        |name: &str| format!("[package.host-dependencies]\n{name} = {{ path = \"../{name}\" }}\n");
    let project = project()
        .file(
            "pixi.toml",
            indoc! {r#"
            [workspace]
            channels = []
            platforms = ["linux-64", "linux-aarch64", "osx-arm64"]
            preview = ["pixi-build"]
        "#},
        )
        .file(
            "base/mojoproject.toml",
            manifest_of("base", "pkg = { name = \"words\" }\n"),
        )
        .file("base/words/__init__.mojo", "from .said import hello\n")
        .file(
            "base/words/said.mojo",
            "def hello() -> String:\n    return \"hello\"\n",
        )
        .file("middle/pixi.toml", member("middle", &host("base")))
        .file(
            "middle/middle/__init__.mojo",
            indoc! {r#"
            from words import hello

            def hello_twice() -> String:
                return hello() + " " + hello()
        "#},
        )
        .file("app/pixi.toml", member("app", &host("middle")))
        .file(
            "app/main.mojo",
            indoc! {r#"
            from middle import hello_twice

            def main():
                print(hello_twice())
                print("hello")
        "#},
        );
    let archives = CliCommand::build(&project, "app")
        .channel(&channel())
        .packages();
    let files: Vec<_> = archives
        .iter()
        .map(|archive| archive.files().join(" "))
        .collect();
    assert_eq!(
        files,
        ["lib/mojo/words.mojoc", "lib/mojo/middle.mojoc", "bin/app"]
    );
    // A package that compiles with `middle` also needs `base`, because `middle` imports it.
    let depends = |at: usize| archives[at].index()["depends"].clone();
    assert_eq!(depends(1), json!(["mojo-compiler ==1.2.0 0", "base"]));
    assert_eq!(depends(2), json!(["mojo-compiler ==1.2.0 0"]));
    if compiler::real_or_skip().is_some() {
        assert_eq!(run(&archives[2], "bin/app"), "hello hello\nhello");
    }
}

#[test]
fn one_package_holds_whatever_is_configured() {
    let config = indoc! {r#"
        bins = [{}, { name = "second", path = "tools/second.mojo" }]
        pkg = {}
        libs = [{ name = "adder", path = "tools/adder.mojo" }]
        python-modules = [{ name = "greet_py", path = "tools/module.mojo" }]
        tests = ["test"]
        import-paths = ["more"]
        define = { LOUD = true }
        target-cpu = "x86-64-v3"
        jobs = 1
    "#};
    let project = project()
        .file(
            "main.mojo",
            indoc! {r#"
            from greet import hello
            from extra import mark
            from std.sys import is_defined

            def main():
                comptime if is_defined["LOUD"]():
                    print(hello() + mark())
                else:
                    print("quiet")
        "#},
        )
        .file("greet/__init__.mojo", GREET)
        .file(
            "more/extra.mojo",
            "def mark() -> String:\n    return \"!\"\n",
        )
        .file("tools/second.mojo", MAIN)
        .file(
            "tools/adder.mojo",
            indoc! {r#"
            @export
            def add(a: Int, b: Int) abi("C") -> Int:
                return a + b
        "#},
        )
        .file("tools/module.mojo", MODULE)
        .file(
            "test/test_greet.mojo",
            indoc! {r#"
            from greet import hello
            from std.testing import assert_equal

            def main() raises:
                assert_equal(hello(), "hello")
                print("one test")
        "#},
        )
        .file("pixi.toml", manifest_of("greet", config));
    let mut pixi = Pixi::of(&project);
    pixi.initialize(&manifest::initialize(&project));
    let archive = pixi.package(&project, &channel(), "greet");
    let expected = [
        "bin/greet",
        "bin/second",
        "lib/libadder.so",
        "lib/mojo/greet.mojoc",
        "lib/python3.12/site-packages/greet_py.so",
    ];
    assert_eq!(archive.files(), expected);
    let depends = json!(["mojo-compiler ==1.2.0 0", "python >=3.12,<3.13.0a0"]);
    assert_eq!(archive.index()["depends"], depends);
    assert!(pixi.stderr().iter().any(|line| line.contains("one test")));
    if compiler::real_or_skip().is_some() {
        assert_eq!(run(&archive, "bin/greet"), "hello!");
        assert_eq!(run(&archive, "bin/second"), "hello from mojo");
    }
}

#[test]
fn libraries_are_compiled_after_those_that_they_import() {
    let config = indoc! {r#"
        pkgs = [
            { name = "greet_testing", path = "testing/greet_testing" },
            { name = "greet", path = "source/greet" },
        ]
    "#};
    let project = project()
        .file(
            "testing/greet_testing/__init__.mojo",
            "from greet import hello\n",
        )
        .file("source/greet/__init__.mojo", GREET)
        .file("pixi.toml", manifest_of("greet", config));
    let archive = CliCommand::build(&project, "")
        .channel(&channel())
        .package();
    let expected = ["lib/mojo/greet.mojoc", "lib/mojo/greet_testing.mojoc"];
    assert_eq!(archive.files(), expected);
}

#[test]
fn a_library_can_be_packed_as_sources() {
    let project = project()
        .file("src/__init__.mojo", "from greet.words import hello\n")
        .file(
            "src/words.mojo",
            "def hello() -> String:\n    return \"hello\"\n",
        )
        .file("src/deep/__init__.mojo", "")
        .file("src/README.md", "# greet\n")
        .file(
            "pixi.toml",
            manifest_of("greet", "pkg = { format = \"source\" }\n"),
        );
    let mut pixi = Pixi::of(&project);
    pixi.initialize(&manifest::initialize(&project));
    // A compiler without an activation script is sufficient.
    let archive = pixi.package(&project, &bare_channel(), "greet");
    let expected =
        ["__init__", "deep/__init__", "words"].map(|name| format!("lib/mojo/greet/{name}.mojo"));
    assert_eq!(archive.files(), expected);
    assert_eq!(archive.index()["noarch"], "generic");
    assert_eq!(archive.index()["depends"], json!([]));
}

#[test]
fn a_project_is_built_wherever_it_lies_and_comes_out_the_same() {
    let build = |path: &str, config: &str| {
        let project = Project::called(path)
            .built_by("pixi-build-mojo")
            .file(
                "main.mojo",
                indoc! {r#"
                    from greet import hello

                    def main():
                        print(hello())
                        print("hello")
                "#},
            )
            .file("greet/__init__.mojo", GREET)
            .file("pixi.toml", manifest_of("greet", config));
        let mut pixi = Pixi::of(&project);
        pixi.initialize(&manifest::initialize(&project));
        let archive = pixi.package(&project, &channel(), "greet");
        (archive.read("lib/mojo/greet.mojoc"), archive.files())
    };
    let (here, files) = build(
        "a b/it's $HOME `touch oops`/größe",
        "bins = [{}]\npkg = {}\n",
    );
    assert_eq!(files, ["bin/greet", "lib/mojo/greet.mojoc"]);
    let (there, _) = build("plain", "pkg = {}\n");
    assert!(
        here == there,
        "the library contains the path of the project"
    );
}

/// Returns the files in the cache of the compiler.
fn cached(project: &Project) -> Vec<String> {
    let folder = project.cache().join("pixi-build-mojo/compiler");
    let mut files: Vec<String> = walk(&folder);
    files.retain(|path| path.contains(".mojo_cache"));
    files.sort();
    files
}

fn walk(folder: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files = Vec::new();
    for path in entries.map(|entry| entry.path()) {
        if path.is_dir() {
            files.extend(walk(&path));
        } else {
            files.push(path.display().to_string());
        }
    }
    files
}

fn manifest_of(name: &str, config: &str) -> String {
    formatdoc!(
        r#"
            [package]
            name = "{name}"
            version = "0.1.0"
            {}"#,
        backend(config)
    )
}
