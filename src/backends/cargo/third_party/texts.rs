//! Finds the license texts in the directory of a crate, and recognizes their licenses.

use std::path::{Path, PathBuf};

use crate::backend::project_files;

/// How to recognize a license: its identifier, parts of file names, and a phrase of its text.
const KNOWN: [(&str, &[&str], &str); 17] = [
    (
        "MIT",
        &["mit"],
        "permission is hereby granted, free of charge",
    ),
    ("Apache-2.0", &["apache"], "apache license"),
    (
        "0BSD",
        &["0bsd", "bsd0", "bsd-0"],
        "permission to use, copy, modify, and/or distribute",
    ),
    (
        "BSD-2-Clause",
        &["bsd"],
        "redistribution and use in source and binary forms",
    ),
    (
        "BSD-3-Clause",
        &["bsd"],
        "redistribution and use in source and binary forms",
    ),
    ("BSL-1.0", &["boost", "bsl"], "boost software license"),
    ("ISC", &["isc"], "permission to use, copy, modify, and"),
    (
        "Zlib",
        &["zlib"],
        "this software is provided 'as-is', without any express",
    ),
    (
        "Unlicense",
        &["unlicense"],
        "free and unencumbered software",
    ),
    ("MPL-2.0", &["mpl", "mozilla"], "mozilla public license"),
    ("CC0-1.0", &["cc0"], "cc0 1.0 universal"),
    ("Unicode-3.0", &["unicode"], "unicode license v3"),
    ("Unicode-DFS-2016", &["unicode"], "unicode"),
    ("AGPL", &["agpl"], "gnu affero general public license"),
    (
        "LGPL",
        &["lgpl", "lesser"],
        "gnu lesser general public license",
    ),
    ("GPL", &["gpl"], "gnu general public license"),
    ("WTFPL", &["wtfpl"], "do what the fuck you want to"),
];

/// The files in a directory that may be license texts.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let is_text = |name: &str| {
        let name = name.to_lowercase();
        let code = [".rs", ".py", ".toml", ".json", ".yml"];
        let word = ["license", "licence", "copying", "copyright", "unlicense"];
        // Names such as `MIT-LICENSE` and `Apache_License.txt` are accepted too.
        word.iter().any(|word| name.contains(word)) && !code.iter().any(|end| name.ends_with(end))
    };
    let named = entries.filter(|entry| entry.file_name().to_str().is_some_and(is_text));
    let paths = named.map(|entry| entry.path());
    let mut found: Vec<PathBuf> = paths.filter(|path| path.is_file()).collect();
    for name in [project_files::REUSE, "licenses"] {
        let below = std::fs::read_dir(folder.join(name));
        let below = below.into_iter().flatten().flatten();
        found.extend(
            below
                .map(|entry| entry.path())
                .filter(|path| path.is_file()),
        );
    }
    found.sort();
    found
}

/// A file that may be a license text.
#[derive(Debug)]
pub(super) struct Candidate {
    name: String,
    /// The text in lower case, with one space between words.
    words: String,
    text: String,
}

impl Candidate {
    /// Reads the files in the first of `folders` that contains any.
    pub(super) fn all(folders: &[PathBuf]) -> Vec<Self> {
        let found = folders.iter().map(|folder| files(folder));
        let mut found = found.filter(|files| !files.is_empty());
        let read = |path: &PathBuf| {
            let bytes = std::fs::read(path).ok()?;
            let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
            let words: Vec<&str> = text.split_whitespace().collect();
            Some(Self {
                name: path.file_name()?.to_string_lossy().to_lowercase(),
                words: words.join(" ").to_lowercase(),
                text,
            })
        };
        let files = found.next().unwrap_or_default();
        files
            .iter()
            .filter_map(read)
            .filter(|it| !it.words.is_empty())
            .collect()
    }

    /// The text of the license `id`. `count` is the number of licenses that the crate names. If
    /// it names only one, a single file is accepted whatever it contains.
    pub(super) fn find(all: &[Self], id: &str, count: usize) -> Option<String> {
        let (base, exception) = id.split_once(" WITH ").unwrap_or((id, ""));
        let known = KNOWN.iter().find(|(known, ..)| base.starts_with(known));
        let lower = base.to_lowercase();
        let own = [lower.as_str()];
        let (names, sentence) = known.map_or((own.as_slice(), ""), |(_, names, it)| (names, *it));
        let exception = exception
            .split('-')
            .next()
            .unwrap_or_default()
            .to_lowercase();
        let is_named = |it: &&Self| names.iter().any(|name| it.name.contains(name));
        let says = |it: &&Self| !sentence.is_empty() && it.words.contains(sentence);
        let excepts = |it: &&Self| exception.is_empty() || it.words.contains(&exception);
        // A name can contain another one: `unlicense` contains `license`, and `lgpl` contains
        // `gpl`. A known license is therefore not recognized by the name alone.
        let best = all
            .iter()
            .find(|it| is_named(it) && says(it) && excepts(it));
        let said = || all.iter().find(says);
        let named = || all.iter().find(|it| is_named(it) && known.is_none());
        let only = || (all.len() == 1 && count == 1).then(|| &all[0]);
        let found = best.or_else(said).or_else(named).or_else(only);
        found.map(|it| it.text.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::Candidate;

    fn candidate(name: &str, text: &str) -> Candidate {
        Candidate {
            name: name.to_string(),
            words: text.to_string(),
            text: text.to_string(),
        }
    }

    #[test]
    fn a_text_is_known_by_its_words_and_then_by_its_name() {
        let mit = "permission is hereby granted, free of charge, to x";
        let apache = "apache license version 2.0";
        let all = [
            candidate("license", apache),
            candidate("license-mit", mit),
            candidate("license-odd", "odd"),
        ];
        let find = |id: &str, count| Candidate::find(&all, id, count);
        assert_eq!(find("MIT", 2).as_deref(), Some(mit));
        assert_eq!(find("Apache-2.0", 2).as_deref(), Some(apache));
        assert_eq!(find("Odd", 2).as_deref(), Some("odd"));
        assert_eq!(find("Zlib", 2), None);
        let alone = [candidate("license", "what an unusual text")];
        assert_eq!(Candidate::find(&alone, "MIT", 2), None);
        assert!(Candidate::find(&alone, "MIT", 1).is_some());
    }

    #[test]
    fn one_file_may_hold_two_licenses() {
        let both = "permission is hereby granted, free of charge, or the apache license";
        let all = [candidate("copyright", both)];
        assert!(Candidate::find(&all, "MIT", 2).is_some());
        assert!(Candidate::find(&all, "Apache-2.0", 2).is_some());
    }
}
