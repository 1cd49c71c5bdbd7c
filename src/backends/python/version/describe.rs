//! Reads the tags that a `git describe` command selects.

use super::globs::Globs;

/// The patterns of a command, given as its words.
///
/// # Errors
/// The part of the command that is not supported.
pub(super) fn globs(words: &[String]) -> Result<Globs, String> {
    let [program, command, options @ ..] = words else {
        return Err("a command other than `git describe`".to_string());
    };
    if (program.as_str(), command.as_str()) != ("git", "describe") {
        return Err(format!("`{program} {command}`"));
    }
    let (mut matched, mut excluded, mut tags) = (Vec::new(), Vec::new(), false);
    let mut options = options.iter().map(String::as_str);
    while let Some(option) = options.next() {
        let (name, value) = match option.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (option, None),
        };
        let patterns = match (name, value) {
            ("--match", _) => &mut matched,
            ("--exclude", _) => &mut excluded,
            ("--tags", None) => {
                tags = true;
                continue;
            }
            ("--dirty" | "--long", None) => continue,
            // With 0, the command leaves out the number of commits.
            ("--abbrev", Some(digits)) if digits != "0" => continue,
            _ => return Err(format!("`{option}`")),
        };
        let value = value.or_else(|| options.next());
        patterns.push(value.ok_or_else(|| format!("`{option}` without a pattern"))?);
    }
    if !tags {
        return Err("`git describe` without `--tags`".to_string());
    }
    Ok(Globs::matching(&matched).without(&excluded))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(command: &str) -> Result<Vec<&'static str>, String> {
        let globs = globs(&shlex::split(command).expect("a command"))?;
        let tags = ["a-v1.2", "a-v2.0rc1", "b/v3.0"];
        Ok(tags.into_iter().filter(|tag| globs.select(tag)).collect())
    }

    #[test]
    fn options_select_tags() {
        let start = "git describe --dirty --tags --long --abbrev=40";
        for (options, expected) in [
            ("", &["a-v1.2", "a-v2.0rc1", "b/v3.0"][..]),
            ("--match 'a-*'", &["a-v1.2", "a-v2.0rc1"]),
            (
                "--match=\"a-*\" --match 'b/*'",
                &["a-v1.2", "a-v2.0rc1", "b/v3.0"],
            ),
            ("--match 'a-*' --exclude '*rc*'", &["a-v1.2"]),
            ("--exclude=a-\\*", &["b/v3.0"]),
        ] {
            let found = selected(&format!("{start} {options}"));
            assert_eq!(found.as_deref(), Ok(expected), "{options}");
        }
    }

    #[test]
    fn the_part_that_is_not_supported_is_named() {
        for (command, named) in [
            ("git describe --tags --first-parent", "`--first-parent`"),
            ("git describe --long", "`git describe` without `--tags`"),
            ("git describe --tags --abbrev=0", "`--abbrev=0`"),
            ("git describe --tags --dirty=.d", "`--dirty=.d`"),
            ("git describe --tags HEAD", "`HEAD`"),
            ("git describe --tags --match", "`--match` without a pattern"),
            ("git -c x=y describe --tags", "`git -c`"),
            ("./version.sh", "a command other than `git describe`"),
        ] {
            assert_eq!(selected(command), Err(named.to_string()), "{command}");
        }
    }
}
