//! Complete manifests, compared with requests that pixi 0.77 sent.

use serde_json::{Value as Json, json};

use super::{Tree, drop_nulls};

fn min() -> Tree {
    Tree::new()
        .file("min/pixi.toml", include_str!("fixtures/min.toml"))
        .at("min")
}

fn rich() -> Tree {
    Tree::new()
        .file("frob/pixi.toml", include_str!("fixtures/rich.toml"))
        .file("frob/LICENSE", "")
        .file("frob/README.md", "")
        .file("frob/ci/pins.yaml", "")
        .at("frob")
}

fn toolbox() -> Tree {
    Tree::new()
        .file("toolbox/pixi.toml", include_str!("fixtures/toolbox.toml"))
        .file(
            "toolbox/crates/tool/pixi.toml",
            include_str!("fixtures/tool.toml"),
        )
        .file("toolbox/LICENSE", "")
        .file("toolbox/variants/base.yaml", "")
        .file("toolbox/native/tool-src/Cargo.toml", "")
        .at("toolbox/crates/tool")
}

fn expected(json: &str) -> Json {
    drop_nulls(serde_json::from_str(json).unwrap())
}

#[test]
fn minimal_manifest_leaves_everything_to_cargo() {
    let record = min().record();
    assert_eq!(
        record["projectModel"],
        expected(include_str!("fixtures/min.json"))
    );
    assert_eq!(record["manifestPath"], "/home/user/min/pixi.toml");
    assert_eq!(record["sourceDirectory"], "/home/user/min");
    assert_eq!(record["workspaceDirectory"], "/home/user/min");
    assert_eq!(
        record["channels"],
        json!(["https://conda.anaconda.org/conda-forge"])
    );
    assert_eq!(record["variantFiles"], json!([]));
    assert!(record.get("configuration").is_none());
    assert!(record.get("targetConfiguration").is_none());
    assert_eq!(min().warnings(), "");
}

#[test]
fn minimal_manifest_has_derived_variants() {
    let linux = json!({"c_stdlib": ["sysroot"], "c_stdlib_version": ["2.28"]});
    assert_eq!(min().variants(), linux);
    assert_eq!(min().host("linux-aarch64").variants(), linux);
    assert_eq!(
        min().host("osx-arm64").variants(),
        json!({"c_stdlib": ["macosx_deployment_target"], "c_stdlib_version": ["13.0"]})
    );
    assert_eq!(min().host("win-64").variants(), json!({}));
}

#[test]
fn rich_manifest_is_what_pixi_sends() {
    let mut record = rich().record();
    let record = record.as_object_mut().unwrap();
    for key in ["manifestPath", "sourceDirectory", "workspaceDirectory"] {
        record.remove(key).unwrap();
    }
    assert_eq!(
        Json::from(record.clone()),
        expected(include_str!("fixtures/rich.json"))
    );
}

#[test]
fn rich_manifest_keeps_the_order_of_conditions_and_entries() {
    let loaded = rich().load();
    let targets = loaded.project_model.targets.unwrap();
    let conditions: Vec<_> = targets.conditional.as_ref().unwrap().keys().collect();
    assert_eq!(
        conditions,
        ["unix", "linux", "host_platform != build_platform", "win"]
    );
    let host = targets.default_target.unwrap().host_dependencies.unwrap();
    let names: Vec<_> = host.keys().collect();
    assert_eq!(names, ["openssl", "libgit2", "libfrob", "parser", "blob"]);
    let selectors: Vec<_> = loaded
        .target_configuration
        .as_ref()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(selectors, ["win", "macos"]);
}

#[test]
fn rich_manifest_has_one_warning() {
    insta::assert_snapshot!(rich().warnings());
}

#[test]
fn rich_manifest_has_variants_for_each_host() {
    let unix = |version: &str| {
        json!({
            "c_stdlib": ["sysroot"], "c_stdlib_version": [version],
            "openssl": ["3.0.*", "3.5.*"], "python": ["3.12.*", "3.13.*"],
        })
    };
    assert_eq!(rich().variants(), unix("2.17"));
    assert_eq!(rich().host("linux-aarch64").variants(), unix("2.28"));
    assert_eq!(
        rich().host("osx-arm64").variants(),
        json!({
            "c_stdlib": ["macosx_deployment_target"], "c_stdlib_version": ["11.0"],
            "openssl": ["3.0.*", "3.5.*"], "python": ["3.12.*", "3.13.*"],
        })
    );
    assert_eq!(
        rich().host("win-64").variants(),
        json!({"openssl": ["3.0.*", "3.5.*"], "python": ["3.12.*"]})
    );
}

#[test]
fn member_of_a_workspace_is_what_pixi_sends_but_keeps_its_license() {
    let mut expected = expected(include_str!("fixtures/tool.json"));
    // pixi sends null, because it loses inherited relative paths.
    expected["projectModel"]["licenseFile"] = json!("../../LICENSE");
    assert_eq!(toolbox().record(), expected);
    insta::assert_snapshot!(toolbox().warnings());
}

#[test]
fn member_of_a_workspace_has_variants_for_each_host() {
    let variants = |stdlib: &str, version: &str, rust: &str| json!({"c_stdlib": [stdlib], "c_stdlib_version": [version], "rust_compiler_version": [rust]});
    assert_eq!(toolbox().variants(), variants("sysroot", "2.28", "1.89"));
    assert_eq!(
        toolbox().host("osx-64").variants(),
        variants("macosx_deployment_target", "10.15", "1.85")
    );
    assert_eq!(
        toolbox().host("osx-arm64").variants(),
        variants("macosx_deployment_target", "13.0", "1.89")
    );
}

#[test]
fn parameters_of_the_first_request_are_complete() {
    let params = toolbox()
        .load()
        .initialize_params("/cache".into(), "/scratch".into());
    let value = serde_json::to_value(&params).unwrap();
    let back: crate::protocol::initialize::Params = serde_json::from_value(value).unwrap();
    assert_eq!(back.project_model, params.project_model);
    assert_eq!(
        back.cache_directory.unwrap(),
        std::path::Path::new("/cache")
    );
    assert!(back.checkout_root.is_none());
}
