//! The entry of the host platform and its virtual packages.

use serde_json::json;

use super::{BACKEND, Tree};

fn workspace(text: &str) -> Tree {
    let text = format!("[workspace]\nchannels = [\"conda-forge\"]\n{text}\n{BACKEND}");
    Tree::new().file("ws/pixi.toml", &text).at("ws")
}

#[track_caller]
fn packages(tree: &Tree) -> Vec<String> {
    let packages = tree.load().virtual_packages;
    (packages.iter())
        .map(|one| format!("{}={}={}", one.name, one.version, one.build))
        .collect()
}

#[test]
fn bare_platforms_have_defaults() {
    let tree = workspace("");
    assert_eq!(
        packages(&tree),
        [
            "__archspec=1=x86_64",
            "__glibc=2.28=0",
            "__linux=4.18=0",
            "__unix=0=0"
        ]
    );
    assert_eq!(
        packages(&tree.host("osx-arm64")),
        ["__archspec=1=m1", "__osx=13.0=0", "__unix=0=0"]
    );
}

#[test]
fn declared_packages_replace_defaults() {
    let tree = workspace(
        "platforms = [{ platform = \"linux-64\", glibc = \"2.17.3\", linux = \"5.1\", archspec = \"x86_64_v3\", \
         cuda = { driver = \"12.0\", arch = \"8.6\" }, __mine = \"1=b\" }]",
    );
    assert_eq!(
        packages(&tree),
        [
            "__archspec=1=x86_64_v3",
            "__cuda=12.0=0",
            "__cuda_arch=8.6=0",
            "__glibc=2.17.3=0",
            "__linux=5.1=0",
            "__mine=1=b",
            "__unix=0=0",
        ]
    );
    assert_eq!(tree.variants()["c_stdlib_version"], json!(["2.17"]));
}

#[test]
fn declaring_a_default_is_accepted() {
    let tree = workspace("platforms = [{ platform = \"linux-64\", glibc = \"2.28\" }]");
    assert_eq!(tree.variants()["c_stdlib_version"], json!(["2.28"]));
}

#[test]
fn derived_name_can_be_selected() {
    let tree = workspace(
        "platforms = [{ platform = \"linux-64\", glibc = \"2.17\" }]\n\
         target.linux-64-glibc-2-17.build-variants = { a = [\"name\"] }\n\
         target.\"linux-64-*\".build-variants = { b = [\"pattern\"] }\n\
         target.linux-64.build-variants = { c = [\"subdir\"] }\n\
         target.other.build-variants = { d = [\"nothing\"] }",
    );
    let variants = tree.variants();
    assert_eq!(variants["a"], json!(["name"]));
    assert_eq!(variants["b"], json!(["pattern"]));
    assert_eq!(variants["c"], json!(["subdir"]));
    assert!(variants.get("d").is_none());
}

#[test]
fn first_supported_entry_is_the_host() {
    let text = "platforms = [{ name = \"old\", platform = \"linux-64\", glibc = \"2.12\" }, \
                { name = \"new\", platform = \"linux-64\", glibc = \"2.34\" }]";
    assert_eq!(
        workspace(text).variants()["c_stdlib_version"],
        json!(["2.12"])
    );
    let limited =
        format!("{text}\n[feature.f]\nplatforms = [\"new\"]\n[environments]\ndefault = [\"f\"]");
    assert_eq!(
        workspace(&limited).variants()["c_stdlib_version"],
        json!(["2.34"])
    );
}

#[test]
fn highest_requirement_wins() {
    let tree = workspace(
        "platforms = [\"linux-64\"]\n[system-requirements]\nlibc = { family = \"glibc\", version = \"2.17\" }\n\
         [feature.f.system-requirements]\nlibc = \"2.34\"\n[feature.unused.system-requirements]\nlibc = \"2.39\"\n\
         [environments]\ndefault = [\"f\"]",
    );
    assert_eq!(tree.variants()["c_stdlib_version"], json!(["2.34"]));
}

#[test]
fn variants_of_the_user_beat_those_of_the_platform() {
    let tree = workspace("build-variants = { c_stdlib_version = [\"2.12\"], empty = [] }");
    assert_eq!(
        tree.variants(),
        json!({"c_stdlib": ["sysroot"], "c_stdlib_version": ["2.12"], "empty": []})
    );
}
