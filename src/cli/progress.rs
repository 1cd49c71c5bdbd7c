//! The running step and how long it has been running.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// A spinner on a terminal, nothing where nobody would see it move.
pub(super) struct Step(ProgressBar);

impl Step {
    /// Shows `message` with the time since now.
    pub(super) fn start(progress: &MultiProgress, message: String) -> Self {
        let bar = progress.add(ProgressBar::new_spinner());
        let style = ProgressStyle::with_template("{spinner} {msg} [{elapsed}]")
            .expect("the template is valid");
        bar.set_style(style);
        bar.set_message(message);
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(bar)
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
