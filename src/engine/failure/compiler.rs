//! Errors of rustc.

use super::log::Log;
use super::{Explanation, QUOTED};

/// `error[E0308]: mismatched types (src/main.rs:1:25)`, the first few of them.
pub(super) fn errors(log: &Log) -> Option<Explanation> {
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
        if let Some(place) = place {
            errors.push(format!("{line} ({place})"));
        }
    }
    let count = errors.len();
    errors.truncate(QUOTED);
    let message = match count {
        0 => return None,
        1 => "the code does not compile".to_string(),
        count if count > QUOTED => {
            format!("the code does not compile, the first {QUOTED} of {count} errors are")
        }
        count => format!("the code does not compile, there are {count} errors"),
    };
    Some(Explanation {
        code: "build::compile_error",
        message,
        details: errors,
        help: None,
    })
}
