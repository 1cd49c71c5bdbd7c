//! Errors during the installation of declared files. The cargo of these tests installs a shell
//! script as the program.

use indoc::{formatdoc, indoc};

use test_support::cli_command::CliCommand;
use test_support::project::Project;
use test_support::toolchain;

/// A program that prints text, writes files, fails or does nothing.
pub(crate) const TOOL: &str = r##"[ "$1" != install ] || { cat >"$PREFIX/bin/tool" <<'END'
#!/bin/sh
case $1 in
  --version) echo "tool 0.1.0" ;;
  complete) echo "complete for $2, home has $(ls -A "$HOME" | wc -l) files" ;;
  write) echo "# fish" >tool.fish; echo "# zsh" >_tool; [ -z "$2" ] || echo "# odd" >"$2" ;;
  man) echo ".TH TOOL 1" ;;
  empty) : >tool.fish ;;
  fail) echo "no such shell: $2" >&2; exit 3 ;;
esac
END
chmod +x "$PREFIX/bin/tool"; }
"##;

pub(crate) fn project(configuration: &str) -> Project {
    let manifest = formatdoc!(
        r#"
            [package]
            name = "tool"
            version = "0.1.0"

            [package.build.backend]
            name = "pixi-build-rust"
            version = "*"

            [package.build.config]
            {configuration}
        "#
    );
    let cargo = indoc! {r#"
        [package]
        name = "tool"
        version = "0.1.0"
    "#};
    Project::new()
        .pixi_toml(&manifest)
        .file("Cargo.toml", cargo)
        .file("src/main.rs", "fn main() {}\n")
        .file("Cargo.lock", "version = 4\n")
        .file("doc/tool.1", ".TH TOOL 1\n")
        .file("doc/page", ".TH PAGE 1\n")
        .file("doc/${{.txt", "${{ nothing known | odd }}\n")
}

#[track_caller]
fn mistake(configuration: &str) -> String {
    let project = project(configuration);
    let channel = toolchain::with_cargo(project.cache(), TOOL);
    let (_, error) = CliCommand::build(&project, "").channel(&channel).error();
    error
}

#[test]
fn a_path_that_matches_nothing() {
    insta::assert_snapshot!(mistake("install.\"share/doc/\" = \"docs/**\""));
}

#[test]
fn the_output_of_a_build_script_that_does_not_exist() {
    insta::assert_snapshot!(mistake(
        "completions.tool = { files = [\"$OUT_DIR/tool.*\"] }"
    ));
}

#[test]
fn a_file_that_is_installed_twice() {
    insta::assert_snapshot!(mistake(
        "man-pages = [\"doc/tool.1\"]\ninstall.\"share/man/man1/tool.1\" = \"doc/tool.1\""
    ));
}

#[test]
fn several_files_for_one_name() {
    insta::assert_snapshot!(mistake("install.\"share/doc\" = \"doc/*\""));
}

#[test]
fn a_file_that_is_not_a_template() {
    insta::assert_snapshot!(mistake(
        "install.\"share/doc/x\" = { from = \"doc/*.txt\", template = true }"
    ));
}

#[test]
fn a_program_that_was_not_installed() {
    insta::assert_snapshot!(mistake("completions.tol = [\"complete\", \"{shell}\"]"));
}

#[test]
fn a_program_that_fails() {
    insta::assert_snapshot!(mistake("completions.tool = [\"fail\", \"{shell}\"]"));
}

#[test]
fn a_program_that_prints_nothing() {
    insta::assert_snapshot!(mistake("completions.tool = [\"nothing\", \"{shell}\"]"));
}

#[test]
fn a_file_of_an_unknown_shell() {
    insta::assert_snapshot!(mistake(
        "completions.tool = { args = [\"write\", \"tool.ksh\"], output = \"files\" }"
    ));
}

#[test]
fn a_page_without_a_section() {
    insta::assert_snapshot!(mistake("man-pages = [\"doc/pag*\"]"));
}

#[test]
fn a_hook_that_fails() {
    insta::assert_snapshot!(mistake(
        "hooks.before-build = { run = [\"sh\", \"-c\", \"echo no fuel >&2; exit 7\"] }"
    ));
}

#[test]
fn a_hook_that_modifies_the_sources() {
    insta::assert_snapshot!(mistake(
        "hooks.after-install = { run = [\"sh\", \"-c\", \"echo x >src/made.rs\"] }"
    ));
}

#[test]
fn contents_that_are_missing() {
    let project = project("tests = [{ package-contents = { files = [\"share/x\"] } }]");
    let channel = toolchain::with_cargo(project.cache(), TOOL);
    let packages = project.cache().join("packages");
    let output = packages.to_str().expect("temporary paths are UTF-8");
    let build = CliCommand::build(&project, "").channel(&channel);
    let (_, error) = build.args(["--output-dir", output]).error();
    insta::assert_snapshot!(error);
    let left = glob::glob(&format!("{output}/**/*.conda")).expect("a pattern");
    assert_eq!(left.count(), 0, "no channel offers the package");
}

#[test]
fn an_alias_of_a_missing_program() {
    insta::assert_snapshot!(mistake("bin-aliases = { tol = [\"t\"] }"));
}
