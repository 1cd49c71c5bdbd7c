//! Dependencies in tables, conditions, groups and lists.

use serde_json::{Value as Json, json};

use super::{BACKEND, Tree, WORKSPACE};

#[track_caller]
fn targets(text: &str) -> Json {
    Tree::package(text).model()["targets"].clone()
}

fn any() -> Json {
    json!({"binary": {"version": "*"}})
}

fn plain() -> Json {
    json!({"hostDependencies": {}, "buildDependencies": {}, "runDependencies": {}, "runConstraints": {}})
}

#[test]
fn empty_groups_and_buckets_leave_no_trace() {
    let text =
        "[package.extra-dependencies.a]\n[package.run-exports.weak]\n[package.run-dependencies]\n";
    assert_eq!(targets(text), json!({"defaultTarget": plain()}));
}

#[test]
fn empty_condition_is_an_empty_target() {
    assert_eq!(
        targets("[package.extra-dependencies.a.\"if( win )\"]"),
        json!({"defaultTarget": plain(), "conditional": {"win": plain()}})
    );
}

#[test]
fn group_may_be_conditional_only() {
    let mut conditional = plain();
    conditional["extraDependencies"] = json!({"a": {"b": any()}});
    assert_eq!(
        targets("[package.extra-dependencies.a.\"if(win)\"]\nb = \"*\""),
        json!({"defaultTarget": plain(), "conditional": {"win": conditional}})
    );
}

#[test]
fn one_condition_in_several_tables_is_one_target() {
    let targets = targets(
        "[package.build-dependencies.\"if(unix)\"]\na = \"*\"\n[package.host-dependencies.\"if(unix)\"]\nb = \"*\"\n\
         [package.run-exports.strong.\"if(unix)\"]\nc = \"*\"",
    );
    let unix = &targets["conditional"]["unix"];
    assert_eq!(unix["buildDependencies"], json!({"a": any()}));
    assert_eq!(unix["hostDependencies"], json!({"b": any()}));
    assert_eq!(unix["runExports"], json!({"strong": {"c": any()}}));
}

#[test]
fn conditions_are_listed_table_by_table() {
    let tables = [
        "extra-dependencies.x",
        "run-exports.weak-constraints",
        "run-exports.strong-constraints",
        "run-exports.weak",
        "run-exports.strong",
        "run-exports.noarch",
        "build-dependencies",
        "host-dependencies",
        "run-constraints",
        "run-dependencies",
    ];
    let text: String = (tables.iter())
        .map(|table| format!("[package.{table}.\"if(match(v, '{table}'))\"]\na = \"*\"\n"))
        .collect();
    let model = Tree::package(&text).load().project_model;
    let listed = model.targets.unwrap().conditional.unwrap().into_keys();
    let expected: Vec<_> = (tables.iter().rev())
        .map(|table| format!("match(v, '{table}')"))
        .collect();
    assert_eq!(listed.collect::<Vec<_>>(), expected);
}

#[test]
fn dotted_key_is_a_table_and_quoted_key_a_name() {
    let targets =
        targets("[package.host-dependencies]\npython.version = \"3.*\"\n\"ruamel.yaml\" = \"*\"");
    assert_eq!(
        targets["defaultTarget"]["hostDependencies"],
        json!({"python": {"binary": {"version": "3.*"}}, "ruamel.yaml": any()})
    );
}

#[test]
fn run_exports_take_sources_that_are_no_archives() {
    let targets = targets(
        "[package.run-exports.weak]\na = { path = \"../a\" }\nb = { git = \"https://g.org/b\", rev = \"abc\" }",
    );
    assert_eq!(
        targets["defaultTarget"]["runExports"]["weak"],
        json!({
            "a": {"source": {"path": {"path": "../a"}}},
            "b": {"source": {"git": {"git": "https://g.org/b", "rev": {"rev": "abc"}}}},
        })
    );
}

#[test]
fn all_keys_of_a_binary_package_are_sent() {
    let targets = targets(
        "[package.host-dependencies.a]\nversion = \"1.*\"\nbuild = \"^h.*$\"\nbuild-number = \"3\"\n\
         file-name = \"a-1.conda\"\nextras = [\"x\"]\nflags = [\"y:*\"]\nchannel = \"https://x.org/c\"\n\
         subdir = \"linux-64\"\nmd5 = \"0123456789ABCDEF0123456789ABCDEF\"\nlicense = \"MIT\"\nlicense-family = \"MIT\"\n\
         track-features = [\"t\"]",
    );
    assert_eq!(
        targets["defaultTarget"]["hostDependencies"]["a"]["binary"],
        json!({
            "version": "1.*", "build": "^h.*$", "buildNumber": "==3", "fileName": "a-1.conda", "extras": ["x"],
            "flags": ["y:*"], "channel": "https://x.org/c/", "subdir": "linux-64",
            "md5": "0123456789abcdef0123456789abcdef", "license": "MIT",
        })
    );
}

#[test]
fn archive_of_sources_keeps_its_checksum() {
    let targets = targets(
        "[package.host-dependencies]\na = { url = \"https://x.org/a.zip\", md5 = \"0123456789abcdef0123456789abcdef\", \
         subdirectory = \"./b/\", version = \">=1\" }",
    );
    assert_eq!(
        targets["defaultTarget"]["hostDependencies"]["a"],
        json!({"source": {
            "url": {"url": "https://x.org/a.zip", "md5": "0123456789abcdef0123456789abcdef", "subdirectory": "b"},
            "version": ">=1",
        }})
    );
}

#[test]
fn pool_serves_every_table_and_keeps_the_spelling_of_the_member() {
    let text = format!(
        "{WORKSPACE}[workspace.dependencies]\nlibfoo = {{ version = \">=1\", extras = [\"a\"] }}\n{BACKEND}\
         [package.extra-dependencies.x]\nLibFoo = {{ workspace = true, extras = [\"b\"] }}\n\
         [package.run-exports.weak]\nlibfoo.workspace = true\n"
    );
    let model = Tree::new().file("ws/pixi.toml", &text).at("ws").model();
    let target = &model["targets"]["defaultTarget"];
    assert_eq!(
        target["extraDependencies"]["x"],
        json!({"LibFoo": {"binary": {"version": ">=1", "extras": ["b"]}}})
    );
    assert_eq!(
        target["runExports"]["weak"],
        json!({"libfoo": {"binary": {"version": ">=1", "extras": ["a"]}}})
    );
}
