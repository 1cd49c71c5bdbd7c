//! The keys of variants that an output uses, their effects, and ambiguous variants.

use pixi_build_backends::backend::Platforms;
use pixi_build_backends::engine::{PlanRequest, plan};
use pixi_build_backends::protocol::build::OutputId;
use pixi_build_backends::recipe::variants::VariantSelection;
use rattler_conda_types::Subdir;
use serde_json::{Value, json};

use super::Case;
use test_support::requests::Initialize;

#[test]
fn a_key_whose_branch_is_not_taken_is_used_nevertheless() {
    let case = Case::new(&[]).when("python == '3.12'", "only-there");
    let outputs = case.outputs(json!({"python": ["3.12", "3.13"]}));
    let names = |output: &Value| {
        output["runDependencies"]["depends"]
            .as_array()
            .map(Vec::len)
    };
    assert_eq!(
        outputs.iter().map(names).collect::<Vec<_>>(),
        [Some(1), Some(0)]
    );
    assert_eq!(
        case.variants(json!({"python": ["3.12", "3.13"]})),
        json!([{"python": "3.12"}, {"python": "3.13"}])
    );
}

#[test]
fn a_bare_dependency_of_another_platform_does_not_multiply_outputs() {
    let mut case = Case::new(&[]);
    let bare = json!({"binary": {"version": "*"}});
    case.initialize = case.initialize.model(json!({"targets": {"conditional": {
        "win": {"hostDependencies": {"python": bare}},
    }}}));
    let variants = json!({"python": ["3.12", "3.13"]});
    assert_eq!(case.variants(variants.clone()), json!([{}]));
    let compiler = json!({"c_compiler": "vs2022", "python": "3.12"});
    let mut second = compiler.clone();
    second["python"] = json!("3.13");
    assert_eq!(
        case.host("win-64").variants(variants),
        json!([compiler, second])
    );
}

#[test]
fn the_platforms_and_the_build_platform_are_part_of_the_variant() {
    let case = Case::new(&[]).when("build_platform != host_platform", "cross");
    assert_eq!(
        case.host("osx-arm64").variants(json!({})),
        json!([{"build_platform": "linux-64"}])
    );
}

#[test]
fn platforms_are_those_of_the_request_whatever_the_variants_say() {
    let case = Case::new(&[]).when("build_platform == 'linux-64' and unix", "x");
    let strange = json!({
        "target_platform": ["win-64"], "build_platform": ["osx-64"], "host_platform": ["win-64"],
    });
    let outputs = case.outputs(strange);
    assert_eq!(outputs.len(), 1);
    assert_eq!(
        outputs[0]["metadata"]["variant"],
        json!({"build_platform": "linux-64", "target_platform": "linux-64"})
    );
    assert_eq!(outputs[0]["runDependencies"]["depends"][0]["name"], "x");
}

#[test]
fn compilers_and_the_c_library_are_variants() {
    let case = Case::new(&[]);
    let outputs = case.outputs(json!({
        "c_compiler": ["clang"], "c_compiler_version": ["18"], "rust_compiler_version": [">=1.88"],
        "c_stdlib": ["sysroot"], "c_stdlib_version": ["2.28"],
    }));
    assert_eq!(
        outputs[0]["buildDependencies"]["depends"],
        json!([
            {"name": "rust_linux-64", "binary": {"version": ">=1.88"}},
            {"name": "clang_linux-64", "binary": {"version": "18.*"}},
            {"name": "sysroot_linux-64", "binary": {"version": "2.28.*"}},
        ])
    );
    assert_eq!(
        outputs[0]["metadata"]["variant"],
        json!({
            "c_compiler": "clang", "c_compiler_version": "18", "c_stdlib": "sysroot",
            "c_stdlib_version": "2.28", "rust_compiler_version": ">=1.88", "target_platform": "linux-64",
        })
    );
    let global = case.outputs(json!({"c_stdlib": ["sysroot"], "c_stdlib_version": ["<=2.17"]}));
    assert_eq!(
        global[0]["buildDependencies"]["depends"][2],
        json!({"name": "sysroot_linux-64", "binary": {"version": "<=2.17"}})
    );
}

#[test]
fn run_exports_are_pinned_and_run_dependencies_are_not() {
    let mut case = Case::new(&["python"]);
    let bare = json!({"python": {"binary": {"version": "*"}}});
    let extras = json!({"python": {"binary": {"version": "*", "extras": ["all"]}}});
    case.initialize = case.initialize.model(json!({"targets": {"defaultTarget": {
        "runDependencies": bare, "runConstraints": bare, "extraDependencies": {"all": bare},
        "runExports": {"weak": bare, "strong": extras, "weakConstraints": bare},
    }}}));
    let outputs = case.outputs(json!({"python": ["3.12"]}));
    let (open, pinned) = (
        json!({"name": "python", "binary": {}}),
        json!({"version": "3.12.*"}),
    );
    let output = &outputs[0];
    assert_eq!(
        output["runDependencies"],
        json!({"depends": [open], "constraints": [open]})
    );
    assert_eq!(output["extraDependencies"]["all"], json!([open]));
    assert_eq!(output["runExports"]["weak"][0]["binary"], pinned);
    assert_eq!(output["runExports"]["weakConstrains"][0]["binary"], pinned);
    assert_eq!(
        output["runExports"]["strong"][0]["binary"],
        json!({"version": "3.12.*", "extras": ["all"]})
    );
}

#[test]
fn outputs_that_only_untracked_names_tell_apart_are_ambiguous() {
    // rattler-build treats `hash` as a function and does not record its use.
    let case = Case::new(&["python"]).when("hash == 'b'", "only-b");
    let mut params = case.initialize.params();
    params["projectModel"]["targets"]["defaultTarget"]["hostDependencies"]["hash"] =
        json!({"binary": {"version": "*"}});
    let case = Case {
        initialize: Initialize::of(&case.project)
            .set("projectModel", params["projectModel"].take()),
        ..case
    };
    // The host dependency pins the key, so it is recorded and the outputs are not ambiguous.
    assert_eq!(
        case.variants(json!({"hash": ["a", "b"]})),
        json!([{"hash": "a"}, {"hash": "b"}])
    );
    let error = Case::new(&[])
        .when("hash == 'b'", "only-b")
        .error(json!({"hash": ["a", "b"]}));
    assert_eq!(
        error,
        "the variants of `demo` are ambiguous: (hash=a, target_platform=linux-64) and \
         (hash=b, target_platform=linux-64) differ, but have the same variant (target_platform=linux-64)"
    );
}

#[test]
fn a_variant_that_fits_several_outputs_lists_them() {
    let case = Case::new(&["python"]);
    let session = case.session();
    let user = serde_json::from_value(json!({"python": ["3.12", "3.13"]}));
    let ask = PlanRequest {
        platforms: Platforms {
            build: Subdir::Linux64,
            host: Subdir::Linux64,
        },
        choice: VariantSelection::Matrix {
            files: Vec::new(),
            user: user.expect("own variants"),
        },
        editable: false,
    };
    let plan = plan(&session, &ask).expect("both can be planned");
    let builds: Vec<&str> = plan
        .outputs
        .iter()
        .map(|output| output.build_string.as_str())
        .collect();
    let mut id: OutputId = serde_json::from_value(json!({
        "name": "demo", "subdir": "linux-64", "variant": {"target_platform": "linux-64"},
    }))
    .expect("own output");
    let error = plan.select(&id).expect_err("there are two");
    assert_eq!(
        error.to_string(),
        format!(
            "`demo` could be any of demo-1.2.3-{} (python=3.12, target_platform=linux-64), \
             demo-1.2.3-{} (python=3.13, target_platform=linux-64)",
            builds[0], builds[1]
        )
    );
    id.build = Some(builds[1].to_owned());
    let selected = plan.select(&id).expect("the build string tells them apart");
    assert_eq!(selected.build_string, builds[1]);
}
