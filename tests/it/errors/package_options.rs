//! Errors in the options for files that Cargo does not install.

use std::fmt::Write as _;

use indoc::{indoc, writedoc};

use test_support::manifest::initialize;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::render_error::render_error;
use test_support::requests::Outputs;

const BACKEND: &str = indoc! {r#"
    [package]
    name = "hello"
    version = "0.1.0"

    [package.build.backend]
    name = "pixi-build-rust"
    version = "*"

    [package.build.config]
"#};

fn project(configuration: &str) -> Project {
    let cargo = indoc! {r#"
        [package]
        name = "hello"
        version = "0.1.0"
    "#};
    Project::new()
        .pixi_toml(&format!("{BACKEND}{configuration}\n"))
        .file("Cargo.toml", cargo)
        .file("src/main.rs", "fn main() {}\n")
        .file("Cargo.lock", "version = 4\n")
}

/// Returns the error of a configuration when it is read or when outputs are requested.
fn mistake(configuration: &str) -> String {
    let project = project(configuration);
    let mut pixi = Pixi::start();
    if let Err(error) = pixi.try_initialize(&initialize(&project)) {
        return render_error(&project, &error);
    }
    let asked = Outputs::new(&project.metadata_work("hello")).params();
    let answer = pixi.request("conda/outputs", asked);
    let error = answer.expect_err("the configuration is wrong");
    render_error(&project, &error)
}

/// Returns the message and the help of each error, without the drawing, and the marked text.
fn told(configurations: &[&str]) -> String {
    let mut text = String::new();
    for configuration in configurations {
        let project = project(configuration);
        let mut pixi = Pixi::start();
        let error = pixi.try_initialize(&initialize(&project));
        let error = error.expect_err("the configuration is wrong");
        let data = &error["data"];
        let label = &data["labels"][0]["span"];
        let manifest = fs_err::read_to_string(project.dir().join("pixi.toml")).expect("written");
        let at = |key: &str| label[key].as_u64().unwrap_or_default() as usize;
        let (start, length) = (at("offset"), at("length"));
        let marked = manifest.get(start..start + length).unwrap_or_default();
        let (message, help) = (&data["message"], &data["help"]);
        let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let message = word(message).replace("failed to parse configuration: ", "");
        writedoc!(
            text,
            "
            {configuration}
              at    {marked}
              error {message}
              help  {}

            ",
            word(help)
        )
        .expect("text can be written");
    }
    text
}

#[test]
fn completions_that_make_no_sense() {
    insta::assert_snapshot!(told(&[
        "completions.rg = true",
        "completions.rg = { arg = [] }",
        "completions.rg = { args = [\"complete\"] }",
        "completions.rg = { args = [1] }",
        "completions.rg = { args = [\"{shell}\"], shells = [\"ksh\"] }",
        "completions.rg = { args = [\"{shell}\"], output = \"pipe\" }",
        "completions.rg = { args = [\"{shell}\"], program = \"bin/rg\" }",
        "completions.rg = { files = [] }",
        "completions.rg = { files = { ksh = \"a\" } }",
        "completions.rg = { files = [\"a[\"] }",
        "completions.rg = { files = [\"a\\\\b\"] }",
    ]));
}

#[test]
fn pages_that_make_no_sense() {
    insta::assert_snapshot!(told(&[
        "man-pages = [\"README.md\"]",
        "man-pages = [{ file = \"x\", name = \"x\" }]",
        "man-pages = [{ args = [] }]",
        "man-pages = [{ args = [], program = \"x\" }]",
        "man-pages = [{ name = \"x.1\" }]",
        "man-pages = [{ file = \"x.1\", section = 1 }]",
        "man-pages = [true]",
    ]));
}

#[test]
fn files_that_make_no_sense() {
    insta::assert_snapshot!(told(&[
        "install.\"../x\" = \"y\"",
        "install.\"/x\" = \"y\"",
        "install.\"a\\\\b\" = \"y\"",
        "install.\"x\" = {}",
        "install.\"x\" = { from = \"a\", link = \"b\" }",
        "install.\"x\" = { form = \"a\" }",
        "install.\"x\" = { link = \"/a\" }",
        "install.\"x\" = { link = \"a\", mode = \"755\" }",
        "install.\"x\" = { content = \"\", exclude = [] }",
        "install.\"x/\" = { content = \"\" }",
        "install.\"x\" = { from = \"a\", mode = \"rwx\" }",
        "install.\"x\" = 3",
    ]));
}

#[test]
fn activation_and_hooks_that_make_no_sense() {
    insta::assert_snapshot!(told(&[
        "activation.envs = {}",
        "activation.env = { \"A-B\" = \"c\" }",
        "activation.env = { A = \"b\\nc\" }",
        "activation.env = { A = 1 }",
        "activation.scripts = [\"x.py\"]",
        "hooks.after-instal = { run = [\"x\"] }",
        "hooks.post-link = { run = [\"x\"] }",
        "hooks.before-build = [\"x\"]",
        "hooks.before-build = {}",
        "hooks.before-build = { run = [] }",
        "hooks.before-build = { run = \"make docs\" }",
        "hooks.before-build = { run = [\"x\"], sources = \"here\" }",
    ]));
}

#[test]
fn checks_that_make_no_sense() {
    insta::assert_snapshot!(told(&[
        "tests = [\"hello\"]",
        "tests = [{ package_contents = {} }]",
        "version-check = \"yes\"",
        "version-check = { hello = \"-V\" }",
        "ignore-run-exports = { names = [] }",
        "ignore-run-exports = { by-name = [\"open ssl\"] }",
        "ignore-run-exports = { by-name = \"openssl\" }",
        "prefix-detection = { ignore_binary_files = true }",
        "third-party-licenses = \"yes\"",
        "third-party-licenses = { formats = \"yaml\" }",
        "third-party-licenses = { format = \"xml\" }",
        "third-party-licenses = { missing = \"ignore\" }",
        "third-party-licenses = { prefer = \"MIT\" }",
    ]));
}

#[test]
fn choices_that_make_no_sense() {
    insta::assert_snapshot!(told(&[
        "features = [\"a b\"]",
        "profile = \"a b\"",
        "profile-settings = { lto = [] }",
        "profile-settings = { LTO = true }",
        "rust-version = \"new\"",
        "libraries = [\"dylib\"]",
        "c-library = \"yes\"",
        "c-library = { type = [] }",
        "c-library = { types = [\"lib\"] }",
        "cargo-config = \"no\"",
        "env = { CMAKE_ARGS = true }",
        "env = { \"A-B\" = false }",
        "env = { PREFIX = false }",
        "cargo-test = \"yes\"",
        "bin-aliases = { xh = \"xhs\" }",
        "bin-aliases = { xh = [\"bin/xhs\"] }",
    ]));
}

#[test]
fn a_test_that_recipes_do_not_have() {
    insta::assert_snapshot!(mistake("tests = [{ scripts = [\"hello\"] }]"));
}

#[test]
fn a_check_with_a_value_that_recipes_do_not_have() {
    insta::assert_snapshot!(mistake(
        "dynamic-linking = { overlinking-behaviour = \"error\" }"
    ));
}

#[test]
fn features_in_two_places() {
    insta::assert_snapshot!(mistake(
        "features = [\"tls\"]\nextra-args = [\"--no-default-features\"]"
    ));
}

#[test]
fn a_profile_in_two_places() {
    insta::assert_snapshot!(mistake("profile = \"dist\"\nextra-args = [\"--debug\"]"));
}

#[test]
fn a_setting_of_a_profile_in_two_places() {
    insta::assert_snapshot!(mistake(
        "profile-settings = { lto = \"fat\" }\nenv.CARGO_PROFILE_RELEASE_LTO = \"thin\""
    ));
}

#[test]
fn a_version_of_rust_that_is_not_named() {
    insta::assert_snapshot!(mistake("rust-version = \"toolchain-file\""));
}

#[test]
fn a_member_that_the_workspace_does_not_have() {
    insta::assert_snapshot!(mistake("packages = [\"hello\", \"hullo\"]"));
}

#[test]
fn a_binary_that_the_members_do_not_have() {
    insta::assert_snapshot!(mistake("packages = [\"hello\"]\nbinaries = [\"hullo\"]"));
}

#[test]
fn tools_and_compilers_become_requirements() {
    let project = project(indoc! {r#"
        auditable = true
        c-library = true
        rust-version = "1.89""#});
    let mut pixi = Pixi::start();
    pixi.initialize(&initialize(&project));
    let asked = Outputs::new(&project.metadata_work("hello"));
    let outputs = pixi.outputs(&asked);
    let depends = outputs[0]["buildDependencies"]["depends"].as_array();
    let of = |name: &str| {
        let mut specs = depends.into_iter().flatten();
        specs.find(|spec| spec["name"] == name).cloned()
    };
    assert!(of("cargo-auditable").is_some(), "{depends:?}");
    assert!(of("cargo-c").is_some(), "{depends:?}");
    let rust = of("rust").expect("it is asked for").to_string();
    assert!(rust.contains("1.89.*"), "{rust}");
}
