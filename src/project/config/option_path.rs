//! The place of a configuration table in the manifest.

use miette::SourceSpan;

/// The key path of a table in the manifest, with its possible spellings.
#[derive(Debug, Clone)]
pub(super) struct OptionPath {
    spellings: Vec<Vec<String>>,
}

impl OptionPath {
    fn of(spellings: &[&[&str]]) -> Self {
        let spellings = spellings
            .iter()
            .map(|keys| keys.iter().map(ToString::to_string).collect())
            .collect();
        Self { spellings }
    }

    pub(super) fn base() -> Self {
        Self::of(&[
            &["package", "build", "config"],
            &["package", "build", "configuration"],
        ])
    }

    pub(super) fn target(selector: &str) -> Self {
        // pixi converts `osx` to `macos` before it sends the selector.
        let written = if selector == "macos" { "osx" } else { selector };
        Self::of(&[
            &["package", "build", "target", selector, "config"],
            &["package", "build", "target", written, "config"],
            &["package", "build", "target", selector, "configuration"],
            &["package", "build", "target", written, "configuration"],
        ])
    }

    pub(super) fn nested_target(selector: &str) -> Self {
        Self::base().option("targets").option(selector)
    }

    pub(super) fn option(mut self, key: &str) -> Self {
        for keys in &mut self.spellings {
            keys.push(key.to_string());
        }
        self
    }

    pub(super) fn find(&self, span: impl Fn(&[&str]) -> Option<SourceSpan>) -> Option<SourceSpan> {
        self.spellings.iter().find_map(|keys| {
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            span(&keys)
        })
    }
}

impl std::fmt::Display for OptionPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.spellings[0].join("."))
    }
}
