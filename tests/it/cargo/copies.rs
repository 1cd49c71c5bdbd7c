//! Builds in a copy of the checkout: without the configuration of Cargo, and with hooks that
//! edit the sources.

use indoc::{formatdoc, indoc};

use super::{build, cargo_toml, project, run};
use test_support::git::git;
use test_support::project::Project;

/// A program that prints the value that `SAID_BY` had when it was compiled. The configuration of
/// Cargo sets the variable to `config`.
fn configured(options: &str) -> Project {
    project("tool")
        .pixi_toml(&formatdoc!(
            r#"
                [package]
                name = "tool"
                [package.build.backend]
                name = "pixi-build-rust"
                version = "*"
                [package.build.config]
                {options}
            "#
        ))
        .file("Cargo.toml", cargo_toml("tool", ""))
        .file(
            "src/main.rs",
            indoc! {r#"
                fn main() {
                    println!("{}", option_env!("SAID_BY").unwrap_or("nobody"));
                }
            "#},
        )
        .file(".cargo/config.toml", "[env]\nSAID_BY = \"config\"\n")
        .lock()
}

#[test]
fn the_configuration_of_cargo_applies_unless_it_is_switched_off() {
    let project = configured("");
    let (archive, _) = build(&project, &[]).package();
    assert_eq!(run(&archive, "bin/tool"), "config");

    let project = configured("cargo-config = false");
    let (archive, _) = build(&project, &[]).package();
    assert_eq!(run(&archive, "bin/tool"), "nobody");
    let main = indoc! {r#"
        fn main() {
            println!("edited");
        }
    "#};
    project.write("src/main.rs", main);
    let (archive, _) = build(&project, &[]).package();
    assert_eq!(run(&archive, "bin/tool"), "edited");
}

#[test]
fn a_hook_may_edit_a_copy_of_the_sources() {
    let edit = indoc! {"
        if grep -q edited src/main.rs; then exit 9; fi
        echo '// edited' >>src/main.rs
        sed -i 's/nobody/the hook/' src/main.rs
    "};
    let hook =
        "cargo-config = false\nhooks.before-build = { run = \"edit.sh\", sources = \"copy\" }";
    let project = configured(hook).file("edit.sh", edit);
    let original =
        fs_err::read_to_string(project.dir().join("src/main.rs")).expect("the file exists");
    for round in 0..2 {
        let (archive, _) = build(&project, &[]).package();
        assert_eq!(run(&archive, "bin/tool"), "the hook", "{round}");
    }
    let after = fs_err::read_to_string(project.dir().join("src/main.rs")).expect("the file exists");
    assert_eq!(after, original);
}

#[test]
fn a_copy_has_the_directory_target_if_git_tracks_it() {
    let project = configured("cargo-config = false")
        .file("target/greeting.txt", "tracked")
        .file(
            "src/main.rs",
            indoc! {r#"
                fn main() {
                    println!("{}", include_str!("../target/greeting.txt"));
                }
            "#},
        );
    git(project.dir(), &["init", "--quiet"]);
    git(project.dir(), &["add", "target"]);
    let (archive, _) = build(&project, &[]).package();
    assert_eq!(run(&archive, "bin/tool"), "tracked");
}
