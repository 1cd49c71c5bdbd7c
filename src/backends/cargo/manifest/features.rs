//! The features of a crate, according to its manifest.

use std::iter;

use toml_edit::TableLike;

/// The names that `--features` accepts: those of the table `[features]`, and optional
/// dependencies that no feature enables with `dep:`.
pub(crate) fn features(manifest: &dyn TableLike) -> Vec<String> {
    let table = |key: &str| manifest.get(key).and_then(|item| item.as_table_like());
    let mut known = Vec::new();
    let mut hidden = Vec::new();
    for (name, enables) in table("features").into_iter().flat_map(TableLike::iter) {
        known.push(name.to_string());
        let enables = enables.as_array().into_iter().flatten();
        let enables = enables.filter_map(|value| value.as_str()?.strip_prefix("dep:"));
        hidden.extend(enables.map(str::to_string));
    }
    let platforms = table("target").into_iter().flat_map(TableLike::iter);
    let platforms = platforms.filter_map(|(_, platform)| platform.as_table_like());
    let tables = iter::once(manifest).chain(platforms).flat_map(|table| {
        let dependencies = ["dependencies", "build-dependencies"];
        dependencies.map(|key| table.get(key).and_then(|item| item.as_table_like()))
    });
    for (name, dependency) in tables.flatten().flat_map(TableLike::iter) {
        let optional = dependency.as_table_like().and_then(|it| it.get("optional"));
        let is_optional = optional.and_then(|it| it.as_bool()).unwrap_or_default();
        if is_optional && !hidden.iter().chain(&known).any(|it| it == name) {
            known.push(name.to_string());
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn optional_dependencies_are_features_unless_one_hides_them() {
        let text = "[features]\ndefault = [\"tls\"]\ntls = [\"dep:rustls\"]\n\n[dependencies]\n\
                    rustls = { version = \"1\", optional = true }\n\
                    serde = { version = \"1\", optional = true }\nlog = \"1\"\n\n[target.'cfg(unix)'.dependencies]\nnix = { version = \"1\", optional = true }\n";
        let manifest: toml_edit::DocumentMut = text.parse().expect("it is TOML");
        assert_eq!(
            features(manifest.as_table()),
            ["default", "tls", "serde", "nix"]
        );
    }
}
