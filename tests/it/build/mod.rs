//! `conda/build_v1`: the contents of a package, which do not depend on the machine.

mod clean_prefix;
mod isolation;
mod packages;
mod quoting;
mod reproducible;
pub mod script;
