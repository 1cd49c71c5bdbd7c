//! `conda/build_v1`: requests that the backend refuses before it builds anything.

use serde_json::{Value, json};

use super::{message, project};
use crate::server::Server;
use test_support::project::Project;
use test_support::requests::Initialize;

fn params(project: &Project, output: Value) -> Value {
    json!({"output": output, "workDirectory": project.build_work("demo")})
}

fn output() -> Value {
    json!({
        "name": "demo", "version": "1.2.3", "build": "hb0f4dca_0", "subdir": "linux-64",
        "variant": {"target_platform": "linux-64"},
    })
}

#[track_caller]
fn refused(change: impl FnOnce(&mut Value)) -> String {
    let project = project();
    let server = Server::initialized(Initialize::of(&project).params());
    let mut params = params(&project, output());
    change(&mut params);
    message(server.request("conda/build_v1", params))
}

#[test]
fn what_changed_since_it_was_described_is_named() {
    for (member, value, message) in [
        (
            "version",
            "1.2.2",
            "the version of `demo` changed from `1.2.2` to `1.2.3` since it was described",
        ),
        (
            "build",
            "h0000000_0",
            "the build string of `demo` changed from `h0000000_0` to `hb0f4dca_0` since it was described",
        ),
        (
            "subdir",
            "win-64",
            "the subdir of `demo` changed from `win-64` to `linux-64` since it was described",
        ),
    ] {
        assert_eq!(
            refused(|params| params["output"][member] = json!(value)),
            message
        );
    }
    assert_eq!(
        refused(|params| params["output"]["variant"]["python"] = json!("3.12")),
        "the variant of `demo-1.2.3-hb0f4dca_0` changed from (python=3.12, target_platform=linux-64) \
         to (target_platform=linux-64) since it was described"
    );
}

#[test]
fn a_prefix_for_another_platform_is_drift_too() {
    let found = refused(|params| {
        params["hostPrefix"] = json!({"prefix": "/nowhere", "platform": "osx-64"});
    });
    assert!(found.contains("target_platform=osx-64"), "{found}");
}

#[test]
fn without_prefixes_the_platforms_are_those_of_the_variant() {
    let condition = json!({"build_platform != host_platform": {"buildDependencies": {
        "cross-tool": {"binary": {"version": "*"}},
    }}});
    let project = project();
    let model = json!({"targets": {"conditional": condition}});
    let server = Server::initialized(Initialize::of(&project).model(model).params());
    let output = json!({
        "name": "demo", "version": "0", "subdir": "osx-arm64",
        "variant": {"build_platform": "win-64", "target_platform": "osx-arm64"},
    });
    for prefix in [
        Value::Null,
        json!({"prefix": "/nowhere", "platform": "win-64"}),
    ] {
        let mut params = params(&project, output.clone());
        params["buildPrefix"] = prefix;
        // The variant matches. Only the version differs.
        assert_eq!(
            message(server.request("conda/build_v1", params)),
            "the version of `demo` changed from `0` to `1.2.3` since it was described"
        );
    }
    let mut params = params(&project, output);
    params["buildPrefix"] = json!({"prefix": "/nowhere", "platform": "osx-64"});
    assert_eq!(
        message(server.request("conda/build_v1", params)),
        "the variant of `demo-0` changed from (build_platform=win-64, target_platform=osx-arm64) \
         to (build_platform=osx-64, target_platform=osx-arm64) since it was described"
    );
}

#[test]
fn an_unknown_output_is_told_what_there_is() {
    assert_eq!(
        refused(|params| params["output"]["name"] = json!("other")),
        "the project does not build `other-1.2.3-hb0f4dca_0`"
    );
}

#[test]
fn compression_levels_out_of_range_are_refused() {
    for (format, expected) in [
        (
            json!({"archiveType": "conda", "compressionLevel": 23}),
            "the compression level 23 is out of range for `.conda`",
        ),
        (
            json!({"archiveType": "conda", "compressionLevel": -8}),
            "the compression level -8 is out of range for `.conda`",
        ),
        (
            json!({"archiveType": "tar_bz2", "compressionLevel": 0}),
            "the compression level 0 is out of range for `.tar.bz2`",
        ),
        (
            json!({"archiveType": "tar_bz2", "compressionLevel": 10}),
            "the compression level 10 is out of range for `.tar.bz2`",
        ),
        (
            json!({"archiveType": "conda", "compressionLevel": 99_999_999_999_u64}),
            "the compression level 99999999999 is out of range for `.conda`",
        ),
    ] {
        assert_eq!(refused(|params| params["packageFormat"] = format), expected);
    }
    for format in [
        json!({"archiveType": "zip"}),
        json!({"archiveType": "conda", "compressionLevel": "most"}),
        json!({"archiveType": "conda", "compressionLevel": 1.5}),
        json!({"compressionLevel": 1}),
    ] {
        let found = refused(|params| params["packageFormat"] = format);
        assert!(
            found.starts_with("the parameters of the request cannot be read: "),
            "{found}"
        );
    }
}

#[test]
fn a_match_spec_that_cannot_be_read_is_quoted() {
    let found = refused(|params| params["runDependencies"] = json!([{"spec": "a >=<"}]));
    assert!(
        found.starts_with("`a >=<` is not a match spec: "),
        "{found}"
    );
    let found = refused(|params| {
        params["runDependencies"] = json!([{"spec": {"name": "a", "version": ">=<"}}]);
    });
    assert!(
        found.starts_with("the spec of `a` cannot be read: "),
        "{found}"
    );
}
