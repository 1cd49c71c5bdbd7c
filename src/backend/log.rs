//! The log of a build without colors, and the notes that the build script writes into it.

/// The beginning of the line that a failing script writes into the log. The exit code and
/// the command follow.
pub const FAILURE_NOTE: &str = "build script: exit code ";

/// The lines of a log, without the notes of the script: those are written to another stream than
/// the output of many tools, and may be between any two lines of it.
pub struct Log {
    lines: Vec<String>,
    /// The last note about a failure, without its beginning.
    failure: Option<String>,
}

impl Log {
    pub fn new(text: &str) -> Self {
        let text = console::strip_ansi_codes(text);
        let lines = text.lines().map(|line| line.trim_end().to_string());
        let (notes, lines): (Vec<_>, Vec<_>) =
            lines.partition(|line| line.starts_with(FAILURE_NOTE));
        let failure = notes.last();
        let failure = failure.and_then(|note| note.strip_prefix(FAILURE_NOTE));
        Self {
            failure: failure.map(str::to_string),
            lines,
        }
    }

    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }

    /// Whether a line contains `text`.
    pub fn has(&self, text: &str) -> bool {
        self.lines().any(|line| line.contains(text))
    }

    /// The text after `start` in the first line that contains it.
    pub fn after(&self, start: &str) -> Option<&str> {
        let found = self.lines().find_map(|line| line.split_once(start));
        found.map(|(_, rest)| rest)
    }

    /// The text between `start` and `end` in the first line that contains both.
    pub fn between(&self, start: &str, end: &str) -> Option<&str> {
        self.lines()
            .filter_map(|line| Some(line.split_once(start)?.1.split_once(end)?.0))
            .next()
    }

    /// The lines from the first one that contains `start`, including that line.
    pub fn from(&self, start: &str) -> impl Iterator<Item = &str> {
        self.lines().skip_while(move |line| !line.contains(start))
    }

    /// The command that failed, in a readable form, and its exit code.
    pub fn exit(&self) -> Option<(String, i32)> {
        let (code, command) = self.failure.as_ref()?.split_once(" of ")?;
        let mut words = command.split_whitespace();
        let program = words.next()?.trim_matches('"');
        let program = program.rsplit(['/', '\\']).next()?;
        let mut program = match variable(program) {
            Some(name) => name.to_lowercase(),
            None => program.to_string(),
        };
        let mut next = words.next();
        if next == Some("-m") {
            // An interpreter that runs a program.
            program = words.next()?.to_string();
            next = words.next();
        }
        let short = match next {
            Some(word) if word.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                format!("{program} {word}")
            }
            _ => program,
        };
        Some((short, code.parse().ok()?))
    }

    /// The last non-empty lines, at most `count`.
    pub fn tail(&self, count: usize) -> Vec<String> {
        let lines: Vec<&str> = self.lines().filter(|line| !line.is_empty()).collect();
        let start = lines.len().saturating_sub(count);
        lines[start..].iter().map(ToString::to_string).collect()
    }
}

/// The name of the variable whose value `word` is.
fn variable(word: &str) -> Option<&str> {
    let braces = || word.strip_prefix("${")?.strip_suffix('}');
    braces().or_else(|| word.strip_prefix('%')?.strip_suffix('%'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_command_has_a_readable_form() {
        let short = |command: &str| {
            let log = Log::new(&format!("{FAILURE_NOTE}3 of {command}"));
            log.exit().expect("there is a note").0
        };
        assert_eq!(
            short("\"${BUILD_PREFIX}/bin/tool\" install ."),
            "tool install"
        );
        assert_eq!(short("\"${RUNTIME}\" -m pip install ."), "pip install");
        assert_eq!(short("\"%RUNTIME%\" -m pip install ."), "pip install");
        assert_eq!(short("\"${RUNTIME}\" \"/tmp/asked.py\""), "runtime");
        assert_eq!(short("false"), "false");
    }
}
