//! `build`: the same requests to the same engine, without pixi.

use std::path::{Path, PathBuf};

use indicatif::MultiProgress;
use miette::{Diagnostic, Report};
use thiserror::Error;

use crate::backend::{Backend, Env};
use crate::cli::progress::Step;
use crate::cli::{BuildArguments, runtime};

pub(super) fn build<B: Backend>(
    _backend: B,
    _env: Env,
    _arguments: BuildArguments,
    _progress: MultiProgress,
) -> Result<(), Report> {
    let _ = (runtime, Step::start, Path::new(""), PathBuf::new());
    Err(NoEnvironments.into())
}

/// Environments from channels are not made here yet.
#[derive(Debug, Error, Diagnostic)]
#[error("solving environments from channels is not supported yet")]
#[diagnostic(
    code(build::no_environments),
    help("add `--system-toolchain` to build with the Rust and C compilers of this machine")
)]
struct NoEnvironments;
