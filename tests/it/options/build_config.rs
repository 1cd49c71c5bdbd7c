//! The effects of `[package.build.config]` on a build.

use std::process::Command;

use indoc::{formatdoc, indoc};
use serde_json::{Value, json};

use test_support::archive::Archive;
use test_support::manifest::initialize;
use test_support::pixi::Pixi;
use test_support::prefix::{output, padded_host_prefix};
use test_support::project::Project;
use test_support::requests::Initialize;
use test_support::toolchain::channel;

/// Builds `hello` with a configuration.
fn built(project: &Project, configuration: Value) -> Archive {
    let mut pixi = Pixi::start();
    let params = Initialize::of(project).package("hello", "0.3.1");
    pixi.initialize(&params.configuration(configuration));
    pixi.package(project, channel(), "hello")
}

fn said(archive: &Archive) -> String {
    output(&mut Command::new(archive.root().join("bin/hello")))
}

/// Values that contain the syntax of a shell, a template or a command line, but are literal.
const LITERAL: [(&str, &str); 9] = [
    ("QUOTES", r#"it's "quoted" ''"#),
    ("BLANKS", "  two  blanks\t"),
    ("DOLLARS", "100$ $5 $$ ${ ${5} $"),
    ("TICKS", r"`date` $(date) \ \n \\"),
    ("SIGNS", "* ? [a] ~ # ; & | < > ( ) { } ! ^ %PATH%"),
    ("LINES", "one\ntwo"),
    ("LETTERS", "ä€😀"),
    ("JINJA", "{{ unix }} {% if %} {# #}"),
    ("EMPTY", ""),
];

#[test]
fn variables_arrive_byte_for_byte_and_references_are_followed() {
    let names: Vec<&str> = (LITERAL.iter().map(|(name, _)| *name))
        .chain(["REFERENCE", "TEMPLATE", "MIXED"])
        .collect();
    let print = names
        .iter()
        .map(|name| format!("    println!(\"{{}}\\0\", env!(\"{name}\"));\n"));
    let project = Project::hello().file(
        "src/main.rs",
        format!("fn main() {{\n{}}}\n", print.collect::<String>()),
    );
    let mut env = json!({
        "REFERENCE": "-I$PREFIX/a b:${PREFIX}'s",
        "TEMPLATE": "${{ 'unix' if unix }} `x` \"q\" \\",
        "MIXED": "${{ 'unix' if unix }} $PREFIX `x` \"q\" \\ $5",
    });
    for (name, value) in LITERAL {
        env[name] = json!(value);
    }
    let archive = built(&project, json!({ "env": env }));

    let prefix = padded_host_prefix(&project.build_work("hello"));
    let prefix = prefix.display();
    let mut expected: Vec<String> = LITERAL.map(|(_, value)| value.to_owned()).into();
    expected.push(format!("-I{prefix}/a b:{prefix}'s"));
    expected.push("unix `x` \"q\" \\".to_owned());
    expected.push(format!("unix {prefix} `x` \"q\" \\ $5"));
    let run = Command::new(archive.root().join("bin/hello"))
        .output()
        .expect("it runs");
    let printed = String::from_utf8(run.stdout).expect("it prints UTF-8");
    let values: Vec<&str> = printed.split_terminator("\0\n").collect();
    assert_eq!(values, expected);
}

#[test]
fn arguments_are_passed_on_one_by_one() {
    let project = Project::hello()
        .file(
            "Cargo.toml",
            indoc! {r#"
                [package]
                name = "hello"
                version = "0.3.1"
                edition = "2024"

                [features]
                fast = []
                loud = []
            "#},
        )
        .file(
            "src/main.rs",
            indoc! {r#"
                fn main() {
                    println!("{} {} {}", cfg!(feature = "fast"), cfg!(feature = "loud"), cfg!(debug_assertions));
                }
            "#},
        );
    let arguments = [
        "--features",
        "fast loud",
        "--config",
        "profile.release.debug-assertions=true",
    ];
    let archive = built(&project, json!({ "extra-args": arguments }));
    assert_eq!(said(&archive), "true true true");
    let quoted = [
        "--config",
        "profile.release.lto=\"thin\"",
        "--config=profile.release.strip = true",
    ];
    let archive = built(&project, json!({ "extra-args": quoted }));
    assert_eq!(said(&archive), "false false false");
}

fn two_binaries() -> Project {
    Project::hello()
        .file("src/bin/one.rs", "fn main() {}\n")
        .file("src/bin/two.rs", "fn main() {}\n")
}

fn binaries(manifest: &str) -> Vec<String> {
    let project = two_binaries().pixi_toml(&formatdoc!(
        r#"
            [package]
            name = "hello"
            version = "0.3.1"

            {manifest}"#
    ));
    let mut pixi = Pixi::start();
    pixi.initialize(&initialize(&project));
    pixi.package(&project, channel(), "hello").files()
}

#[test]
fn the_most_specific_target_decides() {
    let manifest = indoc! {r#"
        [package.build.target.linux.config]
        binaries = ["two"]

        [package.build.target.unix.config]
        binaries = ["one", "hello"]

        [package.build.config]
        binaries = ["hello"]
    "#};
    assert_eq!(binaries(manifest), ["bin/two"]);
}

#[test]
fn a_target_can_clear_a_list_in_either_spelling() {
    let all = ["bin/hello", "bin/one", "bin/two"];
    let base = indoc! {r#"
        [package.build.config]
        binaries = ["one"]

    "#};
    let cleared = format!("{base}[package.build.target.unix.config]\nbinaries = []\n");
    assert_eq!(binaries(&cleared), all);
    let cleared = format!("{base}[package.build.config.targets.unix]\nbinaries = []\n");
    assert_eq!(binaries(&cleared), all);
}

#[test]
fn a_deprecated_option_is_reported_during_the_build() {
    let project = Project::hello();
    let mut pixi = Pixi::start();
    let params = Initialize::of(&project).package("hello", "0.3.1");
    pixi.initialize(&params.configuration(json!({ "debug_dir": "debug" })));
    pixi.package(&project, channel(), "hello");
    let stderr = pixi.stderr().join("\n");
    assert!(stderr.contains("`debug-dir` has no effect"), "{stderr}");
}

#[test]
fn rust_may_come_from_the_build_dependencies() {
    let project = Project::hello().pixi_toml(indoc! {r#"
            [package]
            name = "hello"
            version = "0.3.1"

            [package.build.config]
            compilers = ["c"]

            [package.build-dependencies]
            rust = "*"
        "#});
    let mut pixi = Pixi::start();
    pixi.initialize(&initialize(&project));
    let archive = pixi.package(&project, channel(), "hello");
    assert_eq!(said(&archive), "hello from conda");
}
