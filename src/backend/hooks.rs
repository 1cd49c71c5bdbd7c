//! Hooks: commands of the user, as plain data.

use crate::backend::script::Step;

/// The user's commands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hooks {
    /// Runs after the environments are installed and before the build tool runs.
    pub before_build: Option<Hook>,
    /// Runs after all declared files are installed and before the package is created.
    pub after_install: Option<Hook>,
    /// The steps that set the variables of the build.
    pub variables: Vec<Step>,
}

/// A command of the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// The keys of the hook in the configuration.
    pub at: Vec<String>,
    /// The command.
    pub run: HookCommand,
    /// Patterns for files that the hook reads.
    pub inputs: Vec<String>,
    /// Whether the hook edits sources. The build then takes place in a copy of them.
    pub edits_sources: bool,
}

impl Hooks {
    /// Whether a hook edits sources, so that the build needs a copy of them.
    pub fn edit_sources(&self) -> bool {
        let hooks = [&self.before_build, &self.after_install];
        hooks.into_iter().flatten().any(|hook| hook.edits_sources)
    }
}

impl Hook {
    /// The name of the hook.
    pub fn name(&self) -> &str {
        self.at.last().map(String::as_str).unwrap_or_default()
    }

    /// The file that the hook runs. `None` for a command.
    pub fn file(&self) -> Option<&String> {
        match &self.run {
            HookCommand::File(file) => Some(file),
            HookCommand::Words(_) => None,
        }
    }
}

/// The command of a hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookCommand {
    /// A command, without a shell.
    Words(Vec<String>),
    /// A file whose suffix chooses the interpreter.
    File(String),
}
