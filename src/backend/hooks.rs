//! Hooks: commands of the user's own, as plain data.

use crate::backend::script::Step;

/// Commands of the user's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hooks {
    /// After the environments are there and before the build tool runs.
    pub before_build: Option<Hook>,
    /// After everything declared is installed and before the package is made.
    pub after_install: Option<Hook>,
    /// The variables that the build has.
    pub variables: Vec<Step>,
}

/// One command of the user's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// The keys that lead to it in the configuration.
    pub at: Vec<String>,
    /// What to run.
    pub run: HookCommand,
    /// Patterns of files that it reads.
    pub inputs: Vec<String>,
    /// Whether it edits sources. The build then takes place in a copy of them.
    pub edits_sources: bool,
}

impl Hooks {
    /// Whether a hook edits sources, and so needs a copy of them.
    pub fn edit_sources(&self) -> bool {
        let hooks = [&self.before_build, &self.after_install];
        hooks.into_iter().flatten().any(|hook| hook.edits_sources)
    }
}

impl Hook {
    /// Its name.
    pub fn name(&self) -> &str {
        self.at.last().map(String::as_str).unwrap_or_default()
    }

    /// The file that is run.
    pub fn file(&self) -> Option<&String> {
        match &self.run {
            HookCommand::File(file) => Some(file),
            HookCommand::Words(_) => None,
        }
    }
}

/// What a hook runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookCommand {
    /// A command, without a shell.
    Words(Vec<String>),
    /// A file whose suffix chooses the interpreter.
    File(String),
}
