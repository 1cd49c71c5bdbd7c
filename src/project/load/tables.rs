//! The dependency tables: what each of them takes.

/// A dependency table and what it takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TableKind {
    /// Its key.
    pub key: &'static str,
    /// How it is called in messages.
    pub title: &'static str,
    /// The pins it takes.
    pub pins: Pins,
    /// The locations it takes.
    pub sources: Sources,
}

/// Which pins a table takes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pins {
    /// None.
    None,
    /// `pin-compatible`.
    Compatible,
    /// `pin-compatible` and `pin-subpackage`.
    Both,
}

/// Which locations a table takes, besides channels.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sources {
    /// All.
    All,
    /// Finished packages only.
    NotBuilt,
    /// Folders and repositories.
    Folders,
    /// None.
    None,
}

const fn kind(key: &'static str, pins: Pins, sources: Sources) -> TableKind {
    let title = key;
    TableKind {
        key,
        title,
        pins,
        sources,
    }
}

const fn bucket(key: &'static str, title: &'static str, sources: Sources) -> TableKind {
    TableKind {
        title,
        ..kind(key, Pins::Both, sources)
    }
}

/// The plain tables, in the order in which their conditions are listed.
pub(crate) const TABLES: [TableKind; 4] = [
    kind("run-dependencies", Pins::Compatible, Sources::All),
    // pixi forwards sources here, and nothing can be done with them.
    kind("run-constraints", Pins::None, Sources::NotBuilt),
    kind("host-dependencies", Pins::Compatible, Sources::All),
    kind("build-dependencies", Pins::None, Sources::All),
];

/// The buckets of `run-exports`, in the order in which their conditions are listed.
pub(crate) const BUCKETS: [TableKind; 5] = [
    bucket("noarch", "run-exports.noarch", Sources::Folders),
    bucket("strong", "run-exports.strong", Sources::Folders),
    bucket("weak", "run-exports.weak", Sources::Folders),
    bucket(
        "strong-constraints",
        "run-exports.strong-constraints",
        Sources::None,
    ),
    bucket(
        "weak-constraints",
        "run-exports.weak-constraints",
        Sources::None,
    ),
];

/// A group of extra dependencies.
pub(crate) const GROUP: TableKind = kind("extra-dependencies", Pins::None, Sources::All);
