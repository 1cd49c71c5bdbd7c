//! What a package gets beside what the build tool installs: completions, man pages, other
//! files, activation, hooks. Plain data: the engine does it once the script has run.
//!
//! Whatever is named here knows its place in the configuration, so that a mistake that
//! shows only during the build can be pointed at.

use std::path::{Path, PathBuf};

use crate::backend::GlobSet;
use crate::backend::extra_input_globs;
use crate::backend::hooks::Hooks;

/// The prefix of a path in the output folder of the package's build script.
pub const OUT_DIR: &str = "$OUT_DIR/";

/// The keys that lead to a value of the configuration.
pub type OptionKeys = Vec<String>;

/// What a package gets beside what the build tool installs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extras {
    /// The folder that paths are relative to.
    pub root: PathBuf,
    /// Completions for shells.
    pub completions: Vec<Completion>,
    /// Pages of the manual.
    pub man_pages: Vec<ManPage>,
    /// Other files.
    pub install: Vec<Installed>,
    /// Variables and scripts for the activation of environments.
    pub activation: Activation,
    /// Commands of the user's own.
    pub hooks: Hooks,
    /// Whether each program is asked for its version when the package is tested.
    pub version_check: VersionCheck,
    /// Patterns of files that tests need.
    pub test_files: Vec<String>,
}

impl Extras {
    /// The options that say something a recipe cannot.
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

    /// Whether something lies in the output folder of a build script.
    pub fn needs_out_dir(&self) -> bool {
        self.paths().any(|path| path.starts_with(OUT_DIR))
    }

    /// Whatever is named is an input.
    pub fn inputs(&self, outputs: &[&str]) -> Vec<GlobSet> {
        let named = self.paths().filter(|path| !path.starts_with(OUT_DIR));
        let hooks = [&self.hooks.before_build, &self.hooks.after_install];
        let hooks = hooks.into_iter().flatten();
        let hooks = hooks.flat_map(|hook| hook.file().into_iter().chain(&hook.inputs));
        let tests = self.test_files.iter().map(String::as_str);
        let named = named.chain(hooks.map(String::as_str)).chain(tests);
        // A build fills those folders; a path into one of them names what the build makes.
        let made = |path: &&str| {
            let first = path.split('/').next().unwrap_or_default();
            outputs.contains(&first)
        };
        let named: Vec<String> = named
            .filter(|path| !made(path))
            .map(str::to_string)
            .collect();
        let mut sets = extra_input_globs::sets(&named, &self.root, outputs);
        for set in &mut sets {
            set.reason = "what the configuration installs".to_string();
        }
        sets
    }

    /// Every path that is copied.
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
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Bash,
        Self::Fish,
        Self::Zsh,
        Self::PowerShell,
        Self::Nushell,
        Self::Elvish,
    ];

    /// Those that are asked for when nobody says which.
    pub const USUAL: [Self; 3] = [Self::Bash, Self::Fish, Self::Zsh];

    /// Its name, as programs take it.
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

    /// Which shell a file is for, as its name says.
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

    /// Where pixi and the shells look, relative to the prefix.
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
    /// Where the configuration says so.
    pub at: OptionKeys,
    /// What users type.
    pub command: String,
    /// Where they come from.
    pub from: CompletionSource,
}

/// Where completions come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CompletionSource {
    /// A program prints those of one shell.
    Printed(Run, Vec<Shell>),
    /// A program writes files.
    Written(Run, Vec<Shell>),
    /// Files, told apart by their names.
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
    /// Its name.
    pub program: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Variables it gets.
    pub env: Vec<(String, String)>,
}

/// Pages of the manual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManPage {
    /// Where the configuration says so.
    pub at: OptionKeys,
    /// Where they come from.
    pub from: PageSource,
}

/// Where pages of the manual come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageSource {
    /// Files, or one under another name.
    File {
        /// A path, perhaps with wildcards.
        path: String,
        /// What it is called in the package.
        name: Option<String>,
    },
    /// A program prints one.
    Printed {
        /// The program.
        run: Run,
        /// What it is called in the package.
        name: String,
    },
    /// A program writes files.
    Written(Run),
}

/// A file that is installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// Where the configuration says so.
    pub at: OptionKeys,
    /// Where it goes, relative to the prefix; a folder where it ends in `/`.
    pub to: String,
    /// What it is made from.
    pub from: FileSource,
    /// The bits of its mode, where the file's own are wrong.
    pub mode: Option<u32>,
}

/// What an installed file is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileSource {
    /// Files.
    Files {
        /// A path, perhaps with wildcards.
        from: String,
        /// Patterns below the part of it without wildcards, for what is left out.
        exclude: Vec<String>,
        /// Whether `${{ … }}` in it is evaluated.
        template: bool,
    },
    /// A link to a file beside it.
    Link(String),
    /// The text itself.
    Content(String),
}

/// What happens when an environment with the package is activated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Activation {
    /// Variables with their values; `$PREFIX` is the environment.
    pub env: Vec<(String, String)>,
    /// Scripts that are sourced, with their places.
    pub scripts: Vec<(OptionKeys, String)>,
}

/// Which programs are asked for their version when the package is tested.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum VersionCheck {
    /// None.
    #[default]
    None,
    /// Each that is installed, with `--version`.
    All,
    /// These, with these arguments.
    Some(Vec<(String, Vec<String>)>),
}

/// What a backend adds once its script has run.
#[derive(Debug, Default)]
pub struct Finished {
    /// Texts that belong to the licenses of the package.
    pub license_files: Vec<PathBuf>,
    /// The output folder of the package's build script.
    pub out_dir: Option<PathBuf>,
    /// The version that the programs know of.
    pub version: Option<String>,
    /// The files of the package, relative to the prefix, if not everything new in the prefix
    /// belongs to it.
    pub package_files: Option<Vec<PathBuf>>,
    /// Files that were added to the prefix, with the reason.
    pub files: Vec<(PathBuf, String)>,
    /// What the user should know.
    pub warnings: Vec<crate::diagnostic::Warning>,
}

/// Whether a path leaves the folder it is relative to.
pub fn climbs(path: &str) -> bool {
    Path::new(path).is_absolute() || path.split(['/', '\\']).any(|name| name == "..")
}

/// The section of a page, which its name ends in.
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
