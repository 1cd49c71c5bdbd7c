//! The data of ninja about a build tree: the plan that CMake wrote, and the files that
//! compilers have read.

mod command;
mod depfile;
mod deps_log;
mod fortran;
mod plan;

pub(super) use command::named;
pub(super) use deps_log::DepsLog;
pub(super) use plan::{Edge, Plan};
