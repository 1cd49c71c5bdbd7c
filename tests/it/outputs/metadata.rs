//! The metadata of an output for every platform, independent of the machine.

use serde_json::{Value, json};

use super::{Case, names};

#[test]
fn every_platform_can_be_described_on_this_machine() {
    let compilers = [
        ("linux-64", "rust_linux-64 gcc_linux-64"),
        ("linux-aarch64", "rust_linux-aarch64 gcc_linux-aarch64"),
        ("linux-ppc64le", "rust_linux-ppc64le gcc_linux-ppc64le"),
        ("osx-64", "rust_osx-64 clang_osx-64"),
        ("osx-arm64", "rust_osx-arm64 clang_osx-arm64"),
        ("win-64", "rust_win-64 vs2022_win-64"),
    ];
    for (host, expected) in compilers {
        let output = Case::new().output(host);
        assert_eq!(output["metadata"]["subdir"], host);
        assert_eq!(output["metadata"]["variant"]["target_platform"], host);
        assert_eq!(
            names(&output["buildDependencies"]["depends"]).join(" "),
            expected
        );
    }
}

#[test]
fn exotic_platforms_are_described_or_refused_but_never_a_bug() {
    let case = Case::new();
    let server = crate::server::Server::initialized(case.initialize.params());
    for host in [
        "linux-32",
        "linux-armv6l",
        "linux-armv7l",
        "linux-loongarch64",
        "linux-ppc64",
        "linux-ppc",
        "linux-s390x",
        "linux-riscv32",
        "linux-riscv64",
        "win-32",
        "win-arm64",
        "freebsd-32",
        "freebsd-64",
        "freebsd-arm64",
        "emscripten-wasm32",
        "emscripten-wasm64",
        "wasi-wasm32",
        "zos-z",
        "noarch",
        "unknown",
    ] {
        match server.request("conda/outputs", case.request(host).params()) {
            Ok(answer) => assert_eq!(answer["outputs"][0]["metadata"]["subdir"], host),
            Err(error) => assert_ne!(error["code"], "bug", "{host}: {error:#}"),
        }
    }
}

#[test]
fn the_build_platform_is_the_one_that_was_sent() {
    let targets = json!({"conditional": {"build_platform != host_platform": {
        "buildDependencies": {"cross-tool": {"binary": {"version": "*"}}},
    }}});
    for (host, build, expected) in [
        ("linux-64", "linux-64", "rust_linux-64 gcc_linux-64"),
        (
            "linux-64",
            "osx-arm64",
            "cross-tool rust_linux-64 gcc_linux-64",
        ),
        ("win-64", "osx-64", "cross-tool rust_win-64 vs2022_win-64"),
        ("osx-arm64", "osx-arm64", "rust_osx-arm64 clang_osx-arm64"),
    ] {
        let case = Case::new().targets(targets.clone());
        let request = case.request(host).set("buildPlatform", json!(build));
        let server = crate::server::Server::initialized(case.initialize.params());
        let outputs = server.outputs(request.params());
        assert_eq!(
            names(&outputs[0]["buildDependencies"]["depends"]).join(" "),
            expected
        );
        assert_eq!(outputs[0]["metadata"]["variant"]["build_platform"], build);
    }
}

#[test]
fn the_model_decides_what_the_output_is() {
    let case = Case::new().model(json!({
        "name": "My_Tool.x", "version": "2024.1", "buildNumber": 7, "buildStringPrefix": "cuda",
        "buildFlags": ["tls:openssl", "fast"], "license": "MIT OR Apache-2.0",
        "secrets": ["A_TOKEN"], "authors": ["A"], "readme": "README.md",
    }));
    let metadata = case.output("linux-64")["metadata"].take();
    assert_eq!(
        metadata,
        json!({
            "name": "my_tool.x", "version": "2024.1", "build": "cuda_hb0f4dca_7", "buildNumber": 7,
            "subdir": "linux-64", "license": "MIT OR Apache-2.0", "licenseFamily": null,
            "flags": ["tls:openssl", "fast"], "trackFeatures": [], "noarch": false, "purls": null,
            "pythonSitePackagesPath": null, "variant": {"target_platform": "linux-64"},
        })
    );
}

#[test]
fn short_lived_and_missing_members_are_read() {
    let case = Case::new().model(json!({"buildNumber": null, "version": "1", "name": "a"}));
    let mut params = case.initialize.params();
    let model = params["projectModel"].as_object_mut().expect("an object");
    model.remove("buildStringPrefix");
    model.insert("buildString".to_owned(), json!("early"));
    let server = crate::server::Server::initialized(params);
    let outputs = server.outputs(case.request("linux-64").params());
    assert_eq!(outputs[0]["metadata"]["build"], "early_hb0f4dca_0");
}

#[test]
fn a_version_never_has_a_dash() {
    let case = Case::new().model(json!({"version": "1.0.0-rc.1"}));
    assert_eq!(case.output("linux-64")["metadata"]["version"], "1.0.0_rc.1");
}

#[test]
fn what_cannot_be_a_package_is_refused() {
    for (members, message) in [
        (
            json!({"name": "a b"}),
            "`a b` cannot be the name of a conda package",
        ),
        (
            json!({"version": "one two"}),
            "`one two` is not a conda version",
        ),
        (json!({"buildFlags": ["No"]}), "`No` is not a package flag"),
        (
            json!({"buildStringPrefix": "a-b"}),
            "`a-b` cannot be the prefix of a build string",
        ),
    ] {
        let error = Case::new().model(members).error();
        let found = error["message"].as_str().expect("a message");
        assert!(found.starts_with(message), "{found}");
    }
}

#[test]
fn the_work_directory_need_not_exist_and_null_is_missing() {
    let case = Case::new();
    let server = crate::server::Server::initialized(case.initialize.params());
    let bare = json!({
        "hostPlatform": "linux-64", "buildPlatform": "linux-64",
        "workDirectory": case.project.dir().join("does/not/exist"),
    });
    let mut null = bare.clone();
    for key in ["channels", "variantConfiguration", "variantFiles"] {
        null[key] = Value::Null;
    }
    assert_eq!(server.outputs(bare), server.outputs(null));
}
