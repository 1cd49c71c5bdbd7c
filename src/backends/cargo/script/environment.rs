//! The part of a build script that gets its environment from this executable.

use crate::backend::script::{ScriptFile, Step, StepCondition, Word};
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::backends::cargo::context::tools::Tools;
use crate::backends::cargo::wrapper::settings::{self, CacheSettings, Settings, SharedSettings};
use crate::backends::cargo::wrapper::{self, shared, state};

/// The steps that prepare the environment of a script. There are none if there is nothing to
/// prepare.
#[derive(Debug, Default)]
pub(crate) struct ScriptEnvironment {
    /// The steps before cargo runs.
    pub(crate) before: Vec<Step>,
    /// The steps at the end of the script.
    pub(crate) after: Vec<Step>,
    /// The files that the steps need.
    pub(crate) files: Vec<ScriptFile>,
}

impl ScriptEnvironment {
    /// An environment with the shared tree of a workspace and with a server for sccache, if
    /// there are settings for them.
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
        // Only cmd needs this step. In other shells, the steps of the environment stop the
        // server when the script ends.
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

    /// The arguments for the cargo commands of the script, for a build that uses the shared
    /// tree.
    pub(crate) fn arguments() -> [&'static str; 2] {
        ["--config", shared::CONFIGURATION]
    }

    /// True if the environment could not confirm that the lock file matches the manifests.
    pub(crate) fn lock_file_is_unknown() -> StepCondition {
        StepCondition::Unset(shared::LOCK_FILE_FITS.to_string())
    }
}
