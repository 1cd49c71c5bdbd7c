//! The names that conditions may contain, and the errors for unknown names.

use indoc::indoc;
use serde_json::{Value, json};

use super::{Case, labeled, names};

fn any() -> Value {
    json!({"binary": {"version": "*"}})
}

/// Returns the conditions that are true for a platform.
#[track_caller]
fn holding(host: &str, conditions: &[&str]) -> Vec<String> {
    let mut targets = serde_json::Map::new();
    for (number, condition) in conditions.iter().enumerate() {
        let name = format!("c{number}");
        targets.insert(
            (*condition).to_owned(),
            json!({"runDependencies": {name: any()}}),
        );
    }
    let case = Case::new().targets(json!({"conditional": targets}));
    let output = case.output(host);
    let held = names(&output["runDependencies"]["depends"]);
    held.iter()
        .map(|name| name[1..].parse::<usize>().expect("own name"))
        .map(|number| conditions[number].to_owned())
        .collect()
}

#[test]
fn platforms_have_the_documented_names() {
    let names = [
        "unix",
        "linux",
        "osx",
        "win",
        "freebsd",
        "emscripten",
        "wasi",
        "zos",
        "android",
        "ios",
        "iossimulator",
        "x86",
        "x86_64",
        "aarch64",
        "arm64",
        "armv6l",
        "armv7l",
        "ppc64le",
        "ppc64",
        "s390x",
        "riscv32",
        "riscv64",
        "loongarch64",
        "wasm32",
        "linux64",
        "linuxaarch64",
        "osx64",
        "osxarm64",
        "win64",
    ];
    assert_eq!(
        holding("linux-64", &names),
        ["unix", "linux", "x86_64", "linux64"]
    );
    assert_eq!(
        holding("linux-aarch64", &names),
        ["unix", "linux", "aarch64", "linuxaarch64"]
    );
    assert_eq!(
        holding("linux-ppc64le", &names),
        ["unix", "linux", "ppc64le"]
    );
    assert_eq!(
        holding("osx-64", &names),
        ["unix", "osx", "x86_64", "osx64"]
    );
    assert_eq!(
        holding("osx-arm64", &names),
        ["unix", "osx", "arm64", "osxarm64"]
    );
    assert_eq!(holding("win-64", &names), ["win", "x86_64", "win64"]);
}

#[test]
fn expressions_have_functions_and_operators() {
    let expressions = [
        "host_platform == 'osx-arm64' and build_platform != host_platform",
        "target_platform == host_platform",
        "build_platform == 'linux-64'",
        "SHLIB_EXT == '.dylib'",
        "not (linux or win)",
        "host_platform in ['osx-arm64', 'osx-64']",
        "is_osx(host_platform) and is_unix(host_platform) and is_linux(build_platform)",
        "host_platform | replace('osx-', '') | upper == 'ARM64'",
        "match(undefined_here, '>=3')",
        "undefined_there is defined",
    ];
    let mut expected = expressions.to_vec();
    expected.pop();
    assert_eq!(holding("osx-arm64", &expressions), expected);
}

#[test]
fn the_spellings_of_the_manual_are_understood() {
    let expressions = [
        "macos",
        "unix and not macos",
        "matches(anything, '>=3')",
        "\"macos\" == 'osx'",
    ];
    let expected = ["macos", "matches(anything, '>=3')"];
    assert_eq!(holding("osx-64", &expressions), expected);
}

#[test]
fn selectors_of_api_4_are_conditions() {
    let selectors = [
        "unix",
        "linux",
        "win",
        "macos",
        "osx",
        "osx-arm64",
        "my-platform",
        "it's",
    ];
    let target = |name: &&str| {
        let dependency = format!("on-{}", name.replace('\'', ""));
        (
            (*name).to_owned(),
            json!({"runDependencies": {dependency: any()}}),
        )
    };
    let targets: serde_json::Map<String, Value> = selectors.iter().map(target).collect();
    let case = Case::new().targets(json!({"targets": targets}));
    let on = |host: &str| {
        let output = case.output(host);
        names(&output["runDependencies"]["depends"]).join(" ")
    };
    assert_eq!(on("osx-arm64"), "on-unix on-macos on-osx on-osx-arm64");
    assert_eq!(on("linux-ppc64le"), "on-unix on-linux");
    assert_eq!(on("win-64"), "on-win");
}

#[test]
fn an_unknown_name_is_shown_where_it_stands() {
    let manifest = indoc! {r#"
        [package]
        name = "demo"

        [package.run-dependencies."if(unix and lunix)"]
        foo = "*"
    "#};
    let case = Case::new().file("pixi.toml", manifest).targets(json!({
        "conditional": {"unix and lunix": {"runDependencies": {"foo": any()}}}
    }));
    let error = case.error();
    assert_eq!(
        error["message"],
        "the condition `unix and lunix` uses the unknown name `lunix`"
    );
    assert_eq!(error["help"], "did you mean `unix`?");
    assert_eq!(labeled(&error), "lunix");
}

#[test]
fn the_manifests_own_text_is_quoted_not_what_became_of_it() {
    let stated = "macos or matches(nothing, '>=3') and frobs == 1";
    let case = Case::new().targets(json!({
        "conditional": {stated: {"hostDependencies": {"foo": any()}}}
    }));
    let error = case.error();
    let expected = format!("the condition `{stated}` uses the unknown name `frobs`");
    assert_eq!(error["message"], expected);
    assert_eq!(
        error["labels"],
        json!([]),
        "there is no manifest to point into"
    );
}

#[test]
fn a_condition_that_cannot_be_read_is_shown() {
    let manifest = "[package.host-dependencies.\"if(unix and)\"]\nfoo = \"*\"\n";
    let case = Case::new().file("pixi.toml", manifest).targets(json!({
        "conditional": {"unix and": {"hostDependencies": {"foo": any()}}}
    }));
    let error = case.error();
    let message = error["message"].as_str().expect("a message");
    assert!(
        message.starts_with("invalid selector expression `unix and`: "),
        "{message}"
    );
    assert_eq!(labeled(&error), "unix and");
}

#[test]
fn a_condition_that_fails_for_another_reason_is_quoted_too() {
    let case = Case::new().targets(json!({
        "conditional": {"host_platform < 3": {"hostDependencies": {"foo": any()}},
                        "match(host_platform, '>>')": {"hostDependencies": {"foo": any()}}}
    }));
    let message = case.error()["message"].to_string();
    assert!(
        message.contains("the condition `match(host_platform, '>>')` cannot be evaluated: "),
        "{message}"
    );
}

#[test]
fn a_template_that_fails_names_its_variable() {
    let mut case = Case::new();
    case.initialize = case
        .initialize
        .configuration(json!({"env": {"GOOD": "${{ host_platform }}", "BAD": "${{ PREFIX }}/x"}}));
    let message = case.error()["message"].to_string();
    assert!(
        message.contains("the value of `BAD` in `env` is not a valid template"),
        "{message}"
    );
}
