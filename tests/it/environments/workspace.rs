//! Packages of a workspace that depend on each other.

use std::process::Command;

use indoc::{formatdoc, indoc};
use serde_json::json;

use test_support::archive::Archive;
use test_support::channel::Channel;
use test_support::cli_command::CliCommand;
use test_support::git::commit;
use test_support::prefix::{install, install_package, output};
use test_support::project::Project;
use test_support::toolchain;
use test_support::web;

/// A crate with a binary that prints the value of the Rust expression `print`.
fn tool(project: Project, name: &str, print: &str, tables: &str) -> Project {
    let toml = formatdoc!(
        r#"
        [package]
        name = "{name}"
        version = "1.2.0"
        edition = "2024"
    "#
    );
    let main = formatdoc!(
        r#"
        fn main() {{
            println!("{{}}", {print});
        }}
    "#
    );
    let backend = "[package.build.backend]\nname = \"pixi-build-rust\"\n";
    project
        .file(&format!("{name}/Cargo.toml"), toml)
        .file(&format!("{name}/src/main.rs"), main)
        .file(
            &format!("{name}/pixi.toml"),
            formatdoc!(
                r#"
                [package]
                name = "{name}"

                {backend}
                {tables}"#
            ),
        )
        .lock_in(name)
}

fn workspace() -> Project {
    let channel = toolchain::channel().url();
    Project::new().file(
        "pixi.toml",
        formatdoc!(
            r#"
            [workspace]
            channels = ["{channel}"]
            platforms = ["linux-64"]
        "#
        ),
    )
}

/// `top` has the host dependency `middle`, which has the run dependency `bottom`.
fn three() -> Project {
    let project = tool(workspace(), "bottom", "\"bottom\"", "");
    let project = tool(
        project,
        "middle",
        "\"middle\"",
        indoc! {r#"
            [package.run-dependencies]
            bottom = { path = "../bottom" }

            [package.run-exports.weak]
            middle = { pin-subpackage = { upper-bound = "x.x" } }
        "#},
    );
    // The build can run the programs of `middle`, and those of its run dependencies.
    let build = indoc! {r#"
        fn main() {
            let prefix = std::env::var("PREFIX").unwrap();
            let run = |name: &str| {
                let out = std::process::Command::new(format!("{prefix}/bin/{name}")).output().unwrap();
                String::from_utf8(out.stdout).unwrap().trim().to_owned()
            };
            println!("cargo::rustc-env=BELOW={} {}", run("middle"), run("bottom"));
        }
    "#};
    tool(
        project.file("top/build.rs", build),
        "top",
        "env!(\"BELOW\")",
        "[package.host-dependencies]\nmiddle = { path = \"../middle\", version = \">=1\" }\n",
    )
}

fn names(packages: &[Archive]) -> Vec<String> {
    let name = |package: &Archive| package.index()["name"].as_str().expect("text").to_owned();
    packages.iter().map(name).collect()
}

#[test]
fn what_a_package_is_built_with_is_built_first() {
    let project = three();
    let packages = CliCommand::build(&project, "top").packages();
    assert_eq!(names(&packages), ["middle", "bottom", "top"]);
    let depends = |at: usize| packages[at].index()["depends"].clone();
    assert_eq!(depends(0), json!(["bottom", "libgcc >=12"]));
    // The run export of `middle`, and that of the compiler.
    assert_eq!(
        depends(2),
        json!(["middle >=1.2.0,<1.3.0a0", "libgcc >=12"])
    );
}

#[test]
fn all_packages_of_a_workspace_become_a_channel_that_works() {
    let project = three();
    let out = project.dir().join("out");
    let packages = CliCommand::build(&project, "")
        .args(["--all", "--output-dir"])
        .args([out.to_str().expect("UTF-8")])
        .packages();
    assert_eq!(names(&packages), ["bottom", "middle", "top"]);

    // rattler solves and installs an environment from the new packages.
    let mut channel = Channel::open(&out).expect("the folder is a channel");
    channel.include(toolchain::channel());
    let prefix = tempfile::tempdir().expect("a folder for the prefix");
    let records = channel.closure(["top"]);
    install(
        prefix.path(),
        rattler_conda_types::Subdir::Linux64,
        &records,
    );
    let run = |name: &str| output(&mut Command::new(prefix.path().join("bin").join(name)));
    assert_eq!(run("top"), "middle bottom");
    assert_eq!(run("bottom"), "bottom");
}

#[test]
fn nothing_is_compiled_again_unless_something_changed() {
    let project = three();
    let build = || CliCommand::build(&project, "top").packages();
    let log = || {
        let log = project.dir().join(".pixi/bld/top/debug/build.log");
        fs_err::read_to_string(log).expect("it was built")
    };
    build();
    build();
    assert!(!log().contains("Compiling top"), "{}", log());

    project.write(
        "bottom/src/main.rs",
        indoc! {r#"
            fn main() {
                println!("lower");
            }
        "#},
    );
    let packages = build();
    assert!(log().contains("Compiling top"), "{}", log());
    let prefix = tempfile::tempdir().expect("a folder for the prefix");
    let top = packages.last().expect("three packages");
    install_package(top.path(), prefix.path());
    let run = output(&mut Command::new(prefix.path().join("bin/top")));
    assert_eq!(run, "middle lower");
}

#[test]
fn dependencies_of_another_workspace_follow_the_one_that_uses_them() {
    // The other workspace has a channel that does not exist.
    let elsewhere = indoc! {r#"
        [workspace]
        channels = ["./nowhere"]

    "#};
    let project = tool(workspace(), "lib", "\"lib\"", "");
    let manifest = fs_err::read_to_string(project.dir().join("lib/pixi.toml"));
    project.write(
        "lib/pixi.toml",
        elsewhere.to_owned() + &manifest.expect("own file"),
    );
    let tables = "[package.host-dependencies]\nlib = { path = \"../lib\" }\n";
    let project = tool(project, "app", "\"app\"", tables);
    let packages = CliCommand::build(&project, "app").packages();
    assert_eq!(names(&packages), ["lib", "app"]);
    // A nested workspace is not part of the workspace around it.
    let packages = CliCommand::build(&project, "").args(["--all"]).packages();
    assert_eq!(names(&packages), ["lib", "app"]);
}

#[test]
fn all_packages_can_be_built_with_the_tools_of_the_machine() {
    let project = tool(workspace(), "one", "\"one\"", "");
    let project = tool(project, "two", "\"two\"", "");
    let desk = CliCommand::build(&project, "one").args(["--all", "--system-toolchain"]);
    assert_eq!(names(&desk.packages()), ["one", "two"]);
}

#[test]
fn a_build_dependency_from_source_is_a_tool() {
    let project = tool(workspace(), "generator", "\"generated\"", "");
    let build = indoc! {r#"
        fn main() {
            let prefix = std::env::var("BUILD_PREFIX").unwrap();
            let run = std::process::Command::new(format!("{prefix}/bin/generator"));
            let out = { run }.output().unwrap();
            println!("cargo::rustc-env=TEXT={}", String::from_utf8(out.stdout).unwrap().trim());
        }
    "#};
    let tables = "[package.build-dependencies]\ngenerator = { path = \"../generator\" }\n";
    let project = tool(
        project.file("app/build.rs", build),
        "app",
        "env!(\"TEXT\")",
        tables,
    );
    let packages = CliCommand::build(&project, "app").packages();
    assert_eq!(names(&packages), ["generator", "app"]);
    let prefix = tempfile::tempdir().expect("a folder for the prefix");
    install_package(packages[1].path(), prefix.path());
    assert_eq!(
        output(&mut Command::new(prefix.path().join("bin/app"))),
        "generated"
    );
}

#[test]
fn a_dependency_in_a_repository_is_what_its_branch_says_now() {
    let library = tool(Project::new(), "lib", "\"before\"", "");
    commit(library.dir());
    let repository = format!("file://{}", library.dir().display());
    let tables = format!(
        "[package.run-dependencies]\nlib = {{ git = \"{repository}\", branch = \"main\", subdirectory = \"lib\" }}\n"
    );
    let project = tool(workspace(), "app", "\"app\"", &tables);
    let run = || {
        let packages = CliCommand::build(&project, "app").packages();
        assert_eq!(names(&packages), ["app", "lib"]);
        let prefix = tempfile::tempdir().expect("a folder for the prefix");
        install_package(packages[1].path(), prefix.path());
        output(&mut Command::new(prefix.path().join("bin/lib")))
    };
    assert_eq!(run(), "before");
    library.write(
        "lib/src/main.rs",
        indoc! {r#"
            fn main() {
                println!("after");
            }
        "#},
    );
    commit(library.dir());
    assert_eq!(run(), "after");
}

#[test]
fn a_dependency_in_an_archive_is_unpacked() {
    let library = tool(Project::new(), "lib", "\"unpacked\"", "");
    let archive = library.cache().join("lib.tar.gz");
    let mut tar = Command::new("tar");
    output(
        tar.arg("czf")
            .arg(&archive)
            .arg("lib")
            .current_dir(library.dir()),
    );
    let served = web::serve(library.cache());
    let tables =
        format!("[package.host-dependencies]\nlib = {{ url = \"{served}/lib.tar.gz\" }}\n");
    let project = tool(workspace(), "app", "\"app\"", &tables);
    let packages = CliCommand::build(&project, "app").packages();
    assert_eq!(names(&packages), ["lib", "app"]);
}
