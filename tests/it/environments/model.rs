//! The loader of this project reads a manifest as pixi does.

use pixi_build_backends::project::load;
use pixi_build_backends::protocol::{initialize, outputs};
use rattler_conda_types::Subdir;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use test_support::fixtures::{Fixture, requests};

/// Recorded sessions that include their manifests.
const RECORDED: [&str; 3] = ["api-7-hello", "api-7-build", "api-7-rich"];

/// Reads and writes the parameters, so that absent members have the same form.
fn same_form<T: Serialize + DeserializeOwned>(params: &Value) -> Value {
    let params: T = serde_json::from_value(params.clone()).expect("own fixture");
    serde_json::to_value(params).expect("plain data")
}

#[test]
fn the_model_is_the_one_that_pixi_sent() {
    let mut compared = 0;
    for name in RECORDED {
        let fixture = Fixture::open(name);
        for process in &fixture.processes {
            let initialize = requests(process, "initialize").next();
            let sent = &initialize.expect("own fixture").params;
            let linux = Subdir::Linux64;
            let loaded = load::load(&load::LoadRequest {
                path: sent["manifestPath"].as_str().expect("own fixture").into(),
                inline: None,
                source_directory: None,
                host_platform: linux,
                build_platform: linux,
                variants: Default::default(),
                variant_files: Vec::new(),
                channels: Vec::new(),
                build_number: None,
                build_string_prefix: None,
                suggested_backend: "pixi-build-rust",
                home: None,
                current_folder: fixture.project.dir().to_path_buf(),
            });
            let loaded = loaded.unwrap_or_else(|mistakes| panic!("{name}: {mistakes:?}"));
            let scratch = fixture.project.dir().join(".pixi/scratch-v0");
            let ours = loaded.initialize_params(fixture.project.cache().to_path_buf(), scratch);
            assert_eq!(
                serde_json::to_value(ours).expect("plain data"),
                same_form::<initialize::Params>(sent),
                "{name}"
            );

            for asked in requests(process, "conda/outputs") {
                let work = asked.params["workDirectory"].as_str().expect("own fixture");
                assert_eq!(
                    serde_json::to_value(loaded.outputs_params(work.into())).expect("plain data"),
                    same_form::<outputs::Params>(&asked.params),
                    "{name}"
                );
            }
            compared += 1;
        }
    }
    assert_eq!(compared, 4);
}
