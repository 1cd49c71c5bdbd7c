//! CMake, ninja and a C++ compiler as conda packages, and builds with them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::archive::Archive;
use super::build::Build;
use super::channel::Channel;
use super::machine::{machine, on_path};
use super::packages::Package;
use super::pixi::Pixi;
use super::prefix::output;
use super::project::Project;
use super::render_error::render_error;
use super::requests::{Initialize, Outputs};
use super::toolchain::{self, Missing, gcc_name};

/// The backend under test.
pub const BACKEND: &str = "pixi-build-cmake";

/// The toolchain with CMake and ninja, in a directory of the project.
///
/// # Errors
/// The missing tool, for tests that are then skipped.
pub fn channel(project: &Project) -> Result<Channel, Missing> {
    let mut channel = Channel::new(project.cache().join("channel"));
    channel.include(toolchain::channel());
    for package in [
        tool("cmake", &["ctest", "cpack"])?,
        tool("ninja", &[])?,
        gxx(),
    ] {
        channel.add(package);
    }
    Ok(channel)
}

/// The same, or `None` if a tool is missing and the test may be skipped.
pub fn channel_or_skip(project: &Project) -> Option<Channel> {
    toolchain::or_skip(channel(project))
}

/// A program of the machine, and others that belong to it, as a package.
///
/// # Errors
/// The missing tool.
pub fn tool(name: &'static str, others: &[&'static str]) -> Result<Package, Missing> {
    let program = on_path(name).ok_or(Missing(name))?;
    let version = output(Command::new(&program).arg("--version"));
    let version = version
        .lines()
        .next()
        .and_then(|line| line.split(' ').next_back());
    let version = version.expect("tools print their version");
    // A vendor adds the name of its build after a dash.
    let version = version.split('-').next().unwrap_or(version);
    let package = Package::new(name, version);
    let mut package = package.wrapper(&format!("bin/{name}"), &program);
    for other in others {
        let program = on_path(other).ok_or(Missing(other))?;
        package = package.wrapper(&format!("bin/{other}"), &program);
    }
    Ok(package)
}

/// `gxx_linux-64`, with the CMake variables that its activation script sets.
pub fn gxx() -> Package {
    let machine = machine();
    let triple = &machine.conda_triple;
    let script = format!(
        r#"_host="${{PREFIX:-$CONDA_PREFIX}}"
_sysroot="$CONDA_PREFIX/{triple}/sysroot"
export CMAKE_PREFIX_PATH="$_host:$_sysroot/usr"
export CMAKE_ARGS="-DCMAKE_AR=$CONDA_PREFIX/bin/{triple}-ar -DCMAKE_RANLIB=$CONDA_PREFIX/bin/{triple}-ranlib -DCMAKE_BUILD_TYPE=Release -DCMAKE_FIND_ROOT_PATH_MODE_PROGRAM=NEVER -DCMAKE_FIND_ROOT_PATH_MODE_LIBRARY=ONLY -DCMAKE_FIND_ROOT_PATH_MODE_INCLUDE=ONLY -DCMAKE_FIND_ROOT_PATH=$_host;$_sysroot -DCMAKE_INSTALL_PREFIX=$_host -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_PROGRAM_PATH=$CONDA_PREFIX/bin;$_host/bin"
unset _host _sysroot
"#
    );
    let name = format!("gxx_{}", machine.subdir);
    Package::new(&name, &machine.cc_version)
        .depends([gcc_name()])
        .file(&format!("etc/conda/activate.d/{name}.sh"), script)
}

/// A project that is built with packages of a channel, in different work directories.
pub struct PackageBuilder {
    pub project: Project,
    pub channel: Channel,
}

/// The parameters of one build.
#[derive(Debug, Clone)]
pub struct Order<'a> {
    /// The work directory.
    pub work: &'a str,
    /// The directory of the package, relative to the workspace.
    pub folder: &'a str,
    /// Host dependencies and their versions.
    pub host: &'a [(&'a str, &'a str)],
    /// Build dependencies and their versions.
    pub build: &'a [(&'a str, &'a str)],
    /// `[package.build.config]`.
    pub config: Value,
}

impl Default for Order<'_> {
    fn default() -> Self {
        Self {
            work: "work",
            folder: "",
            host: &[],
            build: &[],
            config: json!({}),
        }
    }
}

/// The result of a build.
pub struct Built {
    pub log: String,
    pub answer: Value,
    pub archive: Archive,
    pub stderr: Vec<String>,
}

impl PackageBuilder {
    /// A builder whose channel `fill` completes. `None` if a tool is missing.
    pub fn open(project: Project, fill: impl FnOnce(&mut Channel)) -> Option<Self> {
        let mut channel = channel_or_skip(&project)?;
        fill(&mut channel);
        Some(Self { project, channel })
    }

    /// Builds and expects success.
    #[track_caller]
    pub fn build(&self, order: Order<'_>) -> Built {
        self.timed(order).1
    }

    /// Builds, expects success, and returns the duration of the request.
    #[track_caller]
    pub fn timed(&self, order: Order<'_>) -> (Duration, Built) {
        let mut pixi = Pixi::of(&self.project);
        let build = self.prepare(&mut pixi, &order);
        let build = build.unwrap_or_else(|error| panic!("no outputs: {error:#}"));
        let start = Instant::now();
        let answer = pixi.build(&build).unwrap_or_else(|error| {
            panic!("build failed: {error:#}\n{}", pixi.stderr().join("\n"));
        });
        let built = Built {
            log: self.log(order.work),
            archive: Archive::open(
                answer["output_file"]
                    .as_str()
                    .expect("`output_file` is text"),
            ),
            answer,
            stderr: pixi.stderr(),
        };
        (start.elapsed(), built)
    }

    /// Builds and expects an error, which is rendered as the user sees it.
    #[track_caller]
    pub fn error(&self, order: Order<'_>) -> String {
        let mut pixi = Pixi::of(&self.project);
        let error = match self.prepare(&mut pixi, &order) {
            Ok(build) => pixi.build(&build).expect_err("the build fails"),
            Err(error) => error,
        };
        render_error(&self.project, &error)
    }

    /// All steps before the build.
    fn prepare(&self, pixi: &mut Pixi, order: &Order<'_>) -> Result<Build, Value> {
        let mut initialize =
            Initialize::member(&self.project, order.folder).configuration(order.config.clone());
        for (name, version) in order.host {
            initialize = initialize.dependency("hostDependencies", name, version);
        }
        for (name, version) in order.build {
            initialize = initialize.dependency("buildDependencies", name, version);
        }
        pixi.try_initialize(&initialize)?;
        let work = self.work(order.work);
        let outputs = Outputs::new(&work).channel(&self.channel);
        let answer = pixi.request("conda/outputs", outputs.params())?;
        Ok(Build::prepare(&answer["outputs"][0], &work, &self.channel))
    }

    /// The path of a work directory.
    pub fn work(&self, work: &str) -> PathBuf {
        self.project.build_work(work)
    }

    fn log(&self, work: &str) -> String {
        let log = self.work(work).join("debug/build.log");
        fs_err::read_to_string(log).expect("the build writes a log")
    }
}

impl Built {
    /// The compiled sources, sorted by name.
    pub fn compiled(&self) -> Vec<&str> {
        let lines = self.log.lines().filter_map(|line| {
            let (_, object) = line.split_once("Building C")?;
            let name = object.rsplit('/').next()?;
            name.strip_suffix(".o")
        });
        let mut compiled: Vec<&str> = lines.collect();
        compiled.sort_unstable();
        compiled
    }

    /// Whether CMake configured.
    pub fn configured(&self) -> bool {
        self.log.contains("loading initial cache file")
    }

    /// The output of a program of the package.
    pub fn says(&self, program: &str) -> String {
        output(&mut Command::new(self.archive.root().join(program)))
    }

    /// The path of the package, from the response.
    pub fn path(&self) -> &Path {
        self.archive.path()
    }
}
