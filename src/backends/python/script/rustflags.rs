//! Determines the variable that adds flags for rustc to those of the project.

use std::path::Path;

use rattler_conda_types::Subdir;
use toml_edit::{DocumentMut, Item};

use super::super::source::Source;
use crate::backends::cargo::system_tools::triple;

/// The variable whose flags Cargo adds to the flags in the project's configuration. Cargo ignores
/// the flags for all targets if the table of the target has flags.
pub(super) fn variable(host: Subdir, source: &Source, top: &Path) -> String {
    let triple = triple(host).filter(|triple| has_own_flags(&source.files.folder, top, triple));
    match triple {
        Some(triple) => {
            let name = triple.to_uppercase().replace('-', "_");
            format!("CARGO_TARGET_{name}_RUSTFLAGS")
        }
        None => "CARGO_BUILD_RUSTFLAGS".to_string(),
    }
}

/// Whether the configuration of Cargo in a directory from `folder` up to `top` has flags for a
/// target. A `cfg(…)` expression counts as the target, because it may match.
fn has_own_flags(folder: &Path, top: &Path, triple: &str) -> bool {
    let folders = folder.ancestors().take_while(|it| it.starts_with(top));
    let files =
        folders.flat_map(|it| ["config", "config.toml"].map(|name| it.join(".cargo").join(name)));
    let mut texts = files.filter_map(|file| std::fs::read_to_string(file).ok());
    texts.any(|text| names_flags(&text, triple))
}

fn names_flags(configuration: &str, triple: &str) -> bool {
    // Cargo itself reports a file that is not TOML.
    let Ok(content) = configuration.parse::<DocumentMut>() else {
        return false;
    };
    let targets = content.get("target").and_then(Item::as_table_like);
    targets.is_some_and(|targets| {
        let mut targets = targets.iter();
        targets.any(|(name, table)| {
            (name == triple || name.starts_with("cfg(")) && table.get("rustflags").is_some()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_the_target_replace_those_of_the_build() {
        let named = |text: &str| names_flags(text, "x86_64-unknown-linux-gnu");
        assert!(named("[target.'cfg(unix)']\nrustflags = []\n"));
        assert!(named("target.x86_64-unknown-linux-gnu.rustflags = '-g'\n"));
        assert!(!named("[target.x86_64-apple-darwin]\nrustflags = []\n"));
        assert!(!named("[target.'cfg(unix)']\nlinker = 'x'\n"));
        assert!(!named("[build]\nrustflags = []\n"));
        assert!(!named("[target"));
    }
}
