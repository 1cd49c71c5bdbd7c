//! Divides the output of a script into lines.

use std::path::{Path, PathBuf};

/// The maximum length of a line, in bytes. A program may write a file without line breaks.
const LONGEST: usize = 1024 * 1024;

/// The lines of a script, with names of variables instead of the paths of the build.
pub(super) struct ScriptLines {
    /// The paths, each with the name that replaces it.
    names: Vec<(String, &'static str)>,
    /// The beginning of the next line.
    begun: Vec<u8>,
    /// Whether the last byte was a carriage return, which ended a line.
    after_return: bool,
}

impl ScriptLines {
    pub(super) fn new<'a>(names: impl IntoIterator<Item = (&'a PathBuf, &'static str)>) -> Self {
        let text = |path: &Path| path.display().to_string();
        let names = names.into_iter();
        Self {
            names: names.map(|(path, name)| (text(path), name)).collect(),
            begun: Vec::new(),
            after_return: false,
        }
    }

    /// Adds bytes, and returns the lines that end in them. A line ends with a line feed, a
    /// carriage return, or both. Invalid UTF-8 is replaced.
    pub(super) fn add(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        for piece in bytes.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
            let (content, end) = match piece.split_last() {
                Some((end @ (b'\n' | b'\r'), content)) => (content, Some(*end)),
                _ => (piece, None),
            };
            let is_pair = self.after_return && content.is_empty() && end == Some(b'\n');
            self.after_return = end == Some(b'\r');
            if is_pair {
                continue;
            }
            self.begun.extend(content);
            if end.is_some() || self.begun.len() >= LONGEST {
                lines.push(self.take());
            }
        }
        lines
    }

    /// The last line, if nothing ends it.
    pub(super) fn rest(&mut self) -> Option<String> {
        (!self.begun.is_empty()).then(|| self.take())
    }

    fn take(&mut self) -> String {
        let bytes = std::mem::take(&mut self.begun);
        let mut line = String::from_utf8_lossy(&bytes).into_owned();
        for (path, name) in &self.names {
            if line.contains(path) {
                line = line.replace(path, name);
            }
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(pieces: &[&[u8]]) -> Vec<String> {
        let names = [
            ("/ws/host".into(), "$PREFIX"),
            ("/ws/work".into(), "$SRC_DIR"),
        ];
        let mut lines = ScriptLines::new(names.iter().map(|(path, name)| (path, *name)));
        let mut found: Vec<String> = pieces.iter().flat_map(|piece| lines.add(piece)).collect();
        found.extend(lines.rest());
        found
    }

    #[test]
    fn lines_end_in_three_ways_and_may_come_in_pieces() {
        assert_eq!(
            lines(&[b"a\nb\r", b"\nc\rd", b"e\n\nf"]),
            ["a", "b", "c", "de", "", "f"]
        );
        assert_eq!(lines(&[b"a\r\n\r\nb\r\r"]), ["a", "", "b", ""]);
        assert_eq!(lines(&[b""]), [""; 0]);
    }

    #[test]
    fn paths_of_the_build_become_variables() {
        let line = "cp /ws/work/a /ws/host/bin/a \u{e4}";
        assert_eq!(
            lines(&[line.as_bytes()]),
            ["cp $SRC_DIR/a $PREFIX/bin/a \u{e4}"]
        );
        assert_eq!(lines(&[b"\xff\n"]), ["\u{fffd}"]);
    }

    #[test]
    fn a_line_without_an_end_is_divided() {
        let piece = vec![b'x'; 64 * 1024];
        let pieces: Vec<&[u8]> = (0..40).map(|_| piece.as_slice()).collect();
        let lengths: Vec<usize> = lines(&pieces).iter().map(String::len).collect();
        assert_eq!(lengths, [LONGEST, LONGEST, 8 * 64 * 1024]);
    }
}
