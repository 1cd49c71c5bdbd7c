//! Prepares the environment of a build script from the settings of its plan and the variables
//! that activation set.

use std::path::Path;

use miette::Report;

use crate::backend::script::Step;
use crate::backends::cargo::build_dir::out_dirs;
use crate::backends::cargo::wrapper::here::Here;
use crate::backends::cargo::wrapper::server;
use crate::backends::cargo::wrapper::settings::{Settings, SharedSettings};
use crate::backends::cargo::wrapper::shared::{self, Shared};
use crate::backends::cargo::wrapper::state::{self, State};
use crate::backends::cargo::wrapper::variables::Variables;

/// Prepares the environment that `settings` describe, and returns the steps for the script.
///
/// # Errors
/// Settings of another version, and files that cannot be written.
pub(crate) fn prepare(settings: &Path) -> Result<Vec<Step>, Report> {
    let settings = Settings::read(settings)?;
    let mut variables = Variables::of_process();
    let here = Here::of(&variables)?;
    let shared = match &settings.shared {
        Some(settings) => shared::share(settings, &here, &mut variables)?,
        None => Shared::default(),
    };
    let cache = settings.cache.as_ref().map_or(Ok(None), |settings| {
        server::start(settings, &here, &shared.folders, &mut variables)
    })?;
    let state = State {
        linkers: shared.linkers,
        cache,
    };
    let file = here.wrappers.join(state::FILE);
    variables.set(state::VARIABLE, file.display().to_string());
    let written = state.write(&file).map_err(Report::from);
    let build_dir = shared.build_dir.as_deref();
    let completed = written.and_then(|()| match &settings.shared {
        Some(settings) => complete(settings, &here, build_dir, &mut variables),
        None => Ok(()),
    });
    completed.inspect_err(|_| {
        // Without the environment, the script does not stop the server.
        if let Some(cache) = &state.cache {
            server::kill(cache.server);
        }
    })?;
    let mut steps = variables.steps();
    if state.cache.is_some() && cfg!(unix) {
        steps.push(Step::AtExit(server::stop_command(&here.executable, &file)));
    }
    Ok(steps)
}

/// Does the work that needs the variables of the build.
fn complete(
    settings: &SharedSettings,
    here: &Here,
    build_dir: Option<&Path>,
    variables: &mut Variables,
) -> Result<(), Report> {
    let value = |name: &str| variables.get(name).map(str::to_string);
    out_dirs::empty_where_variables_changed(&settings.build_dir, &settings.scripted, value)?;
    Ok(shared::configure(settings, here, build_dir, variables)?)
}
