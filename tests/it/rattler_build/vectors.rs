//! The outputs of small recipes. rattler-build renders the same outputs.

use indoc::{formatdoc, indoc};
use serde_json::{Value, json};

use super::{build_all, describe_with, line, lines, project};
use test_support::requests::Initialize;

fn on(host: &str, recipe: &str, variants: Value) -> String {
    lines(&project(recipe), host, variants)
}

const HELLO: &str = "package: {name: foobar, version: 0.1.0}\n";

#[test]
fn the_smallest_recipe_has_a_hash_for_each_platform() {
    let hosts = ["linux-64", "osx-arm64", "win-64", "linux-aarch64"];
    let found: Vec<String> = hosts
        .iter()
        .map(|host| on(host, HELLO, json!({})))
        .collect();
    insta::assert_snapshot!(found.join("\n"), @r"
    foobar 0.1.0 hb0f4dca_0
    foobar 0.1.0 h60d57d3_0
    foobar 0.1.0 h9490d1a_0
    foobar 0.1.0 he8cfe8b_0
    ");
}

#[test]
fn variants_of_a_language_are_in_front_of_the_hash() {
    let project = project(&format!(
        "{HELLO}requirements: {{host: [python], run: [python]}}\n"
    ))
    .file("variants.yaml", "python: ['3.8', '3.9', '3.10']\n");
    insta::assert_snapshot!(lines(&project, "linux-64", json!({})), @r"
    foobar 0.1.0 py310h8e7c8fa_0 {python=3.10}; host python 3.10.*; run python
    foobar 0.1.0 py38h0891c58_0 {python=3.8}; host python 3.8.*; run python
    foobar 0.1.0 py39h2e92cda_0 {python=3.9}; host python 3.9.*; run python
    ");
    let user = json!({"python": ["3.11"]});
    insta::assert_snapshot!(lines(&project, "linux-64", user), @"foobar 0.1.0 py311h48b7412_0 {python=3.11}; host python 3.11.*; run python");
}

#[test]
fn noarch_python_is_one_package_whatever_the_variants_are() {
    let recipe = format!(
        "{HELLO}build: {{noarch: python}}\nrequirements: {{host: [python, pip], run: [pip]}}\n"
    );
    let variants = json!({"python": ["3.9", "3.10"]});
    insta::assert_snapshot!(on("linux-64", &recipe, variants), @"foobar 0.1.0 pyh4616a5c_0 noarch:python; host python, pip; run pip");
}

#[test]
fn exact_pins_over_variants_are_described_and_built() {
    let project = project(indoc! {r#"
            recipe: {name: x, version: 0.1.0}
            outputs:
              - package: {name: my-package}
                requirements: {host: [python]}
                build: {script: 'echo $PKG_BUILD_STRING > $PREFIX/lib.txt'}
              - package: {name: my-package-a}
                build: {noarch: generic, script: 'echo $PKG_BUILD_STRING > $PREFIX/a.txt'}
                requirements:
                  run: ["${{ pin_subpackage('my-package', exact=true) }}"]
        "#});
    let variants = json!({"python": ["3.8", "3.10"]});
    insta::assert_snapshot!(lines(&project, "linux-64", variants.clone()), @r"
    my-package 0.1.0 py310h8e7c8fa_0 {python=3.10}; host python 3.10.*
    my-package-a 0.1.0 h8e6ea15_0 noarch:generic {my-package=0.1.0 py310h8e7c8fa_0, python=3.10}; run my-package ==0.1.0 py310h8e7c8fa_0 @ .
    my-package 0.1.0 py38h0891c58_0 {python=3.8}; host python 3.8.*
    my-package-a 0.1.0 hd8f10c0_0 noarch:generic {my-package=0.1.0 py38h0891c58_0, python=3.8}; run my-package ==0.1.0 py38h0891c58_0 @ .
    ");
    let built = build_all(&project, variants);
    let strings: Vec<Value> = built
        .iter()
        .map(|archive| archive.index()["build"].clone())
        .collect();
    assert_eq!(
        strings,
        [
            "py310h8e7c8fa_0",
            "h8e6ea15_0",
            "py38h0891c58_0",
            "hd8f10c0_0"
        ]
    );
    assert_eq!(built[1].text("a.txt"), "h8e6ea15_0\n");
}

#[test]
fn the_order_of_outputs_is_that_in_which_they_can_be_built() {
    let recipe = indoc! {r#"
        recipe: {name: x, version: 1.0.0}
        outputs:
          - package: {name: aaa-app}
            requirements: {run: ["${{ pin_subpackage('zzz-lib', exact=true) }}"]}
          - package: {name: zzz-lib}
    "#};
    insta::assert_snapshot!(on("linux-64", recipe, json!({})), @r"
    zzz-lib 1.0.0 hb0f4dca_0
    aaa-app 1.0.0 ha98e502_0 {zzz-lib=1.0.0 hb0f4dca_0}; run zzz-lib ==1.0.0 hb0f4dca_0 @ .
    ");
}

#[test]
fn siblings_are_built_from_source_with_what_the_recipe_says_about_them() {
    let recipe = indoc! {r#"
        recipe: {name: x, version: 1.2.3}
        outputs:
          - package: {name: lib-a}
            requirements:
              run_exports: ["${{ pin_subpackage('lib-a') }}"]
              run_constraints: ["${{ pin_subpackage('app', upper_bound='x.x') }}"]
          - package: {name: app}
            requirements:
              host: [lib-a]
              run: ["${{ pin_subpackage('lib-a', exact=true) }}", "${{ pin_compatible('numpy') }}", 'lib-a >=1']
    "#};
    insta::assert_snapshot!(on("linux-64", recipe, json!({})), @r"
    lib-a 1.2.3 hb0f4dca_0; limit app >=1.2.3,<1.3.0a0; weak lib-a >=1.2.3,<2.0a0 @ .
    app 1.2.3 h3887166_0 {lib-a=1.2.3 hb0f4dca_0}; host lib-a ==1.2.3 hb0f4dca_0 @ .; run lib-a ==1.2.3 hb0f4dca_0 @ ., numpy [x.x.x.x.x.x] [x], lib-a >=1 @ .
    ");
}

#[test]
fn an_output_that_ignores_a_key_can_be_built_all_the_same() {
    let project = project(indoc! {"
            context:
              version: 3.4.0
              profile: ${{ eigen_abi_profile | default('100') }}
            recipe: {name: eigen, version: '${{ version }}'}
            build: {number: 1}
            outputs:
              - package: {name: eigen}
                build: {variant: {ignore_keys: [eigen_abi_profile]}}
              - package: {name: eigen-abi, version: '${{ version }}.${{ profile }}'}
        "});
    let variants = json!({"eigen_abi_profile": ["70", "80"]});
    insta::assert_snapshot!(lines(&project, "linux-64", variants.clone()), @r"
    eigen 3.4.0 hb0f4dca_1 {eigen_abi_profile=70}
    eigen-abi 3.4.0.70 hf325c5d_1 {eigen_abi_profile=70}
    eigen-abi 3.4.0.80 hbde958b_1 {eigen_abi_profile=80}
    ");
    assert_eq!(build_all(&project, variants).len(), 3);
}

#[test]
fn context_that_changes_a_variant_changes_it_once() {
    let project = project(indoc! {r#"
            context: {mpi: "${{ mpi ~ 'x' }}"}
            recipe: {name: x, version: 1.0.0}
            outputs:
              - package: {name: one}
                build: {string: 'mpi_${{ mpi }}_${{ hash }}'}
        "#});
    let variants = json!({"mpi": ["open"]});
    let built = build_all(&project, variants);
    assert_eq!(built[0].index()["build"], "mpi_openx_fcadbcc");
}

#[test]
fn compilers_and_standard_libraries_come_from_variants() {
    let recipe = format!(
        "{HELLO}requirements: {{build: [\"${{{{ compiler('c') }}}}\", \"${{{{ stdlib('c') }}}}\"]}}\n"
    );
    let variants = json!({"c_stdlib": ["sysroot"], "c_stdlib_version": ["2.28"]});
    insta::assert_snapshot!(on("linux-64", &recipe, variants), @"foobar 0.1.0 ha35fb5c_0 {c_stdlib=sysroot, c_stdlib_version=2.28}; build gcc_linux-64, sysroot_linux-64 2.28.*");
}

#[test]
fn what_is_skipped_need_not_make_sense() {
    let single = format!(
        "{HELLO}build: {{skip: [win, 'python == \"3.8\"']}}\nrequirements: {{build: [\"${{{{ stdlib('m2w64_c') }}}}\"], host: [python]}}\n"
    );
    assert_eq!(on("win-64", &single, json!({})), "");
    let multi = indoc! {r#"
        recipe: {name: x, version: 1}
        outputs:
          - package: {name: one}
            build: {skip: [win]}
            requirements: {build: ["${{ stdlib('m2w64_c') }}"]}
    "#};
    assert_eq!(on("win-64", multi, json!({})), "");
    let some = format!(
        "{HELLO}build: {{skip: ['match(python, \"<3.9\")']}}\nrequirements: {{host: [python]}}\n"
    );
    let variants = json!({"python": ["3.8", "3.9"]});
    insta::assert_snapshot!(on("linux-64", &some, variants), @"foobar 0.1.0 py39h2e92cda_0 {python=3.9}; host python 3.9.*");
}

#[test]
fn a_skip_condition_about_a_variant_without_a_value_skips_nothing() {
    let skip = |condition: &str| {
        format!("{HELLO}build: {{skip: ['{condition}']}}\nrequirements: {{host: [python]}}\n")
    };
    let built = "foobar 0.1.0 hb0f4dca_0; host python";
    let found = |condition: &str| on("linux-64", &skip(condition), json!({}));
    assert_eq!(found("match(python, \"<3.9\")"), built);
    assert_eq!(found("win or match(python, \"<3.9\")"), built);
    assert_eq!(found("not match(python, \"3.12.*\")"), built);
    assert_eq!(found("linux or match(python, \"<3.9\")"), "");
    let condition = "mpi == \"nompi\" or match(python, \"<3.9\")";
    let shown = on(
        "linux-64",
        &skip(condition),
        json!({"mpi": ["nompi", "openmpi"]}),
    );
    assert_eq!(shown.lines().count(), 1, "{shown}");
    assert!(shown.contains("{mpi=openmpi}"), "{shown}");
    let with = json!({"python": ["3.8"]});
    assert_eq!(on("linux-64", &skip("match(python, \"<3.9\")"), with), "");
    let multi = "recipe: {name: x, version: 1}
build: {skip: ['match(python, \"<3.9\")']}
outputs:
  - package: {name: one}
    build: {skip: ['match(numpy, \"<2\")']}
    requirements: {host: [python]}
  - package: {name: two}
    requirements: {run: ['${{ pin_subpackage(\"one\", exact=True) }}']}
";
    assert_eq!(on("linux-64", multi, json!({})).lines().count(), 2);
}

#[test]
fn heirs_of_a_staging_output_need_what_it_needs() {
    let recipe = indoc! {"
        recipe: {name: x, version: 1.0.0}
        outputs:
          - staging: {name: base}
            requirements: {host: [libfoo]}
            build: {script: make}
          - package: {name: a}
            inherit: base
          - package: {name: b}
            inherit: {from: base, run_exports: false}
            requirements: {host: [python]}
    "};
    let variants = json!({"libfoo": ["1.0", "2.0"], "python": ["3.10"]});
    insta::assert_snapshot!(on("linux-64", recipe, variants), @r"
    a 1.0.0 h0be27ad_0 {libfoo=1.0}; host libfoo 1.0.*
    b 1.0.0 py310h47795df_0 {libfoo=1.0, python=3.10}; host libfoo 1.0.*, python 3.10.*; ignored from libfoo
    a 1.0.0 h921a1bd_0 {libfoo=2.0}; host libfoo 2.0.*
    b 1.0.0 py310ha27ce45_0 {libfoo=2.0, python=3.10}; host libfoo 2.0.*, python 3.10.*; ignored from libfoo
    ");
}

#[test]
fn keys_that_only_change_the_packages_metadata() {
    let recipe = formatdoc!("
            {HELLO}build:
              python: {{version_independent: true}}
              variant: {{down_prioritize_variant: -2}}
              merge_build_and_host_envs: true
            requirements: {{build: [cmake], host: [python, python-abi3], ignore_run_exports: {{by_name: [zlib]}}}}
        "
    );
    insta::assert_snapshot!(on("linux-64", &recipe, json!({})), @"foobar 0.1.0 hb0f4dca_0; host python, python-abi3, cmake; ignored zlib, python; ignored from cmake, python; features foobar-p-0, foobar-p-1");
}

#[test]
fn a_build_string_knows_the_platform_it_is_for() {
    let recipe =
        format!("{HELLO}build: {{string: \"${{{{ 'w' if win else 'u' }}}}_${{{{ hash }}}}\"}}\n");
    insta::assert_snapshot!(on("win-64", &recipe, json!({})), @"foobar 0.1.0 w_9490d1a");
}

#[test]
fn zipped_variants_walk_in_step_and_selectors_count() {
    let project = project(&format!("{HELLO}requirements: {{host: [python, numpy]}}\n")).file(
        "conda_build_config.yaml",
        indoc! {"
            python:
              - 3.10
              - 3.11
            numpy:
              - 1.22
              - 1.23
            zip_keys:
              - [python, numpy]
            other:
              - 1 # [win]
        "},
    );
    insta::assert_snapshot!(lines(&project, "linux-64", json!({})), @r"
    foobar 0.1.0 np122py310h27bf20f_0 {numpy=1.22, python=3.10}; host python 3.10.*, numpy 1.22.*
    foobar 0.1.0 np123py311hadc6f11_0 {numpy=1.23, python=3.11}; host python 3.11.*, numpy 1.23.*
    ");
}

#[test]
fn the_manifest_maps_names_to_sources_and_the_recipe_selects() {
    let project = project(&format!(
        "{HELLO}requirements: {{build: [a], host: ['a >=1.2', b, c]}}\n"
    ));
    let at = |path: &str| json!({"source": {"path": {"path": path}}});
    let model = json!({"buildNumber": 7, "buildStringPrefix": "cpu", "targets": {
        "defaultTarget": {"buildDependencies": {"a": at("../a")}},
        "conditional": {
            "win": {"hostDependencies": {"b": at("../win")}},
            "linux": {"runExports": {"weak": {"b": at("../b")}}},
        },
        // As pixi sends them with version 4 of the API.
        "targets": {
            "linux-64": {"hostDependencies": {"c": at("../c")}},
            "macos": {"hostDependencies": {"c": at("../mac")}},
        },
    }});
    let initialize = Initialize::of(&project).model(model);
    let outputs = describe_with(&project, &initialize, "linux-64", json!({}));
    insta::assert_snapshot!(line(&outputs.expect("the project can be described")[0]), @"foobar 0.1.0 cpu_hb0f4dca_7; build a @ ../a; host a >=1.2 @ ../a, b @ ../b, c @ ../c");
}

#[test]
fn options_replace_parts_of_the_recipe() {
    let project = project(indoc! {r#"
            context: {version: 1.0.0}
            recipe: {name: x, version: '${{ version }}'}
            outputs:
              - package: {name: foo-lib}
              - package: {name: foo}
                requirements: {run: ["${{ pin_subpackage('foo-lib') }}"]}
              - package: {name: bar}
        "#});
    let config = json!({"context": {"version": "2.0.0.dev0"}, "outputs": ["foo*"]});
    let initialize = Initialize::of(&project).configuration(config);
    let outputs = describe_with(&project, &initialize, "linux-64", json!({}));
    let outputs: Vec<String> = outputs
        .expect("the project can be described")
        .iter()
        .map(line)
        .collect();
    insta::assert_snapshot!(outputs.join("\n"), @r"
    foo-lib 2.0.0.dev0 hb0f4dca_0
    foo 2.0.0.dev0 hb0f4dca_0; run foo-lib >=2.0.0.dev0,<3.0a0 @ .
    ");
}
