//! sccache between Cargo and the compilers.
//!
//! Each build has a server of its own that ends with its script. Between Cargo and sccache
//! stand two small programs that keep the names of folders out of the keys, so that another
//! checkout, another work directory and another user find what this one has compiled.

use std::path::{Path, PathBuf};

use rattler_digest::{Sha256, compute_bytes_digest};

use crate::backend::script::{ScriptFile, Step, StepCondition, Word};
use crate::backend::{Request, options};
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::backends::cargo::context::layout;
use crate::backends::cargo::context::tools::Tools;
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
pub(crate) struct SccacheSetup {
    /// What the script does before it compiles.
    pub(crate) before: Vec<Step>,
    /// What the script does after it compiled. Nothing where the server ends with the script.
    pub(crate) after: Vec<Step>,
    /// Files that the steps need.
    pub(crate) files: Vec<ScriptFile>,
    /// Variables to pass on whose values must not be seen.
    pub(crate) secrets: Vec<String>,
}

impl SccacheSetup {
    /// The cache for the crates of `build`; without steps where the user wants none or
    /// wraps the compiler in something else.
    pub(crate) fn of(build: CrateBuild<'_>, tools: &Tools) -> Self {
        let Request {
            project,
            config,
            platforms,
            folders,
            env,
            ..
        } = *build.request;
        if config.compiler_cache == options::CompilerCache::None || config.rustc_wrapper().is_some()
        {
            return Self::default();
        }
        // What the user declares as a secret of the build is there for all of it.
        let declared = project.model.secrets.as_deref().unwrap_or_default();
        let forwarded = Forwarded::of(config, declared, env);
        let settings = forwarded.settings.iter();
        let settings = settings.map(|(name, value)| Step::Set(name.clone(), Word::literal(value)));
        let mut cache = match (&folders.cache, layout::sccache_dir(folders)) {
            (Some(cache), Some(compilations)) if platforms.build.is_unix() => {
                let programs = cache.join("pixi-build-rust").join("compiler-cache");
                Self::with_server(build, tools, &forwarded, &programs, &compilations)
            }
            _ => Self::plain(tools),
        };
        cache.before.splice(..0, settings);
        cache.secrets = forwarded.secrets;
        cache
    }

    /// As sccache works out of the box: with a server that it starts and keeps.
    fn plain(tools: &Tools) -> Self {
        let sccache = tools.tool("sccache");
        let when_there = |step| vec![Step::When(StepCondition::File(sccache.clone()), vec![step])];
        Self {
            before: when_there(Step::Set("RUSTC_WRAPPER".to_string(), sccache.clone())),
            after: when_there(Step::Try(vec![sccache.clone(), "--show-stats".into()])),
            ..Self::default()
        }
    }

    /// With a server that lives as long as the script and keeps what it gets in
    /// `compilations`, and with programs below `programs` around it.
    fn with_server(
        build: CrateBuild<'_>,
        tools: &Tools,
        forwarded: &Forwarded,
        programs: &Path,
        compilations: &Path,
    ) -> Self {
        let path = |path: &Path| Word::literal(path.display().to_string());
        let (programs, files) = self::programs(programs);
        let home = build.request.env.get("HOME").unwrap_or_default();
        let mut start = vec![
            "pixi_build_rust_cache_compilations".into(),
            tools.tool("sccache"),
            path(&programs),
            path(compilations),
            path(build.cargo_config.top()),
            Word::literal(build.variables.clone().unwrap_or_default()),
            Word::literal(home),
        ];
        start.extend(forwarded.names().map(Word::literal));
        Self {
            before: vec![
                Step::Source(path(&programs.join("server.sh"))),
                Step::Run(start),
            ],
            files,
            ..Self::default()
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
