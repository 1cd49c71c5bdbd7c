//! `conda/outputs`: dependencies of every kind, for every platform.

mod about;
mod conditions;
mod dependencies;
mod metadata;
mod variants;

use indoc::indoc;
use serde_json::{Value, json};

use crate::server::Server;
use test_support::project::Project;
use test_support::requests::{Initialize, Outputs};

/// A crate and the targets of its project model.
struct Case {
    project: Project,
    initialize: Initialize,
}

impl Case {
    /// A package `demo` without dependencies.
    fn new() -> Self {
        let project = Project::new().file(
            "Cargo.toml",
            indoc! {r#"
                [package]
                name = "demo"
                version = "1.2.3"
            "#},
        );
        let initialize = Initialize::of(&project).package("demo", "1.2.3");
        Self {
            project,
            initialize,
        }
    }

    /// A package with these tables of unconditional dependencies.
    fn with(tables: Value) -> Self {
        Self::new().targets(json!({"defaultTarget": tables}))
    }

    fn targets(self, targets: Value) -> Self {
        self.model(json!({"targets": targets}))
    }

    fn model(mut self, members: Value) -> Self {
        self.initialize = self.initialize.model(members);
        self
    }

    fn file(mut self, path: &str, text: &str) -> Self {
        self.project = self.project.file(path, text);
        self
    }

    fn request(&self, host: &str) -> Outputs {
        Outputs::new(&self.project.metadata_work("demo"))
            .host_platform(host)
            .set("buildPlatform", json!("linux-64"))
    }

    /// The only output for a platform.
    #[track_caller]
    fn output(&self, host: &str) -> Value {
        let server = Server::initialized(self.initialize.params());
        let mut outputs = server.outputs(self.request(host).params());
        assert_eq!(outputs.len(), 1, "{outputs:#?}");
        outputs.remove(0)
    }

    /// Returns the error of a request for linux-64.
    #[track_caller]
    fn error(&self) -> Value {
        let server = Server::initialized(self.initialize.params());
        server.outputs_error(self.request("linux-64").params())
    }
}

/// Names in a list of dependencies.
fn names(dependencies: &Value) -> Vec<&str> {
    let dependencies = dependencies.as_array().expect("a list");
    let name = |dependency| -> &str {
        let dependency: &Value = dependency;
        dependency["name"]
            .as_str()
            .expect("dependencies have names")
    };
    dependencies.iter().map(name).collect()
}

/// The text that a label of an error points at.
#[track_caller]
fn labeled(error: &Value) -> String {
    let file = error["filename"].as_str().expect("a label has a file");
    let text = fs_err::read_to_string(file).expect("the file exists");
    let span = &error["labels"][0]["span"];
    let number = |key: &str| span[key].as_u64().expect("spans are numbers") as usize;
    text[number("offset")..number("offset") + number("length")].to_owned()
}
