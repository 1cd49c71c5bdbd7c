//! The progress that Cargo reports.

use crate::backend::script::Step;
use crate::backend::{Progress, RunOptions};

/// The width of Cargo's progress bar. The bar is not shown, but it must have room for names.
const WIDTH: &str = "120";

/// Makes Cargo report its progress if it is displayed. Otherwise the progress bar is off,
/// because every update of it would be a line in the log.
pub(crate) fn settings(run: &RunOptions) -> Vec<Step> {
    let set = |name: &str, value: &str| Step::Set(name.to_string(), value.into());
    if run.progress {
        vec![
            set("CARGO_TERM_PROGRESS_WHEN", "always"),
            set("CARGO_TERM_PROGRESS_WIDTH", WIDTH),
        ]
    } else {
        vec![set("CARGO_TERM_PROGRESS_WHEN", "never")]
    }
}

/// Reads `    Building [=====>      ] 12/45: serde, syn(build)`, and the lines that Cargo shows
/// while it downloads.
pub(crate) fn read(line: &str) -> Option<Progress> {
    let line = console::strip_ansi_codes(line);
    let (verb, rest) = line.trim().split_once(' ')?;
    let without_units = |now: &str| Progress {
        units: None,
        now: now.trim().to_string(),
    };
    match verb {
        "Building" => {
            let (units, now) = after_bar(rest)?.split_once(':')?;
            let (done, total) = units.split_once('/')?;
            Some(Progress {
                units: Some((done.parse().ok()?, total.parse().ok()?)),
                ..without_units(now)
            })
        }
        "Fetch" => Some(without_units(after_bar(rest)?)),
        "Downloading" => {
            let counts = rest.starts_with(|sign: char| sign.is_ascii_digit());
            counts.then(|| without_units(&line))
        }
        _ => None,
    }
}

/// The text after `[=====>    ] `.
fn after_bar(text: &str) -> Option<&str> {
    let (bar, rest) = text.strip_prefix('[')?.split_once("] ")?;
    bar.chars().all(|sign| "=> ".contains(sign)).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargos_bar_is_read_and_its_other_lines_are_not() {
        let read = |line| read(line).map(|progress| (progress.units, progress.now));
        assert_eq!(
            read("\u{1b}[1m    Building\u{1b}[0m [====>    ] 12/45: serde, syn(build)   "),
            Some((Some((12, 45)), "serde, syn(build)".to_string()))
        );
        assert_eq!(
            read(" Downloading 3 crates, remaining bytes: 1.2MB"),
            Some((
                None,
                "Downloading 3 crates, remaining bytes: 1.2MB".to_string()
            ))
        );
        for line in [
            "   Compiling serde v1.0.0",
            " Downloading crates ...",
            "Building [x] 1/2: y",
            "Building [=>",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
