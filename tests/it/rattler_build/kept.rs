//! Builds with `work-directory = "keep"`, which update the sources of the last build.

use indoc::formatdoc;
use serde_json::json;

use super::{empty_channel, project};
use test_support::archive::Archive;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::requests::Initialize;

/// A recipe whose package has the file `list.txt` that `script` prints.
fn printing(source: &str, script: &str) -> String {
    formatdoc!(
        "
            package: {{name: foobar, version: 0.1.0}}
            source: {source}
            build: {{script: '({script}) > $PREFIX/list.txt'}}
        "
    )
}

/// Builds the package in the directory of the last build.
fn build(project: &Project) -> Archive {
    let config = json!({"work-directory": "keep"});
    let mut pixi = Pixi::of(project);
    pixi.initialize(&Initialize::of(project).configuration(config));
    pixi.package(project, &empty_channel(project), "foobar")
}

fn list(project: &Project) -> String {
    build(project).text("list.txt")
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link_of_an_earlier_build() {
    let project = project(&printing("{path: src}", "cat cfg.h d/cfg.h"))
        .file("elsewhere/cfg.h", "outside\n")
        .file("src/a.txt", "");
    let at = |path: &str| project.dir().join(path);
    let link = |target: &str, path: &str| {
        std::os::unix::fs::symlink(at(target), at(path)).expect("own directory");
    };
    link("elsewhere/cfg.h", "src/cfg.h");
    link("elsewhere", "src/d");
    assert_eq!(list(&project), "outside\noutside\n");
    project.remove("src/cfg.h");
    project.remove("src/d");
    project.write("src/cfg.h", "file\n");
    project.write("src/d/cfg.h", "directory\n");
    assert_eq!(list(&project), "file\ndirectory\n");
    let outside = fs_err::read_to_string(at("elsewhere/cfg.h")).expect("it is left alone");
    assert_eq!(outside, "outside\n");
}
