//! The text of the build script for the shell of every platform.

use pixi_build_backends::backend::{Env, Platforms};
use pixi_build_backends::backends::python::Python;
use rattler_conda_types::Subdir;
use serde_json::json;

use super::{SCIKIT_BUILD_CORE, project};
use crate::build::script::commands;

/// Returns the commands for a build of a project with CMake on `platform`.
fn script(platform: Subdir) -> String {
    let project = project(&[SCIKIT_BUILD_CORE, ("CMakeLists.txt", "")]);
    let configured = json!({
        "projectModel": {},
        "configuration": {
            "config-settings": {"cmake.args": ["-DA=it's 1%", "-DB=$PREFIX/lib"]},
            "env": {"FLAGS": "-L$PREFIX/lib it's", "PERCENT": "%PATH% & \"more\""},
            "extra-args": ["--verbose"],
        },
    });
    let platforms = Platforms {
        build: platform,
        host: platform,
    };
    commands(&Python, &project, configured, Env::default(), platforms)
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
