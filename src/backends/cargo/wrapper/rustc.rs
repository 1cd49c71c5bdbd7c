//! The wrapper that sccache uses as rustc. It restores the directories that the wrapper
//! `sccache` removed from the arguments, and it also keeps them out of the artifacts.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::backends::cargo::wrapper::arguments::Folders;
use crate::backends::cargo::wrapper::errors::WrapperError;
use crate::backends::cargo::wrapper::process;

/// The variable that contains a [`Call`].
pub(super) const CALL: &str = "PIXI_BUILD_RUST_CALL";

/// A variable that sccache includes in its key and that rustc ignores.
pub(super) const KEY: &str = "CARGO_PIXI_BUILD_RUST_KEY";

/// The beginning of the line in a list of dependencies that says that the crate reads
/// `OUT_DIR`.
const NAMES_OUT_DIR: &str = "# env-dep:OUT_DIR=";

/// The parts of one rustc call of Cargo that sccache does not get.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Call {
    /// The compiler.
    pub(super) rustc: PathBuf,
    /// The directory in which it runs.
    pub(super) folder: PathBuf,
    /// The top directory of the user's project.
    pub(super) top: PathBuf,
    /// The variables of Cargo that are removed for sccache.
    pub(super) variables: BTreeMap<String, String>,
}

/// Runs rustc with the arguments and variables of Cargo.
///
/// # Errors
/// There is no call, rustc cannot be started, or its list of dependencies cannot be changed.
pub(super) fn compile(arguments: &[OsString]) -> Result<u8, WrapperError> {
    let text = std::env::var(CALL).map_err(|_| WrapperError::NotSet(CALL))?;
    let call: Call = serde_json::from_str(&text).map_err(|error| WrapperError::BadFile {
        path: CALL.into(),
        reason: error.to_string(),
    })?;
    let out_dir = std::env::var("OUT_DIR").ok();
    let mut arguments = call.restored(arguments);
    let list = list_of_dependencies(&arguments);
    if list.is_some() {
        // The list then contains absolute paths, which sccache can read from another directory.
        make_source_absolute(&mut arguments, &call.folder);
    }
    let mut command = Command::new(&call.rustc);
    command
        .args(call.remaps(out_dir.as_deref()))
        .args(arguments)
        .envs(&call.variables)
        .env_remove(CALL)
        .env_remove(KEY)
        .current_dir(&call.folder);
    let Some(list) = list else {
        return process::replace(command);
    };
    let code = process::run(command)?;
    if code == 0 && out_dir.is_some() {
        forget_out_dir(&call.folder.join(list))?;
    }
    Ok(code)
}

impl Call {
    fn cargo_home(&self) -> Option<&str> {
        let home = self.variables.get("CARGO_HOME")?;
        (!home.is_empty()).then_some(home)
    }

    fn restored(&self, arguments: &[OsString]) -> Vec<OsString> {
        let (Some(current), Some(project)) = (self.folder.to_str(), self.top.to_str()) else {
            return arguments.to_vec();
        };
        let folders = Folders {
            current,
            cargo_home: self.cargo_home(),
            project,
        };
        let restored = arguments.iter().map(|argument| match argument.to_str() {
            Some(text) => folders.restore(text).into(),
            None => argument.clone(),
        });
        restored.collect()
    }

    /// Flags that replace directories in the artifact. They come before the flags of the build,
    /// which have priority.
    fn remaps(&self, out_dir: Option<&str>) -> Vec<String> {
        let home = self.cargo_home();
        let is_of_registry = home.is_some_and(|home| self.folder.starts_with(home));
        let folder = (!is_of_registry).then(|| self.folder.display().to_string());
        let folders = [
            (home.map(str::to_string), "/cargo"),
            (folder, "."),
            (
                out_dir.filter(|it| !it.is_empty()).map(str::to_string),
                "/out",
            ),
        ];
        let maps = folders
            .into_iter()
            .filter_map(|(folder, name)| Some(format!("--remap-path-prefix={}={name}", folder?)));
        maps.collect()
    }
}

/// The file to which rustc writes the files and variables that the crate depends on, if sccache
/// requests that list.
fn list_of_dependencies(arguments: &[OsString]) -> Option<PathBuf> {
    let mut words = arguments.iter().skip_while(|word| *word != "-o");
    words.nth(1).map(PathBuf::from)
}

fn make_source_absolute(arguments: &mut [OsString], folder: &Path) {
    let source = arguments.iter_mut().find(|word| {
        let is_option = word.as_encoded_bytes().starts_with(b"-");
        !is_option && Path::new(word).extension().is_some_and(|it| it == "rs")
    });
    if let Some(source) = source {
        *source = folder.join(&*source).into_os_string();
    }
}

/// Removes `OUT_DIR` from a list of dependencies if the crate only includes files from it. The
/// path then does not appear in the program and does not need to be part of the key.
fn forget_out_dir(list: &Path) -> Result<(), WrapperError> {
    let unreadable = |error| WrapperError::unreadable(list, error);
    let text = std::fs::read_to_string(list).map_err(unreadable)?;
    if !text.lines().any(|line| line.starts_with(NAMES_OUT_DIR)) {
        return Ok(());
    }
    let mut sources = sources(&text);
    if !sources.all(|path| only_includes(&std::fs::read(path).unwrap_or_default())) {
        return Ok(());
    }
    let kept = text.split_inclusive('\n');
    let kept: String = kept
        .filter(|line| !line.starts_with(NAMES_OUT_DIR))
        .collect();
    std::fs::write(list, kept).map_err(|error| WrapperError::unwritable(list, error))
}

/// The source files in a list. Each has a line that ends with a colon.
fn sources(list: &str) -> impl Iterator<Item = PathBuf> {
    let files = list.lines().filter_map(|line| line.strip_suffix(':'));
    files.map(|path| path.replace("\\ ", " ").into())
}

/// Whether the source reads `OUT_DIR` only in lines that include a file.
fn only_includes(source: &[u8]) -> bool {
    let has = |line: &[u8], word: &[u8]| memchr::memmem::find(line, word).is_some();
    let mut lines = source.split(|sign| *sign == b'\n');
    lines.all(|line| !has(line, b"OUT_DIR") || has(line, b"include"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(folder: &str) -> Call {
        Call {
            rustc: "/env/bin/rustc".into(),
            folder: folder.into(),
            top: "/project".into(),
            variables: [("CARGO_HOME".to_string(), "/cache/home".to_string())].into(),
        }
    }

    #[test]
    fn folders_have_other_names_in_artifacts() {
        let maps = |folder: &str, out_dir| call(folder).remaps(out_dir).join("\n");
        insta::assert_snapshot!(maps("/project/part", Some("/t/out")), @r"
        --remap-path-prefix=/cache/home=/cargo
        --remap-path-prefix=/project/part=.
        --remap-path-prefix=/t/out=/out
        ");
        insta::assert_snapshot!(
            maps("/cache/home/registry/src/a-1.0.0", None),
            @"--remap-path-prefix=/cache/home=/cargo"
        );
    }

    #[test]
    fn words_become_folders_again() {
        let words = ["%FOLDER%/src/lib.rs", "%PROJECT%", "-L%CARGO_HOME%/x", "a"];
        let words = words.map(OsString::from);
        let expected = [
            "/project/part/src/lib.rs",
            "/project",
            "-L/cache/home/x",
            "a",
        ];
        assert_eq!(call("/project/part").restored(&words), expected);
    }

    #[test]
    fn a_list_is_asked_for_with_an_absolute_source() {
        let words = [
            "--cfg",
            "a",
            "src/lib.rs",
            "--emit",
            "dep-info",
            "-o",
            "/tmp/list",
        ];
        let mut words = words.map(OsString::from);
        assert_eq!(list_of_dependencies(&words), Some("/tmp/list".into()));
        make_source_absolute(&mut words, Path::new("/project/part"));
        assert_eq!(words[2], "/project/part/src/lib.rs");
        assert_eq!(list_of_dependencies(&words[..3]), None);
    }

    #[test]
    fn the_folder_of_generated_code_counts_where_the_program_may_see_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let list = folder.path().join("list.d");
        let source = folder.path().join("with space.rs");
        let name = source.display().to_string().replace(' ', "\\ ");
        let text = format!("x: {name}\n\n{name}:\n\n# env-dep:A=1\n# env-dep:OUT_DIR=/t/out\n");
        let after = |code: &str| {
            fs_err::write(&source, code).expect("writable");
            fs_err::write(&list, &text).expect("writable");
            forget_out_dir(&list).expect("readable");
            fs_err::read_to_string(&list).expect("readable")
        };
        let include = "include!(concat!(env!(\"OUT_DIR\"), \"/a.rs\"));\n";
        assert_eq!(
            after(include),
            text.replace("# env-dep:OUT_DIR=/t/out\n", "")
        );
        let shown = "const PLACE: &str = env!(\"OUT_DIR\");\n";
        assert_eq!(after(&format!("{include}{shown}")), text);
    }
}
