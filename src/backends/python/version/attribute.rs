//! Finds versions in source files and in the files of build tools.

use std::path::{Path, PathBuf};

use regex::Regex;

use super::{Place, assigned_in};
use crate::backend::inputs::plain;
use crate::backends::python::project::Files;

/// The default pattern of hatch.
pub(super) const HATCH: &str =
    r#"(?mi)^(?:__version__|VERSION)(?:\s*:\s*str)?\s*=\s*["']v?(?P<version>[^"'\n]+)["']"#;

/// The pattern of pdm.
pub(super) const PDM: &str = r#"(?m)^__version__\s*=\s*["'](?P<version>[^"'\n]+)["']"#;

/// Returns the match of `pattern` in `text`: the group `version`, or else the first group.
pub(super) fn matched(text: &str, pattern: &str) -> Option<String> {
    let pattern = Regex::new(&format!("(?m){}", rust_syntax(pattern))).ok()?;
    let found = pattern.captures(text)?;
    let found = found.name("version").or_else(|| found.get(1))?;
    Some(found.as_str().to_string())
}

/// Translates a pattern of Python to the syntax of the `regex` crate. The crate does not support
/// backreferences, which such patterns use for the closing quote.
fn rust_syntax(pattern: &str) -> String {
    let reference = Regex::new(r"\\[1-9]|\(\?P=\w+\)").expect("a constant pattern");
    reference
        .replace_all(pattern, "[\"']")
        .replace("\\Z", "\\z")
}

/// The literal that is the value of `name`, a dotted path, and the files that were read to
/// find it.
pub(super) fn find(
    root: &Path,
    name: &str,
    folder: Option<&str>,
) -> Option<(String, Vec<PathBuf>)> {
    let (module, attribute) = name.rsplit_once('.')?;
    let path: PathBuf = module.split('.').collect();
    let folders = folder.into_iter().chain(["src", "", "lib", "python"]);
    let mut candidates = folders.flat_map(|folder| {
        let base = Path::new(folder).join(&path);
        [base.join("__init__.py"), base.with_extension("py")]
    });
    candidates.find_map(|file| in_module(root, file, attribute))
}

/// The literal in one module, or in the module from which it imports the name.
fn in_module(root: &Path, file: PathBuf, attribute: &str) -> Option<(String, Vec<PathBuf>)> {
    let path = root.join(&file);
    if let Some(version) = assigned_in(&path, attribute) {
        return Some((version, vec![file]));
    }
    let text = std::fs::read_to_string(path).ok()?;
    let import = Regex::new(r"(?m)^from\s+([\w.]+)\s+import\s+(\([^)]*\)|[^#\n(]+)").ok()?;
    let comment = Regex::new(r"#[^\n]*").ok()?;
    let mut imports = import.captures_iter(&text);
    let (module, original) = imports.find_map(|found| {
        let names = comment.replace_all(&found[2], "");
        let names = names.trim_matches(['(', ')']).split(',');
        let mut names = names.map(|name| name.split(" as ").map(str::trim));
        let original = names.find_map(|mut name| {
            let original = name.next()?;
            (name.next().unwrap_or(original) == attribute).then(|| original.to_string())
        })?;
        Some((found[1].rsplit('.').next()?.to_string(), original))
    })?;
    let other = file.with_file_name(format!("{module}.py"));
    let version = assigned_in(&root.join(&other), &original)?;
    Some((version, vec![file, other]))
}

/// scikit-build-core has a provider that reads the version from a file.
pub(super) fn scikit_build(project: &Files) -> Option<Place> {
    const TABLE: [&str; 4] = ["tool", "scikit-build", "metadata", "version"];
    let key = |name| project.toml(&[TABLE[0], TABLE[1], TABLE[2], TABLE[3], name]);
    if key("provider")?.text != "scikit_build_core.metadata.regex" {
        return None;
    }
    let pattern = key("regex").map_or(HATCH, |pattern| pattern.text);
    Some(Place::Pattern(
        PathBuf::from(key("input")?.text),
        pattern.to_string(),
    ))
}

/// maturin uses the version of the crate.
pub(super) fn cargo(project: &Files) -> Option<Place> {
    if project.build_backend() != "maturin" {
        return None;
    }
    let manifest = project.toml(&["tool", "maturin", "manifest-path"]);
    let manifest = manifest.map_or("Cargo.toml", |path| path.text);
    let manifest = plain(&project.folder.join(manifest));
    let parsed = parsed(&manifest)?;
    if let Some(version) = text_in(&parsed, &["package", "version"]) {
        return Some(Place::Found(from_cargo(&version), vec![manifest]));
    }
    // The crate may be the root of its workspace.
    let mut above = manifest.ancestors().skip(1).take(4);
    above.find_map(|folder| {
        let root = folder.join("Cargo.toml");
        let version = text_in(&self::parsed(&root)?, &["workspace", "package", "version"])?;
        let mut files = vec![manifest.clone(), root];
        files.dedup();
        Some(Place::Found(from_cargo(&version), files))
    })
}

fn parsed(file: &Path) -> Option<toml_edit::Document<String>> {
    toml_edit::Document::parse(std::fs::read_to_string(file).ok()?).ok()
}

fn text_in(file: &toml_edit::Document<String>, keys: &[&str]) -> Option<String> {
    let mut keys = keys.iter();
    let first = file.get(keys.next()?)?;
    let item = keys.try_fold(first, |item, key| item.get(key))?;
    Some(item.as_str()?.to_string())
}

/// Converts a version of a crate such as `1.0.0-alpha.1` to `1.0.0alpha1`, which PEP 440
/// normalizes to `1.0.0a1`, as maturin does.
fn from_cargo(version: &str) -> String {
    let (release, pre) = version.split_once('-').unwrap_or((version, ""));
    format!("{release}{}", pre.replace('.', ""))
}

/// Meson has the version, or the name of a file with it, in `project(…, version: …)`.
pub(super) fn meson(project: &Files) -> Option<Place> {
    if project.build_backend() != "mesonpy" {
        return None;
    }
    let build = project.folder.join("meson.build");
    let text = std::fs::read_to_string(&build).ok()?;
    let (at, value) = keyword_of_project(&text, "version")?;
    let literal = Regex::new(r"^'([^'\n]+)'\s*(?:#[^\n]*\s*)*$").ok()?;
    if let Some(found) = literal.captures(value) {
        return Some(Place::Found(found[1].to_string(), vec![build]));
    }
    let file = Regex::new(r"^files\(\s*'([^'\n]+)'\s*\)\s*(?:#[^\n]*\s*)*$").ok()?;
    if let Some(found) = file.captures(value) {
        return Some(Place::File(PathBuf::from(&found[1])));
    }
    let line = text[..at].matches('\n').count() + 1;
    Some(Place::Code(format!(
        "`version` of `project()` on line {line} of meson.build"
    )))
}

/// The position and the text of an argument of the call of `project` in a `meson.build`.
fn keyword_of_project<'a>(text: &'a str, keyword: &str) -> Option<(usize, &'a str)> {
    let call = Regex::new(r"(?m)^\s*project\s*\(").ok()?.find(text)?;
    // Comments may be before a name.
    let is_name = |text: &str| text.lines().last().is_some_and(|it| it.trim() == keyword);
    let mut depth = 0;
    let mut quoted = false;
    let mut comment = false;
    let mut argument = call.end();
    let mut colon = None;
    for (at, c) in text[call.end()..].char_indices() {
        let at = call.end() + at;
        match c {
            '\n' => comment = false,
            _ if comment => {}
            '\'' => quoted = !quoted,
            _ if quoted => {}
            '#' => comment = true,
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth > 0 => depth -= 1,
            ':' if depth == 0 && colon.is_none() => colon = Some(at),
            ',' | ')' if depth == 0 => {
                if let Some(colon) = colon.take()
                    && is_name(&text[argument..colon])
                {
                    let value = &text[colon + 1..at];
                    return Some((at - value.trim_start().len(), value.trim()));
                }
                if c == ')' {
                    return None;
                }
                argument = at + 1;
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_python_are_understood() {
        for (text, pattern, version) in [
            ("__version__ = '1.2'", HATCH, Some("1.2")),
            ("VERSION: str = \"v2\"", HATCH, Some("2")),
            ("ver = '3'", r#"^ver = (['"])(?P<version>.+?)\1"#, Some("3")),
            ("x", HATCH, None),
        ] {
            assert_eq!(matched(text, pattern).as_deref(), version, "{text}");
        }
    }

    #[test]
    fn a_module_may_take_the_version_from_another() {
        let root = tempfile::tempdir().expect("a folder");
        let write = |path: &str, text: &str| {
            crate::disk::write(&root.path().join(path), text).expect("own folder");
        };
        let imports = "from .data import __version__ as other\nfrom .about import __version__\n";
        write("src/a/__init__.py", imports);
        write("src/a/data.py", "__version__ = '18'\n");
        write("src/a/about.py", "__version__ = '3.20'\n");
        let (version, files) = find(root.path(), "a.__version__", None).expect("it is there");
        assert_eq!((version.as_str(), files.len()), ("3.20", 2));
        write(
            "src/b.py",
            "from .c import (  # noqa\n    other,\n    version as __version__,\n)\n",
        );
        write("src/c.py", "version = '4.1'\n");
        let (version, _) = find(root.path(), "b.__version__", None).expect("it is there");
        assert_eq!(version, "4.1");
    }

    #[test]
    fn the_version_of_meson_is_an_argument_of_project() {
        let version = |arguments: &str| {
            let text =
                format!("# project(\nproject({arguments})\ndependency('a', version: '>=1')\n");
            let found = keyword_of_project(&text, "version");
            found.map(|(_, value)| value.to_string())
        };
        for (arguments, expected) in [
            ("'a', 'c', version: '1.2'", Some("'1.2'")),
            (
                "'a, b', # version: '1'\n  version : files('VERSION'),",
                Some("files('VERSION')"),
            ),
            (
                "'a', version: run_command(find('p', version: '3'), check: true).strip()",
                Some("run_command(find('p', version: '3'), check: true).strip()"),
            ),
            ("'a', meson_version: '>=1'", None),
            ("'a', default_options: ['b=c'], license: 'MIT'", None),
        ] {
            assert_eq!(version(arguments).as_deref(), expected, "{arguments}");
        }
    }

    #[test]
    fn the_files_with_the_version_of_a_crate_are_known() {
        let root = tempfile::tempdir().expect("a folder");
        let write = |path: &str, text: &str| {
            crate::disk::write(&root.path().join(path), text).expect("own folder");
        };
        let found = |manifest: &str| {
            let text = format!(
                "[build-system]\nbuild-backend = \"maturin\"\n\
                 [tool.maturin]\nmanifest-path = \"{manifest}\"\n"
            );
            write("py/pyproject.toml", &text);
            let files = Files::read(&root.path().join("py")).expect("a project");
            let Some(Place::Found(version, files)) = cargo(&files) else {
                panic!("the version of {manifest} is found");
            };
            let files = files.iter().map(|file| file.strip_prefix(root.path()));
            let files = files.map(|file| file.expect("it is below").display().to_string());
            format!("{version} {}", files.collect::<Vec<_>>().join(" "))
        };
        const INHERITED: &str = "[package]\nversion.workspace = true\n";
        const WORKSPACE: &str = "[workspace.package]\nversion = \"1.2.0\"\n";
        write("py/Cargo.toml", &format!("{INHERITED}{WORKSPACE}"));
        write("Cargo.toml", WORKSPACE);
        write("inner/Cargo.toml", INHERITED);
        write("own/Cargo.toml", "[package]\nversion = \"3.0.0-rc.1\"\n");
        assert_eq!(found("Cargo.toml"), "1.2.0 py/Cargo.toml");
        assert_eq!(
            found("../inner/Cargo.toml"),
            "1.2.0 inner/Cargo.toml Cargo.toml"
        );
        assert_eq!(found("../own/Cargo.toml"), "3.0.0rc1 own/Cargo.toml");
    }

    #[test]
    fn versions_of_crates_are_written_as_maturin_does() {
        assert_eq!(from_cargo("1.0.0-alpha.1"), "1.0.0alpha1");
        assert_eq!(from_cargo("1.0.0"), "1.0.0");
    }
}
