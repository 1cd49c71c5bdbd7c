//! Environments, installed with rattler as pixi does.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use rattler::install::Installer;
use rattler::package_cache::PackageCache;
use rattler_conda_types::{PrefixRecord, RepoDataRecord, Subdir};
use rattler_package_streaming::fs::repodata_record_from_package_archive;

/// Installs exactly these packages into `prefix`, including the records in `conda-meta`.
///
/// Files that do not belong to a package stay, as they do when pixi updates an
/// environment.
pub fn install(prefix: &Path, platform: Subdir, records: &[RepoDataRecord]) {
    // Files are hard-linked into the prefix, so the cache can be removed afterwards. A
    // new cache for each call prevents tests from modifying each other's files.
    let cache = tempfile::tempdir().expect("a temporary directory can be created");
    let installer = Installer::new()
        .with_package_cache(PackageCache::new(cache.path()))
        .with_target_platform(platform);
    let outcome = on_own_runtime(installer.install(prefix, records.to_vec()));
    outcome.unwrap_or_else(|error| panic!("cannot install into {}: {error}", prefix.display()));
}

/// Installs one archive into a new prefix, without its dependencies.
pub fn install_package(archive: &Path, prefix: &Path) -> RepoDataRecord {
    let record = record_of(archive);
    let current = Subdir::current().expect("tests run on a platform of conda");
    install(prefix, current, std::slice::from_ref(&record));
    record
}

/// The record of an archive in a channel.
pub fn record_of(archive: &Path) -> RepoDataRecord {
    let record = on_own_runtime(repodata_record_from_package_archive(archive));
    record.unwrap_or_else(|error| panic!("cannot read {}: {error}", archive.display()))
}

/// The installed packages, by name.
pub fn installed(prefix: &Path) -> Vec<PrefixRecord> {
    let records = PrefixRecord::collect_from_prefix(prefix);
    let mut records: Vec<PrefixRecord> = records.expect("conda-meta is readable");
    records.sort_by(|a, b| {
        let name = |record: &PrefixRecord| record.repodata_record.package_record.name.clone();
        name(a).cmp(&name(b))
    });
    records
}

/// The host prefix that pixi uses in a work directory. It is padded to 255 bytes, so that
/// packages built in it can be relocated to any shorter path.
pub fn padded_host_prefix(work: &Path) -> PathBuf {
    let host = work.join("host");
    let mut text = host.to_str().expect("temporary paths are UTF-8").to_owned();
    assert!(text.len() <= 255, "{text} is too long for a host prefix");
    while text.len() < 255 {
        text.push_str("_placehold");
    }
    text.truncate(255);
    PathBuf::from(text)
}

/// A command that runs a bash script in the activated environment.
///
/// The script also sees the environment of the machine. Set `PREFIX` on the command to
/// model a build.
pub fn activated(prefix: &Path, script: &str) -> Command {
    const ACTIVATE: &str = r#"
        for _script in "$CONDA_PREFIX"/etc/conda/activate.d/*.sh; do
            [ -e "$_script" ] && . "$_script"
        done
        unset _script
    "#;
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let bin = prefix.join("bin");
    let folders = std::iter::once(bin).chain(std::env::split_paths(&inherited));
    let path = std::env::join_paths(folders).expect("prefixes do not contain a colon");

    let mut command = Command::new("bash");
    super::machine::forget_cargo(&mut command);
    command
        .args(["-e", "-u", "-c"])
        .arg(format!("{ACTIVATE}\n{script}"))
        .env("CONDA_PREFIX", prefix)
        .env("PATH", path);
    command
}

/// Runs a command, which must succeed, and returns its output without the last newline.
pub fn output(command: &mut Command) -> String {
    let program = command.get_program().to_owned();
    let output = command.output();
    let output = output.unwrap_or_else(|error| panic!("cannot run {program:?}: {error}"));
    assert!(
        output.status.success(),
        "{program:?} {:?} ended with {}\n{}{}",
        command.get_args().collect::<Vec<&OsStr>>(),
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    let text = String::from_utf8(output.stdout).expect("the command prints UTF-8");
    text.trim_end_matches('\n').to_owned()
}

/// Waits for a future on a separate thread, because the test may already be async.
fn on_own_runtime<F: Future<Output: Send> + Send>(future: F) -> F::Output {
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build();
            runtime.expect("a runtime can be created").block_on(future)
        });
        thread.join().expect("rattler does not panic")
    })
}
