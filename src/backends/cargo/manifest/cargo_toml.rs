//! `Cargo.toml` files, each of which is read and parsed once per request.
//!
//! This backend needs only a few keys of the manifests of path crates, so it does not check
//! them. It checks only the manifests of the package and of its workspace completely, as Cargo
//! does: see [`CargoToml::checked`]. A file that has not changed since an earlier request of
//! this process is not read again, and a file with the same text is not parsed again.

use std::collections::HashMap;
use std::fs::Metadata;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use cargo_toml::Manifest;
use miette::{Report, SourceSpan};
use toml_edit::{Document, Item, TableLike};

use crate::backends::cargo::manifest::errors::Broken;
use crate::diagnostic::{SourceFile, Unreadable};
use crate::disk;

/// The original name of the table `[package]`. Cargo still accepts it if `[package]` is
/// missing.
const OLD_PACKAGE: &str = "project";

/// A parsed `Cargo.toml`.
#[derive(Debug)]
pub(crate) struct CargoToml {
    pub(crate) path: PathBuf,
    document: Document<Arc<str>>,
    checked: OnceLock<Manifest>,
    inherits: OnceLock<bool>,
}

/// A manifest that an earlier request has parsed.
#[derive(Debug, Clone)]
struct Parsed {
    /// The state of the file before it was read.
    before: Option<Stamp>,
    manifest: Arc<CargoToml>,
}

/// The manifests that earlier requests have parsed, by path.
static PARSED: LazyLock<Mutex<HashMap<PathBuf, Parsed>>> = LazyLock::new(Mutex::default);

impl CargoToml {
    /// The manifest at `path`.
    ///
    /// # Errors
    /// Files that cannot be read, and [`Broken`].
    pub(crate) fn read(path: &Path) -> Result<Arc<Self>, Report> {
        let read = Self::find(path).and_then(|found| found.ok_or(ErrorKind::NotFound.into()));
        read.map_err(|source| Unreadable {
            path: path.to_path_buf(),
            source,
        })?
    }

    /// The manifest at `path`, or an error if it is [`Broken`]. `None` if the file does not
    /// exist.
    ///
    /// # Errors
    /// Files that cannot be read.
    pub(crate) fn find(path: &Path) -> io::Result<Option<Result<Arc<Self>, Report>>> {
        let about = match std::fs::metadata(path) {
            Ok(about) => about,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let stamp = Stamp::of(&about);
        let parsed = || PARSED.lock().unwrap_or_else(PoisonError::into_inner);
        let known = parsed().get(path).cloned();
        if let Some(known) = &known
            && stamp.is_some()
            && stamp == known.before
        {
            return Ok(Some(Ok(Arc::clone(&known.manifest))));
        }
        let text = std::fs::read_to_string(path)?;
        let same = known.filter(|known| known.manifest.text() == text);
        let manifest = match same {
            Some(known) => known.manifest,
            None => match Self::parse(path, text) {
                Ok(manifest) => Arc::new(manifest),
                Err(broken) => return Ok(Some(Err(broken))),
            },
        };
        let read = Parsed {
            before: stamp,
            manifest: Arc::clone(&manifest),
        };
        parsed().insert(path.to_path_buf(), read);
        Ok(Some(Ok(manifest)))
    }

    fn parse(path: &Path, text: String) -> Result<Self, Report> {
        let text: Arc<str> = text.into();
        let document = Document::parse(Arc::clone(&text));
        let document = document.map_err(|error| Broken::syntax(path, text, &error))?;
        Ok(Self {
            path: path.to_path_buf(),
            document,
            checked: OnceLock::new(),
            inherits: OnceLock::new(),
        })
    }

    fn text(&self) -> &str {
        self.document.raw()
    }

    /// The directory of the crate.
    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// The text with its path, for errors that point into it.
    pub(crate) fn file(&self) -> SourceFile {
        let text = Arc::from(self.text());
        SourceFile::new(self.path.display().to_string(), text)
    }

    /// The table that contains the whole file.
    pub(crate) fn root(&self) -> &dyn TableLike {
        self.document.as_table()
    }

    /// The value of a top-level key.
    pub(crate) fn get(&self, key: &str) -> Option<&Item> {
        self.document.get(key)
    }

    /// The table `[package]`, under either of its names.
    pub(crate) fn package(&self) -> Option<&Item> {
        self.get("package").or_else(|| self.get(OLD_PACKAGE))
    }

    /// The value of a key of `[package]`.
    pub(crate) fn package_key(&self, key: &str) -> Option<&Item> {
        self.package()?.get(key)
    }

    /// The name of the crate.
    pub(crate) fn name(&self) -> Option<&str> {
        self.package_key("name")?.as_str()
    }

    /// The table `[workspace]`.
    pub(crate) fn workspace(&self) -> Option<&Item> {
        self.get("workspace")
    }

    /// The strings in a list of `[workspace]`.
    pub(crate) fn workspace_list(&self, key: &str) -> Vec<&str> {
        let list = self
            .workspace()
            .and_then(|table| table.get(key)?.as_array());
        let texts = list.into_iter().flatten();
        texts.filter_map(|text| text.as_str()).collect()
    }

    /// The position of the last of `keys`, which is a path of nested tables. A first key
    /// `package` also stands for the original name of that table.
    pub(crate) fn span(&self, keys: &[&str]) -> Option<SourceSpan> {
        let (last, tables) = keys.split_last()?;
        let mut table = self.document.as_item();
        for (depth, key) in tables.iter().enumerate() {
            table = match (depth, *key) {
                (0, "package") => self.package()?,
                _ => table.get(key)?,
            };
        }
        let (key, _) = table.as_table_like()?.get_key_value(last)?;
        key.span().map(Into::into)
    }

    /// The manifest with the type of every key checked, as Cargo checks it.
    ///
    /// # Errors
    /// [`Broken`].
    pub(crate) fn checked(&self) -> Result<&Manifest, Report> {
        if let Some(checked) = self.checked.get() {
            return Ok(checked);
        }
        let text = self.text();
        let checked = match (self.get("package"), self.get(OLD_PACKAGE)) {
            (None, Some(_)) => Manifest::from_str(&self.with_new_name()),
            _ => Manifest::from_str(text),
        };
        let checked = checked.map_err(|source| Broken::report(&self.path, text, source))?;
        Ok(self.checked.get_or_init(|| checked))
    }

    /// Whether any value is inherited from the workspace.
    pub(crate) fn inherits(&self) -> bool {
        *self.inherits.get_or_init(|| is_inheriting(self.root()))
    }

    fn with_new_name(&self) -> String {
        let mut document = self.document.clone().into_mut();
        if let Some(package) = document.remove(OLD_PACKAGE) {
            document.insert("package", package);
        }
        document.to_string()
    }
}

/// The state of a file. The content does not change as long as the state is the same.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    changed: SystemTime,
    length: u64,
}

impl Stamp {
    /// The minimum age of the last change. A second change within the same tick of the file
    /// system's clock would otherwise not be noticed.
    const SETTLED: Duration = Duration::from_secs(2);

    /// The state of a file. `None` if the file changed a moment ago, or if the system does not
    /// record changes.
    fn of(about: &Metadata) -> Option<Self> {
        let changed = disk::change_time(about).filter(|_| cfg!(unix))?;
        let age = SystemTime::now().duration_since(changed).ok()?;
        (age > Self::SETTLED).then_some(Self {
            changed,
            length: about.len(),
        })
    }
}

/// The state of a place in which a request searched for a `Cargo.toml`.
#[derive(Debug)]
pub(crate) struct Sighting {
    path: PathBuf,
    /// The state of the file. `None` if it did not exist.
    stamp: Option<Stamp>,
}

impl Sighting {
    /// A place without a file.
    pub(crate) fn of_nothing(path: PathBuf) -> Self {
        Self { path, stamp: None }
    }

    /// A file that a request of this process has read. `None` if a later change could not be
    /// noticed, or if another request has read a different text since.
    pub(crate) fn of(manifest: &Arc<CargoToml>) -> Option<Self> {
        let parsed = PARSED.lock().unwrap_or_else(PoisonError::into_inner);
        let latest = parsed.get(&manifest.path)?;
        let stamp = latest.before.clone()?;
        Arc::ptr_eq(&latest.manifest, manifest).then(|| Self {
            path: manifest.path.clone(),
            stamp: Some(stamp),
        })
    }

    /// Whether the place is still in the same state.
    pub(crate) fn still_holds(&self) -> bool {
        match (std::fs::metadata(&self.path), &self.stamp) {
            (Ok(about), Some(stamp)) => Stamp::of(&about).as_ref() == Some(stamp),
            (Err(error), None) => error.kind() == ErrorKind::NotFound,
            (Ok(_), None) | (Err(_), Some(_)) => false,
        }
    }
}

/// Whether any value in a table is inherited from the workspace.
pub(crate) fn is_inheriting(table: &dyn TableLike) -> bool {
    let here = table.get("workspace").and_then(Item::as_bool) == Some(true);
    let below = |item: &Item| match (item.as_table_like(), item.as_array_of_tables()) {
        (Some(table), _) => is_inheriting(table),
        (None, Some(tables)) => tables.iter().any(|table| is_inheriting(table)),
        (None, None) => false,
    };
    here || table.iter().any(|(_, item)| below(item))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (tempfile::TempDir, Arc<CargoToml>) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("Cargo.toml");
        std::fs::write(&path, text).expect("own folder");
        let manifest = CargoToml::read(&path).expect("TOML");
        (folder, manifest)
    }

    #[test]
    fn the_old_name_of_the_package_table_counts_where_the_new_one_is_missing() {
        for (text, name) in [
            ("[project]\nname = 'old'\nversion = '1.0.0'\n", "old"),
            (
                "project.name = 'dotted'\nproject.version = '1.0.0'\n",
                "dotted",
            ),
            ("[project]\nname = 'old'\n[package]\nname = 'new'\n", "new"),
            ("[workspace]\n[project]\nname = 'root'\n", "root"),
        ] {
            let (_folder, manifest) = read(text);
            assert_eq!(manifest.name(), Some(name), "{text}");
            let checked = manifest.checked().expect("Cargo takes it");
            assert_eq!(checked.package.as_ref().expect("a package").name, name);
            assert!(manifest.span(&["package", "name"]).is_some(), "{text}");
        }
    }
}
