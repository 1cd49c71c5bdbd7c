//! Environments that cannot be solved, and packages that depend on each other.

use indoc::{formatdoc, indoc};

use test_support::channel::Channel;
use test_support::cli_command::CliCommand;
use test_support::packages::Package;
use test_support::project::Project;
use test_support::toolchain::channel;

/// Returns the error of `build` for a package whose environments cannot be created.
fn refused(desk: CliCommand<'_>) -> String {
    let (code, error) = desk.error();
    assert_eq!(code, 3, "{error}");
    error
}

/// A copy of the channel in the cache of the project, whose path does not depend on the
/// machine.
fn near(project: &Project) -> Channel {
    let mut copy = Channel::new(project.cache().join("channel"));
    copy.include(channel());
    copy
}

/// A project with these additional `[package.…]` tables.
fn hello(tables: &str) -> Project {
    let backend = "[package.build.backend]\nname = \"pixi-build-rust\"\n";
    let manifest = formatdoc!(
        r#"
        [package]
        name = "hello"

        {backend}
        {tables}"#
    );
    Project::hello().pixi_toml(&manifest)
}

/// A workspace with these manifests, each in its own directory.
fn packages(manifests: &[(&str, &str)]) -> Project {
    let mut project = Project::new().file("pixi.toml", "[workspace]\nchannels = []\n");
    for (folder, manifest) in manifests {
        let name = manifest.split('"').nth(1).expect("a name");
        let backend = "[package.build.backend]\nname = \"pixi-build-rust\"\n";
        let backend = if manifest.contains("[package.build.backend]") {
            ""
        } else {
            backend
        };
        let cargo = formatdoc!(
            r#"
            [package]
            name = "{name}"
            version = "1.0.0"
        "#
        );
        project = project
            .file(
                &format!("{folder}/pixi.toml"),
                format!("{manifest}\n{backend}"),
            )
            .file(&format!("{folder}/Cargo.toml"), cargo)
            .file(&format!("{folder}/src/main.rs"), "fn main() {}\n");
    }
    project
}

#[test]
fn name_that_channels_do_not_have() {
    let project = hello(indoc! {r#"
        [package.build-dependencies]
        rusd = "*"
        cmake = ">=3"
    "#});
    insta::assert_snapshot!(refused(
        CliCommand::build(&project, "").channel(&near(&project))
    ));
}

#[test]
fn versions_that_contradict_each_other() {
    let project = hello("[package.host-dependencies]\nlibgcc = \"<2\"\n");
    insta::assert_snapshot!(refused(
        CliCommand::build(&project, "").channel(&near(&project))
    ));
}

#[test]
fn platform_without_packages() {
    let project = hello("[package.host-dependencies]\nzlib = \"*\"\n");
    let desk = CliCommand::build(&project, "").channel(&near(&project));
    let desk = desk.args([
        "--target-platform",
        "linux-ppc64le",
        "--build-platform",
        "linux-s390x",
    ]);
    insta::assert_snapshot!(refused(desk));
}

#[test]
fn channel_that_does_not_exist() {
    let project = hello("");
    let desk = CliCommand::build(&project, "").args(["--channel", "./missing"]);
    insta::assert_snapshot!(refused(desk));
}

#[test]
fn channel_in_a_directory_that_does_not_exist() {
    let project = hello(indoc! {r#"
        [workspace]
        channels = ["file:///nowhere/channel"]
        platforms = []
    "#});
    let drawn = CliCommand::build(&project, "").run();
    let line = "channels = [\"file:///nowhere/channel\"]";
    let (_, below) = drawn.stderr().split_once(line).expect("the line");
    assert!(below.contains("╰── named here"), "{below}");
    insta::assert_snapshot!(refused(CliCommand::build(&project, "")));
}

#[test]
fn version_that_channels_do_not_have() {
    let project = hello("[package.host-dependencies]\nodd = \">=3\"\n");
    let mut odd = near(&project);
    for version in ["1.0", "1.10", "1.9"] {
        odd.add(Package::new("odd", version));
    }
    insta::assert_snapshot!(refused(CliCommand::build(&project, "").channel(&odd)));
}

#[test]
fn compiler_for_a_platform_that_no_channel_has() {
    let project = hello("");
    let desk = CliCommand::build(&project, "").channel(&near(&project));
    insta::assert_snapshot!(refused(desk.args(["--target-platform", "osx-arm64"])));
}

#[test]
fn channel_that_was_never_downloaded() {
    let project = hello("");
    let desk = CliCommand::build(&project, "");
    // The error does not show the token.
    let channel = "https://conda.example/t/secret/channel";
    let desk = desk.args(["--offline", "--channel", channel]);
    insta::assert_snapshot!(refused(desk));
}

#[test]
fn no_channel_at_all() {
    let project = packages(&[("hello", "[package]\nname = \"hello\"\n")]);
    insta::assert_snapshot!(refused(CliCommand::build(&project, "hello")));
}

#[test]
fn pin_to_a_package_that_is_not_installed() {
    let project = hello("[package.run-dependencies]\nzlib = { pin-compatible = true }\n");
    insta::assert_snapshot!(refused(
        CliCommand::build(&project, "").channel(&near(&project))
    ));
}

#[test]
fn run_export_that_cannot_be_read() {
    let project = hello("[package.host-dependencies]\nodd = \"*\"\n");
    let mut odd = near(&project);
    odd.add(Package::new("odd", "1.0").run_exports_weak(["odd >>1"]));
    insta::assert_snapshot!(refused(CliCommand::build(&project, "").channel(&odd)));
}

#[test]
fn package_that_the_channel_lost() {
    let project = hello("[package.host-dependencies]\nkeeper = \"*\"\n");
    let mut lossy = near(&project);
    let lost = lossy.add(Package::new("lost", "1.0"));
    lossy.add(Package::new("keeper", "1.0").depends(["lost"]));
    let archive = lost.url.to_file_path().expect("a local channel");
    fs_err::write(archive, "nothing").expect("own channel");
    insta::assert_snapshot!(refused(CliCommand::build(&project, "").channel(&lossy)));
}

#[test]
fn locked_without_an_earlier_build() {
    let project = hello("");
    let desk = CliCommand::build(&project, "")
        .channel(&near(&project))
        .args(["--locked"]);
    insta::assert_snapshot!(refused(desk));
}

#[test]
fn packages_that_are_built_with_each_other() {
    let project = packages(&[
        (
            "one",
            indoc! {r#"
                [package]
                name = "one"
                [package.host-dependencies]
                two = { path = "../two" }
            "#},
        ),
        (
            "two",
            indoc! {r#"
                [package]
                name = "two"
                [package.run-dependencies]
                three = { path = "../three" }
            "#},
        ),
        (
            "three",
            indoc! {r#"
                [package]
                name = "three"
                [package.build-dependencies]
                one = { path = "../one" }
            "#},
        ),
    ]);
    insta::assert_snapshot!(refused(CliCommand::build(&project, "one")));
}

#[test]
fn packages_with_the_same_name() {
    let project = packages(&[
        (
            "app",
            indoc! {r#"
                [package]
                name = "app"
                [package.host-dependencies]
                lib = { path = "../lib" }
                [package.run-dependencies]
                tool = { path = "../tool" }
            "#},
        ),
        ("lib", "[package]\nname = \"lib\"\n"),
        (
            "tool",
            indoc! {r#"
                [package]
                name = "tool"
                [package.run-dependencies]
                lib = { path = "../lib-old" }
            "#},
        ),
        ("lib-old", "[package]\nname = \"lib\"\n"),
    ]);
    insta::assert_snapshot!(refused(CliCommand::build(&project, "app")));
}

#[test]
fn dependency_under_another_name() {
    let project = packages(&[
        (
            "app",
            indoc! {r#"
                [package]
                name = "app"
                [package.host-dependencies]
                library = { path = "../lib" }
            "#},
        ),
        ("lib", "[package]\nname = \"lib\"\n"),
    ]);
    insta::assert_snapshot!(refused(CliCommand::build(&project, "app")));
}

#[test]
fn dependency_of_another_backend() {
    let project = packages(&[
        (
            "app",
            indoc! {r#"
                [package]
                name = "app"
                [package.host-dependencies]
                lib = { path = "../lib" }
            "#},
        ),
        (
            "lib",
            indoc! {r#"
                [package]
                name = "lib"
                [package.build.backend]
                name = "pixi-build-go"
            "#},
        ),
    ]);
    let (code, error) = CliCommand::build(&project, "app").error();
    assert_eq!(code, 1, "{error}");
    insta::assert_snapshot!(error);
}

#[test]
fn dependency_in_a_repository() {
    let project = packages(&[(
        "app",
        indoc! {r#"
            [package]
            name = "app"
            [package.host-dependencies]
            lib = { git = "https://git.example/lib" }
        "#},
    )]);
    insta::assert_snapshot!(refused(
        CliCommand::build(&project, "app").args(["--offline"])
    ));
}

#[test]
fn archive_of_sources_with_another_checksum() {
    let project = packages(&[]);
    let name = "lib.tar.gz";
    fs_err::write(project.cache().join(name), "something").expect("own folder");
    let url = format!("file://{}/{name}", project.cache().display());
    let sha256 = "0".repeat(64);
    let source = format!("{{ url = \"{url}\", sha256 = \"{sha256}\" }}");
    let manifest = formatdoc!(
        r#"
            [package]
            name = "app"
            [package.host-dependencies]
            lib = {source}

            [package.build.backend]
            name = "pixi-build-rust"
        "#
    );
    let project = project
        .file("app/pixi.toml", manifest)
        .file(
            "app/Cargo.toml",
            indoc! {r#"
                [package]
                name = "app"
                version = "1.0.0"
            "#},
        )
        .file("app/src/main.rs", "fn main() {}\n");
    insta::assert_snapshot!(refused(CliCommand::build(&project, "app")));
}

#[test]
fn workspace_without_packages() {
    let project = Project::new().file("pixi.toml", "[workspace]\nchannels = []\n");
    let (code, error) = CliCommand::build(&project, "").args(["--all"]).error();
    assert_eq!(code, 1, "{error}");
    insta::assert_snapshot!(error);
}

#[test]
fn output_directory_with_another_file() {
    let project = hello("");
    project.write("out/linux-64/broken-1-0.conda", "nothing");
    let out = project.dir().join("out");
    let (code, error) = CliCommand::build(&project, "")
        .channel(&near(&project))
        .args(["--output-dir", out.to_str().expect("UTF-8")])
        .error();
    assert_eq!(code, 1, "{error}");
    insta::assert_snapshot!(error);
}

#[test]
fn export_that_cannot_be_read() {
    let project = hello("[package.host-dependencies]\nlost = \"*\"\n");
    let mut lossy = near(&project);
    let lost = lossy.add(Package::new("lost", "1.0"));
    let archive = lost.url.to_file_path().expect("a local channel");
    fs_err::write(archive, "nothing").expect("own channel");
    insta::assert_snapshot!(refused(CliCommand::build(&project, "").channel(&lossy)));
}

#[test]
fn locked_with_other_requirements() {
    let project = Project::hello();
    let near = near(&project);
    CliCommand::build(&project, "").channel(&near).package();
    let manifest = fs_err::read_to_string(project.dir().join("pixi.toml")).expect("own file");
    let more = formatdoc!(
        r#"
        {manifest}
        [package.host-dependencies]
        libgcc = ">=11"
    "#
    );
    project.write("pixi.toml", more);
    let desk = CliCommand::build(&project, "")
        .channel(&near)
        .args(["--locked"]);
    insta::assert_snapshot!(refused(desk));
}

#[test]
fn dependency_that_does_not_exist() {
    let project = packages(&[(
        "app",
        indoc! {r#"
            [package]
            name = "app"
            [package.host-dependencies]
            lib = { path = "../lib" }
        "#},
    )]);
    insta::assert_snapshot!(refused(CliCommand::build(&project, "app")));
}

#[test]
fn dependency_with_an_error() {
    let project = packages(&[
        (
            "app",
            indoc! {r#"
                [package]
                name = "app"
                [package.host-dependencies]
                lib = { path = "../lib" }
            "#},
        ),
        (
            "lib",
            indoc! {r#"
            [package]
            name = "lib"
            versoin = "1.0"
        "#},
        ),
    ]);
    insta::assert_snapshot!(refused(CliCommand::build(&project, "app")));
}
