//! Translates names on PyPI to names of conda packages.
//!
//! Most packages have the same name in both. The exceptions are in `names.txt`, which is part
//! of the executable. Therefore a project has the same requirements on every machine, and no
//! request reveals the name of a private package.

/// Lines of `<normalized name on PyPI> <name of the conda package>`, sorted.
const TABLE: &str = include_str!("names.txt");

/// Extras with an equivalent conda package: the name, the extra and the conda package.
const EXTRAS: [(&str, &str, &str); 6] = [
    ("dask", "complete", "dask"),
    ("dask", "dataframe", "dask"),
    ("uvicorn", "standard", "uvicorn-standard"),
    ("jax", "cuda12", "jax"),
    ("setuptools-scm", "simple", "setuptools-scm"),
    ("setuptools-scm", "toml", "setuptools-scm"),
];

/// The conda package for the normalized `name` on PyPI.
pub(in super::super) fn conda(name: &str) -> &str {
    let rows = TABLE.lines().filter_map(|line| line.split_once(' '));
    let mut found = rows.filter(|(pypi, _)| *pypi == name);
    found.next().map_or(name, |(_, conda)| conda)
}

/// The conda package that is equivalent to `name[extra]`, if there is one.
pub(in super::super) fn with_extra(name: &str, extra: &str) -> Option<&'static str> {
    let mut rows = EXTRAS.iter();
    let row = rows.find(|(of, called, _)| *of == name && *called == extra)?;
    Some(row.2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backends::python::dependency::requirement::normalized;

    #[test]
    fn the_table_is_sorted_and_says_only_what_differs() {
        let rows: Vec<(&str, &str)> = TABLE
            .lines()
            .map(|line| line.split_once(' ').expect("two names"))
            .collect();
        assert!(rows.is_sorted_by(|a, b| a.0 < b.0));
        for (pypi, conda) in rows {
            assert_eq!(pypi, normalized(pypi));
            assert_ne!(pypi, conda);
        }
    }

    #[test]
    fn names_that_differ() {
        assert_eq!(conda("torch"), "pytorch");
        assert_eq!(conda("ruamel-yaml"), "ruamel.yaml");
        assert_eq!(conda("requests"), "requests");
        assert_eq!(with_extra("uvicorn", "standard"), Some("uvicorn-standard"));
        assert_eq!(with_extra("requests", "socks"), None);
    }
}
