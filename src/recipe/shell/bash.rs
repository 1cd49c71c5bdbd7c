//! Bash. Every word is quoted unless it consists of harmless signs only.

use crate::backend::script::{Condition, Part, Step, Word};

pub(super) fn step(step: &Step) -> String {
    match step {
        Step::Run(command) => line(command),
        Step::Try(command) => format!("{} || true", line(command)),
        Step::Source(file) => format!(". {}", word(file)),
        Step::Set(name, value) => format!("export {name}={}", word(value)),
        Step::Append(name, value) => {
            format!("export {name}=\"${{{name}:+${name} }}\"{}", word(value))
        }
        Step::When(condition, steps) => {
            let test = match condition {
                Condition::Folder(path) => format!("[ -d {} ]", word(path)),
                Condition::File(path) => format!("[ -f {} ]", word(path)),
            };
            let steps: String = steps
                .iter()
                .map(|inner| format!("  {}\n", self::step(inner)))
                .collect();
            format!("if {test}; then\n{steps}fi")
        }
    }
}

fn line(command: &[Word]) -> String {
    command.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// Variables stand between double quotes, so that blanks in their values do not
/// split the word; literal text stands between single quotes where it must.
fn word(word: &Word) -> String {
    let harmless = word.0.iter().all(|part| match part {
        Part::Literal(text) => is_harmless(text),
        Part::Variable(_) => true,
    });
    let has_variable = word.0.iter().any(|part| matches!(part, Part::Variable(_)));
    if harmless && has_variable {
        let parts: String = word
            .0
            .iter()
            .map(|part| match part {
                Part::Literal(text) => text.clone(),
                Part::Variable(name) => format!("${{{name}}}"),
            })
            .collect();
        return format!("\"{parts}\"");
    }
    word.0
        .iter()
        .map(|part| match part {
            Part::Literal(text) => quote(text),
            Part::Variable(name) => format!("\"${{{name}}}\""),
        })
        .collect()
}

/// `text` as one argument that means itself.
fn quote(text: &str) -> String {
    if !text.is_empty() && is_harmless(text) {
        return text.to_string();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn is_harmless(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_alphanumeric() || "-_./:@%+,".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_a_path_with_blanks() {
        assert_eq!(quote("/my crate/src"), "'/my crate/src'");
        assert_eq!(quote("it's"), r"'it'\''s'");
        assert_eq!(quote(""), "''");
    }

    #[test]
    fn a_variable_keeps_its_blanks_and_text_beside_it_stays_literal() {
        let value = Word::with_references("$PREFIX/a b");
        assert_eq!(word(&value), "\"${PREFIX}\"'/a b'");
    }
}
