//! Real builds over stdio: the tests install environments as pixi does, run the real cargo, and
//! open, install and run the finished archive.

use indoc::{formatdoc, indoc};
use serde_json::json;

use test_support::archive::Archive;
use test_support::build::Build;
use test_support::git::commit;
use test_support::pixi::Pixi;
use test_support::prefix::{install_package, output};
use test_support::project::Project;
use test_support::requests::{Initialize, Outputs};
use test_support::toolchain::{self, Extra};

/// Installs the archive into a new prefix and runs one of its programs.
fn run_installed(archive: &std::path::Path, program: &str) -> String {
    let prefix = tempfile::tempdir().expect("a folder for the prefix");
    install_package(archive, prefix.path());
    output(&mut std::process::Command::new(prefix.path().join(program)))
}

#[test]
fn a_recorded_session_ends_with_a_package_that_runs() {
    let project = Project::hello();
    let mut pixi = Pixi::start();
    let capabilities = pixi
        .request("negotiateCapabilities", json!({"capabilities": {}}))
        .expect("capabilities are known");
    assert_eq!(
        capabilities,
        json!({"capabilities": {"providesCondaOutputs": true, "providesCondaBuildV1": true}})
    );
    pixi.initialize(&Initialize::of(&project).package("hello", "0.3.1"));

    let channel = toolchain::channel();
    let described = pixi.outputs(&Outputs::new(&project.metadata_work("hello")).channel(channel));
    assert_eq!(described[0]["metadata"]["build"], "hb0f4dca_0");
    let work = project.build_work("hello");
    let described = pixi.outputs(&Outputs::new(&work).channel(channel));
    let build = Build::prepare(&described[0], &work, channel);
    assert_eq!(build.host_prefix().as_os_str().len(), 255);
    let answer = pixi.build(&build).expect("the crate compiles");

    let path = work.join("output/linux-64/hello-0.3.1-hb0f4dca_0.conda");
    assert_eq!(answer["output_file"], json!(path));
    let archive = Archive::open(&path);
    archive.check_paths();
    assert_eq!(archive.files(), ["bin/hello"]);
    let index = archive.index();
    assert_eq!(index["name"], "hello");
    assert_eq!(index["version"], "0.3.1");
    assert_eq!(index["build"], "hb0f4dca_0");
    assert_eq!(index["build_number"], 0);
    assert_eq!(index["subdir"], "linux-64");
    assert_eq!(index["license"], "MIT");
    assert_eq!(index["depends"][0], "libgcc >=12");
    assert_eq!(archive.about()["license"], "MIT");
    assert_eq!(run_installed(&path, "bin/hello"), "hello from conda");
}

#[test]
fn debug_files_tell_what_was_asked_answered_and_built() {
    let project = Project::hello();
    let mut pixi = Pixi::start();
    pixi.initialize(
        &Initialize::of(&project)
            .package("hello", "0.3.1")
            .configuration(json!({"debug-dir": "elsewhere"})),
    );
    let archive = pixi.package(&project, toolchain::channel(), "hello");
    assert!(archive.has("bin/hello"));

    let debug = project.build_work("hello").join("debug");
    for file in [
        "project_model.json",
        "conda_outputs_params.json",
        "conda_outputs_response.json",
        "conda_build_v1_params.json",
        "conda_build_v1_response.json",
        "recipe.yaml",
        "variants.yaml",
        "recipe/b0f4dca/recipe.yaml",
        "recipe/b0f4dca/variants.yaml",
    ] {
        assert!(debug.join(file).is_file(), "{file} is missing");
    }
    let log = fs_err::read_to_string(debug.join("build.log")).expect("the log was written");
    assert_eq!(log.matches("Compiling hello").count(), 1, "{log}");
    let seen = pixi.stderr().join("\n");
    assert!(seen.contains("`debug-dir` has no effect"), "{seen}");
}

#[test]
fn an_unwritable_debug_folder_does_not_fail_the_build() {
    let project = Project::hello();
    let work = project.build_work("hello");
    fs_err::create_dir_all(&work).expect("own folder");
    // A file at the path of the directory.
    fs_err::write(work.join("debug"), "").expect("own folder");
    let mut pixi = Pixi::start();
    pixi.initialize(&Initialize::of(&project).package("hello", "0.3.1"));
    let archive = pixi.package(&project, toolchain::channel(), "hello");
    assert!(archive.has("bin/hello"));
}

#[test]
fn a_crate_from_the_registry_is_compiled_in() {
    let project = Project::counts();
    let mut pixi = Pixi::start();
    pixi.initialize(&Initialize::of(&project));
    let archive = pixi.package(&project, toolchain::channel(), "counts");
    assert_eq!(run_installed(archive.path(), "bin/counts"), "42");
}

#[test]
fn a_crate_from_a_git_repository_is_compiled_in() {
    let project = Project::new()
        .file(
            "elsewhere/Cargo.toml",
            indoc! {r#"
                [package]
                name = "elsewhere"
                version = "1.0.0"
                edition = "2024"
            "#},
        )
        .file("elsewhere/src/lib.rs", "pub const ANSWER: u8 = 42;\n");
    let repository = project.dir().join("elsewhere");
    commit(&repository);
    let url = repository.display();
    let project = project
        .file(
            "tool/Cargo.toml",
            formatdoc!(
                r#"
                    [package]
                    name = "counts"
                    version = "1.0.0"
                    edition = "2024"

                    [dependencies]
                    elsewhere = {{ git = "file://{url}" }}
                "#
            ),
        )
        .file(
            "tool/src/main.rs",
            indoc! {r#"
                fn main() {
                    println!("{}", elsewhere::ANSWER);
                }
            "#},
        )
        .file(
            "tool/pixi.toml",
            "[package.build.backend]\nname = \"pixi-build-rust\"\n",
        )
        .lock_in("tool");
    let mut pixi = Pixi::start();
    pixi.initialize(&Initialize::member(&project, "tool"));
    let archive = pixi.package(&project, toolchain::channel(), "counts");
    assert_eq!(run_installed(archive.path(), "bin/counts"), "42");
}

/// For a root package, Cargo looks at `default-members` instead, whose dependencies may all be
/// available.
#[test]
fn a_root_package_that_is_no_default_member_is_built() {
    let crate_called = |name: &str| {
        formatdoc!(
            r#"
            [package]
            name = "{name}"
            version = "1.0.0"
            edition = "2024"

        "#
        )
    };
    let project = Project::new()
        .file(
            "Cargo.toml",
            crate_called("counts")
                + indoc! {r#"
                    [workspace]
                    members = ["other"]
                    default-members = ["other"]

                    [dependencies]
                    itoa = "1"
                "#},
        )
        .file(
            "src/main.rs",
            indoc! {r#"
                fn main() {
                    println!("{}", itoa::Buffer::new().format(42));
                }
            "#},
        )
        .file("other/Cargo.toml", crate_called("other"))
        .file("other/src/main.rs", "fn main() {}\n")
        .pixi_toml("[package]\nname = \"counts\"\n")
        .lock();
    let mut pixi = Pixi::start();
    pixi.initialize(&Initialize::of(&project));
    pixi.package(&project, toolchain::channel(), "counts");
    // The index is already cached, but `itoa` has to be downloaded again.
    let home = project.cache().join("pixi-build-rust/cargo-home/registry");
    for folder in ["cache", "src"] {
        fs_err::remove_dir_all(home.join(folder)).expect("the build filled it");
    }
    let archive = pixi.package(&project, toolchain::channel(), "counts");
    assert_eq!(run_installed(archive.path(), "bin/counts"), "42");
}

#[test]
fn a_workspace_member_inherits_and_its_license_is_packed() {
    let project = Project::new()
        .file(
            "Cargo.toml",
            indoc! {r#"
                [workspace]
                members = ["crates/*"]
                resolver = "3"

                [workspace.package]
                version = "2.5.0"
                edition = "2024"
                license = "MIT/Apache-2.0"
                description = "Does one thing. And ${{ another }}."
                homepage = "https://tool.example.org"
            "#},
        )
        .file("LICENSE-MIT", "the text\n")
        .file(
            "crates/tool/Cargo.toml",
            indoc! {r#"
                [package]
                name = "tool"
                version.workspace = true
                edition.workspace = true
                license.workspace = true
                description.workspace = true
                homepage.workspace = true
            "#},
        )
        .file(
            "crates/tool/src/main.rs",
            indoc! {r#"
            fn main() {
                println!("{}", env!("CARGO_PKG_VERSION"));
            }
        "#},
        )
        .file(
            "crates/tool/pixi.toml",
            "[package.build.backend]\nname = \"pixi-build-rust\"\n",
        )
        .lock();
    let mut pixi = Pixi::start();
    pixi.initialize(&Initialize::member(&project, "crates/tool"));
    let archive = pixi.package(&project, toolchain::channel(), "tool");
    assert_eq!(archive.index()["version"], "2.5.0");
    assert_eq!(archive.index()["license"], "MIT OR Apache-2.0");
    let about = archive.about();
    assert_eq!(about["summary"], "Does one thing");
    assert_eq!(about["description"], "Does one thing. And ${{ another }}.");
    assert_eq!(about["home"], "https://tool.example.org/");
    assert!(
        archive
            .info_files()
            .contains(&"info/licenses/LICENSE-MIT".to_string())
    );
    assert_eq!(run_installed(archive.path(), "bin/tool"), "2.5.0");
}

#[test]
fn openssl_is_linked_from_the_host_prefix_although_a_crate_has_its_own() {
    let Some(channel) = toolchain::channel_or_skip(&[Extra::Openssl, Extra::PkgConfig]) else {
        return;
    };
    let project = Project::new()
        .file(
            "Cargo.toml",
            indoc! {r#"
                [package]
                name = "tls"
                version = "1.0.0"
                edition = "2024"

                [dependencies]
                openssl-sys = { version = "0.9", features = ["vendored"] }
            "#},
        )
        .file(
            "src/main.rs",
            indoc! {r#"
                fn main() {
                    assert_ne!(unsafe { openssl_sys::OpenSSL_version_num() }, 0);
                    println!("linked");
                }
            "#},
        )
        .pixi_toml("[package]\nname = \"tls\"\n")
        .lock();
    let mut pixi = Pixi::start();
    pixi.initialize(&Initialize::of(&project).dependency("hostDependencies", "openssl", "*"));
    let archive = pixi.package(&project, &channel, "tls");

    let log = project.build_work("tls").join("debug/build.log");
    let log = fs_err::read_to_string(log).expect("the log was written");
    assert!(log.contains("export OPENSSL_DIR=$PREFIX"), "{log}");
    let depends = archive.index()["depends"].to_string();
    assert!(depends.contains("openssl >="), "{depends}");
    // The run path is relative, so that the package works in any prefix.
    let program = archive.root().join("bin/tls");
    let dynamic = output(
        std::process::Command::new("readelf")
            .arg("-d")
            .arg(&program),
    );
    assert!(dynamic.contains("[$ORIGIN/../lib]"), "{dynamic}");
    assert!(dynamic.contains("libcrypto.so"), "{dynamic}");
}

#[test]
fn a_crate_that_does_not_compile_is_answered_and_the_process_lives_on() {
    let project = Project::hello();
    let mut pixi = Pixi::start();
    pixi.initialize(&Initialize::of(&project).package("hello", "0.3.1"));
    let good = pixi.package(&project, toolchain::channel(), "hello");

    project.write("src/main.rs", "fn main() { let x: u32 = \"t\"; }\n");
    let work = project.build_work("hello");
    let outputs = pixi.outputs(&Outputs::new(&work).channel(toolchain::channel()));
    let build = Build::prepare(&outputs[0], &work, toolchain::channel());
    let error = pixi.build(&build).expect_err("the crate is broken");
    assert_eq!(error["code"], -32000);
    let message = error["data"]["message"].as_str().expect("a message");
    assert!(
        message.contains("error[E0308]: mismatched types"),
        "{message}"
    );
    assert!(message.contains("src/main.rs:1:"), "{message}");
    assert!(work.join("debug/conda_build_v1_error.json").is_file());
    assert!(!work.join("debug/conda_build_v1_response.json").exists());
    assert!(good.path().is_file(), "the earlier package is still there");

    project.write("src/main.rs", "fn main() {}\n");
    pixi.build(&build).expect("the crate compiles again");
    // Debug files are written after the response, but before the process ends.
    drop(pixi);
    assert!(!work.join("debug/conda_build_v1_error.json").exists());
}

#[test]
fn arguments_reach_cargo_as_they_are() {
    let project = Project::new()
        .file(
            "Cargo.toml",
            indoc! {r#"
                [package]
                name = "many"
                version = "1.0.0"
                edition = "2024"

                [features]
                a = []
                b = []

                [[bin]]
                name = "one"
                path = "src/one.rs"

                [[bin]]
                name = "two"
                path = "src/two.rs"
            "#},
        )
        .file(
            "src/one.rs",
            indoc! {r#"
                fn main() {
                    println!("{} {}", cfg!(all(feature = "a", feature = "b")), env!("SIGNS"));
                }
            "#},
        )
        .file("src/two.rs", "fn main() {}\n")
        .pixi_toml("[package]\nname = \"many\"\n")
        .lock();
    let mut pixi = Pixi::start();
    // Cargo accepts `--locked` and similar options only once, and the backend also passes them.
    let extra_args = [
        "--locked",
        "--force",
        "--no-track",
        "--features",
        "a b",
        "--config",
        "profile.release.lto=\"thin\"",
    ];
    pixi.initialize(&Initialize::of(&project).configuration(json!({
        "extra-args": extra_args,
        "binaries": ["one"],
        "env": {"SIGNS": "it's `5$` \"{\" "},
    })));
    let archive = pixi.package(&project, toolchain::channel(), "many");
    assert_eq!(archive.files(), ["bin/one"]);
    assert_eq!(
        run_installed(archive.path(), "bin/one"),
        "true it's `5$` \"{\" "
    );
}
