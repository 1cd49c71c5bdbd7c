//! What a build may use of the machine.

use std::num::NonZeroUsize;

use crate::backend::{Env, RunOptions};
use crate::cli::package::cache_folder;
use crate::cli::report::Reporter;
use crate::environments::{ClientOptions, CondaClient, Network};

/// What a command line allows.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ExecutionOptions {
    /// Whether the network is left alone.
    pub(super) offline: bool,
    /// How many things may be compiled or downloaded at a time.
    pub(super) jobs: Option<NonZeroUsize>,
}

impl ExecutionOptions {
    /// Where packages and sources come from.
    pub(super) fn depot(self, env: &Env) -> CondaClient {
        CondaClient::open(&ClientOptions {
            cache: cache_folder(env),
            network: match self.offline {
                true => Network::Offline,
                false => Network::Allowed,
            },
            downloads: self.jobs,
        })
    }

    /// The same in the words of a backend; `reporter` knows whether somebody watches.
    pub(super) fn run_options(self, reporter: &Reporter) -> RunOptions {
        RunOptions {
            jobs: self.jobs,
            offline: self.offline,
            progress: reporter.draws_progress(),
        }
    }
}
