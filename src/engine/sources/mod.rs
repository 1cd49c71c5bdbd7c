//! The sources of a recipe: fetched once for all builds, verified in each build, copied
//! into the work directory and patched.
//!
//! rattler-build stores downloads next to the packages of one build, asks for the commit
//! of a branch only once, and copies with rules that clients cannot reproduce. This
//! module uses rattler-build's cache with one directory per user, and the rules of
//! [`Tree`].

pub(super) mod copy;
mod download;
mod git;
mod kept;
mod patch;

use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report, SourceSpan};
use rattler_build_core::types::Directories;
use rattler_build_networking::BaseClient;
use rattler_build_recipe::stage1::source::{GitSource, PathSource, UrlSource};
use rattler_build_recipe::stage1::{GlobVec, Source};
use rattler_build_source_cache::cache::is_tarball;
use rattler_build_source_cache::{AttestationVerification, Checksum, IdentityCheck};
use rattler_build_types::LateBoundPath;
use rattler_digest::{Sha256, compute_file_digest};
use thiserror::Error;
use url::Url;

use crate::backend::inputs::plain;
use crate::backend::tree::Tree;
use crate::diagnostic::{SourceFile, create_folder, nearest, redacted};
use crate::disk;
use crate::recipe::{RecipeText, tree};

use kept::Download;
pub(super) use kept::{SourceSnapshot, Work};

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
            return Err(NoSuchPath::new(self.text, &from, &written).into());
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
            let download = Download {
                found: &found,
                name: None,
                stamp,
            };
            kept.download(index, download, &source.filter, target)?;
            return Ok(&source.patches);
        }
        for checksum in &checksums {
            if let Err(mismatch) = checksum.validate(&from) {
                let (expected, actual) = (mismatch.expected, mismatch.actual);
                return Err(WrongChecksum::new(self.text, &written, expected, actual).into());
            }
        }
        let name = source.file_name.as_deref().unwrap_or(Path::new(name));
        kept.file(index, &from, &target.join(name))?;
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
                return Err(NoSuchPath::new(self.text, &local, &written).into());
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
        let download = Download {
            found: &found,
            name: Some(name.as_deref().or(last).unwrap_or("source")),
            stamp,
        };
        kept.download(index, download, &source.filter, target)?;
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
        let download = Download {
            found: &checkout.folder,
            name: None,
            stamp,
        };
        kept.download(index, download, &source.filter, target)?;
        // The cache of repositories marks a complete checkout with an empty file.
        let mark = target.join(".ok");
        if std::fs::metadata(&mark).is_ok_and(|mark| mark.len() == 0) {
            disk::remove_file(&mark)?;
        }
        Ok(&source.patches)
    }
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

/// The place of the first key with this name.
fn key_span(text: &RecipeText, key: &str) -> Option<SourceSpan> {
    let found = text.word(key, 0)?;
    Some((found.start, found.len()).into())
}

/// A path in the recipe does not exist.
#[derive(Debug, Error, Diagnostic)]
#[error("{path} does not exist")]
#[diagnostic(code(source::no_such_path), help("{help}"))]
struct NoSuchPath {
    path: String,
    help: String,
    #[source_code]
    file: SourceFile,
    #[label("named here")]
    at: Option<SourceSpan>,
}

impl NoSuchPath {
    /// The error for `path`, which the recipe names as `written`.
    fn new(text: &RecipeText, path: &Path, written: &str) -> Self {
        Self {
            path: path.display().to_string(),
            help: near(path),
            file: text.file(),
            at: text.value_of("path", written),
        }
    }
}

/// The help for a path that does not exist.
fn near(path: &Path) -> String {
    let entries = path
        .parent()
        .and_then(|folder| std::fs::read_dir(folder).ok());
    let entries = entries.into_iter().flatten().flatten();
    let names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "paths in a recipe are relative to the directory of the recipe".to_string(),
    }
}

/// A file does not have the checksum in the recipe.
#[derive(Debug, Error, Diagnostic)]
#[error("{what} does not have its checksum: expected {expected}, found {actual}")]
#[diagnostic(
    code(source::checksum),
    help("if the new content is the right one, write `{key}: {actual}`")
)]
struct WrongChecksum {
    key: &'static str,
    what: String,
    expected: String,
    actual: String,
    #[source_code]
    file: SourceFile,
    #[label("the expected checksum")]
    at: Option<SourceSpan>,
}

impl WrongChecksum {
    fn new(text: &RecipeText, what: &str, expected: String, actual: String) -> Self {
        /// The number of digits in an MD5 checksum.
        const MD5: usize = 32;
        let key = match actual.len() {
            MD5 => "md5",
            _ => "sha256",
        };
        let at = text.find(&expected).or_else(|| text.find("sha256"));
        Self {
            key,
            what: redacted(what),
            expected,
            actual,
            file: text.file(),
            at,
        }
    }
}
