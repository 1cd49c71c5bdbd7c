//! The licenses of crates, and other results for which the real Cargo is needed.

use indoc::{formatdoc, indoc};

use super::{build, cargo_toml, project};
use test_support::git::commit;
use test_support::project::Project;

#[test]
fn licenses_are_those_of_the_crates_that_are_linked() {
    let manifest = cargo_toml(
        "app",
        indoc! {r#"
            [dependencies]
            near = { path = "../pool/near" }
            extra = { path = "../pool/extra", optional = true }
            [build-dependencies]
            maker = { path = "../pool/maker" }
        "#},
    );
    let pool = |name: &str, license: &str| {
        let license = format!("license = \"{license}\"\n");
        cargo_toml(name, "").replace("edition", &format!("{license}edition"))
    };
    let mit = indoc! {"
        The MIT License

        Permission is hereby granted, free of charge, to all.
    "};
    let project = project("")
        .pixi_toml(indoc! {r#"
                [package]
                name = "app"
                [package.build]
                source = { path = "app" }
                [package.build.backend]
                name = "pixi-build-rust"
                version = "*"
                [package.build.config]
                features = ["extra"]
            "#})
        .file("app/Cargo.toml", manifest)
        .file("app/src/main.rs", super::MAIN)
        .file("app/build.rs", "fn main() {}\n")
        .file("pool/near/Cargo.toml", pool("near", "MIT OR Apache-2.0"))
        .file("pool/near/src/lib.rs", "")
        .file("pool/near/LICENSE-MIT", mit)
        .file("pool/extra/Cargo.toml", pool("extra", "ISC"))
        .file("pool/extra/src/lib.rs", "")
        .file("pool/maker/Cargo.toml", pool("maker", "MIT"))
        .file("pool/maker/src/lib.rs", "")
        .lock_in("app");
    let (archive, warnings) = build(&project, &[]).package();
    insta::assert_snapshot!(archive.text("info/licenses/THIRDPARTY.yml"), @r"
    root_name: app
    third_party_libraries:
    - package_name: extra
      package_version: 0.1.0
      repository: ''
      license: ISC
      licenses:
      - license: ISC
        text: NOT FOUND
    - package_name: near
      package_version: 0.1.0
      repository: ''
      license: MIT OR Apache-2.0
      licenses:
      - license: MIT
        text: |
          The MIT License

          Permission is hereby granted, free of charge, to all.
      - license: Apache-2.0
        text: NOT FOUND
    ");
    assert!(warnings.contains("found for extra 0.1.0"), "{warnings}");
}

/// A program that depends on the crate `far`. `source` is the value of the dependency in TOML.
fn uses_far(source: &str) -> Project {
    project("app")
        .file(
            "Cargo.toml",
            cargo_toml("app", &format!("[dependencies]\nfar = {source}\n")),
        )
        .file(
            "src/main.rs",
            indoc! {"
            fn main() {
                far::say();
            }
        "},
        )
        .file("LICENSE", "do as you like\n")
}

const ISC: &str = "Permission to use, copy, modify, and distribute this software is granted.\n";

/// Adds the crate `far` in a directory, without the text of its license.
fn with_far(project: Project, folder: &str) -> Project {
    let manifest = cargo_toml("far", "license = \"ISC\"\n");
    project
        .file(&format!("{folder}/Cargo.toml"), manifest)
        .file(
            &format!("{folder}/src/lib.rs"),
            indoc! {r#"
                pub fn say() {
                    println!("far");
                }
            "#},
        )
}

/// Builds the project, and checks that the licenses contain the text of `far`.
#[track_caller]
fn assert_license_of_far(project: &Project) {
    let (archive, warnings) = build(project, &[]).package();
    let bundle = archive.text("info/licenses/THIRDPARTY.yml");
    assert!(bundle.contains("package_name: far"), "{bundle}");
    assert!(bundle.contains(ISC.trim()), "{bundle}");
    assert_eq!(warnings, "");
}

#[test]
fn licenses_of_vendored_crates_are_found() {
    let config = indoc! {r#"
        [source.crates-io]
        replace-with = "vendored"
        [source.vendored]
        directory = "vendor"
    "#};
    let project = with_far(uses_far("\"0.1\""), "vendor/far")
        .file("vendor/far/LICENSE", ISC)
        .file(
            "vendor/far/.cargo-checksum.json",
            format!("{{\"files\": {{}}, \"package\": \"{}\"}}", "0".repeat(64)),
        )
        .file(".cargo/config.toml", config)
        .lock();
    assert_license_of_far(&project);
}

#[test]
fn licenses_of_crates_in_repositories_may_lie_above_them() {
    let repository = with_far(Project::new(), "crates/far").file("LICENSE", ISC);
    commit(repository.dir());
    let source = format!("{{ git = \"file://{}\" }}", repository.dir().display());
    let project = uses_far(&source).lock();
    assert_license_of_far(&project);
}

#[test]
fn files_of_the_build_script_are_those_of_this_build() {
    let script = indoc! {r#"
        fn main() {
            let out = std::env::var("OUT_DIR").unwrap();
            std::fs::write(format!("{out}/tool.fish"), std::env::var("CARGO_FEATURE_X").is_ok().to_string()).unwrap();
            println!("cargo::rerun-if-changed=build.rs");
        }
    "#};
    let manifest = |features: &str| {
        formatdoc!(
            r#"
                [package]
                name = "tool"
                [package.build.backend]
                name = "pixi-build-rust"
                version = "*"
                [package.build.config]
                features = {features}
                completions.tool = {{ files = ["$OUT_DIR/*.fish"] }}
            "#
        )
    };
    let project = project("tool")
        .pixi_toml(&manifest("[]"))
        .file("Cargo.toml", cargo_toml("tool", "[features]\nx = []\n"))
        .file("src/main.rs", super::MAIN)
        .file("build.rs", script)
        .lock();
    let completion = "share/fish/vendor_completions.d/tool.fish";
    for (features, expected) in [("[]", "false"), ("[\"x\"]", "true"), ("[]", "false")] {
        project.write("pixi.toml", manifest(features));
        let (archive, _) = build(&project, &[]).package();
        assert_eq!(archive.text(completion), expected, "{features}");
    }
}

#[test]
fn settings_of_a_profile_need_no_table() {
    let project = project("")
        .pixi_toml(indoc! {r#"
                [package]
                name = "tool"
                [package.build.backend]
                name = "pixi-build-rust"
                version = "*"
                [package.build.config]
                profile = "dist"
                profile-settings = { debug-assertions = true }
            "#})
        .file(
            "Cargo.toml",
            cargo_toml("tool", "[profile.dist]\ninherits = \"release\"\n"),
        )
        .file(
            "src/main.rs",
            indoc! {r#"
                fn main() {
                    println!("{}", cfg!(debug_assertions));
                }
            "#},
        )
        .lock();
    let (archive, _) = build(&project, &[]).package();
    assert_eq!(super::run(&archive, "bin/tool"), "true");
}

#[test]
fn a_library_is_installed_without_a_program() {
    let project = project("")
        .pixi_toml(indoc! {r#"
                [package]
                name = "plug-in"
                [package.build.backend]
                name = "pixi-build-rust"
                version = "*"
                [package.build.config]
                libraries = ["cdylib", "staticlib"]
            "#})
        .file("Cargo.toml", cargo_toml("plug-in", ""))
        .file(
            "src/lib.rs",
            indoc! {r#"
                #[unsafe(no_mangle)]
                pub extern "C" fn answer() -> i32 {
                    42
                }
            "#},
        )
        .lock();
    let (archive, _) = build(&project, &[]).package();
    assert_eq!(archive.files(), ["lib/libplug_in.a", "lib/libplug_in.so"]);
}

#[test]
fn tests_of_the_project_run_before_anything_is_installed() {
    let manifest = |arguments: &str| {
        formatdoc!(
            r#"
                [package]
                name = "tool"
                [package.build.backend]
                name = "pixi-build-rust"
                version = "*"
                [package.build.config]
                cargo-test = {arguments}
            "#
        )
    };
    let project = project("tool")
        .pixi_toml(&manifest("true"))
        .file("Cargo.toml", cargo_toml("tool", ""))
        .file("src/main.rs", super::MAIN)
        .file(
            "tests/it.rs",
            indoc! {r#"
                #[test]
                fn good() {}
                #[test]
                fn bad() {
                    panic!("a bad day");
                }
            "#},
        )
        .lock();
    let failure = build(&project, &[]).failure();
    assert!(failure.contains("exit code 101"), "{failure}");
    project.write("pixi.toml", manifest("[\"--\", \"--skip\", \"bad\"]"));
    build(&project, &[]).package();
}

#[test]
fn tests_that_are_turned_on_later_get_their_dependencies() {
    let dependencies = "[dependencies]\nitoa = \"1\"\n[dev-dependencies]\nryu = \"1\"\n";
    let project = super::configured("cargo-test = false")
        .file("Cargo.toml", cargo_toml("tool", dependencies))
        .file("src/main.rs", super::MAIN)
        .file(
            "tests/it.rs",
            indoc! {r#"
                #[test]
                fn good() {
                    assert_eq!(ryu::Buffer::new().format(1.5), "1.5");
                }
            "#},
        )
        .lock();
    build(&project, &[]).package();
    project.write("pixi.toml", super::manifest("cargo-test = true"));
    build(&project, &[]).package();
}

#[test]
fn members_of_a_workspace_are_installed_together() {
    let manifest = |packages: &str| {
        formatdoc!(
            r#"
                [package]
                name = "nu"
                [package.build.backend]
                name = "pixi-build-rust"
                version = "*"
                [package.build.config]
                {packages}
            "#
        )
    };
    let project = project("nu")
        .pixi_toml(&manifest("packages = [\"nu\", \"nu_plugin_*\"]"))
        .file(
            "Cargo.toml",
            indoc! {r#"
                [workspace]
                members = ["nu", "plugins/*"]
                resolver = "2"
            "#},
        )
        .file("nu/Cargo.toml", cargo_toml("nu", ""))
        .file("nu/src/main.rs", super::MAIN)
        .file("plugins/inc/Cargo.toml", cargo_toml("nu_plugin_inc", ""))
        .file("plugins/inc/src/main.rs", super::MAIN)
        .file("plugins/other/Cargo.toml", cargo_toml("other", ""))
        .file("plugins/other/src/main.rs", super::MAIN)
        .lock();
    let (archive, _) = build(&project, &[]).package();
    assert_eq!(archive.files(), ["bin/nu", "bin/nu_plugin_inc"]);
    project.write(
        "pixi.toml",
        manifest("packages = [\"nu\", \"nu_plugin_query\"]"),
    );
    let failure = build(&project, &[]).failure();
    assert!(failure.contains("cargo::no_such_member"), "{failure}");
    let both = "packages = [\"nu\", \"other\"]\nbinaries = [\"other\"]";
    project.write("pixi.toml", manifest(both));
    let (archive, _) = build(&project, &[]).package();
    assert_eq!(archive.files(), ["bin/other"]);
    let nobody = "packages = [\"nu\", \"other\"]\nbinaries = [\"nobody\"]";
    project.write("pixi.toml", manifest(nobody));
    let failure = build(&project, &[]).failure();
    assert!(failure.contains("cargo::not_one_binary"), "{failure}");
}
