//! Libraries and run paths of packages, and warnings about files that a package lacks.

use std::process::Command;

use indoc::indoc;

use super::{MAIN, build, cargo_toml, configured, manifest, project, run};
use test_support::prefix::output;
use test_support::project::Project;

#[test]
fn a_shared_library_that_stays_behind_is_named() {
    let script = r#"use std::{env, process::Command};

fn main() {
    let out = env::var("OUT_DIR").unwrap();
    let mut made = Command::new("cc");
    made.args(["-shared", "-fPIC", "chime.c", "-o"]);
    assert!(made.arg(format!("{out}/libchime.so")).status().unwrap().success());
    println!("cargo::rustc-link-search=native={out}");
    println!("cargo::rustc-link-lib=dylib=chime");
}
"#;
    let project = project("belfry")
        .file("Cargo.toml", cargo_toml("belfry", ""))
        .file(
            "src/main.rs",
            indoc! {r#"
            unsafe extern "C" {
                fn chime() -> i32;
            }

            fn main() {
                println!("{}", unsafe { chime() });
            }
        "#},
        )
        .file("chime.c", "int chime(void) { return 12; }\n")
        .file("build.rs", script)
        .lock();
    let (_, warnings) = build(&project, &[]).package();
    assert!(
        warnings.contains("bin/belfry needs `libchime.so`"),
        "{warnings}"
    );
    assert!(
        warnings.contains("rustc-link-lib=static=chime"),
        "{warnings}"
    );
}

#[test]
fn a_binary_that_is_left_out_is_named_with_its_features() {
    let rest = indoc! {r#"
        [features]
        extra = []

        [[bin]]
        name = "small"
        path = "src/main.rs"

        [[bin]]
        name = "large"
        path = "src/main.rs"
        required-features = ["extra"]
    "#};
    let project = project("sizes")
        .file("Cargo.toml", cargo_toml("sizes", rest))
        .file("src/main.rs", MAIN)
        .lock();
    let (archive, warnings) = build(&project, &[]).package();
    assert_eq!(archive.files(), ["bin/small"]);
    assert!(
        warnings.contains("the binary `large` is not in the package"),
        "{warnings}"
    );
    assert!(
        warnings.contains("write `features = [\"extra\"]`"),
        "{warnings}"
    );
}

#[test]
fn a_run_path_may_begin_with_the_folder_of_the_program() {
    let project = Project::new()
        .pixi_toml(indoc! {r#"
            [package]
            name = "plugger"

            [package.build.config.env]
            RUSTFLAGS = "-C link-arg=-Wl,-rpath,$ORIGIN/../lib/plugger"
            NOTE = "$$HOME costs 100$"

            [package.build.backend]
            name = "pixi-build-rust"
        "#})
        .file("Cargo.toml", cargo_toml("plugger", ""))
        .file(
            "src/main.rs",
            indoc! {r#"
            fn main() {
                println!("{}", env!("NOTE"));
            }
        "#},
        )
        .lock();
    let (archive, _) = build(&project, &[]).package();
    let program = archive.root().join("bin/plugger");
    let dynamic = output(Command::new("readelf").arg("-d").arg(program));
    assert!(dynamic.contains("$ORIGIN/../lib/plugger"), "{dynamic}");
    assert_eq!(run(&archive, "bin/plugger"), "$HOME costs 100$");
}

#[test]
fn a_library_of_a_python_extension_is_left_to_its_backend() {
    let project = project("pebble")
        .file(
            "Cargo.toml",
            cargo_toml("pebble", "\n[lib]\ncrate-type = [\"cdylib\"]\n"),
        )
        .file("src/lib.rs", "")
        .file("setup.py", "from setuptools_rust import RustExtension\n")
        .lock();
    let failure = build(&project, &[]).failure();
    assert!(failure.starts_with("build::other_backend"), "{failure}");
    assert!(failure.contains("pixi-build-python"), "{failure}");
    project.write("src/main.rs", MAIN);
    build(&project, &[]).package();
}

#[test]
fn the_library_is_that_of_the_profile() {
    let project = configured("")
        .file(
            "Cargo.toml",
            cargo_toml("bell", "\n[profile.dist]\ninherits = \"release\"\n"),
        )
        .file(
            "src/lib.rs",
            "#[unsafe(no_mangle)]\npub extern \"C\" fn bell() -> i32 {\n    12\n}\n",
        )
        .lock();
    for choice in [
        "profile = \"dev\"",
        "profile = \"test\"",
        "profile = \"bench\"",
        "profile = \"dist\"",
    ] {
        let options = format!("libraries = [\"staticlib\"]\n{choice}");
        project.write("pixi.toml", manifest(&options));
        let (archive, _) = build(&project, &[]).package();
        assert_eq!(archive.files(), ["lib/libbell.a"], "{choice}");
    }
}

#[test]
fn all_commands_read_the_configuration_of_the_crate() {
    let options = "cargo-test = true\nlibraries = [\"staticlib\"]\n\n\
                   [package.build.source]\npath = \"crate\"";
    let project = configured(options)
        .file("crate/Cargo.toml", cargo_toml("bell", ""))
        .file("crate/.cargo/config.toml", "[env]\nTONE = \"a\"\n")
        .file(
            "crate/src/lib.rs",
            "pub const TONE: &str = env!(\"TONE\");\n",
        )
        .lock_in("crate");
    let (archive, _) = build(&project, &[]).package();
    assert_eq!(archive.files(), ["lib/libbell.a"]);
}

#[test]
fn a_library_of_another_target_stays_behind() {
    let options = "libraries = [\"staticlib\"]\n";
    let target = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let project = configured(&format!(
        "{options}extra-args = [\"--target\", \"{target}\"]"
    ))
    .file("Cargo.toml", cargo_toml("bell", ""))
    .file(
        "src/lib.rs",
        "#[unsafe(no_mangle)]\npub extern \"C\" fn one() {}\n",
    )
    .lock();
    build(&project, &[]).package();
    project.write("pixi.toml", manifest(options));
    project.write(
        "src/lib.rs",
        "#[unsafe(no_mangle)]\npub extern \"C\" fn two() {}\n",
    );
    let (archive, _) = build(&project, &[]).package();
    let symbols = output(Command::new("nm").arg(archive.root().join("lib/libbell.a")));
    assert!(symbols.contains(" two\n") && !symbols.contains(" one\n"));
}

#[test]
fn the_sources_of_every_kind_of_library_are_known() {
    let project = configured("cargo-test = true\nlibraries = [\"cdylib\", \"staticlib\"]")
        .file("Cargo.toml", cargo_toml("bell", ""))
        .file("src/main.rs", MAIN)
        .file("src/lib.rs", "pub fn bell() {}\n")
        .lock();
    let (archive, warnings) = build(&project, &[]).package();
    assert_eq!(
        archive.files(),
        ["bin/bell", "lib/libbell.a", "lib/libbell.so"]
    );
    assert!(!warnings.contains("what the build read"), "{warnings}");
}
