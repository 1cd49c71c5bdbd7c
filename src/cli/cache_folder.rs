//! The cache that the command line shares with pixi.

use std::path::{Path, PathBuf};

use crate::backend::Env;

/// The cache directory of pixi, so that downloads are shared with pixi.
pub(super) fn cache_folder(env: &Env) -> PathBuf {
    let overrides = ["PIXI_CACHE_DIR", "RATTLER_CACHE_DIR"];
    if let Some(folder) = overrides.into_iter().find_map(|name| env.path(name)) {
        // The path must be absolute, because programs that run in other directories get it.
        return std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
    }
    let caches = if cfg!(windows) {
        env.path("LOCALAPPDATA").map(Path::to_path_buf)
    } else if cfg!(target_os = "macos") {
        env.path("HOME").map(|home| home.join("Library/Caches"))
    } else {
        let home = || env.path("HOME").map(|home| home.join(".cache"));
        env.path("XDG_CACHE_HOME")
            .map(Path::to_path_buf)
            .or_else(home)
    };
    let caches = caches.unwrap_or_else(std::env::temp_dir);
    caches.join("rattler").join("cache")
}
