//! Edits in several layouts: every edit that matters leads to a rebuild, and no other edit.

use super::layouts::{self, Layout};
use test_support::edits::Verdict::{Rebuild, Reuse};
use test_support::edits::{Finished, finish};

fn built(layout: Layout) -> Finished {
    let Layout {
        project,
        initialize,
        package,
    } = layout;
    let finished = finish(project, &initialize, package);
    assert!(finished.is_exact(), "{:#?}", finished.stderr);
    finished
}

#[test]
fn single_crate() {
    built(layouts::single()).assert_verdicts(&[
        ("edit", "src/main.rs", Rebuild),
        ("touch", "src/main.rs", Reuse),
        ("edit", "src/deep/mod.rs", Rebuild),
        ("edit", "src/bin/second.rs", Rebuild),
        ("remove", "src/bin/second.rs", Rebuild),
        ("new", "src/bin/third.rs", Rebuild),
        ("new", "src/deep/new.rs", Rebuild),
        ("new", "src/lib.rs", Rebuild),
        ("new", "build.rs", Rebuild),
        ("edit", "assets/greeting.txt", Rebuild),
        ("edit", "Cargo.toml", Rebuild),
        ("edit", "Cargo.lock", Rebuild),
        ("edit", "pixi.toml", Rebuild),
        ("edit", "LICENSE", Rebuild),
        ("new", "LICENSE-APACHE", Rebuild),
        ("edit", ".cargo/config.toml", Rebuild),
        ("new", ".cargo/config", Rebuild),
        ("edit", "rust-toolchain.toml", Rebuild),
        ("new", "rust-toolchain", Rebuild),
        // The build does not read these files.
        ("edit", "src/deep/windows.rs", Reuse),
        ("edit", "assets/unused.txt", Reuse),
        ("new", "assets/new.txt", Reuse),
        ("edit", "tests/integration.rs", Reuse),
        ("new", "tests/more.rs", Reuse),
        ("edit", "benches/speed.rs", Reuse),
        ("edit", "examples/show.rs", Reuse),
        ("edit", "README.md", Reuse),
        ("edit", ".git/HEAD", Reuse),
        ("new", ".gitignore", Reuse),
        ("new", "docs/page.md", Reuse),
        // Files that tools leave behind.
        ("new", "target/release/build/app/out/generated.rs", Reuse),
        ("new", ".pixi/envs/default/x.rs", Reuse),
        ("new", "src/main.rs~", Reuse),
        ("new", "src/.#main.rs", Reuse),
        ("new", "src/#main.rs#", Reuse),
        ("new", "src/.main.rs.swp", Reuse),
        ("new", "src/4913", Reuse),
        ("new", "LICENSE~", Reuse),
    ]);
}

#[test]
fn a_build_in_a_copy() {
    built(layouts::copied()).assert_verdicts(&[
        ("edit", "src/main.rs", Rebuild),
        ("touch", "src/main.rs", Reuse),
        ("new", "src/lib.rs", Rebuild),
        ("edit", "assets/greeting.txt", Rebuild),
        ("edit", "Cargo.lock", Rebuild),
        ("edit", "LICENSE", Rebuild),
        ("new", "build.rs", Rebuild),
        // The copy does not contain this file.
        ("edit", ".cargo/config.toml", Reuse),
        ("edit", "assets/unused.txt", Reuse),
        ("edit", "tests/integration.rs", Reuse),
    ]);
}

#[test]
fn workspace_member() {
    built(layouts::workspace_member()).assert_verdicts(&[
        ("edit", "crates/app/src/main.rs", Rebuild),
        ("edit", "crates/app/Cargo.toml", Rebuild),
        ("edit", "crates/app/pixi.toml", Rebuild),
        ("edit", "Cargo.toml", Rebuild),
        ("edit", "Cargo.lock", Rebuild),
        ("edit", "crates/helper/Cargo.toml", Rebuild),
        ("edit", "crates/helper/src/lib.rs", Rebuild),
        ("edit", "crates/helper/src/inner.rs", Rebuild),
        ("new", "crates/helper/src/module.rs", Rebuild),
        ("new", "crates/helper/build.rs", Rebuild),
        ("edit", "texts/text.txt", Rebuild),
        ("new", "crates/Cargo.toml", Rebuild),
        ("new", ".cargo/config.toml", Rebuild),
        ("new", "crates/app/.cargo/config.toml", Rebuild),
        ("new", "rust-toolchain.toml", Rebuild),
        ("new", "LICENSE", Rebuild),
        ("edit", "texts/other.txt", Reuse),
        ("edit", "crates/helper/src/main.rs", Reuse),
        ("new", "crates/helper/.cargo/config.toml", Reuse),
        ("edit", "crates/other/Cargo.toml", Reuse),
        ("edit", "crates/other/src/lib.rs", Reuse),
        ("new", "crates/third/src/lib.rs", Reuse),
        ("edit", "crates/app/tests/integration.rs", Reuse),
        ("edit", "crates/app/README.md", Reuse),
        ("new", "target/debug/x.rs", Reuse),
    ]);
}

#[test]
fn virtual_workspace() {
    built(layouts::virtual_workspace()).assert_verdicts(&[
        ("edit", "packaging/pixi.toml", Rebuild),
        ("edit", "code/Cargo.toml", Rebuild),
        ("edit", "code/Cargo.lock", Rebuild),
        ("edit", "code/app/src/main.rs", Rebuild),
        ("edit", "code/lib/lib.rs", Rebuild),
        ("edit", "code/lib/part/mod.rs", Rebuild),
        ("new", "code/lib/part/new.rs", Rebuild),
        ("new", "code/lib/sibling.rs", Rebuild),
        ("edit", "code/lib/Cargo.toml", Rebuild),
        ("edit", "code/unixy/src/lib.rs", Rebuild),
        ("edit", "code/unixy/Cargo.toml", Rebuild),
        ("new", "code/rust-toolchain.toml", Rebuild),
        ("edit", "code/windowsy/src/lib.rs", Reuse),
        ("edit", "code/windowsy/Cargo.toml", Reuse),
        ("edit", "code/tool/src/main.rs", Reuse),
        ("edit", "code/tool/Cargo.toml", Reuse),
        ("edit", "code/lib/tests/lib.rs", Reuse),
        ("new", "code/lib/target/debug/x.rs", Reuse),
        ("new", "packaging/notes.txt", Reuse),
    ]);
}

#[test]
fn build_script_with_c_sources() {
    built(layouts::build_script()).assert_verdicts(&[
        ("edit", "build.rs", Rebuild),
        ("edit", "native/answer.c", Rebuild),
        ("edit", "native/answer.h", Rebuild),
        ("remove", "native/answer.h", Rebuild),
        ("edit", "schema/one.txt", Rebuild),
        ("edit", "schema/deep/two.txt", Rebuild),
        ("new", "schema/three.txt", Rebuild),
        ("new", "schema/deeper/four.txt", Rebuild),
        ("remove", "schema/one.txt", Rebuild),
        ("edit", "src/main.rs", Rebuild),
        ("edit", "Cargo.lock", Rebuild),
        ("edit", "native/unused.c", Reuse),
        ("new", "native/new.c", Reuse),
        ("edit", "data/unrelated.txt", Reuse),
        ("edit", "tests/integration.rs", Reuse),
        ("new", "schema/one.txt~", Reuse),
        ("new", "schema/4913", Reuse),
        ("new", "schema/deep/4913", Reuse),
        ("new", "schema/#one.txt#", Reuse),
        ("new", "schema/.one.txt.swp", Reuse),
    ]);
}

#[test]
fn dependency_outside() {
    built(layouts::outside()).assert_verdicts(&[
        ("edit", "libs/library/src/lib.rs", Rebuild),
        ("edit", "libs/library/src/my text [1].txt", Rebuild),
        ("new", "libs/library/src/new.rs", Rebuild),
        ("edit", "libs/library/Cargo.toml", Rebuild),
        ("edit", "libs/Cargo.toml", Rebuild),
        ("edit", "libs/library/build.rs", Rebuild),
        // The build script names no files, so Cargo watches the whole package.
        ("edit", "libs/library/templates/page.html", Rebuild),
        ("new", "libs/library/templates/new.html", Rebuild),
        ("edit", "app/Cargo.lock", Rebuild),
        ("new", "app/.cargo/config.toml", Rebuild),
        ("edit", "libs/library/tests/works.rs", Reuse),
        ("new", "libs/library/target/x", Reuse),
        ("new", "libs/library/templates/page.html~", Reuse),
        ("edit", "libs/neighbor/Cargo.toml", Reuse),
        ("edit", "libs/neighbor/src/lib.rs", Reuse),
        ("new", "libs/rust-toolchain.toml", Reuse),
        ("new", "app/notes.md", Reuse),
    ]);
}
