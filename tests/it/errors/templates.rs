//! Templates in `env` that cannot be evaluated.

use indoc::{formatdoc, indoc};

use test_support::manifest::initialize;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::render_error::render_error;
use test_support::requests::Outputs;

/// Returns the error of a configuration when the package is described.
fn mistake(configuration: &str) -> String {
    let project = Project::hello().pixi_toml(&formatdoc!(
        r#"
            [package]
            name = "hello"
            version = "0.1.0"

            [package.build.backend]
            name = "pixi-build-rust"
            version = "*"

            {configuration}"#
    ));
    let mut pixi = Pixi::start();
    pixi.initialize(&initialize(&project));
    let params = Outputs::new(&project.metadata_work("hello")).params();
    let error = pixi.request("conda/outputs", params);
    render_error(&project, &error.expect_err("the template is wrong"))
}

#[test]
fn template_with_an_unknown_name() {
    insta::assert_snapshot!(mistake(indoc! {r#"
            [package.build.config.env]
            GOOD = "${{ target_platform }}"
            BAD = "x-${{ plattform }}"
        "#}));
}

#[test]
fn template_that_does_not_end() {
    insta::assert_snapshot!(mistake(
        "[package.build.config]\nenv = { BAD = \"${{ target_platform\" }\n"
    ));
}

#[test]
fn template_in_the_table_of_a_target() {
    insta::assert_snapshot!(mistake(indoc! {r#"
            [package.build.config.env]
            BAD = "fine"

            [package.build.target.unix.config.env]
            BAD = "${{ PREFIX }}/lib"
        "#}));
}
