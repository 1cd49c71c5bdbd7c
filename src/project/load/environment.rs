//! The settings of the default environment that affect the channels and platforms of a
//! package build.
//!
//! Errors in features and environments are ignored, because pixi reports them for the
//! workspace.

use crate::project::document::{Data, Field, Table, Value};
use crate::project::load::ManifestScope;

/// The default environment.
#[derive(Debug, Default)]
pub(crate) struct DefaultEnvironment<'d> {
    /// The features of the environment in addition to the workspace's own tables, in
    /// their order. Keys in the environment itself are treated as a first feature.
    pub features: Vec<Table<'d>>,
    /// Whether the workspace's own tables are part of the environment.
    pub own: OwnTables,
    /// All features, including unused ones.
    pub all_features: Vec<Table<'d>>,
}

/// Whether the workspace's own tables are part of the environment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum OwnTables {
    /// The tables are part of the environment.
    #[default]
    Count,
    /// The environment has `no-default-feature = true`.
    LeftOut,
}

impl<'d> DefaultEnvironment<'d> {
    /// The default environment of the workspace.
    pub(super) fn of(scope: &ManifestScope<'d>) -> Self {
        let Some(document) = scope.workspace.map(|table| table.document) else {
            return Self::default();
        };
        let named = document.table("feature");
        let feature = |name: &str| as_table(named?.get(name)?.value);
        let all_features = (named.iter().flat_map(Table::fields))
            .filter_map(|field| as_table(field.value))
            .collect();
        let mut environment = Self {
            all_features,
            ..Self::default()
        };
        let Some(default) = document.field(&["environments", "default"]) else {
            return environment;
        };
        let mut list = Some(default.value);
        if let Some(table) = as_table(default.value) {
            let own = table
                .get("no-default-feature")
                .map(|field| field.value.read());
            if matches!(own, Some(Data::Boolean(true))) {
                environment.own = OwnTables::LeftOut;
            }
            environment.features.push(table);
            list = table.get("features").map(|field| field.value);
        }
        let names = list.into_iter().flat_map(texts);
        environment.features.extend(names.filter_map(feature));
        environment
    }

    /// The values of a key in the features of the environment.
    pub(super) fn values(&self, key: &str) -> Vec<Field<'d>> {
        (self.features.iter())
            .filter_map(|feature| feature.get(key))
            .collect()
    }
}

/// The strings of an array.
pub(crate) fn texts(value: Value<'_>) -> Vec<&str> {
    let Data::List(list) = value.read() else {
        return Vec::new();
    };
    (list.into_iter())
        .filter_map(|value| match value.read() {
            Data::Text(text) => Some(text),
            _ => None,
        })
        .collect()
}

fn as_table(value: Value<'_>) -> Option<Table<'_>> {
    match value.read() {
        Data::Table(table) => Some(table),
        _ => None,
    }
}
