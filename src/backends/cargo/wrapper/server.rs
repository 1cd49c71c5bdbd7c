//! Runs sccache with a server that exists as long as the build script.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use semver::Version;

use crate::backend::script::Word;
use crate::backends::cargo::build_dir::prefix_content;
use crate::backends::cargo::context::tools;
use crate::backends::cargo::wrapper::errors::WrapperError;
use crate::backends::cargo::wrapper::here::{Here, link_to, word};
use crate::backends::cargo::wrapper::server_address::Place;
use crate::backends::cargo::wrapper::settings::CacheSettings;
use crate::backends::cargo::wrapper::state::{CacheState, State};
use crate::backends::cargo::wrapper::variables::Variables;
use crate::backends::cargo::wrapper::{SERVER, STOP, statistics};

/// The program that stands in for every C compiler. Its content is fixed, because sccache
/// hashes it.
#[cfg(unix)]
const COMPILER: &str = include_str!("compiler.sh");

/// The first release that supports private servers and restores lists of files unchanged.
const OLDEST: Version = Version::new(0, 19, 0);

/// The maximum time in which a server must start.
const PATIENCE: Duration = Duration::from_secs(15);

/// The directory of the server, below the directory in which the script runs.
const FOLDER: &str = ".sccache";

/// A file in that directory. It is locked as long as the server exists.
const ALIVE: &str = "alive";

/// Starts a server and puts wrappers between Cargo and the server. `None` if sccache is not
/// installed. Also `None`, with a warning in the log, if sccache cannot be used.
///
/// # Errors
/// Files that cannot be written.
pub(super) fn start(
    settings: &CacheSettings,
    here: &Here,
    shared: &[PathBuf],
    variables: &mut Variables,
) -> Result<Option<CacheState>, WrapperError> {
    let sccache = tools::executable(Path::new(&here.build_prefix), "sccache");
    let used = usable(&sccache, variables);
    let used = used.and_then(|()| {
        if sccache.is_file() {
            Server::start(&sccache, settings, here, shared, variables).map(Some)
        } else {
            Ok(None)
        }
    });
    let server = used.unwrap_or_else(|reason| {
        eprintln!("warning: the compiler cache is not used: {reason}");
        None
    });
    // Compilers need only the address of the server. Removing the rest keeps credentials from
    // build scripts.
    for name in settings.forwarded.iter().filter(|name| is_for_server(name)) {
        variables.remove(name);
    }
    match server {
        Some(server) => wrap(settings, here, sccache, &server, variables)
            .inspect_err(|_| kill(server.process))
            .map(Some),
        None => Ok(None),
    }
}

/// Returns an error if an installed sccache cannot be used.
fn usable(sccache: &Path, variables: &Variables) -> Result<(), String> {
    let incremental = ["CARGO_INCREMENTAL", "CARGO_BUILD_INCREMENTAL"];
    if !sccache.is_file() {
        Ok(())
    } else if incremental
        .iter()
        .any(|name| variables.get(name) == Some("1"))
    {
        Err("it excludes incremental compilation".to_string())
    } else if !is_recent(sccache) {
        let Version { major, minor, .. } = OLDEST;
        Err(format!("it needs sccache {major}.{minor} or newer"))
    } else {
        Ok(())
    }
}

fn is_recent(sccache: &Path) -> bool {
    let answer = Command::new(sccache).arg("--version").output();
    let answer = answer.ok().filter(|answer| answer.status.success());
    answer.is_some_and(|answer| {
        let text = String::from_utf8_lossy(&answer.stdout);
        let version = text.split_whitespace().last();
        let version = version.and_then(|version| Version::parse(version).ok());
        version.is_some_and(|version| version >= OLDEST)
    })
}

/// Whether only the server needs a variable. Others affect single compilations.
fn is_for_server(name: &str) -> bool {
    let of_compilation = ["SCCACHE_C_CUSTOM_CACHE_BUSTER", "SCCACHE_RECACHE"];
    !of_compilation.contains(&name) && !name.starts_with("SCCACHE_LOG")
}

/// Makes Cargo and the `cc` crate use the wrappers, and gives them the address of the server.
fn wrap(
    settings: &CacheSettings,
    here: &Here,
    sccache: PathBuf,
    server: &Server,
    variables: &mut Variables,
) -> Result<CacheState, WrapperError> {
    let program = |name: &str| {
        let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        here.wrappers.join(name)
    };
    let (wrapper, rustc) = (program("sccache"), program("rustc"));
    link_to(&here.executable, &wrapper)?;
    link_to(&here.executable, &rustc)?;
    variables.set(server.address.0, &server.address.1);
    variables.set("CARGO_INCREMENTAL", "0");
    variables.set("RUSTC_WRAPPER", wrapper.display().to_string());
    variables.set("SCCACHE_IGNORE_SERVER_IO_ERROR", "1");
    let build_prefix = Path::new(&here.build_prefix);
    let buster = "SCCACHE_C_CUSTOM_CACHE_BUSTER";
    let own = variables.get(buster).unwrap_or_default();
    let packages = prefix_content::hash(build_prefix);
    variables.set(buster, format!("{own}{packages}"));
    let build_prefix = dunce::canonicalize(build_prefix);
    Ok(CacheState {
        sccache,
        rustc,
        compiler: compiler(here)?,
        stand_ins: here.folder.join(FOLDER),
        build_prefix: build_prefix.unwrap_or_else(|_| PathBuf::from(&here.build_prefix)),
        top: settings.top.clone(),
        variables: settings.variables.clone(),
        server: server.process,
    })
}

#[cfg(unix)]
fn compiler(here: &Here) -> Result<Option<PathBuf>, WrapperError> {
    use std::os::unix::fs::PermissionsExt;
    let path = here.wrappers.join("compiler");
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::write(&path, COMPILER)
        .and_then(|()| std::fs::set_permissions(&path, executable))
        .map_err(|error| WrapperError::unwritable(&path, error))?;
    Ok(Some(path))
}

/// On Windows, compilers are not part of a prefix.
#[cfg(not(unix))]
fn compiler(_: &Here) -> Result<Option<PathBuf>, WrapperError> {
    Ok(None)
}

/// A running server.
#[derive(Debug)]
struct Server {
    process: u32,
    /// The variable with its address.
    address: (&'static str, String),
}

impl Server {
    /// Starts a server, and removes the variables that only the server needs from `variables`.
    ///
    /// # Errors
    /// The reason why the server does not run, as far as it is known.
    fn start(
        sccache: &Path,
        settings: &CacheSettings,
        here: &Here,
        shared: &[PathBuf],
        variables: &mut Variables,
    ) -> Result<Self, String> {
        let failed = || "its server does not start".to_string();
        let folder = here.folder.join(FOLDER);
        let alive = private_folder(&folder).and_then(|()| File::create(folder.join(ALIVE)));
        let alive = alive.and_then(|file| file.lock().map(|()| file));
        let alive = alive.map_err(|error| format!("{}: {error}", folder.display()))?;
        let mut command = Command::new(sccache);
        variables.pass_on(&mut command);
        let or = |name: &str, value: String| variables.get(name).map_or(value, str::to_string);
        let folders = basedirs(settings, here, shared, variables);
        command
            .env("SCCACHE_START_SERVER", "1")
            .env("SCCACHE_NO_DAEMON", "1")
            .env(
                "SCCACHE_DIR",
                or("SCCACHE_DIR", settings.storage.display().to_string()),
            )
            .env("SCCACHE_BASEDIRS", or("SCCACHE_BASEDIRS", folders))
            // No compilation of a single crate takes longer than this.
            .env(
                "SCCACHE_IDLE_TIMEOUT",
                or("SCCACHE_IDLE_TIMEOUT", "7200".to_string()),
            )
            .stdin(Stdio::from(alive));
        if let Some(home) = &settings.home {
            command.env("HOME", home);
        }
        for name in variables.names(|name| name.starts_with("SCCACHE_") && is_for_server(name)) {
            variables.remove(&name);
        }
        let place = Place::of(&folder)?;
        let (name, value) = place.for_server();
        command.env(name, value).current_dir(&folder);
        let server = command.spawn().map_err(|_| failed())?;
        let process = server.id();
        wait_for(server, &place).ok_or_else(failed)?;
        Ok(Self {
            process,
            address: place.for_clients(process),
        })
    }
}

/// Creates a directory that other users cannot read.
fn private_folder(folder: &Path) -> std::io::Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    #[cfg_attr(not(unix), expect(unused_mut, reason = "it has no modes"))]
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The list of directories that sccache removes from its keys.
fn basedirs(
    settings: &CacheSettings,
    here: &Here,
    shared: &[PathBuf],
    variables: &Variables,
) -> String {
    let own = [settings.top.as_path()];
    let home = variables.path("CARGO_HOME");
    let shared = shared.iter().map(PathBuf::as_path);
    let of_build = [
        here.folder.as_path(),
        Path::new(&here.host_prefix),
        Path::new(&here.build_prefix),
    ];
    let all = own.into_iter().chain(home).chain(shared).chain(of_build);
    // The list cannot contain a path with a separator in it.
    let all = all.filter(|it| it.is_absolute() && std::env::join_paths([it]).is_ok());
    let list = std::env::join_paths(all).unwrap_or_default();
    list.into_string().unwrap_or_default()
}

/// Waits until the server listens. The server continues to run when this process ends.
fn wait_for(mut server: Child, place: &Place) -> Option<()> {
    let began = Instant::now();
    while !place.answers() {
        let has_ended = !matches!(server.try_wait(), Ok(None));
        if has_ended || began.elapsed() > PATIENCE {
            // It may have ended already.
            let _ = server.kill();
            let _ = server.wait();
            return None;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Some(())
}

/// The command that stops the server of a build with this `state`.
pub(crate) fn stop_command(executable: &Path, state: &Path) -> Vec<Word> {
    vec![word(executable), SERVER.into(), STOP.into(), word(state)]
}

/// Prints the statistics of the cache, and stops the server after it has stored all results.
///
/// # Errors
/// The state cannot be read.
pub(super) fn stop(state: &Path) -> Result<u8, WrapperError> {
    let Some(cache) = State::read(state)?.cache else {
        return Ok(0);
    };
    let ask = |arguments: &[&str]| Command::new(&cache.sccache).args(arguments).output();
    let answer = ask(&["--show-stats", "--stats-format", "json"]);
    let answer = answer.map(|answer| answer.stdout).unwrap_or_default();
    for line in statistics::summary(&answer).into_iter().flatten() {
        eprintln!("{line}");
    }
    let stopped = ask(&["--stop-server"]).is_ok_and(|answer| answer.status.success());
    // The file is the input of the server, which holds the lock as long as it runs.
    let alive = File::open(cache.stand_ins.join(ALIVE));
    let Ok(alive) = alive else { return Ok(0) };
    if !stopped && alive.try_lock().is_err() {
        kill(cache.server);
    }
    if cfg!(unix)
        && let Err(error) = alive.lock()
    {
        eprintln!("warning: results of the compiler cache may be lost: {error}");
    }
    Ok(0)
}

/// Kills a server.
#[cfg(unix)]
pub(super) fn kill(process: u32) {
    use rustix::process::{Pid, Signal, kill_process};
    if let Some(process) = process.try_into().ok().and_then(Pid::from_raw) {
        // It may have ended already.
        let _ = kill_process(process, Signal::KILL);
    }
}

/// Does nothing: the server ends together with the process that started the script.
#[cfg(not(unix))]
pub(super) fn kill(_: u32) {}

#[cfg(test)]
mod tests {
    use super::super::variables::tests::variables;
    use super::*;

    #[test]
    fn what_is_about_one_compilation_is_for_compilers_too() {
        for name in ["SCCACHE_RECACHE", "SCCACHE_LOG_MILLIS", "SCCACHE_LOG"] {
            assert!(!is_for_server(name), "{name}");
        }
        for name in ["SCCACHE_REDIS", "SCCACHE_DIR", "AWS_SECRET_ACCESS_KEY"] {
            assert!(is_for_server(name), "{name}");
        }
    }

    #[test]
    fn incremental_compilation_excludes_the_cache() {
        let folder = tempfile::tempdir().expect("a folder");
        let sccache = folder.path().join("sccache");
        let incremental = variables(&[("CARGO_INCREMENTAL", "1")]);
        assert_eq!(usable(&sccache, &incremental), Ok(()));
        fs_err::write(&sccache, "").expect("writable");
        let reason = usable(&sccache, &incremental).expect_err("it is there");
        assert_eq!(reason, "it excludes incremental compilation");
        let reason = usable(&sccache, &variables(&[])).expect_err("it is not a program");
        assert_eq!(reason, "it needs sccache 0.19 or newer");
    }

    #[test]
    #[cfg(unix)]
    fn folders_that_cannot_be_in_a_list_are_left_out_of_it() {
        let settings = CacheSettings {
            storage: "/cache".into(),
            top: "/project".into(),
            variables: None,
            home: None,
            forwarded: Vec::new(),
        };
        let here = Here {
            executable: "/bin/x".into(),
            folder: "/job/a:b".into(),
            wrappers: "/job/w".into(),
            build_prefix: "/job/build".into(),
            host_prefix: String::new(),
        };
        let variables = variables(&[("CARGO_HOME", "/home")]);
        let list = basedirs(&settings, &here, &["/scratch".into()], &variables);
        assert_eq!(list, "/project:/home:/scratch:/job/build");
    }
}
