//! Errors in recipes, as pixi shows them.

use indoc::{formatdoc, indoc};
use serde_json::json;

use super::{build_error, describe, describe_with, project};
use test_support::project::Project;
use test_support::render_error::render_error;
use test_support::requests::Initialize;

fn error(recipe: &str) -> String {
    let project = project(recipe);
    let error = describe(&project, "linux-64", json!({})).expect_err("the recipe has an error");
    render_error(&project, &error)
}

#[test]
fn a_build_string_with_a_feature_of_git() {
    insta::assert_snapshot!(error(indoc! {"
        package: {name: foobar, version: 0.1.0}
        build:
          string: ${{ git.head_rev('file:///x')[:7] }}_0
    "}));
}

#[test]
fn a_list_in_place_of_a_table() {
    insta::assert_snapshot!(error(indoc! {"
        package: {name: foobar, version: 0.1.0}
        build:
          script:
            env:
              - WHEELS: x
    "}));
}

#[test]
fn an_unknown_key_below_text_of_other_scripts() {
    insta::assert_snapshot!(error(indoc! {"
            # ä 🧪 日本語
            package: {name: foobar, version: 0.1.0}
            requirements:
              hots: [🧪]
        "}));
}

#[test]
fn a_key_in_the_wrong_table() {
    insta::assert_snapshot!(error(indoc! {"
            package: {name: foobar, version: 0.1.0}
            build:
              host: [a]
        "}));
}

#[test]
fn a_template_without_its_dollar_sign() {
    insta::assert_snapshot!(error(indoc! {"
            # ä
            context: {v: 1.0}
            package:
              name: foobar
              version: {{ v }}
        "}));
}

#[test]
fn a_name_that_is_almost_correct() {
    insta::assert_snapshot!(error(indoc! {"
            # 🧪
            context: {versoin: 1.0}
            package:
              name: foobar
              version: ${{ version }}
        "}));
}

#[test]
fn a_name_of_the_pinning_of_conda_forge() {
    insta::assert_snapshot!(error(indoc! {"
            package: {name: foobar, version: 0.1.0}
            requirements:
              host:
                - python ${{ python_min }}.*
        "}));
}

#[test]
fn a_standard_library_that_is_not_named() {
    insta::assert_snapshot!(error(indoc! {"
            package: {name: foobar, version: 0.1.0}
            requirements:
              build:
                - ${{ stdlib('c') }}
        "}));
}

#[test]
fn an_experimental_feature() {
    insta::assert_snapshot!(error(indoc! {"
            package: {name: foobar, version: 0.1.0}
            build:
              steps:
                - run: make
        "}));
}

#[test]
fn a_pin_to_nothing() {
    insta::assert_snapshot!(error(indoc! {"
            package: {name: foobar, version: 0.1.0}
            requirements:
              run:
                - ${{ pin_subpackage('fobar') }}
        "}));
}

#[test]
fn outputs_that_wait_for_each_other() {
    insta::assert_snapshot!(error(indoc! {"
            recipe: {name: x, version: 1}
            outputs:
              - package: {name: one}
                requirements: {host: [two]}
              - package: {name: two}
                requirements: {host: [one]}
        "}));
}

#[test]
fn a_version_with_a_dash() {
    insta::assert_snapshot!(error(indoc! {"
        package:
          name: foobar
          version: 1.0-3
    "}));
}

#[test]
fn a_spec_that_cannot_be_read() {
    insta::assert_snapshot!(error(indoc! {"
            package: {name: foobar, version: 0.1.0}
            requirements:
              run:
                - numpy ><12 # ä
        "}));
}

#[test]
fn no_recipe_at_all() {
    let project = Project::of(super::BACKEND).pixi_toml("[package]\nname = \"foo\"\n");
    let error = describe(&project, "linux-64", json!({})).expect_err("there is no recipe");
    insta::assert_snapshot!(render_error(&project, &error));
}

#[test]
fn a_binary_dependency_in_the_manifest() {
    let project = project("package: {name: foobar, version: 0.1.0}\n").file(
        "pixi.toml",
        indoc! {r#"
            [package.build.backend]
            name = "pixi-build-rattler-build"

            [package.host-dependencies."if(linux)"]
            hatchling = ">=1"
        "#},
    );
    let binary = json!({"hatchling": {"binary": {"version": ">=1"}}});
    let model = json!({"targets": {"conditional": {"linux": {"hostDependencies": binary}}}});
    let initialize = Initialize::of(&project).model(model);
    let error = describe_with(&project, &initialize, "linux-64", json!({}));
    insta::assert_snapshot!(render_error(
        &project,
        &error.expect_err("the dependency belongs into the recipe")
    ));
}

#[test]
fn a_source_under_a_condition_with_an_unknown_name() {
    let project = project("package: {name: foobar, version: 0.1.0}\n").file(
        "pixi.toml",
        indoc! {r#"
            [package.build.backend]
            name = "pixi-build-rattler-build"

            [package.host-dependencies."if(linx)"]
            a = { path = "../a" }
        "#},
    );
    let source = json!({"a": {"source": {"path": {"path": "../a"}}}});
    let model = json!({"targets": {"conditional": {"linx": {"hostDependencies": source}}}});
    let initialize = Initialize::of(&project).model(model);
    let error = describe_with(&project, &initialize, "linux-64", json!({}));
    let error = render_error(
        &project,
        &error.expect_err("the condition cannot be evaluated"),
    );
    assert!(error.contains("dependency::unknown_name"), "{error}");
    assert!(error.contains("did you mean `linux`?"), "{error}");
}

#[test]
fn options_that_do_not_exist() {
    let project = project("context: {version: 1}\npackage: {name: foobar, version: 0.1.0}\n").file(
        "pixi.toml",
        indoc! {r#"
            [package.build]
            backend.name = "pixi-build-rattler-build"
            config.context.versoin = "2"

            [package.build.target.linux.config]
            experimental = true
        "#},
    );
    let initialize = Initialize::of(&project).configuration(json!({"context": {"versoin": "2"}}));
    let error = describe_with(&project, &initialize, "linux-64", json!({}));
    insta::assert_snapshot!(render_error(
        &project,
        &error.expect_err("the recipe has no such entry")
    ));
    let target = json!({"linux": {"experimental": true}});
    let initialize = Initialize::of(&project).target_configuration(target);
    let error = describe_with(&project, &initialize, "linux-64", json!({}));
    insta::assert_snapshot!(render_error(
        &project,
        &error.expect_err("the option applies to all targets")
    ));
}

#[test]
fn options_of_a_target_are_pointed_at() {
    let options = [
        ("source = \"gone\"", json!({"source": "gone"})),
        (
            "variant-files = [\"gone\"]",
            json!({"variant-files": ["gone"]}),
        ),
        ("context.gone = 1", json!({"context": {"gone": 1}})),
    ];
    for (line, config) in options {
        let project = project("package: {name: foobar, version: 0.1.0}\n").file(
            "pixi.toml",
            formatdoc!(
                r#"
                    [package.build.backend]
                    name = "pixi-build-rattler-build"
                    [package.build.target.linux-64.config]
                    {line}
                "#
            ),
        );
        let target = json!({"linux-64": config});
        let initialize = Initialize::of(&project).target_configuration(target);
        let error = describe_with(&project, &initialize, "linux-64", json!({}));
        let error = render_error(&project, &error.expect_err("there is no such thing"));
        assert!(error.contains("pixi.toml:4:"), "{error}");
    }
}

#[test]
fn a_variant_file_that_is_not_valid() {
    let project = project("package: {name: foobar, version: 0.1.0}\n");
    let zip = "python: [3.8]\nzip_keys:\n  - python\n";
    for text in ["# ä\npython: 3.8\n", "- a\n", "python: [3.8\n", zip] {
        project.write("variants.yaml", text);
        let error = describe(&project, "linux-64", json!({})).expect_err("the recipe has an error");
        insta::assert_snapshot!(render_error(&project, &error));
    }
}

#[test]
fn a_build_string_with_the_time_is_explained() {
    let error = build_error(&project(indoc! {"
        package: {name: foobar, version: 0.1.0}
        build: {string: 'at_${{ now() }}'}
    "}));
    assert!(error.contains("output::drift"), "{error}");
    assert!(error.contains("the recipe calls `now()`"), "{error}");
}

#[test]
fn a_script_that_fails_is_pointed_at() {
    let recipe = indoc! {"
        # ä
        package: {name: foobar, version: 0.1.0}
        build:
          script:
            - echo one
            - no-such-program --flag
            - echo two
    "};
    let error = build_error(&project(recipe));
    let error = error.replace(env!("CARGO_MANIFEST_DIR"), "");
    assert!(error.contains("this command"), "{error}");
    assert!(error.contains("requirements: build"), "{error}");
}

/// A recipe without a source, as it is often written at first.
#[test]
fn a_script_that_looks_for_files_beside_the_recipe() {
    let recipe = indoc! {"
        package: {name: foobar, version: 0.1.0}
        build:
          script:
            - mkdir -p $PREFIX/share
            - if: unix
              then: cp data.txt $PREFIX/share/
    "};
    insta::assert_snapshot!(build_error(&project(recipe).file("data.txt", "")));
}

/// The cause is above the lines that ninja writes last.
#[test]
fn a_compile_error_far_above_the_end_of_the_log() {
    let recipe = indoc! {"
        package: {name: foobar, version: 0.1.0}
        build:
          script: |
            echo 'CMake Error at CMakeLists.txt:3 (find_package):'
            echo '  Could not find Foo'
            for number in 1 2 3 4 5 6 7 8; do echo \"line $number\"; done
            exit 1
    "};
    insta::assert_snapshot!(build_error(&project(recipe)));
}

#[test]
fn packages_that_are_not_allowed() {
    let links = indoc! {"
        package: {name: foobar, version: 0.1.0}
        build:
          noarch: generic
          script: ln -s a $PREFIX/b; echo > $PREFIX/a
    "};
    insta::assert_snapshot!(build_error(&project(links)));
    let contents = indoc! {"
        package: {name: foobar, version: 0.1.0}
        tests:
          - package_contents:
              files: [share/x.txt]
    "};
    insta::assert_snapshot!(build_error(&project(contents)));
    let license = indoc! {"
        package: {name: foobar, version: 0.1.0}
        about:
          license_file: LICENCE.txt
    "};
    insta::assert_snapshot!(build_error(&project(license)));
}

#[test]
fn a_method_of_python_and_a_variable_of_scripts() {
    insta::assert_snapshot!(error(
        "context: {version: 1.2.3, major: \"${{ version.split('.')[0] }}\"}\npackage: {name: foobar, version: \"${{ version }}\"}\n"
    ), @r#"
    recipe::template

      × the template cannot be evaluated: Failed to evaluate expression
      │ 'version.split('.')[0]': unknown method: string has no method named split
       ╭─[/ws/recipe.yaml:1:34]
     1 │ context: {version: 1.2.3, major: "${{ version.split('.')[0] }}"}
       ·                                  ───────────────┬──────────────
       ·                                                 ╰── this template
     2 │ package: {name: foobar, version: "${{ version }}"}
       ╰────
      help: use the filter: `(version | split('.'))[0]`
    "#);
    insta::assert_snapshot!(error(
        "package: {name: foobar, version: 0.1.0}\nbuild:\n  string: h${{ PKG_HASH }}_1\n"
    ), @r"
    recipe::undefined_name

      × `PKG_HASH` has no value
       ╭─[/ws/recipe.yaml:3:16]
     2 │ build:
     3 │   string: h${{ PKG_HASH }}_1
       ·                ────┬───
       ·                    ╰── this name
       ╰────
      help: write `hash`: `PKG_HASH` is a variable of scripts, not of templates
    ");
}

#[test]
fn an_entry_of_the_context_that_needs_itself() {
    insta::assert_snapshot!(error(
        "context:\n  version: ${{ version }}\npackage: {name: a, version: \"${{ version }}\"}\n"
    ), @r#"
    recipe::undefined_name

      × `version` has no value
       ╭─[/ws/recipe.yaml:2:16]
     1 │ context:
     2 │   version: ${{ version }}
       ·                ───┬───
       ·                   ╰── this name
     3 │ package: {name: a, version: "${{ version }}"}
       ╰────
      help: an entry of `context` can use only the entries above it
    "#);
}

/// As in the tests of a tool that reads programs.
#[cfg(target_os = "linux")]
#[test]
fn a_damaged_program_in_the_package() {
    let recipe = indoc! {"
        package: {name: foobar, version: 0.1.0}
        source: {path: data}
        build: {script: 'mkdir -p $PREFIX/share; cp half $PREFIX/share/'}
    "};
    // The table of sections, which should be at the end, is missing.
    let mut half = [0; 64];
    half[..18].copy_from_slice(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0");
    half[0x28] = 0xff;
    half[0x3a] = 64;
    half[0x3c] = 9;
    insta::assert_snapshot!(build_error(&project(recipe).file("data/half", half)));
}

#[test]
fn a_recipe_with_the_habits_of_conda_build() {
    insta::assert_snapshot!(error(indoc! {r#"
        {% set version = "1.0" %}
        package:
          name: foobar
          version: {{ version }}
    "#}));
    insta::assert_snapshot!(error(indoc! {r#"
        package:
          name: foobar
          version: "{{ version }}"
    "#}));
}

#[test]
fn a_script_that_cannot_start_names_its_reason() {
    let recipe = |script: &str| {
        let text =
            format!("package: {{name: foobar, version: 0.1.0}}\nbuild:\n  script:{script}\n");
        build_error(&project(&text))
    };
    insta::assert_snapshot!(recipe("\n    file: nowhere.sh"));
    insta::assert_snapshot!(recipe(" |\n    echo one\n    echo ${{ name | shout }}"));
    insta::assert_snapshot!(recipe("\n    - echo one\n    - echo ${{ shout(1) }}"));
    insta::assert_snapshot!(recipe("\n    - echo \"${{ open\""));
    let text = "package: {name: foobar, version: 0.1.0}\nbuild:\n  script: {file: bild.sh}\n";
    insta::assert_snapshot!(build_error(&project(text).file("build.sh", "")));
}

#[test]
fn a_file_that_git_ignores_is_told_from_one_that_does_not_exist() {
    let text = indoc! {"
        package: {name: foobar, version: 0.1.0}
        source: {path: src}
        build: {script: {file: make}}
    "};
    let project = project(text)
        .file(".gitignore", "*.bin\n")
        .file("src/a.txt", "a\n")
        .file("src/a.bin", "a\n")
        .file("make.sh", "cp a.bin $PREFIX\n");
    fs_err::create_dir_all(project.dir().join(".git")).expect("the test owns the directory");
    let error = build_error(&project);
    assert!(error.contains("if `a.bin` is"), "{error}");
    assert!(error.contains("make.sh:1:1"), "{error}");
    project.write("make.sh", "cp b.bin $PREFIX\n");
    let error = build_error(&project);
    assert!(!error.contains("git ignores"), "{error}");
}

#[test]
fn keys_of_conda_build_lead_to_their_new_names() {
    let package = "package: {name: foobar, version: 0.1.0}\n";
    let help = |lines: &str| {
        let text = error(&format!("{package}{lines}"));
        let (_, help) = text
            .split_once("help: ")
            .expect("each of them has a way out");
        help.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let told = [
        "test: {commands: [a]}",
        "about: {home: https://x.example}",
        "source: {fn: a.tar, url: https://x.example/a.tar}",
        "source: {git: https://x.example/a, git_rev: main}",
        "build: {noarch: python, entry_points: [a = a:main]}",
        "requirements: {run_constrained: [a]}",
    ];
    let told: Vec<String> = told
        .map(|lines| format!("{lines}\n  {}\n", help(lines)))
        .into();
    insta::assert_snapshot!(told.join(""));
}

#[test]
fn a_condition_that_is_not_an_expression_shows_one() {
    let error = error("package: {name: foobar, version: 0.1.0}\nbuild:\n  skip: win or (osx\n");
    assert!(error.contains("conditions look like"), "{error}");
}

#[test]
fn an_entry_point_is_not_among_the_files() {
    let text = indoc! {"
        package: {name: foobar, version: 0.1.0}
        build:
          noarch: python
          python: {entry_points: [foo-bar = foobar:main]}
        tests:
          - package_contents: {bin: [foo-bar]}
    "};
    let error = build_error(&project(text));
    assert!(error.contains("`foo-bar` is an entry point"), "{error}");
}
