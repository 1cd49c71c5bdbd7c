//! The programs and libraries that follow from the configuration and the files.

use std::process::Command;

use indoc::indoc;
use serde_json::{Value, json};

use super::{GREET, MAIN, backend, project};
use test_support::manifest;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::requests::{Initialize, Outputs};

/// A project with these files and this configuration. The name of its package is
/// `test-project`.
fn with(files: &[&str], config: &str) -> Project {
    let package = indoc! {r#"
        [package]
        name = "test-project"
        version = "0.1.0"
    "#};
    let project = project().file("pixi.toml", format!("{package}{}", backend(config)));
    files.iter().fold(project, |project, path| {
        if path.ends_with("__init__.mojo") {
            project.file(path, GREET)
        } else {
            project.file(path, MAIN)
        }
    })
}

/// Returns the programs and libraries that are built, or the message of the first error.
fn outcome(files: &[&str], config: &str) -> String {
    let project = with(files, config);
    let mut pixi = Pixi::of(&project);
    let message = |error: Value| {
        let related = error["data"]["related"][0]["message"].as_str();
        let message = related.or(error["data"]["message"].as_str());
        let message = message.expect("errors have a message");
        let message = message.replace(project.dir().to_str().expect("the path is UTF-8"), "/ws");
        format!(
            "error: {}",
            message.trim_start_matches("failed to parse configuration: ")
        )
    };
    if let Err(error) = pixi.try_initialize(&manifest::initialize(&project)) {
        return message(error);
    }
    let params = Outputs::new(&project.metadata_work("test-project")).params();
    match pixi.request("conda/outputs", params) {
        Err(error) => message(error),
        Ok(_) => commands(&project).join(", "),
    }
}

fn recipe(project: &Project) -> String {
    let output = Command::new(assert_cmd::cargo::cargo_bin("pixi-build-mojo"))
        .arg("recipe")
        .current_dir(project.dir())
        .output()
        .expect("the executable can be run");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("recipes are text")
}

/// Returns `library NAME <- PATH` or `program NAME <- PATH` for each command of the compiler.
fn commands(project: &Project) -> Vec<String> {
    let recipe = recipe(project);
    let described = |line: &str| {
        let line = line.strip_suffix("; popd >/dev/null").unwrap_or(line);
        if line.contains(" mojo build ") {
            let (before, after) = line.split_once(" -o ")?;
            let (path, name) = (before.rsplit(' ').next()?, after.rsplit('/').next()?);
            return Some(format!("program {} <- {path}", name.trim_end_matches('"')));
        }
        let (_, command) = line.split_once("; mojo precompile ")?;
        let (before, after) = command.split_once(" -o ")?;
        let (path, file) = (before.rsplit(' ').next()?, after.rsplit('/').next()?);
        Some(format!(
            "library {} <- {path}",
            file.trim_end_matches(".mojoc\"")
        ))
    };
    recipe.lines().filter_map(described).collect()
}

#[test]
fn files_and_configuration_decide_what_is_built() {
    let main = "main.mojo";
    let own = "test_project/__init__.mojo";
    let src = "src/__init__.mojo";
    let rows: [(&[&str], &str, &str); 27] = [
        (
            &[],
            "",
            "error: found neither main.mojo nor a directory with __init__.mojo in /ws",
        ),
        (&[main], "", "program test_project <- main.mojo"),
        (&[own], "", "library test_project <- test_project"),
        // The compiler reads `src` through a link with the name of the library.
        (&[src], "", "library test_project <- test_project"),
        (&[own, src], "", "library test_project <- test_project"),
        (&[main, own], "", "program test_project <- main.mojo"),
        (
            &[main, own],
            "bins = []",
            "library test_project <- test_project",
        ),
        (&[main], "bins = [{}]", "program test_project <- main.mojo"),
        (
            &[main, own],
            "bins = [{}]",
            "program test_project <- main.mojo",
        ),
        (
            &[main, own],
            "pkg = {}",
            "library test_project <- test_project",
        ),
        (
            &[main, own],
            "bins = [{}]\npkg = {}",
            "library test_project <- test_project, program test_project <- main.mojo",
        ),
        (&[], "bins = [{}]", "error: there is no file `main.mojo`"),
        (
            &["a.mojo", "b.mojo"],
            "bins = [{ name = \"a\", path = \"a.mojo\" }, { path = \"b.mojo\" }]",
            "error: entry 2 of `bins` has no `name`",
        ),
        (
            &["a.mojo"],
            "bins = [{ name = \"a\", path = \"a.mojo\" }, { name = \"b\" }]",
            "error: entry 2 of `bins` `b` has no `path`",
        ),
        (
            &["a.mojo"],
            "bins = [{ name = \"a\", path = \"a.mojo\" }, { name = \"a\", path = \"a.mojo\" }]",
            "error: two entries of `bins` are called `a`",
        ),
        (
            &[],
            "pkg = {}",
            "error: found neither `test_project/__init__.mojo` nor `src/__init__.mojo`",
        ),
        (
            &[main, "mylib/__init__.mojo"],
            "pkg = { name = \"lib\", path = \"mylib\", extra-args = [\"-I\", \".\"] }\n\
             bins = [{ name = \"example\", path = \"./main.mojo\", extra-args = [\"-I\", \".\"] }]",
            "library lib <- lib, program example <- main.mojo",
        ),
        (
            &[own],
            "pkg = { name = \"my-lib\" }",
            "error: `my-lib` is not a name that can be imported",
        ),
        (
            &["src/foobar/__init__.mojo"],
            "pkg = { name = \"foobar\", path = \"src/foobar\" }",
            "library foobar <- src/foobar",
        ),
        (
            &[main],
            "bin = [{}]",
            "error: unknown field `bin`, pixi-build-mojo has no such option",
        ),
        (
            &[main],
            "bins = [{ extra_args = [] }]",
            "error: `extra_args` is not an option of `bins`",
        ),
        (
            &[own],
            "pkg = { extra-args = [\"-D\", \"X=1\"] }",
            "error: `mojo precompile` does not have the option `-D`",
        ),
        (
            &[main],
            "bins = [{ path = \"test_project\" }]",
            "error: there is no file `test_project`",
        ),
        (
            &[own],
            "bins = [{ path = \"test_project\" }]",
            "error: `test_project` is a directory",
        ),
        (
            &["lib/x.mojo"],
            "pkg = { path = \"lib\" }",
            "error: the directory `lib` has no `__init__.mojo`",
        ),
        (
            &[own, "more/__init__.mojo"],
            "pkgs = [{ name = \"a\", path = \"test_project\" }, { name = \"more\", path = \"more\" }]",
            "library a <- a, library more <- more",
        ),
        (
            &[own],
            "pkg = {}\npkgs = [{ name = \"a\", path = \"test_project\" }]",
            "error: `pkg` and `pkgs` are both set",
        ),
    ];
    for (files, config, expected) in rows {
        assert_eq!(outcome(files, config), expected, "{files:?} with {config}");
    }
}

#[test]
fn targets_replace_programs_and_merge_the_library() {
    let config = indoc! {r#"
        pkg = { name = "n", path = "p" }
        bins = [{ name = "a", path = "a.mojo" }, { name = "b", path = "b.mojo" }]
        [package.build.target.unix.config]
        pkg = { path = "q" }
        bins = [{ name = "a", path = "x.mojo" }]
    "#};
    let files = [
        "a.mojo",
        "b.mojo",
        "x.mojo",
        "p/__init__.mojo",
        "q/__init__.mojo",
    ];
    assert_eq!(
        outcome(&files, config),
        "library n <- n, program a <- x.mojo"
    );
}

/// Returns the build, host and run dependencies of the package in one line.
fn needed(config: &str, tables: &str) -> String {
    let project = with(&["test_project/__init__.mojo"], config);
    let text =
        fs_err::read_to_string(project.dir().join("pixi.toml")).expect("the test owns the file");
    project.write("pixi.toml", format!("{text}\n{tables}"));
    let mut pixi = Pixi::of(&project);
    pixi.initialize(&manifest::initialize(&project));
    let outputs = pixi.outputs(&Outputs::new(&project.metadata_work("test-project")));
    let names = |table: &str| {
        let depends = outputs[0][table]["depends"].as_array();
        let depends = depends.into_iter().flatten().map(|dependency| {
            let name = dependency["name"]
                .as_str()
                .expect("dependencies have names");
            let version = &dependency["binary"]["version"];
            match (version.as_str(), dependency.get("pinCompatible")) {
                (_, Some(pin)) if pin["exact"] == true => format!("{name} as built"),
                (Some(version), _) => format!("{name} {version}"),
                _ => name.to_string(),
            }
        });
        depends.collect::<Vec<_>>().join(", ")
    };
    format!(
        "build: {} | host: {} | run: {}",
        names("buildDependencies"),
        names("hostDependencies"),
        names("runDependencies")
    )
}

#[test]
fn the_compiler_is_added_and_pinned_unless_the_user_says_otherwise() {
    let build = |spec: &str| format!("[package.build-dependencies]\n{spec}\n");
    let rows = [
        (
            "",
            String::new(),
            "build: mojo-compiler | host:  | run: mojo-compiler as built",
        ),
        (
            "",
            build("mojo-compiler = \"==1.2.0\""),
            "build: mojo-compiler ==1.2.0 | host:  | run: mojo-compiler ==1.2.0",
        ),
        // 1.2.0.1 satisfies this requirement too, so only the environment has the version.
        (
            "",
            build("mojo-compiler = \"=1.2.0\""),
            "build: mojo-compiler 1.2.0.* | host:  | run: mojo-compiler as built",
        ),
        (
            "",
            build("mojo = \"==1.2.0\""),
            "build: mojo ==1.2.0 | host:  | run: mojo-compiler as built",
        ),
        (
            "",
            "[package.run-dependencies]\nmojo-compiler = \">=1,<2\"\n".to_string(),
            "build: mojo-compiler >=1,<2 | host:  | run: mojo-compiler >=1,<2",
        ),
        (
            "",
            "[package.run-dependencies]\nmojo = \"==1.0.0\"\n".to_string(),
            "build: mojo ==1.0.0 | host:  | run: mojo ==1.0.0, mojo-compiler as built",
        ),
        (
            "compiler-pin = \"none\"",
            String::new(),
            "build: mojo-compiler | host:  | run: ",
        ),
        (
            "compilers = [\"mojo\", \"c\"]",
            String::new(),
            "build: gcc_linux-64, mojo-compiler | host:  | run: mojo-compiler as built",
        ),
    ];
    for (config, tables, expected) in rows {
        assert_eq!(needed(config, &tables), expected, "{config} {tables}");
    }
}

#[test]
fn commands_carry_what_is_configured() {
    let command = |config: &str| {
        let recipe = recipe(&with(&["main.mojo"], config));
        let mut lines = recipe.lines();
        let line = lines
            .find(|line| line.contains(" mojo build "))
            .expect("the recipe runs the compiler");
        let (_, command) = line
            .split_once("; ")
            .expect("the command runs in the source directory");
        command
            .split(" -strip")
            .next()
            .expect("a split has a first part")
            .to_string()
            + command
                .split(" -j")
                .nth(1)
                .map_or("", |rest| rest.split(" -I").next().unwrap_or(""))
    };
    let rest = " \"${PIXI_BUILD_MOJO_JOBS}\"";
    for (config, expected) in [
        (
            "target-cpu = \"x86-64-v3\"",
            "mojo build --target-cpu x86-64-v3",
        ),
        ("target-cpu = \"native\"", "mojo build"),
        (
            "bins = [{ extra-args = [\"--mcpu\", \"x\"] }]",
            "mojo build",
        ),
    ] {
        assert_eq!(command(config), format!("{expected}{rest}"), "{config}");
    }
    let defined = recipe(&with(
        &["main.mojo"],
        "define = { A = true, B = \"x y\", C = 3, D = false }",
    ));
    assert!(
        defined.contains("-D A -D 'B=x y' -D 'C=3' -j")
            || defined.contains("-D A -D 'B=x y' -D C=3 -j"),
        "{defined}"
    );
    let variables = recipe(&with(
        &["main.mojo"],
        "env = { GREETING = \"it's $PREFIX\" }",
    ));
    assert!(
        variables.contains("export GREETING='it'\\''s '\"${PREFIX}\""),
        "{variables}"
    );
}

#[test]
fn a_platform_without_a_compiler_is_described_and_not_built() {
    let project = with(&["main.mojo"], "");
    let mut pixi = Pixi::of(&project);
    pixi.initialize(&Initialize::of(&project).package("test-project", "0.1.0"));
    let params = Outputs::new(&project.metadata_work("test-project")).host_platform("win-64");
    let outputs = pixi.outputs(&params);
    assert_eq!(outputs[0]["metadata"]["subdir"], json!("win-64"));
}
