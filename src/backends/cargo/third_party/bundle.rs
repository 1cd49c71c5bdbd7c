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
        if path.extension().is_some_and(|it| it == "toml") {
            toml_edit::de::from_str(&text).map_err(|error| bad(error.to_string()))
        } else {
            serde_yaml::from_str(&text).map_err(|error| bad(error.to_string()))
        }
    }

    /// The crates without a license text that they need. A crate for which only some texts were
    /// found has the others in parentheses.
    pub(super) fn missing(&self) -> Vec<String> {
        let libraries = self.third_party_libraries.iter();
        let missing = libraries.filter_map(|library| {
            let name = format!("{} {}", library.package_name, library.package_version);
            let missing = library.missing();
            if missing.len() == library.licenses.len() {
                Some(name)
            } else if missing.is_empty() {
                None
            } else {
                Some(format!("{name} ({})", missing.join(", ")))
            }
        });
        missing.collect()
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

    /// The licenses whose texts are needed and were not found. One text is enough for a choice,
    /// but each part of an `AND` needs its own.
    fn missing(&self) -> Vec<&str> {
        let not_found = self.licenses.iter().filter(|it| it.text == NOT_FOUND);
        let not_found: Vec<&str> = not_found.map(|it| it.license.as_str()).collect();
        let Some(parsed) = parsed(&self.license) else {
            return not_found;
        };
        let has = |name: &str| {
            let mut found = self.licenses.iter().filter(|it| it.text != NOT_FOUND);
            found.any(|it| it.license == name)
        };
        if parsed.evaluate(|it| has(&it.to_string())) {
            return Vec::new();
        }
        let is_needed = |name: &&str| !parsed.evaluate(|it| it.to_string() != *name);
        let needed: Vec<&str> = not_found.iter().copied().filter(is_needed).collect();
        if needed.is_empty() { not_found } else { needed }
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

/// An expression, also in the spelling of old crates.
fn parsed(expression: &str) -> Option<Expression> {
    let spdx = expression.replace('/', " OR ");
    Expression::parse_mode(&spdx, spdx::ParseMode::LAX).ok()
}

/// The licenses that an expression names, without duplicates. If the expression is a choice
/// that includes a preferred license, only that one.
fn ids(expression: &str, prefer: &[String]) -> Vec<String> {
    let Some(parsed) = parsed(expression) else {
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
        "it is a file that this option wrote and that was completed by hand; its path is relative \
         to the package"
    )
)]
struct BadPrevious {
    path: String,
    reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_of_a_conjunction_needs_its_text() {
        let missing = |expression: &str, found: &[&str]| {
            let licenses = ids(expression, &[]).into_iter().map(|license| {
                let is_found = found.contains(&license.as_str());
                let text = if is_found { "text" } else { NOT_FOUND };
                License {
                    license,
                    text: text.to_string(),
                }
            });
            let library = Library {
                package_name: "a".to_string(),
                package_version: "1.0.0".to_string(),
                repository: String::new(),
                license: expression.to_string(),
                licenses: licenses.collect(),
            };
            let bundle = Bundle {
                root_name: String::new(),
                third_party_libraries: vec![library],
            };
            bundle.missing().join(", ")
        };
        assert_eq!(missing("MIT OR Apache-2.0", &["MIT"]), "");
        assert_eq!(missing("MIT/Apache-2.0", &[]), "a 1.0.0");
        assert_eq!(missing("MIT AND ISC", &["MIT"]), "a 1.0.0 (ISC)");
        assert_eq!(missing("MIT AND ISC", &["MIT", "ISC"]), "");
        assert_eq!(missing("MIT AND ISC", &[]), "a 1.0.0");
        let unicode = "(MIT OR Apache-2.0) AND Unicode-3.0";
        assert_eq!(missing(unicode, &["MIT"]), "a 1.0.0 (Unicode-3.0)");
        assert_eq!(
            missing(unicode, &["Unicode-3.0"]),
            "a 1.0.0 (MIT, Apache-2.0)"
        );
        assert_eq!(missing(unicode, &["Apache-2.0", "Unicode-3.0"]), "");
        assert_eq!(missing("odd words", &[]), "a 1.0.0");
    }

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
