//! The options in `[package.build.config]` and their effects on a package.

mod build_config;
mod every_backend;
mod package_contents;
