//! A build compiles the current state of the project, even if Cargo does not notice the change.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::{Duration, SystemTime};

use indoc::indoc;
use serde_json::{Value, json};

use test_support::pixi::Pixi;
use test_support::prefix::output;
use test_support::project::Project;
use test_support::requests::Initialize;
use test_support::toolchain::channel;

/// A program that prints the settings of its compilation. Its build script names `build.rs` as
/// its only dependency, and no variable.
fn talkative() -> Project {
    let manifest = indoc! {r#"
        [package]
        name = "hello"
        version = "0.3.1"
        edition = "2024"
        [features]
        loud = []
    "#};
    let script = indoc! {r#"
        fn main() {
            println!("cargo::rerun-if-changed=build.rs");
            let word = std::env::var("WORD").unwrap_or_default();
            println!("cargo::rustc-env=SCRIPT={word}");
        }
    "#};
    let main = indoc! {r#"
        fn main() {
            let word = option_env!("WORD").unwrap_or_default();
            let flags = (cfg!(feature = "loud"), cfg!(debug_assertions));
            println!("{word} {} {flags:?}", env!("SCRIPT"));
        }
    "#};
    Project::new()
        .file("Cargo.toml", manifest)
        .file("build.rs", script)
        .file("src/main.rs", main)
        .pixi_toml(indoc! {r#"
            [package]
            name = "hello"
            version = "0.3.1"
        "#})
        .lock()
}

/// Builds with a configuration and returns the output of the program.
fn built(project: &Project, configuration: Value) -> String {
    let mut pixi = Pixi::start();
    let initialize = Initialize::of(project).package("hello", "0.3.1");
    pixi.initialize(&initialize.configuration(configuration));
    let archive = pixi.package(project, channel(), "hello");
    let program = archive.root().join("bin/hello");
    let executable = PermissionsExt::from_mode(0o755);
    fs_err::set_permissions(&program, executable).expect("own file");
    output(&mut Command::new(program))
}

#[test]
fn a_changed_variable_reaches_scripts_and_code() {
    let project = talkative();
    let word = |word: &str| json!({"env": {"WORD": word}});
    assert_eq!(built(&project, word("one")), "one one (false, false)");
    assert_eq!(built(&project, word("two")), "two two (false, false)");
    assert_eq!(built(&project, json!({})), "  (false, false)");
    assert_eq!(built(&project, word("one")), "one one (false, false)");
}

#[test]
fn a_changed_variable_of_cargos_configuration_does_too() {
    let project = talkative();
    for word in ["one", "two"] {
        let configuration = format!("[env]\nWORD = \"{word}\"\n");
        project.write(".cargo/config.toml", configuration);
        let expected = format!("{word} {word} (false, false)");
        assert_eq!(built(&project, json!({})), expected);
    }
    for word in ["three", "four"] {
        let setting = format!("env.WORD='{word}'");
        let said = built(&project, json!({"extra-args": ["--config", setting]}));
        assert_eq!(said, format!("{word} {word} (false, false)"));
    }
    // The backend finds the file although cargo runs in another directory.
    for word in ["five", "six"] {
        project.write("ci/cargo.toml", format!("[env]\nWORD = \"{word}\"\n"));
        let said = built(
            &project,
            json!({"extra-args": ["--config", "ci/cargo.toml"]}),
        );
        assert_eq!(said, format!("{word} {word} (false, false)"));
    }
}

#[test]
fn changed_arguments_do() {
    let project = talkative();
    let args = |args: &[&str]| json!({"extra-args": args});
    assert_eq!(built(&project, args(&[])), "  (false, false)");
    assert_eq!(
        built(&project, args(&["--features", "loud"])),
        "  (true, false)"
    );
    assert_eq!(
        built(&project, args(&["--profile", "dev"])),
        "  (false, true)"
    );
    assert_eq!(built(&project, args(&[])), "  (false, false)");
}

#[test]
fn a_file_that_got_older_is_compiled() {
    let project = talkative();
    let path = project.dir().join("src/main.rs");
    let old = fs_err::read_to_string(&path).expect("it exists");
    assert_eq!(built(&project, json!({})), "  (false, false)");
    // `cp -p`, `mv` and archives also restore an older time.
    project.write("src/main.rs", old.replace("println!(\"", "println!(\"old"));
    let yesterday = SystemTime::now() - Duration::from_secs(86_400);
    let file = fs_err::OpenOptions::new().write(true).open(&path);
    let file = file.expect("it exists").into_parts().0;
    file.set_modified(yesterday).expect("own file");
    assert_eq!(built(&project, json!({})), "old  (false, false)");
}
