//! The responses of this backend to recorded requests, compared with those of another backend.

use serde_json::{Value, json};

use super::initialized;
use test_support::fixtures::{Fixture, requests};

/// Recorded responses, and the responses of this backend to the same requests.
fn pairs(name: &'static str) -> Vec<(Value, Value)> {
    let fixture = Fixture::open(name);
    let mut pairs = Vec::new();
    for process in &fixture.processes {
        let server = initialized(process);
        for request in requests(process, "conda/outputs") {
            let recorded = request.recorded.clone().expect("the session was recorded");
            let ours = server.request("conda/outputs", request.params.clone());
            pairs.push((recorded, ours.expect("the other backend succeeded too")));
        }
    }
    pairs
}

/// Removes `null` members, which mean the same as absent members.
fn without_nulls(value: &mut Value) {
    match value {
        Value::Array(elements) => elements.iter_mut().for_each(without_nulls),
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(without_nulls);
        }
        _ => {}
    }
}

/// Removes members that the other backend did not send, after a check of their values.
///
/// * `flags` and `trackFeatures` belong to later releases than that of the recorded backend.
/// * `extraDependencies` is an empty object if the other backend did not send it.
/// * `inputGlobSets` and `inputGlobs`: both backends name `Cargo.toml` relative to the source
///   directory. This backend also names every manifest exactly in the sets.
fn without_additions(ours: &mut Value) {
    for output in ours["outputs"].as_array_mut().expect("checked") {
        let metadata = output["metadata"].as_object_mut().expect("checked");
        assert_eq!(metadata.remove("flags"), Some(json!([])));
        assert_eq!(metadata.remove("trackFeatures"), Some(json!([])));
        if output["extraDependencies"] == json!({}) {
            output
                .as_object_mut()
                .expect("checked")
                .remove("extraDependencies");
        }
    }
    let ours = ours.as_object_mut().expect("checked");
    assert!(ours.remove("inputGlobSets").is_some());
    let globs = ours.insert("inputGlobs".to_owned(), json!(["Cargo.toml"]));
    let globs = globs.expect("checked");
    let globs = globs.as_array().expect("checked");
    assert!(globs.contains(&json!("Cargo.toml")), "{globs:?}");
}

#[test]
fn recorded_sessions_come_out_the_same() {
    for name in ["api-7-build", "api-7-hello", "api-7-rich"] {
        for (mut recorded, mut ours) in pairs(name) {
            without_nulls(&mut recorded);
            without_nulls(&mut ours);
            without_additions(&mut ours);
            assert_eq!(ours, recorded, "{name}");
        }
    }
}
