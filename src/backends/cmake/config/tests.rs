use rattler_conda_types::Subdir;
use serde_json::{Value, json};

use super::*;
use crate::project::config::ConfigTables;
use crate::project::manifest::Manifest;

const PAGE: &str = include_str!("../../../../docs/backends/cmake.md");

fn examples() -> impl Iterator<Item = &'static str> {
    let blocks = PAGE.split("```toml\n").skip(1);
    blocks.map(|block| block.split("```").next().expect("a block ends"))
}

fn tables(base: Value, targets: Option<Value>) -> Result<ConfigTables, miette::Report> {
    let targets = targets
        .as_ref()
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    let targets = targets.map(|(name, table)| (name.clone(), table["config"].clone()));
    let missing = Manifest::at("does-not-exist/pixi.toml".as_ref());
    ConfigTables::read::<Config>("test", Some(base), Some(targets.collect()), &missing)
}

fn read(example: &str) -> ConfigTables {
    let manifest: Value = toml_edit::de::from_str(example).expect("examples are TOML");
    let build = &manifest["package"]["build"];
    tables(build["config"].clone(), build.get("target").cloned())
        .unwrap_or_else(|report| panic!("{report:?} in\n{example}"))
}

#[test]
fn every_example_of_the_page_can_be_read_for_every_platform() {
    assert!(examples().count() >= Config::KEYS.len());
    for example in examples() {
        let tables = read(example);
        for host in [Subdir::Linux64, Subdir::OsxArm64, Subdir::Win64] {
            tables.merged::<Config>(host).expect("an example");
        }
    }
}

fn config(table: Value) -> Config {
    let tables = tables(table, None).expect("it is valid");
    tables.merged(Subdir::Linux64).expect("it is valid")
}

#[test]
fn definitions_are_what_cmake_writes() {
    let config =
        config(json!({"define": {"A": true, "N": 3, "L": ["x;y", "z"], "P:PATH": "$PREFIX"}}));
    let texts: Vec<String> = (config.define.iter())
        .map(|(name, value)| format!("{name}={}", value.text()))
        .collect();
    assert_eq!(texts, ["A=ON", "N=3", "L=x\\;y;z", "P:PATH=$PREFIX"]);
}

#[test]
fn values_that_make_no_sense_are_refused() {
    for table in [
        json!({"define": {"CMAKE_INSTALL_PREFIX": "/x"}}),
        json!({"define": {"": "x"}}),
        json!({"source-dir": "../x"}),
        json!({"source-dir": "/x"}),
        json!({"compile-commands": "/x"}),
        json!({"jobs": 0}),
        json!({"preset": " "}),
        json!({"targets": ["-j"]}),
        json!({"tests": "maybe"}),
        json!({"compilers": ["C++"]}),
        json!({"extra-args": ["-D"]}),
    ] {
        assert!(tables(table.clone(), None).is_err(), "{table}");
    }
}

#[test]
fn what_has_no_effect_is_a_warning() {
    let warned = |table: Value| -> Vec<String> {
        let warnings = config(table).warnings().into_iter();
        warnings.map(|warning| warning.to_string()).collect()
    };
    assert_eq!(
        warned(json!({"build-type": "Profile"})),
        Vec::<String>::new()
    );
    insta::assert_snapshot!(
        [
            json!({"build-type": "release"}),
            json!({"build-type": "Debug", "extra-args": ["-DCMAKE_BUILD_TYPE=Release"]}),
            json!({"env": {"CMAKE_GENERATOR": "Unix Makefiles"}}),
            json!({"compilers": ["cuda"]}),
            json!({"extra-args": ["-DX='a b'"]}),
        ]
        .map(|table| warned(table).join("\n"))
        .join("\n"),
        @r#"
        `build-type` is `release`, which CMake does not know (help: did you mean `Release`?)
        `extra-args` sets `CMAKE_BUILD_TYPE`, so `build-type` has no effect (help: remove one of the two)
        `CMAKE_GENERATOR` in `env` has no effect (help: the generator is always Ninja: remove it)
        `compilers` asks only for `cuda` (help: only the activation of a C or C++ compiler sets `CMAKE_ARGS`: add `c` or `cxx`)
        `-DX='a b'` in `extra-args` is written for a shell (help: each element is one argument, without quoting: write `-DX=a b`)
        "#
    );
}
