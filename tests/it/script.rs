//! The text of the build script, for every kind of shell on every machine.

use pixi_build_backends::backend::{Env, Platforms};
use pixi_build_backends::backends::cargo::Cargo;
use pixi_build_backends::engine::{PlanRequest, Session, plan};
use pixi_build_backends::protocol::initialize;
use pixi_build_backends::recipe::variants::VariantSelection;
use rattler_build_recipe::stage0::Recipe;
use rattler_conda_types::Subdir;
use serde_json::json;

use super::support::project::Project;

/// The commands of the recipe that is rendered for a build on `build` for `host`.
fn script(build: Subdir, host: Subdir) -> String {
    let project = Project::new().file(
        "Cargo.toml",
        "[package]\nname = \"tool\"\nversion = \"1.0.0\"\n",
    );
    let params: initialize::Params = serde_json::from_value(json!({
        "manifestPath": project.dir().join("pixi.toml"),
        "sourceDirectory": project.dir(),
        "cacheDirectory": "/cache of pixi",
        "projectModel": {"secrets": ["TOKEN"]},
        "configuration": {
            "extra-args": ["--features", "a b", "--config", "profile.release.lto=\"thin\"", "100%"],
            "binaries": ["tool"],
            "env": {"FLAGS": "-L$PREFIX/lib it's", "PERCENT": "%PATH% & \"more\""},
        },
    }))
    .expect("the parameters are valid");
    let session = Session::open(&Cargo, params, Env::default()).expect("the project is valid");
    let ask = PlanRequest {
        platforms: Platforms { build, host },
        choice: VariantSelection::Matrix {
            files: Vec::new(),
            user: Default::default(),
        },
        editable: false,
    };
    let plan = plan(&session, &ask).expect("the package can be planned");
    let Recipe::SingleOutput(recipe) = plan.recipe.stage0() else {
        panic!("a draft is for one package");
    };
    let recipe = serde_json::to_value(&recipe.build.plan).expect("a plan is data");
    let commands = recipe["script"]["content"].as_array().expect("a list");
    let lines: Vec<&str> = commands.iter().filter_map(|line| line.as_str()).collect();
    lines
        .join("\n")
        .replace(&project.dir().display().to_string(), "<project>")
}

/// The folder is named after the content of the files in it.
const PROGRAMS: [(&str, &str); 1] = [("compiler-cache/[0-9a-f]{16}", "compiler-cache/<hash>")];

#[test]
fn bash_on_linux() {
    insta::with_settings!({filters => PROGRAMS}, {
        insta::assert_snapshot!(script(Subdir::Linux64, Subdir::Linux64));
    });
}

#[test]
fn bash_on_macos() {
    insta::with_settings!({filters => PROGRAMS}, {
        insta::assert_snapshot!(script(Subdir::OsxArm64, Subdir::OsxArm64));
    });
}

#[test]
fn cmd_on_windows() {
    insta::assert_snapshot!(script(Subdir::Win64, Subdir::Win64));
}
