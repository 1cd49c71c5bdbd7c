//! The patterns of `git describe --match` and `--exclude`.
//!
//! Git compares them with the names of tags byte by byte, and `*` also matches `/`.

use regex::bytes::Regex;

/// The patterns that select tags.
#[derive(Debug, Clone, Default)]
pub(super) struct Globs {
    matched: Vec<Glob>,
    excluded: Vec<Glob>,
}

/// One pattern. `None` if Git cannot read it: it then matches nothing.
type Glob = Option<Regex>;

impl Globs {
    /// Only tags that one of `patterns` matches. Without a pattern, all tags.
    pub(super) fn matching(patterns: &[&str]) -> Self {
        Self {
            matched: patterns.iter().map(|pattern| glob(pattern)).collect(),
            excluded: Vec::new(),
        }
    }

    /// None of the tags that one of `patterns` matches.
    pub(super) fn without(self, patterns: &[&str]) -> Self {
        Self {
            excluded: patterns.iter().map(|pattern| glob(pattern)).collect(),
            ..self
        }
    }

    pub(super) fn select(&self, tag: &str) -> bool {
        let any = |globs: &[Glob]| {
            let mut globs = globs.iter().flatten();
            globs.any(|glob| glob.is_match(tag.as_bytes()))
        };
        !any(&self.excluded) && (self.matched.is_empty() || any(&self.matched))
    }
}

/// Translates a pattern to a regular expression.
fn glob(pattern: &str) -> Glob {
    let mut rest = pattern.as_bytes();
    let mut text = "(?s-u)^".to_string();
    while let [first, after @ ..] = rest {
        rest = after;
        match first {
            b'*' => text += ".*",
            b'?' => text += ".",
            b'[' => rest = class(rest, &mut text)?,
            b'\\' => {
                let (escaped, after) = rest.split_first()?;
                text += &literal(*escaped);
                rest = after;
            }
            byte => text += &literal(*byte),
        }
    }
    text.push('$');
    Regex::new(&text).ok()
}

fn literal(byte: u8) -> String {
    format!("\\x{byte:02x}")
}

/// Translates a class of characters, such as `[!a-z[:digit:]]`, whose first `[` was read. Returns
/// the pattern after it.
fn class<'a>(mut rest: &'a [u8], text: &mut String) -> Option<&'a [u8]> {
    text.push('[');
    if let [b'!' | b'^', after @ ..] = rest {
        text.push('^');
        rest = after;
    }
    let mut is_first = true;
    loop {
        if rest.first() == Some(&b']') && !is_first {
            text.push(']');
            return Some(&rest[1..]);
        }
        is_first = false;
        if let Some(named) = rest.strip_prefix(b"[:") {
            let length = named.iter().position(|byte| *byte == b']')?;
            let name = named[..length].strip_suffix(b":")?;
            *text += &format!("[:{}:]", std::str::from_utf8(name).ok()?);
            rest = &named[length + 1..];
            continue;
        }
        let (low, after) = member(rest)?;
        rest = after;
        *text += &literal(low);
        if let [b'-', after @ ..] = rest
            && after.first().is_some_and(|next| *next != b']')
        {
            let (high, after) = member(after)?;
            rest = after;
            *text += &format!("-{}", literal(high));
        }
    }
}

/// One character of a class, and the pattern after it.
fn member(rest: &[u8]) -> Option<(u8, &[u8])> {
    match rest {
        [b'\\', escaped, after @ ..] => Some((*escaped, after)),
        [byte, after @ ..] => Some((*byte, after)),
        [] => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_git() {
        for (pattern, matching, other) in [
            ("a-*", "a-v1/2", "b-a-1"),
            ("*[0-9]*", "b/v3.0", "nightly"),
            ("v?.*", "v1.2", "v10.2"),
            ("b?v*", "b/v3", "bv3"),
            ("v[[:digit:]]*", "v1", "va"),
            ("[!v]*", "1.2", "v1.2"),
            ("[^v]*", "1.2", "v1.2"),
            ("[]x]1", "]1", "y1"),
            ("[a-]1", "-1", "b1"),
            ("v\\*", "v*", "v1"),
            ("v[\\]]", "v]", "v\\"),
            ("1.2", "1.2", "1x2"),
            ("a**b", "a/x/b", "a/x/c"),
        ] {
            let globs = Globs::matching(&[pattern]);
            assert!(globs.select(matching), "{pattern} {matching}");
            assert!(!globs.select(other), "{pattern} {other}");
        }
        for broken in ["v[1", "v\\", "[[:word"] {
            assert!(!Globs::matching(&[broken]).select("v1"), "{broken}");
        }
    }

    #[test]
    fn one_pattern_is_enough_and_exclusions_win() {
        let globs = Globs::matching(&["a-*", "b/*"]).without(&["*rc*"]);
        assert!(globs.select("a-1") && globs.select("b/1"));
        assert!(!globs.select("a-1rc1") && !globs.select("c-1"));
        assert!(Globs::default().select("anything"));
    }
}
