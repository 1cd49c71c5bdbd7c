//! The protocol: lines, ids, errors, and the differences between versions.

mod builds;
mod http;
mod lines;
mod packages;
pub(crate) mod properties;

use indoc::indoc;
use serde_json::{Value, json};

use crate::server::Server;
use test_support::project::Project;
use test_support::requests::{Initialize, Outputs};

fn project() -> Project {
    Project::new().file(
        "Cargo.toml",
        indoc! {r#"
            [package]
            name = "demo"
            version = "1.2.3"
        "#},
    )
}

#[track_caller]
fn message(answer: Result<Value, Value>) -> String {
    let error = answer.expect_err("the request must fail");
    error["message"].as_str().expect("a message").to_owned()
}

#[test]
fn capabilities_are_known_without_a_project() {
    let server = Server::start();
    let answer = server.request("negotiateCapabilities", json!({"capabilities": {"new": 1}}));
    let expected = json!({"providesCondaOutputs": true, "providesCondaBuildV1": true});
    assert_eq!(answer, Ok(json!({"capabilities": expected})));
}

#[test]
fn methods_nobody_has_are_not_found() {
    let server = Server::start();
    for method in ["conda/getMetadata", "conda/build", "shutdown", ""] {
        let answer: Value =
            serde_json::from_str(&server.answer(method, &json!({}))).expect("answers are JSON");
        assert_eq!(answer["error"]["code"], -32601, "{method}");
        assert_eq!(answer.get("result"), None);
    }
}

#[test]
fn requests_before_initialize_are_explained() {
    let server = Server::start();
    for method in ["conda/outputs", "conda/build_v1"] {
        let answer = server.request(method, json!({}));
        assert_eq!(message(answer), "the backend is not initialized");
    }
}

#[test]
fn a_second_initialize_is_refused_and_changes_nothing() {
    let (project, other) = (project(), Project::new());
    let server = Server::initialized(Initialize::of(&project).params());
    let again = server.request("initialize", Initialize::of(&other).params());
    assert_eq!(message(again), "the backend is already initialized");
    let outputs = server.outputs(Outputs::new(&project.metadata_work("demo")).params());
    assert_eq!(outputs[0]["metadata"]["name"], "demo");
}

#[test]
fn initialize_can_be_tried_again_after_a_failure() {
    let project = project();
    let server = Server::start();
    let wrong = Initialize::of(&project).configuration(json!({"extra-arg": []}));
    let error = server
        .request("initialize", wrong.params())
        .expect_err("no such option");
    assert_eq!(error["help"], "did you mean `extra-args`?");
    let right = server.request("initialize", Initialize::of(&project).params());
    assert_eq!(right, Ok(json!({})));
}

#[test]
fn a_project_model_is_required() {
    for model in [json!({"projectModel": null}), json!({})] {
        let mut params = json!({"manifestPath": "/nowhere/pixi.toml"});
        let members = model.as_object().expect("an object").clone();
        params.as_object_mut().expect("an object").extend(members);
        let answer = Server::start().request("initialize", params);
        assert_eq!(message(answer), "project model is required");
    }
}

#[test]
fn clients_older_than_api_4_are_told_which_pixi_to_use() {
    let old = [
        json!({"projectModel": {"version": "1", "data": {"name": "demo"}}}),
        json!({"sourceDir": "/ws", "projectModel": {"name": "demo", "targets": null}}),
        json!({"workspaceRoot": "/ws", "projectModel": {"name": "demo"}}),
    ];
    for mut params in old {
        params["manifestPath"] = json!("/ws/pixi.toml");
        let error = Server::start()
            .request("initialize", params)
            .expect_err("too old");
        let message = error["message"].as_str().expect("a message");
        assert!(
            message.starts_with("this pixi is too old for this backend"),
            "{message}"
        );
        let help = error["help"].as_str().expect("advice");
        assert!(help.contains("pixi 0.63"), "{help}");
    }
    // The version `1` of a package, and tables of later releases, are valid.
    let new = json!({"manifestPath": "/ws/pixi.toml", "projectModel": {
        "version": "1", "data": {}, "targets": {"defaultTarget": {}},
    }});
    assert_eq!(Server::start().request("initialize", new), Ok(json!({})));
}

#[test]
fn parameters_that_cannot_be_read_are_explained() {
    let project = project();
    let server = Server::initialized(Initialize::of(&project).params());
    let work = project.metadata_work("demo");
    for (params, part) in [
        (json!({}), "missing field `hostPlatform`"),
        (
            Outputs::new(&work).host_platform("linux-65").params(),
            "linux-65",
        ),
        (
            Outputs::new(&work)
                .set("variantConfiguration", json!([]))
                .params(),
            "a map",
        ),
        (
            Outputs::new(&work).set("workDirectory", json!(1)).params(),
            "path",
        ),
        (json!(null), "null"),
    ] {
        let message = message(server.request("conda/outputs", params));
        assert!(
            message.starts_with("the parameters of the request cannot be read: "),
            "{message}"
        );
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn a_member_that_is_there_twice_is_refused_and_a_key_that_is_counts_once() {
    let project = project();
    let server = Server::initialized(Initialize::of(&project).params());
    let work = project.metadata_work("demo").display().to_string();
    let outputs = |more: &str| {
        let params = format!(
            r#"{{"hostPlatform":"linux-64","buildPlatform":"linux-64","workDirectory":{work:?}{more}}}"#
        );
        server.raw("conda/outputs", &params)
    };
    let twice = outputs(r#","hostPlatform":"win-64""#);
    assert!(twice.contains("duplicate field `hostPlatform`"), "{twice}");
    let twice = outputs(r#","variantConfiguration":{"a":["1"],"a":["2"]}"#);
    assert!(twice.contains(r#""result":"#), "{twice}");
}

#[test]
fn the_source_is_beside_the_manifest_when_nobody_says_where() {
    let project = project();
    for manifest in [project.dir().join("pixi.toml"), project.dir().to_owned()] {
        let params = json!({
            "manifestPath": manifest, "sourceDirectory": null, "projectModel": {"name": null},
        });
        let server = Server::initialized(params);
        let outputs = server.outputs(Outputs::new(&project.metadata_work("demo")).params());
        assert_eq!(outputs[0]["metadata"]["version"], "1.2.3");
    }
}

#[test]
fn errors_have_no_control_characters_and_the_right_shape() {
    let project = project();
    let nasty = "\u{1b}[31mre\u{7}d\u{1b}[0m\r\u{0}";
    let initialize = Initialize::of(&project).model(json!({"name": nasty}));
    let server = Server::initialized(initialize.params());
    // `outputs_error` checks every text of the error.
    let error = server.outputs_error(Outputs::new(&project.metadata_work("demo")).params());
    let message = error["message"].as_str().expect("a message");
    assert!(
        message.starts_with("`red` cannot be the name of a conda package"),
        "{message}"
    );
}
