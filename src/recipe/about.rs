//! The metadata of a package.

use rattler_build_recipe::stage0::{About, License, Value};
use url::Url;

use crate::diagnostic::Warning;
use crate::project::Metadata;
use crate::recipe::{concrete, list, path};

/// Converts the metadata to rattler-build's form. Values that conda cannot use are
/// dropped, with a warning.
pub(super) fn about(metadata: &Metadata, warnings: &mut Vec<Warning>) -> About {
    let mut url = |field: &str, text: &Option<String>| -> Option<Value<Url>> {
        let text = text.as_deref()?;
        match text.parse() {
            Ok(url) => Some(concrete(url)),
            Err(error) => {
                let message =
                    format!("the {field} `{text}` is not a URL ({error}) and is left out");
                warnings.push(Warning::new(message));
                None
            }
        }
    };
    let homepage = url("homepage", &metadata.homepage);
    let documentation = url("documentation", &metadata.documentation);
    let repository = url("repository", &metadata.repository);
    let license = metadata
        .license
        .as_deref()
        .and_then(|text| match text.parse::<License>() {
            Ok(license) => Some(concrete(license)),
            Err(_) => {
                let message =
                    format!("the license `{text}` is not an SPDX expression and is left out");
                warnings
                    .push(Warning::new(message).help("use `LicenseRef-…` for a text of your own"));
                None
            }
        });
    let (found, lost): (Vec<_>, Vec<_>) = metadata
        .license_files
        .iter()
        // The script creates a file whose path is relative.
        .partition(|file| file.is_relative() || file.is_file());
    for file in lost {
        let message = format!("the license file {} does not exist", file.display());
        warnings.push(Warning::new(message));
    }
    let license_file = (!found.is_empty()).then(|| list(found.iter().map(|file| path(file))));
    About {
        homepage,
        license,
        license_file,
        license_family: None,
        summary: metadata.summary.clone().map(concrete),
        description: metadata.description.clone().map(concrete),
        documentation,
        repository,
    }
}
