//! Recipes in the style of conda-forge. Each one is described for three platforms. A build
//! starts from the variant of an output, so each output must be found by its variant alone.

use std::path::{Path, PathBuf};

use pixi_build_backends::backend::{Env, Platforms};
use pixi_build_backends::backends::rattler_build::RattlerBuild;
use pixi_build_backends::engine::{PlanRequest, Session, plan};
use pixi_build_backends::protocol::initialize;
use pixi_build_backends::recipe::variants::VariantSelection;
use rattler_conda_types::Subdir;
use serde_json::json;

use super::{lines, project};

pub fn recipes() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/rattler_build/suite");
    let entries = fs_err::read_dir(folder).expect("the suite exists");
    let paths = entries.map(|entry| entry.expect("the suite is readable").path());
    let mut paths: Vec<PathBuf> = paths
        .filter(|path| !path.ends_with("variants.yaml"))
        .collect();
    paths.sort();
    paths
}

pub fn variants() -> String {
    let file = "tests/it/rattler_build/suite/variants.yaml";
    fs_err::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file))
        .expect("the file exists")
}

#[test]
fn recipes_of_conda_forge_are_described() {
    let recipes = recipes();
    assert!(recipes.len() >= 25, "{} recipes", recipes.len());
    let mut all = Vec::new();
    for path in recipes {
        let text = fs_err::read_to_string(&path).expect("the recipe is readable");
        let project = project(&text).file("variants.yaml", variants());
        all.push(format!(
            "# {}",
            path.file_stem()
                .expect("a recipe has a file name")
                .display()
        ));
        for host in ["linux-64", "osx-arm64", "win-64"] {
            all.push(format!("## {host}\n{}", lines(&project, host, json!({}))));
        }
    }
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn every_output_is_found_again_from_its_variants() {
    for path in recipes() {
        let text = fs_err::read_to_string(&path).expect("the recipe is readable");
        let project = project(&text).file("variants.yaml", variants());
        let params: initialize::Params = serde_json::from_value(json!({
            "manifestPath": project.dir().join("pixi.toml"),
            "sourceDirectory": project.dir(),
        }))
        .expect("the parameters are valid");
        let session =
            Session::open(&RattlerBuild, params, Env::default()).expect("the session opens");
        for host in [Subdir::Linux64, Subdir::OsxArm64, Subdir::Win64] {
            let ask = |choice| PlanRequest {
                platforms: Platforms {
                    build: Subdir::Linux64,
                    host,
                },
                choice,
                editable: false,
            };
            let matrix = VariantSelection::Matrix {
                files: Vec::new(),
                user: Default::default(),
            };
            let all = plan(&session, &ask(matrix)).expect("the recipe can be planned");
            for output in &all.outputs {
                let choice = VariantSelection::Pinned {
                    output: output.name().to_string(),
                    values: output.wire.clone(),
                };
                let name = format!("{} of {}", output.identifier(), path.display());
                let again = plan(&session, &ask(choice))
                    .unwrap_or_else(|error| panic!("{name}: {error:?}"));
                let found = again.outputs.iter().any(|other| {
                    other.identifier() == output.identifier() && other.wire == output.wire
                });
                assert!(found, "{name}: {again:?}");
            }
        }
    }
}
