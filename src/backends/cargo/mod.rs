//! Cargo projects: `cargo install` into the host prefix.
//!
//! Reads `Cargo.toml` for what the manifest leaves out, asks for the compilers
//! and writes down the command line. What cargo does with it is cargo's business.

mod config;
mod conflicts;
mod inputs;
mod licenses;
mod manifest;
mod members;
mod mistakes;
mod script;
mod shared;
mod version;

use miette::Report;

pub use config::Config;

use crate::backend::{Backend, Draft, Request, Requirement};
use crate::project::Metadata;
use crate::protocol::spec::BinarySpec;
use manifest::Crate;
use shared::Shared;

/// The backend for Cargo projects.
#[derive(Debug, Clone, Copy)]
pub struct Cargo;

impl Backend for Cargo {
    const NAME: &'static str = "pixi-build-rust";

    type Config = Config;

    fn draft(&self, request: &Request<'_, Config>) -> Result<Draft, Report> {
        let Request {
            project, config, ..
        } = *request;
        let mut warnings = Vec::new();
        conflicts::check(request)?;

        let cargo = Crate::read(&project.source, project.name())?;
        let mut metadata = if config.ignore_cargo_manifest {
            Metadata::default()
        } else {
            cargo.metadata(&mut warnings)?
        };
        if project.model.license_file.is_none() && metadata.license_files.is_empty() {
            metadata.license_files = cargo.license_files(&mut warnings);
        }

        let shared = cargo
            .package_name()
            .and_then(|package| Shared::new(request, cargo.folder(), package));
        Ok(Draft {
            metadata,
            requirements: requirements(request),
            script: script::install(request, cargo.folder(), shared.as_ref()),
            inputs: inputs::globs(request, Some(&cargo)),
            warnings,
        })
    }
}

fn requirements(request: &Request<'_, Config>) -> Vec<Requirement> {
    let compilers = request.config.compilers();
    let mut requirements: Vec<Requirement> = compilers
        .iter()
        .map(|language| Requirement::Compiler(language.clone()))
        .collect();
    // Go without cgo is the one compiler that needs no C library.
    let needs_stdlib = compilers.iter().any(|language| language != "go-nocgo");
    if request.variants.contains_key("c_stdlib") && needs_stdlib {
        requirements.push(Requirement::Stdlib("c".to_string()));
    }
    if request.config.wants_sccache() {
        let any = Box::new(BinarySpec::default());
        requirements.push(Requirement::Build("sccache".to_string(), any));
    }
    requirements
}
