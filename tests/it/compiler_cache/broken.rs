//! A compiler cache that does not work causes a warning.

use indoc::indoc;
use serde_json::{Value, json};

use super::{build, build_with, tool};
use test_support::packages::Package;
use test_support::redis::Redis;
use test_support::toolchain::{self, Extra};

const UNUSED: &str = "warning: the compiler cache is not used";

/// Builds a package with a cache that cannot be used, and returns the log. `None` if this
/// machine does not have sccache.
fn built_without(variables: &[(&str, &str)], env: Value) -> Option<String> {
    let channel = toolchain::channel_or_skip(&[Extra::Sccache])?;
    let project = tool();
    let done = build(&project, &channel, variables, env);
    assert!(done.log.contains(UNUSED), "{}", done.log);
    done.archive();
    Some(done.log)
}

#[test]
fn a_storage_that_nobody_answers_for_is_a_warning() {
    // No server listens on this port.
    let user = [("SCCACHE_REDIS_ENDPOINT", "redis://127.0.0.1:1")];
    built_without(&user, json!({}));
}

#[test]
fn a_wrong_password_is_a_warning() {
    let Some(redis) = Redis::start_or_skip(Some("the right one")) else {
        return;
    };
    let url = redis.url();
    let user = [
        ("SCCACHE_REDIS_ENDPOINT", url.as_str()),
        ("SCCACHE_REDIS_PASSWORD", "the wrong one"),
    ];
    if let Some(log) = built_without(&user, json!({})) {
        assert!(!log.contains("the wrong one"), "{log}");
    }
}

#[test]
fn a_setting_that_makes_no_sense_is_a_warning() {
    built_without(
        &[],
        json!({"SCCACHE_REDIS_ENDPOINT": "redis://127.0.0.1:1", "SCCACHE_REDIS_DB": "first"}),
    );
}

#[test]
fn incremental_compilation_goes_first() {
    built_without(&[], json!({"CARGO_INCREMENTAL": "1"}));
}

#[test]
fn a_server_that_ends_during_the_build_is_not_missed() {
    let Some(channel) = toolchain::channel_or_skip(&[Extra::Sccache]) else {
        return;
    };
    let project = tool().file(
        "part/build.rs",
        indoc! {r#"
            fn main() {
                let sccache = std::env::var("BUILD_PREFIX").unwrap() + "/bin/sccache";
                let stopped = std::process::Command::new(sccache).arg("--stop-server").status();
                assert!(stopped.unwrap().success());
            }
        "#},
    );
    build(&project, &channel, &[], json!({})).archive();
}

#[test]
fn an_sccache_that_is_none_is_a_warning() {
    let project = tool();
    let mut channel = test_support::channel::Channel::new(project.cache().join("channel"));
    channel.include(toolchain::channel());
    channel.add(Package::new("sccache", "1.0").executable("bin/sccache", "#!/bin/sh\nexit 7\n"));
    let done = build(&project, &channel, &[], json!({}));
    assert!(done.log.contains(UNUSED), "{}", done.log);
    done.archive();
}

#[test]
fn another_wrapper_of_the_user_stays() {
    let Some(channel) = toolchain::channel_or_skip(&[Extra::Sccache]) else {
        return;
    };
    let configuration = json!({
        "compiler-cache": "sccache", "env": {"RUSTC_WRAPPER": "/usr/bin/env"},
    });
    let project = tool();
    let done = build_with(&project, &channel, &[], configuration);
    assert!(
        done.log.contains("RUSTC_WRAPPER=/usr/bin/env"),
        "{}",
        done.log
    );
    assert!(!done.log.contains("compiler cache"), "{}", done.log);
    let warning = "`compiler-cache` has no effect beside `RUSTC_WRAPPER` in `env`";
    assert!(done.stderr.contains(warning), "{}", done.stderr);
    done.archive();
}
