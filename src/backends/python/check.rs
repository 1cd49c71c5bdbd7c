//! Compares the finished package with its description.
//!
//! The package was described before the build. If the wheel does not match, conda could install
//! the package on systems on which it cannot run. Such a difference is therefore an error. Its
//! help contains the line to write.

mod byte_code;
mod mistakes;

use std::io::Read;
use std::path::{Path, PathBuf};

use miette::Report;

use super::Config;
use super::binary;
use super::config::Check;
use super::dependency::{self, Entry, Requirement};
use super::entry_points;
use super::pythons::Pythons;
use super::requirements;
use super::shape::Shape;
use super::source::Source;
use super::wheel::Wheel;
use crate::backend::{InstalledPackage, Request};
use crate::diagnostic::{Warning, nearest};
use mistakes::{Empty, Incomplete, Native, NoWheel, OtherVersion};

/// Checks the package of a build.
///
/// # Errors
/// [`NoWheel`], [`Empty`], [`Native`], [`NotStable`](mistakes::NotStable), [`OtherVersion`], and
/// [`Incomplete`] if the option `check` makes it an error.
pub(super) fn package(
    request: &Request<'_, Config>,
    source: &Source,
    shape: &Shape,
    package: &InstalledPackage<'_>,
) -> Result<Vec<Warning>, Report> {
    let Some(wheel) = Wheel::read(package.paths)? else {
        return Err(NoWheel {
            name: source.name(),
        }
        .into());
    };
    if !wheel.has_content() {
        return Err(Empty::report(source));
    }
    let mut warnings = Vec::new();
    let native = native_file(&wheel, &package.paths.host_prefix);
    if shape.noarch && !shape.editable {
        if native.is_some() || !wheel.is_pure {
            let proof = native.map_or_else(|| wheel.tags.join(", "), |file| shown(&file));
            return Err(Native::report(proof, request.config.noarch.is_some()));
        }
        warnings.extend(unknown_programs(request, source, &wheel)?);
    }
    let for_all = |tags: &[String]| tags.iter().any(|tag| tag.ends_with("-any"));
    if shape.abi3 && !wheel.suits_later_pythons() && !for_all(&wheel.tags) {
        return Err(mistakes::NotStable {
            tags: wheel.tags.join(", "),
        }
        .into());
    }
    if !shape.editable {
        warnings.extend(programs_without_module(request, source, package, &wheel));
    }
    warnings.extend(versions_of_python(request, source, shape, &wheel));
    let chosen = request.config.noarch.is_some() || request.config.compilers.is_some();
    if !shape.noarch && !chosen && native.is_none() && wheel.is_pure {
        warnings.push(for_all_platforms(shape));
    }
    if shape.compiles_modules() {
        warnings.extend(byte_code::missing(package.paths)?);
    }
    warnings.extend(version(request, source, &wheel)?);
    warnings.extend(dependencies(request, source, shape, &wheel)?);
    Ok(warnings)
}

/// Warns if the wheel supports other versions of Python than the package, or if the file name of
/// the package does not contain its version of Python.
fn versions_of_python(
    request: &Request<'_, Config>,
    source: &Source,
    shape: &Shape,
    wheel: &Wheel,
) -> Option<Warning> {
    if shape.is_python_independent() || shape.editable {
        return None;
    }
    if wheel.suits_later_pythons() && !source.kind.is_program {
        let warning = Warning::new(
            "the package is for one version of Python, but its code also works with later versions",
        );
        return Some(warning.help("set `abi3 = true` in `[package.build.config]`"));
    }
    if !Pythons::of(request, source, shape).values.is_empty() {
        return None;
    }
    let mut tags = wheel.tags.iter();
    let minor = tags.find_map(|tag| {
        let digits = tag.strip_prefix("cp3")?.split('-').next()?;
        digits.parse::<u32>().ok()
    })?;
    let warning = Warning::new(format!(
        "the package is for Python 3.{minor}, but its file name does not contain that: a package \
         for another version has the same name"
    ));
    Some(warning.help(format!(
        "set `python-versions = [\"3.{minor}\"]` in `[package.build.config]`, or \
         `python` in `[workspace.build-variants]`"
    )))
}

/// The warning about a package for one platform that any platform could use.
fn for_all_platforms(shape: &Shape) -> Warning {
    let option = if shape.abi3 {
        "write `noarch = true` instead of `abi3 = true` into"
    } else {
        "set `noarch = true` in"
    };
    Warning::new("nothing in the package depends on the platform").help(format!(
        "{option} `[package.build.config]` to build one package for all platforms"
    ))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// A file of the wheel that is specific to a platform.
fn native_file(wheel: &Wheel, prefix: &Path) -> Option<PathBuf> {
    let mut files = wheel.files.iter();
    files.find(|file| is_native(&prefix.join(file))).cloned()
}

/// Whether the file is native code. Programs for Windows are data, because setuptools contains
/// some on every platform.
fn is_native(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    if matches!(ending, Some("py" | "pyi" | "txt" | "json" | "exe")) {
        return false;
    }
    let mut start = Vec::new();
    let file = std::fs::File::open(path);
    let read = file.and_then(|file| file.take(binary::LENGTH as u64).read_to_end(&mut start));
    let is_windows = start.starts_with(b"MZ") && matches!(ending, Some("pyd" | "dll"));
    read.is_ok() && (binary::is_native(&start) || is_windows)
}

/// Warns about programs that the recipe does not contain. conda does not create them on Windows.
fn unknown_programs(
    request: &Request<'_, Config>,
    source: &Source,
    wheel: &Wheel,
) -> Result<Option<Warning>, Report> {
    let known = entry_points::all(request.config, &source.files, &mut Vec::new())?;
    let compact = |text: &str| text.split_whitespace().collect::<String>();
    let known: Vec<String> = known.iter().map(|entry| compact(entry)).collect();
    let unknown = wheel.scripts.iter();
    let unknown: Vec<&String> = unknown
        .filter(|entry| !known.contains(&compact(entry)))
        .collect();
    if unknown.is_empty() {
        return Ok(None);
    }
    let lines: Vec<String> = wheel
        .scripts
        .iter()
        .map(|entry| format!("\"{entry}\""))
        .collect();
    let warning = Warning::new(format!(
        "only the build knows some programs of the project, so they do not run on Windows: {}",
        crate::diagnostic::list(unknown.iter().map(|entry| entry.as_str()))
    ));
    Ok(Some(warning.help(format!(
        "write `entry-points = [{}]` into `[package.build.config]`",
        lines.join(", ")
    ))))
}

/// Warns about programs whose module is neither in the wheel nor in a package that the wheel
/// requires, as far as that is known.
fn programs_without_module(
    request: &Request<'_, Config>,
    source: &Source,
    package: &InstalledPackage<'_>,
    wheel: &Wheel,
) -> Vec<Warning> {
    let installed = package.paths.host_prefix.join(wheel.site_packages());
    let required: Vec<String> = wheel
        .requires
        .iter()
        .filter_map(|text| Requirement::parse(text).ok())
        .map(|requirement| requirement.name.replace('-', "_"))
        .collect();
    let modules = wheel.modules();
    let named = request.config.entry_points.as_ref();
    let warning = |script: &String| {
        let (name, target) = script.split_once('=')?;
        let name = name.trim();
        let (module, _) = target.split_once(':')?;
        let module = module.trim();
        let top = module.split('.').next().unwrap_or(module);
        let is_required = required.iter().any(|name| name.eq_ignore_ascii_case(top));
        // A module of another package may be in the same directory.
        let path = installed.join(module.replace('.', "/"));
        let is_there = path.is_dir() || path.with_extension("py").is_file();
        if modules.contains(module) || is_required || is_there {
            return None;
        }
        let place = match named {
            Some(_) => Some("`entry-points`".to_string()),
            None => entry_points::place(&source.files, name),
        };
        let place = place.map(|place| format!("{place}: ")).unwrap_or_default();
        let warning = Warning::new(format!(
            "{place}the program `{name}` cannot start: the package has no module `{module}`"
        ));
        let near = nearest(module, modules.iter().map(String::as_str));
        Some(match near {
            Some(near) => warning.help(format!("did you mean `{near}`?")),
            None => warning.help("name a module of the package, or have the build pack this one"),
        })
    };
    let programs = named.unwrap_or(&wheel.scripts);
    programs.iter().filter_map(warning).collect()
}

/// Compares the version of the wheel with that of the package.
fn version(
    request: &Request<'_, Config>,
    source: &Source,
    wheel: &Wheel,
) -> Result<Option<Warning>, Report> {
    let found = source.version.as_ref().map(|found| found.version.clone());
    let stated = request.project.model.version.clone();
    let Some(described) = found.clone().or(stated) else {
        return Ok(None);
    };
    let release = |text: &str| text.parse::<pep440_rs::Version>().ok();
    let (described_version, built) = (release(&described), release(&wheel.version));
    let built = built.map(pep440_rs::Version::without_local);
    if described_version.is_none()
        || described_version.map(pep440_rs::Version::without_local) == built
    {
        return Ok(None);
    }
    if found.is_some() {
        let by_setuptools = source.build_module() == "setuptools";
        let built = wheel.version.clone();
        return Err(OtherVersion::report(described, built, by_setuptools));
    }
    let built = &wheel.version;
    let warning = Warning::new(format!(
        "the package has version {described}, but the project has version {built}"
    ));
    Ok(Some(warning.help(format!(
        "write `version = \"{built}\"` into `[package]`, or leave it out where pyproject.toml has one"
    ))))
}

/// Compares the dependencies of the wheel with those of the package.
fn dependencies(
    request: &Request<'_, Config>,
    source: &Source,
    shape: &Shape,
    wheel: &Wheel,
) -> Result<Option<Warning>, Report> {
    if request.config.check == Check::Off {
        return Ok(None);
    }
    let entries = wheel.requires.iter().filter_map(|text| {
        Some(Entry {
            requirement: Requirement::parse(text).ok()?,
            text: text.clone(),
            at: None,
        })
    });
    let entries: Vec<Entry> = entries.collect();
    // A build has one value of the variant.
    let pythons = Pythons::of(request, source, shape);
    let python = pythons.values.first().map(String::as_str);
    let target = requirements::target(request, source, shape, python);
    let mapping = &request.config.pypi_conda_map;
    let wanted = dependency::translate(&entries, &target, mapping, &mut Vec::new());
    let mapped = if request.config.maps_dependencies() {
        &source.run.entries[..]
    } else {
        &[]
    };
    // Code may have added dependencies that were not known when the package was described.
    let mapped = dependency::translate(mapped, &target, mapping, &mut Vec::new());
    let has = |name: &str| {
        mapped.iter().any(|spec| spec.name == name)
            || names_in_run(request).iter().any(|own| same(own, name))
    };
    let missing = wanted.iter().filter(|spec| !spec.name.starts_with("__"));
    let missing = missing.filter(|spec| !has(&spec.name));
    let lines: Vec<String> = missing
        .map(|spec| {
            let version = spec.version.as_deref().unwrap_or("*");
            format!("{} = \"{version}\"", spec.name)
        })
        .collect();
    if lines.is_empty() {
        return Ok(None);
    }
    if request.config.check == Check::Error {
        return Err(Incomplete::report(&lines, way_out(request, &lines)));
    }
    let names: Vec<&str> = lines
        .iter()
        .filter_map(|line| line.split(' ').next())
        .collect();
    let warning = Warning::new(format!(
        "the project needs packages that the conda package does not ask for: {}",
        crate::diagnostic::list(names)
    ));
    Ok(Some(warning.help(way_out(request, &lines))))
}

/// How the package gets the missing dependencies, which `lines` declare.
fn way_out(request: &Request<'_, Config>, lines: &[String]) -> String {
    let lines = crate::diagnostic::list(lines.iter().map(String::as_str));
    let written = format!("write {lines} into `[package.run-dependencies]`");
    if request.config.maps_dependencies() {
        written
    } else {
        format!("{written}, or set `ignore-pypi-mapping = false`")
    }
}

/// Whether two names are equal after normalization, because names on PyPI and in conda may differ
/// in dashes and underscores.
fn same(a: &str, b: &str) -> bool {
    dependency::normalized(a) == dependency::normalized(b)
}

/// The names of the run dependencies in the manifest, including those for other platforms.
fn names_in_run(request: &Request<'_, Config>) -> Vec<String> {
    let targets = request.project.model.targets.as_ref();
    let default = targets.and_then(|targets| targets.default_target.as_ref());
    let conditional = targets.into_iter().flat_map(|targets| {
        let conditional = targets.conditional.iter().flatten();
        let older = targets.targets.iter().flatten();
        conditional
            .map(|(_, target)| target)
            .chain(older.map(|(_, target)| target))
    });
    let targets = default.into_iter().chain(conditional);
    let names = targets.flat_map(|target| {
        let run = target.run_dependencies.iter().flatten();
        run.map(|(name, _)| name.to_string())
    });
    names.collect()
}
