//! The metadata in the top `CMakeLists.txt`.
//!
//! A value is known if it is a literal, or a variable that is set exactly once before, to
//! a literal or to the content of a file with one line. A value that only CMake can
//! determine is not known. Values are never guessed.

use std::path::{Path, PathBuf};

use miette::SourceSpan;

use super::listfile::{Command, Variables, commands};
use crate::backend::inputs::plain;

/// The known values of a project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct CMakeProject {
    pub(super) name: Option<String>,
    pub(super) version: Option<String>,
    pub(super) description: Option<String>,
    pub(super) homepage: Option<String>,
    pub(super) license: Option<String>,
    /// The enabled languages; `None` if they are not known.
    pub(super) languages: Option<Vec<String>>,
    /// The version in `cmake_minimum_required`, and its place.
    pub(super) minimum: Option<Minimum>,
    /// Other files that values are read from.
    pub(super) files: Vec<PathBuf>,
    /// The place of `project`.
    pub(super) at: Option<SourceSpan>,
    /// The place of the name in it.
    pub(super) name_at: Option<SourceSpan>,
    /// The place of a version that only CMake can determine.
    pub(super) computed_version: Option<SourceSpan>,
}

/// The oldest CMake that a project supports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Minimum {
    /// The version, such as `3.20`.
    pub(super) version: String,
    /// The newest CMake whose policies the project supports, as in `3.20...3.31`.
    pub(super) policies: Option<String>,
    pub(super) at: SourceSpan,
}

impl Minimum {
    /// Whether CMake 4 refuses the project.
    pub(super) fn is_refused_by_cmake_4(&self) -> bool {
        let policies = self.policies.as_deref().unwrap_or(&self.version);
        numbers(policies) < vec![3, 5]
    }
}

/// The numbers of a version.
pub(super) fn numbers(version: &str) -> Vec<u64> {
    let parts = version.split('.');
    parts.map_while(|part| part.parse().ok()).collect()
}

/// Reads the text of a `CMakeLists.txt` in `folder`.
pub(super) fn read(text: &str, folder: &Path) -> CMakeProject {
    let mut reader = Reader::new(folder);
    for command in commands(text) {
        reader.command(&command);
    }
    reader.project
}

struct Reader<'a> {
    folder: &'a Path,
    project: CMakeProject,
    variables: Variables,
    /// Variables whose value is not known.
    uncertain: Vec<String>,
    /// The number of open blocks, whose commands may run several times or not at all.
    depth: usize,
    /// The number of files that include the one that is read.
    included: usize,
}

const OPENING: [&str; 6] = ["if", "function", "macro", "foreach", "while", "block"];
const CLOSING: [&str; 6] = [
    "endif",
    "endfunction",
    "endmacro",
    "endforeach",
    "endwhile",
    "endblock",
];

impl<'a> Reader<'a> {
    fn new(folder: &'a Path) -> Self {
        let own = folder.display().to_string();
        let folders = [
            "CMAKE_SOURCE_DIR",
            "CMAKE_CURRENT_SOURCE_DIR",
            "CMAKE_CURRENT_LIST_DIR",
        ];
        Self {
            folder,
            project: CMakeProject::default(),
            variables: folders.map(|name| (name.to_string(), own.clone())).into(),
            uncertain: Vec::new(),
            depth: 0,
            included: 0,
        }
    }

    fn command(&mut self, command: &Command) {
        let name = command.name.as_str();
        if OPENING.contains(&name) {
            self.depth += 1;
        } else if CLOSING.contains(&name) {
            self.depth = self.depth.saturating_sub(1);
        } else if self.depth == 0 && self.at_top(command).is_some() {
            return;
        }
        // Such a command may enable the first language.
        let may_enable = name == "enable_language" || name == "add_subdirectory" && self.depth == 0;
        let languages = &mut self.project.languages;
        if may_enable && languages.as_ref().is_some_and(Vec::is_empty) {
            *languages = None;
        }
        if !["message", "project", "cmake_minimum_required"].contains(&name) {
            self.doubt(command);
        }
    }

    /// Reads a command outside of all blocks. `None` for commands that are not
    /// understood.
    fn at_top(&mut self, command: &Command) -> Option<()> {
        match command.name.as_str() {
            "cmake_minimum_required" if self.project.minimum.is_none() => self.minimum(command),
            "set" => self.set(command),
            "file" => self.file(command),
            "include" if self.project.at.is_none() => self.include(command),
            "string" => self.strip(command),
            "project" if self.project.at.is_none() => self.project(command),
            "enable_language" => self.enable(command),
            _ => None,
        }
    }

    /// Any other command that names a variable may change it.
    fn doubt(&mut self, command: &Command) {
        let named = command.arguments.iter().map(|argument| &argument.text);
        for name in named {
            self.variables.remove(name);
            self.uncertain.push(name.clone());
        }
    }

    fn minimum(&mut self, command: &Command) -> Option<()> {
        let [keyword, version, ..] = command.arguments.as_slice() else {
            return None;
        };
        let value = version
            .value(&self.variables)
            .filter(|_| keyword.is("VERSION"))?;
        let (oldest, policies) = match value.split_once("...") {
            Some((oldest, policies)) => (oldest.to_string(), Some(policies.to_string())),
            None => (value, None),
        };
        let is_version =
            !oldest.is_empty() && oldest.chars().all(|c| c.is_ascii_digit() || c == '.');
        self.project.minimum = is_version.then(|| Minimum {
            version: oldest,
            policies,
            at: (version.at, version.text.len()).into(),
        });
        Some(())
    }

    fn set(&mut self, command: &Command) -> Option<()> {
        let [name, value] = command.arguments.as_slice() else {
            return None;
        };
        let known = self.variables.contains_key(&name.text) || self.uncertain.contains(&name.text);
        let value = value.value(&self.variables).filter(|_| !known)?;
        self.variables.insert(name.text.clone(), value);
        Some(())
    }

    /// `file(READ f V)` and `file(STRINGS f V)` for a file with one line.
    fn file(&mut self, command: &Command) -> Option<()> {
        let (keyword, path, name) = match command.arguments.as_slice() {
            [keyword, path, name] => (keyword, path, name),
            [keyword, path, name, limit, one] if limit.is("LIMIT_COUNT") && one.is("1") => {
                (keyword, path, name)
            }
            _ => return None,
        };
        if !(keyword.is("READ") || keyword.is("STRINGS")) || self.uncertain.contains(&name.text) {
            return None;
        }
        let path = self.folder.join(path.value(&self.variables)?);
        let text = std::fs::read_to_string(&path).ok()?;
        let line = text.trim();
        if line.is_empty() || line.contains('\n') {
            return None;
        }
        self.variables.insert(name.text.clone(), line.to_string());
        self.project.files.push(path);
        Some(())
    }

    /// `include(cmake/version.cmake)` before `project`, for a file of the project.
    fn include(&mut self, command: &Command) -> Option<()> {
        const LIST_DIR: &str = "CMAKE_CURRENT_LIST_DIR";
        const DEEPEST: usize = 8;
        let path = command.arguments.first()?.value(&self.variables)?;
        let path = plain(&self.folder.join(path));
        // A name without a suffix is a module, which CMake searches for.
        let is_file = path.extension().is_some() && path.starts_with(self.folder);
        if !is_file || self.included >= DEEPEST {
            return None;
        }
        let text = std::fs::read_to_string(&path).ok()?;
        let folder = path.parent()?.display().to_string();
        let outer = self.variables.insert(LIST_DIR.to_string(), folder);
        self.project.files.push(path);
        self.included += 1;
        for command in commands(&text) {
            self.command(&command);
        }
        self.included -= 1;
        match outer {
            Some(outer) => self.variables.insert(LIST_DIR.to_string(), outer),
            None => self.variables.remove(LIST_DIR),
        };
        Some(())
    }

    /// `string(STRIP "${V}" V)`, which does not change values that are read here.
    fn strip(&mut self, command: &Command) -> Option<()> {
        let [keyword, from, to] = command.arguments.as_slice() else {
            return None;
        };
        let value = from
            .value(&self.variables)
            .filter(|_| keyword.is("STRIP"))?;
        self.variables
            .insert(to.text.clone(), value.trim().to_string());
        Some(())
    }

    fn project(&mut self, command: &Command) -> Option<()> {
        let (name, rest) = command.arguments.split_first()?;
        self.project.at = Some((command.at, command.name.len()).into());
        self.project.name_at = Some(name.span());
        self.project.name = name
            .value(&self.variables)
            .filter(|name| !name.contains(';'));
        let mut languages = Some(Vec::new());
        let mut keyword = "LANGUAGES";
        let mut listed = false;
        for argument in rest {
            if let Some(known) = KEYWORDS.into_iter().find(|known| argument.is(known)) {
                keyword = known;
                listed |= known == "LANGUAGES";
                continue;
            }
            let value = argument.value(&self.variables);
            let value = value.filter(|value| !value.trim().is_empty());
            match keyword {
                "VERSION" => {
                    self.project.version = value.filter(|value| is_version(value));
                    let at = (argument.at, argument.text.len()).into();
                    self.project.computed_version = match self.project.version {
                        Some(_) => None,
                        None => Some(at),
                    };
                }
                "DESCRIPTION" => self.project.description = value,
                "HOMEPAGE_URL" => self.project.homepage = value,
                "SPDX_LICENSE" => self.project.license = value,
                "LANGUAGES" => {
                    listed = true;
                    languages = languages.zip(value).map(|(mut languages, value)| {
                        languages.extend(value.split(';').map(str::to_string));
                        languages
                    });
                }
                _ => {}
            }
        }
        if !listed {
            languages = Some(vec!["C".to_string(), "CXX".to_string()]);
        }
        let without_none = |mut languages: Vec<String>| {
            languages.retain(|language| language != "NONE");
            languages
        };
        self.project.languages = languages.map(without_none);
        Some(())
    }

    fn enable(&mut self, command: &Command) -> Option<()> {
        let language = command.arguments.first()?.value(&self.variables)?;
        let languages = self.project.languages.as_mut()?;
        if !languages.contains(&language) {
            languages.push(language);
        }
        Some(())
    }
}

const KEYWORDS: [&str; 6] = [
    "VERSION",
    "COMPAT_VERSION",
    "DESCRIPTION",
    "HOMEPAGE_URL",
    "SPDX_LICENSE",
    "LANGUAGES",
];

/// One to four numbers, separated by dots.
fn is_version(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let is_number = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    parts.len() <= 4 && parts.iter().all(is_number)
}

#[cfg(test)]
mod tests;
