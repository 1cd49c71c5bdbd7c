//! What ninja knows about a build tree: the plan that CMake wrote for it, and what
//! compilers said that they read.

mod deps_log;
mod plan;

pub(super) use deps_log::DepsLog;
pub(super) use plan::{Edge, Plan};
