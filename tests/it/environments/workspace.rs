//! Packages of a workspace that need each other.

use std::process::Command;

use serde_json::json;

use crate::support::archive::Archive;
use crate::support::channel::Channel;
use crate::support::desk::Desk;
use crate::support::prefix::{install, output};
use crate::support::project::Project;
use crate::support::toolchain;

/// A crate with one binary that prints what `print` says.
fn tool(project: Project, name: &str, print: &str, tables: &str) -> Project {
    let toml = format!("[package]\nname = \"{name}\"\nversion = \"1.2.0\"\nedition = \"2024\"\n");
    let main = format!("fn main() {{\n    println!(\"{{}}\", {print});\n}}\n");
    let backend = "[package.build.backend]\nname = \"pixi-build-rust\"\n";
    project
        .file(&format!("{name}/Cargo.toml"), toml)
        .file(&format!("{name}/src/main.rs"), main)
        .file(
            &format!("{name}/pixi.toml"),
            format!("[package]\nname = \"{name}\"\n\n{backend}\n{tables}"),
        )
        .lock_in(name)
}

fn workspace() -> Project {
    let channel = toolchain::channel().url();
    Project::new().file(
        "pixi.toml",
        format!("[workspace]\nchannels = [\"{channel}\"]\nplatforms = [\"linux-64\"]\n"),
    )
}

/// `top` is built with `middle`, which needs `bottom` when it is used.
fn three() -> Project {
    let project = tool(workspace(), "bottom", "\"bottom\"", "");
    let project = tool(
        project,
        "middle",
        "\"middle\"",
        "[package.run-dependencies]\nbottom = { path = \"../bottom\" }\n\n\
         [package.run-exports.weak]\nmiddle = { pin-subpackage = { upper-bound = \"x.x\" } }\n",
    );
    // The build sees the programs of what it is built with, and what those need.
    let build = "fn main() {\n    let prefix = std::env::var(\"PREFIX\").unwrap();\n    \
                 let run = |name: &str| {\n        \
                 let out = std::process::Command::new(format!(\"{prefix}/bin/{name}\")).output().unwrap();\n        \
                 String::from_utf8(out.stdout).unwrap().trim().to_owned()\n    };\n    \
                 println!(\"cargo::rustc-env=BELOW={} {}\", run(\"middle\"), run(\"bottom\"));\n}\n";
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
    let packages = Desk::build(&project, "top").packages();
    assert_eq!(names(&packages), ["middle", "bottom", "top"]);
    let depends = |at: usize| packages[at].index()["depends"].clone();
    assert_eq!(depends(0), json!(["bottom", "libgcc >=12"]));
    // What `middle` exports, and the compiler.
    assert_eq!(
        depends(2),
        json!(["middle >=1.2.0,<1.3.0a0", "libgcc >=12"])
    );
}

#[test]
fn all_packages_of_a_workspace_become_a_channel_that_works() {
    let project = three();
    let out = project.dir().join("out");
    let packages = Desk::build(&project, "")
        .args(["--all", "--output-dir"])
        .args([out.to_str().expect("UTF-8")])
        .packages();
    assert_eq!(names(&packages), ["bottom", "middle", "top"]);

    // Solved and installed by rattler, from what was just built.
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
