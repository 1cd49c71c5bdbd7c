//! What a build may use of the machine.

use std::num::NonZeroUsize;

use crate::backend::{Env, SHOW_PROGRESS};
use crate::cli::package::cache_folder;
use crate::cli::report::Reporter;
use crate::environments::{Access, Depot, Network};

/// What a command line allows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Whether the network is left alone.
    pub(super) offline: bool,
    /// How many things may be compiled or downloaded at a time.
    pub(super) jobs: Option<NonZeroUsize>,
}

impl Limits {
    /// Where packages and sources come from.
    pub(super) fn depot(self, env: &Env) -> Depot {
        Depot::open(&Access {
            cache: cache_folder(env),
            network: match self.offline {
                true => Network::LeftAlone,
                false => Network::Allowed,
            },
            downloads: self.jobs,
        })
    }

    /// The environment with what Cargo has to know of them, and whether somebody watches it.
    pub(super) fn told(self, env: &Env, reporter: &Reporter) -> Env {
        let mut env = env.clone();
        if reporter.draws_progress() {
            env = env.with(SHOW_PROGRESS, "1");
        }
        if let Some(jobs) = self.jobs {
            env = env.with("CARGO_BUILD_JOBS", jobs.to_string());
        }
        if self.offline {
            env = env.with("CARGO_NET_OFFLINE", "true");
        }
        env
    }
}
