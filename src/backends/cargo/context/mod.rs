//! A crate, and everything around it that affects its build: Cargo's configuration, the user's
//! arguments, and other path crates.

pub(crate) mod arguments;
pub(crate) mod c_variables;
pub(crate) mod cargo_config;
pub(crate) mod choice;
pub(crate) mod crate_context;
pub(crate) mod layout;
pub(crate) mod packages;
pub(crate) mod path_dependencies;
pub(crate) mod refused_arguments;
pub(crate) mod tools;
