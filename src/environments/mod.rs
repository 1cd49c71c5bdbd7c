//! What pixi does around a build, for use without pixi: environments are solved
//! and installed from channels, and finished packages become a channel.
//!
//! The server knows nothing of this: pixi hands it installed environments.
//!
//! ```text
//! Output ─ solve → Solved{build, host, run …} ─ install → prefixes
//!                        └─────────── request → build::Params, as pixi sends them
//! ```

pub mod channel;
mod cutoff;
mod depot;
mod fetch;
mod install;
mod kept;
mod machine;
mod mistakes;
mod order;
mod pins;
mod question;
mod request;
mod run_exports;
mod solve;
mod source;
mod unchanged;
mod wish;

pub use depot::{Access, Depot, Network};
pub use fetch::Checkout;
pub use order::{Keep, Order, Sources, Supply};
pub use question::Role;
pub use request::{Prefixes, Solved};
pub use source::record;
pub use unchanged::Earlier;
pub use wish::Wish;

use rattler_conda_types::{RepoDataRecord, Subdir};

/// An environment that has been solved.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Which of the two of a build.
    pub role: Role,
    /// What it was solved for.
    pub platform: Subdir,
    /// What was asked of the solver.
    pub dependencies: Vec<Wish>,
    /// What limited the solver.
    pub constraints: Vec<Wish>,
    /// What belongs into it, sorted by name.
    pub packages: Vec<RepoDataRecord>,
}
