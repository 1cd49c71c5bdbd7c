//! The locations of files and directories, relative to the directory in which the script runs.

/// The directory with the backend's own files.
pub(super) const DIRECTORY: &str = "pixi-build-python";

/// The file that lists the opened files.
pub(super) const TRACE: &str = "pixi-build-python/opened";

/// The file in which CMake records what it reads, if scikit-build-core starts it. It exists before
/// the build, unless its path cannot be an argument.
pub(super) const CMAKE_TRACE: &str = "pixi-build-python/cmake.json";

/// The file that lists the installed files. Its first line is the metadata directory.
pub(super) const INSTALLED: &str = "pixi-build-python/installed";

/// The file that lists the modules that Python cannot compile.
pub(super) const UNCOMPILED: &str = "pixi-build-python/uncompiled";

/// The file with settings for setuptools.
pub(super) const SETUPTOOLS: &str = "pixi-build-python/setuptools.cfg";

/// The directory with compiled code.
pub(super) const BUILD: &str = "build";
