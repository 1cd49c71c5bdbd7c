//! Writes commands for cmd, the shell of Windows.
//!
//! Two parsers read the text: cmd, and then the program, which splits its command line. A
//! word without a quotation mark is written between double quotes, where only `%` is
//! special for cmd. A quotation mark would end this state for cmd, so in a word with one,
//! every special character is escaped with a caret instead.

use crate::backend::script::{Part, Step, StepCondition, Word};

/// The lines of one step.
pub(super) fn lines(step: &Step) -> Vec<String> {
    match step {
        Step::Unset(names) => names.iter().map(|name| remove(name)).collect(),
        // A failure ends the script, so the current directory does not have to be
        // restored.
        Step::RunIn(folder, command) => {
            let there = format!("pushd {}", word(folder));
            vec![there, line(command), "popd".to_string()]
        }
        other => vec![self::step(other)],
    }
}

/// The text of a file that a script calls. The log does not contain its commands.
pub(super) fn called(steps: &[Step]) -> String {
    let lines = steps.iter().flat_map(lines);
    lines.map(|line| format!("@{line}\r\n")).collect()
}

fn step(step: &Step) -> String {
    match step {
        Step::Run(command) => line(command),
        Step::RunIn(..) => lines(step).join(" && "),
        Step::Try(command) => format!("{} || {SUCCEED}", line(command)),
        Step::Keep(folder, command, file) => {
            let (folder, command, file) = (word(folder), line(command), word(file));
            format!("(pushd {folder} && {command} >{file} 2>nul & popd) & {SUCCEED}")
        }
        Step::Source(file) => format!("call {}", word(file)),
        Step::Set(name, value) if value.0.iter().all(is_empty) => remove(name),
        Step::Set(name, value) if value.0.iter().any(is_literal) => set(name, &raw(value)),
        // The variables may be empty. `set` without a value would then fail.
        Step::Set(name, value) => format!("{} & {SUCCEED}", set(name, &raw(value))),
        Step::Unset(names) => {
            let names: Vec<String> = names.iter().map(|name| remove(name)).collect();
            names.join(" & ")
        }
        Step::Append(name, value) => format!(
            "if defined {name} ({}) else ({})",
            set(name, &format!("%{name}% {}", raw(value))),
            set(name, &raw(value)),
        ),
        // cmd has no equivalent: the code that creates the script must run the command at the
        // end.
        Step::AtExit(_) => SUCCEED.to_string(),
        Step::When(condition, steps) => {
            let exists = |path: &Word| format!("exist {}", word(path));
            let test = match condition {
                // cmd has no test for directories, but `<path>\.` exists only for a directory.
                StepCondition::Folder(path) => exists(&path.clone().then("\\.")),
                StepCondition::File(path) => exists(path),
                StepCondition::Missing(path) => format!("not {}", exists(path)),
                StepCondition::Unset(name) => format!("not defined {name}"),
            };
            // What follows `else (…)` on a line would be a part of it.
            let alone = steps.len() == 1;
            let steps = steps.iter().map(|step| match step {
                Step::Append(..) | Step::When(..) if !alone => format!("({})", self::step(step)),
                _ => self::step(step),
            });
            format!("if {test} ({})", steps.collect::<Vec<_>>().join(" && "))
        }
    }
}

fn line(command: &[Word]) -> String {
    command.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// Does nothing, successfully. rattler-build checks the error level after each line, and
/// many commands of cmd do not reset it.
const SUCCEED: &str = "(call )";

/// Removes a variable, or all variables with a prefix when the name ends in `*`. Removing
/// a variable that is not set would be a failure.
fn remove(name: &str) -> String {
    match name.strip_suffix('*') {
        Some(start) => format!(
            "set \"{start}=1\" & (for /f \"delims==\" %%v in ('set {start}') do set \"%%v=\")"
        ),
        None => format!("(if defined {name} {})", set(name, "")),
    }
}

fn is_literal(part: &Part) -> bool {
    matches!(part, Part::Literal(text) if !text.is_empty())
}

fn is_empty(part: &Part) -> bool {
    matches!(part, Part::Literal(text) if text.is_empty())
}

fn set(name: &str, value: &str) -> String {
    if value.contains('"') {
        caret(&format!("{name}={value}"), "set ")
    } else {
        format!("set \"{name}={value}\"")
    }
}

/// The text of a word without quotes, with references to variables and with `%` doubled.
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

/// `text` between double quotes. The C runtime treats backslashes as special only before
/// a quotation mark.
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

/// `text` with a caret before each character that is special for cmd.
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
    use proptest::collection::vec;
    use proptest::prelude::*;

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

    #[test]
    fn no_line_fails_over_a_variable_that_is_not_there() {
        let set = |value| step(&Step::Set("A".into(), value));
        assert_eq!(set("".into()), r#"(if defined A set "A=")"#);
        assert_eq!(set(Word::variable("B")), r#"set "A=%B%" & (call )"#);
        let removed = lines(&Step::unset(&["A", "B_*"]));
        let expected = [
            r#"(if defined A set "A=")"#,
            r#"set "B_=1" & (for /f "delims==" %%v in ('set B_') do set "%%v=")"#,
        ];
        assert_eq!(removed, expected);
    }

    #[test]
    fn a_step_after_an_alternative_is_not_a_part_of_it() {
        let append = |name: &str| Step::Append(name.into(), "x".into());
        let steps = vec![append("A"), append("B")];
        let when = Step::When(StepCondition::Unset("C".into()), steps);
        assert_eq!(
            step(&when),
            "if not defined C ((if defined A (set \"A=%A% x\") else (set \"A=x\")) && (if \
             defined B (set \"B=%B% x\") else (set \"B=x\")))"
        );
    }

    #[test]
    fn what_is_called_shows_no_commands() {
        let steps = [
            Step::Set("FLAGS".into(), "100% \"x\"".into()),
            Step::unset(&["GONE"]),
        ];
        assert_eq!(
            called(&steps),
            "@set FLAGS=100%% ^\"x^\"\r\n@(if defined GONE set \"GONE=\")\r\n"
        );
    }

    /// The value of the variables that words refer to.
    const FOLDER: &str = r"C:\some folder";

    /// Models cmd: the text that cmd passes on from a line in a batch file. Variables are
    /// expanded first, then carets and quotation marks are interpreted.
    fn through_cmd(line: &str) -> String {
        let mut text = String::new();
        let mut rest = line;
        while let Some((before, after)) = rest.split_once('%') {
            text.push_str(before);
            rest = match (after.strip_prefix('%'), after.split_once('%')) {
                (Some(rest), _) => {
                    text.push('%');
                    rest
                }
                (None, Some((name, rest))) => {
                    assert_eq!(name, "FOLDER", "an undefined variable in {line}");
                    text.push_str(FOLDER);
                    rest
                }
                (None, None) => panic!("a lone % in {line}"),
            };
        }
        text.push_str(rest);

        let mut out = String::new();
        let mut quoted = false;
        let mut signs = text.chars();
        while let Some(sign) = signs.next() {
            match sign {
                '"' => quoted = !quoted,
                '^' if !quoted => {
                    out.extend(signs.next());
                    continue;
                }
                '&' | '|' | '<' | '>' | '(' | ')' if !quoted => panic!("an operator in {line}"),
                _ => {}
            }
            out.push(sign);
        }
        assert!(!quoted, "an open quotation mark in {line}");
        out
    }

    /// Models the C runtime: the arguments in a command line.
    fn through_runtime(line: &str) -> Vec<String> {
        let mut arguments = Vec::new();
        let mut argument: Option<String> = None;
        let (mut quoted, mut backslashes) = (false, 0);
        for sign in line.chars().chain([' ']) {
            if sign == '\\' {
                backslashes += 1;
                continue;
            }
            let escaping = sign == '"';
            let kept = if escaping {
                backslashes / 2
            } else {
                backslashes
            };
            if kept > 0 {
                argument
                    .get_or_insert_default()
                    .push_str(&"\\".repeat(kept));
            }
            let escaped = escaping && backslashes % 2 == 1;
            backslashes = 0;
            match sign {
                '"' if !escaped => {
                    quoted = !quoted;
                    argument.get_or_insert_default();
                }
                ' ' | '\t' if !quoted => arguments.extend(argument.take()),
                sign => argument.get_or_insert_default().push(sign),
            }
        }
        arguments
    }

    /// The value that `set` stores.
    fn through_set(line: &str) -> String {
        let text = line.strip_prefix("set ").expect("the command");
        match text.strip_prefix('"') {
            Some(text) => text.rsplit_once('"').expect("it is closed").0.to_string(),
            None => text.to_string(),
        }
    }

    /// Words of all characters that a line may contain, some with a variable at the
    /// start.
    fn hostile() -> impl Strategy<Value = (Word, String)> {
        let signs = prop_oneof![3 => "[ -~]{0,12}", 2 => r#"[\\"^%!& ]{0,8}"#, 1 => "\\PC{0,6}"];
        (any::<bool>(), signs).prop_map(|(variable, text)| {
            if variable {
                let word = Word::variable("FOLDER").then(&text);
                (word, format!("{FOLDER}{text}"))
            } else {
                (Word::literal(&text), text)
            }
        })
    }

    proptest! {
        #[test]
        fn arguments_arrive_as_they_were(words in vec(hostile(), 1..6)) {
            let (words, expected): (Vec<Word>, Vec<String>) = words.into_iter().unzip();
            let line = through_cmd(&step(&Step::Run(words)));
            prop_assert_eq!(through_runtime(&line), expected, "{}", line);
        }

        #[test]
        fn values_arrive_as_they_were((word, expected) in hostile()) {
            let line = through_cmd(&set("NAME", &raw(&word)));
            prop_assert_eq!(through_set(&line), format!("NAME={expected}"), "{}", line);
        }
    }
}
