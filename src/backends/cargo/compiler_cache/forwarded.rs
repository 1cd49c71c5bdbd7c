//! The variables that a compiler cache takes from the environment of this process.
//!
//! Builds run without the variables of the user. The variables that configure the cache and
//! give access to its storage are passed on. They affect the speed of a build but never its
//! result. In a build with a separate server, they are removed after the server was started,
//! except for those that affect single compilations.

use crate::backend::Env;
use crate::backends::cargo::config::Config;

/// The storages of sccache that need variables other than those that begin with `SCCACHE_`.
const STORAGES: [Storage; 7] = [
    Storage::new("SCCACHE_BUCKET", &["AWS_"]),
    Storage::new(
        "SCCACHE_GHA_ENABLED",
        &[
            "ACTIONS_CACHE_SERVICE_V2",
            "ACTIONS_CACHE_URL",
            "ACTIONS_RESULTS_URL",
            "ACTIONS_RUNTIME_TOKEN",
        ],
    ),
    Storage::new(
        "SCCACHE_GHA_VERSION",
        &[
            "ACTIONS_CACHE_SERVICE_V2",
            "ACTIONS_CACHE_URL",
            "ACTIONS_RESULTS_URL",
            "ACTIONS_RUNTIME_TOKEN",
        ],
    ),
    Storage::new(
        "SCCACHE_AZURE_BLOB_CONTAINER",
        &[
            "AZURE_AUTHORITY_HOST",
            "AZURE_CLIENT_",
            "AZURE_FEDERATED_TOKEN",
            "AZURE_TENANT_ID",
        ],
    ),
    Storage::new("SCCACHE_GCS_BUCKET", &["GOOGLE_APPLICATION_CREDENTIALS"]),
    Storage::new("SCCACHE_OSS_BUCKET", &["ALIBABA_CLOUD_"]),
    Storage::new("SCCACHE_COS_BUCKET", &["TENCENTCLOUD_"]),
];

/// A storage whose credentials are variables that other programs use too. Redis, memcached and
/// WebDAV do not have such variables.
struct Storage {
    /// The variable that selects the storage.
    chosen_by: &'static str,
    /// The prefixes of the names of its variables.
    needs: &'static [&'static str],
}

/// Variables that configure one server. They are not passed on, because every build has its own
/// server.
const OWN: [&str; 8] = [
    "SCCACHE_BASEDIRS",
    "SCCACHE_CLIENT_SIDE",
    "SCCACHE_ERROR_LOG",
    "SCCACHE_NO_DAEMON",
    "SCCACHE_SERVER_PORT",
    "SCCACHE_SERVER_UDS",
    "SCCACHE_START_SERVER",
    "SCCACHE_STARTUP_NOTIFY",
];

/// The variables that are passed on.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Forwarded {
    /// Names and values that may appear in the log.
    pub(crate) settings: Vec<(String, String)>,
    /// The names of variables whose values are masked in the log.
    pub(crate) secrets: Vec<String>,
}

impl Forwarded {
    /// The variables of the user's environment that concern the cache. Variables that `config`
    /// sets, and variables that are `declared` as secrets of the build, are left out.
    pub(crate) fn of(config: &Config, declared: &[String], env: &Env) -> Self {
        let is_set = |name: &str| env.get(name).is_some() || config.env.contains_key(name);
        let mut families = vec!["SCCACHE_"];
        for Storage { chosen_by, needs } in STORAGES {
            if is_set(chosen_by) {
                families.extend(needs);
            }
        }
        let mut forwarded = Self::default();
        for (name, value) in env.iter() {
            let wanted = families.iter().any(|family| name.starts_with(family));
            let said = config.env.contains_key(name) || declared.iter().any(|own| own == name);
            if !wanted || said || OWN.contains(&name) {
                continue;
            }
            if is_secret(name, value) {
                forwarded.secrets.push(name.to_string());
            } else {
                let setting = (name.to_string(), value.to_string());
                forwarded.settings.push(setting);
            }
        }
        forwarded
    }

    /// The names of all variables that are passed on.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let settings = self.settings.iter().map(|(name, _)| name);
        settings.chain(&self.secrets).map(String::as_str)
    }
}

/// Whether a value is masked in the log. A setting such as `true` must not be masked, because
/// the word would be masked wherever it appears.
fn is_secret(name: &str, value: &str) -> bool {
    const KINDS: [&str; 6] = [
        "PASSWORD",
        "TOKEN",
        "SECRET",
        "ACCESS_KEY",
        "CONNECTION_STRING",
        "CREDENTIALS_URL",
    ];
    const HARMLESS: [&str; 2] = ["_FILE", "_PATH"];
    // Such as `redis://user:password@host` and `https://host/?sig=…`.
    let may_hold_one = value.contains("://") && value.contains(['@', '?']);
    let harmless = HARMLESS.iter().any(|ending| name.ends_with(ending));
    (KINDS.iter().any(|kind| name.contains(kind)) && !harmless) || may_hold_one
}

impl Storage {
    const fn new(chosen_by: &'static str, needs: &'static [&'static str]) -> Self {
        Self { chosen_by, needs }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The variables that are passed on from `variables`: settings with their values, and the
    /// names of secrets.
    fn forwarded(variables: &[(&str, &str)]) -> Vec<String> {
        let owned = |(name, value): &(&str, &str)| (name.to_string(), value.to_string());
        let env: Env = variables.iter().map(owned).collect();
        let Forwarded { settings, secrets } = Forwarded::of(&Config::default(), &[], &env);
        let settings = settings
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        settings.chain(secrets).collect()
    }

    #[test]
    fn each_storage_gets_what_it_needs_and_secrets_stay_secret() {
        const AWS: [(&str, &str); 4] = [
            ("AWS_ACCESS_KEY_ID", "id"),
            ("AWS_SECRET_ACCESS_KEY", "key"),
            ("AWS_SESSION_TOKEN", "token"),
            ("AWS_REGION", "eu-north-1"),
        ];
        let with = |setting: (&'static str, &'static str)| {
            let others = [
                ("HOME", "/home/user"),
                ("ACTIONS_RESULTS_URL", "https://results.example/"),
                ("ACTIONS_RUNTIME_TOKEN", "token"),
                ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "token"),
                ("AZURE_TENANT_ID", "tenant"),
                ("AZURE_CLIENT_SECRET", "secret"),
                ("AZURE_STORAGE_KEY", "of another program"),
                ("GOOGLE_APPLICATION_CREDENTIALS", "/home/user/key.json"),
                ("ALIBABA_CLOUD_ACCESS_KEY_ID", "id"),
                ("TENCENTCLOUD_SECRET_ID", "id"),
            ];
            let variables: Vec<_> = AWS.into_iter().chain(others).chain([setting]).collect();
            forwarded(&variables).join(" ")
        };
        let all = [
            ("SCCACHE_BUCKET", "cache"),
            ("SCCACHE_GHA_ENABLED", "on"),
            ("SCCACHE_AZURE_BLOB_CONTAINER", "cache"),
            ("SCCACHE_GCS_BUCKET", "cache"),
            ("SCCACHE_OSS_BUCKET", "cache"),
            ("SCCACHE_COS_BUCKET", "cache"),
            ("SCCACHE_REDIS_ENDPOINT", "redis://host:6379"),
            ("SCCACHE_MEMCACHED_ENDPOINT", "tcp://host:11211"),
            ("SCCACHE_WEBDAV_ENDPOINT", "https://host/cache"),
        ];
        insta::assert_snapshot!(all.map(with).join("\n"), @r"
        AWS_REGION=eu-north-1 SCCACHE_BUCKET=cache AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
        ACTIONS_RESULTS_URL=https://results.example/ SCCACHE_GHA_ENABLED=on ACTIONS_RUNTIME_TOKEN
        AZURE_TENANT_ID=tenant SCCACHE_AZURE_BLOB_CONTAINER=cache AZURE_CLIENT_SECRET
        GOOGLE_APPLICATION_CREDENTIALS=/home/user/key.json SCCACHE_GCS_BUCKET=cache
        SCCACHE_OSS_BUCKET=cache ALIBABA_CLOUD_ACCESS_KEY_ID
        SCCACHE_COS_BUCKET=cache TENCENTCLOUD_SECRET_ID
        SCCACHE_REDIS_ENDPOINT=redis://host:6379
        SCCACHE_MEMCACHED_ENDPOINT=tcp://host:11211
        SCCACHE_WEBDAV_ENDPOINT=https://host/cache
        ");
    }

    #[test]
    fn passwords_tokens_and_addresses_that_hold_them_are_secret() {
        let variables = [
            ("SCCACHE_REDIS", "redis://:password@host"),
            ("SCCACHE_REDIS_ENDPOINT", "redis://user:password@host"),
            ("SCCACHE_REDIS_USERNAME", "default"),
            ("SCCACHE_REDIS_PASSWORD", "password"),
            ("SCCACHE_REDIS_DB", "0"),
            ("SCCACHE_MEMCACHED_PASSWORD", "password"),
            ("SCCACHE_WEBDAV_PASSWORD", "password"),
            ("SCCACHE_WEBDAV_TOKEN", "token"),
            ("SCCACHE_WEBDAV_KEY_PREFIX", "x"),
            ("SCCACHE_AZURE_CONNECTION_STRING", "AccountKey=key"),
            ("SCCACHE_GHA_RUNTIME_TOKEN", "token"),
            ("SCCACHE_GCS_KEY_PATH", "/home/user/key.json"),
            ("SCCACHE_S3_USE_SSL", "true"),
        ];
        insta::assert_snapshot!(forwarded(&variables).join("\n"), @r"
        SCCACHE_GCS_KEY_PATH=/home/user/key.json
        SCCACHE_REDIS_DB=0
        SCCACHE_REDIS_USERNAME=default
        SCCACHE_S3_USE_SSL=true
        SCCACHE_WEBDAV_KEY_PREFIX=x
        SCCACHE_AZURE_CONNECTION_STRING
        SCCACHE_GHA_RUNTIME_TOKEN
        SCCACHE_MEMCACHED_PASSWORD
        SCCACHE_REDIS
        SCCACHE_REDIS_ENDPOINT
        SCCACHE_REDIS_PASSWORD
        SCCACHE_WEBDAV_PASSWORD
        SCCACHE_WEBDAV_TOKEN
        ");
    }

    #[test]
    fn a_server_of_somebody_else_and_what_the_configuration_says_are_left_alone() {
        let owned = |name: &str, value: &str| (name.to_string(), value.to_string());
        let env: Env = [
            owned("SCCACHE_SERVER_PORT", "4226"),
            owned("SCCACHE_DIR", "/home/user/cache"),
            owned("SCCACHE_REDIS_PASSWORD", "password"),
        ]
        .into_iter()
        .collect();
        let mut config = Config::default();
        let (name, value) = owned("SCCACHE_DIR", "cache");
        config.common.env.insert(name, value);
        let declared = ["SCCACHE_REDIS_PASSWORD".to_string()];
        assert_eq!(
            Forwarded::of(&config, &declared, &env),
            Forwarded::default()
        );
    }
}
