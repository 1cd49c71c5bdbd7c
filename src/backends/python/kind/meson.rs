//! Reads languages from the files of Meson. Conditions are ignored.

use std::path::Path;

use regex::Regex;

/// The languages of `project(…)` and `add_languages(…)` in a `meson.build`.
pub(super) fn languages(file: &Path) -> Vec<&'static str> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let code: Vec<&str> = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default())
        .collect();
    let code = code.join("\n");
    const KNOWN: [(&str, &str); 6] = [
        ("c", "c"),
        ("cpp", "cxx"),
        ("fortran", "fortran"),
        ("cython", "c"),
        ("rust", "rust"),
        ("cuda", "cuda"),
    ];
    let call = Regex::new(r"(?s)\b(project|add_languages)\s*\((.*?)\)").expect("a pattern");
    let word = Regex::new(r"(\w+\s*:\s*)?'([^'\n]*)'").expect("a constant pattern");
    let mut languages: Vec<&str> = Vec::new();
    for call in call.captures_iter(&code) {
        let arguments = word.captures_iter(call.get(2).map_or("", |found| found.as_str()));
        // The first argument of a project is its name.
        let names = usize::from(&call[1] == "project");
        let plain = arguments.filter(|found| found.get(1).is_none()).skip(names);
        let names: Vec<String> = plain.map(|found| found[2].to_string()).collect();
        let known = |name: &String| KNOWN.iter().find(|(meson, _)| meson == name);
        for (_, language) in names.iter().filter_map(known) {
            if !languages.contains(language) {
                languages.push(language);
            }
        }
    }
    languages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_projects_are_not_languages() {
        let folder = tempfile::tempdir().expect("a directory");
        let file = folder.path().join("meson.build");
        for (text, expected) in [
            ("project('rust', version: '1.0')\n", vec![]),
            ("project('a', 'c', version: 'cpp')\n", vec!["c"]),
            (
                "project('a', # 'c'\n  ['cpp', 'cython'])\n",
                vec!["cxx", "c"],
            ),
            (
                "project('c')\nadd_languages('fortran', native: false)\n",
                vec!["fortran"],
            ),
        ] {
            crate::disk::write(&file, text).expect("the test owns the directory");
            assert_eq!(languages(&file), expected, "{text}");
        }
    }
}
