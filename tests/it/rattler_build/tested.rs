//! `build --test`: the tests in recipes, run with the new packages.

use super::{BACKEND, empty_channel};
use test_support::cli_command::CliCommand;
use test_support::project::Project;

fn project(last: &str) -> Project {
    let recipe = format!(
        r#"recipe: {{name: greetings, version: 1.0.0}}
outputs:
  - package: {{name: greeting}}
    build: {{script: 'mkdir -p $PREFIX/share && echo hello > $PREFIX/share/greeting'}}
    tests:
      - script: [grep -q hello $PREFIX/share/greeting]
      - script: ['grep -q hello <recipe.txt']
        files: {{recipe: [recipe.txt], source: []}}
      - package_contents: {{files: [share/greeting]}}
  - package: {{name: greeter}}
    requirements: {{run: ['${{{{ pin_subpackage("greeting", exact=true) }}}}']}}
    build: {{script: 'mkdir -p $PREFIX/bin && echo "cat $PREFIX/share/greeting" > $PREFIX/bin/greet && chmod +x $PREFIX/bin/greet'}}
    tests:
      - script: {last}
"#
    );
    Project::of(BACKEND)
        .file("recipe.yaml", recipe)
        .file("recipe.txt", "hello\n")
}

#[test]
fn scripts_run_where_the_packages_are_installed() {
    let project = project("[greet | grep hello, test \"$PKG_NAME\" = greeter]");
    let built = CliCommand::build(&project, "")
        .channel(&empty_channel(&project))
        .args(["--test"])
        .packages();
    assert_eq!(built.len(), 2);
}

#[test]
fn a_test_that_fails_fails_the_command() {
    let project = project("[greet | grep bye]");
    let (code, error) = CliCommand::build(&project, "")
        .channel(&empty_channel(&project))
        .args(["--test"])
        .error();
    assert_eq!(code, 1, "{error}");
    assert!(error.contains("package::test_failed"), "{error}");
    assert!(error.contains("a test of greeter-1.0.0-"), "{error}");
}
