//! A solved environment, as a table and as a JSON object.

use std::collections::BTreeSet;

use console::Term;
use rattler_conda_types::RepoDataRecord;
use serde_json::{Value, json};

use crate::cli::table::table;
use crate::environments::Environment;

/// The packages that were requested by name, as a table. All others are their dependencies.
pub(super) fn text(environment: &Environment) -> String {
    let packages = &environment.packages;
    if packages.is_empty() {
        return format!("the {} environment is empty", environment.role);
    }
    let asked: BTreeSet<String> = environment
        .dependencies
        .iter()
        .map(|wish| wish.spec.name.to_string())
        .collect();
    let is_asked =
        |record: &&RepoDataRecord| asked.contains(record.package_record.name.as_normalized());
    let head = format!("{} environment", environment.role);
    let rows = packages.iter().filter(is_asked).map(|record| {
        let package = &record.package_record;
        [
            package.name.as_source().to_string(),
            package.version.to_string(),
            package.build.to_string(),
            channel(record),
        ]
    });
    let mut text = table(
        [&head, "Version", "Build", "Channel"],
        rows,
        &Term::stderr(),
    );
    let others = packages.iter().filter(|record| !is_asked(record)).count();
    match others {
        0 => {}
        1 => text.push_str("\nand 1 more that they need"),
        _ => text.push_str(&format!("\nand {others} more that they need")),
    }
    text
}

/// All packages of the environment, as a JSON object.
pub(super) fn object(package: &str, environment: &Environment) -> Value {
    let packages = environment.packages.iter().map(|record| {
        let package = &record.package_record;
        json!({
            "name": package.name.as_normalized(),
            "version": package.version.to_string(),
            "build": package.build,
            "subdir": package.subdir,
            "channel": channel(record),
            "sha256": package.sha256.map(hex::encode),
        })
    });
    json!({
        "event": "environment",
        "package": package,
        "environment": environment.role.to_string(),
        "packages": packages.collect::<Vec<_>>(),
    })
}

/// The last part of the URL of a channel, which is its usual name. The rest may contain a
/// token.
fn channel(record: &RepoDataRecord) -> String {
    let url = record.channel.as_deref().unwrap_or_default();
    let name = url.trim_end_matches('/').rsplit('/').next();
    name.unwrap_or_default().to_string()
}
