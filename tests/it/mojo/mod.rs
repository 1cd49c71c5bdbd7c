//! Mojo projects: programs and libraries, through the protocol and with the command `build`.

mod builds;
pub mod compiler;
mod errors;
mod inputs;
mod plans;
mod warnings;

use indoc::formatdoc;

use test_support::project::Project;

/// A program that prints one line.
const MAIN: &str = "def main():\n    print(\"hello from mojo\")\n";

/// A library with one function.
const GREET: &str = "def hello() -> String:\n    return \"hello\"\n";

fn project() -> Project {
    Project::of("pixi-build-mojo")
}

/// The tables of a manifest that select this backend and configure it.
fn backend(config: &str) -> String {
    formatdoc!(
        r#"
            [package.build.backend]
            name = "pixi-build-mojo"
            version = "*"
            [package.build.config]
            {config}"#
    )
}
