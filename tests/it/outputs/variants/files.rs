//! Variant files in both formats.

use indoc::indoc;
use serde_json::json;

use super::{Case, versions};

const RATTLER_BUILD: &str = indoc! {r#"
    python: ["3.12", "3.13"]
    numpy: ["1.26", "2.0"]
    zip_keys:
      - [python, numpy]
    level:
      - if: win
        then: 2
        else: 1
    flag: [true]
    hello-lib: [1.20]
"#};

const CONDA_BUILD: &str = indoc! {"
    python:            # [unix]
      - 3.12           # [unix]
      - 3.13           # [unix]
    numpy:
      - 1.26           # [unix]
      - 2.0
    c_compiler:
      - clang          # [osx]
      - gcc            # [linux]
    zip_keys:
      - [python, numpy]   # [unix]
"};

#[test]
fn zipped_keys_of_a_rattler_build_file_walk_in_step() {
    let case = Case::new(&["python", "numpy"]).file("variants.yaml", RATTLER_BUILD);
    assert_eq!(
        case.variants(json!({})),
        json!([{"numpy": "1.26", "python": "3.12"}, {"numpy": "2.0", "python": "3.13"}])
    );
    let outputs = case.outputs(json!({}));
    assert_eq!(versions(&outputs, "python"), ["3.12.*", "3.13.*"]);
    assert_eq!(versions(&outputs, "numpy"), ["1.26.*", "2.0.*"]);
}

#[test]
fn a_zip_of_which_one_key_is_used_makes_no_duplicates() {
    let case = Case::new(&["python"]).file(
        "variants.yaml",
        indoc! {r#"
            python: ["3.12", "3.12"]
            numpy: ["1.26", "2.0"]
            zip_keys: [[python, numpy]]
        "#},
    );
    assert_eq!(case.variants(json!({})), json!([{"python": "3.12"}]));
}

#[test]
fn conditions_and_types_of_a_rattler_build_file_count() {
    let case = Case::new(&["hello-lib"])
        .when("level == 2 or flag", "x")
        .file("variants.yaml", RATTLER_BUILD);
    assert_eq!(
        case.variants(json!({})),
        json!([{"flag": true, "hello_lib": "1.20", "level": 1}])
    );
    assert_eq!(
        case.host("win-64").variants(json!({})),
        json!([{"c_compiler": "vs2022", "hello_lib": "1.20", "level": 2}])
    );
}

#[test]
fn selectors_of_a_conda_build_file_count() {
    let file = "conda_build_config.yaml";
    let case = Case::new(&["python", "numpy"]).file(file, CONDA_BUILD);
    assert_eq!(
        case.variants(json!({})),
        json!([
            {"c_compiler": "gcc", "numpy": "1.26", "python": "3.12"},
            {"c_compiler": "gcc", "numpy": "2.0", "python": "3.13"},
        ])
    );
    assert_eq!(
        case.host("win-64").variants(json!({})),
        json!([{"c_compiler": "vs2022", "numpy": "2.0"}])
    );
}

#[test]
fn later_files_win_and_the_user_wins_over_all() {
    let case = Case::new(&["python", "zlib", "numpy"])
        .file(
            "a.yaml",
            indoc! {r#"
                python: ["3.11"]
                zlib: ["1.2"]
                numpy: ["1"]
            "#},
        )
        .file("b.yaml", "python: [\"3.12\"]\nzlib: [\"1.3\"]\n");
    assert_eq!(
        case.variants(json!({"python": ["3.13"]})),
        json!([{"numpy": "1", "python": "3.13", "zlib": "1.3"}])
    );
}

#[test]
fn a_file_can_replace_a_default_of_the_backend() {
    let case = Case::new(&[])
        .file("variants.yaml", "c_compiler: [vs2019]\n")
        .host("win-64");
    assert_eq!(case.variants(json!({})), json!([{"c_compiler": "vs2019"}]));
}

#[test]
fn zipped_keys_need_equally_many_values() {
    let case = Case::new(&["python", "numpy"]).file("variants.yaml", RATTLER_BUILD);
    assert_eq!(
        case.error(json!({"python": ["3.13"]})),
        "zipped build variants must have the same number of values, but `python` has 1, `numpy` has 2"
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let missing = Case::new(&[]).file("gone.yaml", "");
    missing.project.remove("gone.yaml");
    for case in [
        missing,
        Case::new(&[]).file("broken.yaml", "python: [\n"),
        Case::new(&[]).file("conda_build_config.yaml", "- a\n- b\n"),
        Case::new(&[]).file("other.yaml", "- a\n- b\n"),
        Case::new(&["python"]).file("zip.yaml", "python: [\"1\"]\nzip_keys: [python]\n"),
    ] {
        let file = case.files[0].display().to_string();
        let error = case.error(json!({}));
        assert!(
            error.starts_with("cannot read the variant file "),
            "{error}"
        );
        assert!(error.contains(&file), "{error}");
    }
}

#[test]
fn an_empty_file_says_nothing() {
    for name in ["variants.yaml", "conda_build_config.yaml"] {
        let case = Case::new(&["python"]).file(name, "# nothing\n");
        assert_eq!(case.variants(json!({})), json!([{}]), "{name}");
    }
}

#[test]
fn keys_that_always_count_do() {
    let case = Case::new(&[]).file(
        "conda_build_config.yaml",
        indoc! {"
            channel_targets:
              - conda-forge main
            channel_sources:
              - conda-forge
            CONDA_BUILD_SYSROOT:
              - /sdk
            other:
              - 1
        "},
    );
    assert_eq!(
        case.variants(json!({})),
        json!([{
            "CONDA_BUILD_SYSROOT": "/sdk", "channel_sources": "conda-forge",
            "channel_targets": "conda-forge main",
        }])
    );
}
