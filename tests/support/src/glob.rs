//! Finds the files that pixi finds for the globs of a response.
//!
//! The patterns are matched by the crate that pixi uses, with pixi's own rules around it.
//! A pattern that would break pixi, or whose meaning is not certain, fails the test.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ignore::overrides::{Override, OverrideBuilder};
use serde_json::Value;

use super::walk::Walk;

/// One set of patterns below one directory.
#[derive(Debug, Clone)]
pub struct Set {
    /// The directory in which the scan begins.
    pub root: PathBuf,
    /// The patterns as received.
    pub patterns: Vec<String>,
    /// File names that are searched in every directory.
    pub markers: Vec<String>,
    /// The handling of entries with a leading dot.
    pub hidden: Hidden,
}

/// The handling of entries with a leading dot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hidden {
    /// They are skipped, unless a pattern names them.
    Skipped,
    /// They are treated like all other entries.
    Shown,
}

/// The result of a scan.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The matching files.
    pub files: BTreeSet<PathBuf>,
    /// The number of directory entries that were visited.
    pub visited: usize,
}

/// A set that is prepared for a scan.
pub(super) struct Compiled {
    pub(super) root: PathBuf,
    pub(super) overrides: Override,
    /// The parts of patterns that name hidden entries.
    pub(super) named_hidden: Override,
    pub(super) markers: Vec<String>,
    pub(super) hidden: Hidden,
}

/// The sets of a response, including the flat list. Supports the spelling of
/// `conda/outputs` and that of `conda/build_v1`.
pub fn sets(answer: &Value, source: &Path) -> Result<Vec<Set>, String> {
    let either = |a: &str, b: &str| match &answer[a] {
        Value::Null => answer[b].clone(),
        value => value.clone(),
    };
    let flat = either("inputGlobs", "input_globs");
    let mut sets = vec![Set {
        root: source.to_owned(),
        patterns: texts(&flat)?,
        markers: Vec::new(),
        hidden: Hidden::Skipped,
    }];
    let absolute = |pattern: &&String| pattern.trim_start_matches('!').starts_with('/');
    if let Some(pattern) = sets[0].patterns.iter().find(absolute) {
        return Err(format!("`{pattern}` in the flat list is absolute"));
    }
    for set in either("inputGlobSets", "input_glob_sets")
        .as_array()
        .into_iter()
        .flatten()
    {
        let root = set["root"].as_str().unwrap_or("");
        sets.push(Set {
            root: source.join(root),
            patterns: texts(&set["patterns"])?,
            markers: match &set["markers"] {
                Value::Null => Vec::new(),
                markers => texts(markers)?,
            },
            hidden: match set["excludeHidden"].as_bool() {
                Some(false) => Hidden::Shown,
                _ => Hidden::Skipped,
            },
        });
    }
    Ok(sets)
}

fn texts(list: &Value) -> Result<Vec<String>, String> {
    let list = list.as_array().ok_or("globs are no list")?;
    let text = |value: &Value| value.as_str().map(str::to_owned).ok_or("a glob is no text");
    Ok(list.iter().map(text).collect::<Result<_, _>>()?)
}

impl Set {
    /// Scans the directory.
    ///
    /// # Errors
    ///
    /// A pattern that pixi does not accept, or that should be avoided.
    pub fn find(&self) -> Result<Found, String> {
        if self.patterns.is_empty() && self.markers.is_empty() {
            return Ok(Found::default());
        }
        Ok(Walk::new(&self.compile()?).run())
    }

    fn compile(&self) -> Result<Compiled, String> {
        for pattern in &self.patterns {
            check(pattern, self.hidden)?;
        }
        let including = |pattern: &&String| !pattern.starts_with('!');
        if !self.patterns.iter().any(|pattern| including(&pattern)) {
            return Err(format!("{:?} only exclude", self.patterns));
        }
        let climb = self.patterns.iter().map(|pattern| climb_of(pattern)).max();
        let climb = climb.unwrap_or(0);
        let mut root = self.root.clone();
        let mut below = String::new();
        for _ in 0..climb {
            let name = root.file_name().ok_or("`..` above the top")?;
            below = format!("{}/{below}", name.to_string_lossy());
            root.pop();
        }

        let mut builder = OverrideBuilder::new(&root);
        let mut named = OverrideBuilder::new(&root);
        for pattern in &self.patterns {
            let Some(pattern) = rewrite(pattern, &below, climb) else {
                continue;
            };
            builder.add(&pattern).map_err(|error| error.to_string())?;
            for part in pattern.split('/').filter(|part| part.starts_with('.')) {
                named.add(part).map_err(|error| error.to_string())?;
            }
        }
        Ok(Compiled {
            overrides: builder.build().map_err(|error| error.to_string())?,
            named_hidden: named.build().map_err(|error| error.to_string())?,
            root,
            markers: self.markers.clone(),
            hidden: self.hidden,
        })
    }
}

fn check(pattern: &str, hidden: Hidden) -> Result<(), String> {
    let body = pattern.strip_prefix('!').unwrap_or(pattern);
    if body.is_empty() {
        return Err(format!("pixi panics at the empty pattern `{pattern}`"));
    }
    if body.starts_with('/') && is_glob(body) {
        return Err(format!("pixi panics at the absolute pattern `{pattern}`"));
    }
    if hidden == Hidden::Skipped && pattern.starts_with('!') && body.contains("/.") {
        return Err(format!("`{pattern}` changes what is hidden"));
    }
    Ok(())
}

fn is_glob(text: &str) -> bool {
    text.contains(['*', '?', '[', '{', '\\'])
}

/// The number of leading `..` in a pattern. Literals have none.
fn climb_of(pattern: &str) -> usize {
    let body = pattern.strip_prefix('!').unwrap_or(pattern);
    if !is_glob(body) {
        return 0;
    }
    body.split('/').take_while(|part| *part == "..").count()
}

/// The pattern for the matcher, relative to the root after `..`. `None` for patterns that
/// cannot match.
fn rewrite(pattern: &str, below: &str, climb: usize) -> Option<String> {
    let (sign, body) = match pattern.strip_prefix('!') {
        Some(body) => ("!", body),
        None => ("", pattern),
    };
    if !is_glob(body) {
        if body.starts_with("../") || body.starts_with("./") {
            return None;
        }
        let body = body.strip_prefix('/').unwrap_or(body);
        return Some(format!("{sign}/{below}{body}"));
    }
    if climb == 0 || (sign == "!" && body.starts_with("**/")) {
        return Some(pattern.to_owned());
    }
    let own = climb_of(body);
    let rest = body.trim_start_matches("../");
    let kept: String = below.split_inclusive('/').take(climb - own).collect();
    // A pattern without a slash matches at any depth below its own root.
    let deep = if own == 0 && !rest.contains('/') {
        "**/"
    } else {
        ""
    };
    Some(format!("{sign}{kept}{deep}{rest}"))
}
