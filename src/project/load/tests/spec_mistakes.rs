//! Errors in dependency tables, in the form that a user sees.

use super::{BACKEND, Tree, WORKSPACE};

#[track_caller]
fn host(entries: &str) -> String {
    Tree::package(&format!("[package.host-dependencies]\n{entries}")).mistakes()
}

#[track_caller]
fn package(text: &str) -> String {
    Tree::package(text).mistakes()
}

/// Workspace dependencies, and host dependencies that inherit from them.
#[track_caller]
fn pooled(pool: &str, entries: &str) -> String {
    let text = format!(
        "{WORKSPACE}[workspace.dependencies]\n{pool}\n{BACKEND}[package.host-dependencies]\n{entries}\n"
    );
    Tree::new().file("ws/pixi.toml", &text).at("ws").mistakes()
}

#[test]
fn versions_follow_the_strict_grammar() {
    insta::assert_snapshot!(host(
        "a = \"\"\nb = \">=1.*\"\nc = \"^1.2\"\nd = \"1.2.* *cuda\"\ne = \"../e\"\nf = \"https://g.org/f.git\"\n\
         g = \">= 1\"\nh = \"1.2.*.*\"\ni = \">=1[build=x]\"\nj = \"~1.2\"\nk = \"=>1\"\nl = { version = \"latest-1\" }"
    ));
}

#[test]
fn values_are_strings_or_tables() {
    insta::assert_snapshot!(host("a = 1.2\nb = true\nc = [\"1\"]\nd = {}"));
}

#[test]
fn names_are_unique_and_plain() {
    insta::assert_snapshot!(host("\"a b\" = \"*\"\nFoo = \"*\"\nfoo = \"*\""));
}

#[test]
fn keys_are_known() {
    insta::assert_snapshot!(host(
        "a = { verison = \"*\" }\nb = { version = \"*\", features = [\"x\"] }\n\
         c = { path = \".\", package = { name = \"c\" } }"
    ));
}

#[test]
fn values_follow_their_grammar() {
    insta::assert_snapshot!(host(
        "a = { build-number = 3 }\nb = { build-number = \"three\" }\nc = { md5 = \"abc\" }\n\
         d = { build = \"^(a$\" }\ne = { build-number = \">=99999999999999999999\" }\n\
         f = { git = \"git@g.org:a/b.git\" }\ng = { git = \"https://g.org/a\", subdirectory = \"../x\" }"
    ));
}

#[test]
fn keys_must_fit_together() {
    insta::assert_snapshot!(host(
        "a = { path = \"a\", git = \"https://g.org/a\" }\n\
         b = { path = \"b\", channel = \"conda-forge\" }\n\
         c = { path = \"c.conda\", version = \"*\" }\n\
         d = { version = \"*\", tag = \"1\" }\n\
         e = { git = \"https://g.org/a\", tag = \"1\", branch = \"b\" }\n\
         f = { git = \"https://g.org/a\", md5 = \"0123456789abcdef0123456789abcdef\" }"
    ));
}

#[test]
fn when_is_a_condition_on_packages() {
    insta::assert_snapshot!(host(
        "a = { when = [\"__unix\"] }\nb = { when = \"python[version='3']\" }\nc = { when = \"python 3.* *cuda\" }\n\
         d = { when = \"conda-forge::python\" }\ne = { when = { any = [] } }\nf = { when = { any = [\"a\"], all = [\"b\"] } }\n\
         g = { when = { package = \"p\", channel = \"c\" } }"
    ));
}

#[test]
fn conditions_have_one_form() {
    insta::assert_snapshot!(package(
        "[package.host-dependencies.\"if (unix)\"]\n[package.host-dependencies.\"if(unix) \"]\n\
         [package.host-dependencies.\"if()\"]\n[package.host-dependencies.\"if(a) or (b)\"]\n\
         [package.host-dependencies.\"foo(unix)\"]\n[package.run-dependencies]\n\"if(win)\" = \"*\""
    ));
}

#[test]
fn conditions_are_not_nested() {
    insta::assert_snapshot!(package(
        "[package.host-dependencies.\"if(unix)\".\"if(not osx)\"]\na = \"*\""
    ));
}

#[test]
fn extras_hold_groups() {
    insta::assert_snapshot!(package(
        "[package.extra-dependencies]\na = \"*\"\n[package.extra-dependencies.Test]\nb = \"*\"\n\
         [package.extra-dependencies.\"if(win)\".test]\nc = \"*\""
    ));
}

#[test]
fn run_exports_contain_buckets() {
    insta::assert_snapshot!(package("[package.run-exports.weak-constrains]\na = \"*\""));
    insta::assert_snapshot!(package("[package]\nrun-exports = [\"a\"]"));
}

#[test]
fn sources_are_refused_where_they_are_not_allowed() {
    insta::assert_snapshot!(package(
        "[package.run-constraints]\na = { path = \"a\" }\n\
         [package.run-exports.weak]\nb = { url = \"https://x.org/b.zip\" }\nc = { path = \"c.conda\" }\n\
         [package.run-exports.weak-constraints]\nd = { git = \"https://g.org/d\" }"
    ));
}

#[test]
fn pins_have_their_places() {
    insta::assert_snapshot!(package(
        "[package.build-dependencies]\na = { pin-compatible = true }\n\
         [package.host-dependencies]\nb = { pin-subpackage = true }\n\
         [package.extra-dependencies.x]\nc = { pin-compatible = true }"
    ));
}

#[test]
fn pins_fit_the_name() {
    insta::assert_snapshot!(package(
        "[package]\nname = \"Me\"\n[package.run-dependencies]\nme = { pin-compatible = true }\n\
         [package.run-exports.weak]\nother = { pin-subpackage = true }"
    ));
}

#[test]
fn pins_stand_alone() {
    insta::assert_snapshot!(host(
        "a = { pin-compatible = false }\nb = { pin-compatible = true, version = \"*\" }\n\
         c = { pin-compatible = { exact = true, lower-bound = \"x\" } }\n\
         d = { pin-compatible = { lowerbound = \"x\" } }\n\
         e = { pin-compatible = { lower-bound = \"x-?\" } }\n\
         f = { pin-compatible = true, pin-subpackage = true }"
    ));
}

#[test]
fn legacy_target_repeats_no_condition() {
    insta::assert_snapshot!(package(
        "[package.target.macos.host-dependencies]\na = \"*\"\n\
         [package.run-dependencies.\"if(osx)\"]\nb = \"*\""
    ));
}

#[test]
fn legacy_target_is_a_platform_with_plain_tables() {
    insta::assert_snapshot!(package(
        "[package.target.\"linux-*\".host-dependencies]\na = \"*\"\n\
         [package.target.\"if(win)\".host-dependencies]\na = \"*\"\n\
         [package.target.win.run-exports.weak]\na = \"*\"\n\
         [package.target.unix.host-dependencies.\"if(osx)\"]\na = \"*\""
    ));
}

#[test]
fn pool_has_what_is_asked_of_it() {
    insta::assert_snapshot!(pooled(
        "openssl = \"3.*\"",
        "opensl.workspace = true\nzlib = { workspace = true }"
    ));
}

#[test]
fn workspace_dependency_is_taken_with_true() {
    insta::assert_snapshot!(pooled(
        "a = \"1.*\"",
        "a = { workspace = false, version = \"*\" }"
    ));
}

#[test]
fn workspace_decides_version_and_place() {
    insta::assert_snapshot!(pooled(
        "a = \"1.*\"",
        "a = { workspace = true, version = \"2.*\", path = \"a\" }"
    ));
}

#[test]
fn combination_with_the_workspace_is_checked() {
    insta::assert_snapshot!(pooled(
        "a = { path = \"a\" }\nb = { git = \"https://g.org/b\", branch = \"main\" }\nc = {}\nd = \"^1\"",
        "a = { workspace = true, channel = \"x\" }\nb = { workspace = true, tag = \"1\" }\n\
         c.workspace = true\nd.workspace = true"
    ));
}

#[test]
fn workspace_dependencies_have_no_pins_and_no_name_twice() {
    insta::assert_snapshot!(pooled(
        "a = { pin-compatible = true }\nB = \"*\"\nb = \"*\"",
        "a.workspace = true\nb.workspace = true"
    ));
}

#[test]
fn dependencies_are_not_inherited_without_a_workspace() {
    let text = format!("{BACKEND}[package.host-dependencies]\na.workspace = true\n");
    insta::assert_snapshot!(Tree::new().file("ws/pixi.toml", &text).at("ws").mistakes());
}
