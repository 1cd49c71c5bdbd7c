//! Cargo projects: `cargo install` into the host prefix.
//!
//! Reads `Cargo.toml` for what the manifest leaves out, asks for the compilers
//! and writes down the command line. What cargo does with it is cargo's business.

mod arguments;
mod build_scripts;
mod caches;
mod closure;
mod compiler_cache;
mod config;
mod conflicts;
mod debug_info;
mod dep_info;
mod environment;
mod inputs;
mod licenses;
mod manifest;
mod members;
mod mistakes;
mod progress;
mod rustflags;
mod script;
mod shared;
mod sources;
mod stale;
mod surroundings;
mod traces;
mod user_globs;
mod version;
mod view;

use miette::Report;

pub use config::Config;

use crate::backend::{
    Backend, Built, Cache, Draft, Folders, GlobSet, Progress, Request, Requirement,
};
use crate::project::Metadata;
use crate::protocol::spec::BinarySpec;
use manifest::Crate;
use view::View;

/// The backend for Cargo projects.
#[derive(Debug, Clone, Copy)]
pub struct Cargo;

impl Backend for Cargo {
    const NAME: &'static str = "pixi-build-rust";

    type Config = Config;

    fn progress(line: &str) -> Option<Progress> {
        progress::read(line)
    }

    fn draft(&self, request: &Request<'_, Config>) -> Result<Draft, Report> {
        let mut warnings = Vec::new();
        conflicts::check(request)?;

        let cargo = described(request)?;
        let mut metadata = if request.config.ignore_cargo_manifest {
            Metadata::default()
        } else {
            cargo.metadata(&mut warnings)?
        };
        if request.project.model.license_file.is_none() && metadata.license_files.is_empty() {
            metadata.license_files = cargo.license_files(&mut warnings);
        }

        let view = View::of(request, &cargo);
        Ok(Draft {
            metadata,
            requirements: requirements(request),
            script: script::install(&view),
            inputs: inputs::drafted(&view, &cargo),
            warnings,
        })
    }

    fn before_build(&self, request: &Request<'_, Config>, built: &Built) -> Result<(), Report> {
        let cargo = described(request)?;
        let view = View::of(request, &cargo);
        for file in view.surroundings.foreign(request) {
            tracing::info!(
                "{} is no part of the project and does not apply",
                file.display()
            );
        }
        if let Some(shared) = &view.shared {
            caches::keep_within_limit(request, shared)?;
        }
        stale::drop_stale(&view, built)
    }

    fn caches(&self, folders: &Folders) -> Vec<Cache> {
        caches::all(folders)
    }

    fn built_inputs(
        &self,
        request: &Request<'_, Config>,
        built: &Built,
    ) -> Result<Option<Vec<GlobSet>>, Report> {
        let cargo = described(request)?;
        inputs::built(&View::of(request, &cargo), built)
    }
}

fn described(request: &Request<'_, Config>) -> Result<Crate, Report> {
    Crate::read(&request.project.source, request.project.name())
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
