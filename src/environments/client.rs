//! Fetches packages from channels, through caches that are shared with pixi.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rattler::package_cache::PackageCache;
use rattler_build_networking::BaseClient;
use rattler_git::resolver::GitResolver;
use rattler_networking::{LazyClient, OfflineMiddleware};
use rattler_repodata_gateway::fetch::CacheAction;
use rattler_repodata_gateway::{ChannelConfig, Gateway, SourceConfig};
use reqwest_middleware::ClientWithMiddleware;

/// The default number of concurrent downloads, which is that of pixi.
const DOWNLOADS: usize = 50;

/// The settings for fetching.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// The cache directory of pixi.
    pub cache: PathBuf,
    /// Whether the network may be used.
    pub network: Network,
    /// The number of concurrent downloads.
    pub downloads: Option<NonZeroUsize>,
}

/// Whether the network may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// It may be used.
    Allowed,
    /// Only the disk and the caches may be used.
    Offline,
}

/// Fetches and caches the contents of channels.
pub struct CondaClient {
    pub(super) cache: PathBuf,
    pub(super) repositories: GitResolver,
    /// The client for archives of sources.
    pub(super) base: BaseClient,
    pub(super) gateway: Gateway,
    pub(super) packages: PackageCache,
    pub(super) client: LazyClient,
    pub(super) network: Network,
    pub(super) downloads: usize,
}

impl CondaClient {
    /// The directory for downloads.
    pub fn cache(&self) -> &Path {
        &self.cache
    }

    /// The client for everything but packages, with the same rules.
    pub fn base_client(&self) -> BaseClient {
        self.base.clone()
    }

    /// Opens the caches. Nothing is fetched yet.
    pub fn open(options: &ClientOptions) -> Self {
        let base = client(options.network);
        let client = base.get_client().clone();
        // pixi uses these names, so that downloads are shared.
        let packages = PackageCache::new(options.cache.join("pkgs"));
        let downloads = options.downloads.map_or(DOWNLOADS, NonZeroUsize::get);
        let cache_action = match options.network {
            Network::Allowed => CacheAction::CacheOrFetch,
            Network::Offline => CacheAction::ForceCacheOnly,
        };
        let gateway = Gateway::builder()
            .with_client(client.clone())
            .with_cache_dir(options.cache.join("repodata"))
            .with_package_cache(packages.clone())
            .with_max_concurrent_requests(downloads)
            .with_channel_config(ChannelConfig {
                default: SourceConfig {
                    cache_action,
                    ..SourceConfig::default()
                },
                ..ChannelConfig::default()
            })
            .finish();
        Self {
            cache: options.cache.clone(),
            repositories: GitResolver::default(),
            base,
            gateway,
            packages,
            client,
            network: options.network,
            downloads,
        }
    }
}

/// A client with the credentials of the user, or one that refuses all requests.
fn client(network: Network) -> BaseClient {
    match network {
        Network::Allowed => {
            let name = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
            BaseClient::builder().user_agent(name).build()
        }
        Network::Offline => {
            let refuse = || {
                let middleware = Arc::new(OfflineMiddleware);
                ClientWithMiddleware::new(reqwest::Client::new(), [middleware as _])
            };
            BaseClient::new_from_clients(refuse(), refuse(), None)
        }
    }
}
