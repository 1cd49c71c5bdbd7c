//! Reads the metadata of the wheel that the installer installed into the host prefix.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use miette::Report;

use super::layout::INSTALLED;
use crate::backend::BuildPaths;
use crate::diagnostic::read_text;

/// An installed wheel.
#[derive(Debug, Default)]
pub(super) struct Wheel {
    /// The directory of its metadata, relative to the host prefix.
    dist_info: PathBuf,
    /// Its files, relative to the host prefix.
    pub(super) files: Vec<PathBuf>,
    /// The compatibility tags, such as `cp313-cp313-linux_x86_64`.
    pub(super) tags: Vec<String>,
    /// Whether its metadata declares it as pure Python.
    pub(super) is_pure: bool,
    /// Its version.
    pub(super) version: String,
    /// Its dependencies, in the syntax of PEP 508.
    pub(super) requires: Vec<String>,
    /// Its programs, written as `name = module:function`.
    pub(super) scripts: Vec<String>,
}

impl Wheel {
    /// Reads the wheel of the last build. Returns `None` if the build did not install one.
    ///
    /// # Errors
    /// An existing file that cannot be read, or a missing `METADATA`.
    pub(super) fn read(paths: &BuildPaths) -> Result<Option<Self>, Report> {
        let list = paths.script_folder.join(INSTALLED);
        if !list.is_file() {
            return Ok(None);
        }
        let text = read_text(&list)?;
        let mut lines = text.lines().map(PathBuf::from);
        let Some(dist_info) = lines.next() else {
            return Ok(None);
        };
        let folder = paths.host_prefix.join(&dist_info);
        let metadata = read_text(&folder.join("METADATA"))?;
        let built = std::fs::read_to_string(folder.join("WHEEL")).unwrap_or_default();
        let programs = std::fs::read_to_string(folder.join("entry_points.txt"));
        Ok(Some(Self {
            dist_info,
            files: lines.collect(),
            tags: headers(&built, "Tag"),
            is_pure: headers(&built, "Root-Is-Purelib") != ["false"],
            version: headers(&metadata, "Version").pop().unwrap_or_default(),
            requires: headers(&metadata, "Requires-Dist"),
            scripts: scripts(&programs.unwrap_or_default()),
        }))
    }

    /// The directory of the modules, relative to the host prefix.
    pub(super) fn site_packages(&self) -> &Path {
        self.dist_info.parent().unwrap_or(Path::new(""))
    }

    /// The names of the files and directories of the wheel directly below `site-packages`,
    /// without its metadata.
    pub(super) fn tops(&self) -> BTreeSet<String> {
        let own = self.dist_info.file_name();
        let names = self.files.iter().filter_map(|file| {
            let below = file.strip_prefix(self.site_packages()).ok()?;
            let first = below.iter().next()?;
            let counts = Some(first) != own && first != "__pycache__";
            counts.then(|| first.to_str().map(str::to_string)).flatten()
        });
        names.collect()
    }

    /// The modules and packages of the wheel, such as `a` and `a.b`.
    pub(super) fn modules(&self) -> BTreeSet<String> {
        let mut modules = BTreeSet::new();
        for file in &self.files {
            let Ok(below) = file.strip_prefix(self.site_packages()) else {
                continue;
            };
            let mut words: Vec<&str> = below.iter().filter_map(|word| word.to_str()).collect();
            let (stem, ending) = match words.pop().and_then(|name| name.split_once('.')) {
                Some((stem, ending)) => (stem, ending.rsplit('.').next().unwrap_or(ending)),
                None => continue,
            };
            if !["py", "pyc", "so", "pyd"].contains(&ending) || words.contains(&"__pycache__") {
                continue;
            }
            if stem != "__init__" {
                words.push(stem);
            }
            for length in 1..=words.len() {
                modules.insert(words[..length].join("."));
            }
        }
        modules
    }

    /// Whether its compiled code works with later versions of Python: it uses only the stable ABI,
    /// or no ABI of Python at all.
    pub(super) fn suits_later_pythons(&self) -> bool {
        self.tags.iter().any(|tag| is_stable(tag))
    }

    /// Whether the wheel contains a file other than its metadata.
    pub(super) fn has_content(&self) -> bool {
        self.files
            .iter()
            .any(|file| !file.starts_with(&self.dist_info))
    }
}

fn is_stable(tag: &str) -> bool {
    match tag.split('-').collect::<Vec<_>>().as_slice() {
        [_, _, "any"] => false,
        [python, "none", _] => python.split('.').any(|python| python == "py3"),
        [_, abi, _] => abi.split('.').any(|abi| abi == "abi3"),
        _ => false,
    }
}

/// The values of all headers called `name`. An empty line ends the headers.
fn headers(text: &str, name: &str) -> Vec<String> {
    let lines = text.lines().take_while(|line| !line.is_empty());
    let values = lines.filter_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name)
            .then(|| value.trim().to_string())
    });
    values.collect()
}

/// The console scripts and GUI scripts in `entry_points.txt`.
fn scripts(text: &str) -> Vec<String> {
    let mut scripts = Vec::new();
    let mut counts = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            counts = ["[console_scripts]", "[gui_scripts]"].contains(&line);
        } else if counts && let Some((name, target)) = line.split_once('=') {
            let target = target.split('[').next().unwrap_or(target);
            scripts.push(format!("{} = {}", name.trim(), target.trim()));
        }
    }
    scripts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_ends_where_the_description_begins() {
        let text = "Name: a\nRequires-Dist: b>=1\nrequires-dist: c\n\nRequires-Dist: no\n";
        assert_eq!(headers(text, "Requires-Dist"), ["b>=1", "c"]);
    }

    #[test]
    fn modules_are_packages_and_files_of_code() {
        let files = [
            "site/a/__init__.py",
            "site/a/sub/b.abi3.so",
            "site/a/__pycache__/c.cpython-313.pyc",
            "site/a/data.txt",
            "site/d.py",
            "bin/e.py",
        ];
        let wheel = Wheel {
            dist_info: PathBuf::from("site/a-1.dist-info"),
            files: files.map(PathBuf::from).to_vec(),
            ..Wheel::default()
        };
        let modules: Vec<String> = wheel.modules().into_iter().collect();
        assert_eq!(modules, ["a", "a.sub", "a.sub.b", "d"]);
    }

    #[test]
    fn programs_are_of_two_kinds() {
        let text = "[console_scripts]\na = b:c [x]\n\n[gui_scripts]\nd=e:f\n[pytest11]\ng = h\n";
        assert_eq!(scripts(text), ["a = b:c", "d = e:f"]);
    }

    #[test]
    fn tags_say_whether_later_pythons_can_run_the_code() {
        for (tag, expected) in [
            ("cp39-abi3-linux_x86_64", true),
            ("py3-none-linux_x86_64", true),
            ("py2.py3-none-win_amd64", true),
            ("cp313-cp313-linux_x86_64", false),
            ("cp313-none-linux_x86_64", false),
            ("py3-none-any", false),
        ] {
            assert_eq!(is_stable(tag), expected, "{tag}");
        }
    }
}
