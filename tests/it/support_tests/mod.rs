//! The support keeps its promises.
//!
//! When one of these fails, look no further: the other tests stand on sand.

mod client;
mod glob;
mod packages;
mod requests;
mod toolchain;
