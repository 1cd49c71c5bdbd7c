//! The progress of ninja, in its own units.

use crate::backend::Progress;

/// Reads `[12/345] Building CXX object a.o`.
pub(super) fn read(line: &str) -> Option<Progress> {
    let line = console::strip_ansi_codes(line);
    let (count, now) = line.trim().strip_prefix('[')?.split_once("] ")?;
    let (done, total) = count.split_once('/')?;
    Some(Progress {
        units: Some((done.parse().ok()?, total.parse().ok()?)),
        now: now.trim().to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ninjas_count_is_read_and_its_other_lines_are_not() {
        let read = |line| read(line).map(|progress| (progress.units, progress.now));
        assert_eq!(
            read("[12/345] Building CXX object CMakeFiles/a.dir/a.cpp.o"),
            Some((
                Some((12, 345)),
                "Building CXX object CMakeFiles/a.dir/a.cpp.o".to_string()
            ))
        );
        for line in [
            "[100%] Built target a",
            "-- Configuring done",
            "[1/2]",
            "FAILED: a.o",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
