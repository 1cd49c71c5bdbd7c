//! Builds that fail: the real cargo, run by the real backend.

use indoc::indoc;
use serde_json::json;

use test_support::build::Build;
use test_support::manifest::initialize;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::render_error::render_error;
use test_support::requests::Outputs;
use test_support::toolchain::channel;

/// Returns the error of a build that fails. The build downloads nothing.
fn failure(project: &Project) -> String {
    failure_of(Pixi::start(), project)
}

fn failure_of(mut pixi: Pixi, project: &Project) -> String {
    let params = initialize(project);
    let mut configuration = params.params()["configuration"].clone();
    configuration["env"]["CARGO_NET_OFFLINE"] = json!("true");
    pixi.initialize(&params.configuration(configuration));
    let work = project.build_work("hello");
    let outputs = pixi.outputs(&Outputs::new(&work).channel(channel()));
    let build = Build::prepare(&outputs[0], &work, channel());
    let error = pixi.build(&build).expect_err("the build fails");
    render_error(project, &error)
}

fn hello(main: &str) -> Project {
    Project::hello().file("src/main.rs", main)
}

#[test]
fn code_that_does_not_compile() {
    let project = hello(indoc! {r#"
        fn main() {
            let count: u32 = "one";
            missing();
        }
    "#});
    insta::assert_snapshot!(failure(&project));
}

#[test]
fn lock_file_that_is_missing() {
    let project = Project::hello();
    project.remove("Cargo.lock");
    insta::assert_snapshot!(failure(&project));
}

#[test]
fn lock_file_that_is_stale() {
    let project = Project::hello();
    let manifest = fs_err::read_to_string(project.dir().join("Cargo.toml")).expect("it is there");
    project.write("Cargo.toml", manifest.replace("0.3.1", "0.4.0"));
    insta::assert_snapshot!(failure(&project));
}

#[test]
fn library_without_a_binary() {
    let project = Project::hello();
    project.remove("src/main.rs");
    project.write("src/lib.rs", "");
    insta::assert_snapshot!(failure(&project));
}

/// A crate whose only binary requires a feature.
fn optional() -> Project {
    let project = Project::hello();
    let manifest = fs_err::read_to_string(project.dir().join("Cargo.toml")).expect("it is there");
    let binary = indoc! {r#"
        [[bin]]
        name = "hello"
        path = "src/main.rs"
        required-features = ["cli", "tls"]

        [features]
        cli = []
        tls = []
    "#};
    project.file("Cargo.toml", format!("{manifest}\n{binary}"))
}

#[test]
fn binaries_that_need_features() {
    insta::assert_snapshot!(failure(&optional()));
}

#[test]
fn named_binary_that_needs_features() {
    let project = optional().pixi_toml(indoc! {r#"
            [package]
            name = "hello"
            version = "0.3.1"

            [package.build.config]
            binaries = ["hello"]

            [package.build.backend]
            name = "pixi-build-rust"
            version = "*"
        "#});
    insta::assert_snapshot!(failure(&project));
}

#[test]
fn examples_of_a_crate_without_examples() {
    let project = Project::hello().pixi_toml(indoc! {r#"
            [package]
            name = "hello"
            version = "0.3.1"

            [package.build.config]
            extra-args = ["--examples"]

            [package.build.backend]
            name = "pixi-build-rust"
            version = "*"
        "#});
    insta::assert_snapshot!(failure(&project));
}

#[test]
fn build_script_that_fails() {
    let script = indoc! {r#"
        fn main() {
            panic!("run `git submodule update --init` first");
        }
    "#};
    insta::assert_snapshot!(failure(&Project::hello().file("build.rs", script)));
}

#[test]
fn date_that_is_not_valid() {
    let pixi = Pixi::start_with(|command| {
        command.env("SOURCE_DATE_EPOCH", "2026-11-21");
    });
    insta::assert_snapshot!(failure_of(pixi, &Project::hello()));
}

#[test]
fn library_that_the_system_does_not_have() {
    let main = indoc! {r#"
        #[link(name = "sodium")]
        unsafe extern "C" {
            fn sodium_init() -> i32;
        }

        fn main() {
            unsafe { sodium_init() };
        }
    "#};
    insta::assert_snapshot!(failure(&hello(main)));
}

#[test]
fn crate_that_needs_a_newer_rustc() {
    let project = Project::hello();
    let manifest = fs_err::read_to_string(project.dir().join("Cargo.toml")).expect("it is there");
    let newer = manifest.replace("edition", "rust-version = \"1.999\"\nedition");
    project.write("Cargo.toml", newer);
    let said = failure(&project);
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"has 1\.\d+\.\d+", "has [rustc]");
    settings.bind(|| insta::assert_snapshot!(said));
}

#[test]
fn binary_that_does_not_exist() {
    let project = Project::hello().pixi_toml(indoc! {r#"
            [package]
            name = "hello"
            version = "0.3.1"

            [package.build.config]
            binaries = ["helo"]
        "#});
    insta::assert_snapshot!(failure(&project));
}

#[test]
fn compilers_without_rust() {
    let project = Project::hello().pixi_toml(indoc! {r#"
            [package]
            name = "hello"
            version = "0.3.1"

            [package.build.config]
            compilers = ["c"]
        "#});
    insta::assert_snapshot!(failure(&project));
}

#[test]
fn secret_in_what_is_installed() {
    let project = hello(indoc! {r#"
        fn main() {
            println!("{}", env!("TOKEN"));
        }
    "#});
    let mut pixi = Pixi::start_with(|command| {
        command.env("TOKEN", "ghp_0123456789");
    });
    let params = initialize(&project).model(json!({"secrets": ["TOKEN"]}));
    pixi.initialize(&params);
    let work = project.build_work("hello");
    let outputs = pixi.outputs(&Outputs::new(&work).channel(channel()));
    let build = Build::prepare(&outputs[0], &work, channel());
    let error = pixi.build(&build).expect_err("the program holds it");
    insta::assert_snapshot!(render_error(&project, &error));
}
