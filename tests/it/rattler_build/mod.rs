//! Recipes of users: their descriptions, their builds and their errors.

mod broken;
mod builds;
mod errors;
mod inputs;
mod kept;
mod sources;
mod suite;
mod tested;
mod vectors;
mod without_pixi;

use serde_json::{Value, json};

use test_support::archive::Archive;
use test_support::build::Build;
use test_support::channel::Channel;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::render_error::render_error;
use test_support::requests::{Initialize, Outputs};

const BACKEND: &str = "pixi-build-rattler-build";

/// A project with this recipe and a manifest that only selects the backend.
pub(crate) fn project(recipe: &str) -> Project {
    Project::of(BACKEND)
        .pixi_toml("[package]\n")
        .file("recipe.yaml", recipe)
}

/// A channel without packages.
fn empty_channel(project: &Project) -> Channel {
    Channel::new(project.cache().join("channel"))
}

/// Returns the description of the project for a platform, as pixi receives it.
fn describe(project: &Project, host: &str, variants: Value) -> Result<Vec<Value>, Value> {
    describe_with(project, &Initialize::of(project), host, variants)
}

pub(crate) fn describe_with(
    project: &Project,
    initialize: &Initialize,
    host: &str,
    variants: Value,
) -> Result<Vec<Value>, Value> {
    let mut pixi = Pixi::of(project);
    pixi.try_initialize(initialize)?;
    let params = Outputs::new(&project.metadata_work("x"))
        .set("hostPlatform", json!(host))
        .set("buildPlatform", json!("linux-64"))
        .variants(variants);
    let answer = pixi.request("conda/outputs", params.params())?;
    Ok(answer["outputs"]
        .as_array()
        .expect("`outputs` is a list")
        .clone())
}

/// Returns one line for each output: its name, version and build string, its variant and its
/// dependencies.
fn lines(project: &Project, host: &str, variants: Value) -> String {
    let outputs = describe(project, host, variants);
    let outputs = outputs.unwrap_or_else(|error| panic!("{}", render_error(project, &error)));
    let lines: Vec<String> = outputs.iter().map(line).collect();
    lines.join("\n")
}

fn line(output: &Value) -> String {
    let metadata = &output["metadata"];
    let text = |key: &str| metadata[key].as_str().unwrap_or_default().to_string();
    let variant = metadata["variant"]
        .as_object()
        .expect("`variant` is an object");
    let variant = variant.iter().filter(|(key, _)| *key != "target_platform");
    let variant: Vec<String> = variant
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    let mut line = format!("{} {} {}", text("name"), text("version"), text("build"));
    if metadata["subdir"] == "noarch" {
        line.push_str(&format!(" noarch:{}", text("noarch")));
    }
    if !variant.is_empty() {
        line.push_str(&format!(" {{{}}}", variant.join(", ").replace('"', "")));
    }
    let lists = [
        ("build", &output["buildDependencies"]["depends"]),
        ("host", &output["hostDependencies"]["depends"]),
        ("run", &output["runDependencies"]["depends"]),
        ("limit", &output["runDependencies"]["constraints"]),
        ("weak", &output["runExports"]["weak"]),
        ("strong", &output["runExports"]["strong"]),
        ("ignored", &output["ignoreRunExports"]["byName"]),
        ("ignored from", &output["ignoreRunExports"]["fromPackage"]),
        ("features", &metadata["trackFeatures"]),
    ];
    for (title, list) in lists {
        let specs: Vec<String> = list.as_array().into_iter().flatten().map(spec).collect();
        if !specs.is_empty() {
            line.push_str(&format!("; {title} {}", specs.join(", ")));
        }
    }
    line
}

/// Returns `name version build @ path`, or the bounds of a pin.
fn spec(spec: &Value) -> String {
    let Some(name) = spec["name"].as_str() else {
        return spec.as_str().unwrap_or_default().to_string();
    };
    let kinds = ["binary", "source", "pinCompatible"];
    let kind = kinds.iter().find(|kind| spec.get(**kind).is_some());
    let inner = &spec[*kind.expect("a spec is of one kind")];
    let mut parts = vec![name.to_string()];
    for key in ["version", "build"] {
        parts.extend(inner[key].as_str().map(str::to_string));
    }
    parts.extend(
        inner["path"]["path"]
            .as_str()
            .map(|path| format!("@ {path}")),
    );
    for key in ["lowerBound", "upperBound"] {
        parts.extend(
            inner[key]["expression"]
                .as_str()
                .map(|bound| format!("[{bound}]")),
        );
    }
    parts.join(" ")
}

/// Describes the project and builds each of its outputs, in order, in empty environments.
fn build_all(project: &Project, variants: Value) -> Vec<Archive> {
    let channel = empty_channel(project);
    let mut pixi = Pixi::of(project);
    pixi.initialize(&Initialize::of(project));
    let work = project.metadata_work("x");
    let outputs = pixi.outputs(&Outputs::new(&work).channel(&channel).variants(variants));
    let archives = outputs.iter().map(|output| {
        let metadata = &output["metadata"];
        let name = format!("{}-{}", metadata["name"], metadata["build"]).replace('"', "");
        let build = Build::prepare(&alone(output), &project.build_work(&name), &channel);
        let answer = pixi.build(&build);
        let answer = answer.unwrap_or_else(|error| {
            panic!(
                "{}\n{}",
                render_error(project, &error),
                pixi.stderr().join("\n")
            )
        });
        Archive::open(
            answer["output_file"]
                .as_str()
                .expect("`output_file` is text"),
        )
    });
    archives.collect()
}

/// Returns the output without its dependencies, because the channel is empty and the scripts of
/// these tests do not need them.
fn alone(output: &Value) -> Value {
    let mut output = output.clone();
    for table in ["buildDependencies", "hostDependencies", "runDependencies"] {
        output[table] = json!({"depends": [], "constraints": []});
    }
    for kind in [
        "weak",
        "strong",
        "noarch",
        "weakConstrains",
        "strongConstrains",
    ] {
        output["runExports"][kind] = json!([]);
    }
    output
}

/// Builds the only package of a recipe.
fn build(recipe: &str) -> Archive {
    build_in(&project(recipe))
}

fn build_in(project: &Project) -> Archive {
    let mut packages = build_all(project, json!({}));
    assert_eq!(packages.len(), 1, "the recipe has one package");
    packages.remove(0)
}

/// Returns the error of the build of the first output, as pixi shows it.
fn build_error(project: &Project) -> String {
    render_error(project, &failed_build(project))
}

/// Builds the first output, and returns the error.
#[track_caller]
pub(crate) fn failed_build(project: &Project) -> Value {
    let channel = empty_channel(project);
    let mut pixi = Pixi::of(project);
    pixi.initialize(&Initialize::of(project));
    let work = project.metadata_work("x");
    let outputs = pixi.outputs(&Outputs::new(&work).channel(&channel));
    let build = Build::prepare(&alone(&outputs[0]), &project.build_work("x"), &channel);
    pixi.build(&build).expect_err("the build fails")
}
