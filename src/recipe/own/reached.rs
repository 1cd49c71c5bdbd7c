//! The files next to a recipe that its scripts use through `RECIPE_DIR`, and those that these
//! files use in turn.

use std::path::Path;

use crate::backend::named::Reached;

/// The paths that a text refers to with `$RECIPE_DIR/…`, `${RECIPE_DIR}/…`, `%RECIPE_DIR%\…` or
/// `${{ RECIPE_DIR }}/…`. Any other use of the name may refer to every file.
pub(super) fn of_text(text: &str) -> Reached {
    const NAME: &str = "RECIPE_DIR";
    const QUOTES: [char; 2] = ['"', '\''];
    let mut paths = Vec::new();
    for (at, _) in text.match_indices(NAME) {
        let before = text[..at].trim_end();
        let after = text[at + NAME.len()..].trim_start_matches([' ', '}', '%']);
        let is_variable = before.ends_with(['$', '{', '%']);
        let start = before.trim_end_matches(['$', '{', '%']);
        let quote = start
            .chars()
            .next_back()
            .filter(|sign| QUOTES.contains(sign));
        let quote = quote.filter(|_| !after.starts_with(QUOTES));
        let after = after.trim_start_matches(QUOTES);
        let Some(rest) = after.strip_prefix(['/', '\\']).filter(|_| is_variable) else {
            return Reached::Anything;
        };
        // A quoted path can contain spaces.
        let end = match quote {
            Some(quote) => rest.find(quote),
            None => rest.find(|c: char| c.is_whitespace() || "\"';|&<>)".contains(c)),
        };
        let path = &rest[..end.unwrap_or(rest.len())];
        // So can one with a backslash before each.
        let is_cut = quote.is_none() && path.ends_with('\\');
        let path = path.replace('\\', "/");
        if is_cut
            || path.is_empty()
            || path.contains(['$', '%', '*', '?', '[', '{', '`', '\n'])
            || path.contains("..")
        {
            return Reached::Anything;
        }
        paths.push(path.trim_end_matches('/').to_string());
    }
    if paths.is_empty() {
        Reached::Nothing
    } else {
        Reached::Paths(paths)
    }
}

/// `reached` with the files that the scripts among them use.
pub(super) fn deeper(reached: Reached, folder: &Path) -> Reached {
    let Reached::Paths(mut open) = reached else {
        return reached;
    };
    open.reverse();
    let mut known: Vec<String> = Vec::new();
    while let Some(path) = open.pop() {
        if known.contains(&path) {
            continue;
        }
        let file = folder.join(&path);
        known.push(path);
        let Some(text) = script(&file) else {
            continue;
        };
        match of_text(&text) {
            Reached::Anything => return Reached::Anything,
            Reached::Paths(paths) => open.extend(paths),
            Reached::Nothing => {}
        }
        open.extend(siblings(&file, &text, folder));
    }
    Reached::Paths(known)
}

/// The text of a file that may be a script. Other files do not use files.
fn script(file: &Path) -> Option<String> {
    const ENDINGS: [&str; 10] = [
        "sh", "bash", "bat", "cmd", "ps1", "py", "pl", "rb", "nu", "mk",
    ];
    let ending = file.extension().and_then(|ending| ending.to_str());
    let is_script = ending.is_none_or(|ending| ENDINGS.contains(&ending));
    is_script.then(|| std::fs::read_to_string(file).ok())?
}

/// The files in the directory of the script `file` that its text names, relative to `folder`.
fn siblings(file: &Path, text: &str, folder: &Path) -> Vec<String> {
    let Some(own) = file.parent() else {
        return Vec::new();
    };
    let entries = std::fs::read_dir(own).into_iter().flatten().flatten();
    let others = entries.map(|entry| entry.path());
    let named = others.filter(|other| {
        let name = other.file_name().and_then(|name| name.to_str());
        let module = other.file_stem().and_then(|stem| stem.to_str());
        let module = module.filter(|_| other.extension().is_some_and(|it| it == "py"));
        other != file
            && (name.is_some_and(|name| names(text, name))
                || module.is_some_and(|module| imports(text, module)))
    });
    let below = named.filter_map(|other| {
        let below = other.strip_prefix(folder).ok()?.to_str()?;
        Some(below.replace('\\', "/"))
    });
    below.collect()
}

/// Whether `text` contains `name` as a whole name of a file.
fn names(text: &str, name: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || "_-.".contains(c);
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.is_some_and(inside) && !after.is_some_and(inside)
    })
}

/// Whether a line of `text` imports `module`.
fn imports(text: &str, module: &str) -> bool {
    let mut lines = text.lines().map(str::trim_start);
    lines.any(|line| {
        let is_import = line.starts_with("import ") || line.starts_with("from ");
        is_import && names(&line.replace('.', " "), module)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_below_the_recipe_are_read_off_a_script() {
        let paths =
            |paths: &[&str]| Reached::Paths(paths.iter().map(ToString::to_string).collect());
        assert_eq!(of_text("make install"), Reached::Nothing);
        assert_eq!(of_text("cp $RECIPE_DIR/a.txt ."), paths(&["a.txt"]));
        assert_eq!(of_text("cp \"${RECIPE_DIR}\"/b/c.sh x"), paths(&["b/c.sh"]));
        assert_eq!(of_text("copy %RECIPE_DIR%\\d.bat ."), paths(&["d.bat"]));
        assert_eq!(of_text("cp ${{ RECIPE_DIR }}/e f"), paths(&["e"]));
        assert_eq!(of_text("cp \"$RECIPE_DIR/a b.txt\" ."), paths(&["a b.txt"]));
        assert_eq!(of_text("cp '${{ RECIPE_DIR }}/a b' ."), paths(&["a b"]));
        assert_eq!(of_text("x = \"\" $RECIPE_DIR/a b"), paths(&["a"]));
        assert_eq!(of_text("cp $RECIPE_DIR/a\\ b ."), Reached::Anything);
        assert_eq!(of_text("cd $RECIPE_DIR"), Reached::Anything);
        assert_eq!(of_text("cp $RECIPE_DIR/*.txt ."), Reached::Anything);
        assert_eq!(of_text("os.environ['RECIPE_DIR']"), Reached::Anything);
    }

    #[test]
    fn scripts_lead_to_the_files_that_they_name() {
        let folder = tempfile::tempdir().expect("a directory");
        for (name, text) in [
            ("tools/run.sh", ". \"$(dirname \"$0\")/lib.sh\"\n"),
            ("tools/lib.sh", "python $RECIPE_DIR/gen.py\n"),
            ("tools/mylib.sh", ""),
            ("gen.py", "import tables\nfrom more.deep import x\n"),
            ("tables.py", ""),
            ("other.py", ""),
        ] {
            let file = folder.path().join(name);
            fs_err::create_dir_all(file.parent().expect("a directory")).expect("a directory");
            fs_err::write(file, text).expect("a file");
        }
        let start = Reached::Paths(vec!["tools/run.sh".to_string()]);
        assert_eq!(
            deeper(start, folder.path()),
            Reached::Paths(
                ["tools/run.sh", "tools/lib.sh", "gen.py", "tables.py"]
                    .map(str::to_string)
                    .to_vec()
            )
        );
    }
}
