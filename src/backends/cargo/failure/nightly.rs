//! Code that needs a nightly toolchain.

use super::compiler;
use crate::backend::failure::{Diagnosis, Place};
use crate::backend::log::Log;
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::diagnostic::SourceFile;

/// The messages with which a stable toolchain refuses unstable features.
const SIGNS: [&str; 6] = [
    "error[E0554]",
    "is only accepted on the nightly compiler",
    "is only accepted on the nightly channel of Cargo",
    "requires a nightly version of Cargo",
    "but this is the `stable` channel",
    "but Cargo did not enable the feature",
];

/// Unstable features in a build with a stable toolchain.
pub(super) fn features(log: &Log, build: CrateBuild<'_>) -> Option<Diagnosis> {
    let said = log
        .lines()
        .find(|line| SIGNS.iter().any(|sign| line.contains(sign)))?;
    let found = compiler::errors(log);
    let details = match &found {
        Some(found) => found.details.clone(),
        None => vec![said.trim().to_string()],
    };
    let toolchain = toolchain_file(build);
    let flag = said.contains("nightly compiler").then_some("-Z");
    let asks = match &toolchain {
        Some((name, ..)) => format!("which {name} asks for"),
        None => "which the environment does not have".to_string(),
    };
    Some(Diagnosis {
        code: "build::nightly_features",
        message: format!("the code uses unstable features, and those need a nightly toolchain, {asks}"),
        details,
        help: Some(
            "conda's `rust` is stable, and a toolchain file does not change it: build with features \
             that are stable, or set `RUSTC_BOOTSTRAP = \"1\"` in `[package.build.config.env]`, which \
             makes the stable compiler take features of the same age"
                .to_string(),
        ),
        errors: found.map(|found| found.errors).unwrap_or_default(),
        place: (toolchain.map(|(_, place)| place))
            .or_else(|| flag.and_then(|flag| build.cargo_config.mention(flag))),
    })
}

/// The name of the toolchain file that selects a nightly toolchain, and the place in it.
fn toolchain_file(build: CrateBuild<'_>) -> Option<(String, Place)> {
    let path = build.cargo_config.toolchain_file()?;
    let text = std::fs::read_to_string(&path).ok()?;
    let at = text.find("nightly")?;
    let length = text[at..]
        .find(['"', '\'', '\n'])
        .unwrap_or(text.len() - at);
    let name = path.file_name()?.to_str()?.to_string();
    let file = SourceFile::new(path.display().to_string(), text.into());
    let place = Place {
        file,
        at: (at, length).into(),
        label: "not the toolchain of the environment".to_string(),
    };
    Some((name, place))
}
