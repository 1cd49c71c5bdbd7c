//! Properties of all fixtures, and of specs and hashes of every kind.

mod hash;
mod rich;
mod specs;

use pixi_build_backends::backend::{Env, Platforms};
use pixi_build_backends::backends::cargo::Cargo;
use pixi_build_backends::engine::{PlanRequest, Session, outputs as describe, plan};
use pixi_build_backends::protocol::{build, initialize, outputs};
use pixi_build_backends::recipe::variants::VariantSelection;
use serde_json::{Value, json};

use crate::server::Server;
use test_support::fixtures::{Exchange, Fixture, requests};

/// A server that received the `initialize` request of a recorded process.
fn initialized(process: &[Exchange]) -> Server {
    let initialize = requests(process, "initialize").next();
    Server::initialized(initialize.expect("every process has one").params.clone())
}

fn session(process: &[Exchange]) -> Session {
    let initialize = requests(process, "initialize").next();
    let params = initialize.expect("every process has one").params.clone();
    let params: initialize::Params = serde_json::from_value(params).expect("it can be read");
    Session::open(&Cargo, params, Env::default()).expect("the session can be opened")
}

#[test]
fn every_answer_is_what_pixi_reads_in_the_narrowest_sense() {
    for fixture in Fixture::all() {
        for process in &fixture.processes {
            let server = initialized(process);
            for request in requests(process, "conda/outputs") {
                let outputs = server.outputs(request.params.clone());
                assert_ne!(outputs, Vec::<Value>::new(), "{}", fixture.name);
            }
        }
    }
}

#[test]
fn the_same_request_has_the_same_bytes_for_an_answer() {
    for fixture in Fixture::all() {
        for process in &fixture.processes {
            for request in requests(process, "conda/outputs") {
                let bytes = || initialized(process).answer("conda/outputs", &request.params);
                assert_eq!(bytes(), bytes(), "{}", fixture.name);
            }
        }
    }
}

#[test]
fn unknown_members_change_no_answer() {
    for fixture in Fixture::all() {
        for process in &fixture.processes {
            let server = initialized(process);
            let mut strange = process.clone();
            for exchange in &mut strange {
                add_unknown(&mut exchange.params);
            }
            let other = initialized(&strange);
            let all = requests(process, "conda/outputs").zip(requests(&strange, "conda/outputs"));
            for (plain, strange) in all {
                let answers = [
                    server.request("conda/outputs", plain.params.clone()),
                    other.request("conda/outputs", strange.params.clone()),
                ];
                assert_eq!(answers[0], answers[1], "{}", fixture.name);
            }
            for request in requests(&strange, "conda/build_v1") {
                let read: Result<build::Params, _> = serde_json::from_value(request.params.clone());
                read.unwrap_or_else(|error| panic!("{}: {error}", fixture.name));
            }
        }
    }
}

/// Adds an unknown member to every object, except where the keys are names that the user chose.
fn add_unknown(value: &mut Value) {
    match value {
        Value::Array(elements) => elements.iter_mut().for_each(add_unknown),
        Value::Object(members) => {
            for (key, member) in members.iter_mut() {
                match (key.as_str(), member) {
                    ("configuration" | "targetConfiguration" | "variant", _)
                    | ("variantConfiguration" | "extra_depends", _) => {}
                    (
                        "hostDependencies" | "buildDependencies" | "runDependencies"
                        | "runConstraints" | "conditional" | "targets" | "weak" | "strong"
                        | "noarch" | "weakConstraints" | "strongConstraints",
                        Value::Object(names),
                    ) => names.values_mut().for_each(add_unknown),
                    ("extraDependencies", Value::Object(groups)) => {
                        for group in groups.values_mut() {
                            match group {
                                Value::Object(names) => names.values_mut().for_each(add_unknown),
                                deps => add_unknown(deps),
                            }
                        }
                    }
                    (_, member) => add_unknown(member),
                }
            }
            members.insert(
                "ofTheFuture".to_owned(),
                json!({"some": ["thing", 1, null]}),
            );
        }
        _ => {}
    }
}

#[test]
fn every_output_is_recovered_from_its_variant_alone() {
    for fixture in Fixture::all() {
        for process in &fixture.processes {
            let session = session(process);
            for request in requests(process, "conda/outputs") {
                let params = serde_json::from_value(request.params.clone());
                describe_then_build_agrees(&session, params.expect("it can be read"));
            }
        }
    }
}

/// Plans each output again from the values in a build request alone, and asserts that the
/// description is the same.
#[track_caller]
pub fn describe_then_build_agrees(session: &Session, params: outputs::Params) {
    let platforms = Platforms {
        build: params.build_platform,
        host: params.host_platform,
    };
    let choice = VariantSelection::Matrix {
        files: params.variant_files.unwrap_or_default(),
        user: params.variant_configuration.unwrap_or_default(),
    };
    let ask = |choice| PlanRequest {
        platforms,
        choice,
        editable: false,
    };
    let described = describe(session, &ask(choice)).expect("the outputs can be described");
    for output in described.answer.outputs {
        let metadata = &output.metadata;
        let choice = VariantSelection::Pinned {
            output: metadata.name.clone(),
            values: metadata.variant.clone(),
        };
        let again = describe(session, &ask(choice)).expect("the build can be described");
        let id = build::OutputId {
            name: metadata.name.clone(),
            version: Some(metadata.version.clone()),
            build: Some(metadata.build.clone()),
            subdir: metadata.subdir,
            variant: metadata.variant.clone(),
        };
        again.plan.select(&id).expect("the output is found");
        let [again] = again.answer.outputs.as_slice() else {
            panic!("{id:?} stands for several outputs: {again:#?}");
        };
        assert_eq!(json!(again), json!(output));
    }
}

#[test]
fn every_recorded_build_names_an_output_that_exists() {
    for fixture in Fixture::all() {
        for process in &fixture.processes {
            let session = session(process);
            for request in requests(process, "conda/build_v1") {
                let params: build::Params =
                    serde_json::from_value(request.params.clone()).expect("it can be read");
                let platform = |prefix: &Option<build::Prefix>| {
                    prefix.as_ref().expect("pixi sends both prefixes").platform
                };
                let ask = PlanRequest {
                    platforms: Platforms {
                        build: platform(&params.build_prefix),
                        host: platform(&params.host_prefix),
                    },
                    choice: VariantSelection::Pinned {
                        output: params.output.name.clone(),
                        values: params.output.variant.clone(),
                    },
                    editable: false,
                };
                let plan = plan(&session, &ask).expect("the build can be planned");
                if let Err(error) = plan.select(&params.output) {
                    panic!("{}: {error:?}", fixture.name);
                }
            }
        }
    }
}
