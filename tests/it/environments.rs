//! Building without pixi: environments from channels, packages as a channel.

mod channel;
