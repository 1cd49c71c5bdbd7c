//! The dependency tables: what each of them takes.

/// A dependency table and what it takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TableKind {
    /// Its key.
    pub key: &'static str,
    /// How it is called in messages.
    pub title: &'static str,
    /// The pins it takes.
    pub pins: AllowedPins,
    /// The locations it takes.
    pub sources: AllowedSources,
}

/// Which pins a table takes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum AllowedPins {
    /// None.
    None,
    /// `pin-compatible`.
    Compatible,
    /// `pin-compatible` and `pin-subpackage`.
    Both,
}

/// Which locations a table takes, besides channels.
#[derive(Debug, Clone, Copy)]
pub(crate) enum AllowedSources {
    /// All.
    All,
    /// Finished packages only.
    NotBuilt,
    /// Folders and repositories.
    Folders,
    /// None.
    None,
}

const fn kind(key: &'static str, pins: AllowedPins, sources: AllowedSources) -> TableKind {
    let title = key;
    TableKind {
        key,
        title,
        pins,
        sources,
    }
}

const fn bucket(key: &'static str, title: &'static str, sources: AllowedSources) -> TableKind {
    TableKind {
        title,
        ..kind(key, AllowedPins::Both, sources)
    }
}

/// The plain tables, in the order in which their conditions are listed.
pub(crate) const TABLES: [TableKind; 4] = [
    kind(
        "run-dependencies",
        AllowedPins::Compatible,
        AllowedSources::All,
    ),
    // pixi forwards sources here, and nothing can be done with them.
    kind(
        "run-constraints",
        AllowedPins::None,
        AllowedSources::NotBuilt,
    ),
    kind(
        "host-dependencies",
        AllowedPins::Compatible,
        AllowedSources::All,
    ),
    kind("build-dependencies", AllowedPins::None, AllowedSources::All),
];

/// The buckets of `run-exports`, in the order in which their conditions are listed.
pub(crate) const BUCKETS: [TableKind; 5] = [
    bucket("noarch", "run-exports.noarch", AllowedSources::Folders),
    bucket("strong", "run-exports.strong", AllowedSources::Folders),
    bucket("weak", "run-exports.weak", AllowedSources::Folders),
    bucket(
        "strong-constraints",
        "run-exports.strong-constraints",
        AllowedSources::None,
    ),
    bucket(
        "weak-constraints",
        "run-exports.weak-constraints",
        AllowedSources::None,
    ),
];

/// A group of extra dependencies.
pub(crate) const GROUP: TableKind =
    kind("extra-dependencies", AllowedPins::None, AllowedSources::All);
