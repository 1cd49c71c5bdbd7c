//! Parts of manifests, compared with requests that pixi 0.77 sent.

use serde_json::{Value as Json, json};

use super::{BACKEND, Tree, WORKSPACE};

/// The default target of a minimal manifest that ends with `text`.
#[track_caller]
fn default(text: &str) -> Json {
    Tree::package(text).model()["targets"]["defaultTarget"].clone()
}

/// The host dependency `a`.
#[track_caller]
fn host(spec: &str) -> Json {
    let text = format!("[package.host-dependencies]\na = {spec}");
    default(&text)["hostDependencies"]["a"].clone()
}

#[track_caller]
fn workspace(text: &str) -> Tree {
    Tree::new()
        .file("w/x/pixi.toml", &format!("{text}\n{BACKEND}"))
        .at("w/x")
}

#[test]
fn pooled_source_takes_a_folder_of_the_package() {
    let text = format!(
        "{WORKSPACE}[workspace.dependencies]\ngitlib = {{ git = \"https://g.org/a/b\", branch = \"main\" }}\n\
         {BACKEND}[package.host-dependencies]\n\
         gitlib = {{ workspace = true, subdirectory = \"./sub/../x/\" }}"
    );
    let model = Tree::new().file("ws/pixi.toml", &text).at("ws").model();
    assert_eq!(
        model["targets"]["defaultTarget"]["hostDependencies"]["gitlib"],
        json!({"source": {"git": {"git": "https://g.org/a/b", "rev": {"branch": "main"}, "subdirectory": "x"}}})
    );
}

#[test]
fn subdirectory_without_location_is_ignored() {
    assert_eq!(
        host(r#"{ version = "1.*", subdirectory = "z" }"#),
        json!({"binary": {"version": "1.*"}})
    );
}

#[test]
fn source_takes_selectors() {
    assert_eq!(
        host(r#"{ git = "https://g.org/a", lfs = true, when = "__unix", flags = ["f"] }"#),
        json!({"source": {
            "git": {"git": "https://g.org/a", "lfs": true},
            "flags": ["f"],
            "condition": {"MatchSpec": {"name": "__unix"}},
        }})
    );
}

#[test]
fn condition_alone_selects_any_version() {
    assert_eq!(
        host(r#"{ when = "__unix" }"#),
        json!({"binary": {"condition": {"MatchSpec": {"name": "__unix"}}}})
    );
}

#[test]
fn conditions_join_from_the_left() {
    let spec = r#"{ when = { all = ["__unix", "python >=3.10", { package = "numpy", build = "*cuda" }] } }"#;
    assert_eq!(
        host(spec)["binary"]["condition"],
        json!({"And": [
            {"And": [
                {"MatchSpec": {"name": "__unix"}},
                {"MatchSpec": {"name": "python", "version": ">=3.10"}},
            ]},
            {"MatchSpec": {"name": "numpy", "build": "*cuda"}},
        ]})
    );
}

#[test]
fn pin_counts_its_crosses() {
    let text = r#"
        [package.run-dependencies]
        a = { pin-compatible = { lower-bound = "xx", upper-bound = "1.5", build = "py*" } }
    "#;
    assert_eq!(
        default(text)["runDependencies"]["a"],
        json!({"pinCompatible": {
            "lowerBound": {"expression": "x.x"}, "upperBound": {"version": "1.5"}, "build": "py*",
        }})
    );
}

#[test]
fn exact_pin_has_no_bounds() {
    let text = r#"
        [package]
        name = "me"
        [package.run-exports.strong-constraints]
        me = { pin-subpackage = { exact = true } }
    "#;
    assert_eq!(
        default(text)["runExports"],
        json!({"strongConstraints": {"me": {"pinSubpackage": {"exact": true}}}})
    );
}

#[test]
fn repeated_condition_replaces() {
    let tree = Tree::package(
        "[package.run-dependencies.\"if( unix )\"]\na = \"*\"\n\
         [package.run-dependencies.\"if(unix)\"]\nb = \"*\"",
    );
    assert_eq!(
        tree.model()["targets"]["conditional"]["unix"]["runDependencies"],
        json!({"b": {"binary": {"version": "*"}}})
    );
    insta::assert_snapshot!(tree.warnings());
}

#[test]
fn legacy_target_becomes_the_last_condition() {
    let tree = Tree::package(
        "[package.target.osx-arm64.host-dependencies]\nx = \"*\"\n\
         [package.build-dependencies.\"if(win)\"]\ny = \"*\"",
    );
    let conditional = tree
        .load()
        .project_model
        .targets
        .unwrap()
        .conditional
        .unwrap();
    let conditions: Vec<_> = conditional.keys().collect();
    assert_eq!(conditions, ["win", "host_platform == 'osx-arm64'"]);
    insta::assert_snapshot!(tree.warnings());
}

#[test]
fn osx_and_macos_are_one_target() {
    let tree = Tree::package(
        "[package.build.target.osx.config]\nk = 1\n\
         [package.build.target.linux.config]\nl = 1\n\
         [package.build.target.macos.config]\nk = 2",
    );
    let config = tree.load().target_configuration.unwrap();
    assert_eq!(
        serde_json::to_string(&config).unwrap(),
        r#"{"macos":{"k":2},"linux":{"l":1}}"#
    );
    insta::assert_snapshot!(tree.warnings());
}

#[test]
fn configuration_need_not_be_a_table() {
    let tree = Tree::package("[package.build]\nconfig = \"x\"");
    assert_eq!(tree.load().configuration, Some(json!("x")));
}

#[test]
fn configuration_numbers_become_json() {
    let tree = Tree::package(
        "[package.build.config]\nd = 1e3\na = nan\nc = 0x10\nb = { z = 1, y = -inf }",
    );
    assert_eq!(
        tree.load().configuration.unwrap().to_string(),
        r#"{"a":null,"b":{"y":null,"z":1},"c":16,"d":1000.0}"#
    );
}

#[test]
fn channels_drop_out_as_written() {
    let text = r#"[workspace]
        channels = ["conda-forge", { channel = "conda-forge", priority = 2 }, "a"]"#;
    assert_eq!(
        workspace(text).record()["channels"],
        json!([
            "https://conda.anaconda.org/conda-forge",
            "https://conda.anaconda.org/a"
        ])
    );
}

#[test]
fn channels_are_paths_or_names() {
    let text = r#"[workspace]
        channels = ["../rel", "conda-forge/label/dev", "local/sub", "https://x.org/y/", "~/mine"]"#;
    let tree = workspace(text);
    assert_eq!(
        tree.record()["channels"],
        json!([
            "file:///home/user/w/rel",
            "https://conda.anaconda.org/conda-forge/label/dev",
            "https://conda.anaconda.org/local/sub",
            "https://x.org/y",
            "file:///home/user/mine",
        ])
    );
    // A label of conda-forge is not conda-forge.
    assert_eq!(tree.variants(), json!({}));
}

#[test]
fn musl_has_no_derived_variants() {
    let text = r#"[workspace]
        channels = ["conda-forge"]
        platforms = [{ platform = "linux-64", __musl = "1.2" }]"#;
    let tree = workspace(text);
    assert_eq!(tree.variants(), json!({}));
    let names: Vec<_> = tree
        .load()
        .virtual_packages
        .into_iter()
        .map(|one| one.name)
        .collect();
    assert_eq!(names, ["__archspec", "__linux", "__musl", "__unix"]);
}

#[test]
fn legacy_system_requirements_count() {
    let text = format!("{WORKSPACE}[system-requirements]\nlibc = \"2.17\"");
    let tree = workspace(&text);
    assert_eq!(tree.variants()["c_stdlib_version"], json!(["2.17"]));
    // It is not declared, so the default is used.
    assert_eq!(
        workspace(&text).host("linux-aarch64").variants()["c_stdlib_version"],
        json!(["2.28"])
    );
    insta::assert_snapshot!(tree.warnings());
}

#[test]
fn later_variant_target_wins() {
    let text = r#"[workspace]
        channels = []
        build-variants = { python = ["3.11.*"] }
        target.linux-64.build-variants = { python = ["A"] }
        target.unix.build-variants = { python = ["B"] }"#;
    assert_eq!(workspace(text).variants(), json!({"python": ["B"]}));
}

#[test]
fn authors_of_pyproject_are_joined() {
    let text = r#"
        [project]
        authors = [{name = "A", email = "a@b.c"}, {name = "B"}, {email = "c@d.e"}]
        [tool.pixi.workspace]
        channels = []
        [tool.pixi.package.build.backend]
        name = "pixi-build-rust"
    "#;
    let tree = Tree::new().file("ws/pyproject.toml", text).at("ws");
    assert_eq!(tree.model()["authors"], json!(["A <a@b.c>", "B", "c@d.e"]));
}

#[test]
fn licence_lies_beside_the_code() {
    let tree = Tree::package(
        "[package]\nlicense-file = \"LIC\"\n[package.build]\nsource.path = \"../code\"",
    )
    .file("code/LIC", "");
    assert_eq!(tree.record()["sourceDirectory"], "/home/user/code");
    assert_eq!(tree.model()["licenseFile"], "LIC");
}

#[test]
fn default_environment_brings_channels() {
    let text =
        "[workspace]\nchannels = [\"bioconda\"]\n[environments.default]\nchannels = [\"zz\"]";
    assert_eq!(
        workspace(text).record()["channels"],
        json!([
            "https://conda.anaconda.org/zz",
            "https://conda.anaconda.org/bioconda"
        ])
    );
}

#[test]
fn features_of_the_default_environment_bring_channels() {
    let text = r#"
        [workspace]
        channels = ["bioconda"]
        [feature.two]
        channels = ["two"]
        [feature.one]
        channels = [{ channel = "one", priority = 1 }]
        [feature.unused]
        channels = ["https://prefix.dev/conda-forge"]
        [environments]
        default = { features = ["two", "one"], no-default-feature = true }
    "#;
    let tree = workspace(text);
    assert_eq!(
        tree.record()["channels"],
        json!([
            "https://conda.anaconda.org/one",
            "https://conda.anaconda.org/two"
        ])
    );
    // A feature that is not used is sufficient for the C library of conda-forge.
    assert_eq!(tree.variants()["c_stdlib"], json!(["sysroot"]));
}
