//! A failed build script, explained in its own words.

use crate::backend::failure::{Diagnosis, QUOTED};
use crate::backend::log::Log;

/// Quotes the last lines on stderr. If there are none, it quotes the lines on stdout that are
/// not directives for Cargo. If there are none either, it quotes the errors and warnings that
/// Cargo prints for the script.
pub(super) fn failed(log: &Log) -> Option<Diagnosis> {
    let name = log.between("failed to run custom build command for `", "`")?;
    let name = name.split(" (").next().unwrap_or(name);
    let mut said = stream(log, "--- stderr");
    if said.is_empty() {
        said = stream(log, "--- stdout");
        said.retain(|line| !line.starts_with("cargo:"));
    }
    if said.is_empty() {
        said = told_to_cargo(log, name);
    }
    let details = said.split_off(said.len().saturating_sub(QUOTED));
    let in_the_way = ["AlreadyExists", "File exists", "already exists"];
    let in_the_way = |line: &String| in_the_way.iter().any(|sign| line.contains(sign));
    let help = details.iter().any(in_the_way).then(|| {
        "an earlier run of the script may have left it in `OUT_DIR`: build again, which begins \
         with an empty one, or remove the files of all builds with the command `clean`"
            .to_string()
    });
    Some(Diagnosis {
        code: "build::build_script",
        message: format!("the build script of `{name}` failed"),
        details,
        help,
        ..Default::default()
    })
}

/// The errors and warnings that the script passed to Cargo.
fn told_to_cargo(log: &Log, name: &str) -> Vec<String> {
    let id = name.replacen(" v", "@", 1);
    let starts = [format!("error: {id}: "), format!("warning: {id}: ")];
    let told = |start: &String| -> Vec<String> {
        let lines = log
            .lines()
            .filter_map(|line| line.strip_prefix(start.as_str()));
        lines.map(str::to_string).collect()
    };
    starts.iter().flat_map(told).collect()
}

/// The lines below a title that Cargo repeats with indentation, without the backtrace of a
/// panic.
fn stream(log: &Log, title: &str) -> Vec<String> {
    log.from("failed to run custom build command for `")
        .skip_while(|line| line.trim() != title)
        .skip(1)
        .take_while(|line| line.is_empty() || line.starts_with(' '))
        .map(str::trim)
        .take_while(|line| !line.starts_with("--- ") && *line != "stack backtrace:")
        .filter(|line| !line.is_empty() && !line.starts_with("note: "))
        .map(|line| match line.find("panicked at ") {
            // The name and number of the thread do not help a user.
            Some(panic) if line.starts_with("thread ") => line[panic..].to_string(),
            _ => line.to_string(),
        })
        .collect()
}
