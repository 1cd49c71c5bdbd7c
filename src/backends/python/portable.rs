//! Removes the paths of the machine from the requirements of an installed project.
//!
//! A dependency on a directory, such as `other @ file:///home/me/other`, exists on one machine
//! only. In the package it is a dependency on the name, as the conda package also has it.

use std::path::Path;

use miette::Report;

use crate::diagnostic::read_text;
use crate::disk;

/// The file with the metadata, in the metadata directory.
pub(super) const METADATA: &str = "METADATA";

const REQUIREMENT: &str = "Requires-Dist:";

/// Rewrites the metadata in a directory, and returns its new text. `None` if nothing changes.
///
/// # Errors
/// A file that cannot be read or written.
pub(super) fn rewrite(dist_info: &Path) -> Result<Option<String>, Report> {
    let path = dist_info.join(METADATA);
    if !path.is_file() {
        return Ok(None);
    }
    let text = read_text(&path)?;
    let portable = portable(&text);
    if portable == text {
        return Ok(None);
    }
    disk::write(&path, &portable)?;
    Ok(Some(portable))
}

/// The metadata with requirements that are the same on every machine.
fn portable(metadata: &str) -> String {
    let mut is_header = true;
    let lines = metadata.split_inclusive('\n').map(|line| {
        // The description follows the first empty line.
        is_header &= !line.trim_end_matches(['\r', '\n']).is_empty();
        let requirement = line.strip_prefix(REQUIREMENT).filter(|_| is_header);
        let named = requirement.and_then(|requirement| named(requirement.trim()));
        match named {
            Some(named) => format!("{REQUIREMENT} {named}\n"),
            None => line.to_string(),
        }
    });
    lines.collect()
}

/// A requirement without its URL, if that is one of the machine. Extras and the marker remain.
fn named(requirement: &str) -> Option<String> {
    // A marker may contain `@`, but not before the first `;`.
    let (name, location) = requirement.split_once('@')?;
    if name.contains(';') {
        return None;
    }
    let location = location.trim_start();
    let (scheme, _) = location.split_once(':')?;
    // Such as `git+file`.
    let transport = scheme.rsplit('+').next().unwrap_or(scheme);
    if !transport.eq_ignore_ascii_case("file") {
        return None;
    }
    let name = name.trim_end();
    Some(match location.split_once(" ;") {
        Some((_, marker)) => format!("{name} ; {}", marker.trim()),
        None => name.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_the_machine_are_removed() {
        for (requirement, expected) in [
            ("other @ file:///home/me/other", Some("other")),
            (
                "other[x,y] @ file:///home/me/other ; extra == 'z'",
                Some("other[x,y] ; extra == 'z'"),
            ),
            ("other@FILE:///C:/other", Some("other")),
            ("other @ git+file:///home/me/other@main", Some("other")),
            ("other @ https://example.org/other.whl", None),
            ("other>=1 ; platform_version != 'a@file:b'", None),
            ("other", None),
        ] {
            assert_eq!(named(requirement).as_deref(), expected, "{requirement}");
        }
    }

    #[test]
    fn the_description_stays_as_it_is() {
        let line = "Requires-Dist: other @ file:///home/me/other\n";
        let metadata = format!("Name: a\n{line}Requires-Dist: click>=8\n\n{line}");
        let expected = format!("Name: a\nRequires-Dist: other\nRequires-Dist: click>=8\n\n{line}");
        assert_eq!(portable(&metadata), expected);
    }
}
