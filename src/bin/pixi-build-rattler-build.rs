//! `pixi-build-rust` under the name `pixi-build-rattler-build`.

use std::process::ExitCode;

#[path = "../launcher.rs"]
mod launcher;

fn main() -> ExitCode {
    launcher::launch("pixi-build-rattler-build")
}
