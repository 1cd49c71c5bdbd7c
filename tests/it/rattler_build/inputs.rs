//! The files that make pixi request outputs or builds again.

use indoc::indoc;
use serde_json::{Value, json};

use super::{alone, empty_channel, project};
use test_support::build::Build;
use test_support::freshness::Remembered;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::requests::{Initialize, Outputs};

/// The files that pixi remembers for the description, and for the build of the first output.
fn remembered(project: &Project) -> (Remembered, Remembered) {
    let channel = empty_channel(project);
    let mut pixi = Pixi::of(project);
    pixi.initialize(&Initialize::of(project));
    let params = Outputs::new(&project.metadata_work("x")).channel(&channel);
    let described: Value = pixi
        .request("conda/outputs", params.params())
        .expect("the project can be described");
    let output = alone(&described["outputs"][0]);
    let build = Build::prepare(&output, &project.build_work("x"), &channel);
    let built = pixi.build(&build).expect("the output can be built");
    let source = project.dir();
    (
        Remembered::of(&described, source),
        Remembered::of(&built, source),
    )
}

#[test]
fn edits_that_matter_build_again_and_others_do_not() {
    let project = project(indoc! {"
            package: {name: foobar, version: 0.1.0}
            source: {path: src, patches: [fix.patch], filter: {exclude: ['*.md']}}
            build: {script: {file: make.sh}}
            about: {license_file: 'LICENSE*'}
        "})
    .file("src/a.txt", "one\n")
    .file("src/.gitignore", "*.o\n")
    .file(
        "fix.patch",
        indoc! {"
            --- a/a.txt
            +++ b/a.txt
            @@ -1 +1 @@
            -one
            +two
        "},
    )
    .file("make.sh", "cp $RECIPE_DIR/extra.txt $PREFIX\n")
    .file("extra.txt", "")
    .file("LICENSE", "")
    .file("LICENSES/MIT.txt", "");
    let (described, built) = remembered(&project);
    let edits: [(&str, bool, bool); 15] = [
        ("recipe.yaml", true, true),
        ("pixi.toml", true, true),
        ("variants.yaml", true, true),
        ("src/a.txt", false, true),
        ("src/.new", false, true),
        ("fix.patch", false, true),
        ("make.sh", false, true),
        ("extra.txt", false, true),
        ("LICENSE", false, true),
        ("LICENSES/MIT.txt", false, true),
        ("README.md", false, false),
        ("notes.txt", false, false),
        ("src/b.o", false, false),
        ("src/x.md", false, false),
        (".pixi/envs/x", false, false),
    ];
    for (path, metadata, build) in edits {
        let file = project.dir().join(path);
        let before = fs_err::read(&file).ok();
        project.write(path, "edited");
        assert_eq!(
            !described.changes().is_empty(),
            metadata,
            "{path} and the metadata"
        );
        assert_eq!(!built.changes().is_empty(), build, "{path} and the build");
        match before {
            Some(before) => project.write(path, before),
            None => project.remove(path),
        }
    }
    assert!(built.changes().is_empty(), "touching is no change");
}

#[test]
fn a_recipe_at_the_root_of_a_workspace_does_not_watch_it() {
    let project = project("package: {name: foobar, version: 0.1.0}\nbuild: {script: 'true'}\n");
    for number in 0..100 {
        project.write(&format!("data/{number}/x.txt"), "");
    }
    let (described, built) = remembered(&project);
    assert!(
        built.visited() < 60,
        "{} entries were looked at",
        built.visited()
    );
    project.write("data/new.txt", "");
    project.write("new.txt", "");
    assert!(described.changes().is_empty() && built.changes().is_empty());
    project.write("build.sh", "exit 1\n");
    assert!(
        built.changes().is_empty(),
        "the recipe does not name the script"
    );
}

#[test]
fn files_that_are_read_while_the_recipe_is_evaluated_count() {
    let project = project(
        "package: {name: foobar, version: '${{ load_from_file(\"meta.json\").version }}'}\n",
    )
    .file("meta.json", "{\"version\": \"1.5\"}");
    let mut pixi = Pixi::of(&project);
    let config = json!({"experimental": true});
    pixi.initialize(&Initialize::of(&project).configuration(config));
    let params = Outputs::new(&project.metadata_work("x"));
    let described = pixi
        .request("conda/outputs", params.params())
        .expect("the project can be described");
    assert_eq!(described["outputs"][0]["metadata"]["version"], "1.5");
    let remembered = Remembered::of(&described, project.dir());
    project.write("meta.json", "{}");
    assert!(!remembered.changes().is_empty());
}
