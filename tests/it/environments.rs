//! Building without pixi: environments from channels, packages as a channel.

mod build;
mod channel;
mod model;
mod request;
mod told;
mod workspace;
