//! Recorded sessions, answer by answer, against what another backend answered.

use serde_json::{Value, json};

use super::initialized;
use test_support::fixtures::{Fixture, requests};

/// Recorded answers and ours to the same requests.
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

/// `null` and missing mean the same wherever a member is optional.
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

/// Takes out of our answer what the other backend did not say, after a look at it.
///
/// * `flags` and `trackFeatures` belong to later releases than the recorded one's
///   backend; without any they are empty lists.
/// * `extraDependencies` is an empty object where the other left it out.
/// * `inputGlobSets` and `inputGlobs`: the other backend names `Cargo.toml` relative
///   to the source folder; we do too, and name every manifest exactly in the sets.
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
