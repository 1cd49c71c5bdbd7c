//! Target selectors: the platforms of a `target` table.

use rattler_conda_types::Subdir;

use crate::diagnostic::nearest;
use crate::project::document::Field;
use crate::project::load::mistake::Diagnostics;
use crate::project::load::mistake::shape::Invalid;

/// A selector. `osx` and `macos` are the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Selector {
    /// All platforms that are like Unix.
    Unix,
    /// All platforms with Linux.
    Linux,
    /// All platforms with Windows.
    Win,
    /// All platforms with macOS.
    Macos,
    /// One conda platform.
    Subdir(Subdir),
    /// A platform by its name in the workspace.
    Name(String),
    /// Names with the wildcard `*`.
    Pattern(String),
}

impl Selector {
    /// The selector `text`, or help for the correct form.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "unix" => return Ok(Self::Unix),
            "linux" => return Ok(Self::Linux),
            "win" => return Ok(Self::Win),
            "osx" | "macos" => return Ok(Self::Macos),
            _ => {}
        }
        if let Ok(subdir) = text.parse() {
            return Ok(Self::Subdir(subdir));
        }
        if text.contains('(') {
            return Err("conditions belong in dependency tables; name a platform here".to_owned());
        }
        let (is_name, is_pattern) = (is_name(text), text.contains('*'));
        match (is_name, is_pattern) {
            (true, _) => Ok(Self::Name(text.to_owned())),
            (_, true) => Ok(Self::Pattern(text.to_owned())),
            _ => Err(suggestion(text)),
        }
    }

    /// The form in which pixi sends it.
    pub(super) fn wire(&self) -> &str {
        match self {
            Self::Unix => "unix",
            Self::Linux => "linux",
            Self::Win => "win",
            Self::Macos => "macos",
            Self::Subdir(subdir) => subdir.as_str(),
            Self::Name(name) | Self::Pattern(name) => name,
        }
    }

    /// The equivalent condition.
    pub(super) fn expression(&self) -> String {
        match self {
            Self::Unix | Self::Linux | Self::Win => self.wire().to_owned(),
            Self::Macos => "osx".to_owned(),
            Self::Subdir(_) | Self::Name(_) | Self::Pattern(_) => {
                format!("host_platform == '{}'", self.wire())
            }
        }
    }

    /// Whether the selector matches the platform `subdir` with the name `name`.
    pub(super) fn matches(&self, subdir: Subdir, name: &str) -> bool {
        match self {
            Self::Unix => subdir.is_unix(),
            Self::Linux => subdir.is_linux(),
            Self::Win => subdir.is_windows(),
            Self::Macos => subdir.is_osx(),
            Self::Subdir(wanted) => *wanted == subdir,
            Self::Name(wanted) => wanted == name,
            Self::Pattern(pattern) => glob(pattern, name),
        }
    }
}

/// Whether `text` is a valid name for a platform of a workspace.
pub(crate) fn is_name(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// Reports that a key of a `target` table is not a selector.
pub(crate) fn refuse(field: &Field<'_>, help: String, findings: &mut Diagnostics) {
    findings.mistake(Invalid {
        text: field.name.to_owned(),
        what: "a target selector",
        reason: "not a platform".to_owned(),
        help: Some(help),
        file: field.value.document.file(),
        at: field.key_at,
    });
}

/// The platform that is most similar to `text`, as a sentence.
pub(crate) fn suggestion(text: &str) -> String {
    let lower = text.to_lowercase();
    let near = match lower.as_str() {
        "windows" => Some("win"),
        "mac" | "macosx" | "darwin" => Some("macos"),
        _ => nearest(text, Subdir::all().map(Subdir::as_str)),
    };
    match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            "platforms are `unix`, `linux`, `win`, `macos`, or as narrow as `linux-64`".to_owned()
        }
    }
}

/// Whether `text` matches `pattern`, in which `*` stands for any text.
fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|text| {
            (text.char_indices().map(|(at, _)| at).chain([text.len()]))
                .any(|at| glob(rest, &text[at..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_text() {
        assert!(glob("old-*", "old-mac"));
        assert!(glob("*-mac", "old-mac"));
        assert!(glob("linux-64*", "linux-64"));
        assert!(!glob("old-*", "new-mac"));
    }
}
