//! How the executable that holds all backends and its launchers are linked.

use std::env::var;
use std::path::Path;

const LAUNCHERS: [&str; 4] = ["cmake", "mojo", "python", "rattler-build"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // On Linux a session is two processes of this file. When the loader may choose the address,
    // it writes every pointer in the file into memory of each process before `main`: some MiB
    // and a part of the start-up time. Libraries, stack and heap keep their random addresses.
    let on = |key: &str, value: &str| var(key).is_ok_and(|found| found == value);
    if on("CARGO_CFG_TARGET_OS", "linux") && on("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo::rustc-link-arg-bin=pixi-build-rust=-no-pie");
        static_unwinder();
    }
}

/// Links the unwinder of GCC into the launchers, which would otherwise load a library for it.
/// That would take a tenth of their time. Rust asks for the library by name, so a linker script
/// of this name leads to the archive.
fn static_unwinder() {
    let folder = var("OUT_DIR").expect("Cargo sets `OUT_DIR`");
    let script = Path::new(&folder).join("libgcc_s.so");
    std::fs::write(script, "INPUT ( libgcc_eh.a )\n").expect("`OUT_DIR` can be written");
    for name in LAUNCHERS {
        println!("cargo::rustc-link-arg-bin=pixi-build-{name}=-L{folder}");
        println!("cargo::rustc-link-arg-bin=pixi-build-{name}=-no-pie");
    }
}
