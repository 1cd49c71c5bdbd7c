//! Errors about the sources of a recipe, and about what its script installs.

use indoc::formatdoc;

use crate::rattler_build::{failed_build, project};
use test_support::git::git;
use test_support::packing::sha256;
use test_support::project::Project;
use test_support::render_error::render_error;
use test_support::web::serve;

/// A recipe with one source.
fn with(source: &str) -> String {
    formatdoc! {"
        package:
          name: foobar
          version: 0.1.0
        source:
          {source}
        build:
          script: cp a.txt $PREFIX
    "}
}

/// Returns the error of a recipe with one source and the file `a.tar.gz`, which is not an archive.
fn refused(source: &str) -> String {
    let project = project(&with(source)).file("a.tar.gz", "hello\n");
    render_error(&project, &failed_build(&project))
}

/// A project with a repository, which has a tag for each of its two commits.
fn with_repository() -> Project {
    let project = project("");
    let repository = project.dir().join("repository");
    fs_err::create_dir_all(&repository).expect("the test owns the directory");
    git(&repository, &["init", "--quiet"]);
    for tag in ["v1", "v2"] {
        fs_err::write(repository.join("a.txt"), tag).expect("the test owns the directory");
        git(&repository, &["add", "."]);
        git(&repository, &["commit", "--quiet", "-m", tag]);
        git(&repository, &["tag", tag]);
    }
    project
}

#[test]
fn archive_with_another_checksum() {
    let other = sha256("other");
    insta::assert_snapshot!(refused(&format!("path: a.tar.gz\n  sha256: {other}")));
}

#[test]
fn file_that_is_not_an_archive() {
    insta::assert_snapshot!(refused("path: a.tar.gz"));
}

#[test]
fn archive_that_the_server_does_not_have() {
    let project = project("");
    let folder = project.dir().join("www");
    fs_err::create_dir_all(&folder).expect("the test owns the directory");
    let address = serve(&folder);
    let source = format!("url: {address}/a-1.tar.gz\n  sha256: {}", sha256(""));
    project.write("recipe.yaml", with(&source));
    let error = failed_build(&project).to_string();
    let error = error.replace(&address, "https://example.org/dl");
    project.write(
        "recipe.yaml",
        with(&source.replace(&address, "https://example.org/dl")),
    );
    let error = serde_json::from_str(&error).expect("an address needs no escapes");
    insta::assert_snapshot!(render_error(&project, &error));
}

#[test]
fn repository_that_does_not_exist() {
    insta::assert_snapshot!(refused("git: file:///nonexistent/repository"));
}

#[test]
fn tag_that_the_repository_does_not_have() {
    let project = with_repository();
    project.write("recipe.yaml", with("git: repository\n  tag: v3"));
    insta::assert_snapshot!(render_error(&project, &failed_build(&project)));
}

#[test]
fn tag_that_has_moved_to_another_commit() {
    let project = with_repository();
    let commit = |tag: &str| git(&project.dir().join("repository"), &["rev-parse", tag]);
    let (first, second) = (commit("v1"), commit("v2"));
    let (first, second) = (first.trim(), second.trim());
    let source = |commit: &str| {
        with(&format!(
            "git: repository\n  tag: v1\n  expected_commit: {commit}"
        ))
    };
    project.write("recipe.yaml", source(second));
    let error = failed_build(&project).to_string();
    // The commits depend on the time.
    let stable = |text: &str| {
        let text = text.replace(first, &"1".repeat(first.len()));
        text.replace(second, &"2".repeat(second.len()))
    };
    project.write("recipe.yaml", stable(&source(second)));
    let error = serde_json::from_str(&stable(&error)).expect("a commit needs no escapes");
    insta::assert_snapshot!(render_error(&project, &error));
}
