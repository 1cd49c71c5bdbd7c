//! Runs sccache between Cargo and the compilers.
//!
//! Each build has a separate server, which ends with the build script. This executable runs
//! between Cargo and sccache and keeps the paths of directories out of the cache keys: see
//! `wrapper`.

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
    /// Variables for sccache.
    pub(crate) variables: Vec<Step>,
    /// The settings of a server for this build alone.
    pub(crate) server: Option<CacheSettings>,
    /// Steps before the compilation, for a build without a separate server.
    pub(crate) before: Vec<Step>,
    /// Steps after the compilation, for a build without a separate server.
    pub(crate) after: Vec<Step>,
    /// The names of variables that are passed on and whose values are masked.
    pub(crate) secrets: Vec<String>,
}

impl SccacheSetup {
    /// The setup for `build`. It is empty if the user turns the cache off or wraps the compiler
    /// in another program.
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
        // The whole build script already gets the secrets that the user declares.
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

    /// The setup for a build without this executable: sccache starts a server and keeps it
    /// running.
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
