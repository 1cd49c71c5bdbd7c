//! The file that contains the licenses, in the format of cargo-bundle-licenses.

use std::path::Path;

use miette::{Diagnostic, IntoDiagnostic, Report};
use serde::{Deserialize, Serialize};
use spdx::Expression;
use spdx::expression::{ExprNode, Operator};
use thiserror::Error;

use super::crates::Linked;
use super::options::{Format, ThirdParty};
use super::texts::Candidate;

/// The placeholder for a text that was not found.
const NOT_FOUND: &str = "NOT FOUND";

/// The licenses of all crates that are linked into the package.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Bundle {
    root_name: String,
    third_party_libraries: Vec<Library>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Library {
    package_name: String,
    package_version: String,
    #[serde(default)]
    repository: String,
    license: String,
    licenses: Vec<License>,
}

#[derive(Debug, Serialize, Deserialize)]
struct License {
    license: String,
    text: String,
}

impl Bundle {
    /// Searches the texts of `linked`. The path of an earlier bundle is relative to `folder`.
    ///
    /// # Errors
    /// [`BadPrevious`].
    pub(super) fn of(
        root: &str,
        linked: &[Linked],
        options: &ThirdParty,
        folder: &Path,
    ) -> Result<Self, Report> {
        let previous = match &options.previous {
            Some(path) => Self::previous(&folder.join(path))?,
            None => Self::default(),
        };
        let libraries = linked.iter().map(|it| {
            let mut library = Library::of(it, &options.prefer);
            library.complete(&previous);
            library
        });
        Ok(Self {
            root_name: root.to_string(),
            third_party_libraries: libraries.collect(),
        })
    }

    fn previous(path: &Path) -> Result<Self, BadPrevious> {
        let bad = |reason: String| BadPrevious {
            path: path.display().to_string(),
            reason,
        };
        let text = std::fs::read_to_string(path).map_err(|error| bad(error.to_string()))?;
        // A YAML parser also reads JSON. TOML needs its own parser.
        match path.extension().is_some_and(|it| it == "toml") {
            true => toml_edit::de::from_str(&text).map_err(|error| bad(error.to_string())),
            false => serde_yaml::from_str(&text).map_err(|error| bad(error.to_string())),
        }
    }

    /// The crates without any license text.
    pub(super) fn missing(&self) -> Vec<String> {
        let lacks = |library: &&Library| {
            let mut licenses = library.licenses.iter();
            // One text is enough, because most crates offer a choice of licenses. An expression
            // with `AND` is not treated differently.
            licenses.all(|license| license.text == NOT_FOUND)
        };
        let libraries = self.third_party_libraries.iter().filter(lacks);
        libraries
            .map(|it| format!("{} {}", it.package_name, it.package_version))
            .collect()
    }

    /// The text of the file.
    ///
    /// # Errors
    /// None, because each format can contain any text.
    pub(super) fn text(&self, format: Format) -> Result<String, Report> {
        match format {
            Format::Yaml => serde_yaml::to_string(self).into_diagnostic(),
            Format::Json => serde_json::to_string_pretty(self).into_diagnostic(),
            Format::Toml => toml_edit::ser::to_string_pretty(self).into_diagnostic(),
        }
    }
}

impl Library {
    fn of(linked: &Linked, prefer: &[String]) -> Self {
        let ids = ids(&linked.license, prefer);
        let candidates = Candidate::all(&linked.folders);
        let licenses = ids.iter().map(|id| License {
            license: id.clone(),
            text: Candidate::find(&candidates, id, ids.len())
                .unwrap_or_else(|| NOT_FOUND.to_string()),
        });
        Self {
            package_name: linked.name.clone(),
            package_version: linked.version.clone(),
            repository: linked.repository.clone(),
            license: linked.license.clone(),
            licenses: licenses.collect(),
        }
    }

    /// Adds missing texts from an earlier bundle.
    fn complete(&mut self, previous: &Bundle) {
        let same = |it: &&Library| {
            it.package_name == self.package_name && it.package_version == self.package_version
        };
        let Some(known) = previous.third_party_libraries.iter().find(same) else {
            return;
        };
        for license in &mut self.licenses {
            let mut known = known.licenses.iter();
            if license.text == NOT_FOUND
                && let Some(known) = known.find(|it| it.license == license.license)
            {
                license.text.clone_from(&known.text);
            }
        }
    }
}

/// The licenses that an expression names, without duplicates. If the expression is a choice
/// that includes a preferred license, only that one.
fn ids(expression: &str, prefer: &[String]) -> Vec<String> {
    let spdx = expression.replace('/', " OR ");
    let Ok(parsed) = Expression::parse_mode(&spdx, spdx::ParseMode::LAX) else {
        let text = if expression.is_empty() {
            "UNKNOWN"
        } else {
            expression
        };
        return vec![text.to_string()];
    };
    let mut ids = Vec::new();
    let mut is_choice = true;
    for node in parsed.iter() {
        match node {
            ExprNode::Req(it) => {
                let id = it.req.to_string();
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
            ExprNode::Op(Operator::And) => is_choice = false,
            ExprNode::Op(Operator::Or) => {}
        }
    }
    let best = prefer.iter().find(|it| is_choice && ids.contains(it));
    match best {
        Some(best) => vec![best.clone()],
        None => ids,
    }
}

/// An earlier bundle that cannot be read.
#[derive(Debug, Error, Diagnostic)]
#[error("{path}, which `third-party-licenses.previous` names, cannot be read: {reason}")]
#[diagnostic(
    code(license::bad_previous),
    help(
        "it is a file that this option has written, completed by hand; its path is relative to the package"
    )
)]
struct BadPrevious {
    path: String,
    reason: String,
}

#[cfg(test)]
mod tests {
    use super::ids;

    #[test]
    fn an_expression_names_licenses() {
        let none: [String; 0] = [];
        assert_eq!(ids("MIT/Apache-2.0", &none), ["MIT", "Apache-2.0"]);
        assert_eq!(ids("Unlicense OR MIT", &["MIT".to_string()]), ["MIT"]);
        let both = "(MIT OR Apache-2.0) AND Unicode-3.0";
        assert_eq!(ids(both, &["MIT".to_string()]).len(), 3);
        let with = "Apache-2.0 WITH LLVM-exception OR MIT";
        assert_eq!(ids(with, &none), ["Apache-2.0 WITH LLVM-exception", "MIT"]);
        assert_eq!(ids("", &none), ["UNKNOWN"]);
        assert_eq!(ids("odd words", &none), ["odd words"]);
    }
}
