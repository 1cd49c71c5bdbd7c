//! The time of a build beside that of plain tools, as benchmarks print it.

use std::time::Duration;

/// The times of the same work, measured one after the other.
#[derive(Debug, Clone, Copy)]
pub struct Comparison {
    /// The time of the backend.
    pub backend: Duration,
    /// The time of the tools alone.
    pub alone: Duration,
}

impl Comparison {
    /// The comparison with the median ratio of `turns`. One turn alone says little on a machine
    /// with other guests, because the time of the same work differs by a tenth there.
    pub fn median(turns: impl IntoIterator<Item = Self>) -> Self {
        let mut turns: Vec<Self> = turns.into_iter().collect();
        turns.sort_by(|a, b| a.ratio().total_cmp(&b.ratio()));
        turns[turns.len() / 2]
    }

    fn ratio(self) -> f64 {
        self.backend.as_secs_f64() / self.alone.as_secs_f64()
    }

    /// Prints the ratio. `alone` names the work of the tools.
    pub fn print_ratio(self, case: &str, alone: &str) {
        println!(
            "{case}: {:.2} s, {:.2} of {alone} ({:.2} s)",
            self.backend.as_secs_f64(),
            self.ratio(),
            self.alone.as_secs_f64(),
        );
    }

    /// Prints the difference, which says more than the ratio where both times are short.
    pub fn print_difference(self, case: &str) {
        println!(
            "{case}: {:.2} s, alone {:.2} s, difference {:.2} s",
            self.backend.as_secs_f64(),
            self.alone.as_secs_f64(),
            self.backend.as_secs_f64() - self.alone.as_secs_f64(),
        );
    }
}
