//! The files of a package that the build tool does not install.

use indoc::indoc;

use crate::errors::installed::{TOOL, project};
use test_support::archive::Archive;
use test_support::channel::Channel;
use test_support::cli_command::CliCommand;
use test_support::project::Project;
use test_support::toolchain;

fn channel(project: &Project, commands: &str) -> Channel {
    toolchain::with_cargo(project.cache(), &format!("{TOOL}{commands}"))
}

#[track_caller]
fn package(configuration: &str) -> Archive {
    let project = project(configuration);
    let channel = channel(&project, "");
    CliCommand::build(&project, "").channel(&channel).package()
}

/// The files of a package that the build tool did not install.
fn files(archive: &Archive) -> String {
    let files = archive.files();
    let files = files.iter().filter(|file| *file != "bin/tool");
    files.map(String::as_str).collect::<Vec<_>>().join("\n")
}

#[test]
fn completions_go_where_the_shells_look() {
    let archive = package(indoc! {r#"
            completions.tool = ["complete", "{shell}"]
            completions.other = { program = "tool", args = ["write"], output = "files" }
            completions.more = { files = { nushell = "doc/page" } }"#});
    insta::assert_snapshot!(files(&archive), @r"
    share/bash-completion/completions/tool
    share/fish/vendor_completions.d/other.fish
    share/fish/vendor_completions.d/tool.fish
    share/nushell/vendor/autoload/more.nu
    share/zsh/site-functions/_other
    share/zsh/site-functions/_tool
    ");
    let zsh = archive.text("share/zsh/site-functions/_tool");
    assert_eq!(zsh, "complete for zsh, home has 0 files\n");
}

#[test]
fn pages_go_into_the_folder_of_their_section() {
    let archive = package(
        "man-pages = [\"doc/*.1\", { file = \"doc/page\", name = \"page.5\" }, \
         { args = [\"man\"], name = \"made.8\", program = \"tool\" }]",
    );
    insta::assert_snapshot!(files(&archive), @r"
    share/man/man1/tool.1
    share/man/man5/page.5
    share/man/man8/made.8
    ");
    assert_eq!(archive.text("share/man/man8/made.8"), ".TH TOOL 1\n");
}

#[test]
fn files_keep_their_folders_and_may_be_templates() {
    let project = project(indoc! {r#"
            [package.build.config.install]
            "share/a/" = { from = "data/**", exclude = ["raw/**"] }
            "share/b.txt" = { from = "data/b.txt", template = true, mode = "755" }
            "share/marker" = { content = "" }
            "bin/t" = { link = "tool" }
            "share/never" = false
        "#})
    .file("data/raw/x.bin", "x")
    .file("data/deep/er/c.txt", "c")
    .file("data/b.txt", "${{ name }} ${{ version }} $HOME\n");
    let channel = channel(&project, "");
    let archive = CliCommand::build(&project, "").channel(&channel).package();
    insta::assert_snapshot!(files(&archive), @r"
    bin/t
    share/a/b.txt
    share/a/deep/er/c.txt
    share/b.txt
    share/marker
    ");
    assert_eq!(archive.text("share/b.txt"), "tool 0.1.0 $HOME\n");
    assert_eq!(archive.path_entry("bin/t")["path_type"], "softlink");
    archive.check_paths();
}

#[test]
fn activation_sets_variables_that_follow_the_prefix() {
    let archive = package("activation.env = { TOOL_DATA = \"$PREFIX/share/tool\" }");
    let file = "etc/conda/env_vars.d/tool.json";
    assert_eq!(files(&archive), file);
    let entry = archive.path_entry(file);
    let placeholder = entry["prefix_placeholder"]
        .as_str()
        .expect("conda replaces it");
    let value = archive.json(file)["TOOL_DATA"].clone();
    assert_eq!(value, format!("{placeholder}/share/tool"));
}

#[test]
fn hooks_run_before_and_after_with_the_variables_of_the_build() {
    let project = project(
        indoc! {r#"
            env.GREETING = "it's $PKG_NAME"
            [package.build.config.hooks]
            before-build = { run = ["sh", "-c", "mkdir -p $PREFIX/share; pwd >$PREFIX/share/where"] }
            after-install = { run = "conda/after.sh" }
        "#},
    )
    .file(
        "conda/after.sh",
        "echo \"$GREETING $PKG_VERSION\" >\"$PREFIX/share/said\"\ntest -x \"$PREFIX/bin/tool\"\n",
    );
    let channel = channel(&project, "");
    let archive = CliCommand::build(&project, "").channel(&channel).package();
    assert_eq!(files(&archive), "share/said\nshare/where");
    assert_eq!(archive.text("share/said"), "it's tool 0.1.0\n");
    let folder = archive.text("share/where");
    assert_eq!(folder.trim_end(), project.dir().display().to_string());
}

#[test]
fn tests_are_stored_with_their_files_and_run() {
    let project = project(indoc! {r#"
            version-check = true
            [[package.build.config.tests]]
            script = ["grep -q TOOL doc/tool.1", "tool complete x | grep 'for x'"]
            files.source = ["doc/tool.*"]
        "#});
    let channel = channel(&project, "");
    let archive = CliCommand::build(&project, "").channel(&channel).package();
    let tests = archive.text("info/tests/tests.yaml");
    insta::assert_snapshot!(tests, @r"
    - script:
        content:
        - grep -q TOOL doc/tool.1
        - tool complete x | grep 'for x'
        cwd: etc/conda/test-files/tool/0
    - script:
      - tool --version
      - tool --version 2>&1 | grep -F -- '0.1.0'
    ");
}

#[test]
fn a_test_that_fails_fails_a_build_unless_nobody_asks() {
    let project = project("tests = [{ script = [\"tool --version | grep 2.0\"] }]");
    let channel = channel(&project, "");
    let build = || CliCommand::build(&project, "").channel(&channel);
    let (code, error) = build().error();
    assert_eq!(code, 1);
    assert!(error.contains("package::test_failed"), "{error}");
    build().args(["--no-test"]).package();
}

#[test]
fn explain_says_why_each_file_is_there() {
    let project = project("man-pages = [\"doc/tool.1\"]\nbin-aliases = { tool = [\"t\"] }");
    let channel = channel(&project, "");
    CliCommand::build(&project, "").channel(&channel).package();
    let reasons = project.dir().join(".pixi/bld/tool/debug/installed.json");
    let reasons = fs_err::read_to_string(reasons).expect("it was recorded");
    insta::assert_snapshot!(reasons, @r#"
    {
      "bin/t": "`bin-aliases.tool`",
      "bin/tool": "cargo install",
      "share/man/man1/tool.1": "`man-pages.0`"
    }
    "#);
}

#[test]
fn what_is_named_is_an_input() {
    let project = project(
        "man-pages = [\"doc/*.1\"]\nhooks.before-build = { run = [\"true\"], inputs = [\"more/**\"] }",
    );
    let channel = channel(&project, "");
    CliCommand::build(&project, "").channel(&channel).package();
    let inputs = project.dir().join(".pixi/bld/tool/debug/inputs.json");
    let inputs = fs_err::read_to_string(inputs).expect("it was recorded");
    assert!(inputs.contains("ws/doc\""), "{inputs}");
    assert!(inputs.contains("\"*.1\""), "{inputs}");
    assert!(inputs.contains("more/**"), "{inputs}");
}
