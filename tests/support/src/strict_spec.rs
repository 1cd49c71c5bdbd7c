//! Dependencies of a response in the strict parser.

#![expect(
    dead_code,
    reason = "a field that is deserialized is checked; few are needed afterwards"
)]

use rattler_conda_types::{
    BuildNumberSpec, ChannelUrl, MatchSpecCondition, ParseStrictness, StringMatcher, VersionSpec,
};
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// A dependency: `name` and exactly one of `binary`, `source`, `pinCompatible`.
#[derive(Debug)]
pub struct Package;

/// A constraint: the same without `source`.
#[derive(Debug)]
pub struct Constraint;

impl<'de> Deserialize<'de> for Package {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        named(from, &["binary", "source", "pinCompatible"]).map(|()| Self)
    }
}

impl<'de> Deserialize<'de> for Constraint {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        named(from, &["binary", "pinCompatible"]).map(|()| Self)
    }
}

fn named<'de, D: Deserializer<'de>>(from: D, kinds: &[&str]) -> Result<(), D::Error> {
    let mut members = Map::deserialize(from)?;
    let name = members.remove("name");
    if !name.as_ref().is_some_and(Value::is_string) {
        return Err(D::Error::custom("a dependency without a name"));
    }
    let members: Vec<(String, Value)> = members.into_iter().collect();
    let [(kind, spec)] = members.as_slice() else {
        return Err(D::Error::custom(format!("{name:?} has {members:?}")));
    };
    if !kinds.contains(&kind.as_str()) {
        return Err(D::Error::custom(format!("{name:?} is a `{kind}`")));
    }
    let checked = match kind.as_str() {
        "binary" => read::<Binary>(spec).and_then(|spec| spec.check()),
        "source" => read::<Source>(spec).and_then(|spec| spec.check()),
        _ => read::<Pin>(spec).and_then(|pin| pin.check()),
    };
    checked.map_err(|fault| D::Error::custom(format!("{name:?}: {fault}")))
}

fn read<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    T::deserialize(value).map_err(|error| error.to_string())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Binary {
    version: Option<String>,
    build: Option<StringMatcher>,
    build_number: Option<String>,
    file_name: Option<String>,
    extras: Option<Vec<String>>,
    flags: Option<Vec<StringMatcher>>,
    channel: Option<ChannelUrl>,
    subdir: Option<String>,
    md5: Option<String>,
    sha256: Option<String>,
    url: Option<url::Url>,
    license: Option<String>,
    condition: Option<MatchSpecCondition>,
}

impl Binary {
    fn check(self) -> Result<(), String> {
        let Self {
            version,
            build: _,
            build_number,
            file_name: _,
            extras: _,
            flags: _,
            channel: _,
            subdir: _,
            md5,
            sha256,
            url: _,
            license: _,
            condition: _,
        } = self;
        hexadecimal(md5, 32)?;
        hexadecimal(sha256, 64)?;
        selectors(version, build_number)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Source {
    path: Option<Path>,
    git: Option<Git>,
    url: Option<Archive>,
    version: Option<String>,
    build: Option<StringMatcher>,
    build_number: Option<String>,
    subdir: Option<String>,
    license: Option<String>,
    extras: Option<Vec<String>>,
    flags: Option<Vec<StringMatcher>>,
    condition: Option<MatchSpecCondition>,
}

impl Source {
    fn check(self) -> Result<(), String> {
        let Self {
            path,
            git,
            url,
            version,
            build: _,
            build_number,
            subdir: _,
            license: _,
            extras: _,
            flags: _,
            condition: _,
        } = self;
        let locations = [path.is_some(), git.is_some(), url.is_some()];
        if locations.iter().filter(|there| **there).count() != 1 {
            return Err("a source needs one location".to_owned());
        }
        if let Some(Archive { md5, sha256, .. }) = url {
            hexadecimal(md5, 32)?;
            hexadecimal(sha256, 64)?;
        }
        selectors(version, build_number)
    }
}

fn hexadecimal(text: Option<String>, length: usize) -> Result<(), String> {
    let digit = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    match text {
        Some(text) if text.len() != length || !text.chars().all(digit) => {
            Err(format!("`{text}` is not a hash"))
        }
        _ => Ok(()),
    }
}

fn selectors(version: Option<String>, build_number: Option<String>) -> Result<(), String> {
    if let Some(version) = version {
        VersionSpec::from_str(&version, ParseStrictness::Strict)
            .map_err(|error| format!("`{version}`: {error}"))?;
    }
    if let Some(number) = build_number {
        let read: Result<BuildNumberSpec, _> = number.parse();
        read.map_err(|error| format!("`{number}`: {error}"))?;
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "reading it is the check")]
struct Path {
    path: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "reading it is the check")]
struct Git {
    git: String,
    rev: Option<GitRef>,
    subdirectory: Option<String>,
    lfs: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "reading it is the check")]
enum GitRef {
    Branch(String),
    Tag(String),
    Rev(String),
    DefaultBranch,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Archive {
    #[expect(dead_code, reason = "reading it is the check")]
    url: String,
    md5: Option<String>,
    sha256: Option<String>,
    #[expect(dead_code, reason = "reading it is the check")]
    subdirectory: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Pin {
    lower_bound: Option<Bound>,
    upper_bound: Option<Bound>,
    #[serde(default)]
    exact: bool,
    build: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Bound {
    Expression(String),
    Version(rattler_conda_types::Version),
}

impl Pin {
    fn check(self) -> Result<(), String> {
        if self.exact && self.build.is_some() {
            return Err("an exact pin with a build".to_owned());
        }
        for bound in [self.lower_bound, self.upper_bound].into_iter().flatten() {
            match bound {
                Bound::Expression(text) if text.split('.').any(|part| part != "x") => {
                    return Err(format!("`{text}` is not an expression"));
                }
                Bound::Expression(_) | Bound::Version(_) => {}
            }
        }
        Ok(())
    }
}
