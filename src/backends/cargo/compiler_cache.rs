//! sccache between Cargo and the compilers.
//!
//! Each build has a server of its own that ends with its script. Between Cargo and sccache
//! stand two small programs that keep the names of folders out of the keys, so that another
//! checkout, another work directory and another user find what this one has compiled.

use std::path::{Path, PathBuf};

use rattler_digest::{Sha256, compute_bytes_digest};

use super::config;
use super::inputs::View;
use super::script::Tools;
use crate::backend::Request;
use crate::backend::script::{Condition, ScriptFile, Step, Word};
use forwarded::Forwarded;

mod forwarded;

/// The programs between Cargo and sccache, by name.
const BETWEEN: [(&str, &str); 3] = [
    ("sccache", include_str!("compiler_cache/sccache.sh")),
    ("compiler", include_str!("compiler_cache/compiler.sh")),
    ("rustc", include_str!("compiler_cache/rustc.sh")),
];

/// Starts and ends the server.
const SERVER: &str = include_str!("compiler_cache/server.sh");

/// How a build uses sccache.
#[derive(Debug, Default)]
pub(super) struct CompilerCache {
    /// What the script does before it compiles.
    pub(super) before: Vec<Step>,
    /// What the script does after it compiled. Nothing where the server ends with the script.
    pub(super) after: Vec<Step>,
    /// Files that the steps need.
    pub(super) files: Vec<ScriptFile>,
    /// Variables to pass on whose values must not be seen.
    pub(super) secrets: Vec<String>,
}

impl CompilerCache {
    /// The cache for the crates of `view`; without steps where the user wants none or
    /// wraps the compiler in something else.
    pub(super) fn of(view: &View<'_>, tools: &Tools) -> Self {
        let Request {
            config,
            platforms,
            folders,
            ..
        } = *view.request;
        if config.compiler_cache == config::CompilerCache::None || config.rustc_wrapper().is_some()
        {
            return Self::default();
        }
        match &folders.cache {
            Some(cache) if platforms.build.is_unix() => {
                let cache = cache.join("pixi-build-rust");
                Self::with_server(view, tools, &cache)
            }
            _ => Self::plain(tools),
        }
    }

    /// As sccache works out of the box: with a server that it starts and keeps.
    fn plain(tools: &Tools) -> Self {
        let sccache = tools.tool("sccache");
        let when_there = |step| vec![Step::When(Condition::File(sccache.clone()), vec![step])];
        Self {
            before: when_there(Step::Set("RUSTC_WRAPPER".to_string(), sccache.clone())),
            after: when_there(Step::Try(vec![sccache.clone(), "--show-stats".into()])),
            ..Self::default()
        }
    }

    fn with_server(view: &View<'_>, tools: &Tools, cache: &Path) -> Self {
        let Request {
            project,
            config,
            env,
            ..
        } = *view.request;
        let path = |path: &Path| Word::literal(path.display().to_string());
        // What the user declares as a secret of the build is there for all of it.
        let declared = project.model.secrets.as_deref().unwrap_or_default();
        let forwarded = Forwarded::of(config, declared, env);
        let (programs, files) = programs(&cache.join("compiler-cache"));

        let settings = forwarded.settings.iter();
        let mut before: Vec<Step> = settings
            .map(|(name, value)| Step::Set(name.clone(), Word::literal(value)))
            .collect();
        let mut start = vec![
            "pixi_build_rust_cache_compilations".into(),
            tools.tool("sccache"),
            path(&programs),
            path(&cache.join("sccache")),
            path(view.surroundings.top()),
            Word::literal(view.variables.clone().unwrap_or_default()),
            Word::literal(env.get("HOME").unwrap_or_default()),
        ];
        start.extend(forwarded.names().map(Word::literal));
        before.push(Step::Source(path(&programs.join("server.sh"))));
        before.push(Step::Run(start));
        Self {
            before,
            after: Vec::new(),
            files,
            secrets: forwarded.secrets,
        }
    }
}

/// The programs below `folder`, in a folder of their own: another release of the backend may
/// be building with others.
fn programs(folder: &Path) -> (PathBuf, Vec<ScriptFile>) {
    let texts: Vec<&str> = BETWEEN
        .iter()
        .map(|(_, text)| *text)
        .chain([SERVER])
        .collect();
    let hash = hex::encode(compute_bytes_digest::<Sha256>(texts.concat()));
    let folder = folder.join(&hash[..16]);
    let file = |name: &str, text: &str, executable| ScriptFile {
        path: folder.join(name),
        text: text.to_string(),
        executable,
    };
    let mut files = vec![file("server.sh", SERVER, false)];
    files.extend(BETWEEN.map(|(name, text)| file(name, text, true)));
    (folder, files)
}
