//! How a script gets its environment from this executable.

use crate::backend::script::{ScriptFile, Step, StepCondition, Word};
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::backends::cargo::context::tools::Tools;
use crate::backends::cargo::wrapper::settings::{self, CacheSettings, Settings, SharedSettings};
use crate::backends::cargo::wrapper::{self, shared, state};

/// What a script does for its environment. Nothing where there is nothing to prepare.
#[derive(Debug, Default)]
pub(crate) struct ScriptEnvironment {
    /// What it does before cargo runs.
    pub(crate) before: Vec<Step>,
    /// What it does at its end.
    pub(crate) after: Vec<Step>,
    /// The files that the steps need.
    pub(crate) files: Vec<ScriptFile>,
}

impl ScriptEnvironment {
    /// An environment with what a workspace shares and a server for sccache.
    pub(crate) fn of(
        build: CrateBuild<'_>,
        tools: &Tools,
        shared: Option<SharedSettings>,
        cache: Option<CacheSettings>,
    ) -> Self {
        let is_windows = tools.build.is_windows();
        let has_server = cache.is_some();
        let settings = Settings { shared, cache };
        let executable = build.request.env.executable();
        let Some(executable) = executable.filter(|_| !settings.is_empty()) else {
            return Self::default();
        };
        let executable = Word::literal(executable.display().to_string());
        let separator = tools.separator();
        let file = |name: &str| format!("{}{separator}{name}", state::FOLDER);
        let text = file(if is_windows {
            "environment.bat"
        } else {
            "environment.sh"
        });
        let path = file(settings::FILE);
        let words = [wrapper::ENVIRONMENT, &path, &text].map(Word::literal);
        let call = [executable.clone()].into_iter().chain(words).collect();
        // The environment itself sees to that where a shell can do something at its end.
        let stop = is_windows && has_server;
        let words = [wrapper::SERVER, wrapper::STOP, &file(state::FILE)].map(Word::literal);
        let stop = stop.then(|| Step::Try([executable].into_iter().chain(words).collect()));
        Self {
            before: vec![Step::Run(call), Step::Source(Word::literal(text))],
            after: stop.into_iter().collect(),
            files: vec![ScriptFile {
                path: path.into(),
                text: settings.text(),
                executable: false,
            }],
        }
    }

    /// Arguments for the cargo that the environment is for, where a workspace shares something.
    pub(crate) fn arguments() -> [&'static str; 2] {
        ["--config", shared::CONFIGURATION]
    }

    /// Whether the environment could not say that the lock file fits.
    pub(crate) fn lock_file_is_unknown() -> StepCondition {
        StepCondition::Unset(shared::LOCK_FILE_FITS.to_string())
    }
}
