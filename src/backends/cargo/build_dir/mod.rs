//! What builds leave for later ones: one build directory for a workspace, and what in it
//! cannot be trusted any more.

pub(crate) mod artifacts;
pub(crate) mod changed_prefixes;
pub(crate) mod dep_info;
pub(crate) mod out_dirs;
pub(crate) mod prefix_content;
pub(crate) mod shared_build_dir;
pub(crate) mod size_limit;
pub(crate) mod stale_sources;
