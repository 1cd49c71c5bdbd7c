//! The machine that runs a build has no effect on the recipe and the package.

use std::collections::BTreeMap;
use std::path::Path;

use indoc::{formatdoc, indoc};

use test_support::archive::Archive;
use test_support::build::Build;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::requests::{Initialize, Outputs};
use test_support::toolchain;

/// Variables that Cargo, compilers, shells or rattler-build read.
const TELLING: [(&str, &str); 34] = [
    ("AR", "/no/such/ar"),
    ("BASH_ENV", "/no/such/file"),
    ("CARGO", "/no/such/cargo"),
    ("CARGO_BUILD_RUSTFLAGS", "--cfg leaked"),
    ("CARGO_BUILD_TARGET", "no-such-target"),
    ("CARGO_BUILD_TARGET_DIR", "/no/such/target"),
    ("CARGO_ENCODED_RUSTFLAGS", "--cfg\u{1f}leaked"),
    ("CARGO_HOME", "/no/such/cargo-home"),
    ("CARGO_INCREMENTAL", "1"),
    ("CARGO_NET_OFFLINE", "true"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "2"),
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
    ("CARGO_TARGET_DIR", "/no/such/target"),
    ("CC", "/no/such/cc"),
    ("CFLAGS", "-DLEAKED"),
    ("CONDA_BUILD", "1"),
    ("CONDA_PREFIX", "/no/such/prefix"),
    ("CONDA_SHLVL", "3"),
    ("HOME", "/no/such/home"),
    ("LANG", "tr_TR.UTF-8"),
    ("LC_ALL", "tr_TR.UTF-8"),
    ("LDFLAGS", "-lleaked"),
    ("LD_RUN_PATH", "/no/such/lib"),
    ("MAKEFLAGS", "-j99"),
    ("PKG_CONFIG_PATH", "/no/such/pkgconfig"),
    ("PREFIX", "/no/such/prefix"),
    ("RUSTC", "/no/such/rustc"),
    ("RUSTC_WRAPPER", "/no/such/wrapper"),
    ("RUSTDOCFLAGS", "--cfg leaked"),
    ("RUSTFLAGS", "--cfg leaked"),
    ("RUSTUP_TOOLCHAIN", "no-such-toolchain"),
    ("SRC_DIR", "/no/such/source"),
    ("TZ", "Pacific/Kiritimati"),
    ("XDG_CONFIG_HOME", "/no/such/config"),
];

/// Two hundred variables: `TELLING`, and random variables with similar names.
fn polluted() -> BTreeMap<String, String> {
    let mut variables: BTreeMap<String, String> = TELLING
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect();
    let families = [
        "CARGO_",
        "RUST",
        "CONDA_",
        "PIXI_",
        "npm_config_",
        "",
        "CMAKE_",
        "PKG_",
    ];
    // A fixed seed gives the same variables in every run.
    let mut state: u64 = 1;
    while variables.len() < 200 {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        let family = families[usize::try_from(state >> 61).expect("three bits")];
        let name = format!("{family}X{:X}", state >> 32);
        variables.insert(name, format!("$(touch leaked) {state} \"'`\\"));
    }
    variables
}

/// A crate that prints the settings of its compilation.
fn talkative() -> Project {
    Project::hello()
        .file(
            "src/main.rs",
            indoc! {r#"
                fn main() {
                    println!("{:?}", (cfg!(leaked), option_env!("LANG"), option_env!("TZ"), env!("SEEN")));
                }
            "#},
        )
        // The program contains every variable of its build script, except paths.
        .file(
            "build.rs",
            r#"fn main() {
                let mut seen: Vec<String> = std::env::vars()
                    .filter(|(_, value)| !value.contains('/'))
                    .map(|(name, value)| format!("{name}={value}"))
                    .collect();
                seen.sort();
                println!("cargo::rustc-env=SEEN={}", seen.join("\u{1f}").replace('\n', " "));
                println!("cargo::rustc-check-cfg=cfg(leaked)");
            }"#,
        )
}

/// Builds from scratch and returns the bytes of the package.
fn bytes(project: &Project, variables: &BTreeMap<String, String>) -> Vec<u8> {
    fs_err::remove_dir_all(project.dir().join(".pixi")).expect("own folder");
    fs_err::create_dir_all(project.dir().join(".pixi/scratch-v0")).expect("own folder");
    let mut pixi = Pixi::start_with(|command| {
        command.env_clear();
        command.env("PATH", std::env::var_os("PATH").expect("there is one"));
        command.env("SOURCE_DATE_EPOCH", "1700000000");
        command.envs(variables);
    });
    pixi.initialize(&Initialize::of(project).package("hello", "0.3.1"));
    let archive = pixi.package(project, toolchain::channel(), "hello");
    fs_err::read(archive.path()).expect("it was just opened")
}

#[test]
fn two_hundred_variables_change_nothing() {
    let project = talkative();
    let bare = bytes(&project, &BTreeMap::new());
    let polluted = polluted();
    assert_eq!(polluted.len(), 200);
    let other = bytes(&project, &polluted);
    assert_eq!(bare.len(), other.len());
    assert!(bare == other, "the environment is in the package");
}

/// Builds the crate in a directory whose parent has a configuration of Cargo.
fn below_configuration() -> (Project, Archive, Vec<String>) {
    let configuration = |name: &str| format!("[env]\n{name} = \"applies\"\n");
    let project = Project::called("home/ws").with_hello().file(
        "src/main.rs",
        indoc! {r#"
            fn main() {
                println!("{:?}", (option_env!("OWN"), option_env!("ABOVE"), option_env!("OF_THE_USER")));
            }
        "#},
    );
    let project = project
        .file(".cargo/config.toml", configuration("OWN"))
        .file("../.cargo/config.toml", configuration("ABOVE"))
        .file("../user/config.toml", configuration("OF_THE_USER"));
    let user = project.dir().with_file_name("user");
    let mut pixi = Pixi::start_with(|command| {
        command.env("CARGO_HOME", &user);
    });
    pixi.initialize(&Initialize::of(&project).package("hello", "0.3.1"));
    let work = project.build_work("hello");
    let outputs = pixi.outputs(&Outputs::new(&work).channel(toolchain::channel()));
    let build = Build::prepare(&outputs[0], &work, toolchain::channel());
    let answer = pixi.build(&build).expect("the crate compiles");
    let archive = Archive::open(answer["output_file"].as_str().expect("checked"));
    let said = pixi.stderr();
    (project, archive, said)
}

#[test]
fn cargo_is_configured_by_the_project_alone() {
    let (project, archive, said) = below_configuration();
    let mut hello = std::process::Command::new(archive.root().join("bin/hello"));
    let shown = test_support::prefix::output(&mut hello);
    assert_eq!(shown, "(Some(\"applies\"), None, None)");

    let above = project.dir().parent().expect("it is not the root");
    for file in [
        above.join(".cargo/config.toml"),
        above.join("user/config.toml"),
    ] {
        let notes = said.iter().filter(|line| names(line, &file)).count();
        assert_eq!(notes, 1, "{} in {said:#?}", file.display());
    }
}

fn names(line: &str, file: &Path) -> bool {
    line.contains(&format!("{} is not part of the project", file.display()))
}

#[test]
fn cargo_is_configured_by_the_folder_of_the_crate_before_it_is_built_too() {
    let checksum = "0".repeat(64);
    let registry = "registry+https://github.com/rust-lang/crates.io-index";
    let project = Project::new()
        .file(
            "pixi.toml",
            indoc! {r#"
                [workspace]
                channels = []
                platforms = ["linux-64"]
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
                not-in-any-registry = "1.0.0"
            "#},
        )
        .file(
            "tool/src/main.rs",
            indoc! {"
                fn main() {
                    not_in_any_registry::say();
                }
            "},
        )
        .file(
            "tool/Cargo.lock",
            formatdoc!(
                r#"
                    version = 4

                    [[package]]
                    name = "not-in-any-registry"
                    version = "1.0.0"
                    source = "{registry}"
                    checksum = "{checksum}"

                    [[package]]
                    name = "tool"
                    version = "1.0.0"
                    dependencies = [
                     "not-in-any-registry",
                    ]
                "#
            ),
        )
        .file(
            "tool/.cargo/config.toml",
            indoc! {r#"
                [source.crates-io]
                replace-with = "vendored"

                [source.vendored]
                directory = "vendor"
            "#},
        )
        .file(
            "tool/vendor/not-in-any-registry/Cargo.toml",
            indoc! {r#"
                [package]
                name = "not-in-any-registry"
                version = "1.0.0"
                edition = "2024"
            "#},
        )
        .file(
            "tool/vendor/not-in-any-registry/.cargo-checksum.json",
            format!("{{\"files\":{{}},\"package\":\"{checksum}\"}}"),
        )
        .file(
            "tool/vendor/not-in-any-registry/src/lib.rs",
            indoc! {r#"
                pub fn say() {
                    println!("vendored");
                }
            "#},
        )
        .file(
            "tool/pixi.toml",
            "[package.build.backend]\nname = \"pixi-build-rust\"\n",
        );
    let mut pixi = Pixi::start();
    pixi.initialize(&Initialize::member(&project, "tool"));
    let archive = pixi.package(&project, toolchain::channel(), "tool");
    let mut tool = std::process::Command::new(archive.root().join("bin/tool"));
    assert_eq!(test_support::prefix::output(&mut tool), "vendored");
}
