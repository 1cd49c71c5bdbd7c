//! Options of `build` for environments, variants and archives.

use indoc::{formatdoc, indoc};
use serde_json::json;

use test_support::archive::Archive;
use test_support::channel::Channel;
use test_support::cli_command::CliCommand;
use test_support::packages::Package;
use test_support::project::Project;
use test_support::toolchain::channel;
use test_support::web;

/// A project with the host dependency `library`.
fn with_library(more: &str) -> Project {
    let backend = "[package.build.backend]\nname = \"pixi-build-rust\"\n";
    let tables = "[package.host-dependencies]\nlibrary = \"*\"\n";
    let manifest = formatdoc!(
        r#"
        [package]
        name = "hello"

        {backend}
        {tables}
        {more}"#
    );
    Project::hello().pixi_toml(&manifest)
}

/// A channel with the toolchain and these versions of `library`.
fn library(project: &Project, versions: &[&str]) -> Channel {
    let mut channel = Channel::open(project.cache().join("channel"))
        .unwrap_or_else(|| Channel::new(project.cache().join("channel")));
    channel.include(self::channel());
    for version in versions {
        let package = Package::new("library", version);
        channel.add(package.run_exports_weak([format!("library {version}.*")]));
    }
    channel
}

fn depends(archive: &Archive) -> serde_json::Value {
    archive.index()["depends"].clone()
}

#[test]
fn the_packages_of_the_last_build_stay_until_something_else_is_asked_for() {
    let project = with_library("");
    let build = |versions: &[&str], arguments: &[&str]| {
        let channel = library(&project, versions);
        let desk = CliCommand::build(&project, "").channel(&channel);
        depends(&desk.args(arguments.iter().copied()).package())
    };
    let first = json!(["library 1.0.*", "libgcc >=12"]);
    let second = json!(["library 2.0.*", "libgcc >=12"]);
    assert_eq!(build(&["1.0"], &[]), first);
    assert_eq!(build(&["2.0"], &[]), first);
    assert_eq!(build(&[], &["--locked"]), first);
    assert_eq!(build(&[], &["--work-dir", "elsewhere"]), second);
}

#[test]
fn a_channel_on_the_web_is_needed_once() {
    let project = with_library("");
    let served = web::serve(library(&project, &["1.0"]).root());
    let build = |arguments: &[&str]| {
        let desk = CliCommand::build(&project, "").args(["--channel", &served]);
        desk.args(arguments.iter().copied()).package()
    };
    assert_eq!(depends(&build(&[]))[0], "library 1.0.*");
    let offline = build(&["--offline", "--work-dir", "elsewhere"]);
    assert_eq!(depends(&offline)[0], "library 1.0.*");
}

#[test]
fn variants_of_the_command_line_replace_those_of_the_workspace() {
    let variants = indoc! {r#"
            [workspace]
            channels = []

            [workspace.build-variants]
            library = ["1.0"]
        "#};
    let project = with_library(variants);
    let channel = library(&project, &["1.0", "2.0", "3.0"]);
    project.write("more.yaml", "library:\n  - \"3.0\"\n");
    let build = |arguments: &[&str]| {
        let desk = CliCommand::build(&project, "").channel(&channel);
        let packages = desk.args(arguments.iter().copied()).packages();
        let first = |package: &Archive| depends(package)[0].clone();
        packages.iter().map(first).collect::<Vec<_>>()
    };
    assert_eq!(build(&[]), ["library 1.0.*"]);
    assert_eq!(
        build(&["--variant", "library=1.0,2.0"]),
        ["library 1.0.*", "library 2.0.*"]
    );
    // Values in the manifest override values in files.
    assert_eq!(build(&["--variants", "more.yaml"]), ["library 1.0.*"]);
}

#[test]
fn the_archive_has_the_format_that_is_asked_for() {
    let project = Project::hello();
    let desk = CliCommand::build(&project, "").channel(channel());
    let archive = desk.args(["--package-format", "tar-bz2:1"]).package();
    let name = archive.path().file_name().and_then(|name| name.to_str());
    assert_eq!(name, Some("hello-0.3.1-hb0f4dca_0.tar.bz2"));
    assert_eq!(archive.files(), ["bin/hello"]);
}

#[test]
fn cargo_is_told_how_many_jobs_there_are_and_reuses_what_it_has() {
    let project = Project::hello().file(
        "build.rs",
        indoc! {r#"
            fn main() {
                println!("cargo::rerun-if-changed=build.rs");
                println!("cargo::warning=jobs {}", std::env::var("NUM_JOBS").unwrap());
            }
        "#},
    );
    let build = |jobs: &str| {
        let desk = CliCommand::build(&project, "").channel(channel());
        desk.args(["--jobs", jobs]).package();
        let log = project.dir().join(".pixi/bld/hello/debug/build.log");
        fs_err::read_to_string(log).expect("it was built")
    };
    assert!(build("1").contains("jobs 1"));
    let again = build("2");
    assert!(!again.contains("Compiling hello"), "{again}");
}

#[test]
fn packages_that_are_too_new_do_not_count() {
    // The packages of the test channel have a date in November 2023.
    let limit = |date: &str| {
        let workspace = formatdoc!(
            r#"
            [workspace]
            channels = []
            exclude-newer = "{date}"
        "#
        );
        let project = with_library(&workspace);
        let channel = library(&project, &["1.0"]);
        CliCommand::build(&project, "")
            .channel(&channel)
            .run()
            .code()
    };
    assert_eq!(limit("2023-12-24"), 0);
    assert_eq!(limit("2023-01-01"), 3);
}
