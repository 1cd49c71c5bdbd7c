//! Hostile text passes through the recipe, the shell and the wrapper of rattler-build.

use std::path::Path;

use indoc::indoc;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use test_support::build::Build;
use test_support::channel::Channel;
use test_support::pixi::Pixi;
use test_support::prefix::{install_package, output};
use test_support::project::Project;
use test_support::requests::{Initialize, Outputs};
use test_support::toolchain;

/// Every character that has a meaning in a shell, a template, a list of paths, a flag of a
/// compiler or a makefile. `\` and `%` are missing, because gcc cannot link a file whose path
/// contains one of them.
const HOSTILE: &str =
    "a b/it's \"q\"/$HOME `touch oops` $(touch oops)/größe 名前 ,;&|#=~*?!()[]{}<>^";

#[test]
fn a_package_is_built_wherever_it_lies() {
    let project = Project::called(HOSTILE).with_hello();
    let mut pixi = Pixi::start();
    pixi.initialize(&Initialize::of(&project).package("hello", "0.3.1"));
    let archive = pixi.package(&project, toolchain::channel(), "hello");
    assert_eq!(archive.files(), ["bin/hello"]);
    let prefix = tempfile::tempdir().expect("a folder for the prefix");
    install_package(archive.path(), prefix.path());
    let mut hello = std::process::Command::new(prefix.path().join("bin/hello"));
    assert_eq!(output(&mut hello), "hello from conda");

    let work = project.build_work("hello");
    assert!(!work.join("work/oops").exists(), "a path was executed");
    let inputs = fs_err::read_to_string(work.join("debug/inputs.json")).expect("written");
    assert!(!inputs.contains("/tmp/pixi-build-"), "{inputs}");
}

/// A toolchain whose cargo records its arguments and its environment.
fn recorder(folder: &Path) -> Channel {
    let cargo = indoc! {r#"
        [ "$1" = install ] || exit 0
        cat /proc/$$/environ >environment
        for argument; do printf '%s\0' "$argument"; done >arguments
    "#};
    toolchain::with_cargo(folder, cargo)
}

/// Reads a recorded file, whose values are separated by NUL.
fn recorded(file: &Path) -> Vec<String> {
    let bytes = fs_err::read(file).expect("cargo was run");
    let mut pieces: Vec<String> = bytes
        .split(|byte| *byte == 0)
        .map(|piece| String::from_utf8(piece.to_vec()).expect("nothing was cut"))
        .collect();
    assert_eq!(pieces.pop().as_deref(), Some(""));
    pieces
}

/// Builds a project in `folder`, and returns the arguments and the environment of cargo.
fn given(folder: &str, configuration: &Value) -> (Project, Vec<String>, Vec<String>) {
    let project = Project::called(folder).with_hello();
    let channel = recorder(project.cache());
    let mut pixi = Pixi::start();
    pixi.initialize(&Initialize::of(&project).configuration(configuration.clone()));
    let work = project.build_work("hello");
    let outputs = pixi.outputs(&Outputs::new(&work).channel(&channel));
    let build = Build::prepare(&outputs[0], &work, &channel);
    pixi.build(&build).expect("something is installed");
    let arguments = recorded(&work.join("work/arguments"));
    let environment = recorded(&work.join("work/environment"));
    (project, arguments, environment)
}

/// Syntax of shells and templates, and single characters.
fn hostile() -> impl Strategy<Value = String> {
    let sign = prop_oneof![
        4 => proptest::char::range(' ', '~').prop_map(String::from),
        1 => prop_oneof![Just("\n"), Just("\t"), Just("\r"), Just("\u{1b}[31m"), Just("\u{7f}")]
            .prop_map(String::from),
        1 => any::<char>()
            .prop_filter("no argument holds it", |sign| *sign != '\0')
            .prop_map(String::from),
        2 => prop_oneof![
            Just("$(touch oops)"), Just("`touch oops`"), Just("$PREFIX"), Just("${HOME}"), Just("%PATH%"),
            Just("${{ name }}"), Just("{% if %}"), Just("{# x #}"), Just("}}"), Just("!!"), Just("'\\''"),
            Just("\\"), Just("\\\n"), Just("~"), Just("*"), Just("$'x'"), Just("\u{202e}"), Just("--"),
        ]
        .prop_map(String::from),
    ];
    vec(sign, 0..12).prop_map(|signs| signs.concat())
}

/// Whether an argument is an option: some of them are refused, and others change how the arguments
/// that follow are read.
fn is_option(argument: &str) -> bool {
    let name = argument.trim_start_matches('-');
    name.len() < argument.len() && name.starts_with(|sign: char| sign.is_ascii_alphabetic())
}

/// Whether a value of `env` is literal: `$NAME` is a reference, and `${{` begins a template.
fn literal(value: &str) -> bool {
    !value.contains('$')
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn text_arrives_byte_for_byte(
        arguments in vec(
            hostile().prop_filter("no option", |argument| !is_option(argument)),
            1..24,
        ),
        binaries in vec(hostile(), 1..4),
        values in vec(hostile().prop_filter("no reference", |value| literal(value)), 1..24),
        folder in hostile(),
    ) {
        let folder: String = folder.chars().filter(|sign| !sign.is_control()).collect();
        let env: serde_json::Map<String, Value> = values
            .iter()
            .enumerate()
            .map(|(number, value)| (format!("HOSTILE_{number}"), json!(value)))
            .collect();
        let (project, given_arguments, environment) = given(
            &format!("in {}", folder.replace("..", ".")),
            &json!({"extra-args": arguments, "binaries": binaries, "env": env}),
        );
        let start = given_arguments.iter().position(|argument| argument == "--no-track");
        let own = &given_arguments[start.expect("the last of our own") + 1..];
        let mut expected = arguments;
        for binary in binaries {
            expected.extend(["--bin".to_string(), binary]);
        }
        expected.push("--force".to_string());
        // Settings of the backend follow.
        prop_assert!(own.starts_with(&expected), "{expected:?} in {own:?}");
        let source = given_arguments.iter().any(|argument| Path::new(argument) == project.dir());
        prop_assert!(source, "{} among {:?}", project.dir().display(), given_arguments);
        for (number, value) in values.iter().enumerate() {
            let expected = format!("HOSTILE_{number}={value}");
            prop_assert!(environment.contains(&expected), "{:?} of {:?}", expected, environment);
        }
        prop_assert!(!project.build_work("hello").join("work/oops").exists());
    }
}
