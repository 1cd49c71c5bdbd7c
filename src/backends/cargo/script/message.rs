//! Reads the messages that Cargo writes for other programs. They make a log long, so they are
//! requested only if an option needs them.

use std::path::{Path, PathBuf};

use serde_json::Value;
use url::Url;

use crate::backend::{BuildPaths, Log};

/// The arguments that request messages. Messages of the compiler remain readable text.
pub(crate) const ARGUMENTS: [&str; 2] = ["--message-format", "json-render-diagnostics"];

/// The beginning of every message.
const START: &str = "{\"reason\":\"";

/// Whether a line is a message.
pub(crate) fn is_message(line: &str) -> bool {
    line.starts_with(START)
}

/// The `OUT_DIR` of the build script of the crate in `root`. It is read from the log, because a
/// search in the build directory would also find those of earlier builds.
pub(crate) fn out_dir(log: &Log, root: &Path, paths: &BuildPaths) -> Option<PathBuf> {
    let url = Url::from_file_path(root).ok()?;
    let executed = log.lines().filter(|line| is_message(line));
    let executed = executed.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut executed = executed.filter(|it| it["reason"] == "build-script-executed");
    let own = executed.find(|it| {
        let id = it["package_id"].as_str().unwrap_or_default();
        id.split('#').next() == Some(format!("path+{url}").as_str())
    })?;
    own["out_dir"].as_str().map(|path| real(path, paths))
}

/// The real path for a path in the log. rattler-build replaces the directories of the build
/// with the names of variables.
fn real(path: &str, paths: &BuildPaths) -> PathBuf {
    let folders = [
        ("$SRC_DIR", &paths.script_folder),
        ("$BUILD_PREFIX", &paths.build_prefix),
        ("$PREFIX", &paths.host_prefix),
    ];
    let found = folders.into_iter().find_map(|(name, folder)| {
        let below = path.strip_prefix(name)?;
        Some(folder.join(below.trim_start_matches(['/', '\\'])))
    });
    found.unwrap_or_else(|| PathBuf::from(path))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::out_dir;
    use crate::backend::named::Named;
    use crate::backend::{BuildPaths, Log};

    #[test]
    fn the_folder_is_that_of_the_crate_itself() {
        let line = |id: &str, dir: &str| {
            format!(r#"{{"reason":"build-script-executed","package_id":"{id}","out_dir":"{dir}"}}"#)
        };
        let log = [
            "   Compiling x".to_string(),
            line("registry+https://example.org#x@1.0.0", "/t/x/out"),
            line("path+file:///ws/member#app@1.0.0", "/t/member/out"),
            line("path+file:///ws/app#0.1.0", "$SRC_DIR/app/out"),
        ];
        let log = Log::new(&log.join("\n"));
        let paths = BuildPaths {
            work_directory: "/work".into(),
            sources: None,
            alias: None,
            script_folder: "/jobs/work".into(),
            script_name: "/jobs/work".into(),
            build_prefix: "/jobs/bld".into(),
            host_prefix: "/jobs/host".into(),
            packages: "/jobs/output".into(),
            named: Named::default(),
        };
        let found = |root: &str| out_dir(&log, Path::new(root), &paths);
        assert_eq!(
            found("/ws/app").as_deref(),
            Some(Path::new("/jobs/work/app/out"))
        );
        assert_eq!(
            found("/ws/member").as_deref(),
            Some(Path::new("/t/member/out"))
        );
        assert_eq!(found("/ws/other"), None);
    }
}
