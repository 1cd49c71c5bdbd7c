//! Compilations in one directory are reused in another.

use indoc::{formatdoc, indoc};
use serde_json::json;

use super::{build, build_with, tool};
use test_support::channel::Channel;
use test_support::machine::machine;
use test_support::packages::{Package, placeholder};
use test_support::prefix::output;
use test_support::project::Project;
use test_support::redis::Redis;
use test_support::requests::Initialize;
use test_support::toolchain::{self, Extra};

/// A workspace whose compilations are difficult to share: it has generated code, a macro that
/// reads files, and a library that contains its own path.
fn part() -> Project {
    tool()
        .file(
            "Cargo.toml",
            indoc! {r#"
                [package]
                name = "tool"
                version = "1.0.0"
                edition = "2024"
                license = "MIT"

                [workspace]
                members = ["part", "macros"]

                [dependencies]
                part = { path = "part" }
            "#},
        )
        .file(
            "macros/Cargo.toml",
            indoc! {r#"
                [package]
                name = "macros"
                version = "1.0.0"
                edition = "2024"

                [lib]
                proc-macro = true
            "#},
        )
        // Like macros for templates, it does not tell the compiler which files it reads.
        .file(
            "macros/src/lib.rs",
            indoc! {r#"
                #[proc_macro]
                pub fn notes(_: proc_macro::TokenStream) -> proc_macro::TokenStream {
                    let folder = std::env::var("CARGO_MANIFEST_DIR").unwrap();
                    let notes = std::fs::read_to_string(folder + "/notes.txt").unwrap();
                    format!("{:?}", notes.trim()).parse().unwrap()
                }
            "#},
        )
        .file(
            "part/Cargo.toml",
            indoc! {r#"
                [package]
                name = "part"
                version = "1.0.0"
                edition = "2024"

                [dependencies]
                macros = { path = "../macros" }
            "#},
        )
        .file(
            "part/build.rs",
            indoc! {r#"
                fn main() {
                    let out = std::env::var("OUT_DIR").unwrap();
                    std::fs::write(out + "/generated.rs", "const NUMBER: u32 = 7;\n").unwrap();
                }
            "#},
        )
        .file("part/notes.txt", "first\n")
        .file(
            "part/src/lib.rs",
            indoc! {r#"
                include!(concat!(env!("OUT_DIR"), "/generated.rs"));
                pub fn text() -> String {
                    format!("{} {NUMBER} {}", macros::notes!(), file!())
                }
            "#},
        )
        .lock()
}

/// The same workspace with crates from the registry, one of which compiles C.
fn rich() -> Project {
    let project = part();
    let manifest = fs_err::read_to_string(project.dir().join("Cargo.toml")).expect("it is there");
    project
        .file(
            "Cargo.toml",
            manifest + "itoa = \"1\"\nlibz-sys = { version = \"1\", features = [\"static\"] }\n",
        )
        .file(
            "src/main.rs",
            indoc! {r#"
                fn main() {
                    let zlib = unsafe { libz_sys::zlibCompileFlags() };
                    println!("{} {}", part::text(), itoa::Buffer::new().format(zlib));
                }
            "#},
        )
        .lock()
}

/// Checkouts of one repository, which share a lock file. If each one were locked separately,
/// the versions could differ, because Cargo prefers downloaded versions when it is offline.
fn checkouts<const N: usize>(project: fn() -> Project) -> [Project; N] {
    let projects = std::array::from_fn(|_| project());
    let [first, others @ ..] = projects.as_slice() else {
        return projects;
    };
    let lock = fs_err::read(first.dir().join("Cargo.lock")).expect("the project is locked");
    for other in others {
        other.write("Cargo.lock", &lock);
    }
    projects
}

fn said(done: &super::Done) -> String {
    output(&mut std::process::Command::new(
        done.archive().root().join("bin/tool"),
    ))
}

fn channel() -> Option<Channel> {
    toolchain::channel_or_skip(&[Extra::Sccache])
}

#[test]
fn another_checkout_of_another_user_compiles_next_to_nothing() {
    let (Some(channel), Some(redis)) = (channel(), Redis::start_or_skip(None)) else {
        return;
    };
    // The downloads of Cargo are in different directories too.
    let [one, other] = checkouts(rich);
    let url = redis.url();
    let user = [("SCCACHE_REDIS_ENDPOINT", url.as_str())];
    // With these flags, the backend adds a flag that maps the paths of the checkout.
    let options = json!({"CFLAGS": "-O1"});
    let first = build(&one, &channel, &user, options.clone());
    let (hits, misses) = first.hits_and_misses();
    assert!(hits == 0 && misses > 10, "{}", first.log);
    assert!(first.log.contains("cannot be cached: "), "{}", first.log);
    assert!(redis.stored_results() >= misses as usize, "{}", first.log);

    let second = build(&other, &channel, &user, options);
    let (hits, misses) = second.hits_and_misses();
    assert!(hits * 10 >= (hits + misses) * 9, "{}", second.log);
    assert!(hits > 10, "{}", second.log);
    let programs = [&first, &second].map(|done| done.archive().read("bin/tool"));
    assert!(
        programs[0] == programs[1],
        indoc! {"
            the programs differ:
            {}
            {}"},
        first.log,
        second.log
    );
}

#[test]
fn what_the_second_checkout_reads_is_its_own() {
    let Some(channel) = channel() else { return };
    let [one, other] = [part(), part()];
    let cache = one.cache().join("common").display().to_string();
    let user = [("SCCACHE_DIR", cache.as_str())];
    build(&one, &channel, &user, json!({})).archive();
    let second = build(&other, &channel, &user, json!({}));
    assert_eq!(second.hits_and_misses(), (1, 0), "{}", second.log);
    let answer = second.answer.expect("it was built");
    let elsewhere = one.dir().parent().expect("a temporary folder");
    let inputs = answer["input_glob_sets"].to_string();
    assert!(
        !inputs.contains(&elsewhere.display().to_string()),
        "{inputs}"
    );
    assert!(inputs.contains("part"), "{inputs}");

    // Cargo compiles a modified file even in a checkout in which it compiled nothing.
    other.write(
        "part/src/lib.rs",
        indoc! {"
        pub fn text() -> u8 {
            5
        }
    "},
    );
    let third = build(&other, &channel, &user, json!({}));
    assert_eq!(said(&third), "5");
}

#[test]
fn what_a_macro_reads_without_saying_so_counts() {
    let Some(channel) = channel() else { return };
    let [one, other] = [part(), part()];
    other.write("part/notes.txt", "second\n");
    let cache = one.cache().join("common").display().to_string();
    let user = [("SCCACHE_DIR", cache.as_str())];
    let first = build(&one, &channel, &user, json!({}));
    assert_eq!(said(&first), "first 7 part/src/lib.rs");
    let second = build(&other, &channel, &user, json!({}));
    assert_eq!(second.hits_and_misses(), (0, 1), "{}", second.log);
    assert_eq!(said(&second), "second 7 part/src/lib.rs");
}

#[test]
fn a_program_that_names_its_folder_names_its_own() {
    let Some(channel) = channel() else { return };
    let naming = || {
        tool().file(
            "part/src/lib.rs",
            indoc! {r#"
                pub fn text() -> String {
                    env!("CARGO_MANIFEST_DIR").to_string()
                }
            "#},
        )
    };
    let [one, other] = [naming(), naming()];
    let cache = one.cache().join("common").display().to_string();
    let user = [("SCCACHE_DIR", cache.as_str())];
    for project in [one, other] {
        let done = build(&project, &channel, &user, json!({}));
        let part = project.dir().join("part").display().to_string();
        assert_eq!(said(&done), part);
    }
}

#[test]
fn a_user_has_one_cache_for_all_work_directories() {
    let Some(channel) = channel() else { return };
    let project = tool();
    let first = build(&project, &channel, &[], json!({}));
    assert_eq!(first.hits_and_misses(), (0, 1), "{}", first.log);
    let cache = project.cache().join("pixi-build-rust/sccache");
    assert!(cache.is_dir(), "{}", cache.display());
    fs_err::remove_dir_all(&first.work).expect("own folder");
    let shared = project.dir().join(".pixi/scratch-v0");
    fs_err::remove_dir_all(shared).expect("own folder");
    let second = build(&project, &channel, &[], json!({}));
    assert_eq!(second.hits_and_misses(), (1, 0), "{}", second.log);
}

#[test]
fn without_the_cache_what_it_has_compiled_stays_fresh() {
    let Some(channel) = channel() else { return };
    let project = tool();
    build(&project, &channel, &[], json!({})).archive();
    let again = build_with(&project, &channel, &[], json!({"compiler-cache": "none"}));
    assert!(!again.log.contains("Compiling part"), "{}", again.log);
    assert!(!again.log.contains("compiler cache"), "{}", again.log);
    again.archive();
}

/// A project whose output depends on the C compiler, but on nothing that sccache hashes.
fn signed() -> Project {
    tool()
        .file(
            "part/Cargo.toml",
            indoc! {r#"
                [package]
                name = "part"
                version = "1.0.0"
                edition = "2024"

                [build-dependencies]
                cc = "1"
            "#},
        )
        .file(
            "part/build.rs",
            indoc! {r#"
                fn main() {
                    cc::Build::new().file("answer.c").compile("answer");
                }
            "#},
        )
        .file(
            "part/answer.c",
            "int answer(void) { char one = -1; return one; }\n",
        )
        .file(
            "part/src/lib.rs",
            indoc! {r#"
                unsafe extern "C" {
                    fn answer() -> i32;
                }
                pub fn text() -> String {
                    unsafe { answer() }.to_string()
                }
            "#},
        )
        .lock()
}

#[test]
fn a_c_compiler_is_known_by_its_packages_and_not_by_its_folder() {
    let Some(with_sccache) = channel() else {
        return;
    };
    let projects: [Project; 3] = checkouts(signed);
    let cache = projects[0].cache().join("common").display().to_string();
    let user = [("SCCACHE_DIR", cache.as_str())];
    let built = |project: &Project, option: &str| {
        let mut channel = Channel::new(project.cache().join("channel"));
        channel.include(&with_sccache);
        let root = placeholder();
        let script = formatdoc!(
            r#"
            #!/bin/sh
            # installed in {root}
            exec cc {option} "$@"
        "#
        );
        channel.add(Package::new("oddcc", "1.0").executable("bin/oddcc", script));
        let mut pixi = super::start(&user);
        let variable = format!("CC_{}", machine().triple.replace('-', "_"));
        let configuration = json!({
            "compiler-cache": "sccache", "env": {variable: "$BUILD_PREFIX/bin/oddcc"},
        });
        let initialize = Initialize::of(project).configuration(configuration);
        let initialize = initialize.dependency("buildDependencies", "oddcc", "*");
        pixi.initialize(&initialize.package("tool", "1.0.0"));
        let archive = pixi.package(project, &channel, "tool");
        let log = project.build_work("tool").join("debug/build.log");
        let log = fs_err::read_to_string(log).expect("the log was written");
        let program = archive.root().join("bin/tool");
        (output(&mut std::process::Command::new(program)), log)
    };
    let (first, log) = built(&projects[0], "-fsigned-char");
    assert_eq!(first, "-1", "{log}");
    let (second, log) = built(&projects[1], "-fsigned-char");
    assert_eq!(second, "-1", "{log}");
    assert!(log.contains(" 0 misses"), "{log}");
    let (third, log) = built(&projects[2], "-funsigned-char");
    assert_eq!(third, "255", "{log}");
}
