//! How the executable that holds all backends and its launchers are linked.

use std::env::var;
use std::path::Path;
use std::process::Command;

const LAUNCHERS: [&str; 4] = ["cmake", "mojo", "python", "rattler-build"];

/// The libraries of glibc that Rust links.
const LIBC: [&str; 6] = ["c", "dl", "m", "pthread", "rt", "util"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // On Linux a session is two processes of this file. When the loader may choose the address,
    // it writes every pointer in the file into memory of each process before `main`: some MiB
    // and a part of the start-up time. Libraries, stack and heap keep their random addresses.
    let is = |key: &str, value: &str| var(key).is_ok_and(|found| found == value);
    let is_glibc = is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu");
    // With this feature, Rust itself links everything statically.
    let features = var("CARGO_CFG_TARGET_FEATURE").unwrap_or_default();
    if is_glibc && !features.split(',').any(|feature| feature == "crt-static") {
        println!("cargo::rustc-link-arg-bin=pixi-build-rust=-no-pie");
        link_launchers();
    }
}

/// Links the launchers without shared libraries, whose loading takes a sixth of their time.
///
/// Where the C library is not installed as archives, at least the unwinder of GCC becomes a part of
/// the launchers; to load it would take a tenth of their time. Rust asks for each library by name,
/// so a linker script of this name leads to the archives.
fn link_launchers() {
    let folder = var("OUT_DIR").expect("Cargo sets `OUT_DIR`");
    let script = |library: &str, archives: &str| {
        let path = Path::new(&folder).join(format!("lib{library}.a"));
        std::fs::write(path, format!("GROUP ( {archives} )\n")).expect("`OUT_DIR` can be written");
    };
    let mut arguments = vec![format!("-L{folder}"), "-no-pie".to_owned()];
    script("gcc_s", "libgcc_eh.a");
    if let Some(archives) = static_libc() {
        for library in LIBC {
            script(library, &archives);
        }
        arguments.push("-static".to_owned());
    }
    for name in LAUNCHERS {
        for argument in &arguments {
            println!("cargo::rustc-link-arg-bin=pixi-build-{name}={argument}");
        }
    }
}

/// The paths of the archives of the C library and of what it needs from GCC; `None` if the linker
/// does not find them all.
fn static_libc() -> Option<String> {
    println!("cargo::rerun-if-env-changed=RUSTC_LINKER");
    // What a linker that only `RUSTFLAGS` names would find is not known.
    if var("CARGO_ENCODED_RUSTFLAGS").is_ok_and(|flags| flags.contains("linker=")) {
        return None;
    }
    let linker = var("RUSTC_LINKER").unwrap_or_else(|_| "cc".to_owned());
    let libraries = LIBC.into_iter().chain(["gcc", "gcc_eh"]);
    let archives = libraries.map(|library| {
        let question = format!("-print-file-name=lib{library}.a");
        let answer = Command::new(&linker).arg(question).output().ok()?;
        let path = String::from_utf8(answer.stdout).ok()?;
        // A compiler answers with the name alone when it has no such file.
        let is_found = Path::new(path.trim()).is_absolute();
        is_found.then(|| format!("\"{}\"", path.trim()))
    });
    Some(archives.collect::<Option<Vec<_>>>()?.join(" "))
}
