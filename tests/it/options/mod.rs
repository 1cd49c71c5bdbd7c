//! The options in `[package.build.config]`: what they change in a package.

mod build_config;
mod every_backend;
mod package_contents;
