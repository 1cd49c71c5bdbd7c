//! The order in which the libraries of a package are compiled.

use std::collections::{BTreeMap, BTreeSet};

use super::plan::Item;

/// Moves each library behind the libraries of the package that it imports. Otherwise the order is
/// that of the configuration, also for libraries that import each other. `imports` has the modules
/// that each library imports and that are not in its import paths.
pub(super) fn by_imports(
    items: Vec<Item>,
    imports: &BTreeMap<String, BTreeSet<String>>,
) -> Vec<Item> {
    let (mut waiting, others): (Vec<Item>, Vec<Item>) =
        items.into_iter().partition(|item| item.kind.is_library());
    let mut sorted = Vec::new();
    while !waiting.is_empty() {
        let is_ready = |item: &Item| {
            let imported = imports.get(&item.name);
            let mut later = waiting.iter().filter(|other| other.name != item.name);
            !later.any(|other| imported.is_some_and(|names| names.contains(&other.name)))
        };
        let next = waiting.iter().position(is_ready).unwrap_or(0);
        sorted.push(waiting.remove(next));
    }
    sorted.extend(others);
    sorted
}

#[cfg(test)]
mod tests {
    use super::super::config::Format;
    use super::super::plan::Kind;
    use super::*;

    #[test]
    fn a_library_follows_those_that_it_imports() {
        let item = |kind: Kind, name: &str| Item {
            kind,
            name: name.to_string(),
            path: name.into(),
            arguments: Vec::new(),
        };
        let library = |name: &str| item(Kind::Library(Format::Precompiled), name);
        let sorted = |rows: &[(&str, &[&str])]| {
            let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
            let imports = rows.iter();
            let imports = imports.map(|(name, imported)| (name.to_string(), names(imported)));
            let libraries = rows.iter().map(|(name, _)| library(name));
            let program = std::iter::once(item(Kind::Program, "b"));
            let sorted = by_imports(program.chain(libraries).collect(), &imports.collect());
            let names: Vec<String> = sorted.into_iter().map(|item| item.name).collect();
            names.join(" ")
        };
        assert_eq!(sorted(&[("c", &["std"]), ("a", &["a"])]), "c a b");
        assert_eq!(
            sorted(&[("a", &["d"]), ("c", &[]), ("d", &["e"]), ("e", &[])]),
            "c e d a b"
        );
        assert_eq!(sorted(&[("a", &["c"]), ("c", &["a"])]), "a c b");
    }
}
