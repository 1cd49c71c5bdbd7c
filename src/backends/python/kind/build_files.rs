//! Reads languages from the files of CMake and Meson. Conditions are ignored.

use std::path::Path;

use regex::Regex;

/// The languages of `project(…)` in a `CMakeLists.txt`; C and C++ where it names none.
pub(super) fn cmake(file: &Path) -> Vec<&'static str> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let call = Regex::new(r"(?is)\bproject\s*\(([^)]*)\)").expect("a constant pattern");
    let arguments = call.captures(&text).map(|found| found[1].to_uppercase());
    let arguments = arguments.unwrap_or_default();
    let words: Vec<&str> = arguments.split_whitespace().skip(1).collect();
    const KNOWN: [(&str, &str); 5] = [
        ("C", "c"),
        ("CXX", "cxx"),
        ("FORTRAN", "fortran"),
        ("CUDA", "cuda"),
        ("OBJC", "c"),
    ];
    let listed = words.iter().position(|word| *word == "LANGUAGES");
    let bare = words
        .iter()
        .all(|word| KNOWN.iter().any(|(name, _)| name == word));
    let named = match listed {
        Some(at) => &words[at + 1..],
        None if bare => &words[..],
        None => &[],
    };
    let known = |name: &&str| KNOWN.iter().find(|(cmake, _)| cmake == name);
    let mut languages: Vec<&str> = named.iter().filter_map(known).map(|row| row.1).collect();
    if languages.is_empty() {
        languages = vec!["c", "cxx"];
    }
    languages.dedup();
    languages
}

/// The languages of `project(…)` and `add_languages(…)` in a `meson.build`.
pub(super) fn meson(file: &Path) -> Vec<&'static str> {
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
    let call = Regex::new(r"(?s)\b(?:project|add_languages)\s*\((.*?)\)").expect("a pattern");
    let word = Regex::new(r"(\w+\s*:\s*)?'([^'\n]*)'").expect("a constant pattern");
    let mut languages: Vec<&str> = Vec::new();
    for call in call.captures_iter(&code) {
        let arguments = word.captures_iter(call.get(1).map_or("", |found| found.as_str()));
        let plain = arguments.filter(|found| found.get(1).is_none());
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
