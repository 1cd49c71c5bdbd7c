//! The workflows, the manifests and the changelog of the repository.

use std::path::Path;

use serde_yaml::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs_err::read_to_string(root().join(name)).expect("the file exists")
}

fn workflow(name: &str) -> Value {
    serde_yaml::from_str(&read(&format!(".github/workflows/{name}.yml"))).expect("it is YAML")
}

/// The steps of all jobs.
fn steps(workflow: &Value) -> Vec<Value> {
    let jobs = workflow["jobs"].as_mapping().expect("jobs");
    let steps = jobs
        .values()
        .flat_map(|job| job["steps"].as_sequence().expect("steps"));
    steps.cloned().collect()
}

#[test]
fn a_step_of_a_workflow_uses_an_action_or_runs_a_command() {
    for name in ["ci", "release"] {
        let steps = steps(&workflow(name));
        assert!(steps.len() > 5, "{name}");
        for step in steps {
            let kinds = ["uses", "run"].map(|key| step.get(key).is_some());
            assert_eq!(kinds.iter().filter(|there| **there).count(), 1, "{step:?}");
        }
    }
}

#[test]
fn the_gate_of_ci_is_the_gate_of_every_machine() {
    let steps = steps(&workflow("ci"));
    assert!(steps.iter().any(|step| step["run"] == ".ci/run"));
}

#[test]
fn a_release_has_attested_packages_for_the_platforms_of_the_workspace() {
    let release = workflow("release");
    let packages = &release["jobs"]["packages"];
    let built = packages["strategy"]["matrix"]["include"].as_sequence();
    let built: Vec<&str> = (built.expect("a list").iter())
        .map(|entry| entry["platform"].as_str().expect("a platform"))
        .collect();
    let manifest: Value = toml_edit::de::from_str(&read("pixi.toml")).expect("it is TOML");
    let platforms = manifest["workspace"]["platforms"].as_sequence();
    let platforms: Vec<&str> = platforms
        .expect("a list")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(built, platforms);
    let permissions = &packages["permissions"];
    assert_eq!(permissions["attestations"], "write");
    assert_eq!(permissions["id-token"], "write");
    let uses = |step: &Value| step["uses"].as_str().map(str::to_owned);
    let actions: Vec<String> = steps(&release).iter().filter_map(uses).collect();
    assert!(
        actions
            .iter()
            .any(|action| action.starts_with("actions/attest-build-provenance@"))
    );
}

#[test]
fn the_notes_of_a_release_are_its_part_of_the_changelog() {
    let version = env!("CARGO_PKG_VERSION");
    let changelog = read("CHANGELOG.md");
    let parts: Vec<&str> = changelog.split("\n## ").skip(1).collect();
    assert!(
        parts[0].starts_with("[Unreleased]\n"),
        "CHANGELOG.md begins with `## [Unreleased]`, even when it is empty"
    );
    let own = format!("[{version}]");
    assert!(parts.iter().any(|part| part.starts_with(&own)), "{version}");
}

#[test]
fn the_manifest_of_this_project_builds_what_the_recipe_says() {
    let manifest: Value = toml_edit::de::from_str(&read("pixi.toml")).expect("it is TOML");
    let package = manifest["package"].as_mapping().expect("a table");
    let keys: Vec<&str> = package.keys().filter_map(Value::as_str).collect();
    assert_eq!(keys, ["build"], "the recipe decides about the rest");
    let backend = &manifest["package"]["build"]["backend"]["name"];
    assert_eq!(backend, "pixi-build-rattler-build");
    assert!(root().join("recipe/recipe.yaml").is_file());
}

#[test]
fn a_stable_toolchain_is_enough() {
    let toolchain: Value =
        toml_edit::de::from_str(&read("rust-toolchain.toml")).expect("it is TOML");
    let keys = toolchain["toolchain"].as_mapping().expect("a table").len();
    assert_eq!(keys, 1, "whatever else is named may have to be downloaded");
    assert_eq!(toolchain["toolchain"]["channel"], "stable");
}

#[test]
fn tasks_and_contributing_name_what_exists() {
    let manifest: Value = toml_edit::de::from_str(&read("pixi.toml")).expect("it is TOML");
    let tasks = manifest["tasks"].as_mapping().expect("tasks");
    let commands = tasks.values().map(|task| match task {
        Value::String(command) => command.clone(),
        table => table["cmd"].as_str().expect("a command").to_owned(),
    });
    for command in commands {
        let program = command.split_whitespace().next().expect("a word");
        assert!(
            program == "cargo" || root().join(program).is_file(),
            "{command}"
        );
    }
    let page = read("CONTRIBUTING.md");
    let quoted = page.split('`').skip(1).step_by(2);
    let tops = [".ci/", ".github/", "docs/", "recipe/", "src/", "tests/"];
    let is_path = |text: &&str| tops.iter().any(|top| text.starts_with(top));
    let paths = quoted
        .filter(is_path)
        .filter(|text| !text.contains([' ', '<', '*']));
    let missing: Vec<&str> = paths.filter(|path| !root().join(path).exists()).collect();
    assert_eq!(missing, [""; 0], "CONTRIBUTING.md");
}
