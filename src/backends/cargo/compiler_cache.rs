//! sccache between Cargo and the compilers.
//!
//! Each build has a server of its own that ends with its script. Between Cargo and sccache is
//! this executable, which keeps the names of folders out of the keys: see `wrapper`.

use std::path::Path;

use crate::backend::script::{Step, StepCondition, Word};
use crate::backend::{Request, options};
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::backends::cargo::context::layout;
use crate::backends::cargo::context::tools::Tools;
use crate::backends::cargo::wrapper::settings::CacheSettings;
use forwarded::Forwarded;

mod forwarded;

/// How a build uses sccache.
#[derive(Debug, Default)]
pub(crate) struct SccacheSetup {
    /// Variables of the cache.
    pub(crate) variables: Vec<Step>,
    /// A server for this build alone.
    pub(crate) server: Option<CacheSettings>,
    /// What the script does before it compiles, where there is no such server.
    pub(crate) before: Vec<Step>,
    /// What the script does after it compiled, where there is no such server.
    pub(crate) after: Vec<Step>,
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
        let storage = layout::sccache_dir(folders).filter(|_| env.executable().is_some());
        let mut cache = match storage {
            Some(storage) => Self {
                server: Some(CacheSettings {
                    storage,
                    top: build.cargo_config.top().to_path_buf(),
                    variables: build.variables.clone(),
                    home: env.path("HOME").map(Path::to_path_buf),
                    forwarded: forwarded.names().map(str::to_string).collect(),
                }),
                ..Self::default()
            },
            None => Self::plain(tools),
        };
        cache.variables = settings.collect();
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
}
