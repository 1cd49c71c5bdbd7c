//! Packages for a platform that is not the one of the machine. Programs that run during the
//! build are compiled for the machine, and the packaged files for the other platform.

use std::process::Command;

use indoc::indoc;

use super::{build, cargo_toml, project};

const TRIPLE: &str = "aarch64-unknown-linux-gnu";

/// Whether this machine can link for the other platform. The linker comes from a distribution,
/// and the standard library from rustup. The gate installs neither of them.
fn can_link() -> bool {
    let linker = Command::new("aarch64-linux-gnu-gcc")
        .arg("--version")
        .output();
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output();
    let library = sysroot.is_ok_and(|sysroot| {
        let sysroot = String::from_utf8_lossy(&sysroot.stdout).trim().to_owned();
        std::path::Path::new(&sysroot)
            .join("lib/rustlib")
            .join(TRIPLE)
            .is_dir()
    });
    let can = cfg!(target_arch = "x86_64") && linker.is_ok() && library;
    if !can {
        eprintln!(
            "skipped: this machine does not have a linker and the standard library for {TRIPLE}"
        );
    }
    can
}

#[test]
fn a_missing_standard_library_of_this_machine_comes_from_rustup() {
    // No machine has the standard library of this platform.
    let project = project("app")
        .file("Cargo.toml", cargo_toml("app", ""))
        .file("src/main.rs", "fn main() {}\n")
        .lock();
    let error = build(&project, &["--target-platform", "linux-s390x"]).failure();
    assert!(error.starts_with("build::missing_target"), "{error}");
    let help = "`rustup target add s390x-unknown-linux-gnu`";
    assert!(error.contains(help), "{error}");
}

#[test]
fn build_scripts_and_macros_run_here_and_the_program_there() {
    if !can_link() {
        return;
    }
    let macros = indoc! {r#"
        use proc_macro::TokenStream;
        #[proc_macro]
        pub fn made(_: TokenStream) -> TokenStream {
            format!("{:?}", std::env::consts::ARCH).parse().unwrap()
        }
    "#};
    let script = indoc! {r#"
        fn main() {
            let out = std::env::var("OUT_DIR").unwrap();
            std::fs::write(format!("{out}/app.fish"), std::env::consts::ARCH).unwrap();
            println!("cargo::rustc-env=MADE_FOR={}", std::env::var("TARGET").unwrap());
        }
    "#};
    let project = project("app")
        .pixi_toml(indoc! {r#"
                [package]
                name = "app"
                [package.build.backend]
                name = "pixi-build-rust"
                version = "*"
                [package.build.config]
                version-check = true
                man-pages = ["app.1"]
                completions.app = { files = ["$OUT_DIR/app.fish"] }
                completions.run = { program = "app", args = ["{shell}"] }
                rustflags = ["--cfg=packed"]
                [package.build.target.linux-aarch64.config]
                env.CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER = "aarch64-linux-gnu-gcc"
            "#})
        .file(
            "Cargo.toml",
            cargo_toml(
                "app",
                indoc! {r#"
                [dependencies]
                macros = { path = "macros" }
                [lints.rust]
                unexpected_cfgs = "allow"
            "#},
            ),
        )
        .file(
            "macros/Cargo.toml",
            cargo_toml("macros", "[lib]\nproc-macro = true\n"),
        )
        .file("macros/src/lib.rs", macros)
        .file("build.rs", script)
        .file("app.1", ".TH APP 1\n")
        .file(
            "src/main.rs",
            indoc! {r#"
                fn main() {
                    println!("{} {} {}", macros::made!(), env!("MADE_FOR"), cfg!(packed));
                }
            "#},
        )
        .lock();
    let (archive, warnings) = build(&project, &["--target-platform", "linux-aarch64"]).package();
    assert_eq!(archive.index()["subdir"], "linux-aarch64");
    assert_eq!(
        archive.files(),
        [
            "bin/app",
            "share/fish/vendor_completions.d/app.fish",
            "share/man/man1/app.1"
        ]
    );
    assert_eq!(
        archive.text("share/fish/vendor_completions.d/app.fish"),
        "x86_64"
    );
    assert!(
        warnings.contains("cannot run on this machine"),
        "{warnings}"
    );
    let program = archive.read("bin/app");
    // The field `e_machine` in the header of an ELF file: 183 is AArch64.
    assert_eq!(program[18..20], [183, 0]);
    let folder = tempfile::tempdir().expect("a temporary directory can be created");
    let path = folder.path().join("app");
    fs_err::write(&path, program).expect("the test owns the directory");
    let mut emulator = Command::new("qemu-aarch64");
    emulator.args(["-L", "/usr/aarch64-linux-gnu"]).arg(&path);
    make_executable(&path);
    match emulator.output() {
        Err(_) => eprintln!("not run: this machine does not have qemu-aarch64"),
        Ok(ended) => {
            let printed = String::from_utf8_lossy(&ended.stdout).into_owned();
            assert_eq!(printed, format!("x86_64 {TRIPLE} true\n"));
        }
    }
}

fn make_executable(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::Permissions::from_mode(0o755);
    fs_err::set_permissions(path, mode).expect("the test owns the file");
}
