//! What the user sees while a build runs: rattler-build's own steps and the
//! lines of the build, on stderr.

use indicatif::MultiProgress;
use rattler_build_core::console_utils::LoggingOutputHandler;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

/// Sends events to stderr, above the progress bars of `progress`.
///
/// `RUST_LOG` overrides `level`.
pub fn init(level: LevelFilter, progress: MultiProgress) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| {
        let ours = [
            "rattler_build_core",
            "rattler_build_script",
            "pixi_build_backends",
        ];
        let others = level.min(LevelFilter::WARN);
        let directives = ours.map(|target| format!("{target}={level}"));
        EnvFilter::new(format!("{others},{}", directives.join(",")))
    });
    tracing_subscriber::registry()
        .with(filter)
        .with(LoggingOutputHandler::default().with_multi_progress(progress))
        .init();
}
