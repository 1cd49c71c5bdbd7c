//! The files that CMake reads before the project and after the installation.

use std::path::Path;

use crate::backend::options::CompilerCache;
use crate::backend::script::ScriptFile;
use crate::backends::cmake::config::Tests;
use crate::backends::cmake::view::View;

pub(super) const INIT: &str = "init.cmake";
const RULES: &str = "rules.cmake";
pub(super) const INSTALLED: &str = "installed.cmake";

/// The files that CMake reads.
pub(super) fn files(view: &View<'_>) -> Vec<ScriptFile> {
    let file = |name: &str, text: String| ScriptFile {
        path: view.tree.beside(name),
        text,
        executable: false,
    };
    let mut files = vec![file(INIT, initial_cache(view))];
    if view.tree.is_linked {
        let pattern = regex_of(&view.tree.host());
        let start = host(view) + &format!("set(pixi_pattern \"{pattern}\")\n");
        files.push(file(RULES, rules(view)));
        let text = include_str!("installed.cmake");
        files.push(file(INSTALLED, start + text));
    }
    files
}

/// The path of the host prefix in the scripts.
fn host(view: &View<'_>) -> String {
    let host = view.tree.host().display().to_string();
    format!("set(pixi_host \"{}\")\n", quoted(&host))
}

/// The text of the file that sets flags of compilers.
fn rules(view: &View<'_>) -> String {
    host(view) + include_str!("rules.cmake")
}

/// All text that CMake reads before the project.
pub(in super::super) fn configuration(view: &View<'_>) -> String {
    initial_cache(view) + &rules(view)
}

/// A regular expression of CMake that matches a path, in a quoted argument.
fn regex_of(path: &Path) -> String {
    let path = path.display().to_string();
    ["+", "."].into_iter().fold(path, |path, character| {
        path.replace(character, &format!("[{character}]"))
    })
}

/// The text of the initial cache: the same for every prefix, platform and shell.
fn initial_cache(view: &View<'_>) -> String {
    let config = view.request.config;
    let is_preset = config.preset().is_some();
    let has_no_shared_libraries = view
        .request
        .platforms
        .host
        .as_str()
        .starts_with("emscripten");
    let shared = match (is_preset, has_no_shared_libraries) {
        (true, _) => "",
        (false, true) => "OFF",
        (false, false) => "ON",
    };
    let testing = match config.tests {
        None => "",
        Some(Tests::Skip) => "OFF",
        Some(Tests::Build | Tests::Run) => "ON",
    };
    let launchers = match config.compiler_cache {
        CompilerCache::Auto => "sccache;ccache",
        CompilerCache::Sccache => "sccache",
        CompilerCache::Ccache => "ccache",
        CompilerCache::None => "",
    };
    let switch = |on: bool| if on { "ON" } else { "OFF" };
    let variables = [
        ("pixi_is_linked", switch(view.tree.is_linked)),
        (
            "pixi_has_rpath",
            switch(view.request.platforms.host.is_linux()),
        ),
        ("pixi_build_type", config.build_type().unwrap_or_default()),
        ("pixi_shared", shared),
        ("pixi_testing", testing),
        ("pixi_launchers", launchers),
    ];
    let variables = variables.map(|(name, value)| format!("set({name} \"{}\")\n", quoted(value)));
    variables.concat() + &host(view) + include_str!("init.cmake")
}

/// `text` as a quoted argument of CMake.
fn quoted(text: &str) -> String {
    let escaped = ['\\', '"', '$'].into_iter();
    escaped.fold(text.to_string(), |text, character| {
        text.replace(character, &format!("\\{character}"))
    })
}
