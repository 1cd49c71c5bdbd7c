//! The same source makes the same package in any directory and at any time.

use std::path::Path;
use std::time::{Duration, SystemTime};

use indoc::{formatdoc, indoc};
use serde_json::{Value, json};

use test_support::archive::Archive;
use test_support::build::Build;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::requests::{Initialize, Outputs};
use test_support::toolchain;

/// A program that contains the paths of its sources: its own, those of a crate beside it and of
/// a crate from the registry, generated ones, and C.
fn revealing(folder: &str) -> Project {
    Project::called(folder)
        .file(
            "Cargo.toml",
            indoc! {r#"
                [workspace]
                members = ["tool", "near"]
                resolver = "3"
            "#},
        )
        .file(
            "tool/Cargo.toml",
            indoc! {r#"
                [package]
                name = "tool"
                version = "1.0.0"
                edition = "2024"

                [dependencies]
                bytes = "1"
                near = { path = "../near" }

                [build-dependencies]
                cc = "1"
            "#},
        )
        .file(
            "tool/build.rs",
            r#"fn main() {
                let made = std::env::var("OUT_DIR").unwrap() + "/made.rs";
                std::fs::write(made, "pub fn made() -> &'static str { file!() }").unwrap();
                cc::Build::new().file("place.c").compile("place");
            }"#,
        )
        .file(
            "tool/place.c",
            "const char *place(void) { return __FILE__; }\n",
        )
        .file(
            "tool/src/main.rs",
            r#"include!(concat!(env!("OUT_DIR"), "/made.rs"));
            unsafe extern "C" {
                fn place() -> *const std::ffi::c_char;
            }
            fn main() {
                let place = unsafe { std::ffi::CStr::from_ptr(place()) };
                println!("{} {} {} {place:?}", file!(), made(), near::near());
                let outside = std::env::args().count() + 5;
                std::panic::set_hook(Box::new(|panic| println!("{}", panic.location().unwrap())));
                bytes::Bytes::from_static(b"four").slice(outside..);
            }"#,
        )
        .file(
            "near/Cargo.toml",
            indoc! {r#"
                [package]
                name = "near"
                version = "1.0.0"
                edition = "2024"
            "#},
        )
        .file(
            "near/src/lib.rs",
            indoc! {"
                pub fn near() -> &'static str {
                    file!()
                }
            "},
        )
        .file(
            "tool/pixi.toml",
            "[package.build.backend]\nname = \"pixi-build-rust\"\n",
        )
        .lock()
}

/// Builds in `work` as if the sources had been checked out `age` days ago.
fn build(project: &Project, work: &Path, age: u64) -> Archive {
    build_with(project, work, age, json!({}))
}

fn build_with(project: &Project, work: &Path, age: u64, configuration: Value) -> Archive {
    let then = SystemTime::now() - Duration::from_secs(age * 24 * 60 * 60);
    for file in [
        "tool/src/main.rs",
        "tool/build.rs",
        "near/src/lib.rs",
        "tool/pixi.toml",
    ] {
        if let Ok(file) = std::fs::File::open(project.dir().join(file)) {
            file.set_modified(then).expect("own file");
        }
    }
    let mut pixi = Pixi::start_with(|command| {
        command.env("SOURCE_DATE_EPOCH", "1700000000");
    });
    pixi.initialize(&Initialize::member(project, "tool").configuration(configuration));
    let outputs = pixi.outputs(&Outputs::new(work).channel(toolchain::channel()));
    let build = Build::prepare(&outputs[0], work, toolchain::channel());
    let answer = pixi.build(&build).unwrap_or_else(|error| {
        panic!("build failed: {error:#}\n{}", pixi.stderr().join("\n"));
    });
    Archive::open(answer["output_file"].as_str().expect("checked"))
}

/// The files of the archive with `text` in the path or the content.
fn found(archive: &Archive, text: &str) -> Vec<String> {
    let names = [archive.files(), archive.info_files()].concat();
    let holds = |name: &&String| {
        let bytes = archive.read(name);
        name.contains(text)
            || bytes
                .windows(text.len())
                .any(|bytes| bytes == text.as_bytes())
    };
    names.iter().filter(holds).cloned().collect()
}

/// Asserts that the archive contains no directory of the project or of its caches.
fn no_path_of(project: &Project, archive: &Archive) {
    let base = project.cache().parent().expect("it lies in a folder");
    let found = found(archive, base.to_str().expect("text"));
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn folders_and_days_leave_no_trace() {
    let short = revealing("ws");
    let long = revealing("a/workspace/with/a/much/longer/path");
    let first = build(&short, &short.dir().join(".pixi/b"), 0);
    let second = build(&long, &long.build_work("tool-with-a-longer-name"), 400);

    let mut tool = std::process::Command::new(first.root().join("bin/tool"));
    let shown = tool.output().expect("it can be run").stdout;
    println!("{}", String::from_utf8_lossy(&shown));
    for (project, archive) in [(&short, &first), (&long, &second)] {
        no_path_of(project, archive);
    }
    let bytes = |archive: &Archive| fs_err::read(archive.path()).expect("it was opened");
    assert!(bytes(&first) == bytes(&second), "the packages differ");
}

/// Whether the flag `chosen` was set for the compilation of a program.
const CHOSEN: &str =
    "pub const CHOSEN: &str = if cfg!(chosen) { \"chosen flags\" } else { \"\" };\n";

/// The flags are in every place from which Cargo reads flags, even if Cargo ignores some of
/// them in this build.
#[test]
fn folders_leave_no_trace_beside_flags_of_the_project() {
    let target = "target.x86_64-unknown-linux-gnu.rustflags";
    let files = [
        (
            "a list for every target",
            "[target.'cfg(all())']\nrustflags = ['--cfg', 'chosen']\n",
        ),
        (
            "a text for one target",
            "[target.x86_64-unknown-linux-gnu]\nrustflags = '--cfg chosen'\n",
        ),
        (
            "a list for every build",
            indoc! {"
                [build]
                rustflags = ['--cfg', 'chosen']
                [target.'cfg(windows)']
                rustflags = ['--cfg', 'other']
            "},
        ),
        (
            "a text for every build",
            "[build]\nrustflags = '--cfg chosen'\n",
        ),
    ];
    let from_file = files.map(|(name, text)| (name, text, json!({})));
    let from_options = [
        ("a variable", json!({"env": {"RUSTFLAGS": "--cfg chosen"}})),
        (
            "a variable of the target",
            json!({"env": {"CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS": "--cfg chosen"}}),
        ),
        (
            "an encoded variable",
            json!({"env": {"CARGO_ENCODED_RUSTFLAGS": "--cfg\u{1f}chosen"}}),
        ),
        (
            "an argument",
            json!({"extra-args": ["--config", format!("{target}=['--cfg', 'chosen']")]}),
        ),
    ]
    .map(|(name, options)| (name, "", options));
    for (name, text, options) in from_file.into_iter().chain(from_options) {
        let project = revealing("ws").file(".cargo/config.toml", text);
        let main = fs_err::read_to_string(project.dir().join("tool/src/main.rs"));
        let main = main
            .expect("it was written")
            .replace("fn main() {", "fn main() {\n    println!(\"{}\", CHOSEN);");
        project.write("tool/src/main.rs", format!("{main}\n{CHOSEN}"));
        let archive = build_with(&project, &project.build_work("tool"), 0, options);
        println!("{name}");
        assert_ne!(
            found(&archive, "chosen flags"),
            Vec::<String>::new(),
            "{name}"
        );
        no_path_of(&project, &archive);
    }
}

/// Debug information contains the directory of a crate, whichever setting enables it.
#[test]
fn debug_information_leaves_no_trace_either() {
    let manifest = indoc! {r#"
        [workspace]
        members = ["tool"]
        resolver = "3"
    "#};
    let in_manifest = formatdoc!(
        "
        {manifest}
        [profile.release]
        debug = 1
    "
    );
    let ways = [
        ("a profile", in_manifest.as_str(), json!({})),
        ("an argument", manifest, json!({"extra-args": ["--debug"]})),
        (
            "a variable",
            manifest,
            json!({"env": {"CARGO_PROFILE_RELEASE_DEBUG": "full"}}),
        ),
    ];
    for (name, manifest, options) in ways {
        let project = Project::called("ws")
            .file("Cargo.toml", manifest)
            .file(
                "tool/Cargo.toml",
                indoc! {r#"
                    [package]
                    name = "tool"
                    version = "1.0.0"
                    edition = "2024"

                    [dependencies]
                    bytes = "1"
                "#},
            )
            .file(
                "tool/src/main.rs",
                indoc! {r#"
                    fn main() {
                        println!("{:?}", bytes::Bytes::from_static(b"four"));
                    }
                "#},
            )
            .file(
                "tool/pixi.toml",
                "[package.build.backend]\nname = \"pixi-build-rust\"\n",
            )
            .lock();
        let archive = build_with(&project, &project.build_work("tool"), 0, options);
        assert_ne!(
            found(&archive, "tool/src/main.rs"),
            Vec::<String>::new(),
            "{name}"
        );
        println!("{name}");
        no_path_of(&project, &archive);
    }
}

/// The compilers of an environment have their own flags, and many build scripts pass absolute
/// paths of C files.
#[test]
fn c_leaves_no_trace_either() {
    let project = revealing("ws");
    let script = fs_err::read_to_string(project.dir().join("tool/build.rs"));
    let whole = "file(std::env::var(\"CARGO_MANIFEST_DIR\").unwrap() + \"/place.c\")";
    let script = script
        .expect("it was written")
        .replace("file(\"place.c\")", whole);
    project.write("tool/build.rs", script);
    let options = json!({"env": {"CFLAGS": "-O1 -g"}});
    let archive = build_with(&project, &project.build_work("tool"), 0, options);
    assert_ne!(
        found(&archive, "/project/tool/place.c"),
        Vec::<String>::new()
    );
    no_path_of(&project, &archive);
}

/// The packages of this repository have separate pixi workspaces.
#[test]
fn crates_outside_of_the_workspace_leave_no_trace() {
    let manifest = |name: &str| {
        formatdoc!(
            r#"
            [package]
            name = "{name}"
            version = "1.0.0"
            edition = "2024"

        "#
        )
    };
    let project = Project::new()
        .file("near/Cargo.toml", manifest("near"))
        .file(
            "near/src/lib.rs",
            indoc! {"
                pub fn near() -> &'static str {
                    file!()
                }
            "},
        )
        .file(
            "tool/Cargo.toml",
            manifest("tool") + "[dependencies]\nnear = { path = \"../near\" }\n",
        )
        .file(
            "tool/src/main.rs",
            indoc! {r#"
                fn main() {
                    println!("{}", near::near());
                }
            "#},
        )
        .file(
            "tool/pixi.toml",
            "[package.build.backend]\nname = \"pixi-build-rust\"\n",
        )
        .lock_in("tool");
    let mut pixi = Pixi::start();
    pixi.initialize(
        &Initialize::member(&project, "tool")
            .set("workspaceDirectory", json!(project.dir().join("tool"))),
    );
    let archive = pixi.package(&project, toolchain::channel(), "tool");
    assert_ne!(found(&archive, "/near/src/lib.rs"), Vec::<String>::new());
    no_path_of(&project, &archive);
}

#[test]
fn folders_with_blanks_leave_no_trace() {
    let project = revealing("my own/work space");
    let archive = build(&project, &project.build_work("tool"), 0);
    no_path_of(&project, &archive);
}
