//! What pixi does around a build, for use without pixi: environments are solved
//! and installed from channels, and finished packages become a channel.
//!
//! The server knows nothing of this: pixi hands it installed environments.
//!
//! ```text
//! Output ─ solve → Solved{build, host, run …} ─ install → prefixes
//!                        └─────────── request → build::Params, as pixi sends them
//! ```

mod archive_record;
pub mod channel;
mod client;
mod dependency_spec;
mod environment_spec;
mod errors;
mod exclude_newer;
mod fetch;
mod install;
mod lock;
mod near_misses;
mod pins;
mod previous_archive;
mod request;
mod run_exports;
mod solve;
mod solve_output;
mod virtual_packages;

pub use archive_record::record;
pub use client::{ClientOptions, CondaClient, Network};
pub use dependency_spec::DependencySpec;
pub use environment_spec::EnvironmentKind;
pub use fetch::Checkout;
pub use previous_archive::PreviousArchive;
pub use request::{Prefixes, Solved};
pub use solve_output::{LockMode, OutputToSolve, SolveSettings, SourceRecords};

use rattler_conda_types::{RepoDataRecord, Subdir};

/// An environment that has been solved.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Which of the two of a build.
    pub role: EnvironmentKind,
    /// What it was solved for.
    pub platform: Subdir,
    /// What was asked of the solver.
    pub dependencies: Vec<DependencySpec>,
    /// What limited the solver.
    pub constraints: Vec<DependencySpec>,
    /// What belongs into it, sorted by name.
    pub packages: Vec<RepoDataRecord>,
}
