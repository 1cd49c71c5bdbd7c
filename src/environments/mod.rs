//! The tasks of pixi around a build, for use without pixi: solving and installing
//! environments, and turning finished packages into a channel.
//!
//! The server does not use this module, because pixi passes installed environments.
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

/// A solved environment.
#[derive(Debug, Clone)]
pub struct Environment {
    /// The kind of environment.
    pub role: EnvironmentKind,
    /// Its platform.
    pub platform: Subdir,
    /// The specs for the solver.
    pub dependencies: Vec<DependencySpec>,
    /// The constraints for the solver.
    pub constraints: Vec<DependencySpec>,
    /// Its packages, sorted by name.
    pub packages: Vec<RepoDataRecord>,
}
