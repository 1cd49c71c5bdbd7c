//! Aliases for directories whose paths the tools of a build would misread.
//!
//! rattler-build pastes paths between double quotes, and activation scripts add them to
//! lists that are separated by spaces, colons or commas. When the path of a directory
//! contains such a character, the build uses a link in `/tmp` instead.

use std::path::{Path, PathBuf};

use crate::diagnostic::Unwritable;

/// Links that replace directories. They are removed when the value is dropped.
#[derive(Debug, Default)]
pub(super) struct Aliases {
    /// The directory that contains the links.
    folder: Option<PathBuf>,
    /// A directory and the link to it.
    links: Vec<(PathBuf, PathBuf)>,
}

impl Aliases {
    /// Creates an alias for each of `folders` that needs one. The first of `folders` is the work
    /// directory, which no other build uses at the same time.
    ///
    /// # Errors
    /// [`Unwritable`].
    #[cfg(unix)]
    pub(super) fn of(folders: &[&Path]) -> Result<Self, Unwritable> {
        let mut aliases = Self::default();
        for folder in folders {
            if !is_harmless(&aliases.name(folder)) {
                aliases.link(folders[0], folder)?;
            }
        }
        Ok(aliases)
    }

    /// Windows has no aliases: drive letters contain a colon, and links need privileges.
    #[cfg(not(unix))]
    pub(super) fn of(_: &[&Path]) -> Result<Self, Unwritable> {
        Ok(Self::default())
    }

    /// `path` with its alias.
    pub(super) fn name(&self, path: &Path) -> PathBuf {
        let named = self.links.iter().find_map(|(real, link)| {
            let rest = path.strip_prefix(real).ok()?;
            Some(if rest.as_os_str().is_empty() {
                link.clone()
            } else {
                link.join(rest)
            })
        });
        named.unwrap_or_else(|| path.to_path_buf())
    }

    /// The directory of the aliases, if there are any.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    #[cfg(unix)]
    fn link(&mut self, work_directory: &Path, real: &Path) -> Result<(), Unwritable> {
        let parent = match &self.folder {
            Some(parent) => parent.clone(),
            None => unix::private_folder(work_directory)?,
        };
        self.folder = Some(parent.clone());
        let link = parent.join(name_of_length(
            self.links.len(),
            real.as_os_str()
                .len()
                .saturating_sub(parent.as_os_str().len() + 1),
        ));
        unix::point(&link, real).map_err(|source| Unwritable {
            path: link.clone(),
            source,
        })?;
        self.links.push((real.to_path_buf(), link));
        Ok(())
    }
}

impl Drop for Aliases {
    fn drop(&mut self) {
        for (_, link) in &self.links {
            if let Err(error) = std::fs::remove_file(link) {
                tracing::debug!("cannot remove {}: {error}", link.display());
            }
        }
        if let Some(folder) = &self.folder
            && let Err(error) = std::fs::remove_dir(folder)
        {
            tracing::debug!("cannot remove {}: {error}", folder.display());
        }
    }
}

/// Whether `path` contains no character with a special meaning in shells, lists of paths
/// or compiler flags.
#[cfg(unix)]
fn is_harmless(path: &Path) -> bool {
    let harmless = |sign: char| {
        sign.is_ascii_alphanumeric()
            || "/._-+@%~".contains(sign)
            || (!sign.is_ascii() && !sign.is_whitespace() && !sign.is_control())
    };
    path.to_str().is_some_and(|path| path.chars().all(harmless))
}

/// The alias has the length of the original path if possible, because the length of a
/// prefix limits where the package can be installed.
#[cfg(unix)]
fn name_of_length(number: usize, length: usize) -> String {
    const LONGEST: usize = 255;
    let number = number.to_string();
    let filler = "_".repeat(length.min(LONGEST).saturating_sub(number.len()));
    filler + &number
}

#[cfg(unix)]
mod unix {
    use std::io::ErrorKind;
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, symlink};
    use std::path::{Path, PathBuf};

    use rattler_digest::{Sha256, compute_bytes_digest};

    use crate::diagnostic::Unwritable;

    /// A directory for this work directory, in which no other user can write.
    pub(super) fn private_folder(work_directory: &Path) -> Result<PathBuf, Unwritable> {
        let path = work_directory.as_os_str().as_encoded_bytes();
        let hash = hex::encode(compute_bytes_digest::<Sha256>(path));
        let folder = Path::new("/tmp").join(format!("pixi-build-{}", &hash[..16]));
        let made = match std::fs::DirBuilder::new().mode(0o700).create(&folder) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                // A killed build left the directory, unless another user created it.
                check_owner(&folder)
            }
            made => made,
        };
        match made {
            Ok(()) => Ok(folder),
            Err(source) => Err(Unwritable {
                path: folder,
                source,
            }),
        }
    }

    fn check_owner(folder: &Path) -> std::io::Result<()> {
        let found = std::fs::symlink_metadata(folder)?;
        let own = rustix::process::geteuid().as_raw();
        let private = found.mode() & 0o077 == 0;
        if found.is_dir() && found.uid() == own && private {
            return Ok(());
        }
        Err(ErrorKind::PermissionDenied.into())
    }

    pub(super) fn point(link: &Path, real: &Path) -> std::io::Result<()> {
        match std::fs::remove_file(link) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        symlink(real, link)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn harmless_folders_keep_their_names() {
        let folders = ["/home/me/größe/.pixi/bld", "/home/me/größe"].map(Path::new);
        let aliases = Aliases::of(&folders).expect("nothing is written");
        assert_eq!(aliases.name(folders[0]), folders[0]);
        assert_eq!(aliases.folder(), None);
    }

    #[test]
    fn other_folders_are_called_by_a_name_of_the_same_length() {
        let root = tempfile::tempdir().expect("a folder");
        let base = dunce::canonicalize(root.path()).expect("it exists");
        let work = base.join("a $b `c` \"d\" and some more to come close to what is usual");
        std::fs::create_dir(&work).expect("own folder");
        let folders = [work.as_path(), &work.join("host"), &base];
        let aliases = Aliases::of(&folders).expect("/tmp is writable");
        let name = aliases.name(&work);
        assert!(is_harmless(&name), "{}", name.display());
        assert_eq!(name.as_os_str().len(), work.as_os_str().len());
        assert_eq!(aliases.name(&work.join("host")), name.join("host"));
        assert_eq!(dunce::canonicalize(&name).expect("a link"), work);
        assert_eq!(aliases.name(&base), base);

        drop(aliases);
        assert!(!name.exists());
    }
}
