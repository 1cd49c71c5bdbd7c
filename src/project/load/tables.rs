//! The dependency tables, and the kinds of dependencies that they allow.

/// A dependency table, and the kinds of dependencies that it allows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TableKind {
    /// Its key.
    pub key: &'static str,
    /// Its name in messages.
    pub title: &'static str,
    /// The pins that it allows.
    pub pins: AllowedPins,
    /// The locations that it allows.
    pub sources: AllowedSources,
}

/// The pins that a table allows.
#[derive(Debug, Clone, Copy)]
pub(crate) enum AllowedPins {
    /// None.
    None,
    /// `pin-compatible`.
    Compatible,
    /// `pin-compatible` and `pin-subpackage`.
    Both,
}

/// The locations that a table allows, in addition to channels.
#[derive(Debug, Clone, Copy)]
pub(crate) enum AllowedSources {
    /// All locations.
    All,
    /// Conda packages only.
    NotBuilt,
    /// Directories and repositories.
    Folders,
    /// No locations.
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
    // pixi forwards sources here, but they cannot be used.
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

/// The lists of `run-exports`, in the order in which their conditions are listed.
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
