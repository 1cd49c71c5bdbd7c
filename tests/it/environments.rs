//! Building without pixi: environments from channels, packages as a channel.

mod build;
mod channel;
mod request;
mod workspace;
