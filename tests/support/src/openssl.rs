//! Packages the OpenSSL of the machine as a library package for crates.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::packages::{Package, placeholder};
use super::toolchain::Missing;

/// The two libraries of OpenSSL.
const LIBRARIES: [&str; 2] = ["libssl", "libcrypto"];

/// Headers, shared libraries and pkg-config files below one prefix.
///
/// # Errors
///
/// pkg-config does not find OpenSSL, or its headers are missing.
pub fn package() -> Result<Package, Missing> {
    let version = ask("--modversion")?;
    let libraries = PathBuf::from(ask("--variable=libdir")?);
    let headers = PathBuf::from(ask("--variable=includedir")?);
    if !headers.join("openssl/ssl.h").is_file() {
        return Err(missing());
    }

    let major: u64 = (version.split('.').next())
        .and_then(|major| major.parse().ok())
        .expect("OpenSSL's version begins with a number");
    let export = format!("openssl >={version},<{}.0a0", major + 1);
    let mut package = Package::new("openssl", &version)
        .license("Apache-2.0")
        .run_exports_weak([export]);

    package = add_headers(package, &headers.join("openssl"));
    // Debian has the files that depend on the architecture in a directory with the same
    // name as that of the libraries.
    if let Some(architecture) = libraries.file_name() {
        package = add_headers(package, &headers.join(architecture).join("openssl"));
    }
    for path in listed(&libraries) {
        package = add_library(package, &path);
    }
    for name in ["openssl", "libssl", "libcrypto"] {
        package = add_pkg_config(package, &libraries.join(format!("pkgconfig/{name}.pc")));
    }
    Ok(package)
}

fn add_headers(package: Package, folder: &Path) -> Package {
    let headers = listed(folder).into_iter();
    headers
        .filter(|path| path.is_file())
        .fold(package, |package, path| {
            package.copy_of(&format!("include/openssl/{}", name(&path)), &path)
        })
}

/// Adds shared libraries and the links between them, without any other file.
fn add_library(package: Package, path: &Path) -> Package {
    let name = name(path);
    let wanted = LIBRARIES.map(|library| format!("{library}.so"));
    if !wanted.iter().any(|wanted| name.starts_with(wanted)) {
        return package;
    }
    let place = format!("lib/{name}");
    match fs_err::read_link(path) {
        Ok(target) if target.components().count() == 1 => {
            package.symlink(&place, target.to_str().expect("libraries have UTF-8 names"))
        }
        _ => package.copy_of(&place, path),
    }
}

fn add_pkg_config(package: Package, path: &Path) -> Package {
    let Ok(text) = fs_err::read_to_string(path) else {
        return package;
    };
    let moved: String = (text.lines())
        .map(|line| match line.split_once('=') {
            Some(("prefix", _)) => format!("prefix={}\n", placeholder()),
            Some(("libdir", _)) => "libdir=${exec_prefix}/lib\n".to_owned(),
            Some(("includedir", _)) => "includedir=${prefix}/include\n".to_owned(),
            _ => format!("{line}\n"),
        })
        .collect();
    package.file(&format!("lib/pkgconfig/{}", name(path)), moved)
}

fn ask(question: &str) -> Result<String, Missing> {
    let mut command = Command::new("pkg-config");
    let answer = command.args([question, "libssl"]).output();
    match answer {
        Ok(answer) if answer.status.success() => {
            let text = String::from_utf8(answer.stdout).expect("pkg-config prints UTF-8");
            Ok(text.trim().to_owned())
        }
        _ => Err(missing()),
    }
}

fn missing() -> Missing {
    Missing("OpenSSL's development files (Debian: libssl-dev and pkg-config)")
}

/// The sorted entries of a directory; empty if it does not exist.
fn listed(folder: &Path) -> Vec<PathBuf> {
    let Ok(items) = fs_err::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = items
        .map(|item| item.expect("the directory is readable").path())
        .collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> &str {
    let name = path.file_name().and_then(|name| name.to_str());
    name.expect("OpenSSL's files have UTF-8 names")
}
