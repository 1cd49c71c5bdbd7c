//! What the backend supports, for people and scripts.

use miette::Report;

use crate::backend::Backend;
use crate::protocol::{API_VERSIONS, Negotiated};

pub(super) fn print<B: Backend>() -> Result<(), Report> {
    let capabilities = Negotiated::default().capabilities;
    println!("{} {}", B::NAME, env!("CARGO_PKG_VERSION"));
    println!(
        "pixi build API: {} to {}",
        API_VERSIONS.start(),
        API_VERSIONS.end()
    );
    println!(
        "conda/outputs: {}",
        yes(capabilities.provides_conda_outputs)
    );
    println!(
        "conda/build_v1: {}",
        yes(capabilities.provides_conda_build_v1)
    );
    Ok(())
}

fn yes(supported: bool) -> &'static str {
    if supported {
        "supported"
    } else {
        "not supported"
    }
}
