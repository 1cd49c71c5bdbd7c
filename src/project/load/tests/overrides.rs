//! Options of the command line, and paths.

use serde_json::json;

use super::{BACKEND, Tree, WORKSPACE};

#[test]
fn command_line_wins() {
    let tree = Tree::new()
        .file(
            "ws/pixi.toml",
            &format!(
                "{WORKSPACE}build-variants = {{ python = [\"3.11.*\"], perl = [\"5.*\"] }}\n{BACKEND}\
                 [package.build]\nbuild-number = 1\nbuild-string-prefix = \"cpu\"\n"
            ),
        )
        .file("extra.yaml", "")
        .at("ws")
        .with(|request| {
            request.build_number = Some(7);
            request.build_string_prefix = Some("gpu".to_owned());
            request.channels = vec!["bioconda".to_owned(), "./mine".to_owned()];
            request.variants = [("python".to_owned(), vec!["3.13.*".to_owned()])].into();
            request.variant_files = vec!["extra.yaml".into()];
        });
    let record = tree.record();
    assert_eq!(record["projectModel"]["buildNumber"], 7);
    assert_eq!(record["projectModel"]["buildStringPrefix"], "gpu");
    assert_eq!(
        record["channels"],
        json!([
            "https://conda.anaconda.org/bioconda",
            "file:///home/user/mine"
        ])
    );
    assert_eq!(record["variantFiles"], json!(["/home/user/extra.yaml"]));
    // Without conda-forge a C library is not derived.
    assert_eq!(
        tree.variants(),
        json!({"python": ["3.13.*"], "perl": ["5.*"]})
    );
}

#[test]
fn source_directory_of_the_command_line_replaces_a_repository() {
    let tree = Tree::package(
        "[package]\nlicense-file = \"LICENSE\"\n[package.build]\nsource = { git = \"https://g.org/a\" }",
    )
    .file("checkout/LICENSE", "")
    .with(|request| request.source_directory = Some("checkout".into()));
    assert_eq!(tree.record()["sourceDirectory"], "/home/user/checkout");
    assert_eq!(tree.model()["licenseFile"], "LICENSE");
    insta::assert_snapshot!(tree.warnings());
}

#[test]
fn files_of_the_command_line_must_exist() {
    let tree = Tree::package("").with(|request| {
        request.source_directory = Some("nowhere".into());
        request.variant_files = vec!["nothing.yaml".into()];
        request.channels = vec!["https://[/x".to_owned()];
    });
    insta::assert_snapshot!(tree.mistakes());
}

#[test]
fn source_can_be_a_file_or_below_the_home_folder() {
    let tree = Tree::package("[package.build]\nsource.path = \"~/code/Cargo.toml\"")
        .file("code/Cargo.toml", "");
    assert_eq!(tree.record()["sourceDirectory"], "/home/user/code");
}

#[test]
fn absolute_files_are_sent_relative_to_the_code() {
    let tree = Tree::package("").file("elsewhere/LICENSE", "");
    let path = tree.request.current_folder.join("elsewhere/LICENSE");
    let text = format!(
        "{WORKSPACE}[package]\nlicense-file = '{}'\nreadme = \"./R.md\"\n{BACKEND}",
        path.display()
    );
    let tree = tree.file("ws/pixi.toml", &text).file("ws/R.md", "");
    assert_eq!(tree.model()["licenseFile"], "../elsewhere/LICENSE");
    assert_eq!(tree.model()["readme"], "R.md");
}

#[test]
fn archives_lie_where_they_are_written() {
    let tree = Tree::new()
        .file(
            "ws/pixi.toml",
            &format!("{WORKSPACE}[workspace.dependencies]\npooled = {{ path = \"p/x.conda\" }}\n"),
        )
        .file(
            "ws/a/pixi.toml",
            &format!(
                "{BACKEND}[package.host-dependencies]\npooled.workspace = true\nown = {{ path = \"../own.tar.bz2\" }}\n"
            ),
        )
        .at("ws/a");
    let host = &tree.record()["projectModel"]["targets"]["defaultTarget"]["hostDependencies"];
    assert_eq!(
        host,
        &json!({
            "pooled": {"binary": {"url": "file:///home/user/ws/p/x.conda"}},
            "own": {"binary": {"url": "file:///home/user/ws/own.tar.bz2"}},
        })
    );
}

#[test]
fn pooled_paths_are_seen_from_the_member() {
    let tree = Tree::new()
        .file(
            "ws/pixi.toml",
            &format!(
                "{WORKSPACE}[workspace.dependencies]\na = {{ path = \"./crates/a\" }}\nb = {{ path = \"~/b\" }}\n\
                 c = {{ path = \"/c\" }}\n"
            ),
        )
        .file(
            "ws/crates/m/pixi.toml",
            &format!("{BACKEND}[package.host-dependencies]\nA.workspace = true\nb.workspace = true\nc.workspace = true\n"),
        )
        .at("ws/crates/m");
    let path = |path: &str| json!({"source": {"path": {"path": path}}});
    assert_eq!(
        tree.model()["targets"]["defaultTarget"]["hostDependencies"],
        json!({"A": path("../a"), "b": path("~/b"), "c": path("/c")})
    );
}

#[test]
fn solver_options_are_kept() {
    let tree = Tree::new()
        .file(
            "ws/pixi.toml",
            &format!(
                "[workspace]\nchannels = [{{ channel = \"a\", exclude-newer = \"1d\" }}]\nexclude-newer = \"1w\"\n\
                 channel-priority = \"flexible\"\n[exclude-newer]\nOpenSSL = \"0d\"\n{BACKEND}"
            ),
        )
        .at("ws");
    insta::assert_debug_snapshot!(tree.load().solving);
}
