//! Errors in `[package]` and `[package.build]`, in the form that a user sees.

use super::{BACKEND, Tree, WORKSPACE};

#[track_caller]
fn package(text: &str) -> String {
    Tree::package(text).mistakes()
}

/// A manifest whose `[package.build]` is `text`.
#[track_caller]
fn build(text: &str) -> String {
    Tree::new()
        .file("ws/pixi.toml", &format!("{WORKSPACE}{text}\n"))
        .at("ws")
        .mistakes()
}

#[test]
fn mistakes_are_told_in_the_order_of_the_file() {
    let text = format!(
        "{WORKSPACE}[package]\nname = 1\nversion = \"x y\"\n{BACKEND}\
         [package.run-dependencies]\na = 1\n[package.host-dependencies]\nb = 2\n"
    );
    let told = Tree::new().file("ws/pixi.toml", &text).at("ws").mistakes();
    let lines = told
        .lines()
        .filter_map(|line| line.split("pixi.toml:").nth(1));
    let lines: Vec<usize> = lines
        .map(|place| {
            place
                .split(':')
                .next()
                .expect("a line")
                .parse()
                .expect("a number")
        })
        .collect();
    assert!(lines.len() > 3 && lines.is_sorted(), "{told}");
}

#[test]
fn all_errors_are_reported() {
    insta::assert_snapshot!(package(
        "[package]\nnmae = \"x\"\nversion = \"1-2\"\nlicense = \"MIT/Apache-2.0\"\nhomepage = \"x.org\"\n\
         [package.run-dependecies]\na = \"*\"\n[package.host_dependencies]\nb = \"*\""
    ));
}

#[test]
fn general_dependencies_do_not_exist() {
    insta::assert_snapshot!(package("[package.dependencies]\na = \"*\""));
}

#[test]
fn types_are_checked() {
    insta::assert_snapshot!(package(
        "[package]\nname = 1\nauthors = \"A\"\nversion = 1.2\ndescription = 2020-01-01"
    ));
}

#[test]
fn license_file_must_exist() {
    insta::assert_snapshot!(package("[package]\nlicense-file = \"../LICENCE\""));
}

#[test]
fn unknown_license_is_explained() {
    insta::assert_snapshot!(package("[package]\nlicense = \"My License\""));
}

#[test]
fn inheritance_is_true_and_nothing_else() {
    insta::assert_snapshot!(package(
        "[package]\nname.workspace = false\nversion = {}\nlicense = { workspace = true, text = \"x\" }"
    ));
}

#[test]
fn workspace_must_have_the_inherited_values() {
    insta::assert_snapshot!(package("[package]\nversion.workspace = true"));
}

#[test]
fn without_workspace_nothing_is_inherited() {
    let text = format!("[package]\nversion.workspace = true\n{BACKEND}");
    insta::assert_snapshot!(Tree::new().file("ws/pixi.toml", &text).at("ws").mistakes());
}

#[test]
fn inherited_values_are_checked_where_they_stand() {
    let tree = Tree::new()
        .file(
            "ws/pixi.toml",
            &format!("{WORKSPACE}license-file = \"LICENSE\"\nversion = \"^1\"\n"),
        )
        .file(
            "ws/a/pixi.toml",
            &format!(
                "[package]\nlicense-file.workspace = true\nversion.workspace = true\n{BACKEND}"
            ),
        )
        .at("ws/a");
    insta::assert_snapshot!(tree.mistakes());
}

#[test]
fn package_needs_a_backend() {
    insta::assert_snapshot!("build_missing", build("[package]\nname = \"a\""));
    insta::assert_snapshot!(
        "backend_missing",
        build("[package.build]\nbuild-number = 1")
    );
    insta::assert_snapshot!(
        "backend_name_missing",
        build("[package.build.backend]\nversion = \"*\"")
    );
    insta::assert_snapshot!(
        "backend_string",
        build("[package.build]\nbackend = \"pixi-build-rust\"")
    );
    insta::assert_snapshot!(
        "backend_source",
        build(
            "[package.build]\nbackend = { name = \"pixi-build-rust\", path = \"..\", channels = [] }"
        )
    );
}

#[test]
fn build_keys_are_checked() {
    insta::assert_snapshot!(package(
        "[package.build]\nbuild-nubmer = 1\nbuild-number = \"3\"\nflags = [\"TLS:OpenSSL\", \"a:b:c\"]\nsecrets = \"TOKEN\""
    ));
}

#[test]
fn build_number_is_not_negative() {
    insta::assert_snapshot!(package("[package.build]\nbuild-number = -1"));
}

#[test]
fn configuration_has_one_name() {
    insta::assert_snapshot!(package(
        "[package.build]\nconfig = { a = 1 }\nconfiguration = { b = 1 }"
    ));
}

#[test]
fn configuration_has_no_dates() {
    insta::assert_snapshot!(package("[package.build.config.env]\nSINCE = 2020-01-01"));
}

#[test]
fn configuration_targets_are_platforms() {
    insta::assert_snapshot!(package(
        "[package.build.target.\"linux-*\".config]\na = 1\n\
         [package.build.target.\"if(linux)\".config]\na = 1\n\
         [package.build.target.\"linux_64\".config]\na = 1\n\
         [package.build.target.linux]\nextra-args = []"
    ));
}

#[test]
fn source_names_one_place() {
    insta::assert_snapshot!("source_string", package("[package.build]\nsource = \"..\""));
    insta::assert_snapshot!("source_empty", package("[package.build]\nsource = {}"));
    insta::assert_snapshot!(
        "source_ambiguous",
        package("[package.build]\nsource = { path = \"..\", git = \"https://g.org/a\" }")
    );
    insta::assert_snapshot!(
        "source_missing",
        package("[package.build]\nsource.path = \"../nowhere\"")
    );
}

#[test]
fn remote_source_needs_a_directory() {
    insta::assert_snapshot!(package(
        "[package.build]\nsource = { git = \"https://g.org/a\", lfs = true }"
    ));
    insta::assert_snapshot!(package(
        "[package.build]\nsource = { git = \"git@g.org:a/b.git\", tag = \"1\", rev = \"2\", subdirectory = \"../x\" }"
    ));
}
