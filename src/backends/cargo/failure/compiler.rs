//! Errors of rustc.

use std::path::PathBuf;

use crate::backend::failure::{CodeError, Diagnosis, QUOTED};
use crate::backend::log::Log;

/// Quotes the first errors in the form `error[E0308]: mismatched types (src/main.rs:1:25)`.
pub(super) fn errors(log: &Log) -> Option<Diagnosis> {
    let mut errors: Vec<String> = found(log)
        .map(|(line, place)| format!("{line} ({place})"))
        .collect();
    let count = errors.len();
    errors.truncate(QUOTED);
    let message = match count {
        0 => return None,
        1 => "the code does not compile".to_string(),
        count if count > QUOTED => {
            format!("the code does not compile (the first {QUOTED} of {count} errors follow)")
        }
        count => format!("the code does not compile ({count} errors)"),
    };
    Some(Diagnosis {
        code: "build::compile_error",
        message,
        details: errors,
        errors: places(log),
        ..Default::default()
    })
}

/// The errors of the compiler with their places. File names are those of the compiler.
pub(super) fn places(log: &Log) -> Vec<CodeError> {
    let mut errors: Vec<CodeError> = Vec::new();
    for (line, place) in found(log) {
        // A file that belongs to two targets is compiled twice, with the same errors.
        if let Some(error) = code_error(line, place)
            && !errors.contains(&error)
        {
            errors.push(error);
        }
    }
    errors
}

/// Reads `src/main.rs:1:25`.
fn code_error(message: &str, place: &str) -> Option<CodeError> {
    let mut parts = place.rsplitn(3, ':');
    let column = parts.next()?.parse().ok()?;
    Some(CodeError {
        message: message.to_string(),
        line: parts.next()?.parse().ok()?,
        column,
        file: PathBuf::from(parts.next()?),
    })
}

/// The first line of each error that has a place, and the place.
fn found(log: &Log) -> impl Iterator<Item = (&str, &str)> {
    let lines: Vec<&str> = log.lines().map(str::trim).collect();
    let mut errors = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        if !line.starts_with("error[") && !line.starts_with("error: ") {
            continue;
        }
        let place = lines[number + 1..]
            .iter()
            .take(3)
            .find_map(|next| next.strip_prefix("--> "));
        errors.extend(place.map(|place| (*line, place)));
    }
    errors.into_iter()
}
