//! The replies of CMake's file API about a configured tree.
//!
//! A reply is an index and the files that it names. All other files in the directory may
//! belong to an earlier run.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The name of the client. There may be other clients in the same tree.
const CLIENT: &str = "client-pixi";

/// The path of the query, relative to the tree.
pub(super) const QUERY: &str = ".cmake/api/v1/query/client-pixi/query.json";

/// The contents of the query.
pub(super) const QUESTION: &str = r#"{"requests":[
{"kind":"cmakeFiles","version":1},
{"kind":"codemodel","version":2},
{"kind":"cache","version":2},
{"kind":"toolchains","version":1}
]}
"#;

/// The reply. Parts that cannot be read are missing.
#[derive(Debug, Default)]
pub(super) struct Reply {
    pub(super) files: CMakeFiles,
    pub(super) targets: Vec<Target>,
    pub(super) directories: Vec<Directory>,
    pub(super) cache: Vec<CacheEntry>,
}

/// The files that configuring read.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct CMakeFiles {
    paths: Paths,
    pub(super) inputs: Vec<Input>,
    /// The patterns of `file(GLOB … CONFIGURE_DEPENDS)`; since CMake 3.30.
    pub(super) globs_dependent: Option<Vec<Glob>>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Paths {
    source: PathBuf,
    build: PathBuf,
}

/// A file that configuring read.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Input {
    pub(super) path: PathBuf,
    pub(super) is_generated: bool,
    #[serde(rename = "isCMake")]
    pub(super) is_cmake: bool,
}

/// A pattern that is evaluated again before every build.
#[derive(Debug, Default, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Glob {
    pub(super) expression: String,
    pub(super) recurse: bool,
}

/// A target.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Target {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(rename = "isGeneratorProvided")]
    pub(super) is_of_the_generator: bool,
    pub(super) artifacts: Vec<Artifact>,
    pub(super) sources: Vec<Source>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Artifact {
    pub(super) path: PathBuf,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) is_generated: bool,
}

/// A directory with a `CMakeLists.txt`, and the files that it installs.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Directory {
    paths: Paths,
    backtrace_graph: BacktraceGraph,
    pub(super) installers: Vec<Installer>,
}

/// One `install` command, or a part of it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Installer {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) component: String,
    pub(super) destination: Option<PathBuf>,
    pub(super) paths: Vec<InstalledPath>,
    pub(super) is_exclude_from_all: bool,
    pub(super) script_file: Option<PathBuf>,
    backtrace: Option<usize>,
}

/// An installed file, possibly with another name.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum InstalledPath {
    Same(PathBuf),
    Renamed { from: PathBuf },
}

impl InstalledPath {
    pub(super) fn from(&self) -> &Path {
        match self {
            Self::Same(path) | Self::Renamed { from: path } => path,
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct BacktraceGraph {
    files: Vec<PathBuf>,
    nodes: Vec<Node>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Node {
    file: usize,
    line: Option<usize>,
}

/// A variable of the cache.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct CacheEntry {
    pub(super) name: String,
    pub(super) value: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
}

impl CMakeFiles {
    /// The directory that relative paths refer to.
    pub(super) fn source(&self) -> &Path {
        &self.paths.source
    }
}

impl Directory {
    /// Its path relative to the source directory.
    pub(super) fn source(&self) -> &Path {
        &self.paths.source
    }

    /// The path of its part of the tree, relative to the tree.
    pub(super) fn build(&self) -> &Path {
        &self.paths.build
    }

    /// The file, relative to the source directory, and the line of `installer`.
    pub(super) fn place(&self, installer: &Installer) -> Option<(&Path, usize)> {
        let node = self.backtrace_graph.nodes.get(installer.backtrace?)?;
        let file = self.backtrace_graph.files.get(node.file)?;
        Some((file, node.line?))
    }
}

#[derive(Deserialize)]
struct Index {
    reply: serde_json::Value,
}

#[derive(Deserialize)]
struct Response {
    kind: String,
    #[serde(rename = "jsonFile")]
    json_file: String,
}

#[derive(Deserialize)]
struct Codemodel {
    configurations: Vec<Configuration>,
}

#[derive(Deserialize)]
struct Configuration {
    directories: Vec<Reference>,
    targets: Vec<Reference>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reference {
    json_file: Option<String>,
}

/// The newest reply in `tree`. `None` if there is none.
pub(super) fn read(tree: &Path) -> Option<Reply> {
    let folder = tree.join(".cmake/api/v1/reply");
    let names = std::fs::read_dir(&folder).ok()?.flatten();
    let names = names.filter_map(|entry| entry.file_name().into_string().ok());
    let newest = names
        .filter(|name| name.starts_with("index-") && name.ends_with(".json"))
        .max()?;
    let index: Index = json(&folder, &newest)?;
    let responses = index
        .reply
        .get(CLIENT)?
        .get("query.json")?
        .get("responses")?;
    let mut reply = Reply::default();
    for response in responses.as_array()? {
        // For a query that CMake does not know, the reply contains an error.
        let Ok(Response { kind, json_file }) = Response::deserialize(response) else {
            continue;
        };
        match kind.as_str() {
            "cmakeFiles" => reply.files = json(&folder, &json_file)?,
            "cache" => reply.cache = json::<Cache>(&folder, &json_file)?.entries,
            "codemodel" => {
                let codemodel: Codemodel = json(&folder, &json_file)?;
                let configuration = codemodel.configurations.into_iter().next()?;
                reply.directories = all(&folder, configuration.directories)?;
                reply.targets = all(&folder, configuration.targets)?;
            }
            _ => {}
        }
    }
    Some(reply)
}

#[derive(Deserialize)]
struct Cache {
    entries: Vec<CacheEntry>,
}

/// The files in `references`. CMake before 3.21 has none for a directory.
fn all<T: DeserializeOwned>(folder: &Path, references: Vec<Reference>) -> Option<Vec<T>> {
    let names = references
        .into_iter()
        .filter_map(|reference| reference.json_file);
    names.map(|name| json(folder, &name)).collect()
}

fn json<T: DeserializeOwned>(folder: &Path, name: &str) -> Option<T> {
    let text = std::fs::read(folder.join(name)).ok()?;
    serde_json::from_slice(&text).ok()
}
