//! Mojo projects: programs and libraries, through the protocol and by hand.

mod builds;
pub mod compiler;
mod errors;
mod inputs;
mod plans;

use indoc::formatdoc;

use test_support::project::Project;

/// A program that says hello.
const MAIN: &str = "def main():\n    print(\"hello from mojo\")\n";

/// A library with one function.
const GREET: &str = "def hello() -> String:\n    return \"hello\"\n";

fn project() -> Project {
    Project::of("pixi-build-mojo")
}

/// The tables that make this backend build a package.
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
