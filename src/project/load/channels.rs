//! Channels as URLs, most important first, and other settings that only the solver needs.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;

use miette::SourceSpan;
use rattler_conda_types::{ChannelConfig, NamedChannelOrUrl};

use crate::diagnostic::SourceFile;
use crate::project::document::{Data, Table, Value};
use crate::project::load::cutoff::{self, Cutoff};
use crate::project::load::environment::{DefaultEnvironment, OwnTables};
use crate::project::load::mistake::Diagnostics;
use crate::project::load::mistake::request::BadChannel;
use crate::project::load::{ManifestScope, paths};

/// The channel that is used when neither a workspace nor the command line names one.
const DEFAULT_CHANNEL: &str = "conda-forge";

/// The channels of a package build.
#[derive(Debug)]
pub(crate) struct Channels {
    /// URLs without a trailing slash.
    pub urls: Vec<String>,
    /// Whether conda-forge is a channel of the workspace or of any feature.
    pub has_conda_forge: HasCondaForge,
    /// Settings of the solver.
    pub solving: Solving,
}

/// Whether the workspace uses conda-forge, whose compilers need a matching C library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HasCondaForge {
    /// The workspace uses conda-forge.
    Yes,
    /// The workspace does not use conda-forge.
    No,
}

/// Settings that only the solver needs. pixi does not send them.
#[derive(Debug, Clone, Default)]
pub struct Solving {
    /// Packages that are too new are ignored.
    pub exclude_newer: Option<Cutoff>,
    /// The same for single channels, by URL without a trailing slash. It has priority
    /// over the general setting.
    pub channels: BTreeMap<String, Cutoff>,
    /// The same for single packages, by normalized name. It has priority over both.
    pub packages: BTreeMap<String, Cutoff>,
    /// How the solver uses the order of channels.
    pub channel_priority: ChannelPriority,
    /// The place in the manifest that names each channel, by URL without a trailing slash.
    pub places: BTreeMap<String, ChannelPlace>,
}

/// The line of a manifest that names a channel.
#[derive(Debug, Clone)]
pub struct ChannelPlace {
    /// The manifest.
    pub file: SourceFile,
    /// The value in it.
    pub at: SourceSpan,
}

/// How the solver uses the order of channels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ChannelPriority {
    /// A package is taken only from the first channel that contains it.
    #[default]
    Strict,
    /// Packages from earlier channels are preferred.
    Flexible,
    /// The order is ignored.
    Disabled,
}

struct Entry<'d> {
    text: &'d str,
    value: Value<'d>,
    priority: i64,
    cutoff: Option<Cutoff>,
}

/// Reads the channels of the default environment. Those of the command line replace them.
pub(crate) fn read(
    scope: &ManifestScope<'_>,
    environment: &DefaultEnvironment<'_>,
    findings: &mut Diagnostics,
) -> Channels {
    let mut solving = solving(scope, findings);
    if !scope.request.channels.is_empty() {
        return told(scope, solving, findings);
    }
    let Some(workspace) = scope.workspace else {
        return Channels {
            urls: vec![format!("https://conda.anaconda.org/{DEFAULT_CHANNEL}")],
            has_conda_forge: HasCondaForge::Yes,
            solving,
        };
    };
    let own = match workspace.get("channels") {
        Some(field) => entries(field.value, findings),
        None => {
            let help = "write `channels = [\"conda-forge\"]`; it may be empty";
            (workspace.missing("channels", help, findings)).unwrap_or_default()
        }
    };
    let mut entries: Vec<_> = (environment.values("channels").into_iter())
        .flat_map(|field| entries(field.value, findings))
        .collect();
    let known: Vec<_> = (entries.iter().chain(&own).map(|entry| entry.text))
        .chain(feature_channels(environment))
        .filter_map(|text| resolve(scope, text).ok())
        .collect();
    if environment.own == OwnTables::Count {
        entries.extend(own);
    }
    entries.sort_by_key(|entry| Reverse(entry.priority));

    let mut urls = Vec::new();
    let mut seen = Vec::new();
    for entry in entries {
        // Channels are compared as text, so a name and its URL are both kept.
        if seen.contains(&entry.text) {
            continue;
        }
        seen.push(entry.text);
        match resolve(scope, entry.text) {
            Ok(url) => {
                let url = url.trim_end_matches('/').to_owned();
                if let Some(cutoff) = entry.cutoff {
                    solving.channels.insert(url.clone(), cutoff);
                }
                let place = ChannelPlace {
                    file: entry.value.document.file(),
                    at: entry.value.at,
                };
                solving.places.insert(url.clone(), place);
                urls.push(url);
            }
            Err(reason) => {
                (entry.value).invalid::<()>("a channel", reason, None, findings);
            }
        }
    }
    Channels {
        has_conda_forge: conda_forge(&known),
        urls,
        solving,
    }
}

/// The channels of all features, including those that are not used and have not been
/// validated.
fn feature_channels<'d>(environment: &DefaultEnvironment<'d>) -> Vec<&'d str> {
    let lists = (environment.all_features.iter()).filter_map(|feature| feature.get("channels"));
    lists
        .flat_map(|field| entries(field.value, &mut Diagnostics::default()))
        .map(|entry| entry.text)
        .collect()
}

/// The `channel` of a dependency, with a trailing slash, as pixi sends it.
pub(crate) fn spec_url(
    scope: &ManifestScope<'_>,
    value: Value<'_>,
    findings: &mut Diagnostics,
) -> Option<String> {
    let text = value.text(findings)?;
    match resolve(scope, text) {
        Ok(url) => Some(url),
        Err(reason) => value.invalid("a channel", reason, None, findings),
    }
}

/// The channels of the command line. Their paths are relative to the current directory.
fn told(scope: &ManifestScope<'_>, solving: Solving, findings: &mut Diagnostics) -> Channels {
    let request = scope.request;
    let mut urls = Vec::new();
    for text in &request.channels {
        match url(text, &request.current_folder, scope.home()) {
            Ok(url) => urls.push(url.trim_end_matches('/').to_owned()),
            Err(reason) => findings.mistake(BadChannel {
                text: text.clone(),
                reason,
            }),
        }
    }
    Channels {
        has_conda_forge: conda_forge(&urls),
        urls,
        solving,
    }
}

fn conda_forge(urls: &[String]) -> HasCondaForge {
    let name = |url: &String| url.trim_end_matches('/').rsplit('/').next() == Some(DEFAULT_CHANNEL);
    if urls.iter().any(name) {
        HasCondaForge::Yes
    } else {
        HasCondaForge::No
    }
}

/// The entries of a list of channels: strings, and tables with a priority.
fn entries<'d>(value: Value<'d>, findings: &mut Diagnostics) -> Vec<Entry<'d>> {
    let list = value.list(findings).unwrap_or_default();
    (list.into_iter())
        .filter_map(|value| match value.read() {
            Data::Text(text) => Some(Entry {
                text,
                value,
                priority: 0,
                cutoff: None,
            }),
            Data::Table(table) => from_table(&table, findings),
            other => value.not("a string or a table", &other, findings),
        })
        .collect()
}

fn from_table<'d>(table: &Table<'d>, findings: &mut Diagnostics) -> Option<Entry<'d>> {
    table.only(&["channel", "priority", "exclude-newer"], findings);
    let Some(channel) = table.get("channel") else {
        return table.missing("channel", "write `channel = \"conda-forge\"`", findings);
    };
    let priority = match table.get("priority").map(|field| field.value) {
        None => 0,
        Some(value) => match value.read() {
            Data::Integer(number) => number,
            other => value.not("an integer", &other, findings)?,
        },
    };
    Some(Entry {
        text: channel.value.text(findings)?,
        value: channel.value,
        priority,
        cutoff: (table.get("exclude-newer")).and_then(|field| cutoff::read(field.value, findings)),
    })
}

/// The URL of a channel, with a trailing slash. Paths are relative to the workspace.
fn resolve(scope: &ManifestScope<'_>, text: &str) -> Result<String, String> {
    url(text, scope.workspace_folder(), scope.home())
}

fn url(text: &str, folder: &Path, home: Option<&Path>) -> Result<String, String> {
    let expanded = match paths::home_path(text) {
        // rattler_conda_types would read the home directory from the environment.
        Some(_) => paths::resolve(text, folder, home)
            .to_string_lossy()
            .into_owned(),
        None => text.to_owned(),
    };
    if expanded.is_empty() {
        return Err("empty".to_owned());
    }
    let config = ChannelConfig::default_with_root_dir(folder.to_owned());
    let channel = NamedChannelOrUrl::from_str(&expanded).map_err(|error| error.to_string())?;
    let url = channel
        .into_base_url(&config)
        .map_err(|error| error.to_string())?;
    Ok(url.as_str().to_owned())
}

fn solving(scope: &ManifestScope<'_>, findings: &mut Diagnostics) -> Solving {
    let Some(workspace) = scope.workspace else {
        return Solving::default();
    };
    let packages = match workspace.document.table("exclude-newer") {
        Some(table) => (table.fields().into_iter())
            .filter_map(|field| {
                Some((
                    field.name.to_lowercase(),
                    cutoff::read(field.value, findings)?,
                ))
            })
            .collect(),
        None => BTreeMap::new(),
    };
    Solving {
        exclude_newer: (workspace.get("exclude-newer"))
            .and_then(|field| cutoff::read(field.value, findings)),
        channels: BTreeMap::new(),
        places: BTreeMap::new(),
        packages,
        channel_priority: (workspace.get("channel-priority"))
            .and_then(|field| priority(field.value, findings))
            .unwrap_or_default(),
    }
}

fn priority(value: Value<'_>, findings: &mut Diagnostics) -> Option<ChannelPriority> {
    match value.text(findings)? {
        "strict" => Some(ChannelPriority::Strict),
        "flexible" => Some(ChannelPriority::Flexible),
        "disabled" => Some(ChannelPriority::Disabled),
        _ => {
            let help = Some("write `strict`, `flexible` or `disabled`".to_owned());
            value.invalid("a channel priority", "unknown", help, findings)
        }
    }
}
