//! The tags that a tool selects in the history, and the versions that it reads from them.

use pep440_rs::Version;
use regex::{Captures, Regex};

use super::describe;
use super::dunamai::{self, Parts};
use super::git::{Place, Repository, Tag};
use super::globs::Globs;
use super::options::Options;

/// How a tool selects and reads tags.
#[derive(Debug, Clone)]
pub(super) struct Tags {
    selection: Selection,
    reading: Reading,
}

/// The tag that counts.
#[derive(Debug, Clone)]
enum Selection {
    /// The tag that `git describe --tags` returns for these patterns.
    Described(Globs),
    /// The nearest tag that can be read.
    Readable,
    /// The first readable tag in the order of `git log --topo-order`.
    Listed,
    /// The newest tag in the history that the pattern matches from its start, regardless of the
    /// distance.
    Newest(Option<Regex>),
}

#[derive(Debug, Clone)]
enum Reading {
    /// The tag starts with the pattern, after an optional prefix.
    Pattern {
        prefix: String,
        pattern: Regex,
        /// Whether text after the version counts if it makes a longer version.
        keeps_suffix: bool,
        /// The version of a tag that does not match.
        otherwise: Option<Version>,
    },
    /// By the options `tag2version` of versioningit.
    Stripped {
        prefix: String,
        suffix: String,
        pattern: Option<Regex>,
        is_required: bool,
    },
    /// By the option `tag_formatter` of setuptools-git-versioning.
    Formatted(Option<Regex>),
    /// By the pattern of dunamai.
    Dunamai(Regex),
}

/// What a tag stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Read {
    Version(Version),
    Parts(Parts),
}

/// The pattern of setuptools-scm and pdm-backend.
const DEFAULT: &str = r"^(?:[\w-]+-)?(?P<version>[vV]?\d+(?:\.\d+){0,2}[^\+]*)(?:\+.*)?$";

impl Tags {
    /// The rules of a tool with these options.
    ///
    /// # Errors
    /// An option that selects or changes tags in a way that is not supported.
    pub(super) fn of(tool: &str, options: Options<'_>) -> Result<Self, String> {
        let (selection, reading) = match tool {
            "setuptools-scm" | "hatch-vcs" => (
                Selection::Described(scm_globs(options)?),
                scm_reading(options)?,
            ),
            "pdm-backend" => pdm(options)?,
            "versioningit" => versioningit(options)?,
            "setuptools-git-versioning" => git_versioning(options)?,
            "uv-dynamic-versioning" | "poetry-dynamic-versioning" => {
                (Selection::Listed, dynamic_versioning(options)?)
            }
            _ => return Ok(Self::default()),
        };
        Ok(Self { selection, reading })
    }

    /// The place of `HEAD` after the tags that the tool may select.
    pub(super) fn place(&self, repository: &Repository) -> Option<Place> {
        match &self.selection {
            Selection::Described(globs) => repository.place(|tag| globs.select(tag)),
            Selection::Readable => repository.place(|tag| self.read(tag).is_some()),
            Selection::Listed => repository.first_listed(|tag| self.read(tag).is_some()),
            Selection::Newest(None) => repository.newest(|_| true),
            Selection::Newest(Some(pattern)) => {
                repository.newest(|tag| at_start(pattern, tag).is_some())
            }
        }
    }

    /// The tag that the tool selects among those of one commit, which are in the order of their
    /// names.
    pub(super) fn chosen<'t>(&self, tags: &'t [Tag]) -> Option<&'t str> {
        let newest = |tags: &mut dyn Iterator<Item = &'t Tag>| {
            // Of tags with the same date, the first counts.
            tags.reduce(|best, tag| if tag.date > best.date { tag } else { best })
        };
        let chosen = match &self.selection {
            Selection::Described(_) => {
                newest(&mut tags.iter().filter(|tag| tag.is_annotated)).or(tags.first())
            }
            Selection::Listed => newest(&mut tags.iter()),
            Selection::Readable => tags.iter().max_by_key(|tag| self.version(&tag.name)),
            Selection::Newest(_) => tags.first(),
        };
        chosen.map(|tag| tag.name.as_str())
    }

    /// Reads a tag. `None` if the tool finds no version in it.
    pub(super) fn read(&self, tag: &str) -> Option<Read> {
        match &self.reading {
            Reading::Dunamai(pattern) => Parts::of(pattern, tag).map(Read::Parts),
            _ => self.version(tag).map(Read::Version),
        }
    }

    /// The version in a tag, without its local part.
    pub(super) fn version(&self, tag: &str) -> Option<Version> {
        let version = match &self.reading {
            Reading::Pattern {
                prefix,
                pattern,
                keeps_suffix,
                otherwise,
            } => {
                let tag = tag.strip_prefix(prefix.as_str()).unwrap_or(tag);
                match at_start(pattern, tag) {
                    Some(found) => matched(&found, *keeps_suffix),
                    None => otherwise.clone(),
                }
            }
            Reading::Stripped { .. } => self.stripped(tag)?.parse().ok(),
            Reading::Formatted(pattern) => formatted(pattern.as_ref(), tag),
            Reading::Dunamai(_) => None,
        };
        version.map(Version::without_local)
    }

    fn stripped<'t>(&self, tag: &'t str) -> Option<&'t str> {
        let Reading::Stripped {
            prefix,
            suffix,
            pattern,
            is_required,
        } = &self.reading
        else {
            return None;
        };
        let tag = tag.strip_prefix(prefix.as_str()).unwrap_or(tag);
        let tag = tag.strip_suffix(suffix.as_str()).unwrap_or(tag);
        let found = pattern
            .as_ref()
            .map(|pattern| (pattern, pattern.captures(tag)));
        let tag = match found {
            None => tag,
            Some((_, None)) if *is_required => return None,
            Some((_, None)) => tag,
            Some((pattern, Some(found))) => {
                let is_named = pattern.capture_names().flatten().any(|it| it == "version");
                let found = if is_named {
                    found.name("version")
                } else {
                    found.get(0)
                };
                found?.as_str()
            }
        };
        Some(tag.trim_start_matches('v'))
    }
}

impl Default for Tags {
    /// The nearest tags in which setuptools-scm finds a version by default.
    fn default() -> Self {
        Self {
            selection: Selection::Readable,
            reading: Reading::Pattern {
                prefix: String::new(),
                pattern: default_pattern(),
                keeps_suffix: false,
                otherwise: None,
            },
        }
    }
}

fn default_pattern() -> Regex {
    Regex::new(DEFAULT).expect("a constant pattern")
}

/// The match of a pattern at the start of a tag, as `re.match` of Python finds it.
fn at_start<'t>(pattern: &Regex, tag: &'t str) -> Option<Captures<'t>> {
    let found = pattern.captures(tag)?;
    (found.get(0)?.start() == 0).then_some(found)
}

/// The version in a match: the only group, or else the group `version`.
fn matched(found: &Captures<'_>, keeps_suffix: bool) -> Option<Version> {
    let all = found.get(0)?;
    let version = match found.len() {
        2 => found.get(1)?,
        _ => found.name("version")?,
    };
    let suffix = &all.as_str()[version.end() - all.start()..];
    let longer = format!("{}{suffix}", version.as_str());
    let longer = keeps_suffix.then(|| longer.parse().ok()).flatten();
    longer.or_else(|| version.as_str().parse().ok())
}

/// The version in a tag of setuptools-git-versioning.
fn formatted(pattern: Option<&Regex>, tag: &str) -> Option<Version> {
    let tag = match pattern {
        Some(pattern) => at_start(pattern, tag)?.name("tag")?.as_str().to_string(),
        None => tag.to_string(),
    };
    let public = tag.split('+').next().unwrap_or_default();
    let other = Regex::new(r"[^\w!]+").expect("a constant pattern");
    let public = other.replace_all(public, ".");
    public.trim_end_matches('.').parse().ok()
}

fn scm_globs(options: Options<'_>) -> Result<Globs, String> {
    const COMMANDS: [&str; 2] = ["scm.git.describe_command", "git_describe_command"];
    for name in COMMANDS {
        let words: Vec<String> = match options.text(name) {
            Some(command) => shlex::split(command).ok_or_else(|| options.shown(name))?,
            None => options
                .texts(name)
                .iter()
                .map(ToString::to_string)
                .collect(),
        };
        if !words.is_empty() {
            let globs = describe::globs(&words);
            return globs.map_err(|part| format!("{part} in {}", options.shown(name)));
        }
    }
    let prefix = options.text("tag.prefix").unwrap_or_default();
    let version = if options.flag("tag.strict") == Some(true) {
        "*[0-9]*.*[0-9]*"
    } else {
        "*[0-9]*"
    };
    Ok(Globs::matching(&[&format!("{prefix}{version}")]))
}

fn scm_reading(options: Options<'_>) -> Result<Reading, String> {
    let names = ["tag-pattern", "tag.regex", "tag_regex"];
    let pattern = names.into_iter().find(|name| options.text(name).is_some());
    let pattern = pattern.map(|name| options.pattern(name)).transpose()?;
    Ok(Reading::Pattern {
        prefix: options.text("tag.prefix").unwrap_or_default().to_string(),
        pattern: pattern.flatten().unwrap_or_else(default_pattern),
        keeps_suffix: true,
        otherwise: None,
    })
}

fn pdm(options: Options<'_>) -> Result<(Selection, Reading), String> {
    let globs = Globs::matching(&[options.text("tag_filter").unwrap_or("*.*")]);
    let pattern = options.pattern("tag_regex")?;
    let reading = Reading::Pattern {
        prefix: String::new(),
        pattern: pattern.unwrap_or_else(default_pattern),
        keeps_suffix: false,
        otherwise: Some(Version::new([0, 0, 0])),
    };
    Ok((Selection::Described(globs), reading))
}

fn versioningit(options: Options<'_>) -> Result<(Selection, Reading), String> {
    let globs = Globs::matching(&options.texts("vcs.match"));
    let globs = globs.without(&options.texts("vcs.exclude"));
    let text = |name| options.text(name).unwrap_or_default().to_string();
    let reading = Reading::Stripped {
        prefix: text("tag2version.rmprefix"),
        suffix: text("tag2version.rmsuffix"),
        pattern: options.pattern("tag2version.regex")?,
        is_required: options.flag("tag2version.require-match") == Some(true),
    };
    Ok((Selection::Described(globs), reading))
}

fn git_versioning(options: Options<'_>) -> Result<(Selection, Reading), String> {
    let function = Regex::new(r"^[\w.]+:\w+$").expect("a constant pattern");
    let pattern = |name| match options.text(name) {
        Some(text) if function.is_match(text) => Err(options.shown(name)),
        _ => options.pattern(name),
    };
    let selection = Selection::Newest(pattern("tag_filter")?);
    Ok((selection, Reading::Formatted(pattern("tag_formatter")?)))
}

fn dynamic_versioning(options: Options<'_>) -> Result<Reading, String> {
    let prefix = options.text("pattern-prefix");
    let pattern = dunamai::pattern(options.text("pattern"), prefix);
    let pattern = pattern.ok_or_else(|| options.shown("pattern"))?;
    let own = options
        .text("pattern")
        .filter(|own| own.contains("?P<base>"));
    let name = own.map_or("pattern-prefix", |_| "pattern");
    options.compiled(name, &pattern).map(Reading::Dunamai)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_stand_for_versions() {
        let tags = Tags::default();
        for (tag, version) in [
            ("v1.2", Some("1.2")),
            ("name-1.2.3", Some("1.2.3")),
            ("1.2rc1", Some("1.2rc1")),
            ("nightly", None),
        ] {
            let found = tags.version(tag).map(|version| version.to_string());
            assert_eq!(found.as_deref(), version, "{tag}");
        }
    }
}
