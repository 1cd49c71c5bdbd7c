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
    let on = |key: &str, value: &str| var(key).is_ok_and(|found| found == value);
    if on("CARGO_CFG_TARGET_OS", "linux") && on("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo::rustc-link-arg-bin=pixi-build-rust=-no-pie");
        link_launchers();
    }
}

/// Links the launchers without shared libraries, whose loading would be half of their time.
///
/// Where the C library is not installed as an archive, at least the unwinder of GCC becomes a part
/// of the launchers; to load it would take a tenth of their time. Rust asks for each library by
/// name, so a linker script of this name leads to the archive.
fn link_launchers() {
    let folder = var("OUT_DIR").expect("Cargo sets `OUT_DIR`");
    let mut archives = vec![("gcc_s", "gcc_eh")];
    let mut arguments = vec![format!("-L{folder}"), "-no-pie".to_owned()];
    if has_static_libc() {
        archives.extend(LIBC.map(|library| (library, library)));
        arguments.push("-static".to_owned());
    }
    for (library, archive) in archives {
        let script = Path::new(&folder).join(format!("lib{library}.so"));
        std::fs::write(script, format!("INPUT ( lib{archive}.a )\n"))
            .expect("`OUT_DIR` can be written");
    }
    for name in LAUNCHERS {
        for argument in &arguments {
            println!("cargo::rustc-link-arg-bin=pixi-build-{name}={argument}");
        }
    }
}

/// Whether the linker finds the archive of the C library.
fn has_static_libc() -> bool {
    println!("cargo::rerun-if-env-changed=RUSTC_LINKER");
    // What a linker that only `RUSTFLAGS` names would find is not known.
    if var("CARGO_ENCODED_RUSTFLAGS").is_ok_and(|flags| flags.contains("linker=")) {
        return false;
    }
    let linker = var("RUSTC_LINKER").unwrap_or_else(|_| "cc".to_owned());
    let answer = Command::new(linker).arg("-print-file-name=libc.a").output();
    answer.is_ok_and(|answer| {
        // A compiler answers with the name alone when it has no such file.
        let file = String::from_utf8_lossy(&answer.stdout);
        Path::new(file.trim()).is_absolute()
    })
}
