//! cmd, the shell of Windows.
//!
//! Text passes two readers: cmd, then the program's own splitting of its command
//! line. Words without a quotation mark stand between double quotes, where only
//! `%` means something to cmd. A quotation mark would end that state for cmd, so
//! such words are written with every special sign behind a caret instead.

use crate::backend::script::{Condition, Part, Step, Word};

pub(super) fn step(step: &Step) -> String {
    match step {
        Step::Run(command) => line(command),
        Step::Try(command) => format!("{} || cd .", line(command)),
        Step::Source(file) => format!("call {}", word(file)),
        Step::Set(name, value) => set(name, &raw(value)),
        Step::Append(name, value) => format!(
            "if defined {name} ({}) else ({})",
            set(name, &format!("%{name}% {}", raw(value))),
            set(name, &raw(value)),
        ),
        Step::When(condition, steps) => {
            let path = match condition {
                // A folder is there when a path through it is.
                Condition::Folder(path) => path.clone().then("\\."),
                Condition::File(path) => path.clone(),
            };
            let steps: Vec<String> = steps.iter().map(self::step).collect();
            format!("if exist {} ({})", word(&path), steps.join(" & "))
        }
    }
}

fn line(command: &[Word]) -> String {
    command.iter().map(word).collect::<Vec<_>>().join(" ")
}

fn set(name: &str, value: &str) -> String {
    if value.contains('"') {
        caret(&format!("{name}={value}"), "set ")
    } else {
        format!("set \"{name}={value}\"")
    }
}

/// The text of a word with variables to expand and `%` doubled, unquoted.
fn raw(word: &Word) -> String {
    word.0
        .iter()
        .map(|part| match part {
            Part::Literal(text) => text.replace('%', "%%"),
            Part::Variable(name) => format!("%{name}%"),
        })
        .collect()
}

/// One argument.
fn word(word: &Word) -> String {
    let text = raw(word);
    let harmless = |c: char| c.is_ascii_alphanumeric() || "-_./\\:@+".contains(c);
    if !text.is_empty() && text.chars().all(harmless) {
        return text;
    }
    if text.contains('"') {
        return caret(&argument(&text), "");
    }
    argument(&text)
}

/// `text` between double quotes, as the C runtime takes arguments apart:
/// backslashes count only before a quotation mark.
fn argument(text: &str) -> String {
    let mut out = String::from('"');
    let mut backslashes = 0;
    for c in text.chars() {
        match c {
            '\\' => backslashes += 1,
            '"' => {
                out.push_str(&"\\".repeat(backslashes + 1));
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        out.push(c);
    }
    out.push_str(&"\\".repeat(backslashes));
    out.push('"');
    out
}

/// `text` with every sign that means something to cmd behind a caret.
fn caret(text: &str, start: &str) -> String {
    let mut out = String::from(start);
    for c in text.chars() {
        if "()^\"<>&|!".contains(c) {
            out.push('^');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_blanks_percent_signs_and_quotation_marks() {
        assert_eq!(word(&"a b".into()), r#""a b""#);
        assert_eq!(word(&"100%".into()), r#""100%%""#);
        assert_eq!(word(&r"C:\my crate\".into()), r#""C:\my crate\\""#);
        assert_eq!(word(&r#"lto="thin""#.into()), r#"^"lto=\^"thin\^"^""#);
    }

    #[test]
    fn variables_are_expanded() {
        let library = Word::variable("PREFIX").then("\\Library");
        assert_eq!(
            step(&Step::Set("OPENSSL_DIR".into(), library)),
            r#"set "OPENSSL_DIR=%PREFIX%\Library""#
        );
    }
}
