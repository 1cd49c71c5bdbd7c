#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| pixi_build_backends_fuzz::manifest(data));
