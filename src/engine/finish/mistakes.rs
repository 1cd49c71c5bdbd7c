//! Errors in the installation of files that a manifest declares, each with its place.

use std::path::PathBuf;

use miette::{Diagnostic, SourceSpan};
use rattler_conda_types::Subdir;
use thiserror::Error;

use crate::backend::extras::OptionKeys;
use crate::diagnostic::SourceFile;
use crate::engine::Session;

/// Finds places in the manifest.
#[derive(Clone, Copy)]
pub(super) struct Spot<'a> {
    pub(super) session: &'a Session,
    pub(super) host: Subdir,
}

impl Spot<'_> {
    pub(super) fn file(&self) -> SourceFile {
        self.session.project.manifest.file()
    }

    /// Returns the place of an option that applies to the host platform.
    pub(super) fn at(&self, place: &OptionKeys) -> Option<SourceSpan> {
        let keys: Vec<&str> = place.iter().map(String::as_str).collect();
        let manifest = &self.session.project.manifest;
        let at = |keys: &[&str]| self.session.tables.value_span(self.host, keys, manifest);
        at(&keys).or_else(|| at(&keys[..keys.len().min(1)]))
    }
}

/// A path without a file.
#[derive(Debug, Error, Diagnostic)]
#[error("`{option}` names `{path}`, which does not match a file")]
#[diagnostic(
    code(install::no_match),
    help(
        "paths are relative to {}; `*` matches names and `**` matches directories; paths in the \
         output directory of the build script begin with `$OUT_DIR/`",
        root.display()
    )
)]
pub(super) struct NoMatch {
    pub(super) option: String,
    pub(super) path: String,
    pub(super) root: PathBuf,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("matches nothing")]
    pub(super) at: Option<SourceSpan>,
}

/// A path in the output directory of a build script, in a build that ran no build script.
#[derive(Debug, Error, Diagnostic)]
#[error("`{option}` names `{path}`, but the build ran no build script of the package")]
#[diagnostic(
    code(install::no_out_dir),
    help(
        "only a project whose build tool runs a build script has such a directory: name a file of the sources"
    )
)]
pub(super) struct NoOutDir {
    pub(super) option: String,
    pub(super) path: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("in the output of a build script")]
    pub(super) at: Option<SourceSpan>,
}

/// Two entries that install the same file.
#[derive(Debug, Error, Diagnostic)]
#[error("{by} installs `{path}`, which {other} already installs")]
#[diagnostic(
    code(install::twice),
    help("remove one of the two, or give it another name")
)]
pub(super) struct Twice {
    pub(super) path: String,
    pub(super) other: String,
    pub(super) by: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("installs it again")]
    pub(super) at: Option<SourceSpan>,
}

/// Several files for one destination.
#[derive(Debug, Error, Diagnostic)]
#[error("`{option}` matches {count} files, but the destination is one file")]
#[diagnostic(
    code(install::several),
    help("write a `/` at the end of the destination to install them into a directory")
)]
pub(super) struct Several {
    pub(super) option: String,
    pub(super) count: usize,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("several files")]
    pub(super) at: Option<SourceSpan>,
}

/// A file with a template that cannot be evaluated.
#[derive(Debug, Error, Diagnostic)]
#[error("{} is not a template: {reason}", path.display())]
#[diagnostic(
    code(install::template),
    help(
        "`${{{{ name }}}}`, `${{{{ version }}}}`, `${{{{ target_platform }}}}` and `unix`, \
         `linux`, `osx`, `win` are the known names"
    )
)]
pub(super) struct UnreadableTemplate {
    pub(super) path: PathBuf,
    pub(super) reason: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("evaluated because of this")]
    pub(super) at: Option<SourceSpan>,
}

/// A program that is not in the package.
#[derive(Debug, Error, Diagnostic)]
#[error("`{option}` runs `{program}`, which was not installed")]
#[diagnostic(code(install::no_program), help("{help}"))]
pub(super) struct NoProgram {
    pub(super) option: String,
    pub(super) program: String,
    pub(super) help: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("no such program")]
    pub(super) at: Option<SourceSpan>,
}

/// A program that could not run or that failed.
#[derive(Debug, Error, Diagnostic)]
#[error("`{command}` {ended}{printed}")]
#[diagnostic(code(install::program_failed), help("{help}"))]
pub(super) struct ProgramFailed {
    pub(super) command: String,
    pub(super) ended: String,
    /// The output of the program, after a colon.
    pub(super) printed: String,
    pub(super) help: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("runs it")]
    pub(super) at: Option<SourceSpan>,
}

/// A program that printed nothing or wrote no file.
#[derive(Debug, Error, Diagnostic)]
#[error("`{command}` {what}")]
#[diagnostic(
    code(install::nothing_made),
    help(
        "empty files are not packed: check the arguments of the program, or leave out a shell with \
         `shells = […]`"
    )
)]
pub(super) struct NoOutput {
    pub(super) command: String,
    pub(super) what: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("runs it")]
    pub(super) at: Option<SourceSpan>,
}

/// A completion file whose name does not indicate a shell.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` does not belong to a known shell")]
#[diagnostic(
    code(install::unknown_shell),
    help(
        "the file name decides the shell: `*.bash`, `*.fish`, `*.zsh` or `_*`, `*.ps1`, `*.nu`, \
         `*.elv`; list other files by shell, as in `files = {{ bash = \"…\" }}`"
    )
)]
pub(super) struct UnknownShell {
    pub(super) name: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("found through this")]
    pub(super) at: Option<SourceSpan>,
}

/// A man page whose name has no section.
#[derive(Debug, Error, Diagnostic)]
#[error("the name `{name}` does not end in a section of the manual")]
#[diagnostic(
    code(install::no_section),
    help(
        "the name of a page ends in its section, as in `name.1`; `{{ file = \"…\", name = \
         \"name.1\" }}` renames one"
    )
)]
pub(super) struct NoSection {
    pub(super) name: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("found through this")]
    pub(super) at: Option<SourceSpan>,
}

/// A hook that could not run or that failed.
#[derive(Debug, Error, Diagnostic)]
#[error("the hook `{name}` {ended}{printed}")]
#[diagnostic(code(hook::failed), help("{help}"))]
pub(super) struct HookFailed {
    pub(super) name: String,
    pub(super) ended: String,
    /// The last lines of the log, after a colon.
    pub(super) printed: String,
    pub(super) help: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("this hook")]
    pub(super) at: Option<SourceSpan>,
}

/// A hook that modifies files that the next build reads.
#[derive(Debug, Error, Diagnostic)]
#[error("the hook `{name}` created or modified {}", path.display())]
#[diagnostic(
    code(hook::changed_sources),
    help(
        "the next build would see the change and run again: write below `$PREFIX`, or into the directory \
         in `SRC_DIR`, in which the hook starts"
    )
)]
pub(super) struct HookChangedSources {
    pub(super) name: String,
    pub(super) path: PathBuf,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("this hook")]
    pub(super) at: Option<SourceSpan>,
}

/// The contents of the package do not match a test.
#[derive(Debug, Error, Diagnostic)]
#[error("the package does not contain what its test expects: {reason}")]
#[diagnostic(
    code(build::package_contents),
    help("change what is installed, or the test")
)]
pub(super) struct WrongContents {
    pub(super) reason: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("this test")]
    pub(super) at: Option<SourceSpan>,
}
