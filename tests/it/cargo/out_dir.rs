//! A build script runs as in a new build, even if earlier builds left files behind.

use indoc::{formatdoc, indoc};

use super::{build, cargo_toml, project, run};
use test_support::project::Project;

/// A program that prints the file that its build script writes, and a word from its own source.
fn bits(script: &str) -> Project {
    let main = indoc! {r#"
        fn main() {
            println!("{} WORD", include_str!(concat!(env!("OUT_DIR"), "/made.txt")));
        }
    "#};
    project("bits")
        .file("Cargo.toml", cargo_toml("bits", ""))
        .file("src/main.rs", main.replace("WORD", "first"))
        .file("text/a.txt", "a")
        .file(
            "build.rs",
            formatdoc!(
                r#"
            use std::{{env, fs, path::PathBuf}};

            fn main() {{
                let out = PathBuf::from(env::var_os("OUT_DIR").unwrap());
                {script}
            }}
        "#
            ),
        )
        .lock()
}

/// Lines of a build script that create a directory, which must not exist before, and count the
/// entries of `OUT_DIR`.
const STRICT: &str = indoc! {r#"
    fs::create_dir(out.join("parts")).unwrap();
        let count = fs::read_dir(&out).unwrap().count();
        fs::write(out.join("made.txt"), count.to_string()).unwrap();"#};

#[track_caller]
fn prints(project: &Project) -> String {
    let (archive, _) = build(project, &[]).package();
    run(&archive, "bin/bits")
}

#[test]
fn a_script_that_watches_its_package_finds_its_folder_empty() {
    let project = bits(STRICT);
    assert_eq!(prints(&project), "1 first");
    let main = fs_err::read_to_string(project.dir().join("src/main.rs")).expect("the file exists");
    project.write("src/main.rs", main.replace("first", "second"));
    assert_eq!(prints(&project), "1 second");
    // In a new work directory, the script has no reason to run again, but it may run.
    fs_err::remove_dir_all(project.dir().join(".pixi/bld"))
        .expect("the build created the directory");
    assert_eq!(prints(&project), "1 second");
}

#[test]
fn a_script_that_watches_files_finds_its_folder_empty_when_they_change() {
    let project = bits(&format!(
        "println!(\"cargo::rerun-if-changed=text\");\n    {STRICT}"
    ));
    assert_eq!(prints(&project), "1 first");
    project.write("text/b.txt", "b");
    assert_eq!(prints(&project), "1 first");
    // Cargo compiles a modified script again, and runs it.
    let script = fs_err::read_to_string(project.dir().join("build.rs")).expect("the file exists");
    project.write("build.rs", format!("{script}// changed\n"));
    assert_eq!(prints(&project), "1 first");
}

#[test]
fn a_script_that_failed_is_not_hindered_by_what_it_left() {
    let project = bits(&format!(
        "{STRICT}\n    if !PathBuf::from(\"text/ready\").exists() {{ panic!(\"not yet\"); }}"
    ));
    let failure = build(&project, &[]).failure();
    assert!(failure.contains("not yet"), "{failure}");
    project.write("text/ready", "");
    assert_eq!(prints(&project), "1 first");
}

#[test]
fn the_folder_lies_below_one_that_is_called_target() {
    let script = indoc! {r#"
            let target = out.ancestors().find(|folder| folder.ends_with("target")).unwrap();
                let profile = out.ancestors().nth(3).unwrap();
                assert_eq!(profile.parent(), Some(target));
                fs::write(out.join("made.txt"), profile.file_name().unwrap().to_str().unwrap()).unwrap();"#};
    assert_eq!(prints(&bits(script)), "release first");
}

/// A program whose build script links the crate `words`, and reads a value from the build script
/// of the crate `native`.
fn with_dependencies() -> Project {
    let more = indoc! {r#"
        [dependencies]
        native = { path = "native" }
        [build-dependencies]
        words = { path = "words" }
    "#};
    let part = |name: &str, more: &str| {
        formatdoc!(
            r#"
            [package]
            name = "{name}"
            version = "1.0.0"
            edition = "2024"
            {more}"#
        )
    };
    bits(&formatdoc!(r#"
            println!("cargo::rerun-if-changed=text");
                {STRICT}
                let told = env::var("DEP_NATIVE_SAID").unwrap();
                fs::write(out.join("made.txt"), format!("{{count}} {{}} {{told}}", words::word())).unwrap();"#
    ))
    .file("Cargo.toml", cargo_toml("bits", more))
    .file("words/Cargo.toml", part("words", ""))
    .file("words/src/lib.rs", "pub fn word() -> &'static str { \"one\" }\n")
    .file("native/Cargo.toml", part("native", "links = \"native\"\n"))
    .file("native/src/lib.rs", "")
    .file("native/said", "hello")
    .file(
        "native/build.rs",
        indoc! {r#"
            fn main() {
                println!("cargo::rerun-if-changed=said");
                println!("cargo::metadata=SAID={}", std::fs::read_to_string("said").unwrap());
            }
        "#},
    )
    .lock()
}

#[test]
fn a_script_that_dependencies_change_finds_its_folder_empty() {
    let project = with_dependencies();
    assert_eq!(prints(&project), "1 one hello first");
    let word = |word: &str| format!("pub fn word() -> &'static str {{ \"{word}\" }}\n");
    project.write("words/src/lib.rs", word("two"));
    assert_eq!(prints(&project), "1 two hello first");
    project.write("native/said", "bye");
    assert_eq!(prints(&project), "1 two bye first");
}
