//! The limits of a command: network and processors.

use std::num::NonZeroUsize;

use crate::backend::{Env, RunOptions};
use crate::cli::cache_folder::cache_folder;
use crate::cli::report::Reporter;
use crate::environments::{ClientOptions, CondaClient, Network};

/// The limits that a command line sets.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ExecutionOptions {
    /// Whether the network must not be used.
    pub(super) offline: bool,
    /// The maximum number of files that are compiled or downloaded at a time.
    pub(super) jobs: Option<NonZeroUsize>,
}

impl ExecutionOptions {
    /// The client for packages and sources.
    pub(super) fn client(self, env: &Env) -> CondaClient {
        CondaClient::open(&ClientOptions {
            cache: cache_folder(env),
            network: if self.offline {
                Network::Offline
            } else {
                Network::Allowed
            },
            downloads: self.jobs,
        })
    }

    /// The limits in the form that backends expect, for builds with environments. `reporter` knows
    /// whether progress is shown.
    pub(super) fn run_options(self, reporter: &Reporter) -> RunOptions {
        RunOptions {
            jobs: self.jobs,
            offline: self.offline,
            system_tools: false,
            progress: reporter.draws_progress(),
        }
    }
}
