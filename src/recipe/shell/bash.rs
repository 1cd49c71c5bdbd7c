//! Writes bash. Every word is quoted unless it contains only characters without a special
//! meaning.

use crate::backend::log::FAILURE_NOTE;
use crate::backend::script::{Part, Step, StepCondition, Word};

/// Writes the failed command and its exit code to the log, because rattler-build only
/// reports that the script failed.
pub(super) fn note_failure() -> String {
    format!(
        "trap '{{ _code=$?; set +x; }} 2>/dev/null; [ \"$_code\" -eq 0 ] || \
         echo \"{FAILURE_NOTE}$_code of $BASH_COMMAND\" >&2' EXIT"
    )
}

pub(super) fn step(step: &Step) -> String {
    match step {
        Step::Run(command) => line(command),
        // Not in a subshell, which would hide the command from the note on failures.
        Step::RunIn(folder, command) => {
            let (folder, command) = (word(folder), line(command));
            format!("pushd {folder} >/dev/null; {command}; popd >/dev/null")
        }
        Step::Try(command) => format!("{} || true", line(command)),
        Step::Keep(folder, command, file) => {
            let (folder, command, file) = (word(folder), line(command), word(file));
            format!("(cd {folder} && {command}) >{file} 2>/dev/null || true")
        }
        Step::Source(file) => format!(". {}", word(file)),
        Step::Set(name, value) => format!("export {name}={}", word(value)),
        Step::Unset(names) => {
            let names = names.iter().map(|name| match name.strip_suffix('*') {
                Some(start) => format!(" \"${{!{start}@}}\""),
                None => format!(" {name}"),
            });
            format!("unset{}", names.collect::<String>())
        }
        Step::Append(name, value) => {
            format!("export {name}=\"${{{name}:+${name} }}\"{}", word(value))
        }
        // Runs after the commands that the trap already contains.
        Step::AtExit(command) => format!(
            "eval \"set -- $(trap -p EXIT)\"; trap \"${{3:+$3; }}\"{} EXIT",
            quote(&line(command))
        ),
        Step::When(condition, steps) => {
            let test = match condition {
                StepCondition::Folder(path) => format!("[ -d {} ]", word(path)),
                StepCondition::File(path) => format!("[ -f {} ]", word(path)),
                StepCondition::Missing(path) => format!("[ ! -f {} ]", word(path)),
                StepCondition::Unset(name) => format!("[ -z \"${{{name}:-}}\" ]"),
            };
            let steps: String = steps
                .iter()
                .map(|inner| format!("  {}\n", self::step(inner)))
                .collect();
            format!("if {test}; then\n{steps}fi")
        }
    }
}

/// The text of a file that a script sources. The trace of the script does not contain its
/// commands.
pub(super) fn sourced(steps: &[Step]) -> String {
    let steps = steps.iter().map(|step| self::step(step) + "\n");
    format!(
        "{{ _traced=${{-//[!x]/}}; set +x; }} 2>/dev/null\n{}\
         if [ -n \"$_traced\" ]; then set -x; fi\n",
        steps.collect::<String>()
    )
}

fn line(command: &[Word]) -> String {
    command.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// Variables are written between double quotes, so that spaces in their values do not
/// split the word. Literal text is written between single quotes where necessary.
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

/// rattler-build writes a value with a `$` between double quotes and escapes only double
/// quotes in it. It writes any other value literally.
pub(super) fn template(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    let with_dollar = outside(text).any(|piece| piece.contains('$'));
    while !rest.is_empty() {
        let start = rest.find("${{").unwrap_or(rest.len());
        let (literal, after) = rest.split_at(start);
        let end = after.find("}}").map_or(after.len(), |end| end + 2);
        let (template, after) = after.split_at(end);
        out.push_str(&if with_dollar {
            in_double_quotes(literal)
        } else {
            literal.to_string()
        });
        out.push_str(template);
        rest = after;
    }
    out
}

/// The parts of `text` outside of its templates.
fn outside(text: &str) -> impl Iterator<Item = &str> {
    let pieces = text.split("${{").enumerate();
    pieces.map(|(number, piece)| match (number, piece.split_once("}}")) {
        (0, _) => piece,
        (_, Some((_, literal))) => literal,
        (_, None) => "",
    })
}

fn in_double_quotes(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let parts = Word::with_references(text).0;
    let parts = parts.into_iter().map(|part| match part {
        Part::Variable(name) => format!("${{{name}}}"),
        Part::Literal(text) => {
            let mut out = String::new();
            for sign in text.chars() {
                if ['\\', '`', '$'].contains(&sign) {
                    out.push('\\');
                }
                out.push(sign);
            }
            out
        }
    });
    parts.collect()
}

/// `text` as one literal argument.
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
    fn a_template_keeps_the_text_around_it_from_the_shell() {
        assert_eq!(
            template(r"$A `x` \ $5 ${{ unix }}${{ linux }}"),
            r"${A} \`x\` \\ \$5 ${{ unix }}${{ linux }}"
        );
        assert_eq!(template(r"`x` \ ${{ unix }}"), r"`x` \ ${{ unix }}");
    }

    #[test]
    fn a_variable_keeps_its_blanks_and_text_beside_it_stays_literal() {
        let value = Word::with_references("$PREFIX/a b");
        assert_eq!(word(&value), "\"${PREFIX}\"'/a b'");
    }

    #[test]
    #[cfg(unix)]
    fn what_is_sourced_changes_the_script_and_is_not_traced() {
        let steps = [
            Step::Set("VALUE".to_string(), "it's $HOME".into()),
            Step::unset(&["GONE"]),
            Step::AtExit(vec!["echo".into(), "the 'last' word".into()]),
        ];
        let script = format!(
            "set -ex\ntrap 'echo first' EXIT\n{}echo \"$VALUE${{GONE:-}}\"\nfalse\n",
            sourced(&steps)
        );
        let run = std::process::Command::new("bash")
            .args(["-c", &script])
            .env("GONE", "still here")
            .output()
            .expect("bash is installed");
        assert_eq!(run.status.code(), Some(1));
        let said = String::from_utf8_lossy(&run.stdout);
        assert_eq!(said, "it's $HOME\nfirst\nthe 'last' word\n");
        let traced = String::from_utf8_lossy(&run.stderr);
        assert!(!traced.contains("export"), "{traced}");
        assert!(traced.contains("+ false"), "{traced}");
    }
}
