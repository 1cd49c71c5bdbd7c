//! Tests of the test support.
//!
//! When one of these tests fails, fix it first: all other tests rely on the support.

mod client;
mod glob;
mod packages;
mod requests;
mod toolchain;
