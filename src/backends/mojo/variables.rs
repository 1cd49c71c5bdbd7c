//! The environment variables of a build.

use super::caches;
use super::config::Config;
use crate::backend::Request;
use crate::backend::script::{Step, StepCondition, Word};

/// The variable with the number of compiler threads.
pub(super) const JOBS: &str = "PIXI_BUILD_MOJO_JOBS";

/// The parts of a compiler, with their paths below its prefix.
pub(super) const SETTINGS: [(&str, &str); 5] = [
    ("MODULAR_MAX_PACKAGE_ROOT", ""),
    ("MODULAR_MOJO_MAX_PACKAGE_ROOT", ""),
    ("MODULAR_MOJO_MAX_DRIVER_PATH", "/bin/mojo"),
    ("MODULAR_MOJO_MAX_LLD_PATH", "/bin/lld"),
    ("MODULAR_MOJO_MAX_IMPORT_PATH", "/lib/mojo"),
];

/// The variables that the compiler reads.
pub(super) fn of_the_compiler(request: &Request<'_, Config>) -> Vec<Step> {
    let config = request.config;
    let set = |name: &str, value: Word| Step::Set(name.to_string(), value);
    let mut steps = vec![
        set("MODULAR_TELEMETRY_ENABLED", "0".into()),
        set("MODULAR_CRASH_REPORTING_ENABLED", "0".into()),
    ];
    if let Some(cache) = caches::compilations(request.folders)
        && !config.env.contains_key("MODULAR_CACHE_DIR")
    {
        let cache = Word::literal(cache.display().to_string());
        steps.push(set("MODULAR_CACHE_DIR", cache));
    }
    let mut compilers = config.compilers();
    if compilers.any(|language| language == "c" || language == "cxx") {
        // By default, the compiler links with the `cc` of the machine.
        steps.push(Step::When(
            StepCondition::Unset("MODULAR_MOJO_MAX_LINKER_DRIVER".to_string()),
            vec![set("MODULAR_MOJO_MAX_LINKER_DRIVER", Word::variable("CC"))],
        ));
    }
    // The value 0 means the number of processors.
    let jobs = config.jobs.map_or("0".to_string(), |jobs| jobs.to_string());
    let jobs = set(JOBS, Word::literal(jobs));
    steps.push(match config.jobs {
        Some(_) => jobs,
        None => Step::When(StepCondition::Unset(JOBS.to_string()), vec![jobs]),
    });
    steps.push(where_the_compiler_is());
    steps
}

/// Sets the paths of the compiler in the build environment, if it has no activation script.
fn where_the_compiler_is() -> Step {
    let prefix = |below: &str| Word::variable("BUILD_PREFIX").then(below);
    let settings = SETTINGS.map(|(name, below)| Step::Set(name.to_string(), prefix(below)));
    let unset = |name: &str| StepCondition::Unset(name.to_string());
    let set = Step::When(StepCondition::Folder(prefix("/lib/mojo")), settings.into());
    let unless_rooted = Step::When(unset("MODULAR_MOJO_MAX_PACKAGE_ROOT"), vec![set]);
    Step::When(unset("MODULAR_HOME"), vec![unless_rooted])
}
