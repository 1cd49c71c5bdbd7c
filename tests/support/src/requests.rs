//! Parameters of the requests before a build, as pixi 0.77 sends them.

use std::path::Path;

use serde_json::{Value, json};

use super::channel::Channel;
use super::machine::machine;
use super::project::Project;

/// Parameters of `initialize`.
#[derive(Debug, Clone)]
pub struct Initialize(Value);

impl Initialize {
    /// A package whose manifest is in the root of the workspace.
    pub fn of(project: &Project) -> Self {
        Self::member(project, "")
    }

    /// A package in a directory of the workspace.
    pub fn member(project: &Project, folder: &str) -> Self {
        let root = project.dir();
        let source = match folder {
            "" => root.to_owned(),
            folder => root.join(folder),
        };
        Self(json!({
            "manifestPath": source.join("pixi.toml"),
            "sourceDirectory": source,
            "workspaceDirectory": root,
            "cacheDirectory": project.cache(),
            "workspaceScratchDirectory": root.join(".pixi/scratch-v0"),
            "projectModel": {
                "name": null, "buildStringPrefix": null, "buildNumber": null,
                "version": null, "description": null, "authors": null,
                "license": null, "licenseFile": null, "readme": null,
                "homepage": null, "repository": null, "documentation": null,
                "targets": {"defaultTarget": {
                    "hostDependencies": {}, "buildDependencies": {},
                    "runDependencies": {}, "runConstraints": {},
                }},
            },
            "configuration": null,
            "targetConfiguration": null,
        }))
    }

    /// Sets name and version of the project model.
    pub fn package(self, name: &str, version: &str) -> Self {
        self.model(json!({"name": name, "version": version}))
    }

    /// Sets members of the project model. Other members do not change.
    pub fn model(mut self, members: Value) -> Self {
        merge(&mut self.0["projectModel"], members);
        self
    }

    /// Adds dependencies to the default target: `("hostDependencies", "openssl", ">=3")`.
    pub fn dependency(mut self, table: &str, name: &str, version: &str) -> Self {
        let target = &mut self.0["projectModel"]["targets"]["defaultTarget"];
        target[table][name] = json!({"binary": {
            "version": version, "build": null, "buildNumber": null, "fileName": null,
            "extras": null, "flags": null, "channel": null, "subdir": null,
            "md5": null, "sha256": null, "url": null, "license": null, "condition": null,
        }});
        self
    }

    /// Sets `[package.build.config]`.
    pub fn configuration(self, configuration: Value) -> Self {
        self.set("configuration", configuration)
    }

    /// Sets `[package.build.target.<selector>.config]`.
    pub fn target_configuration(self, configuration: Value) -> Self {
        self.set("targetConfiguration", configuration)
    }

    /// Sets a top-level parameter.
    pub fn set(mut self, key: &str, value: Value) -> Self {
        self.0[key] = value;
        self
    }

    /// The parameters of the request.
    pub fn params(&self) -> Value {
        self.0.clone()
    }
}

/// Parameters of `conda/outputs`.
#[derive(Debug, Clone)]
pub struct Outputs(Value);

impl Outputs {
    /// Requests the platform of this machine, without variants.
    pub fn new(work: &Path) -> Self {
        Self(json!({
            "channels": ["https://conda.example/channel"],
            "hostPlatform": machine().subdir,
            "buildPlatform": machine().subdir,
            "variantConfiguration": {},
            "variantFiles": [],
            "workDirectory": work,
        }))
    }

    /// Sets the channel of the workspace.
    pub fn channel(self, channel: &Channel) -> Self {
        self.set("channels", json!([channel.url()]))
    }

    /// Sets another host platform.
    pub fn host_platform(self, subdir: &str) -> Self {
        self.set("hostPlatform", json!(subdir))
    }

    /// Sets the variants of the workspace.
    pub fn variants(self, variants: Value) -> Self {
        self.set("variantConfiguration", variants)
    }

    /// Sets a top-level parameter.
    pub fn set(mut self, key: &str, value: Value) -> Self {
        self.0[key] = value;
        self
    }

    /// The parameters of the request.
    pub fn params(&self) -> Value {
        self.0.clone()
    }
}

/// Replaces members of `value`. Objects are merged, all other values are replaced.
fn merge(value: &mut Value, members: Value) {
    match (value, members) {
        (Value::Object(value), Value::Object(members)) => {
            for (key, member) in members {
                merge(value.entry(key).or_insert(Value::Null), member);
            }
        }
        (value, members) => *value = members,
    }
}
