//! `RECORD`: the files of an installed project, as the installer lists them.
//!
//! The [specification][spec] defines the format. Each row has a path relative to the directory
//! of modules, a digest and a size.
//!
//! [spec]: https://packaging.python.org/en/latest/specifications/recording-installed-packages/

use std::path::{Path, PathBuf};

use miette::Report;

use super::dependency::normalized;
use crate::diagnostic::{Unreadable, read_text};
use crate::disk;

/// The name of the file.
const RECORD: &str = "RECORD";

/// The `RECORD` of one project.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// The directory of modules. The paths are relative to it.
    modules: PathBuf,
    pub(super) rows: Vec<Row>,
}

/// The row of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    /// The path, with `/` as the separator.
    pub(super) path: String,
    digest: String,
    size: String,
}

impl Row {
    /// A row without a digest and a size, for a file whose content is not final yet.
    pub(super) fn of(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            ..Self::default()
        }
    }

    /// A row with a digest, which is the SHA-256 in URL-safe Base64 without padding, and a size
    /// in bytes.
    pub(super) fn with(path: impl Into<String>, digest: &str, size: usize) -> Self {
        Self {
            path: path.into(),
            digest: format!("sha256={digest}"),
            size: size.to_string(),
        }
    }
}

impl Record {
    /// Reads the `RECORD` in a metadata directory. A missing file counts as empty.
    ///
    /// # Errors
    /// A file that cannot be read or is not in this format.
    pub(super) fn read(dist_info: &Path) -> Result<Self, Report> {
        let file = dist_info.join(RECORD);
        let modules = dist_info.parent().unwrap_or(dist_info).to_path_buf();
        let text = if file.is_file() {
            read_text(&file)?
        } else {
            String::new()
        };
        let rows = rows(&text).map_err(|error| Unreadable {
            path: file,
            source: error.into(),
        })?;
        Ok(Self { modules, rows })
    }

    /// Sorts the rows and writes the file.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(super) fn write(mut self, dist_info: &Path) -> Result<(), Report> {
        self.rows.sort();
        Ok(disk::write(&dist_info.join(RECORD), &text(&self.rows)?)?)
    }

    /// The absolute path of a file.
    pub(super) fn path(&self, row: &Row) -> PathBuf {
        self.modules.join(&row.path)
    }

    /// The absolute paths of all files.
    pub(super) fn paths(&self) -> impl Iterator<Item = PathBuf> {
        self.rows.iter().map(|row| self.path(row))
    }
}

fn rows(text: &str) -> Result<Vec<Row>, csv::Error> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let row = |record: csv::StringRecord| {
        let field = |index| record.get(index).unwrap_or_default().to_string();
        Row {
            path: field(0).replace('\\', "/"),
            digest: field(1),
            size: field(2),
        }
    };
    reader.records().map(|record| Ok(row(record?))).collect()
}

fn text(rows: &[Row]) -> Result<String, Report> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let unwritten = |error: csv::Error| miette::miette!("the list of files: {error}");
    for row in rows {
        let record = [&row.path, &row.digest, &row.size];
        writer.write_record(record).map_err(unwritten)?;
    }
    let bytes = writer.into_inner();
    let bytes = bytes.map_err(|error| miette::miette!("the list of files: {error}"))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The metadata directories of a project in a prefix. `name` is the normalized name.
pub(super) fn dist_infos(prefix: &Path, name: &str) -> Vec<PathBuf> {
    let mut found = all_dist_infos(prefix);
    found.retain(|folder| is_metadata_of(folder, name));
    found
}

/// The metadata directories of all projects in a prefix.
pub(super) fn all_dist_infos(prefix: &Path) -> Vec<PathBuf> {
    let folders = modules(prefix).into_iter();
    let entries = folders.flat_map(|folder| disk::folders(&folder));
    let is_metadata = |folder: &PathBuf| folder.extension().is_some_and(|it| it == "dist-info");
    let mut found: Vec<PathBuf> = entries.filter(is_metadata).collect();
    found.sort();
    found
}

fn is_metadata_of(folder: &Path, name: &str) -> bool {
    let entry = folder.file_name().and_then(|entry| entry.to_str());
    let stem = entry.and_then(|entry| entry.strip_suffix(".dist-info"));
    stem.is_some_and(|stem| {
        let project = stem.rsplit_once('-').map_or(stem, |(project, _)| project);
        normalized(project) == name
    })
}

/// The directories of modules in a prefix: `lib/python3.13/site-packages`, or for PyPy
/// `lib/pypy3.11/site-packages`, or on Windows `Lib/site-packages`.
fn modules(prefix: &Path) -> Vec<PathBuf> {
    const NAME: &str = "site-packages";
    if cfg!(windows) {
        return vec![prefix.join("Lib").join(NAME)];
    }
    let libraries = ["lib", "lib64"].map(|name| prefix.join(name));
    // `lib64` may be a symbolic link to `lib`, and `python3.1` one to `python3.13`.
    let libraries = libraries.iter().filter(|folder| !folder.is_symlink());
    let pythons = libraries.flat_map(|library| disk::folders(library));
    let pythons = pythons.filter(|folder| {
        let name = folder.file_name().and_then(|name| name.to_str());
        let is_python = |name: &str| name.starts_with("python") || name.starts_with("pypy");
        name.is_some_and(is_python) && !folder.is_symlink()
    });
    pythons.map(|folder| folder.join(NAME)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_may_hold_commas_and_quotes() {
        let written = "a.py,sha256=x,3\n\"odd,\"\"name.py\",,\n";
        let read = rows(written).expect("rows");
        let expected = [Row::with("a.py", "x", 3), Row::of("odd,\"name.py")];
        assert_eq!(read, expected);
        assert_eq!(text(&read).expect("text"), written);
    }

    #[cfg(unix)]
    #[test]
    fn metadata_is_found_below_every_python_but_not_twice() {
        let prefix = tempfile::tempdir().expect("a directory");
        for folder in [
            "lib/python3.13/site-packages/Some_Name-1.0.dist-info",
            "lib/python3.13/site-packages/some-1.0.dist-info",
            "lib/pypy3.11/site-packages/some.name-2.dist-info",
            "lib/other/site-packages/some-name-3.dist-info",
        ] {
            std::fs::create_dir_all(prefix.path().join(folder)).expect("own directory");
        }
        std::os::unix::fs::symlink("python3.13", prefix.path().join("lib/python3.1"))
            .expect("own directory");
        let found = dist_infos(prefix.path(), "some-name");
        let found = found.iter().filter_map(|it| it.file_name());
        let found: Vec<&str> = found.filter_map(|it| it.to_str()).collect();
        assert_eq!(found, ["some.name-2.dist-info", "Some_Name-1.0.dist-info"]);
    }
}
