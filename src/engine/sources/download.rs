//! Downloads, from the cache or the network.

use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report, SourceSpan};
use rattler_build_source_cache::{
    AttestationVerification, CacheError, CacheIndex, Checksum, Source, SourceCacheBuilder,
    UrlSource,
};
use thiserror::Error;
use url::Url;

use super::{Sources, WrongChecksum, digest, key_span};
use crate::diagnostic::{SourceFile, redacted};
use crate::disk;
use crate::recipe::RecipeText;

impl Sources<'_> {
    /// The unpacked archive or the single file, in the cache.
    pub(super) async fn download(
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
        let wanted = Source::Url(UrlSource {
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
            .map_err(|error| not_fetched(self.text, written, error))
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
            return Err(Offline::new(self.text, written, &self.cache).into());
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
            disk::remove_folder(&unpacked)?;
        }
        Ok(is_whole)
    }

    /// Warns that nothing verifies a download, and names its checksum.
    pub(super) async fn warn_unchecked(&self, url: &str, found: &Path) {
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

/// The error of the cache for a download that the recipe names as `url`.
fn not_fetched(text: &RecipeText, url: &str, error: CacheError) -> Report {
    match error {
        CacheError::ValidationFailed {
            expected, actual, ..
        } => WrongChecksum::new(text, url, expected, actual).into(),
        CacheError::ExtractionError(reason) => NotUnpacked::new(text, url, &reason).into(),
        other => NotDownloaded::new(text, url, &other).into(),
    }
}

/// The place of a download in the recipe.
fn place(text: &RecipeText, url: &str) -> Option<SourceSpan> {
    text.find(url).or_else(|| key_span(text, "url"))
}

/// The messages of an error and of its causes.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let next = cause.to_string();
        if !text.contains(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        source = cause.source();
    }
    redacted(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A download that cannot be fetched.
#[derive(Debug, Error, Diagnostic)]
#[error("{url} cannot be downloaded: {reason}")]
#[diagnostic(
    code(source::download),
    help("check the address; `url` can be a list of mirrors, which are tried in order")
)]
struct NotDownloaded {
    url: String,
    reason: String,
    #[source_code]
    file: SourceFile,
    #[label("this source")]
    at: Option<SourceSpan>,
}

impl NotDownloaded {
    fn new(text: &RecipeText, url: &str, error: &CacheError) -> Self {
        let reason = causes(error);
        let reason = reason.trim_start_matches("Failed to download from URL: ");
        let (reason, _) = reason.split_once(" for url (").unwrap_or((reason, ""));
        Self {
            url: redacted(url),
            reason: reason.to_string(),
            file: text.file(),
            at: place(text, url),
        }
    }
}

/// An archive that cannot be unpacked.
#[derive(Debug, Error, Diagnostic)]
#[error("{what} cannot be unpacked: {reason}")]
#[diagnostic(
    code(source::archive),
    help("it is damaged or is not an archive; set `file_name` to use the file as it is")
)]
struct NotUnpacked {
    what: String,
    reason: String,
    #[source_code]
    file: SourceFile,
    #[label("this source")]
    at: Option<SourceSpan>,
}

impl NotUnpacked {
    fn new(text: &RecipeText, url: &str, reason: &str) -> Self {
        Self {
            what: redacted(url),
            reason: redacted(reason),
            file: text.file(),
            at: place(text, url),
        }
    }
}

/// A source that is not in the cache of an offline build.
#[derive(Debug, Error, Diagnostic)]
#[error("{what} is not in the cache {cache}, and the build is offline")]
#[diagnostic(
    code(source::offline),
    help("build once without `--offline`, so that what is needed is in the cache")
)]
pub(super) struct Offline {
    what: String,
    cache: String,
    #[source_code]
    file: SourceFile,
    #[label("this source")]
    at: Option<SourceSpan>,
}

impl Offline {
    /// The error for a source that the recipe names as `url`.
    pub(super) fn new(text: &RecipeText, url: &str, cache: &Path) -> Self {
        Self {
            what: redacted(url),
            cache: cache.display().to_string(),
            file: text.file(),
            at: place(text, url),
        }
    }
}
