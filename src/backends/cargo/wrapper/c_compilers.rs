//! Gives C compilers names that are the same in every work directory.
//!
//! Build scripts that compile C make Cargo run them again when the compiler or its flags
//! change, and both contain the paths of the prefixes. This module replaces the prefixes with
//! links whose path contains a hash of the installed packages. Another work directory with the
//! same packages does not change the path. Another compiler or another header does.

use std::path::{Path, PathBuf};

use crate::backends::cargo::context::c_variables::{holds_flags, names_tool};
use crate::backends::cargo::wrapper::variables::Variables;

/// The directory that appears in programs instead of that of included headers.
const HEADERS: &str = "/usr/local/src/conda-prefix";

/// The directories of a build.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places<'a> {
    /// The build environment.
    pub(super) build_prefix: &'a str,
    /// The host environment.
    pub(super) host_prefix: &'a str,
    /// The directory in which the script runs.
    pub(super) script: Option<&'a str>,
    /// The top directory of the user's project.
    pub(super) top: &'a str,
    /// The directory in which Cargo keeps crates.
    pub(super) cargo_home: Option<&'a str>,
}

/// The links to the prefixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Links {
    /// The link to the build environment.
    pub(super) build: PathBuf,
    /// The link to the host environment.
    pub(super) host: PathBuf,
}

/// Replaces the prefixes in the variables of compilers and flags with links below `folder`.
/// `content` is the hash of the environments. Returns the links that the caller has to create.
///
/// Returns `None` if the flags cannot contain a link: flags are separated by spaces, and links
/// need privileges on Windows. The variables then contain the hash of the environments, so that
/// Cargo still notices a change.
pub(super) fn rename(
    variables: &mut Variables,
    places: Places<'_>,
    folder: &Path,
    content: &str,
) -> Option<Links> {
    let links = folder.join("environments").join(content);
    let Some(path) = links
        .to_str()
        .filter(|path| is_one_word(path) && cfg!(unix))
    else {
        for name in ["CFLAGS", "CXXFLAGS"] {
            let flags = variables.get(name).unwrap_or_default();
            let define = format!("{flags} -DPIXI_BUILD_RUST_ENVIRONMENT={content}");
            variables.set(name, define.trim_start());
        }
        return None;
    };
    let links = Links {
        build: links.join("build"),
        host: links.join("host"),
    };
    let (build, host) = (format!("{path}/build"), format!("{path}/host"));
    for name in variables.names(|name| names_tool(name) || holds_flags(name)) {
        let value = variables.get(&name).unwrap_or_default();
        let mut value = value.replace(places.build_prefix, &build);
        value = value.replace(places.host_prefix, &host);
        if holds_flags(&name) {
            value = with_maps(&value, places, &host);
        }
        variables.set(&name, value);
    }
    Some(links)
}

/// Adds flags that replace directories of this machine in programs: the project, crates, and
/// headers whose path lands in a program. Maps of the script's own directory are removed,
/// because nothing is compiled there and the path differs between work directories.
fn with_maps(flags: &str, places: Places<'_>, host: &str) -> String {
    let maps_script = |flag: &&str| {
        let map = flag
            .strip_prefix("-f")
            .and_then(|it| it.split_once("-prefix-map="));
        let from = map.and_then(|(_, map)| map.split_once('='));
        from.is_some_and(|(from, _)| Some(from) == places.script)
    };
    let words = flags.split_whitespace().filter(|flag| !maps_script(flag));
    let mut words: Vec<String> = words.map(str::to_string).collect();
    if words.iter().any(|word| word.contains(host)) {
        words.push(format!("-fmacro-prefix-map={host}={HEADERS}"));
    }
    let named = [
        (Some(places.top), "/project"),
        (places.cargo_home, "/cargo"),
    ];
    for (folder, name) in named {
        if let Some(folder) = folder.filter(|folder| is_one_word(folder) && !folder.contains('=')) {
            words.push(format!("-ffile-prefix-map={folder}={name}"));
        }
    }
    words.join(" ")
}

/// Whether a path remains one word in a list of flags, without quotes.
fn is_one_word(path: &str) -> bool {
    let harmless = |sign: char| sign.is_ascii_alphanumeric() || "/._+@%~-".contains(sign);
    path.chars().all(harmless)
}

#[cfg(all(test, unix))]
mod tests {
    use super::super::variables::tests::{changes, variables};
    use super::*;

    const PLACES: Places<'_> = Places {
        build_prefix: "/jobs/build_env",
        host_prefix: "/jobs/host_env",
        script: Some("/jobs/work"),
        top: "/home/user/project",
        cargo_home: Some("/cache/cargo-home"),
    };

    fn renamed(given: &[(&str, &str)], folder: &str) -> (String, Option<Links>) {
        let mut variables = variables(given);
        let links = rename(&mut variables, PLACES, Path::new(folder), "0123abcd");
        (changes(&variables), links)
    }

    #[test]
    fn compilers_and_flags_name_links_that_are_called_like_the_content() {
        let (changes, links) = renamed(
            &[
                ("CC", "/jobs/build_env/bin/cc"),
                ("CC_x86_64_unknown_linux_gnu", "cc"),
                ("HOST_CXX", "/jobs/build_env/bin/c++"),
                ("TARGET_CFLAGS", "-I/jobs/host_env/include"),
                (
                    "CFLAGS",
                    "-O2 -isystem /jobs/host_env/include \
                     -fdebug-prefix-map=/jobs/work=/usr/local/src/tool \
                     -fdebug-prefix-map=/jobs/host_env=/usr/local/src/conda-prefix",
                ),
                ("OPENSSL_DIR", "/jobs/host_env"),
                ("PATH", "/jobs/build_env/bin"),
                ("CCC", "/jobs/build_env/bin"),
            ],
            "/scratch/plain",
        );
        let changes = changes.replace("/scratch/plain/environments/0123abcd", "<links>");
        insta::assert_snapshot!(changes, @r"
        CC=<links>/build/bin/cc
        CFLAGS=-O2 -isystem <links>/host/include -fdebug-prefix-map=<links>/host=/usr/local/src/conda-prefix -fmacro-prefix-map=<links>/host=/usr/local/src/conda-prefix -ffile-prefix-map=/home/user/project=/project -ffile-prefix-map=/cache/cargo-home=/cargo
        HOST_CXX=<links>/build/bin/c++
        OPENSSL_DIR=<links>/host
        TARGET_CFLAGS=-I<links>/host/include -fmacro-prefix-map=<links>/host=/usr/local/src/conda-prefix -ffile-prefix-map=/home/user/project=/project -ffile-prefix-map=/cache/cargo-home=/cargo
        ");
        let links = links.expect("the path is harmless");
        let content = Path::new("/scratch/plain/environments/0123abcd");
        assert_eq!(links.build, content.join("build"));
        assert_eq!(links.host, content.join("host"));
    }

    #[test]
    fn a_path_with_a_space_becomes_a_definition() {
        let (changes, links) = renamed(&[("CFLAGS", "-O1")], "/my scratch");
        insta::assert_snapshot!(changes, @r"
        CFLAGS=-O1 -DPIXI_BUILD_RUST_ENVIRONMENT=0123abcd
        CXXFLAGS=-DPIXI_BUILD_RUST_ENVIRONMENT=0123abcd
        ");
        assert_eq!(links, None);
    }

    #[test]
    fn folders_that_would_be_several_words_are_not_mapped() {
        let places = Places {
            top: "/home/user/my project",
            cargo_home: None,
            ..PLACES
        };
        assert_eq!(with_maps("-O1", places, "/x/host"), "-O1");
    }
}
