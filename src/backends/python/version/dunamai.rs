//! The versions of dunamai, which uv-dynamic-versioning and poetry-dynamic-versioning use.

use regex::Regex;

use super::parse;

/// The pattern `default` of dunamai. In `default-unprefixed`, the `v` is optional.
const DEFAULT: &str = r"^v((?P<epoch>\d+)!)?(?P<base>\d+(\.\d+)*)([-._]?((?P<stage>[a-zA-Z]+)[-._]?(?P<revision>\d+)?))?(\+(?P<tagged_metadata>.+))?$";

/// The regular expression for the options `pattern` and `pattern-prefix`. The prefix is a regular
/// expression too. `None` for a pattern that dunamai does not accept.
pub(super) fn pattern(pattern: Option<&str>, prefix: Option<&str>) -> Option<String> {
    let pattern = match pattern.unwrap_or("default") {
        "default" => DEFAULT.to_string(),
        "default-unprefixed" => DEFAULT.replacen("^v", "^v?", 1),
        own if own.contains("?P<base>") => own.to_string(),
        _ => return None,
    };
    let prefix = prefix.unwrap_or_default();
    Some(pattern.replacen('^', &format!("^{prefix}"), 1))
}

/// The parts of a version, as the groups of the pattern name them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parts {
    epoch: Option<u64>,
    base: String,
    stage: Option<String>,
    revision: Option<u64>,
}

impl Parts {
    /// The parts in the name of a tag. `None` if it is not a version by the pattern.
    pub(super) fn of(pattern: &Regex, tag: &str) -> Option<Self> {
        let found = pattern.captures(tag)?;
        let number = |name: &str| {
            let found = found.name(name);
            found.map(|found| found.as_str().parse()).transpose().ok()
        };
        let stage = found.name("stage").map(|stage| stage.as_str().to_string());
        let revision = match stage {
            Some(_) => number("revision")?,
            None => None,
        };
        Some(Self {
            epoch: number("epoch")?,
            base: found.name("base")?.as_str().to_string(),
            stage,
            revision,
        })
    }

    /// The parts that stand for no tag.
    pub(super) fn none() -> Self {
        Self {
            epoch: None,
            base: "0.0.0".to_string(),
            stage: None,
            revision: None,
        }
    }

    /// The version of the commit that is `distance` commits after the one with the tag. `bumps` is
    /// whether it precedes the next version instead of following that of the tag. `None` if it is
    /// not a version by PEP 440, which dunamai checks too.
    pub(super) fn version(&self, distance: usize, bumps: bool) -> Option<String> {
        let distance = u64::try_from(distance).ok()?;
        let bumped = (bumps && distance > 0).then(|| self.bumped());
        let parts = bumped.as_ref().map_or(Some(self), Option::as_ref)?;
        let revision = parts.revision;
        let (mut stage, mut post, mut dev) = (parts.stage.as_deref(), None, None);
        match stage {
            Some("post") => (stage, post) = (None, revision),
            Some("dev") => (stage, dev) = (None, revision),
            _ => {}
        }
        if distance > 0 {
            if bumped.is_none() && post.is_none() && dev.is_none() {
                (post, dev) = (Some(distance), Some(0));
            } else {
                dev = Some(dev.unwrap_or_default() + distance);
            }
        }
        let epoch = parts.epoch.map(|epoch| format!("{epoch}!"));
        let stage = stage.map(|stage| format!("{}{}", short(stage), revision.unwrap_or_default()));
        let numbered = |name: &str, number: Option<u64>| number.map(|it| format!(".{name}{it}"));
        let rest = [stage, numbered("post", post), numbered("dev", dev)];
        let all = [epoch, Some(parts.base.clone())].into_iter().chain(rest);
        let text: String = all.flatten().collect();
        let valid = Regex::new(r"^(\d+!)?\d+(\.\d+)*((a|b|rc)\d+)?(\.post\d+)?(\.dev\d+)?$");
        valid
            .is_ok_and(|valid| valid.is_match(&text))
            .then_some(())?;
        parse(&text)
    }

    /// The next version: the next revision of the stage, or else the last number increased by one.
    fn bumped(&self) -> Option<Self> {
        let mut bumped = self.clone();
        if self.stage.is_some() {
            // A stage without a revision is its first.
            bumped.revision = Some(self.revision.unwrap_or(1) + 1);
            return Some(bumped);
        }
        let mut numbers = self
            .base
            .split('.')
            .map(|number| number.parse::<u64>().ok());
        let mut numbers: Vec<u64> = numbers.by_ref().collect::<Option<_>>()?;
        *numbers.last_mut()? += 1;
        let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
        bumped.base = numbers.join(".");
        Some(bumped)
    }
}

/// The name of a stage in PEP 440.
fn short(stage: &str) -> String {
    match stage.to_lowercase().as_str() {
        "alpha" => "a".to_string(),
        "beta" => "b".to_string(),
        "c" | "pre" | "preview" => "rc".to_string(),
        own => own.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(options: (Option<&str>, Option<&str>), tag: &str, bumps: bool) -> Option<String> {
        let pattern = pattern(options.0, options.1).expect("a pattern");
        let pattern = Regex::new(&pattern).expect("a regular expression");
        Parts::of(&pattern, tag)?.version(3, bumps)
    }

    #[test]
    fn parts_become_versions() {
        let default = (None, None);
        let unprefixed = (Some("default-unprefixed"), None);
        let prefixed = (None, Some("(?:pkg|b)/"));
        let own = (Some(r"^pkg-(?P<base>\d+\.\d+)(_(?P<stage>[a-z]+))?$"), None);
        for (options, tag, follows, precedes) in [
            (default, "v1.2", Some("1.2.post3.dev0"), Some("1.3.dev3")),
            (
                default,
                "v1!1.2",
                Some("1!1.2.post3.dev0"),
                Some("1!1.3.dev3"),
            ),
            (
                default,
                "v1.2-rc1",
                Some("1.2rc1.post3.dev0"),
                Some("1.2rc2.dev3"),
            ),
            (
                default,
                "v1.2beta",
                Some("1.2b0.post3.dev0"),
                Some("1.2b2.dev3"),
            ),
            (
                default,
                "v1.2.post1",
                Some("1.2.post1.dev3"),
                Some("1.2.post2.dev3"),
            ),
            (default, "v1.2.dev1", Some("1.2.dev4"), Some("1.2.dev5")),
            (
                default,
                "v1.2+linux",
                Some("1.2.post3.dev0"),
                Some("1.3.dev3"),
            ),
            (default, "v1.2foo1", None, None),
            (default, "1.2", None, None),
            (unprefixed, "1.2", Some("1.2.post3.dev0"), Some("1.3.dev3")),
            (
                prefixed,
                "pkg/v1.2",
                Some("1.2.post3.dev0"),
                Some("1.3.dev3"),
            ),
            (prefixed, "v1.2", None, None),
            (
                own,
                "pkg-1.2_rc",
                Some("1.2rc0.post3.dev0"),
                Some("1.2rc2.dev3"),
            ),
        ] {
            let found = [false, true].map(|bumps| version(options, tag, bumps));
            let expected = [follows, precedes].map(|it| it.map(str::to_string));
            assert_eq!(found, expected, "{options:?} {tag}");
        }
        assert_eq!(pattern(Some("semver"), None), None);
    }
}
