//! SPDX expressions for the `license` field of Cargo.toml.

use spdx::Expression;

use crate::diagnostic::Warning;

/// Converts a license that Cargo accepts into an SPDX expression: `MIT/Apache-2.0` becomes
/// `MIT OR Apache-2.0`. A text that is not a license is left out, with a warning.
pub(crate) fn normalize(license: &str, warnings: &mut Vec<Warning>) -> Option<String> {
    if Expression::parse(license).is_ok() {
        return Some(license.to_string());
    }
    // Before Cargo required SPDX expressions, a slash meant `OR`.
    let with_or = license
        .split('/')
        .map(str::trim)
        .collect::<Vec<_>>()
        .join(" OR ");
    // SPDX renamed licenses such as `GPL-3.0` and `GPL-2.0+`.
    if let Ok(Some(renamed)) = Expression::canonicalize(&with_or)
        && Expression::parse(&renamed).is_ok()
    {
        return Some(renamed);
    }
    match Expression::parse(&with_or) {
        Ok(_) => Some(with_or),
        Err(error) => {
            warnings.push(
                Warning::new(format!(
                    "the license `{license}` of Cargo.toml is not an SPDX expression ({}) and is left out",
                    error.reason
                ))
                .help("set `license` in `[package]` of pixi.toml, `LicenseRef-…` for your own text"),
            );
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slash_means_or() {
        let mut warnings = Vec::new();
        let license = normalize("MIT/Apache-2.0", &mut warnings);
        assert_eq!(license.as_deref(), Some("MIT OR Apache-2.0"));
        assert_eq!(warnings, []);
    }

    #[test]
    fn identifiers_that_were_renamed_are_known() {
        for (old, new) in [
            ("GPL-3.0", "GPL-3.0-only"),
            ("MIT OR GPL-2.0+", "MIT OR GPL-2.0-or-later"),
            ("MIT/LGPL-2.1+", "MIT OR LGPL-2.1-or-later"),
            ("AGPL-3.0+", "AGPL-3.0-or-later"),
        ] {
            let mut warnings = Vec::new();
            assert_eq!(normalize(old, &mut warnings).as_deref(), Some(new));
            assert_eq!(warnings, []);
        }
    }

    #[test]
    fn no_license_is_left_out_and_reported() {
        let mut warnings = Vec::new();
        assert_eq!(normalize("do what you want", &mut warnings), None);
        assert_eq!(warnings.len(), 1);
    }
}
