//! The text of a recipe, for the places of errors.
//!
//! The YAML parser counts characters and lines, but labels count bytes. This module
//! computes the places from lines and columns.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::SourceSpan;
use rattler_build_recipe::Span;

use crate::diagnostic::SourceFile;

/// The path and the unmodified text of a recipe.
#[derive(Debug, Clone)]
pub struct RecipeText {
    path: PathBuf,
    text: Arc<str>,
}

impl RecipeText {
    /// The text of the recipe at `path`.
    pub fn new(path: &Path, text: Arc<str>) -> Self {
        Self {
            path: path.to_path_buf(),
            text,
        }
    }

    /// The path of the recipe.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The complete text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The file for a label.
    pub fn file(&self) -> SourceFile {
        SourceFile::new(self.path.display().to_string(), self.text.clone()).with_language("YAML")
    }

    /// The range of a span of the parser; `None` for a span without a place.
    pub(in crate::recipe) fn range(&self, span: &Span) -> Option<Range<usize>> {
        let start = span.start()?;
        // The parser does not receive the byte order mark at the start of some files.
        let mark = |line| usize::from(line == 1 && self.text.starts_with('\u{feff}'));
        let from = self.offset(start.line(), start.column() + mark(start.line()))?;
        let to = span
            .end()
            .and_then(|end| self.offset(end.line(), end.column() + mark(end.line())))
            .filter(|to| *to > from)
            .map_or_else(|| self.end_of_token(from), |to| self.end_of_text(from, to));
        Some(from..to)
    }

    /// The key or value at a line and a column, both counted from 1.
    pub(in crate::recipe) fn at(&self, line: usize, column: usize) -> Option<Range<usize>> {
        let from = self.offset(line, column)?;
        Some(from..self.end_of_token(from))
    }

    /// The place of `word` as a whole word, at `from` or after it. An empty word has no place.
    pub fn word(&self, word: &str, from: usize) -> Option<Range<usize>> {
        let text = self.text.get(from..).filter(|_| !word.is_empty())?;
        let inside = |c: char| c.is_alphanumeric() || c == '_';
        let found = text.match_indices(word).find(|(at, _)| {
            let before = text[..*at].chars().next_back();
            let after = text[at + word.len()..].chars().next();
            let grows = |edge: Option<char>, next: Option<char>| {
                edge.is_some_and(inside) && next.is_some_and(inside)
            };
            !grows(word.chars().next(), before) && !grows(word.chars().next_back(), after)
        });
        let (at, _) = found?;
        Some(from + at..from + at + word.len())
    }

    /// The first place of `text` that is not in a comment.
    pub fn find(&self, text: &str) -> Option<SourceSpan> {
        let places = self.text.match_indices(text);
        let mut places = places.map(|(at, _)| at);
        let at = places.find(|at| !self.is_comment(*at))?;
        Some(span(at..at + text.len()))
    }

    /// The place of the value `value` of the key `key`, or else the first place of `value`.
    pub fn value_of(&self, key: &str, value: &str) -> Option<SourceSpan> {
        let mut from = 0;
        while let Some(found) = self.word(value, from) {
            let line = self.text[..found.start].rfind('\n').map_or(0, |at| at + 1);
            let before = self.text[line..found.start].trim_start_matches([' ', '-', '\t']);
            let of_flow = before.trim_end_matches([' ', '"', '\'']).strip_suffix(':');
            if before.starts_with(key) || of_flow.is_some_and(|before| before.ends_with(key)) {
                return Some(span(found));
            }
            from = found.end;
        }
        // A short value, such as `.`, is in many places.
        if value.len() > 2 {
            self.find(value)
        } else {
            self.word(key, 0).map(span)
        }
    }

    fn is_comment(&self, at: usize) -> bool {
        let line = self.text[..at].rfind('\n').map_or(0, |at| at + 1);
        let before = &self.text[line..at];
        before.trim_start().starts_with('#') || before.contains(" #")
    }

    /// The byte offset of a line and a column, both counted from 1. Columns count
    /// characters.
    fn offset(&self, line: usize, column: usize) -> Option<usize> {
        let mut start = 0;
        for _ in 1..line {
            start += self.text[start..].find('\n')? + 1;
        }
        let rest = &self.text[start..];
        let end = rest.find('\n').unwrap_or(rest.len());
        let mut columns = rest[..end].char_indices().map(|(at, _)| at);
        let inside = columns.nth(column.saturating_sub(1)).unwrap_or(end);
        Some(start + inside)
    }

    /// The end of the key or plain value that begins at `from`.
    fn end_of_token(&self, from: usize) -> usize {
        let rest = &self.text[from..];
        let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
        let token = match line.chars().next() {
            Some(quote @ ('"' | '\'')) => line[1..].find(quote).map(|end| end + 2),
            _ if line.starts_with("${{") => line.rfind("}}").map(|end| end + 2),
            _ => line.find([':', ',', '#', '[', '{', ']', '}']),
        };
        let token = line[..token.unwrap_or(line.len())].trim_end();
        from + token
            .len()
            .max(line.chars().next().map_or(0, char::len_utf8))
    }

    /// The end of the text in a span. A span may end at the start of the next line; a
    /// label must not.
    fn end_of_text(&self, from: usize, to: usize) -> usize {
        let covered = self.text[from..to].trim_end();
        from + covered.len().max(1)
    }
}

/// Converts a range to a span for a label.
pub(super) fn span(range: Range<usize>) -> SourceSpan {
    (range.start, range.len()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> RecipeText {
        RecipeText::new(Path::new("/r/recipe.yaml"), Arc::from(text))
    }

    #[test]
    fn columns_count_characters_and_places_count_bytes() {
        let text = text("# ä 🧪\nä: 🧪x\n");
        let at = text.offset(2, 5).expect("it is there");
        assert_eq!(&text.as_str()[at..], "x\n");
        assert_eq!(text.offset(9, 1), None);
        assert_eq!(text.offset(2, 99), Some(text.as_str().len() - 1));
    }

    #[test]
    fn a_token_ends_before_what_follows_it() {
        let end = |line: &str| text(line).end_of_token(0);
        assert_eq!(end("instal: []"), "instal".len());
        assert_eq!(end("\"a: b\" # c"), 6);
        assert_eq!(end("${{ a ~ 'b:c' }} # d"), "${{ a ~ 'b:c' }}".len());
        assert_eq!(end("python >=3.8  # d"), "python >=3.8".len());
        assert_eq!(end(""), 0);
    }

    #[test]
    fn words_are_found_whole_and_behind_a_place() {
        let text = text("# foo\nfoobar: foo\n");
        let found = text.word("foo", 6).expect("it is there");
        assert_eq!(found, 14..17);
        assert_eq!(text.find("foo").map(|span| span.offset()), Some(6));
        assert_eq!(text.word("", 0), None);
        let place = text.value_of("foobar", "").expect("the key is there");
        assert_eq!((place.offset(), place.len()), (6, 6));
    }
}
