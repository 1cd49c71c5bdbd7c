//! Packages of several members of a Cargo workspace.

use super::{MAIN, build, cargo_toml, configured};
use test_support::project::Project;

/// A workspace with members: the name, the rest of the manifest, and the source file.
fn workspace(options: &str, members: &[(&str, &str, &str)]) -> Project {
    let names: Vec<&str> = members.iter().map(|(name, ..)| *name).collect();
    let workspace = format!("[workspace]\nresolver = \"2\"\nmembers = {names:?}\n");
    let project = configured(options).file("Cargo.toml", workspace);
    let project = members.iter().fold(project, |project, (name, rest, file)| {
        let text = if file.ends_with("lib.rs") { "" } else { MAIN };
        project
            .file(&format!("{name}/Cargo.toml"), cargo_toml(name, rest))
            .file(&format!("{name}/{file}"), text)
    });
    project.lock()
}

fn failure(project: &Project) -> String {
    let failure = build(project, &[]).failure();
    failure.replace(&project.dir().display().to_string(), "/ws")
}

const FILE: &str = "src/main.rs";

#[test]
fn each_member_gets_the_features_that_it_has() {
    let tls = "[features]\ntls = []\n\n[[bin]]\nname = \"hook-tls\"\npath = \"src/main.rs\"\n\
               required-features = [\"tls\"]\n";
    let members = [("rod", "", FILE), ("hook", tls, FILE)];
    let project = workspace(
        "packages = [\"rod\", \"hook\"]\nfeatures = [\"tls\"]",
        &members,
    );
    let (archive, _) = build(&project, &[]).package();
    assert_eq!(archive.files(), ["bin/hook-tls", "bin/rod"]);
    let project = workspace(
        "packages = [\"rod\", \"hook\"]\nfeatures = [\"tsl\"]",
        &members,
    );
    insta::assert_snapshot!(failure(&project), @"
    build::unknown_name
    `cargo install` failed with exit code 101: none of the crates has the feature `tsl`, which `features` names
    did you mean `tls`? The features are `tls`
    the whole log is in /ws/.pixi/bld/rod/system-toolchain/debug/build.log
    ");
}

#[test]
fn a_pattern_leaves_out_libraries_and_a_name_does_not() {
    let members = [("rod", "", FILE), ("rod-core", "", "src/lib.rs")];
    let project = workspace("packages = [\"rod\", \"rod*\"]", &members);
    let (archive, _) = build(&project, &[]).package();
    assert_eq!(archive.files(), ["bin/rod"]);
    let project = workspace("packages = [\"rod\", \"rod-core\"]", &members);
    insta::assert_snapshot!(failure(&project), @"
    cargo::no_such_member
    `packages` names `rod-core`, which is a library and has no binary
    the members with binaries are `rod`
    ");
}

#[test]
fn a_library_may_be_the_first_member() {
    let members = [
        ("rod", "[lib]\ncrate-type = [\"cdylib\"]\n", "src/lib.rs"),
        ("hook", "", FILE),
    ];
    let options = "packages = [\"rod\", \"hook\"]\nlibraries = [\"cdylib\"]";
    let (archive, _) = build(&workspace(options, &members), &[]).package();
    assert_eq!(archive.files(), ["bin/hook", "lib/librod.so"]);
    let project = workspace("packages = [\"rod\", \"hook\"]", &members);
    insta::assert_snapshot!(failure(&project), @"
    cargo::no_such_member
    `packages` names `rod`, which is a library and has no binary
    the members with binaries are `hook`
    ");
}

#[test]
fn members_cannot_replace_the_binary_of_another_one() {
    let same = "[[bin]]\nname = \"fish\"\npath = \"src/main.rs\"\n";
    let members = [("rod", same, FILE), ("hook", same, FILE)];
    let project = workspace("packages = [\"rod\", \"hook\"]", &members);
    insta::assert_snapshot!(failure(&project), @"
    cargo::not_one_binary
    `packages` names members that install the same binary `fish`: /ws/rod and /ws/hook
    remove one of the members, rename its binary, or name other binaries in `binaries`
    ");
}
