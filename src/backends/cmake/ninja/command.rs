//! The words of a command line that may name files.

use std::path::PathBuf;

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

/// The files that the command line of a step may name, with the directories that they are
/// relative to. An empty directory is that of ninja.
pub(super) fn words(line: &str) -> Vec<(String, PathBuf)> {
    let commands = located(line).into_iter();
    let words = commands.flat_map(|(folder, command)| {
        let names: Vec<String> = arguments(&command)
            .flat_map(named)
            .map(str::to_string)
            .collect();
        names.into_iter().map(move |name| (name, folder.clone()))
    });
    words.collect()
}

/// The directories whose files a command line copies with `cmake -E copy_directory`: all
/// arguments but the last.
pub(super) fn copied(line: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for (folder, command) in located(line) {
        let words: Vec<&str> = arguments(&command).collect();
        let mut pairs = words.windows(2);
        let at = pairs.position(|pair| pair[0] == "-E" && pair[1].starts_with("copy_directory"));
        let paths = at.map_or(&[][..], |at| &words[at + 2..]);
        if let [sources @ .., _] = paths {
            found.extend(sources.iter().map(|source| folder.join(source)));
        }
    }
    found
}

/// The commands of a line, with the directories in which `cd` makes them run.
fn located(line: &str) -> Vec<(PathBuf, Vec<String>)> {
    let mut folder = PathBuf::new();
    let mut found = Vec::new();
    for command in commands(line) {
        let words: Vec<&str> = command.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["cd", "/D", next] | ["cd", next] => folder.push(next),
            _ => found.push((folder.clone(), command)),
        }
    }
    found
}

/// The words of a command without the files that it writes.
fn arguments(command: &[String]) -> impl Iterator<Item = &str> {
    let mut words = command.iter().map(String::as_str);
    std::iter::from_fn(move || {
        loop {
            match words.next()? {
                ">" | ">>" | "2>" => {
                    words.next();
                }
                word if word.contains(">&") => {}
                word => return Some(word),
            }
        }
    })
}

/// The words of a command line, without their quotation marks.
pub(super) fn split(line: &str) -> Vec<String> {
    commands(line).into_iter().flatten().collect()
}

/// The words of each command in a line. Windows does not have an escape outside of quotation
/// marks, and its paths contain backslashes.
fn commands(line: &str) -> Vec<Vec<String>> {
    let mut commands = Vec::new();
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let mut characters = in_shell(line).chars();
    while let Some(character) = characters.next() {
        match (character, quote) {
            ('\\', None | Some('"')) if !cfg!(windows) => word.extend(characters.next()),
            ('"' | '\'', None) => quote = Some(character),
            (_, Some(open)) if character == open => quote = None,
            (' ' | '\t', None) => words.push(std::mem::take(&mut word)),
            // As in `2>&1`.
            ('&', None) if word.ends_with('>') => word.push(character),
            (';' | '(' | ')' | '&' | '|', None) => {
                words.push(std::mem::take(&mut word));
                commands.push(std::mem::take(&mut words));
            }
            _ => word.push(character),
        }
    }
    words.push(word);
    commands.push(words);
    for words in &mut commands {
        words.retain(|word| !word.is_empty());
    }
    commands.retain(|words| !words.is_empty());
    commands
}

/// The line that the shell of Windows runs, in `cmd.exe /C "…"`. Other lines are the same.
fn in_shell(line: &str) -> &str {
    let inner = line.split_once(" /C \"").and_then(|(shell, inner)| {
        let is_cmd = shell.to_lowercase().ends_with("cmd.exe");
        inner.trim_end().strip_suffix('"').filter(|_| is_cmd)
    });
    inner.unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_shell_of_windows_runs_the_commands_in_it() {
        let line = "C:/Windows/system32/cmd.exe /C \"cd /D C:/b && gen.exe a.txt && copy.exe x\"";
        let found = located(line);
        let folders: Vec<&Path> = found.iter().map(|(folder, _)| folder.as_path()).collect();
        assert_eq!(folders, [Path::new("C:/b"); 2]);
        let words: Vec<&[String]> = found.iter().map(|(_, words)| words.as_slice()).collect();
        assert_eq!(words, [["gen.exe", "a.txt"], ["copy.exe", "x"]]);
        assert_eq!(split("/bin/sh -c \"a b\""), ["/bin/sh", "-c", "a b"]);
    }

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
            word.map(|(_, folder)| folder.as_path())
        };
        assert_eq!(named("/s/a b.py"), Some(Path::new("/t")));
        assert_eq!(named("/s/x y"), Some(Path::new("/t")));
        assert_eq!(named("rel"), Some(Path::new("/s/w")));
        assert_eq!(named("/s/made"), None);
    }

    #[test]
    fn all_copied_directories_are_found_in_the_directory_of_the_command() {
        let command = "cd /s && cmake -E copy_directory a \"b c\" /o/d /t/a > log 2>&1 && \
            cd sub && cmake -E copy_directory_if_different ../e f; cmake -E copy g h && \
            cmake --build . --target copy_directory_data all";
        let copied = copied(command);
        let expected = ["/s/a", "/s/b c", "/o/d", "/s/sub/../e"].map(PathBuf::from);
        assert_eq!(copied, expected);
        assert!(super::copied("cmake -E copy_directory").is_empty());
    }
}
