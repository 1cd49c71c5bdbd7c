//! Makes crates use libraries of the host environment that they would otherwise compile.
//!
//! Only packages that the project names as dependencies count. The project may not want to link
//! with a library that is installed only because another package depends on it.

use crate::backend::Request;
use crate::backend::script::{Step, StepCondition, Word};
use crate::backends::cargo::config::Config;
use crate::backends::cargo::context::tools::Tools;
use crate::protocol::model::{DependencyTable, Target};

/// Packages, a header of each below `include`, and the variables that make crates use the
/// library.
const LIBRARIES: [(&str, &str, &str); 4] = [
    ("libgit2", "git2.h", "LIBGIT2_NO_VENDOR"),
    ("libssh2", "libssh2.h", "LIBSSH2_SYS_USE_PKG_CONFIG"),
    ("zstd", "zstd.h", "ZSTD_SYS_USE_PKG_CONFIG"),
    ("oniguruma", "oniguruma.h", "RUSTONIG_SYSTEM_LIBONIG"),
];

/// Packages that contain libclang, which bindgen loads.
const CLANG: [&str; 3] = ["libclang", "clangdev", "libclang13"];

/// The variables for the libraries that exist, unless the user sets them.
pub(crate) fn variables(request: &Request<'_, Config>, tools: &Tools) -> Vec<Step> {
    let separator = tools.separator();
    let free = |name: &str| !request.config.env.contains_key(name);
    let mut steps = Vec::new();
    for (package, header, variable) in LIBRARIES {
        if !names(request, |target| &target.host_dependencies, package) || !free(variable) {
            continue;
        }
        let prefix = tools.library_prefix("PREFIX");
        let header = prefix.then(format!("{separator}include{separator}{header}"));
        let set = Step::Set(variable.to_string(), "1".into());
        steps.push(Step::When(StepCondition::File(header), vec![set]));
    }
    let wants_clang = CLANG.iter().any(|package| {
        names(request, |target| &target.build_dependencies, package)
            || names(request, |target| &target.host_dependencies, package)
    });
    if wants_clang && free("LIBCLANG_PATH") {
        for prefix in ["PREFIX", "BUILD_PREFIX"] {
            steps.extend(clang(prefix, tools));
        }
    }
    steps
}

/// Sets the directory of libclang if this prefix contains it. The package `libclang13` has only
/// names with a version, which bindgen also finds.
fn clang(prefix: &str, tools: &Tools) -> impl Iterator<Item = Step> {
    let (folder, names): (_, &'static [&str]) =
        match (tools.build.is_windows(), tools.build.is_osx()) {
            (true, _) => ("\\bin", &["\\libclang.dll", "\\libclang-13.dll"]),
            (false, true) => ("/lib", &["/libclang.dylib"]),
            (false, false) => ("/lib", &["/libclang.so", "/libclang.so.13"]),
        };
    let folder: Word = tools.library_prefix(prefix).then(folder);
    names.iter().map(move |name| {
        let library = folder.clone().then(*name);
        let set = Step::Set("LIBCLANG_PATH".to_string(), folder.clone());
        Step::When(StepCondition::File(library), vec![set])
    })
}

/// Whether a dependency table of any target names the package.
fn names(
    request: &Request<'_, Config>,
    table: impl Fn(&Target) -> &Option<DependencyTable>,
    package: &str,
) -> bool {
    let Some(targets) = &request.project.model.targets else {
        return false;
    };
    targets.all().any(|target| {
        table(target)
            .as_ref()
            .is_some_and(|table| table.contains_key(package))
    })
}
