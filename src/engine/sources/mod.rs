//! The sources of a recipe: fetched once for all builds, verified in each build, copied
//! into the work directory and patched.
//!
//! rattler-build stores downloads next to the packages of one build, asks for the commit
//! of a branch only once, and copies with rules that clients cannot reproduce. This
//! module uses rattler-build's cache with one directory per user, and the rules of
//! [`Tree`].

pub(super) mod copy;
mod git;
mod kept;
mod mistake;

use std::path::{Path, PathBuf};

use miette::Report;
use rattler_build_core::source::SourceError;
use rattler_build_core::source::patch::apply_patch_custom;
use rattler_build_core::types::Directories;
use rattler_build_networking::BaseClient;
use rattler_build_recipe::stage1::source::{GitSource, PathSource, UrlSource};
use rattler_build_recipe::stage1::{GlobVec, Source};
use rattler_build_source_cache::cache::is_tarball;
use rattler_build_source_cache::{
    AttestationVerification, CacheIndex, Checksum, IdentityCheck, Source as Wanted,
    SourceCacheBuilder, UrlSource as WantedUrl,
};
use rattler_build_types::LateBoundPath;
use rattler_digest::{Sha256, compute_file_digest};
use url::Url;

use crate::backend::inputs::plain;
use crate::backend::tree::Tree;
use crate::diagnostic::create_folder;
use crate::disk;
use crate::recipe::{RecipeText, tree};

pub(super) use kept::{SourceSnapshot, Work};
use mistake::{Mistake, SourcePlace};

/// Fetches the sources of one build.
pub(super) struct Sources<'a> {
    /// The recipe, for the places of errors.
    pub(super) text: &'a RecipeText,
    pub(super) directories: &'a Directories,
    /// The directory for downloads, shared by all builds of the user.
    pub(super) cache: PathBuf,
    pub(super) client: BaseClient,
    /// Whether the network must not be used.
    pub(super) offline: bool,
    /// Directories that builds write to.
    pub(super) pruned: Vec<PathBuf>,
}

impl Sources<'_> {
    /// Copies all sources into the work directory, in their order. `kept` describes the
    /// files of an earlier build, by the number of the source; `first` is the number of
    /// the first source.
    ///
    /// # Errors
    /// Sources that do not exist, do not have their checksum, or to which a patch does
    /// not apply.
    pub(super) async fn fetch(
        &self,
        sources: &[Source],
        first: usize,
        kept: &mut SourceSnapshot,
    ) -> Result<(), Report> {
        for (index, source) in sources.iter().enumerate() {
            let index = first + index;
            let target = match source {
                Source::Git(git) => &git.target_directory,
                Source::Url(url) => &url.target_directory,
                Source::Path(path) => &path.target_directory,
            };
            let work = &self.directories.work_dir;
            let target = match target {
                Some(below) => work.join(below),
                None => work.clone(),
            };
            create_folder(&target)?;
            let patches = match source {
                Source::Path(path) => self.path(path, &target, index, kept).await?,
                Source::Url(url) => self.url(url, &target, index, kept).await?,
                Source::Git(git) => self.git(git, &target, index, kept).await?,
            };
            for patch in patches {
                self.patch(patch, &target)?;
            }
        }
        Ok(())
    }

    fn place(&self) -> SourcePlace<'_> {
        SourcePlace { text: self.text }
    }

    async fn path<'s>(
        &self,
        source: &'s PathSource,
        target: &Path,
        index: usize,
        kept: &mut SourceSnapshot,
    ) -> Result<&'s [LateBoundPath], Report> {
        let recipe = self.text.path().parent().unwrap_or(Path::new(""));
        let from = plain(&recipe.join(&source.path));
        let written = source.path.display().to_string();
        if from.is_dir() {
            let tree = tree(&from, &source.filter, source.use_gitignore, &self.pruned);
            let has_patches = !source.patches.is_empty();
            kept.tree(index, &tree, &source.filter, target, has_patches)?;
            return Ok(&source.patches);
        }
        if !from.is_file() {
            return Err(self.place().report(Mistake::NoSuchPath {
                path: from,
                written,
            }));
        }
        let name = from
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let checksums = checksums(source.sha256.as_ref(), source.md5.as_ref());
        if source.file_name.is_none() && is_archive(name) {
            let url = Url::from_file_path(&from)
                .map_err(|()| miette::miette!("{} is not absolute", from.display()))?;
            // Without a checksum, the file can be a different one in the next build.
            let checksums = if checksums.is_empty() {
                vec![digest(&from)?]
            } else {
                checksums
            };
            let stamp = format!("{url} {}", checksums[0].to_hex());
            if kept.is_fresh(index, &stamp) {
                return Ok(&[]);
            }
            let found = self
                .download(vec![url], checksums, None, None, &written)
                .await?;
            copy::found(&found, target, None, &source.filter)?;
            kept.remember(index, stamp);
            return Ok(&source.patches);
        }
        for checksum in &checksums {
            if let Err(mismatch) = checksum.validate(&from) {
                return Err(self.place().report(Mistake::Checksum {
                    expected: mismatch.expected,
                    actual: mismatch.actual,
                    what: written,
                }));
            }
        }
        let name = source.file_name.as_deref().unwrap_or(Path::new(name));
        copy::file(&from, &target.join(name))?;
        Ok(&source.patches)
    }

    async fn url<'s>(
        &self,
        source: &'s UrlSource,
        target: &Path,
        index: usize,
        kept: &mut SourceSnapshot,
    ) -> Result<&'s [LateBoundPath], Report> {
        let written = source
            .url
            .first()
            .map(ToString::to_string)
            .unwrap_or_default();
        let mut checksums = checksums(source.sha256.as_ref(), source.md5.as_ref());
        let is_checked = !checksums.is_empty();
        let local = source.url.iter().find_map(|url| url.to_file_path().ok());
        if let Some(local) = local.filter(|_| !is_checked) {
            if !local.is_file() {
                return Err(self.place().report(Mistake::NoSuchPath {
                    path: local,
                    written,
                }));
            }
            checksums.push(digest(&local)?);
        }
        let stamp = format!("{written} {:?} {:?}", checksums, source.file_name);
        if is_checked && kept.is_fresh(index, &stamp) {
            return Ok(&[]);
        }
        let attestation = source.attestation.as_ref().map(|attestation| {
            let publishers = attestation.publishers.iter();
            AttestationVerification {
                bundle_url: attestation.bundle_url.clone(),
                identity_checks: publishers
                    .map(|publisher| {
                        let (identity, issuer) = publisher.to_identity_and_issuer();
                        IdentityCheck { identity, issuer }
                    })
                    .collect(),
            }
        });
        let name = source.file_name.clone();
        let found = self
            .download(
                source.url.clone(),
                checksums.clone(),
                name.clone(),
                attestation,
                &written,
            )
            .await?;
        if checksums.is_empty() {
            self.warn_unchecked(&written, &found).await;
        }
        let last = source
            .url
            .first()
            .and_then(|url| url.path_segments()?.next_back());
        let name = name.as_deref().or(last).unwrap_or("source");
        copy::found(&found, target, Some(name), &source.filter)?;
        kept.remember(index, stamp);
        Ok(&source.patches)
    }

    async fn git<'s>(
        &self,
        source: &'s GitSource,
        target: &Path,
        index: usize,
        kept: &mut SourceSnapshot,
    ) -> Result<&'s [LateBoundPath], Report> {
        let checkout = git::check_out(self, source).await?;
        let stamp = format!("{} {}", source.url, checkout.commit);
        if kept.is_fresh(index, &stamp) {
            return Ok(&[]);
        }
        copy::found(&checkout.folder, target, None, &source.filter)?;
        // The cache of repositories marks a complete checkout with an empty file.
        let mark = target.join(".ok");
        if std::fs::metadata(&mark).is_ok_and(|mark| mark.len() == 0) {
            disk::remove_file(&mark)?;
        }
        kept.remember(index, stamp);
        Ok(&source.patches)
    }

    /// The unpacked archive or the single file, in the cache.
    async fn download(
        &self,
        urls: Vec<Url>,
        checksums: Vec<Checksum>,
        file_name: Option<String>,
        attestation: Option<AttestationVerification>,
        written: &str,
    ) -> Result<PathBuf, Report> {
        // The cache would otherwise return an unpacked archive for a source that must not
        // be unpacked.
        let cache_dir = self.cache.join(match file_name {
            Some(_) => "files",
            None => "unpacked",
        });
        let urls = self
            .reachable(&cache_dir, urls, &checksums, written)
            .await?;
        let cache = SourceCacheBuilder::new()
            .cache_dir(&cache_dir)
            .client(self.client.clone())
            .build()
            .await;
        let wanted = Wanted::Url(WantedUrl {
            urls,
            checksums,
            file_name,
            attestation,
        });
        let found = match cache {
            Ok(cache) => cache.get_source(&wanted).await,
            Err(error) => Err(error),
        };
        found
            .map(|found| found.path)
            .map_err(|error| self.place().report(Mistake::of(error, written)))
    }

    /// Removes downloads that no longer have their checksum, and returns the mirrors that the build
    /// may use. An offline build may use files and what is in the cache.
    ///
    /// # Errors
    /// The build is offline, and all mirrors need the network.
    async fn reachable(
        &self,
        cache_dir: &Path,
        urls: Vec<Url>,
        checksums: &[Checksum],
        written: &str,
    ) -> Result<Vec<Url>, Report> {
        let mut reachable = Vec::new();
        for url in urls {
            let is_cached = self.is_cached(cache_dir, &url, checksums).await?;
            if is_cached || !self.offline || url.scheme() == "file" {
                reachable.push(url);
            }
        }
        if reachable.is_empty() {
            return Err(self.place().report(Mistake::Offline {
                what: written.to_string(),
                cache: self.cache.clone(),
            }));
        }
        Ok(reachable)
    }

    /// Whether a download is in the cache. A download that no longer has its checksum is removed.
    async fn is_cached(
        &self,
        cache_dir: &Path,
        url: &Url,
        checksums: &[Checksum],
    ) -> Result<bool, Report> {
        let key = CacheIndex::generate_cache_key(url, checksums);
        let Ok(index) = CacheIndex::new(cache_dir.to_path_buf()).await else {
            return Ok(false);
        };
        let Some(entry) = index.get(&key).await else {
            return Ok(false);
        };
        let archive = index.get_cache_path(&entry);
        let is_whole = archive.is_file()
            && checksums
                .iter()
                .all(|checksum| checksum.validate(&archive).is_ok());
        if !is_whole && let Some(unpacked) = index.get_extracted_path(&entry) {
            tracing::warn!("the copy of {url} in the cache is damaged, and it is fetched again");
            crate::disk::remove_folder(&unpacked)?;
        }
        Ok(is_whole)
    }

    async fn warn_unchecked(&self, url: &str, found: &Path) {
        let archive = if found.is_dir() {
            found
                .to_str()
                .and_then(|path| path.strip_suffix("_extracted"))
                .and_then(|start| archive_of(Path::new(start)))
        } else {
            Some(found.to_path_buf())
        };
        let digest = archive.and_then(|path| digest(&path).ok());
        match digest {
            Some(digest) => tracing::warn!(
                "{url} has no checksum, so it is never downloaded again (help: add `sha256: {}`)",
                digest.to_hex()
            ),
            None => tracing::warn!("{url} has no checksum, so it is never downloaded again"),
        }
    }

    fn patch(&self, patch: &LateBoundPath, target: &Path) -> Result<(), Report> {
        let Directories {
            work_dir,
            recipe_dir,
            build_dir,
            ..
        } = self.directories;
        let resolved = patch.resolve(|name| match name {
            "SRC_DIR" => Some(work_dir.clone()),
            "RECIPE_DIR" => Some(recipe_dir.clone()),
            "BUILD_DIR" => Some(build_dir.clone()),
            _ => None,
        });
        let file = recipe_dir.join(resolved);
        let written = patch.as_str().to_string();
        if !file.is_file() {
            return Err(self.place().report(Mistake::NoSuchPath {
                path: file,
                written,
            }));
        }
        tracing::info!("applying {}", file.display());
        apply_patch_custom(target, &file).map_err(|error| {
            let is_unreadable = matches!(error, SourceError::PatchParseFailed(_));
            self.place().report(Mistake::Patch {
                written,
                reason: match missing(&file, target) {
                    Some(name) => format!("the sources do not contain `{name}`"),
                    None => error.to_string(),
                },
                quotes_names: is_unreadable && quotes_names(&file),
            })
        })
    }
}

/// Whether a patch has names in quotes, as git writes names that are not ASCII. rattler-build does
/// not read them.
fn quotes_names(patch: &Path) -> bool {
    let text = std::fs::read(patch).unwrap_or_default();
    let mut lines = text.split(|byte| *byte == b'\n');
    lines.any(|line| line.starts_with(b"--- \"") || line.starts_with(b"+++ \""))
}

/// The file that a patch changes and that does not exist in `target`, neither with the first
/// directory of its name nor without.
fn missing(patch: &Path, target: &Path) -> Option<String> {
    let text = std::fs::read(patch).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    // A patch may change a file that it creates before.
    if text.contains("--- /dev/null") || text.contains("rename to ") {
        return None;
    }
    let names = text.lines().filter_map(|line| {
        let name = line.strip_prefix("--- ")?.split('\t').next()?.trim();
        (!name.contains([' ', '"'])).then_some(name)
    });
    let exists = |name: &str| {
        let short = name.split_once('/').map_or(name, |(_, rest)| rest);
        let names = [name, short];
        names
            .iter()
            .any(|name| target.join(name.trim_end_matches(".orig")).exists())
    };
    let mut missing = names.filter(|name| !exists(name));
    let name = missing.next()?;
    Some(name.strip_prefix("a/").unwrap_or(name).to_string())
}

/// The file whose name begins with the name of `start`.
fn archive_of(start: &Path) -> Option<PathBuf> {
    let key = start.file_name()?.to_str()?;
    let entries = std::fs::read_dir(start.parent()?).ok()?.flatten();
    let mut files = entries
        .map(|entry| entry.path())
        .filter(|path| path.is_file());
    files.find(|path| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(key) && name.len() > key.len())
    })
}

fn is_archive(name: &str) -> bool {
    is_tarball(name) || name.ends_with(".zip") || name.ends_with(".7z")
}

fn checksums(
    sha256: Option<&rattler_digest::Sha256Hash>,
    md5: Option<&rattler_digest::Md5Hash>,
) -> Vec<Checksum> {
    let sha256 = sha256.map(|hash| Checksum::Sha256(hash.to_vec()));
    let md5 = md5.map(|hash| Checksum::Md5(hash.to_vec()));
    sha256.into_iter().chain(md5).collect()
}

fn digest(file: &Path) -> Result<Checksum, Report> {
    let digest = compute_file_digest::<Sha256>(file)
        .map_err(|error| miette::miette!("cannot read {}: {error}", file.display()))?;
    Ok(Checksum::Sha256(digest.to_vec()))
}

/// Whether a filter accepts a path. A filter without globs accepts everything.
fn takes(filter: &GlobVec, path: &Path) -> bool {
    filter.is_empty() || filter.is_match(path)
}

/// An unpacked archive as a tree without ignore rules.
fn unpacked(root: &Path) -> Tree {
    Tree {
        root: root.to_path_buf(),
        include: Vec::new(),
        exclude: Vec::new(),
        use_gitignore: false,
        pruned: Vec::new(),
    }
}
