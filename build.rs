//! How the executable that holds all backends is linked.

use std::env::var;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // On Linux a session is two processes of this file. When the loader may choose the address,
    // it writes every pointer in the file into memory of each process before `main`: some MiB
    // and a part of the start-up time. Libraries, stack and heap keep their random addresses.
    let on = |key: &str, value: &str| var(key).is_ok_and(|found| found == value);
    if on("CARGO_CFG_TARGET_OS", "linux") && on("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo::rustc-link-arg-bin=pixi-build-rust=-no-pie");
    }
}
