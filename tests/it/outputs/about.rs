//! The metadata of a package from `pixi.toml`, from `Cargo.toml` and from the Cargo workspace.

use indoc::{formatdoc, indoc};
use serde_json::{Value, json};

use test_support::archive::Archive;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::requests::{Initialize, Outputs};
use test_support::toolchain::channel;

const MAIN: &str = "fn main() {}\n";

/// Returns the metadata of the only output.
fn described(project: &Project, params: &Initialize) -> Value {
    let mut pixi = Pixi::start();
    pixi.initialize(params);
    let mut outputs = pixi.outputs(&Outputs::new(&project.metadata_work("hello")));
    assert_eq!(outputs.len(), 1);
    outputs.remove(0)["metadata"].take()
}

fn name_and_version(project: &Project, params: &Initialize) -> String {
    let metadata = described(project, params);
    let text = |key: &str| {
        metadata[key]
            .as_str()
            .expect("outputs have text here")
            .to_owned()
    };
    format!("{} {}", text("name"), text("version"))
}

/// Returns the built package and the messages of its build.
fn built(project: &Project, params: &Initialize, name: &str) -> (Archive, String) {
    let mut pixi = Pixi::start();
    pixi.initialize(params);
    let archive = pixi.package(project, channel(), name);
    (archive, pixi.stderr().join("\n"))
}

#[test]
fn everything_is_found_in_cargo_toml() {
    let project = Project::new()
        .file(
            "Cargo.toml",
            indoc! {r#"
                [package]
                name = "Hello_World"
                version = "1.0.0-rc.1"
                edition = "2024"
                description = "Greets the world. Politely, e.g. with\na wave."
                license = "MIT/Apache-2.0"
                homepage = "https://hello.example"
                repository = "https://code.example/hello"
                documentation = "https://docs.example"
            "#},
        )
        .file("src/main.rs", MAIN)
        .file("LICENSE-MIT", "mit")
        .file("COPYING", "copying")
        .lock();
    let params = Initialize::of(&project);
    let (archive, _) = built(&project, &params, "hello_world");
    let index = archive.index();
    assert_eq!(index["name"], "hello_world");
    assert_eq!(index["version"], "1.0.0rc1");
    let about = archive.about();
    assert_eq!(about["summary"], "Greets the world");
    assert_eq!(
        about["description"],
        "Greets the world. Politely, e.g. with\na wave."
    );
    assert_eq!(about["license"], "MIT OR Apache-2.0");
    assert_eq!(about["home"], "https://hello.example/");
    assert_eq!(about["dev_url"], "https://code.example/hello");
    assert_eq!(about["doc_url"], "https://docs.example/");
    assert_eq!(archive.text("info/licenses/LICENSE-MIT"), "mit");
    assert_eq!(archive.text("info/licenses/COPYING"), "copying");
}

#[test]
fn the_manifest_wins_field_by_field() {
    let project = Project::hello();
    let params = Initialize::of(&project).model(json!({"version": "7.0", "license": "ISC"}));
    let metadata = described(&project, &params);
    assert_eq!(metadata["name"], "hello");
    assert_eq!(metadata["version"], "7.0");
    assert_eq!(metadata["license"], "ISC");
    let params = params.configuration(json!({"ignore-cargo-manifest": true}));
    let params = params.model(json!({"name": "other", "license": null}));
    let metadata = described(&project, &params);
    assert_eq!(metadata["name"], "other");
    assert_eq!(metadata["license"], Value::Null);
}

/// A member that inherits every value that can be inherited.
fn inheriting(name: &str, more: &str) -> String {
    formatdoc!(
        r#"
            [package]
            name = "{name}"
            version.workspace = true
            edition = "2024"
            license-file.workspace = true
            {more}"#
    )
}

const TEMPLATE: &str = indoc! {r#"
    [workspace.package]
    version = "2.1.0"
    license-file = "legal/TEXT"
"#};

#[test]
fn values_are_inherited_from_a_workspace_above() {
    let project = Project::new()
        .file(
            "Cargo.toml",
            formatdoc!(
                r#"
                [workspace]
                members = ["apps/*"]
                {TEMPLATE}"#
            ),
        )
        .file("legal/TEXT", "the text")
        .file("apps/app/Cargo.toml", inheriting("app", ""))
        .file("apps/app/src/main.rs", MAIN)
        .lock();
    let params = Initialize::member(&project, "apps/app");
    let (archive, _) = built(&project, &params, "app");
    assert_eq!(archive.index()["version"], "2.1.0");
    assert_eq!(archive.text("info/licenses/TEXT"), "the text");
}

#[test]
fn values_are_inherited_from_the_crates_own_workspace() {
    let own = inheriting("own", &format!("\n[workspace]\n{TEMPLATE}"));
    let project = Project::new()
        .file("Cargo.toml", "[workspace.package]\nversion = \"9.9.9\"\n")
        .file("own/Cargo.toml", own);
    let params = Initialize::member(&project, "own");
    assert_eq!(name_and_version(&project, &params), "own 2.1.0");
}

#[test]
fn values_are_inherited_from_the_workspace_the_crate_names() {
    let project = Project::new()
        .file("Cargo.toml", "[workspace.package]\nversion = \"9.9.9\"\n")
        .file(
            "root/Cargo.toml",
            formatdoc!(
                r#"
                [workspace]
                members = ["../app"]
                {TEMPLATE}"#
            ),
        )
        .file(
            "app/Cargo.toml",
            inheriting("app", "workspace = \"../root\"\n"),
        );
    let params = Initialize::member(&project, "app");
    assert_eq!(name_and_version(&project, &params), "app 2.1.0");
}

#[test]
fn a_workspace_that_excludes_the_crate_does_not_count() {
    let project = Project::new()
        .file(
            "Cargo.toml",
            formatdoc!(
                r#"
                [workspace]
                exclude = ["app"]
                {TEMPLATE}"#
            ),
        )
        .file(
            "app/Cargo.toml",
            indoc! {r#"
                [package]
                name = "app"
                version = "0.1.0"
            "#},
        );
    let params = Initialize::member(&project, "app");
    assert_eq!(name_and_version(&project, &params), "app 0.1.0");
}

#[test]
fn license_texts_above_the_package_are_packed() {
    let project = Project::new()
        .file("LICENSE", "from above")
        .file(
            "app/Cargo.toml",
            indoc! {r#"
                [package]
                name = "app"
                version = "0.1.0"
                edition = "2024"
                license-file = "../LICENSE"
            "#},
        )
        .file("app/src/main.rs", MAIN)
        .lock_in("app");
    let params = Initialize::member(&project, "app");
    let (archive, said) = built(&project, &params, "app");
    assert_eq!(archive.text("info/licenses/LICENSE"), "from above");
    assert!(!said.contains("license text"), "{said}");
}

#[test]
fn the_workspace_has_the_license_texts_its_members_lack() {
    let project = Project::new()
        .file("Cargo.toml", "[workspace]\nmembers = [\"app\"]\n")
        .file("UNLICENSE", "of the workspace")
        .file(
            "app/Cargo.toml",
            indoc! {r#"
                [package]
                name = "app"
                version = "0.1.0"
                edition = "2024"
            "#},
        )
        .file("app/src/main.rs", MAIN)
        .lock();
    let params = Initialize::member(&project, "app");
    let (archive, _) = built(&project, &params, "app");
    assert_eq!(archive.text("info/licenses/UNLICENSE"), "of the workspace");
}

#[test]
fn texts_are_found_where_the_reuse_specification_wants_them() {
    let project = Project::hello()
        .file("LICENSES/MIT.txt", "of one")
        .file("LICENSES/CC0-1.0.txt", "of another");
    let params = Initialize::of(&project).package("hello", "0.3.1");
    let (archive, said) = built(&project, &params, "hello");
    assert_eq!(archive.text("info/licenses/MIT.txt"), "of one");
    assert_eq!(archive.text("info/licenses/CC0-1.0.txt"), "of another");
    assert!(!said.contains("license text"), "{said}");
}

#[test]
fn what_cannot_be_used_is_left_out_and_reported_during_the_build() {
    let project = Project::new()
        .file(
            "Cargo.toml",
            indoc! {r#"
                [package]
                name = "hello"
                version = "0.1.0"
                edition = "2024"
                license = "do what you want"
                homepage = "no address"
            "#},
        )
        .file("src/main.rs", MAIN)
        .lock();
    let (archive, said) = built(&project, &Initialize::of(&project), "hello");
    assert_eq!(archive.about()["license"], Value::Null);
    for warning in [
        "`do what you want`",
        "`no address`",
        "no license text was found",
    ] {
        assert!(said.contains(warning), "{warning} is not in\n{said}");
    }
}

#[test]
fn a_license_file_that_does_not_exist_is_reported_and_fails_nothing() {
    let project = Project::hello();
    let params = Initialize::of(&project).model(json!({"licenseFile": "LICENCE.txt"}));
    let (archive, said) = built(&project, &params, "hello");
    assert!(!archive.has("info/licenses"));
    assert!(said.contains("LICENCE.txt does not exist"), "{said}");
}

#[test]
fn text_that_looks_like_a_template_is_only_text() {
    let project = Project::hello().file(
        "Cargo.toml",
        indoc! {r#"
            [package]
            name = "hello"
            version = "0.3.1"
            edition = "2024"
            description = "Renders ${{ nothing }} and {% raw %}."
        "#},
    );
    let (archive, _) = built(&project, &Initialize::of(&project), "hello");
    assert_eq!(
        archive.about()["description"],
        "Renders ${{ nothing }} and {% raw %}."
    );
}

#[test]
fn a_virtual_workspace_builds_the_member_of_the_packages_name() {
    let project = Project::new()
        .file(
            "Cargo.toml",
            indoc! {r#"
                [workspace]
                members = ["crates/*"]
                resolver = "3"
            "#},
        )
        .file(
            "crates/one/Cargo.toml",
            indoc! {r#"
                [package]
                name = "one"
                version = "1.0.0"
                edition = "2024"
            "#},
        )
        .file("crates/one/src/main.rs", MAIN)
        .file("crates/one/LICENSE", "of one")
        .file(
            "crates/two/Cargo.toml",
            indoc! {r#"
                [package]
                name = "two"
                version = "2.0.0"
                edition = "2024"
            "#},
        )
        .file("crates/two/src/bin/second.rs", MAIN)
        .lock();
    let params = Initialize::of(&project).model(json!({"name": "second"}));
    let (archive, _) = built(&project, &params, "second");
    assert_eq!(archive.files(), ["bin/second"]);
    assert_eq!(archive.index()["version"], "2.0.0");
    let params = Initialize::of(&project).model(json!({"name": "one"}));
    let (archive, _) = built(&project, &params, "one");
    assert_eq!(archive.files(), ["bin/one"]);
    assert_eq!(archive.text("info/licenses/LICENSE"), "of one");
}

#[test]
fn any_manifest_will_do() {
    let project = Project::hello();
    let folder = project.dir();
    for manifest in [
        "pyproject.toml",
        "mojoproject.toml",
        "does-not-exist.toml",
        "",
    ] {
        let path = folder.join(manifest);
        let params = Initialize::of(&project).set("manifestPath", json!(path));
        assert_eq!(
            name_and_version(&project, &params),
            "hello 0.3.1",
            "{manifest}"
        );
        // Older releases of pixi do not send the source directory.
        let params = params.set("sourceDirectory", Value::Null);
        assert_eq!(
            name_and_version(&project, &params),
            "hello 0.3.1",
            "{manifest}"
        );
    }
}

#[test]
fn the_source_may_lie_elsewhere_and_have_any_name() {
    let folder = "my $crate's `dir` \"x\" %PATH%";
    let file = |name: &str| format!("{folder}/{name}");
    let project = Project::new()
        .file(
            &file("Cargo.toml"),
            indoc! {r#"
                [package]
                name = "odd"
                version = "0.1.0"
                edition = "2024"
            "#},
        )
        .file(&file("src/main.rs"), MAIN)
        .file(&file("LICENSE"), "odd")
        .lock_in(folder);
    let source = project.dir().join(folder);
    let params = Initialize::of(&project).set("sourceDirectory", json!(source));
    let (archive, _) = built(&project, &params, "odd");
    assert_eq!(archive.files(), ["bin/odd"]);
    assert_eq!(archive.text("info/licenses/LICENSE"), "odd");
}
