//! The build directory that builds of a workspace share, and the removal of artifacts that
//! Cargo would reuse although they are outdated.

pub(crate) mod artifacts;
pub(crate) mod changed_prefixes;
pub(crate) mod dep_info;
pub(crate) mod out_dirs;
pub(crate) mod prefix_content;
pub(crate) mod shared_build_dir;
pub(crate) mod size_limit;
pub(crate) mod stale_sources;
