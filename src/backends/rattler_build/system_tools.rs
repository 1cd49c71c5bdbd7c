//! Finds the programs of the machine that recipes use.

use std::path::PathBuf;

use crate::backend::tools::on_path;
use crate::backend::{Env, SystemTools};

/// The programs that scripts of recipes commonly call. Those that exist on the machine
/// are linked.
const PROGRAMS: [&str; 30] = [
    "ar",
    "as",
    "autoconf",
    "automake",
    "bison",
    "c++",
    "cargo",
    "cc",
    "clang",
    "clang++",
    "cmake",
    "flex",
    "g++",
    "gcc",
    "gfortran",
    "git",
    "go",
    "ld",
    "libtool",
    "m4",
    "make",
    "meson",
    "ninja",
    "nm",
    "perl",
    "pkg-config",
    "python3",
    "ranlib",
    "rustc",
    "strip",
];

/// The programs that exist on the machine.
pub(super) fn find(env: &Env) -> SystemTools {
    let programs = PROGRAMS.iter().filter_map(|name| on_path(env, name));
    let programs: Vec<PathBuf> = programs.collect();
    SystemTools {
        programs,
        variables: Vec::new(),
        packages: Vec::new(),
    }
}
