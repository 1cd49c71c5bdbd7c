//! The text of the build script for the shell of every platform.

use pixi_build_backends::backend::{Env, Platforms};
use pixi_build_backends::backends::cmake::CMake;
use rattler_conda_types::Subdir;
use serde_json::json;

use super::project;
use crate::build::script::commands;

/// Returns the commands for a build on `platform`, with tests and a compiler cache.
fn script(platform: Subdir) -> String {
    let project = project("");
    let configured = json!({
        "projectModel": {"name": "app"},
        "configuration": {
            "compiler-cache": "sccache",
            "env": {"FLAGS": "-L$PREFIX/lib it's"},
            "extra-args": ["-DA=it's 1%"],
            "tests": "run",
        },
    });
    let platforms = Platforms {
        build: platform,
        host: platform,
    };
    let text = commands(&CMake, &project, configured, Env::default(), platforms);
    // The name of the build tree comes from the path of the project.
    let tree = regex::Regex::new("/scratch/[a-z-]+/[0-9a-f]+/").expect("a pattern");
    tree.replace_all(&text, "<tree>/").into_owned()
}

#[test]
fn bash_on_linux() {
    insta::assert_snapshot!(script(Subdir::Linux64));
}

#[test]
fn bash_on_macos() {
    insta::assert_snapshot!(script(Subdir::OsxArm64));
}

#[test]
fn cmd_on_windows() {
    insta::assert_snapshot!(script(Subdir::Win64));
}
