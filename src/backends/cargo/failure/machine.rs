//! Failures of the machine: too little memory, and no network.

use crate::backend::failure::Diagnosis;
use crate::backend::log::Log;

/// A compiler was killed, usually by the kernel because the memory ran out.
pub(super) fn killed(log: &Log) -> Option<Diagnosis> {
    let by_signal = log.has("(signal: 9, SIGKILL") || log.has("terminated with signal 9");
    let noted = log.exit().is_some_and(|(_, code)| code == 137);
    if !by_signal && !noted {
        return None;
    }
    let crate_name = log.between("could not compile `", "`");
    let victim = match crate_name {
        Some(name) => format!("the compiler was killed while it compiled `{name}`"),
        None => "the compiler was killed".to_string(),
    };
    Some(Diagnosis {
        code: "build::killed",
        message: format!("{victim}, most likely because the memory ran out"),
        details: Vec::new(),
        help: Some(
            "compile fewer crates at a time with `extra-args = [\"--jobs\", \"1\"]` in \
             `[package.build.config]`, or close other programs"
                .to_string(),
        ),
        ..Default::default()
    })
}

/// A download failed.
pub(super) fn network(log: &Log) -> Option<Diagnosis> {
    if log.has("you're using offline mode") {
        return Some(offline(log));
    }
    let signs = [
        "Could not connect to server",
        "Could not resolve",
        "Couldn't resolve host",
        "network failure seems to have happened",
        "Timeout was reached",
        "Operation was too slow",
        "SSL connect error",
        "failed to download from `",
        "failed to resolve address for",
    ];
    let place = log.between("failed to download from `", "`");
    let sign = log
        .lines()
        // Cargo tries again after such an error, and may succeed.
        .filter(|line| !line.contains("spurious network error"))
        .find(|line| signs.iter().any(|sign| line.contains(sign)))?;
    // The innermost cause comes last.
    let reason = log
        .from("Caused by:")
        .filter(|line| line.trim_start().starts_with('['));
    let reason = reason.last().unwrap_or(sign);
    Some(Diagnosis {
        code: "build::network",
        message: match place {
            Some(place) => format!("cargo could not download {place}"),
            None => "cargo could not download what the build needs".to_string(),
        },
        details: vec![reason.trim().to_string()],
        help: Some(
            "check the network: proxies are taken from `HTTPS_PROXY` and certificates from \
             `SSL_CERT_FILE`; crates are downloaded only once"
                .to_string(),
        ),
        ..Default::default()
    })
}

fn offline(log: &Log) -> Diagnosis {
    let name = log.between("no matching package named `", "`");
    let message = match name {
        Some(name) => format!("cargo may not use the network, and `{name}` is not downloaded"),
        None => "cargo may not use the network, and something is not downloaded".to_string(),
    };
    Diagnosis {
        code: "build::offline",
        message,
        details: Vec::new(),
        help: Some(
            "build once without `--offline`, on the command line or in `extra-args`, and without \
             `CARGO_NET_OFFLINE`"
                .to_string(),
        ),
        ..Default::default()
    }
}
