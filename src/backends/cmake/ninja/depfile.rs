//! Reads the dependency files that commands of a project write, in the syntax of `make`.

/// The prerequisites of all rules in `text`.
pub(super) fn prerequisites(text: &str) -> Vec<String> {
    // A long rule continues after a `\` at the end of a line.
    let text = text.replace("\\\r\n", " ").replace("\\\n", " ");
    let rules = text.lines().map(words);
    let prerequisites = rules.flat_map(|words| {
        let colon = words.iter().position(|word| word.ends_with(':'));
        let after = colon.map_or(words.len(), |colon| colon + 1);
        words.into_iter().skip(after)
    });
    prerequisites.collect()
}

/// The words of a line, with their escapes resolved: `\ `, `\#` and `$$`. Any other `\` is
/// a part of a path of Windows.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut rest = line;
    while let Some(next) = rest.chars().next() {
        let escapes = [("\\ ", ' '), ("\\#", '#'), ("$$", '$')];
        let escape = escapes.iter().find(|(text, _)| rest.starts_with(text));
        rest = &rest[escape.map_or(next.len_utf8(), |(text, _)| text.len())..];
        match (escape, words.last_mut()) {
            (None, _) if next.is_whitespace() => words.push(String::new()),
            (_, Some(word)) => word.push(escape.map_or(next, |(_, meant)| *meant)),
            (_, None) => {}
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prerequisites_are_behind_the_colon() {
        let text =
            "a.txt b.txt: \\\n  /s/a\\ b.idl \\\r\n\tC:\\x\\y.idl $$x\\#\n/s/c.idl:\nc : d\n\n";
        let expected = ["/s/a b.idl", "C:\\x\\y.idl", "$x#", "d"];
        assert_eq!(prerequisites(text), expected);
        assert!(prerequisites("").is_empty());
    }
}
