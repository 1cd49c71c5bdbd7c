//! Builds with `work-directory = "keep"`, which update the sources of the last build.

use std::process::Command;

use indoc::{formatdoc, indoc};
use serde_json::json;

use super::{empty_channel, project};
use test_support::archive::Archive;
use test_support::git::git;
use test_support::pixi::Pixi;
use test_support::prefix::output;
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

/// Packs the directory `pkg` of the project.
fn pack(project: &Project) {
    let mut tar = Command::new("tar");
    output(
        tar.current_dir(project.dir())
            .args(["cf", "pkg.tar", "pkg"]),
    );
}

#[test]
fn files_that_are_gone_from_a_repository_or_an_archive_are_removed() {
    let sources = "[{git: repo, branch: main}, {path: pkg.tar, target_directory: sub}]";
    let project = project(&printing(sources, "echo r-* sub/*"))
        .file("repo/r-1", "")
        .file("repo/r-2", "")
        .file("pkg/s-1", "")
        .file("pkg/s-2", "");
    let repository = project.dir().join("repo");
    let commit = || {
        git(&repository, &["add", "--all"]);
        git(&repository, &["commit", "--quiet", "-m", "x"]);
    };
    git(&repository, &["init", "--quiet"]);
    commit();
    pack(&project);
    for _ in 0..2 {
        assert_eq!(list(&project), "r-1 r-2 sub/s-1 sub/s-2\n");
    }
    project.remove("repo/r-2");
    project.remove("pkg/s-2");
    commit();
    pack(&project);
    assert_eq!(list(&project), "r-1 sub/s-1\n");
}

#[test]
fn an_edited_patch_of_an_archive_is_applied() {
    let patch = |line: &str| {
        let patch = indoc! {"
            --- a/a.txt
            +++ b/a.txt
            @@ -1 +1 @@
            -one
            +LINE
        "};
        patch.replace("LINE", line)
    };
    let source = "{path: pkg.tar, patches: [fix.patch]}";
    let project = project(&printing(source, "cat a.txt"))
        .file("pkg/a.txt", "one\n")
        .file("fix.patch", patch("two"));
    pack(&project);
    assert_eq!(list(&project), "two\n");
    project.write("fix.patch", patch("three"));
    assert_eq!(list(&project), "three\n");
}
