//! What pixi does around a build, for use without pixi: environments are solved
//! and installed from channels, and finished packages become a channel.
//!
//! The server knows nothing of this: pixi hands it installed environments.

pub mod channel;
