//! `build` with environments from a local channel of real packages.

use test_support::cli_command::CliCommand;
use test_support::prefix::{install_package, output};
use test_support::project::Project;
use test_support::toolchain;

/// Installs the archive into a new prefix and returns the output of one of its programs.
fn run_installed(archive: &std::path::Path, program: &str) -> String {
    let prefix = tempfile::tempdir().expect("a folder for the prefix");
    install_package(archive, prefix.path());
    output(&mut std::process::Command::new(prefix.path().join(program)))
}

#[test]
fn a_package_is_built_in_environments_from_a_channel() {
    let project = Project::hello();
    let build = || CliCommand::build(&project, "").channel(toolchain::channel());
    let archive = build().package();
    assert_eq!(
        run_installed(archive.path(), "bin/hello"),
        "hello from conda"
    );
    // A build without pixi writes the same debug files as one with pixi.
    let debug = project.dir().join(".pixi/bld/hello/debug");
    let request = fs_err::read(debug.join("conda_build_v1_params.json")).expect("it was kept");
    let request: serde_json::Value = serde_json::from_slice(&request).expect("it is JSON");
    assert_eq!(request["hostPrefix"]["packages"][0]["name"], "libgcc");
    assert!(debug.join("conda_build_v1_response.json").is_file());
    let exported = serde_json::json!(["libgcc >=12"]);
    assert_eq!(archive.index()["depends"], exported);

    let meta = project.dir().join(".pixi/bld/hello/bld/conda-meta");
    let installed = |name: &str| {
        let file = fs_err::read_dir(&meta).expect("it was installed");
        let mut files = file.map(|entry| entry.expect("readable").path());
        let file = files.find(|path| path.to_string_lossy().contains(name));
        let file = fs_err::metadata(file.expect("it was installed"));
        file.and_then(|about| about.modified()).expect("a file")
    };
    let before = installed("gcc_linux-64");
    build().package();
    assert_eq!(
        installed("gcc_linux-64"),
        before,
        "it is not installed again"
    );
    let log = project.dir().join(".pixi/bld/hello/debug/build.log");
    let log = fs_err::read_to_string(log).expect("it was built");
    assert!(!log.contains("Compiling hello"), "{log}");
}
