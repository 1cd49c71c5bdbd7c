//! A build's log, without colours, and what the build script notes in it.

use super::QUOTED;
use crate::recipe::FAILURE_NOTE as NOTE;

/// The lines of a log.
pub(super) struct Log {
    lines: Vec<String>,
}

impl Log {
    pub(super) fn new(text: &str) -> Self {
        let text = console::strip_ansi_codes(text);
        Self {
            lines: text
                .lines()
                .map(|line| line.trim_end().to_string())
                .collect(),
        }
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }

    /// Whether any line holds `text`.
    pub(super) fn has(&self, text: &str) -> bool {
        self.lines().any(|line| line.contains(text))
    }

    /// What follows `start` in the first line that holds it.
    pub(super) fn after(&self, start: &str) -> Option<&str> {
        let found = self.lines().find_map(|line| line.split_once(start));
        found.map(|(_, rest)| rest)
    }

    /// What stands between `start` and `end` in the first line that has both.
    pub(super) fn between(&self, start: &str, end: &str) -> Option<&str> {
        self.lines()
            .filter_map(|line| Some(line.split_once(start)?.1.split_once(end)?.0))
            .next()
    }

    /// Lines from the first that holds `start`, that one included.
    pub(super) fn from(&self, start: &str) -> impl Iterator<Item = &str> {
        self.lines().skip_while(move |line| !line.contains(start))
    }

    /// The command that failed, as people call it, and its exit code.
    pub(super) fn exit(&self) -> Option<(String, i32)> {
        let note = self
            .lines()
            .filter_map(|line| line.strip_prefix(NOTE))
            .last()?;
        let (code, command) = note.split_once(" of ")?;
        let mut words = command.split_whitespace();
        let program = words.next()?.trim_matches('"');
        let program = program.rsplit(['/', '\\']).next()?;
        let short = match words.next() {
            Some(word) if word.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                format!("{program} {word}")
            }
            _ => program.to_string(),
        };
        Some((short, code.parse().ok()?))
    }

    /// Cargo's own errors with their causes, at most `count` lines; without any,
    /// the end of the log.
    pub(super) fn last_errors(&self, count: usize) -> Vec<String> {
        let mut errors: Vec<String> = Vec::new();
        let mut lines = self.lines().map(str::trim).peekable();
        while let Some(line) = lines.next() {
            if line.starts_with("error: ") || line.starts_with("error[") {
                errors.push(line.to_string());
            } else if line == "Caused by:" && !errors.is_empty() {
                errors.extend(lines.next().map(|cause| format!("caused by: {cause}")));
                // An excerpt of a file, and what is wrong there.
                let mut excerpt = false;
                while let Some(line) = lines.next_if(|line| line.contains('|')) {
                    excerpt = line.contains('^');
                }
                errors.extend(
                    lines
                        .next_if(|line| excerpt && !line.is_empty())
                        .map(str::to_string),
                );
            } else if let Some(note) = line.strip_prefix("= note: ") {
                // The command of a linker, and that it is long, is of no use.
                let is_said = !note.trim_start().starts_with('"') && !note.contains("omitted");
                let linking = errors
                    .last()
                    .is_some_and(|last| last.contains("linking with"));
                errors.extend(Some(note.to_string()).filter(|_| linking && is_said));
            }
        }
        // That a build failed is said already, and where cargo left its files
        // helps nobody.
        errors.retain(|line| !line.starts_with("error: failed to compile `"));
        if errors.len() > 1 {
            errors.retain(|line| !line.starts_with("error: could not compile `"));
        }
        errors.truncate(count);
        if errors.is_empty() {
            let own = |line: &&str| !line.trim().is_empty() && !line.starts_with(NOTE);
            let tail: Vec<&str> = self.lines().filter(own).collect();
            let start = tail.len().saturating_sub(QUOTED);
            errors = tail[start..].iter().map(ToString::to_string).collect();
        }
        errors
    }
}
