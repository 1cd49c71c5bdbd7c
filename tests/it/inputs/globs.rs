//! Patterns for the crates on this disk, which are the inputs when the files of a build are not
//! known.

use std::path::Path;

use indoc::formatdoc;
use serde_json::json;

use super::layouts::{self, Layout};
use test_support::channel::Channel;
use test_support::edits::Verdict::{Rebuild, Reuse};
use test_support::edits::{finish, finish_from};
use test_support::machine::{Machine, machine};
use test_support::packages::Package;
use test_support::toolchain::channel;

#[test]
fn the_user_may_ask_for_patterns() {
    let Layout {
        project,
        initialize,
        package,
    } = layouts::workspace_member();
    let initialize = initialize.configuration(json!({"input-tracking": "globs"}));
    let finished = finish(project, &initialize, package);
    assert!(finished.is_exact(), "nothing to warn of: it was asked for");
    finished.assert_verdicts(&[
        ("edit", "crates/app/src/main.rs", Rebuild),
        ("edit", "crates/helper/src/inner.rs", Rebuild),
        ("edit", "crates/helper/Cargo.toml", Rebuild),
        ("new", "crates/helper/src/data.bin", Rebuild),
        ("edit", "Cargo.toml", Rebuild),
        ("edit", "crates/app/pixi.toml", Rebuild),
        ("edit", "crates/other/src/lib.rs", Reuse),
        ("edit", "crates/app/tests/integration.rs", Reuse),
        ("new", "target/x.rs", Reuse),
    ]);
}

/// A toolchain whose cargo does not record the files that it reads.
fn silent_toolchain(folder: &Path) -> Channel {
    let Machine {
        cargo,
        rustc,
        rustdoc,
        rust_version,
        ..
    } = machine();
    let cargo = cargo.display();
    let script = formatdoc!(
        r#"
            #!/bin/sh
            '{cargo}' "$@" || exit
            find . -name '*.d' -not -path '*/deps/*' -delete
        "#
    );
    let rust = Package::new("rust", rust_version)
        .build("silent_1", 1)
        .executable("bin/cargo", script)
        .wrapper("bin/rustc", rustc)
        .wrapper("bin/rustdoc", rustdoc);
    let mut silent = Channel::new(folder);
    silent.include(channel());
    silent.add(rust);
    silent
}

#[test]
fn patterns_stand_in_for_what_cargo_did_not_write_down() {
    let Layout {
        project,
        initialize,
        package,
    } = layouts::outside();
    let folder = tempfile::tempdir().expect("a folder");
    let channel = silent_toolchain(folder.path());
    let finished = finish_from(&channel, project, &initialize, package);
    let said = finished.stderr.join("\n");
    assert!(
        said.contains("Cargo did not write a list of the sources of"),
        "{said}"
    );
    assert!(!finished.is_exact(), "{said}");
    finished.assert_verdicts(&[
        ("edit", "app/src/main.rs", Rebuild),
        ("edit", "app/pixi.toml", Rebuild),
        ("edit", "app/Cargo.lock", Rebuild),
        ("edit", "libs/library/src/my text [1].txt", Rebuild),
        ("edit", "libs/library/templates/page.html", Rebuild),
        ("edit", "libs/Cargo.toml", Rebuild),
        ("edit", "libs/neighbor/src/lib.rs", Reuse),
        ("edit", "libs/library/tests/works.rs", Reuse),
        ("new", "libs/library/target/x", Reuse),
    ]);
}

#[test]
fn extra_globs_count() {
    let Layout {
        project,
        initialize,
        package,
    } = layouts::workspace_member();
    let globs = [
        "data/**/*.json",
        "!data/tmp",
        "../../texts/*.txt",
        "../../NOTES",
        "",
        "./note",
    ];
    let initialize = initialize.configuration(json!({"extra-input-globs": globs}));
    finish(project, &initialize, package).assert_verdicts(&[
        ("new", "crates/app/data/deep/x.json", Rebuild),
        ("edit", "texts/other.txt", Rebuild),
        ("new", "NOTES", Rebuild),
        ("new", "crates/app/note", Rebuild),
        ("new", "crates/app/data/tmp/x.json", Reuse),
        ("new", "crates/app/data/x.txt", Reuse),
        ("new", "texts/deep/x.txt", Reuse),
        ("new", "crates/NOTES", Reuse),
    ]);
}
