//! Wraps long lines, so that the frame of a step is not broken on a narrow terminal.

use console::{AnsiCodeIterator, measure_text_width};

/// The indentation of continuation lines.
const INDENT: &str = "    ";

/// Breaks `line` into lines of at most `room` columns, at spaces if possible. Without
/// `room`, or if there are only a few columns, the line is not broken.
pub(super) fn wrapped(line: &str, room: Option<usize>) -> Vec<String> {
    const TOO_NARROW: usize = 20;
    let Some(room) = room.filter(|room| *room >= TOO_NARROW) else {
        return vec![line.to_string()];
    };
    if measure_text_width(line) <= room {
        return vec![line.to_string()];
    }
    let mut lines = vec![String::new()];
    let mut taken = 0;
    for (piece, width) in pieces(line) {
        let is_blank = piece.trim().is_empty() && width > 0;
        if taken + width > room && taken > INDENT.len() {
            lines.push(INDENT.to_string());
            taken = INDENT.len();
            if is_blank {
                continue;
            }
        }
        // A word may be longer than a line.
        for (sign, width) in signs(piece) {
            if taken + width > room {
                lines.push(INDENT.to_string());
                taken = INDENT.len();
            }
            taken += width;
            lines.last_mut().expect("there is one").push_str(sign);
        }
    }
    lines
}

/// The words and the spaces between them, with their widths. Escape codes are part of
/// words.
fn pieces(line: &str) -> Vec<(&str, usize)> {
    let mut pieces = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let is_space = |sign: char| sign == ' ';
        let end = if is_space(first) {
            rest.find(|sign| !is_space(sign))
        } else {
            rest.find(is_space)
        };
        let (piece, after) = rest.split_at(end.unwrap_or(rest.len()));
        pieces.push((piece, measure_text_width(piece)));
        rest = after;
    }
    pieces
}

/// The characters with their widths. The width of an escape code is 0.
fn signs(piece: &str) -> impl Iterator<Item = (&str, usize)> {
    AnsiCodeIterator::new(piece).flat_map(|(text, is_code)| {
        let ends: Vec<usize> = if is_code {
            vec![text.len()]
        } else {
            (text.char_indices())
                .map(|(at, sign)| at + sign.len_utf8())
                .collect()
        };
        let mut start = 0;
        ends.into_iter().map(move |end| {
            let sign = &text[start..end];
            start = end;
            (sign, if is_code { 0 } else { measure_text_width(sign) })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_broken_at_spaces() {
        let line = "the quick brown fox jumps over the lazy dog";
        assert_eq!(wrapped(line, None), [line]);
        assert_eq!(wrapped(line, Some(43)), [line]);
        assert_eq!(
            wrapped(line, Some(20)),
            [
                "the quick brown fox ",
                "    jumps over the ",
                "    lazy dog"
            ]
        );
    }

    #[test]
    fn long_words_are_broken_where_the_line_ends() {
        let path = "_placehold".repeat(5);
        let lines = wrapped(&format!("prefix={path}"), Some(30));
        assert_eq!(lines.len(), 3, "{lines:?}");
        for line in &lines {
            assert!(measure_text_width(line) <= 30, "{line}");
        }
        let whole: String = lines.iter().map(|line| line.trim_start()).collect();
        assert_eq!(whole, format!("prefix={path}"));
    }

    #[test]
    fn colors_have_no_width() {
        let line = "\u{1b}[1mwarning:\u{1b}[0m one two three";
        assert_eq!(wrapped(line, Some(22)), [line]);
        let narrow = wrapped(line, Some(20));
        assert_eq!(narrow.len(), 2, "{narrow:?}");
        assert!(narrow[0].starts_with("\u{1b}[1mwarning:\u{1b}[0m one two "));
    }
}
