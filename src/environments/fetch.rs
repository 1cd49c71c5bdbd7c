//! Fetches remote sources, which are Git repositories or archives, through the caches of rattler.

use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report};
use rattler_build_source_cache::source::ChecksumKind;
use rattler_build_source_cache::{CacheError, Checksum, Source, SourceCacheBuilder, UrlSource};
use rattler_git::GitUrl;
use rattler_git::git::{CheckoutOptions, GitReference};
use thiserror::Error;
use url::Url;

use crate::diagnostic::redacted;
use crate::environments::client::{CondaClient, Network};
use crate::environments::errors::chain;
use crate::protocol::source::{GitLocation, GitRef, UrlLocation};

/// A source on the disk.
#[derive(Debug, Clone)]
pub struct Checkout {
    /// The directory of the fetched source.
    pub root: PathBuf,
    /// The directory of the package in it.
    pub folder: PathBuf,
}

impl Checkout {
    fn of(root: &Path, subdirectory: Option<&str>) -> Self {
        // Links are resolved in all other paths of a package, too.
        let root = dunce::canonicalize(root).unwrap_or_else(|_| root.to_path_buf());
        Self {
            folder: subdirectory.map_or_else(|| root.clone(), |below| root.join(below)),
            root,
        }
    }
}

impl CondaClient {
    /// Checks out the current commit of `location`.
    ///
    /// # Errors
    /// [`NotFetched`].
    pub async fn check_out(&self, location: &GitLocation) -> Result<Checkout, Report> {
        let GitLocation {
            git,
            rev,
            subdirectory,
            lfs,
        } = location;
        let wrong = |reason: String| NotFetched::new(git, reason, self.network);
        let url = git.strip_prefix("git+").unwrap_or(git);
        let url: Url = url.parse().map_err(|error| wrong(format!("{error}")))?;
        self.may_ask(&url).map_err(wrong)?;
        let reference = match rev {
            None | Some(GitRef::DefaultBranch) => GitReference::DefaultBranch,
            Some(GitRef::Branch(branch)) => GitReference::Branch(branch.clone()),
            Some(GitRef::Tag(tag)) => GitReference::Tag(tag.clone()),
            Some(GitRef::Rev(rev)) => GitReference::from_rev(rev.clone()),
        };
        let options = CheckoutOptions {
            lfs: *lfs,
            ..CheckoutOptions::default()
        };
        let fetched = self
            .repositories
            .fetch(
                GitUrl::from_reference(url, reference),
                self.client.clone(),
                self.cache.join("git"),
                None,
                options,
            )
            .await
            .map_err(|error| wrong(chain(&error)))?;
        if *lfs == Some(true) && !fetched.lfs_ready() {
            return Err(wrong(
                "its large files cannot be fetched, because git-lfs is not available".into(),
            )
            .into());
        }
        Ok(Checkout::of(fetched.path(), subdirectory.as_deref()))
    }

    /// Downloads and unpacks an archive of sources.
    ///
    /// # Errors
    /// [`NotFetched`].
    pub async fn unpack(&self, location: &UrlLocation) -> Result<Checkout, Report> {
        let UrlLocation {
            url: text,
            md5,
            sha256,
            subdirectory,
        } = location;
        let wrong = |reason: String| NotFetched::new(text, reason, self.network);
        let url: Url = text.parse().map_err(|error| wrong(format!("{error}")))?;
        self.may_ask(&url).map_err(wrong)?;
        let mut checksums = Vec::new();
        for (digest, kind) in [(sha256, ChecksumKind::Sha256), (md5, ChecksumKind::Md5)] {
            if let Some(digest) = digest {
                let read = Checksum::from_hex_str(digest, kind);
                checksums.push(read.map_err(|error| wrong(format!("`{digest}`: {error}")))?);
            }
        }
        let cache = SourceCacheBuilder::new().cache_dir(self.cache.join("sources"));
        let cache = cache.client(self.base.clone()).build().await;
        let cache = cache.map_err(|error| wrong(chain(&error)))?;
        let source = Source::Url(UrlSource {
            urls: vec![url],
            checksums,
            file_name: None,
            attestation: None,
        });
        let fetched = cache.get_source(&source).await;
        let fetched = fetched.map_err(|error| match error {
            CacheError::ValidationFailed {
                expected,
                actual,
                kind,
                path: _,
            } => wrong(format!("its {kind} is {actual}, not {expected}")),
            error => wrong(chain(&error)),
        })?;
        Ok(Checkout::of(&fetched.path, subdirectory.as_deref()))
    }

    /// Whether the user allows a request to `url`.
    fn may_ask(&self, url: &Url) -> Result<(), String> {
        if self.network == Network::Offline && url.scheme() != "file" {
            Err("the network may not be used".to_string())
        } else {
            Ok(())
        }
    }
}

/// A source that cannot be fetched.
#[derive(Debug, Error, Diagnostic)]
#[error("the source {url} cannot be fetched: {reason}")]
#[diagnostic(code(environment::not_fetched), help("{help}"))]
struct NotFetched {
    url: String,
    reason: String,
    help: &'static str,
}

impl NotFetched {
    fn new(url: &str, reason: String, network: Network) -> Self {
        Self {
            url: redacted(url),
            reason: reason.trim().to_string(),
            help: match network {
                Network::Allowed => {
                    "check the address, the commit or checksum, and whether this user may read it"
                }
                Network::Offline => {
                    "build without `--offline`, or check it out and give its `path`"
                }
            },
        }
    }
}
