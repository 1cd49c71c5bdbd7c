//! Finds the real toolchain of the machine on which the tests run.
//!
//! The paths are absolute and bypass the proxies of rustup, because packages with them
//! are used in another environment.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use rattler_conda_types::Subdir;

use super::prefix::output;

/// The tools that test packages wrap.
#[derive(Debug, Clone)]
pub struct Machine {
    /// The platform in conda's spelling.
    pub subdir: Subdir,
    /// The platform in rustc's spelling.
    pub triple: String,
    /// The platform in the names of conda's compilers.
    pub conda_triple: String,
    /// Version of cargo, rustc and rustdoc.
    pub rust_version: String,
    /// The real cargo.
    pub cargo: PathBuf,
    /// The real rustc.
    pub rustc: PathBuf,
    /// The real rustdoc.
    pub rustdoc: PathBuf,
    /// The C compiler.
    pub cc: PathBuf,
    /// Version of the C compiler.
    pub cc_version: String,
    /// The C++ compiler, if the machine has one.
    pub cxx: Option<PathBuf>,
    /// The archiver, the linker and similar tools that exist, by their plain names.
    pub binutils: Vec<(&'static str, PathBuf)>,
    /// The shared runtime of the C compiler.
    pub libgcc: PathBuf,
}

/// The machine, which is examined once.
///
/// Panics if it is not Linux or does not have rustc or a C compiler.
pub fn machine() -> &'static Machine {
    static MACHINE: OnceLock<Machine> = OnceLock::new();
    MACHINE.get_or_init(Machine::find)
}

impl Machine {
    fn find() -> Self {
        let subdir = Subdir::current().expect("tests run on a platform of conda");
        assert!(
            subdir.is_linux(),
            "the test toolchain imitates conda-forge's for Linux"
        );

        let here = env!("CARGO_MANIFEST_DIR");
        let sysroot = output(
            Command::new("rustc")
                .args(["--print", "sysroot"])
                .current_dir(here),
        );
        let tools = Path::new(&sysroot).join("bin");
        let rustc = tools.join("rustc");
        let about = output(Command::new(&rustc).arg("-vV"));
        let field = |key: &str| {
            let value = about.lines().find_map(|line| line.strip_prefix(key));
            value.expect("`rustc -vV` prints the field").to_owned()
        };
        let triple = field("host: ");
        let architecture = triple
            .split('-')
            .next()
            .expect("a triple begins with an architecture");

        let cc = on_path("cc").or_else(|| on_path("gcc"));
        let cc = cc.expect("tests need a C compiler on PATH");
        let names = [
            "ar", "as", "ld", "nm", "objcopy", "objdump", "ranlib", "strip",
        ];
        Self {
            subdir,
            conda_triple: format!("{architecture}-conda-linux-gnu"),
            rust_version: field("release: "),
            cargo: tools.join("cargo"),
            rustdoc: tools.join("rustdoc"),
            cc_version: output(Command::new(&cc).arg("-dumpfullversion")),
            cxx: on_path("c++").or_else(|| on_path("g++")),
            binutils: (names.iter())
                .filter_map(|name| Some((*name, on_path(name)?)))
                .collect(),
            libgcc: output(Command::new(&cc).arg("-print-file-name=libgcc_s.so.1")).into(),
            triple,
            rustc,
            cc,
        }
    }

    /// The triple in the spelling of environment variables: `X86_64_UNKNOWN_LINUX_GNU`.
    pub fn env_triple(&self) -> String {
        self.triple.to_uppercase().replace('-', "_")
    }
}

/// An executable on `PATH`.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
}

/// Removes the environment variables of cargo, rustup, the test runner and activated
/// environments, because pixi is started from a plain shell.
pub fn forget_cargo(command: &mut Command) {
    const FAMILIES: [&str; 8] = [
        "CARGO",
        "RUST",
        "NEXTEST",
        "__NEXTEST",
        "SCCACHE",
        "CONDA",
        "PIXI",
        "INSTA",
    ];
    let ours = |name: &OsStr| {
        let name = name.to_string_lossy();
        name == "LD_LIBRARY_PATH" || FAMILIES.iter().any(|family| name.starts_with(family))
    };
    for (name, _) in std::env::vars_os().filter(|(name, _)| ours(name)) {
        command.env_remove(name);
    }
}
