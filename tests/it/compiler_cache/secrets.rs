//! Only the server of the cache receives the credentials of a storage.

use std::path::Path;

use indoc::indoc;
use serde_json::json;

use super::{build, tool};
use test_support::redis::Redis;
use test_support::toolchain::{self, Extra};

const PASSWORD: &str = "opensesame-4711";

#[test]
fn a_password_is_used_and_shown_nowhere() {
    let Some(channel) = toolchain::channel_or_skip(&[Extra::Sccache]) else {
        return;
    };
    let Some(redis) = Redis::start_or_skip(Some(PASSWORD)) else {
        return;
    };
    // Build scripts do not receive the password.
    let project = tool().file(
        "part/build.rs",
        indoc! {r#"
            fn main() {
                for (name, value) in std::env::vars() {
                    assert!(!value.contains("opensesame"), "{name}");
                }
            }
        "#},
    );
    let url = redis.url();
    let user = [
        ("SCCACHE_REDIS_ENDPOINT", url.as_str()),
        ("SCCACHE_REDIS_PASSWORD", PASSWORD),
        // Short values are not masked, so that the log stays readable.
        ("SCCACHE_REDIS_DB", "0"),
        ("SCCACHE_LOG", "debug"),
    ];
    let done = build(&project, &channel, &user, json!({}));
    let archive = done.archive();
    assert!(done.hits_and_misses().1 > 0, "{}", done.log);
    assert!(done.log.contains("tool v1.0.0"), "{}", done.log);

    let mut seen = Vec::new();
    for folder in [done.work.as_path(), project.cache(), archive.root()] {
        files_with(folder, PASSWORD, &mut seen);
    }
    assert_eq!(seen, Vec::<String>::new());
}

/// Adds the files below `folder` that contain `text`.
fn files_with(folder: &Path, text: &str, found: &mut Vec<String>) {
    for entry in fs_err::read_dir(folder).expect("own folder") {
        let path = entry.expect("own folder").path();
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            files_with(&path, text, found);
        } else if let Ok(content) = fs_err::read(&path)
            && String::from_utf8_lossy(&content).contains(text)
        {
            found.push(path.display().to_string());
        }
    }
}
