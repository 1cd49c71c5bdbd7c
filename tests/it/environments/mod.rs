//! Builds without pixi: environments from channels, and packages as a channel.

mod build;
mod build_options;
mod channel;
mod model;
mod request;
mod workspace;
