//! `conda/build_v1` as pixi uses it: installs both environments of an output and creates
//! the request with them.

use std::path::{Path, PathBuf};

use rattler_conda_types::{RepoDataRecord, Subdir};
use serde_json::{Map, Value, json};

use super::channel::Channel;
use super::dependencies::{Dependencies, Origin, Reach, deps};
use super::machine::machine;
use super::prefix::{install, padded_host_prefix};

/// A build whose request is ready.
#[derive(Debug, Clone)]
pub struct Build {
    params: Value,
    build_prefix: PathBuf,
    host_prefix: PathBuf,
}

/// An environment: the requested specs and the installed packages.
struct Environment {
    prefix: PathBuf,
    platform: Subdir,
    dependencies: Dependencies,
    packages: Vec<RepoDataRecord>,
}

impl Build {
    /// Installs the dependencies of `output` (one element of the response's `outputs`)
    /// below `work`, and creates the request.
    ///
    /// It may be called again with the same `work`. As with pixi, files that do not
    /// belong to a package stay in the prefixes.
    pub fn prepare(output: &Value, work: &Path, channel: &Channel) -> Self {
        let metadata = &output["metadata"];
        let subdir = metadata["subdir"].as_str().expect("outputs have a subdir");
        let (platform, run) = match subdir {
            "noarch" => (machine().subdir, Reach::NoarchRun),
            native => (
                native.parse().expect("the subdir is a platform of conda"),
                Reach::Run,
            ),
        };
        fs_err::create_dir_all(work).expect("the work directory is writable");
        // pixi's lock. A backend must not touch it.
        fs_err::write(work.join(".lock"), "").expect("the work directory is writable");

        let ignored = &output["ignoreRunExports"];
        let wanted = Dependencies::of(&output["buildDependencies"], &[]);
        let build = Environment::new(work.join("bld"), machine().subdir, wanted, channel);

        let mut wanted = Dependencies::of(&output["hostDependencies"], &build.packages);
        let direct = wanted.clone();
        wanted.export(
            &build.dependencies,
            &build.packages,
            (Origin::Build, Reach::Host),
            ignored,
        );
        let host = Environment::new(padded_host_prefix(work), platform, wanted, channel);

        let seen = [build.packages.as_slice(), &host.packages].concat();
        let mut last = Dependencies::of(&output["runDependencies"], &seen);
        last.export(&direct, &host.packages, (Origin::Host, run), ignored);
        if run == Reach::Run {
            last.export(
                &build.dependencies,
                &build.packages,
                (Origin::Build, run),
                ignored,
            );
        }

        let params = json!({
            "channels": [channel.url()],
            "buildPrefix": build.params(),
            "hostPrefix": host.params(),
            "runDependencies": last.depends,
            "runConstraints": last.constrains,
            "runExports": per_key(&output["runExports"], &seen),
            "extraDependencies": per_key(&output["extraDependencies"], &seen),
            "output": {
                "name": metadata["name"],
                "version": metadata["version"],
                "build": metadata["build"],
                "subdir": metadata["subdir"],
                "variant": metadata["variant"],
            },
            "workDirectory": work,
            "outputDirectory": null,
            "editable": true,
            "packageFormat": {"archiveType": "conda", "compressionLevel": "lowest"},
        });
        Self {
            params,
            build_prefix: build.prefix,
            host_prefix: host.prefix,
        }
    }

    /// Sets a top-level parameter, such as `editable` or `packageFormat`.
    pub fn set(mut self, key: &str, value: Value) -> Self {
        self.params[key] = value;
        self
    }

    /// The parameters of the request.
    pub fn params(&self) -> Value {
        self.params.clone()
    }

    /// Fails the test if pixi would reject this response.
    #[track_caller]
    pub fn check(&self, answer: &Value) {
        let expected = &self.params["output"];
        for key in ["name", "version", "build", "subdir"] {
            assert_eq!(
                answer[key], expected[key],
                "`{key}` of the finished package"
            );
        }
        let archive = answer["output_file"].as_str();
        let archive = Path::new(archive.expect("`output_file` is text"));
        assert!(archive.is_absolute(), "{} is relative", archive.display());
        assert!(archive.is_file(), "{} is missing", archive.display());
        let part = |key: &str| expected[key].as_str().expect("the member is text");
        let stem = format!("{}-{}-{}", part("name"), part("version"), part("build"));
        let name = archive.file_name().and_then(|name| name.to_str());
        let allowed = [format!("{stem}.conda"), format!("{stem}.tar.bz2")];
        assert!(
            name.is_some_and(|name| allowed.contains(&name.to_owned())),
            "{name:?}"
        );

        let globs = answer["input_globs"].as_array();
        for glob in globs.expect("`input_globs` is a list") {
            let glob = glob.as_str().expect("globs are text");
            assert!(
                !glob.starts_with('/'),
                "pixi panics at the absolute glob {glob}"
            );
        }
    }

    /// The prefix of the build environment.
    pub fn build_prefix(&self) -> &Path {
        &self.build_prefix
    }

    /// The prefix of the host environment.
    pub fn host_prefix(&self) -> &Path {
        &self.host_prefix
    }
}

impl Environment {
    fn new(
        prefix: PathBuf,
        platform: Subdir,
        dependencies: Dependencies,
        channel: &Channel,
    ) -> Self {
        let packages = channel.closure(dependencies.specs());
        // The directory exists even when nothing is installed.
        fs_err::create_dir_all(&prefix).expect("the work directory is writable");
        install(&prefix, platform, &packages);
        Self {
            prefix,
            platform,
            dependencies,
            packages,
        }
    }

    fn params(&self) -> Value {
        json!({
            "prefix": self.prefix,
            "platform": self.platform,
            "dependencies": self.dependencies.depends,
            "constraints": self.dependencies.constrains,
            "packages": self.packages,
        })
    }
}

/// The hits and misses of the compiler cache in the log of a build.
pub fn compiler_cache(log: &str) -> Option<(u32, u32)> {
    log.lines().find_map(|line| {
        let (hits, rest) = line
            .strip_prefix("compiler cache: ")?
            .split_once(" hits, ")?;
        let misses = rest.split_once(" misses")?.0;
        Some((hits.parse().ok()?, misses.parse().ok()?))
    })
}

/// Converts each list of an object. A missing object is treated as empty.
fn per_key(lists: &Value, previous: &[RepoDataRecord]) -> Value {
    let Some(lists) = lists.as_object() else {
        return json!({});
    };
    let converted = lists
        .iter()
        .map(|(key, list)| (key.clone(), json!(deps(list, previous))));
    Value::Object(converted.collect::<Map<_, _>>())
}
