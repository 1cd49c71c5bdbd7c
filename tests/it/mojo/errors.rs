//! Errors, as the user sees them.

use indoc::{formatdoc, indoc};
use rattler_conda_types::Subdir;

use super::compiler::{channel, real_or_skip};
use super::{GREET, MAIN, backend, project};
use test_support::build::Build;
use test_support::channel::Channel;
use test_support::cli_command::CliCommand;
use test_support::machine::machine;
use test_support::manifest;
use test_support::packages::Package;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::render_error::render_error;
use test_support::requests::Outputs;

/// The package `app` with this configuration.
fn app(config: &str) -> Project {
    let package = indoc! {r#"
        [package]
        name = "app"
        version = "0.1.0"
    "#};
    project().file("pixi.toml", format!("{package}{}", backend(config)))
}

/// Returns the error of a build with a channel, as the user sees it.
fn error(project: &Project, channel: &Channel) -> String {
    let mut pixi = Pixi::of(project);
    if let Err(error) = pixi.try_initialize(&manifest::initialize(project)) {
        return render_error(project, &error);
    }
    let work = project.build_work("app");
    let params = Outputs::new(&work).channel(channel).params();
    let outputs = match pixi.request("conda/outputs", params) {
        Ok(answer) => answer["outputs"].clone(),
        Err(error) => return render_error(project, &error),
    };
    let build = Build::prepare(&outputs[0], &work, channel);
    let error = pixi.build(&build).expect_err("the project has an error");
    render_error(project, &error)
}

#[test]
fn nothing_to_build() {
    let project = app("")
        .file("examples/hello.mojo", MAIN)
        .file("lib/greet/__init__.mojo", GREET)
        .file("lib/main.mojo", MAIN)
        .file("tests/test_greet.mojo", MAIN);
    insta::assert_snapshot!(error(&project, &channel()));
}

#[test]
fn paths_that_do_not_exist() {
    let project = app("bins = [{ path = \"mian.mojo\" }]\npkg = { path = \"lib\" }\n")
        .file("main.mojo", MAIN)
        .file("lib/words.mojo", GREET);
    insta::assert_snapshot!(error(&project, &channel()));
}

#[test]
fn paths_in_the_tables_of_targets() {
    let project = app(indoc! {r#"
            pkg = { path = "lib" }
            [package.build.config.targets.unix]
            bins = [{ path = "mian.mojo" }]
            [package.build.config.targets.win]
            bins = [{ path = "niam.mojo" }]
        "#})
    .file("main.mojo", MAIN);
    insta::assert_snapshot!(error(&project, &channel()));
}

#[test]
fn names_that_come_from_the_package() {
    let error = |name: &str, config: &str| {
        let package = format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\n");
        let project = project()
            .file("src/__init__.mojo", GREET)
            .file("main.mojo", MAIN)
            .file("b.mojo", MAIN)
            .file("pixi.toml", format!("{package}{}", backend(config)));
        error(&project, &channel())
    };
    insta::assert_snapshot!(error("3d-engine", "pkg = {}\n"), @r#"
    mojo::wrong_name

      × the library cannot be imported under the name of the package, `3d_engine`
       ╭─[/ws/pixi.toml:8:7]
     7 │ [package.build.config]
     8 │ pkg = {}
       ·       ─┬
       ·        ╰── here
       ╰────
      help: write another name into `[package.build.config]`, as in `pkg = { name
            = "engine" }`; it has letters, digits and `_`, and no digit at the
            start
    "#);
    insta::assert_snapshot!(
        error("my-app", "bins = [{}, { path = \"b.mojo\", name = \"my_app\" }]\n"),
        @r#"
    mojo::wrong_name

      × two entries of `bins` are called `my_app`
       ╭─[/ws/pixi.toml:8:39]
     7 │ [package.build.config]
     8 │ bins = [{}, { path = "b.mojo", name = "my_app" }]
       ·                                       ────┬───
       ·                                           ╰── here
       ╰────
      help: the first entry has the name of the package, because it has no `name`;
            choose another name for one of them
    "#
    );
}

#[test]
fn several_wrong_types() {
    let project = app(indoc! {r#"
            bins = [{ name = "a/b", extra_args = [] }, { path = "b.mojo" }]
            pkg = { name = "my-lib", extra-args = ["-O0"] }
            target-cpu = ""
        "#});
    insta::assert_snapshot!(error(&project, &channel()));
}

#[test]
fn an_error_in_the_code_has_a_place() {
    if real_or_skip().is_none() {
        return;
    }
    let project = app("")
        .file("src/__init__.mojo", "from app.words import hello\n")
        .file(
            "src/words.mojo",
            "def hello() -> String:\n    return helo\n",
        );
    insta::assert_snapshot!(error(&project, &channel()));
}

#[test]
fn an_import_that_does_not_exist() {
    if real_or_skip().is_none() {
        return;
    }
    let project = app("").file(
        "main.mojo",
        indoc! {"
        import jason

        def main():
            print(1)
    "},
    );
    insta::assert_snapshot!(error(&project, &channel()));
}

#[cfg(unix)]
#[test]
fn an_import_of_a_module_that_is_elsewhere() {
    if real_or_skip().is_none() {
        return;
    }
    let words = "[package]\nname = \"some-words\"\nversion = \"0.1.0\"\n";
    let help = |module: &str, tables: &str| {
        let project = project()
            .file("pixi.toml", "[workspace]\nchannels = []\nplatforms = []\n")
            .file(
                "app/main.mojo",
                format!("import {module}\n\ndef main():\n    pass\n"),
            )
            .file("app/vendor/greet/__init__.mojo", GREET)
            .file("common/shared.mojo", "")
            .file(
                "words/pixi.toml",
                format!("{words}{}", backend("pkg = { name = \"words\" }")),
            )
            .file("words/words/__init__.mojo", GREET);
        let package = "[package]\nname = \"app\"\nversion = \"0.1.0\"\n";
        project.write("app/pixi.toml", format!("{package}{}{tables}", backend("")));
        let link = project.dir().join("app/broken.mojo");
        fs_err::os::unix::fs::symlink("words.mojo", link).expect("the test owns the directory");
        let build = CliCommand::build(&project, "app").channel(&channel());
        let (_, error) = build.error();
        let (_, help) = error.split_once("help: ").expect("the error has a help");
        let words: Vec<&str> = help.split_whitespace().collect();
        let words = words.join(" ").replace("- ", "-");
        let log = words
            .find(" the whole log")
            .expect("the error names the log");
        words[..log].to_string()
    };
    insta::assert_snapshot!(help("broken", ""), @"/ws/app/broken.mojo is a link to words.mojo, which does not exist: repair or remove the link");
    insta::assert_snapshot!(help("collections", ""), @"it is a module of the standard library: write `std.collections` instead of `collections`");
    let host = "[package.host-dependencies]\nsome-words = { path = \"../words\" }\n";
    insta::assert_snapshot!(help("word", host), @"did you mean `words`?");
    let run = "[package.run-dependencies]\nbase = \"*\"\n";
    insta::assert_snapshot!(help("greet", ""), @r#"it is in `vendor`: write `import-paths = ["vendor"]` into `[package.build.config]`"#);
    insta::assert_snapshot!(help("shared", ""), @r#"it is in `../common`: write `import-paths = ["../common"]` into `[package.build.config]`"#);
    insta::assert_snapshot!(help("words", ""), @r#"add `some-words = { path = "../words" }` to `[package.host-dependencies]`, because that package has the module"#);
    insta::assert_snapshot!(help("base", run), @"add `base` to `[package.host-dependencies]`, because the compiler does not see `[package.run-dependencies]`");
}

/// The library `greet`, precompiled by Mojo 1.1.0.
const PRECOMPILED: &[u8] = include_bytes!("mojo-1.1.0/greet.mojoc");

#[test]
fn a_library_of_another_compiler_names_both_versions() {
    if real_or_skip().is_none() {
        return;
    }
    let project = project()
        .file(
            "main.mojo",
            indoc! {"
                from greet import hello

                def main():
                    print(hello())
            "},
        )
        .file(
            "pixi.toml",
            formatdoc!(
                r#"
                    [package]
                    name = "app"
                    version = "0.1.0"
                    {}[package.host-dependencies]
                    greet = "*"
                "#,
                backend("")
            ),
        );
    let folder = tempfile::tempdir().expect("a temporary directory can be created");
    let mut channel = Channel::new(folder.path().join("channel"));
    channel.include(&self::channel());
    channel.add(Package::new("greet", "0.1.0").file("lib/mojo/greet.mojoc", PRECOMPILED));
    insta::assert_snapshot!(error(&project, &channel));
}

#[test]
fn a_library_that_brings_another_compiler() {
    let package = "[package]\nname = \"app\"\nversion = \"0.1.0\"\n";
    let host = "[package.host-dependencies]\nsalute = \"*\"\n";
    let project = project()
        .file("main.mojo", MAIN)
        .file("pixi.toml", format!("{package}{}{host}", backend("")));
    let folder = tempfile::tempdir().expect("a temporary directory can be created");
    let mut channel = Channel::new(folder.path().join("channel"));
    channel.include(&self::channel());
    channel.add(Package::new("mojo-compiler", "1.1.0"));
    channel.add(
        Package::new("salute", "0.1.0")
            .depends(["mojo-compiler ==1.1.0"])
            .file("lib/mojo/salute.mojoc", PRECOMPILED),
    );
    let (_, error) = CliCommand::build(&project, "").channel(&channel).error();
    insta::assert_snapshot!(error, @r#"
    mojo::two_compilers

      × the build environment has Mojo 1.2.0, but the host environment has the
      │ libraries of Mojo 1.1.0, which `salute` depends on
      help: build with that compiler: write `mojo-compiler = "==1.1.0"` into
            `[package.build-dependencies]`, or use libraries that Mojo 1.2.0
            compiled
    "#);
}

#[test]
fn a_library_of_a_compiler_before_the_first_release() {
    let package = "[package]\nname = \"app\"\nversion = \"0.1.0\"\n";
    let host = "[package.host-dependencies]\nsalute = \"*\"\n";
    let project = project()
        .file("main.mojo", format!("import salute\n{MAIN}"))
        .file("pixi.toml", format!("{package}{}{host}", backend("")));
    let folder = tempfile::tempdir().expect("a temporary directory can be created");
    let mut channel = Channel::new(folder.path().join("channel"));
    channel.include(&self::channel());
    channel.add(Package::new("salute", "0.1.0").file("lib/mojo/salute.mojopkg", PRECOMPILED));
    let (_, error) = CliCommand::build(&project, "").channel(&channel).error();
    insta::assert_snapshot!(error, @"
    mojo::other_format

      × Mojo 1.2.0 does not read `lib/mojo/salute.mojopkg`, which contains the
      │ library `salute` of the package `salute`
      help: use a version of `salute` that was compiled by Mojo 1.2.0, or write
            the version of `mojo-compiler` that compiled it into `[package.build-
            dependencies]`
    ");
}

#[test]
fn a_file_with_main_in_a_library() {
    if real_or_skip().is_none() {
        return;
    }
    let project = app("")
        .file("app/__init__.mojo", GREET)
        .file("app/tests/test_app.mojo", MAIN);
    insta::assert_snapshot!(error(&project, &channel()));
}

#[test]
fn a_program_without_main() {
    let project = app("").file("main.mojo", GREET);
    insta::assert_snapshot!(error(&project, &channel()));
}

#[test]
fn a_test_of_a_suite_that_fails() {
    if real_or_skip().is_none() {
        return;
    }
    let test = indoc! {r#"
        from std.testing import assert_equal, TestSuite

        def test_sum() raises:
            assert_equal(1 + 1, 3)

        def test_product() raises:
            assert_equal(2 * 2, 4)

        def main() raises:
            TestSuite.discover_tests[__functions_in_module()]().run()
    "#};
    let project = app("tests = [\"test/test_*.mojo\"]\n")
        .file("main.mojo", MAIN)
        .file("test/test_sums.mojo", test);
    insta::assert_snapshot!(error(&project, &channel()));
}

#[test]
fn a_test_that_crashes() {
    if real_or_skip().is_none() {
        return;
    }
    let test = |test: &str, config: &str| {
        let project = app(&format!("tests = [\"test\"]\n{config}"))
            .file("main.mojo", MAIN)
            .file("test/test_a.mojo", MAIN)
            .file("test/test_b.mojo", test);
        error(&project, &channel())
    };
    let out_of_bounds = indoc! {"
        def main():
            var numbers = List[Int]()
            print(numbers[3])
    "};
    insta::assert_snapshot!(test(out_of_bounds, ""), @"
    mojo::test_crashed

      × `mojo run` failed with exit code 1: the test `test/test_b.mojo` crashed
      │   At: test/test_b.mojo:3:18: Assert Error: index 3 is out of bounds, valid
      │ range is 0 to -1
      help: the whole log is in /ws/.pixi/bld/app/kSOLZ0CokNw/debug/build.log
    ");
    // What a processor does with an instruction that it does not have.
    let illegal = indoc! {r#"
        from std.sys._assembly import inlined_assembly

        def main():
            inlined_assembly["ud2", NoneType, constraints=""]()
    "#};
    if machine().subdir == Subdir::Linux64 {
        let cpu = "target-cpu = \"x86-64-v2\"\n";
        insta::assert_snapshot!(test(illegal, cpu), @r#"
        mojo::test_crashed

          × `mojo run` failed with exit code 1: the test `test/test_b.mojo` crashed
          help: the processor of this machine may lack instructions of `target-cpu =
                "x86-64-v2"`, for which tests are compiled too; leave it out, or build
                on a machine that has them
                the whole log is in /ws/.pixi/bld/app/kSOLZ0CokNw/debug/build.log
        "#);
    }
}

#[test]
fn a_processor_of_another_platform() {
    if real_or_skip().is_none() {
        return;
    }
    let project = app("target-cpu = \"x86-64-v9\"\n").file("main.mojo", MAIN);
    insta::assert_snapshot!(error(&project, &channel()), @r#"
    mojo::unknown_processor

      × `mojo build` failed with exit code 1: the compiler does not know the
      │ processor `x86-64-v9`
       ╭─[/ws/pixi.toml:8:14]
     7 │ [package.build.config]
     8 │ target-cpu = "x86-64-v9"
       ·              ─────┬─────
       ·                   ╰── asked for here
       ╰────
      help: write another name; one that only some platforms have belongs into
            their tables, such as `[package.build.target.linux-64.config]`
            the whole log is in /ws/.pixi/bld/app/kSOLZ0CokNw/debug/build.log
    "#);
}
