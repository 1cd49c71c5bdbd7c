//! The words of a command line that may name files.

/// The files that an argument of a program may name: itself, and the value of an option, as in
/// `--in=FILE`, `-Wl,--version-script,FILE` and `-T/FILE`.
pub(in super::super) fn named(argument: &str) -> impl Iterator<Item = &str> {
    let parts = argument.split(',').skip(1);
    // A comma in another argument is a part of a name.
    let parts = parts.filter(move |_| argument.starts_with('-'));
    let parts = std::iter::once(argument).chain(parts);
    let names = parts.flat_map(|part| {
        let value = part.split_once('=').map(|(_, value)| value);
        let is_attached = part.starts_with('-') && part.find('/') == Some(2);
        let attached = is_attached.then(|| &part[2..]);
        std::iter::once(part).chain(value).chain(attached)
    });
    names.filter(|name| !name.is_empty())
}

/// The files that the command line of a step may name, with the directories that it is
/// relative to.
pub(super) fn words(command: &str) -> Vec<(String, Option<String>)> {
    let mut folder = None;
    let mut found = Vec::new();
    let mut words = split(command).into_iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "cd" | "/D" => {
                let next = words.next();
                folder = next.filter(|next| next != "/D").or(folder);
            }
            // Files that the command writes.
            ">" | ">>" | "2>" => {
                words.next();
            }
            word => {
                let names = named(word).map(str::to_string);
                found.extend(names.map(|name| (name, folder.clone())));
            }
        }
    }
    found
}

/// The directories whose files a command line copies with `cmake -E copy_directory`.
pub(super) fn copied(command: &str) -> Vec<String> {
    let words = split(command);
    let pairs = words.windows(2);
    let copied = pairs.filter(|pair| pair[0].starts_with("copy_directory"));
    copied.map(|pair| pair[1].clone()).collect()
}

/// The words of a command line, without their quotation marks. Windows does not have an
/// escape outside of them, and its paths contain backslashes.
pub(super) fn split(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let mut characters = command.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, quote) {
            ('\\', None | Some('"')) if !cfg!(windows) => word.extend(characters.next()),
            ('"' | '\'', None) => quote = Some(character),
            (_, Some(open)) if character == open => quote = None,
            (' ' | '\t' | ';' | '(' | ')' | '&' | '|', None) => {
                words.push(std::mem::take(&mut word));
            }
            _ => word.push(character),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_names_the_files_in_it() {
        let names = |argument: &str| named(argument).any(|name| name == "/s/l.map");
        for argument in [
            "/s/l.map",
            "--in=/s/l.map",
            "-Wl,--version-script=/s/l.map",
            "-Wl,--version-script,/s/l.map",
            "-Wl,-T/s/l.map,--gc-sections",
            "-T/s/l.map",
        ] {
            assert!(names(argument), "{argument}");
        }
        assert!(!names("/a,/s/l.map"));
        assert!(!names("--in=s/s/l.map"));
    }

    #[test]
    fn a_command_line_names_files_with_their_directory() {
        let command = r#"cd /t && "/usr/bin/python3" /s/a\ b.py --in="/s/x y" -o out && cd /s/w && run rel > /s/made"#;
        let words = words(command);
        let named = |name: &str| {
            let word = words.iter().find(|(word, _)| word == name);
            word.map(|(_, folder)| folder.clone().unwrap_or_default())
        };
        assert_eq!(named("/s/a b.py").as_deref(), Some("/t"));
        assert_eq!(named("/s/x y").as_deref(), Some("/t"));
        assert_eq!(named("rel").as_deref(), Some("/s/w"));
        assert_eq!(named("/s/made"), None);
    }
}
