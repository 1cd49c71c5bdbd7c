//! A conda channel in a directory, with the repodata that real clients read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rattler_conda_types::package::DistArchiveIdentifier;
use rattler_conda_types::{
    MatchSpec, Matches, PackageRecord, ParseStrictness, RepoDataRecord, Subdir,
};
use serde::{Deserialize, Serialize};
use url::Url;

use super::packages::Package;
use super::{packing, prefix};

/// A channel in a directory, addressed by a `file://` URL.
#[derive(Debug, Clone)]
pub struct Channel {
    root: PathBuf,
    records: Vec<RepoDataRecord>,
}

/// The part of `repodata.json` that tests use.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct RepoData {
    info: Info,
    packages: BTreeMap<String, PackageRecord>,
    #[serde(rename = "packages.conda")]
    conda_packages: BTreeMap<String, PackageRecord>,
    removed: Vec<String>,
    repodata_version: u64,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Info {
    subdir: String,
}

impl Channel {
    /// An empty channel, with repodata for `noarch` and for the platform of this machine.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        let channel = Self {
            root: root.into(),
            records: Vec::new(),
        };
        channel.publish();
        channel
    }

    /// A channel that was written earlier, possibly by another process.
    ///
    /// Returns `None` if the directory does not contain one.
    pub fn open(root: impl Into<PathBuf>) -> Option<Self> {
        let mut channel = Self {
            root: root.into(),
            records: Vec::new(),
        };
        for subdir in fs_err::read_dir(&channel.root).ok()? {
            let repodata = subdir.ok()?.path().join("repodata.json");
            let repodata = fs_err::read(repodata).ok()?;
            let repodata: RepoData =
                serde_json::from_slice(&repodata).expect("the test wrote the repodata");
            let packages = repodata.packages.into_iter().chain(repodata.conda_packages);
            for (archive, record) in packages {
                channel.records.push(channel.located(&archive, record));
            }
        }
        Some(channel)
    }

    /// Packages `package` and publishes it.
    pub fn add(&mut self, package: Package) -> RepoDataRecord {
        let name = package.archive_name();
        let archive = self.root.join(package.subdir.as_str()).join(&name);
        let record = packing::pack(&package, &archive);
        self.enter(&name, record)
    }

    /// Publishes a finished archive, as pixi does with archives of a backend.
    pub fn adopt(&mut self, archive: &Path) -> RepoDataRecord {
        let record = prefix::record_of(archive).package_record;
        let name = archive.file_name().and_then(|name| name.to_str());
        let name = name.expect("archives have UTF-8 names").to_owned();
        let subdir = self.root.join(&record.subdir);
        fs_err::create_dir_all(&subdir).expect("the channel is writable");
        fs_err::copy(archive, subdir.join(&name)).expect("the archive can be copied");
        self.enter(&name, record)
    }

    /// Publishes all packages of another channel.
    pub fn include(&mut self, other: &Channel) {
        for record in &other.records {
            let name = record.identifier.to_string();
            let subdir = &record.package_record.subdir;
            let copy = self.root.join(subdir).join(&name);
            fs_err::create_dir_all(self.root.join(subdir)).expect("the channel is writable");
            fs_err::copy(other.root.join(subdir).join(&name), copy).expect("the archive exists");
            self.enter(&name, record.package_record.clone());
        }
    }

    /// Its directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Its URL without a trailing slash, as pixi sends it.
    pub fn url(&self) -> String {
        let url = Url::from_file_path(&self.root).expect("channels have absolute paths");
        url.to_string()
    }

    /// All packages, in the form in which pixi embeds them in its requests.
    pub fn records(&self) -> &[RepoDataRecord] {
        &self.records
    }

    /// The newest package that matches a match spec.
    ///
    /// Panics if there is none.
    pub fn record(&self, spec: &str) -> &RepoDataRecord {
        self.find(spec).unwrap_or_else(|| {
            let names: Vec<_> = self
                .records
                .iter()
                .map(|r| r.identifier.to_string())
                .collect();
            panic!("`{spec}` is not in the test channel, which has {names:?}")
        })
    }

    /// The newest match for each spec and for all dependencies, in no particular order.
    ///
    /// This is not a solver: it takes the newest match of a name and does not backtrack.
    /// Virtual packages are treated as present. Panics if a package is missing.
    pub fn closure<I: IntoIterator<Item: AsRef<str>>>(&self, specs: I) -> Vec<RepoDataRecord> {
        let mut pending: Vec<String> = specs.into_iter().map(|s| s.as_ref().to_owned()).collect();
        let mut chosen: BTreeMap<String, RepoDataRecord> = BTreeMap::new();
        while let Some(spec) = pending.pop() {
            if spec.starts_with("__") {
                continue;
            }
            let record = self.record(&spec);
            let name = record.package_record.name.as_normalized().to_owned();
            if chosen.insert(name, record.clone()).is_none() {
                pending.extend(record.package_record.depends.iter().cloned());
            }
        }
        chosen.into_values().collect()
    }

    fn find(&self, spec: &str) -> Option<&RepoDataRecord> {
        let matcher = MatchSpec::from_str(spec, ParseStrictness::Lenient);
        let matcher =
            matcher.unwrap_or_else(|error| panic!("`{spec}` is not a match spec: {error}"));
        let matches = self
            .records
            .iter()
            .filter(|record| matcher.matches(*record));
        matches.max_by_key(|record| {
            let PackageRecord {
                version,
                build_number,
                ..
            } = &record.package_record;
            (version.clone(), *build_number)
        })
    }

    fn enter(&mut self, archive: &str, record: PackageRecord) -> RepoDataRecord {
        let record = self.located(archive, record);
        self.records.retain(|other| other.url != record.url);
        self.records.push(record.clone());
        self.publish();
        record
    }

    fn located(&self, archive: &str, record: PackageRecord) -> RepoDataRecord {
        let path = self.root.join(&record.subdir).join(archive);
        RepoDataRecord {
            identifier: DistArchiveIdentifier::try_from_filename(archive)
                .expect("archives are named name-version-build"),
            url: Url::from_file_path(path).expect("channels have absolute paths"),
            channel: Some(format!("{}/", self.url())),
            package_record: record,
        }
    }

    /// Writes `repodata.json` for every subdir.
    fn publish(&self) {
        let current = Subdir::current().expect("tests run on a platform of conda");
        let mut subdirs = BTreeMap::new();
        for subdir in [Subdir::NoArch, current] {
            subdirs.insert(subdir.as_str().to_owned(), RepoData::default());
        }
        for record in &self.records {
            let package = record.package_record.clone();
            let repodata = subdirs.entry(package.subdir.clone()).or_default();
            let name = record.identifier.to_string();
            if name.ends_with(".conda") {
                repodata.conda_packages.insert(name, package);
            } else {
                repodata.packages.insert(name, package);
            }
        }
        for (subdir, mut repodata) in subdirs {
            let folder = self.root.join(&subdir);
            repodata.info.subdir = subdir;
            repodata.repodata_version = 1;
            let text = serde_json::to_vec(&repodata).expect("repodata is plain data");
            fs_err::create_dir_all(&folder).expect("the channel is writable");
            fs_err::write(folder.join("repodata.json"), text).expect("the channel is writable");
        }
    }
}
