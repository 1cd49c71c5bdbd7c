//! The backend of `docs/writing-a-backend.md`, and the package that it builds.

mod backend;

use pixi_build_backends::backend::Env;
use pixi_build_backends::engine::debug::DebugFolder;
use pixi_build_backends::engine::{self, PlanRequest, Session};
use pixi_build_backends::protocol::build::Params;
use pixi_build_backends::recipe::variants::VariantSelection;
use serde_json::json;

use backend::Texts;
use test_support::archive::Archive;
use test_support::machine::machine;
use test_support::project::Project;

#[test]
fn the_page_shows_the_backend_as_it_is() {
    let page = include_str!("../../../../docs/writing-a-backend.md");
    let code = include_str!("backend.rs");
    assert!(
        page.contains(code),
        "the page holds all of tests/it/house/toy/backend.rs"
    );
    assert!(code.lines().count() <= 80);
}

#[tokio::test]
async fn a_folder_of_texts_becomes_a_package() {
    let project = Project::new()
        .file("hello.txt", "hello\n")
        .file("notes.md", "not a text\n");
    let initialize = serde_json::from_value(json!({
        "manifestPath": project.dir().join("pixi.toml"),
        "sourceDirectory": project.dir(),
        "projectModel": {"name": "texts", "version": "1.0"},
    }));
    let initialize = initialize.expect("the parameters are valid");
    let session = Session::open(&Texts, initialize, Env::capture()).expect("the project is good");

    let subdir = machine().subdir;
    let ask = PlanRequest {
        platforms: pixi_build_backends::backend::Platforms {
            build: subdir,
            host: subdir,
        },
        choice: VariantSelection::Matrix {
            files: Vec::new(),
            user: Default::default(),
        },
        editable: false,
    };
    let described = engine::outputs(&session, &ask).expect("it can be described");
    let [output] = described.answer.outputs.as_slice() else {
        panic!("{:?}", described.answer);
    };
    assert_eq!(output.metadata.subdir.as_str(), "noarch");

    let work = project.build_work("texts");
    let prefix = |name: &str| json!({"prefix": work.join(name), "platform": subdir});
    let params: Params = serde_json::from_value(json!({
        "buildPrefix": prefix("bld"),
        "hostPrefix": prefix("host"),
        "workDirectory": work,
        "output": {
            "name": "texts",
            "version": output.metadata.version,
            "build": output.metadata.build,
            "subdir": output.metadata.subdir,
            "variant": output.metadata.variant,
        },
    }))
    .expect("the parameters are valid");
    for name in ["bld", "host"] {
        fs_err::create_dir_all(work.join(name)).expect("own folder");
    }
    let built = engine::build(&session, params, &DebugFolder::of(&work)).await;
    let built = built.expect("it can be built");
    let archive = Archive::open(&built.answer.output_file);
    assert_eq!(archive.text("share/hello.txt"), "hello\n");
    assert_eq!(archive.files(), ["share/hello.txt"]);
}
