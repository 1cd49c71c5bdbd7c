//! Generates the schemas of `[package.build.config]` in the directory `schema` from the types that
//! read the configuration. Editors complete and check manifests with them.
//!
//! After an option has changed, `UPDATE_SCHEMA=1 cargo test --lib schema` writes them again.

use std::path::{Path, PathBuf};

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::backend::package_options::PackageOptions;
use crate::backends;
use crate::project::config::Options;

/// The name of a backend with the schema of its manifests.
type Named = (&'static str, Value);

/// A schema for each backend.
fn all() -> [Named; 5] {
    [
        ("pixi-build-rust", of::<backends::cargo::Config>()),
        ("pixi-build-cmake", of::<backends::cmake::Config>()),
        ("pixi-build-mojo", of::<backends::mojo::Config>()),
        ("pixi-build-python", of::<backends::python::Config>()),
        (
            "pixi-build-rattler-build",
            of::<backends::rattler_build::Config>(),
        ),
    ]
}

/// The schema of a manifest with the options `C`. It does not describe the keys of pixi.
fn of<C: Options + JsonSchema>() -> Value {
    let generator = SchemaGenerator::new(SchemaSettings::draft07());
    let mut config = generator.into_root_schema_for::<C>().to_value();
    without_null(&mut config);
    let definitions = config["definitions"].take();
    let members = config.as_object_mut().expect("options are a table");
    for key in ["$schema", "title", "definitions"] {
        members.remove(key);
    }
    members.insert("additionalProperties".to_string(), json!(false));
    let options = members["properties"].as_object_mut().expect("options");
    options.retain(|key, _| C::KEYS.contains(&key.as_str()));
    if C::KEYS.contains(&"package-tests") {
        // These backends have their own option `tests`, so the shared option is available only
        // under its second name.
        options.insert("package-tests".to_string(), package_tests());
    }
    let target = json!({"$ref": "#/definitions/Config"});
    options.entry("targets").or_insert_with(|| {
        json!({
            "description": "The old place of `[package.build.target.<platform>.config]`.",
            "type": "object",
            "additionalProperties": target,
        })
    });
    let mut definitions = match definitions {
        Value::Object(definitions) => definitions,
        _ => Map::new(),
    };
    definitions.insert("Config".to_string(), config);
    definitions.insert("Package".to_string(), package());
    let package = json!({"$ref": "#/definitions/Package"});
    let pixi = json!({"type": "object", "properties": {"package": package}});
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": {
            "package": package,
            "tool": {"type": "object", "properties": {"pixi": pixi}},
        },
        "definitions": definitions,
    })
}

/// The tests of a finished package.
fn package_tests() -> Value {
    let options = SchemaGenerator::default().into_root_schema_for::<PackageOptions>();
    options.to_value()["properties"]["tests"].take()
}

/// The schema of `[package]`, limited to the keys that belong to the backend.
fn package() -> Value {
    let config = json!({"$ref": "#/definitions/Config"});
    let target = json!({"type": "object", "properties": {"config": config}});
    json!({
        "type": "object",
        "properties": {
            "build": {
                "type": "object",
                "properties": {
                    "config": config,
                    "target": {"type": "object", "additionalProperties": target},
                },
            },
        },
    })
}

/// Removes null, which TOML does not have. An option without a value is omitted instead.
fn without_null(schema: &mut Value) {
    let null = json!({"type": "null"});
    if let Some(members) = schema.as_object_mut() {
        if members.get("default").is_some_and(Value::is_null) {
            members.remove("default");
        }
        // The names of Rust's number types mean nothing to an editor.
        members.remove("format");
        if let Some(Value::Array(types)) = members.get_mut("type") {
            types.retain(|kind| kind != "null");
            if let [only] = types.as_slice() {
                let only = only.clone();
                members.insert("type".to_string(), only);
            }
        }
        if let Some(Value::Array(choices)) = members.get_mut("anyOf") {
            choices.retain(|choice| *choice != null);
        }
    }
    match schema {
        Value::Object(members) => members.values_mut().for_each(without_null),
        Value::Array(items) => items.iter_mut().for_each(without_null),
        _ => {}
    }
}

fn file(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema");
    folder.join(format!("{name}.json"))
}

#[test]
fn the_schemas_are_those_of_the_options() {
    for (name, schema) in all() {
        let text = serde_json::to_string_pretty(&schema).expect("it is JSON") + "\n";
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            fs_err::write(file(name), &text).expect("schemas are writable");
        }
        let written = fs_err::read_to_string(file(name)).unwrap_or_default();
        assert!(backends::schema(name).is_some(), "{name} prints no schema");
        assert!(
            written == text,
            "schema/{name}.json is not current: run this test with UPDATE_SCHEMA=1"
        );
    }
}

#[test]
fn every_option_of_every_backend_is_described() {
    for backend in backends::ALL {
        let schemas = all();
        let schema = schemas.iter().find(|(name, _)| *name == backend.name());
        let (_, schema) = schema.unwrap_or_else(|| panic!("{} has no schema", backend.name()));
        let options = &schema["definitions"]["Config"]["properties"];
        for key in backend.option_keys() {
            // This is an older spelling of another key.
            if key.contains('_') {
                continue;
            }
            let description = options[key]["description"].as_str();
            assert!(
                description.is_some_and(|text| text.ends_with(['.', '`'])),
                "{}: `{key}` is not described: {}",
                backend.name(),
                options[key]
            );
        }
    }
}
