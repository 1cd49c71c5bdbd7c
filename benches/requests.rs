//! Measures the server as a whole process: the times that a user waits for, and its size.
//!
//! `cargo bench --bench requests` prints medians of 20 runs: the time from the start of the
//! process to the first response of `conda/outputs`, the time of each further response, the
//! peak memory (Linux), and the size of the executable. It measures a crate without path
//! dependencies and one with a hundred, on a disk and, where there is one, in a file system in
//! memory.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_pixi-build-rust");
const RUNS: usize = 20;
const FURTHER: usize = 20;

/// The numbers of path dependencies of the crate.
const MEMBERS: [usize; 2] = [0, 100];

fn main() {
    println!("| crate | disk | first answer | further answer | peak memory |");
    println!("| --- | --- | ---: | ---: | ---: |");
    for members in MEMBERS {
        for (place, folder) in places() {
            let project = tempfile::tempdir_in(folder).expect("a folder for the project");
            write_project(project.path(), members);
            // The backend does not cache the content of a file that was modified a moment ago.
            std::thread::sleep(Duration::from_millis(2500));
            let what = match members {
                0 => "alone".to_string(),
                members => format!("{members} path dependencies"),
            };
            println!("| {what} | {place} | {}", figures(project.path()));
        }
    }
    let size = std::fs::metadata(EXECUTABLE)
        .expect("the executable exists")
        .len();
    println!(
        "\nThe executable has {:.1} MiB.",
        size as f64 / 1024.0 / 1024.0
    );
}

/// The names and paths of directories for projects.
fn places() -> Vec<(&'static str, &'static Path)> {
    let memory = Path::new("/dev/shm");
    let mut places = vec![("real", Path::new(env!("CARGO_TARGET_TMPDIR")))];
    places.extend(memory.is_dir().then_some(("memory", memory)));
    places
}

/// Returns the rest of a row of the table.
fn figures(project: &Path) -> String {
    // The first run fills the page cache and is not counted.
    Run::of(project);
    let runs: Vec<Run> = (0..RUNS).map(|_| Run::of(project)).collect();
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    let mut first: Vec<f64> = runs.iter().map(|run| milliseconds(run.first)).collect();
    let mut further: Vec<f64> = runs.iter().map(|run| milliseconds(run.further)).collect();
    let mut memory: Vec<f64> = runs.iter().filter_map(|run| run.memory).collect();
    let memory = if memory.is_empty() {
        "unknown".to_string()
    } else {
        format!("{:.1} MiB", median(&mut memory))
    };
    format!(
        "{:.1} ms | {:.2} ms | {memory} |",
        median(&mut first),
        median(&mut further),
    )
}

fn write_project(root: &Path, members: usize) {
    let mut manifest =
        "[package]\nname = \"tool\"\nversion = \"1.0.0\"\nedition = \"2024\"\nlicense = \"MIT\"\n\n\
         [workspace]\nmembers = [\"crates/*\"]\n\n[dependencies]\n"
            .to_string();
    for member in 0..members {
        let folder = root.join(format!("crates/part{member}"));
        let text = format!(
            "[package]\nname = \"part{member}\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\nserde = {{ version = \"1\", features = [\"derive\"] }}\n"
        );
        std::fs::create_dir_all(folder.join("src")).expect("own folder");
        std::fs::write(folder.join("Cargo.toml"), text).expect("own folder");
        std::fs::write(folder.join("src/lib.rs"), "").expect("own folder");
        manifest += &format!("part{member} = {{ path = \"crates/part{member}\" }}\n");
    }
    std::fs::create_dir_all(root.join("src")).expect("own folder");
    std::fs::write(root.join("Cargo.toml"), manifest).expect("own folder");
    std::fs::write(root.join("src/main.rs"), "fn main() {}\n").expect("own folder");
    std::fs::write(root.join("pixi.toml"), "[package]\nname = \"tool\"\n").expect("own folder");
}

struct Run {
    first: Duration,
    further: Duration,
    /// The peak memory in mebibytes.
    memory: Option<f64>,
}

impl Run {
    fn of(root: &Path) -> Self {
        let start = Instant::now();
        let mut client = Client::start();
        client.request("negotiateCapabilities", json!({"capabilities": {}}));
        client.request("initialize", initialize(root));
        client.request("conda/outputs", outputs(root));
        let first = start.elapsed();
        let start = Instant::now();
        for _ in 0..FURTHER {
            client.request("conda/outputs", outputs(root));
        }
        let further = start.elapsed() / u32::try_from(FURTHER).expect("a small number");
        let memory = client.peak_memory();
        client.end();
        Self {
            first,
            further,
            memory,
        }
    }
}

struct Client {
    process: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Client {
    fn start() -> Self {
        let mut process = Command::new(EXECUTABLE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the executable starts");
        let stdin = process.stdin.take().expect("piped");
        let stdout = BufReader::new(process.stdout.take().expect("piped"));
        Self {
            process,
            stdin,
            stdout,
        }
    }

    fn request(&mut self, method: &str, params: Value) {
        let request = json!({"jsonrpc": "2.0", "id": 0, "method": method, "params": params});
        writeln!(self.stdin, "{request}").expect("the process reads");
        let mut answer = String::new();
        self.stdout
            .read_line(&mut answer)
            .expect("the process answers");
        assert!(answer.contains("\"result\""), "{answer}");
    }

    /// Returns the peak memory of the working process plus the private memory of the process
    /// that watches it, in mebibytes.
    fn peak_memory(&self) -> Option<f64> {
        let watcher = self.process.id();
        let children = format!("/proc/{watcher}/task/{watcher}/children");
        let worker = std::fs::read_to_string(children).ok()?;
        let worker = worker.trim().parse().ok()?;
        Some(mebibytes(worker, "VmHWM:")? + mebibytes(watcher, "RssAnon:")?)
    }

    fn end(mut self) {
        drop(self.stdin);
        let status = self.process.wait().expect("the process ends");
        assert!(status.success());
    }
}

fn initialize(root: &Path) -> Value {
    json!({
        "manifestPath": root.join("pixi.toml"),
        "sourceDirectory": root,
        "workspaceDirectory": root,
        "projectModel": {"name": "tool", "targets": {"defaultTarget": {
            "hostDependencies": {}, "buildDependencies": {}, "runDependencies": {}, "runConstraints": {},
        }}},
    })
}

fn outputs(root: &Path) -> Value {
    json!({
        "channels": ["https://conda.example/channel"],
        "hostPlatform": "linux-64",
        "buildPlatform": "linux-64",
        "variantConfiguration": {"c_stdlib": ["sysroot"], "c_stdlib_version": ["2.28"]},
        "variantFiles": [],
        "workDirectory": root.join("work"),
    })
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Reads an entry of the status of a process, in mebibytes.
fn mebibytes(process: u32, key: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(key))?;
    let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kibibytes / 1024.0)
}
