//! `conda/build_v1`: what is in a package, and that the machine leaves no trace in it.

mod clean_prefix;
mod isolation;
mod packages;
mod quoting;
mod reproducible;
mod script;
