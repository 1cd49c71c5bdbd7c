//! The contents of a package in addition to those that the build tool installs: completions, man
//! pages, other files, activation and hooks. This is plain data, which the engine applies after the
//! script has run.
//!
//! Every entry knows its place in the configuration, so that an error that is found only during the
//! build can point at it.

use std::path::{Path, PathBuf};

use crate::backend::GlobSet;
use crate::backend::extra_input_globs;
use crate::backend::hooks::Hooks;
use crate::backend::inputs::{WILDCARDS, plain, split_at_wildcard};

/// The prefix of a path in the output directory of the package's build script.
pub const OUT_DIR: &str = "$OUT_DIR/";

/// The keys that lead to a value of the configuration.
pub type OptionKeys = Vec<String>;

/// The contents of a package in addition to those that the build tool installs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extras {
    /// The directory that paths are relative to.
    pub root: PathBuf,
    /// Completions for shells.
    pub completions: Vec<Completion>,
    /// Pages of the manual.
    pub man_pages: Vec<ManPage>,
    /// Other files.
    pub install: Vec<Installed>,
    /// Variables and scripts for the activation of environments.
    pub activation: Activation,
    /// The user's commands.
    pub hooks: Hooks,
    /// The programs whose version a test of the package checks.
    pub version_check: VersionCheck,
    /// Patterns for files that tests need.
    pub test_files: Vec<String>,
}

impl Extras {
    /// The options that are set and that a recipe cannot express.
    pub fn options(&self) -> Vec<&'static str> {
        let Self {
            root: _,
            completions,
            man_pages,
            install,
            activation,
            hooks,
            version_check,
            test_files: _,
        } = self;
        let said = [
            ("completions", !completions.is_empty()),
            ("man-pages", !man_pages.is_empty()),
            ("install", !install.is_empty()),
            ("activation", *activation != Activation::default()),
            ("hooks", *hooks != Hooks::default()),
            ("version-check", *version_check != VersionCheck::None),
        ];
        let said = said.into_iter().filter(|(_, is_said)| *is_said);
        said.map(|(option, _)| option).collect()
    }

    /// Whether a path is in the output directory of a build script.
    pub fn needs_out_dir(&self) -> bool {
        self.paths().any(|path| path.starts_with(OUT_DIR))
    }

    /// The inputs of the package: every file that an option names.
    pub fn inputs(&self, outputs: &[&str]) -> Vec<GlobSet> {
        let named = self.paths().filter(|path| !path.starts_with(OUT_DIR));
        let hooks = [&self.hooks.before_build, &self.hooks.after_install];
        let hooks = hooks.into_iter().flatten();
        let hooks = hooks.flat_map(|hook| hook.file().into_iter().chain(&hook.inputs));
        let tests = self.test_files.iter().map(String::as_str);
        let named = named.chain(hooks.map(String::as_str)).chain(tests);
        // Builds write to these directories, so a path into one of them names a result of the
        // build.
        let made = |path: &&str| {
            let first = path.split('/').next().unwrap_or_default();
            outputs.contains(&first)
        };
        let mut sets = Vec::new();
        let mut others = Vec::new();
        for path in named.filter(|path| !made(path)) {
            match self.below_directory(path) {
                Some(set) => sets.push(set),
                None => others.push(path.to_string()),
            }
        }
        sets.extend(extra_input_globs::sets(&others, &self.root, outputs));
        for set in &mut sets {
            set.reason = "what the configuration installs".to_string();
        }
        sets
    }

    /// The files of a directory of the project that a path or pattern names. They include hidden
    /// files, because those are installed too. `None` if `path` is a file, or if the directory is
    /// that of the project, which contains the files of tools.
    fn below_directory(&self, path: &str) -> Option<GlobSet> {
        let (directory, pattern) = if path.contains(WILDCARDS) {
            split_at_wildcard(path, &WILDCARDS)
        } else {
            (path, "**")
        };
        let directory = plain(&self.root.join(directory));
        let is_below = directory.is_dir() && !self.root.starts_with(&directory);
        is_below.then(|| {
            let set = GlobSet::matching(&directory, pattern, "");
            set.with_hidden().without_leftovers()
        })
    }

    /// The paths of all files that are copied.
    fn paths(&self) -> impl Iterator<Item = &str> {
        let completions = self.completions.iter().flat_map(|it| it.from.paths());
        let pages = self.man_pages.iter().filter_map(|page| match &page.from {
            PageSource::File { path, .. } => Some(path.as_str()),
            PageSource::Printed { .. } | PageSource::Written(_) => None,
        });
        let install = self.install.iter().filter_map(|it| match &it.from {
            FileSource::Files { from, .. } => Some(from.as_str()),
            FileSource::Link(_) | FileSource::Content(_) => None,
        });
        let scripts = self.activation.scripts.iter();
        let scripts = scripts.map(|(_, path)| path.as_str());
        completions.chain(pages).chain(install).chain(scripts)
    }
}

/// A shell that completes commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Shell {
    /// `bash`
    Bash,
    /// `fish`
    Fish,
    /// `zsh`
    Zsh,
    /// `powershell`
    PowerShell,
    /// `nushell`
    Nushell,
    /// `elvish`
    Elvish,
}

impl Shell {
    /// All shells.
    pub const ALL: [Self; 6] = [
        Self::Bash,
        Self::Fish,
        Self::Zsh,
        Self::PowerShell,
        Self::Nushell,
        Self::Elvish,
    ];

    /// The shells whose completions are generated by default.
    pub const USUAL: [Self; 3] = [Self::Bash, Self::Fish, Self::Zsh];

    /// The name of the shell, in the form that programs accept as an argument.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Fish => "fish",
            Self::Zsh => "zsh",
            Self::PowerShell => "powershell",
            Self::Nushell => "nushell",
            Self::Elvish => "elvish",
        }
    }

    /// The shell that the name of a completion file indicates.
    pub fn of_file(name: &str) -> Option<Self> {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending);
        match ending {
            Some("bash") => Some(Self::Bash),
            Some("fish") => Some(Self::Fish),
            Some("zsh") => Some(Self::Zsh),
            Some("ps1") => Some(Self::PowerShell),
            Some("nu") => Some(Self::Nushell),
            Some("elv") => Some(Self::Elvish),
            _ if name.starts_with('_') => Some(Self::Zsh),
            _ => None,
        }
    }

    /// The path at which pixi and the shells look for completions, relative to the prefix.
    pub fn place(self, command: &str) -> String {
        match self {
            Self::Bash => format!("share/bash-completion/completions/{command}"),
            Self::Fish => format!("share/fish/vendor_completions.d/{command}.fish"),
            Self::Zsh => format!("share/zsh/site-functions/_{command}"),
            Self::PowerShell => format!("share/powershell/{command}.ps1"),
            Self::Nushell => format!("share/nushell/vendor/autoload/{command}.nu"),
            Self::Elvish => format!("share/elvish/lib/{command}.elv"),
        }
    }
}

/// Completions of one command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The keys of the option.
    pub at: OptionKeys,
    /// The command, as users type it.
    pub command: String,
    /// The origin of the completions.
    pub from: CompletionSource,
}

/// The origin of completions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CompletionSource {
    /// A program prints the completions of one shell.
    Printed(Run, Vec<Shell>),
    /// A program writes files.
    Written(Run, Vec<Shell>),
    /// Files whose names indicate their shells.
    Files(Vec<String>),
    /// A file for each shell.
    Named(Vec<(Shell, String)>),
}

impl CompletionSource {
    fn paths(&self) -> Vec<&str> {
        match self {
            Self::Printed(..) | Self::Written(..) => Vec::new(),
            Self::Files(paths) => paths.iter().map(String::as_str).collect(),
            Self::Named(paths) => paths.iter().map(|(_, path)| path.as_str()).collect(),
        }
    }
}

/// An installed program with arguments. `{shell}` and `{dir}` in them and in the values of
/// variables are placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The name of the program.
    pub program: String,
    /// The arguments.
    pub args: Vec<String>,
    /// Environment variables for the program.
    pub env: Vec<(String, String)>,
}

/// Pages of the manual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManPage {
    /// The keys of the option.
    pub at: OptionKeys,
    /// The origin of the pages.
    pub from: PageSource,
}

/// The origin of pages of the manual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageSource {
    /// Files, or one file that gets another name.
    File {
        /// A path, possibly with wildcards.
        path: String,
        /// The name of the page in the package.
        name: Option<String>,
    },
    /// A program prints one page.
    Printed {
        /// The program.
        run: Run,
        /// The name of the page in the package.
        name: String,
    },
    /// A program writes files.
    Written(Run),
}

/// A file that is installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// The keys of the option.
    pub at: OptionKeys,
    /// The destination, relative to the prefix. A destination that ends in `/` is a directory.
    pub to: String,
    /// The origin of the content.
    pub from: FileSource,
    /// The mode bits, if they differ from those of the file.
    pub mode: Option<u32>,
}

/// The origin of the content of an installed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileSource {
    /// Files.
    Files {
        /// A path, possibly with wildcards.
        from: String,
        /// Patterns for files to exclude, relative to the part of the path without wildcards.
        exclude: Vec<String>,
        /// Whether `${{ … }}` in the file is evaluated.
        template: bool,
    },
    /// A link to this target, relative to the directory of the link.
    Link(String),
    /// The content itself.
    Content(String),
}

/// The variables and scripts that activating an environment with the package applies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Activation {
    /// Variables with their values, in which `$PREFIX` is the prefix of the environment.
    pub env: Vec<(String, String)>,
    /// Scripts that the shell runs itself, with the keys of their options.
    pub scripts: Vec<(OptionKeys, String)>,
}

/// The programs whose version a test of the package checks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum VersionCheck {
    /// None.
    #[default]
    None,
    /// Every installed program, with the argument `--version`.
    All,
    /// These programs, with these arguments.
    Some(Vec<(String, Vec<String>)>),
}

/// The results that a backend determines after its script has run.
#[derive(Debug, Default)]
pub struct Finished {
    /// License texts of the package, in addition to those in the recipe.
    pub license_files: Vec<PathBuf>,
    /// The output directory of the package's build script.
    pub out_dir: Option<PathBuf>,
    /// The version that the programs print. `None` for the version of the package.
    pub version: Option<String>,
    /// The files of the package, relative to the prefix. `None` if every new file in the prefix
    /// belongs to the package.
    pub package_files: Option<Vec<PathBuf>>,
    /// Files that were added to the prefix, with the reason for each.
    pub files: Vec<(PathBuf, String)>,
    /// Problems that the user should know about.
    pub warnings: Vec<crate::diagnostic::Warning>,
}

/// Whether a path leads outside of the directory that it is relative to.
pub fn climbs(path: &str) -> bool {
    Path::new(path).is_absolute() || path.split(['/', '\\']).any(|name| name == "..")
}

/// The section of a man page, which is the extension of its name.
pub fn section(path: &str) -> Option<char> {
    let name = path.rsplit('/').next()?;
    let name = name.strip_suffix(".gz").unwrap_or(name);
    let (stem, ending) = name.rsplit_once('.')?;
    let section = ending
        .chars()
        .next()
        .filter(|it| ('1'..='9').contains(it))?;
    // `1` and `3p`, but not `10`.
    let rest = &ending[1..];
    let is_section = rest.chars().all(|sign| sign.is_ascii_lowercase());
    (!stem.is_empty() && is_section).then_some(section)
}

#[cfg(test)]
mod tests {
    use super::section;

    #[test]
    fn a_section_is_the_end_of_a_name() {
        for (path, expected) in [
            ("rg.1", Some('1')),
            ("man/git-x.1.gz", Some('1')),
            ("x.3p", Some('3')),
            ("page", None),
            ("README.md", None),
            (".1", None),
            ("version-1.10", None),
        ] {
            assert_eq!(section(path), expected, "{path}");
        }
    }
}
