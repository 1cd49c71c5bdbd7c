//! Converts the dependencies of a `conda/outputs` response to those of a build request:
//! pins are resolved, run exports are added, and sources are reduced to selectors.

use rattler_build_types::{Pin, PinArgs, PinBound};
use rattler_conda_types::{PackageName, RepoDataRecord};
use serde_json::{Map, Value, json};

/// The contents of one list of dependencies in a request.
#[derive(Debug, Clone, Default)]
pub struct Dependencies {
    /// Requested packages.
    pub depends: Vec<Value>,
    /// Limits for packages that were not requested.
    pub constrains: Vec<Value>,
}

/// The environment that a run export comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Build,
    Host,
}

/// The environment that a run export is added to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    Host,
    Run,
    NoarchRun,
}

impl Dependencies {
    /// Reads `{"depends": […], "constraints": […]}`; `previous` is the
    /// environment that pins refer to.
    pub fn of(stated: &Value, previous: &[RepoDataRecord]) -> Self {
        Self {
            depends: deps(&stated["depends"], previous),
            constrains: deps(&stated["constraints"], previous),
        }
    }

    /// Adds the run exports of the packages in `requested`.
    ///
    /// Only packages that are named there are used: run exports of transitive
    /// dependencies are never applied.
    pub fn export(
        &mut self,
        requested: &Dependencies,
        installed: &[RepoDataRecord],
        way: (Origin, Reach),
        ignored: &Value,
    ) {
        for package in &requested.depends {
            let name = package["spec"]["name"].as_str().expect("specs have names");
            let record = installed.iter().find(|record| is(record, name));
            let exports = record.and_then(|record| record.package_record.run_exports.as_ref());
            let Some(exports) = exports else { continue };
            if names(&ignored["fromPackage"], name) {
                continue;
            }
            let (depends, constrains) = match way {
                (_, Reach::NoarchRun) => (vec![&exports.noarch], vec![]),
                (Origin::Build, _) => (vec![&exports.strong], vec![&exports.strong_constrains]),
                (Origin::Host, _) => (
                    vec![&exports.weak, &exports.strong],
                    vec![&exports.weak_constrains, &exports.strong_constrains],
                ),
            };
            let dep = |spec: &String| exported(spec, way.0, name);
            let wanted = |dep: &Value| {
                let exported = dep["spec"]["name"].as_str().expect("specs have names");
                !names(&ignored["byName"], exported)
            };
            self.depends
                .extend(depends.into_iter().flatten().map(dep).filter(wanted));
            self.constrains
                .extend(constrains.into_iter().flatten().map(dep).filter(wanted));
        }
    }

    /// The requested packages in match-spec syntax.
    pub fn specs(&self) -> Vec<String> {
        self.depends.iter().map(|dep| text(&dep["spec"])).collect()
    }
}

/// Converts the named specs of a response to entries of a request. A missing list is
/// empty.
pub fn deps(stated: &Value, previous: &[RepoDataRecord]) -> Vec<Value> {
    let Some(stated) = stated.as_array() else {
        return Vec::new();
    };
    let spec = |named: &Value| json!({"spec": spec(named, previous), "source": null});
    stated.iter().map(spec).collect()
}

/// The match-spec object of one named spec.
fn spec(named: &Value, previous: &[RepoDataRecord]) -> Value {
    let name = &named["name"];
    if let Some(pin) = named.get("pinCompatible") {
        return pinned(name.as_str().expect("specs have names"), pin, previous);
    }
    let (fields, location) = match (named.get("binary"), named.get("source")) {
        (Some(binary), None) => (binary, [""; 3]),
        (None, Some(source)) => (source, ["path", "git", "url"]),
        _ => panic!("pixi understands `binary`, `source` and `pinCompatible`, not {named}"),
    };
    let mut object = Map::from_iter([("name".to_owned(), name.clone())]);
    for (key, value) in fields.as_object().expect("a spec is an object") {
        let any = value.is_null() || (key == "version" && value == "*");
        if any || location.contains(&key.as_str()) {
            continue;
        }
        let (key, value) = match key.as_str() {
            "buildNumber" => ("build_number", value.clone()),
            "fileName" => ("file_name", value.clone()),
            "channel" => ("channel", json!({"base_url": value})),
            key => (key, value.clone()),
        };
        object.insert(key.to_owned(), value);
    }
    Value::Object(object)
}

/// The range of a pin for the installed version.
fn pinned(name: &str, pin: &Value, previous: &[RepoDataRecord]) -> Value {
    let record = previous.iter().find(|record| is(record, name));
    let record = &record.unwrap_or_else(|| panic!("`{name}` is pinned but not installed"));
    let bound = |key: &str| -> Option<PinBound> {
        let bound = pin.get(key).filter(|bound| !bound.is_null())?;
        let text = bound.get("expression").or(bound.get("version"));
        let text = text
            .and_then(Value::as_str)
            .expect("a bound has an expression or a version");
        Some(text.parse().expect("bounds are expressions or versions"))
    };
    let pin = Pin {
        name: PackageName::new_unchecked(name),
        args: PinArgs {
            lower_bound: bound("lowerBound"),
            upper_bound: bound("upperBound"),
            exact: pin["exact"] == true,
            build: pin["build"].as_str().map(str::to_owned),
        },
    };
    let record = &record.package_record;
    let spec = pin.apply(&record.version, record.build.as_str());
    object(&spec.expect("the pin fits the version").to_string())
}

fn exported(spec: &str, from: Origin, package: &str) -> Value {
    let from = match from {
        Origin::Build => "build",
        Origin::Host => "host",
    };
    json!({
        "spec": object(spec),
        "source": {"type": "runExport", "from": from, "runExport": package},
    })
}

/// `name version build` as an object.
fn object(spec: &str) -> Value {
    let keys = ["name", "version", "build"].map(str::to_owned);
    let words = spec.split_whitespace().map(|word| json!(word));
    Value::Object(keys.into_iter().zip(words).collect())
}

/// The part of a match-spec object that selects a package in a test channel.
fn text(spec: &Value) -> String {
    let name = spec["name"].as_str().expect("specs have names");
    let version = spec["version"].as_str().unwrap_or("*");
    match spec["build"].as_str() {
        Some(build) => format!("{name} {version} {build}"),
        None => format!("{name} {version}"),
    }
}

fn is(record: &RepoDataRecord, name: &str) -> bool {
    record.package_record.name.as_normalized() == name.to_lowercase()
}

fn names(list: &Value, name: &str) -> bool {
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().any(|entry| entry == name)
}
