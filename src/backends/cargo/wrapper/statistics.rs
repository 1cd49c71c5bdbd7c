//! Summarizes the statistics of sccache.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The response to `--show-stats --stats-format json`.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    stats: Counts,
    #[serde(default)]
    cache_location: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Counts {
    cache_hits: ByLanguage,
    cache_misses: ByLanguage,
    cache_write_errors: u64,
    not_cached: BTreeMap<String, u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ByLanguage {
    counts: BTreeMap<String, u64>,
}

impl ByLanguage {
    fn sum(&self) -> u64 {
        self.counts.values().sum()
    }
}

/// A few lines for the log of the build. `None` if the response cannot be parsed.
pub(super) fn summary(answer: &[u8]) -> Option<Vec<String>> {
    let Answer {
        stats,
        cache_location,
    } = serde_json::from_slice(answer).ok()?;
    let (hits, misses) = (stats.cache_hits.sum(), stats.cache_misses.sum());
    let place = match cache_location.as_str() {
        "" => "the cache",
        place => place,
    };
    let mut lines = vec![format!(
        "compiler cache: {hits} hits, {misses} misses in {place}"
    )];
    let reasons: Vec<String> = stats
        .not_cached
        .iter()
        .map(|(reason, number)| format!("{number} {reason}"))
        .collect();
    if !reasons.is_empty() {
        let reasons = reasons.join(", ");
        lines.push(format!("compiler cache: cannot be cached: {reasons}"));
    }
    if stats.cache_write_errors > 0 {
        let number = stats.cache_write_errors;
        lines.push(format!(
            "warning: the compiler cache could not store {number} results"
        ));
    }
    Some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_summed_up_and_reasons_are_listed() {
        let answer = br#"{"stats": {"compile_requests": 9,
            "cache_hits": {"counts": {"Rust": 3, "C/C++": 2}, "adv_counts": {"rust": 3}},
            "cache_misses": {"counts": {}, "adv_counts": {}},
            "cache_write_errors": 1, "not_cached": {"crate-type": 2, "-": 1}},
            "cache_location": "Local disk: \"/cache\"", "version": "0.19.0"}"#;
        insta::assert_snapshot!(summary(answer).expect("an answer").join("\n"), @r#"
        compiler cache: 5 hits, 0 misses in Local disk: "/cache"
        compiler cache: cannot be cached: 1 -, 2 crate-type
        warning: the compiler cache could not store 1 results
        "#);
    }

    #[test]
    fn what_is_no_answer_says_nothing() {
        assert_eq!(summary(b""), None);
        let empty = summary(br#"{"stats": {}}"#).expect("an answer");
        assert_eq!(empty, ["compiler cache: 0 hits, 0 misses in the cache"]);
    }
}
