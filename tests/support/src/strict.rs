//! Parses responses in the strictest sense of the protocol: all documented members must
//! exist with their own casing, and no other members.

#![expect(
    dead_code,
    reason = "a field that is deserialized is checked; few are needed afterwards"
)]

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use rattler_conda_types::Subdir;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

pub use super::strict_error::error;
use super::strict_spec::{Constraint, Package};

pub(super) type Check = Result<(), String>;

/// The response to `initialize`: an object without members.
pub fn initialize(answer: &Value) -> Check {
    match answer.as_object() {
        Some(members) if members.is_empty() => Ok(()),
        _ => Err("not `{}`".to_owned()),
    }
}

/// Any result.
pub fn anything(_: &Value) -> Check {
    Ok(())
}

/// The response to `conda/outputs`.
pub fn outputs(answer: &Value) -> Check {
    let Outputs {
        outputs,
        input_globs,
        input_glob_sets,
    } = read(answer)?;
    globs(&input_globs)?;
    for set in &input_glob_sets {
        set.check()?;
    }
    let mut known = HashSet::new();
    for output in outputs {
        output.check()?;
        let variant = serde_json::to_string(&output.metadata.variant).unwrap_or_default();
        if !known.insert((output.metadata.name.clone(), variant.clone())) {
            return Err(format!("two outputs have the variant {variant}"));
        }
    }
    Ok(())
}

/// The response to `conda/build_v1`.
pub fn build(answer: &Value) -> Check {
    let Build {
        output_file,
        input_globs,
        input_glob_sets,
        name,
        version,
        build,
        subdir: _,
    } = read(answer)?;
    globs(&input_globs)?;
    for set in &input_glob_sets {
        set.check()?;
    }
    let file = output_file.file_name().and_then(|name| name.to_str());
    let stem = format!("{name}-{version}-{build}");
    let expected = [format!("{stem}.conda"), format!("{stem}.tar.bz2")];
    if !output_file.is_absolute() || !file.is_some_and(|file| expected.contains(&file.to_owned())) {
        return Err(format!("pixi panics at {}", output_file.display()));
    }
    Ok(())
}

pub(super) fn read<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    T::deserialize(value).map_err(|error| error.to_string())
}

/// A member that must exist but may be `null`.
pub(super) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(from)
}

fn globs(globs: &[String]) -> Check {
    let wrong = |glob: &&String| {
        let pattern = glob.trim_start_matches('!');
        pattern.is_empty() || pattern.starts_with('/')
    };
    match globs.iter().find(wrong) {
        Some(glob) => Err(format!("pixi panics at the glob `{glob}`")),
        None => Ok(()),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Outputs {
    outputs: Vec<Output>,
    input_globs: Vec<String>,
    input_glob_sets: Vec<GlobSet>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Build {
    output_file: PathBuf,
    input_globs: Vec<String>,
    input_glob_sets: Vec<GlobSet>,
    name: String,
    version: String,
    build: String,
    #[expect(dead_code, reason = "it must be a platform")]
    subdir: Subdir,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct GlobSet {
    patterns: Vec<String>,
    #[serde(default)]
    markers: Vec<String>,
    #[expect(dead_code, reason = "it must be a Boolean")]
    #[serde(default)]
    exclude_hidden: Option<bool>,
    root: PathBuf,
}

impl GlobSet {
    fn check(&self) -> Check {
        let empty = |pattern: &String| pattern.trim_start_matches('!').is_empty();
        if self.patterns.iter().chain(&self.markers).any(empty) {
            return Err("pixi panics at an empty pattern".to_owned());
        }
        if !self.root.is_absolute() {
            return Err(format!("the root {} is relative", self.root.display()));
        }
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Output {
    metadata: Metadata,
    build_dependencies: Dependencies,
    host_dependencies: Dependencies,
    run_dependencies: Dependencies,
    extra_dependencies: BTreeMap<String, Vec<Package>>,
    ignore_run_exports: IgnoreRunExports,
    run_exports: RunExports,
    #[serde(deserialize_with = "present")]
    input_globs: Option<Vec<String>>,
}

impl Output {
    fn check(&self) -> Check {
        let group = |name: &String| {
            let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
            (1..=64).contains(&name.len()) && name.chars().all(|c| allowed(c) || "._+-".contains(c))
        };
        if let Some(name) = self.extra_dependencies.keys().find(|name| !group(name)) {
            return Err(format!("`{name}` is not the name of a group"));
        }
        if self.input_globs.is_some() {
            return Err("pixi does not look at the globs of an output".to_owned());
        }
        self.metadata.check()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Metadata {
    name: String,
    version: String,
    build: String,
    #[expect(dead_code, reason = "it must be an integer")]
    build_number: u64,
    subdir: Subdir,
    #[expect(dead_code, reason = "it must be text or null")]
    #[serde(deserialize_with = "present")]
    license: Option<String>,
    #[expect(dead_code, reason = "it must be text or null")]
    #[serde(deserialize_with = "present")]
    license_family: Option<String>,
    flags: Vec<String>,
    #[expect(dead_code, reason = "it must be a list of strings")]
    track_features: Vec<String>,
    noarch: Value,
    #[expect(dead_code, reason = "it must be a list of strings or null")]
    #[serde(deserialize_with = "present")]
    purls: Option<Vec<String>>,
    #[expect(dead_code, reason = "it must be text or null")]
    #[serde(deserialize_with = "present")]
    python_site_packages_path: Option<String>,
    variant: BTreeMap<String, Value>,
}

impl Metadata {
    fn check(&self) -> Check {
        let word = |text: &str, more: &str| {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
            !text.is_empty() && text.chars().all(|c| plain(c) || more.contains(c))
        };
        if !word(&self.name, "-_.") {
            return Err(format!("`{}` is not normalized", self.name));
        }
        if self.version.contains('-') || self.build.contains('-') {
            return Err(format!("`-` in {} or {}", self.version, self.build));
        }
        if let Some(flag) = self.flags.iter().find(|flag| !word(flag, "_:")) {
            return Err(format!("`{flag}` is not a flag"));
        }
        if self.noarch != false {
            return Err("Rust packages are never noarch".to_owned());
        }
        if self.variant.get("target_platform") != Some(&Value::from(self.subdir.as_str())) {
            return Err("`target_platform` is missing or wrong".to_owned());
        }
        let scalar = |value: &Value| value.is_string() || value.is_i64() || value.is_boolean();
        match self.variant.iter().find(|(_, value)| !scalar(value)) {
            Some((key, value)) => Err(format!("the variant `{key}` is {value}")),
            None => Ok(()),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "reading them is the check")]
struct Dependencies {
    depends: Vec<Package>,
    constraints: Vec<Constraint>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "reading them is the check")]
struct IgnoreRunExports {
    by_name: Vec<String>,
    from_package: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "reading them is the check")]
struct RunExports {
    weak: Vec<Package>,
    strong: Vec<Package>,
    noarch: Vec<Package>,
    weak_constrains: Vec<Constraint>,
    strong_constrains: Vec<Constraint>,
}
