//! Errors in `[workspace]` that affect a package, in the form that a user sees.

use super::{BACKEND, Tree};

#[track_caller]
fn workspace(text: &str) -> String {
    Tree::new()
        .file("ws/pixi.toml", &format!("[workspace]\n{text}\n{BACKEND}"))
        .at("ws")
        .mistakes()
}

#[test]
fn workspace_needs_channels() {
    insta::assert_snapshot!(workspace("name = \"a\""));
}

#[test]
fn channels_are_strings_or_tables() {
    insta::assert_snapshot!(workspace(
        "channels = [1, \"\", { priority = 1 }, { channel = \"a\", prority = 2 }, \"https://[/x\"]\n\
         channel-priority = \"lax\"\nexclude-newer = \"yesterday\""
    ));
}

#[test]
fn platforms_are_known_and_unique() {
    insta::assert_snapshot!(workspace(
        "channels = []\n\
         platforms = [\"linux-46\", \"win-64\", \"win-64\", { name = \"linux\", platform = \"linux-64\" }, \
         { glibc = \"2\" }, { platform = \"linux-64\", glib = \"2\" }, { platform = \"osx-64\", macos = 10 }]"
    ));
}

#[test]
fn variants_are_lists_of_strings() {
    insta::assert_snapshot!(workspace(
        "channels = []\nbuild-variants = { a = [1], b = \"x\" }\n\
         target.unix = { build-variants-files = [\"a\"] }\n\
         target.\"a b\".build-variants = { a = [\"x\"] }"
    ));
}

#[test]
fn variant_files_must_exist() {
    insta::assert_snapshot!(workspace(
        "channels = []\nbuild-variants-files = [\"./ci/pins.yaml\"]"
    ));
}

#[test]
fn system_requirements_and_rich_platforms_exclude_each_other() {
    insta::assert_snapshot!(workspace(
        "channels = []\nplatforms = [{ platform = \"linux-64\", glibc = \"2.17\" }]\n\
         [system-requirements]\nlibc = \"2.17\""
    ));
}

#[test]
fn misspelled_keys_are_found_and_new_ones_are_not() {
    insta::assert_snapshot!(workspace(
        "channels = []\nbuild-varients = { a = [\"1\"] }\nsome-key-of-the-future = 1"
    ));
}
