//! Why a build with cargo failed.
//!
//! Each detector looks for one kind of failure in the log; the first that recognizes its
//! own explains it. They are tested on logs of real failures.

mod build_script;
mod cargo;
mod compiler;
mod libraries;
mod lock;
mod machine;
mod toolchain;

use crate::backend::failure::{Detector, Diagnosis, first, full_disk};
use crate::backend::log::Log;

/// From causes to consequences: a failed link also shows as a compiler error.
const DETECTORS: [Detector; 17] = [
    full_disk,
    toolchain::no_cargo,
    lock::missing,
    lock::stale,
    machine::network,
    machine::killed,
    toolchain::old_rustc,
    toolchain::old_cargo,
    cargo::nothing_to_install,
    cargo::virtual_workspace,
    cargo::nothing_selected,
    cargo::no_such_target,
    libraries::missing_tool,
    libraries::missing_library,
    compiler::errors,
    build_script::failed,
    cargo::own_errors,
];

/// Why the script failed.
pub(super) fn diagnose(log: &Log) -> Option<Diagnosis> {
    first(&DETECTORS, log)
}

/// Why nothing was installed although every command succeeded.
pub(super) fn nothing_installed(log: &Log) -> Diagnosis {
    cargo::nothing_selected(log).unwrap_or_else(cargo::nothing_installed)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::backend::failure::CodeError;

    /// What is made of a captured log: code, message, details and help.
    fn explained(log: &str) -> String {
        let log = Log::new(log);
        let Diagnosis {
            code,
            message,
            details,
            help,
            ..
        } = diagnose(&log).expect("a known failure");
        let details: String = details.iter().map(|line| format!("\n  {line}")).collect();
        let help = help.map(|help| format!("\nhelp: {help}"));
        format!("{code}: {message}{details}{}", help.unwrap_or_default())
    }

    macro_rules! logs {
        ($($name:ident),* $(,)?) => {$(
            #[test]
            fn $name() {
                let log = include_str!(concat!("logs/", stringify!($name), ".log"));
                insta::assert_snapshot!(explained(log));
            }
        )*};
    }

    logs! {
        broken_configuration,
        build_script_that_exits,
        build_script_that_panics,
        compiler_errors,
        edition_of_the_future,
        full_disk,
        full_disk_in_the_linker,
        killed_compiler,
        library_only,
        lock_file_missing,
        lock_file_of_the_future,
        lock_file_stale,
        network_down,
        no_c_compiler,
        no_cargo,
        no_cmake,
        no_libclang,
        no_pkg_config,
        no_protoc,
        no_such_binary,
        no_such_feature,
        offline_and_not_downloaded,
        openssl_missing,
        openssl_missing_without_pkg_config,
        linker_finds_no_library,
        linker_that_is_missing,
        linker_of_binutils_finds_no_library,
        pkg_config_finds_no_library,
        rustc_too_old,
        undefined_symbol,
        unknown_argument,
        virtual_workspace,
    }

    #[test]
    fn compiler_errors_have_places() {
        let log = Log::new(include_str!("logs/compiler_errors.log"));
        let places = compiler::places(&log);
        assert_eq!(places.len(), 10);
        let CodeError {
            message,
            file,
            line,
            column,
        } = &places[2];
        assert!(message.starts_with("error[E"), "{message}");
        assert_eq!(file, Path::new("src/main.rs"));
        assert_eq!((*line, *column), (3, 11));
    }
}
