//! SemVer versions as conda versions.
//!
//! `-` separates the parts of an archive's name, so a pre-release must not keep
//! its dash: `1.0.0-rc.1` becomes `1.0.0rc1`. Build metadata becomes a local
//! version.

/// The conda version for a SemVer version.
pub(super) fn from_semver(version: &str) -> String {
    let (version, metadata) = match version.split_once('+') {
        Some((version, metadata)) => (version, Some(metadata)),
        None => (version, None),
    };
    let mut conda = match version.split_once('-') {
        Some((release, pre)) => {
            let pre: String = pre.chars().filter(char::is_ascii_alphanumeric).collect();
            format!("{release}{}", pre.to_lowercase())
        }
        None => version.to_string(),
    };
    if let Some(metadata) = metadata {
        conda.push('+');
        conda.push_str(&metadata.replace('-', ".").to_lowercase());
    }
    conda
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pre_release_loses_its_dash() {
        assert_eq!(from_semver("1.0.0-rc.1"), "1.0.0rc1");
        assert_eq!(from_semver("1.2.3"), "1.2.3");
        assert_eq!(from_semver("1.0.0+build-5"), "1.0.0+build.5");
    }
}
